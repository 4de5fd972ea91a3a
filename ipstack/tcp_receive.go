package ipstack

import (
	"errors"

	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/seqnum"

	"netxsim/netx/status"
	"netxsim/packetpool"
)

// receiver is the receiving half of a connection: the segments that wait for
// the application, and what NetX has told the peer of them.
type receiver struct {
	queue      segmentQueue
	next       seqnum.Value // next byte in order
	acked      seqnum.Value // last acknowledgement sent
	window     int          // bytes the peer may send, as of now
	windowTold int          // bytes the peer knows it may still send
	ackTimeout uint32       // ticks until an acknowledgement is due
	full       int          // the whole window
	finSeen    bool         // the peer has sent its FIN
	fin        seqnum.Value // which has this sequence number
	told       seqnum.Value // netstack knows of what is before

	limit    int  // segments that may wait, on a target with LowWatermark
	overfull bool // the last segment of the queue is one too many
}

// reset prepares for a connection; segments of the last one are released.
func (r *receiver) reset(s *TCPSocket) {
	r.flush()
	full := int(s.config.Window)
	*r = receiver{queue: r.queue, window: full, windowTold: full, full: full, limit: r.limit}
}

// start sets the sequence number of the first byte.
func (r *receiver) start(first seqnum.Value) { r.next, r.acked, r.told = first, first, first }

// end is the sequence number behind the last byte that is queued.
func (r *receiver) end() seqnum.Value {
	if n := r.queue.len(); n > 0 {
		return r.queue.at(n - 1).end()
	}
	return r.next
}

// advance moves the window over what is in order, and reports whether there
// was something new.
func (r *receiver) advance() bool {
	limit := r.queue.len()
	if r.overfull {
		limit = r.limit
	}
	before := r.next
	r.next = r.queue.markReady(before, limit)
	if r.overfull {
		r.overfull = false
		r.dropLast()
	}
	n := int(before.Size(r.next))
	r.window -= n
	r.windowTold -= n
	return n > 0
}

// taken gives the window back what the application received.
func (r *receiver) taken(n int) {
	if r.queue.len() == 0 {
		r.window = r.full
		return
	}
	r.window += n
}

// complete reports whether all that the peer had to send has arrived.
func (r *receiver) complete() bool { return r.finSeen && r.next == r.fin }

// windowReopened reports whether the peer should be told of the window at once.
func (r *receiver) windowReopened() bool { return r.window-r.windowTold >= r.full/2 }

// owesACK reports whether the peer has yet to be told something.
func (r *receiver) owesACK() bool { return r.next != r.acked || r.windowTold < r.window }

// outside reports whether a segment lies outside the window (RFC 9293, section
// 3.10.7.4, as NetX tests it).
func (r *receiver) outside(seg *segment) bool {
	begin := int32(seg.seq - r.next)
	window := int32(r.window)
	if seg.payload == 0 {
		if window == 0 {
			control := seg.flags & (header.TCPFlagSyn | header.TCPFlagFin | header.TCPFlagRst | header.TCPFlagPsh | header.TCPFlagAck | header.TCPFlagUrg)
			return begin != 0 && control != header.TCPFlagAck && !seg.has(header.TCPFlagRst) && !seg.has(header.TCPFlagUrg)
		}
		return begin < 0 || begin >= window
	}
	last := begin + int32(seg.payload) - 1
	inside := begin >= 0 && begin < window || last >= 0 && last < window
	return window == 0 || !inside
}

// flush releases all segments.
func (r *receiver) flush() {
	for r.queue.len() > 0 {
		r.queue.pop().packet.Release()
	}
}

// receiveSegment handles a segment of the socket's connection in the IP
// thread.
func (s *TCPSocket) receiveSegment(packet *packetpool.Packet, seg *segment) {
	kept := false
	if s.state >= TCPSynReceived {
		s.reopen(packet)
	}
	if s.admits(seg) {
		kept = s.process(packet, seg)
		if seg.has(header.TCPFlagUrg) {
			s.call(s.on.urgent)
		}
	}
	if !kept {
		packet.Release()
	}
	s.ip.tcp.refreshNoted()
	s.changed()
}

