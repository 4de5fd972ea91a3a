package ipstack

import (
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/seqnum"

	"netxsim/packetpool"
)

// transmitter is the sending half of a connection: the packets that the peer
// has not acknowledged, and how much more NetX would send.
//
// netstack takes no part in it: it sees a connection on which this side sends
// no data, and the edge shifts the sequence numbers accordingly.
type transmitter struct {
	queue       []transmitted
	base        seqnum.Value // first byte, as netstack counts
	next        seqnum.Value // behind the last byte that left
	outstanding uint32       // bytes in the queue
	peerWindow  uint32
	congestion  uint32 // congestion window in bytes
	threshold   uint32 // of slow start

	duplicates int          // acknowledgements in a row that were no news
	recovering bool         // fast recovery (RFC 6582)
	recover    seqnum.Value // what has to be acknowledged to end it
	highest    seqnum.Value // first unacknowledged byte before the last news

	finAcked bool
	probe    probe
}

// transmitted is a packet until it is acknowledged.
type transmitted struct {
	packet     *packetpool.Packet
	begin, end seqnum.Value
	size       uint32
}

// probe is the byte that asks a peer with a closed window whether it has
// opened (RFC 9293, section 3.8.6.1).
type probe struct {
	armed    bool
	data     byte
	seq      seqnum.Value
	failures uint32
}

// reset prepares for a connection. As in C, packets that an earlier connection
// has left behind are lost to their pool.
func (t *transmitter) reset() { *t = transmitter{queue: t.queue[:0]} }

// start sets the sequence number of the first byte.
func (t *transmitter) start(first seqnum.Value) {
	t.base, t.next = first, first
	t.recover, t.highest = first-1, first-1
}

// unacknowledged is the first byte that is not acknowledged.
func (t *transmitter) unacknowledged() seqnum.Value { return t.next - seqnum.Value(t.outstanding) }

// open sets the windows at the beginning of a connection: NetX begins with 4,
// 3 or 2 segments by their size, and with one if the SYN had to be repeated.
func (t *transmitter) open(s *TCPSocket, peerWindow uint32) {
	t.peerWindow, t.threshold = peerWindow, peerWindow
	switch {
	case s.retries > 0:
		t.congestion = s.mss
	case s.mss > 2190:
		t.congestion = 2 * s.mss
	case s.mss > 1095:
		t.congestion = 3 * s.mss
	default:
		t.congestion = 4 * s.mss
	}
}

// window is the number of bytes that may be unacknowledged.
func (t *transmitter) window(mss uint32) uint32 {
	window := t.congestion
	if t.duplicates == 1 || t.duplicates == 2 { // limited transmit (RFC 3042)
		window += 2 * mss
	}
	return min(t.peerWindow, window)
}

// allowed is the number of bytes that may be sent now.
func (t *transmitter) allowed(mss uint32) uint32 {
	window := t.window(mss)
	if window <= t.outstanding {
		return 0
	}
	return window - t.outstanding
}

// add queues a packet whose data have just been given sequence numbers.
func (t *transmitter) add(packet *packetpool.Packet) *transmitted {
	enqueue(packet)
	size := packet.Length
	t.queue = append(t.queue, transmitted{packet, t.next, t.next.Add(seqnum.Size(size)), size})
	t.next = t.next.Add(seqnum.Size(size))
	t.outstanding += size
	t.probe.armed = false
	return &t.queue[len(t.queue)-1]
}

// acknowledged returns how many packets of the queue an acknowledgement covers.
func (t *transmitter) acknowledged(ack, last seqnum.Value) int {
	if ack == last {
		return len(t.queue)
	}
	n := 0
	for n < len(t.queue) && t.queue[n].end.LessThanEq(ack) && ack.LessThanEq(last) {
		n++
	}
	return n
}

// release gives the first n packets back to their pools.
func (t *transmitter) release(n int) {
	for i := range n {
		t.outstanding -= min(t.outstanding, t.queue[i].size)
		dequeue(t.queue[i].packet).Release()
	}
	kept := copy(t.queue, t.queue[n:])
	clear(t.queue[kept:])
	t.queue = t.queue[:kept]
}

// flush releases all packets.
func (t *transmitter) flush() { t.release(len(t.queue)) }

// grow opens the congestion window by what was acknowledged (RFC 5681, section
// 3.1).
func (t *transmitter) grow(acked, mss uint32) {
	switch {
	case t.recovering:
		t.congestion -= acked
		if acked > mss {
			t.congestion += mss
		}
	case t.congestion >= t.threshold:
		t.congestion += max(1, mss*mss/max(1, t.congestion))
	default:
		t.congestion += min(acked, mss)
	}
}

