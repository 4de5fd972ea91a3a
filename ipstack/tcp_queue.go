package ipstack

import (
	"gvisor.dev/gvisor/pkg/tcpip/seqnum"

	"netxsim/packetpool"
)

// enqueue marks a packet as one of a TCP queue, so that whoever has had it
// before cannot release it.
func enqueue(packet *packetpool.Packet) { packet.UnionNext.TcpQueueNext = packetpool.Enqueued }

// dequeue takes the mark off and returns the packet.
func dequeue(packet *packetpool.Packet) *packetpool.Packet {
	packet.UnionNext.TcpQueueNext = packetpool.Allocated
	return packet
}

// received is a segment in a receive queue.
type received struct {
	packet *packetpool.Packet
	begin  seqnum.Value
	ready  bool // in order: the application may have it
}

func (r *received) end() seqnum.Value { return r.begin.Add(seqnum.Size(r.packet.Length)) }

// segmentQueue is a receive queue: segments by sequence number, without
// overlaps, those in order first.
type segmentQueue struct {
	items []received
	first int
}

func (q *segmentQueue) len() int { return len(q.items) - q.first }

// abandon forgets the segments. As in C, their packets are lost to the pool.
func (q *segmentQueue) abandon() { *q = segmentQueue{items: q.items[:0]} }

func (q *segmentQueue) at(i int) *received { return &q.items[q.first+i] }

// ready reports whether the first segment is in order.
func (q *segmentQueue) ready() bool { return q.len() > 0 && q.at(0).ready }

// readyBytes counts the bytes in order.
func (q *segmentQueue) readyBytes() uint32 {
	n := uint32(0)
	for i := 0; i < q.len() && q.at(i).ready; i++ {
		n += q.at(i).packet.Length
	}
	return n
}

// pop takes the first segment.
func (q *segmentQueue) pop() received {
	r := *q.at(0)
	*q.at(0) = received{}
	dequeue(r.packet)
	q.first++
	if q.first == len(q.items) {
		q.items, q.first = q.items[:0], 0
	}
	return r
}

// markReady marks those of the first segments, limit of them or one, that
// follow one another from next on. It returns the sequence number behind them.
func (q *segmentQueue) markReady(next seqnum.Value, limit int) seqnum.Value {
	for i := range min(q.len(), max(limit, 1)) {
		r := q.at(i)
		if next.LessThan(r.begin) {
			break
		}
		if end := r.end(); next.LessThan(end) {
			next = end
			r.ready = true
		}
	}
	return next
}

// insert puts a segment in its place, as NetX does: one that the queue has
// already is refused, those that it covers are released, and of overlapping
// ones the front keeps its data.
func (q *segmentQueue) insert(packet *packetpool.Packet, begin seqnum.Value) bool {
	seg := received{packet: packet, begin: begin}
	i := 0
	for i < q.len() {
		other := q.at(i)
		switch {
		case other.end().LessThanEq(seg.begin):
			i++
		case seg.end().LessThanEq(other.begin):
			q.insertAt(i, seg)
			return true
		case other.begin.LessThanEq(seg.begin) && seg.end().LessThanEq(other.end()):
			return false
		case seg.begin.LessThanEq(other.begin) && other.end().LessThanEq(seg.end()):
			dequeue(other.packet).Release()
			q.removeAt(i)
		case seg.begin.LessThanEq(other.begin):
			trimBack(seg.packet, uint32(other.begin.Size(seg.end())))
			q.insertAt(i, seg)
			return true
		default:
			trimBack(other.packet, uint32(seg.begin.Size(other.end())))
			i++
		}
	}
	q.insertAt(i, seg)
	return true
}

// popLast takes the last segment.
func (q *segmentQueue) popLast() received {
	r := *q.at(q.len() - 1)
	q.removeAt(q.len() - 1)
	dequeue(r.packet)
	return r
}

func (q *segmentQueue) insertAt(i int, r received) {
	if q.first > 0 && len(q.items) == cap(q.items) {
		n := copy(q.items, q.items[q.first:])
		clear(q.items[n:])
		q.items, q.first = q.items[:n], 0
	}
	q.items = append(q.items, received{})
	copy(q.items[q.first+i+1:], q.items[q.first+i:])
	*q.at(i) = r
	enqueue(r.packet)
}

func (q *segmentQueue) removeAt(i int) {
	copy(q.items[q.first+i:], q.items[q.first+i+1:])
	q.items[len(q.items)-1] = received{}
	q.items = q.items[:len(q.items)-1]
}