// admits reports whether a segment belongs to the connection, makes sense and
// does not end it.
func (s *TCPSocket) admits(seg *segment) bool {
	if s.state >= TCPSynReceived && !s.belongs(seg) {
		return false
	}
	if !seg.optionsValid() {
		s.refuseOptions(seg)
		return false
	}
	return true
}

// belongs is admits, but for the options, for a connection of which both sides
// know. What the segment acknowledges is taken over.
func (s *TCPSocket) belongs(seg *segment) bool {
	switch {
	case s.rx.outside(seg):
		s.ip.tcp.info.ReceivePacketsDropped++
		if !seg.has(header.TCPFlagRst) {
			s.sendACK()
		}
	case seg.has(header.TCPFlagRst):
		s.wasReset = true
		s.ended()
	case seg.has(header.TCPFlagSyn):
		s.sendRSTFor(seg, seg.seq+1)
		s.ended()
	default:
		return s.state == TCPSynReceived || s.acknowledge(seg)
	}
	return false
}

// process handles a segment according to the connection's state. It reports
// whether the packet has been kept or released.
func (s *TCPSocket) process(packet *packetpool.Packet, seg *segment) (kept bool) {
	switch s.state {
	case TCPClosed, TCPListen:
		return false
	case TCPSynSent:
		return s.receiveInSynSent(packet, seg)
	case TCPSynReceived:
		return s.receiveInSynReceived(packet, seg)
	}
	return s.receiveConnected(packet, seg)
}

// receiveConnected handles a segment of an established connection, or of one
// that is closing. It reports whether the packet has been kept or released.
func (s *TCPSocket) receiveConnected(packet *packetpool.Packet, seg *segment) bool {
	was := s.state
	kept := s.takesData() && s.refuseData(packet, seg) || s.takeData(packet, seg)
	s.follow()
	if was == TCPEstablished || was == TCPCloseWait {
		s.transmitCheck()
	}
	return kept
}

// takeData gives the application a segment's data, and tells netstack what it
// has to know. It reports whether the packet is in the receive queue now.
func (s *TCPSocket) takeData(packet *packetpool.Packet, seg *segment) bool {
	queued := s.takesData() && s.enqueue(packet, seg)
	if queued {
		s.receiveData()
	} else {
		s.tell()
	}
	return queued
}

// takesData reports whether data may still arrive.
func (s *TCPSocket) takesData() bool {
	return s.state == TCPEstablished || s.state == TCPFinWait1 || s.state == TCPFinWait2
}

// enqueue puts a segment's packet into the receive queue if it has new data,
// and reports whether it did. The packet keeps only the data. A gap in front of
// the data, or data known already, is answered at once.
func (s *TCPSocket) enqueue(packet *packetpool.Packet, seg *segment) bool {
	s.cutToWindow(packet, seg)
	if seg.has(header.TCPFlagFin) {
		s.rx.finSeen, s.rx.fin = true, seg.seq.Add(seqnum.Size(seg.payload))
	}
	if seg.payload == 0 {
		if s.state == TCPEstablished && s.rx.queue.len() == 0 && seg.seq != s.rx.next && seg.seq != s.rx.next-1 {
			s.sendACK()
		}
		return false
	}
	overfull := s.tooMany(packet)
	begin := s.keepData(packet, seg)
	if s.rx.queue.len() == 0 {
		s.rx.ackTimeout = s.ip.ticks(delayedAckTicks)
	}
	if s.rx.next.LessThan(begin) {
		s.sendACK()
	}
	size := packet.Length
	if !s.rx.queue.insert(packet, begin) {
		s.sendACK()
		return false
	}
	s.rx.overfull = overfull
	packet.Hold(&s.held.receive)
	s.countReceived(size)
	return true
}

// countReceived counts a segment with so many bytes of data.
func (s *TCPSocket) countReceived(bytes uint32) {
	s.count.packetsReceived++
	s.count.bytesReceived += bytes
	s.ip.tcp.info.PacketsReceived++
	s.ip.tcp.info.BytesReceived += bytes
}