// armProbe remembers the byte that a send could not send for the window.
func (t *transmitter) armProbe(packet *packetpool.Packet) {
	if t.probe.armed {
		return
	}
	t.probe = probe{armed: true, data: firstByte(packet), seq: t.next}
}

// firstByte returns the first byte of a packet that has data.
func firstByte(packet *packetpool.Packet) byte {
	for p := packet; p != nil; p = p.Next {
		if b := p.Bytes(); len(b) > 0 {
			return b[0]
		}
	}
	return 0
}

// acknowledge takes over what a segment of a connection says about our data.
// It reports whether the segment deserves to be looked at further.
func (s *TCPSocket) acknowledge(seg *segment) bool {
	if !seg.has(header.TCPFlagAck) {
		return false
	}
	t := &s.tx
	last := t.next
	if t.probe.armed {
		last++
	}
	first := t.unacknowledged()
	t.finAcked = t.finAcked || s.state >= TCPFinWait1 && seg.ack == t.next
	if seg.ack != last && len(t.queue) > 0 && seg.ack == first {
		s.duplicateACK(seg.ack)
	}
	released := t.acknowledged(seg.ack, last)
	switch {
	case released > 0:
		t.news(seg.ack, first, s.mss)
	case seg.ack != last:
		if last.LessThan(seg.ack) {
			s.sendACKFrom(last)
			return false
		}
	case s.rx.window == 0 && seg.seq == s.rx.next:
		s.sendACKFrom(last)
	}
	s.updateWindow(seg, first, last)
	s.retire(released)
	return true
}

// news notes an acknowledgement of new data.
func (t *transmitter) news(ack, first seqnum.Value, mss uint32) {
	if t.recovering && t.recover.LessThan(ack) {
		t.recovering = false
		t.congestion = t.threshold
	}
	if t.recover.LessThan(ack - 2) {
		t.recover = ack - 2
	}
	t.duplicates = 0
	t.highest = first
	t.grow(uint32(first.Size(ack)), mss)
}

// updateWindow takes over the peer's window if the segment is not an old one.
func (s *TCPSocket) updateWindow(seg *segment, first, last seqnum.Value) {
	t := &s.tx
	end := s.rx.end()
	if first.LessThan(seg.ack) && seg.ack.LessThanEq(last) || end.LessThan(seg.seq) ||
		seg.seq == end && first.LessThanEq(seg.ack) {
		t.peerWindow = seg.window
	}
	if t.peerWindow <= t.outstanding && seg.ack >= t.probe.seq {
		t.probe.failures = 0
	}
}

// retire releases the first n packets of the transmit queue, which have been
// acknowledged, and sets the time for the next one.
func (s *TCPSocket) retire(n int) {
	if n == 0 {
		return
	}
	t := &s.tx
	if len(t.queue) >= s.resend.queue && len(t.queue)-n < s.resend.queue {
		s.call(s.on.queueDepth)
	}
	switch {
	case n < len(t.queue) || s.awaitsFinACK():
		s.startTimeout()
	case t.peerWindow != 0:
		s.due = 0
	}
	t.release(n)
	if t.recovering {
		s.retransmit(false)
	}
}

// awaitsFinACK reports whether the socket has sent a FIN that counts.
func (s *TCPSocket) awaitsFinACK() bool {
	return s.state == TCPFinWait1 || s.state == TCPClosing || s.state == TCPLastAck
}

// duplicateACK counts acknowledgements that are no news; the third one brings
// a fast retransmission (RFC 6582).
func (s *TCPSocket) duplicateACK(ack seqnum.Value) {
	t := &s.tx
	t.duplicates++
	switch {
	case t.duplicates == 3:
		beyond := t.recover.LessThan(ack - 1)
		if beyond || t.congestion > s.mss && ack.LessThan(t.highest.Add(seqnum.Size(4*s.mss))) {
			s.retransmit(true)
		}
	case t.duplicates > 3 && t.recovering:
		t.congestion += s.mss
	}
}

// transmitCheck lets the first thread that waits to send go on if it can.
func (s *TCPSocket) transmitCheck() {
	if s.wait.send.empty() || s.tx.allowed(s.mss) == 0 || len(s.tx.queue) >= s.resend.queue {
		return
	}
	s.call(s.on.windowUpdate)
	s.wait.send.wake(nil, nil)
}