// cutToWindow drops the data behind the window.
func (s *TCPSocket) cutToWindow(packet *packetpool.Packet, seg *segment) {
	if seg.payload == 0 {
		return
	}
	over := int32(seg.seq.Add(seqnum.Size(seg.payload))-s.rx.next) - int32(s.rx.window)
	if over > 0 {
		seg.cut(uint32(over))
		trimBack(packet, uint32(over))
	}
}

// keepData cuts a segment's packet down to its new data, and returns the
// sequence number at which these begin.
func (s *TCPSocket) keepData(packet *packetpool.Packet, seg *segment) seqnum.Value {
	headers := int(seg.headers())
	packet.PrependPtr += headers
	packet.Length -= uint32(headers)
	if pad := packet.Length - seg.payload; pad > 0 {
		trimBack(packet, pad) // Ethernet's padding
	}
	if !seg.seq.LessThan(s.rx.next) {
		return seg.seq
	}
	trimFront(packet, uint32(seg.seq.Size(s.rx.next)))
	return s.rx.next
}

// receiveData moves the data that are in order to where the application gets
// them.
func (s *TCPSocket) receiveData() {
	advanced := s.rx.advance()
	s.tell()
	if !advanced {
		return
	}
	for s.rx.queue.ready() && !s.wait.receive.empty() {
		segment := s.rx.queue.pop()
		size := int(segment.packet.Length)
		if !s.wait.receive.wake(segment.packet, nil) {
			s.rx.queue.insertAt(0, segment)
			break
		}
		s.rx.window += size
	}
	s.call(s.on.received)
	if s.rx.windowReopened() {
		s.sendACK()
	} else {
		s.owe()
	}
}

// Receive returns the next segment's data as one packet or chain, which is then
// the caller's, as nx_tcp_socket_receive does. Without one the calling thread
// waits up to wait ticks.
//
// Errors: status.NotBound, status.NoPacket when nothing came in time,
// status.NotConnected when nothing can come any more, and the kernel's when
// the wait is aborted.
func (s *TCPSocket) Receive(wait uint32) (*packetpool.Packet, error) {
	s.ip.enter()
	defer s.ip.leave()
	if !s.bound {
		return nil, status.NotBound
	}
	if s.rx.queue.len() == 0 && !s.receiving() {
		return nil, status.NotConnected
	}
	if s.rx.queue.ready() {
		return s.take(), nil
	}
	if wait == noWait || s.ip.inIPThread() {
		return nil, status.NoPacket
	}
	packet, err := s.ip.await(&s.wait.receive, wait)
	if errors.Is(err, errExpired) {
		return nil, s.nothingReceived()
	}
	if packet != nil {
		packet.Hold((*threadHolder)(s.ip.kernel.Current()))
	}
	return packet, err
}

// receiving reports whether data can still arrive.
func (s *TCPSocket) receiving() bool {
	return s.state >= TCPSynSent && s.state < TCPClosing && s.state != TCPCloseWait
}

// nothingReceived is the status of a receive that got nothing.
func (s *TCPSocket) nothingReceived() error {
	if s.state != TCPEstablished {
		return status.NotConnected
	}
	return status.NoPacket
}

// take gives the calling thread the first segment.
func (s *TCPSocket) take() *packetpool.Packet {
	packet := s.rx.queue.pop().packet
	packet.Hold((*threadHolder)(s.ip.kernel.Current()))
	s.rx.taken(int(packet.Length))
	if s.takesData() && s.rx.windowReopened() {
		s.sendACK()
	} else {
		s.owe()
	}
	return packet
}

// BytesAvailable returns the number of bytes that Receive would hand out
// without waiting, as nx_tcp_socket_bytes_available does.
//
// Errors: status.NotConnected unless a connection is established or opening.
func (s *TCPSocket) BytesAvailable() (uint32, error) {
	if s.state < TCPSynSent || s.state > TCPEstablished {
		return 0, status.NotConnected
	}
	return s.rx.queue.readyBytes(), nil
}
