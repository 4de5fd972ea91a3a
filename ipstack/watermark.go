package ipstack

import (
	"gvisor.dev/gvisor/pkg/tcpip/seqnum"

	"netxsim/netx/status"
	"netxsim/packetpool"
)

// maxReceiveQueue is the number of segments that may wait in a TCP socket of a
// target with LowWatermark: NX_TCP_MAXIMUM_RX_QUEUE.
const maxReceiveQueue = 20

// scarce reports whether the pool of a received packet has fewer free packets
// than its low watermark, so that the packet should not be kept.
func (ip *IP) scarce(packet *packetpool.Packet) bool {
	if !ip.target.LowWatermark {
		return false
	}
	pool := packet.Pool()
	return pool.Available() < pool.LowWatermark()
}

// LimitReceiveQueue sets the number of segments that may wait in the socket, 20
// to begin with, those ahead of a missing one included. What comes when there
// are as many is dropped, and closes the window. It mirrors
// nx_tcp_socket_receive_queue_max_set.
//
// Errors: status.NotSupported unless the target has LowWatermark.
func (s *TCPSocket) LimitReceiveQueue(segments uint32) error {
	if !s.ip.target.LowWatermark {
		return status.NotSupported
	}
	s.rx.limit = int(segments)
	return nil
}

// tooMany reports whether the socket should not keep one more packet.
func (s *TCPSocket) tooMany(packet *packetpool.Packet) bool {
	return s.ip.target.LowWatermark && s.rx.queue.len() >= s.rx.limit || s.ip.scarce(packet)
}

// reopen opens a window that was closed for want of packets, once there are
// enough again.
func (s *TCPSocket) reopen(packet *packetpool.Packet) {
	if s.ip.target.LowWatermark && s.rx.window == 0 && s.rx.queue.len() == 0 && !s.ip.scarce(packet) {
		s.rx.window = s.rx.full
		s.owe()
	}
}

// refuseData releases a segment that is one too many and closes the window, and
// reports whether it did. One that belongs between others is not refused, even
// if it is.
func (s *TCPSocket) refuseData(packet *packetpool.Packet, seg *segment) bool {
	if seg.payload == 0 || !s.tooMany(packet) {
		return false
	}
	old := max(0, int32(s.rx.next-seg.seq))
	begin := seg.seq.Add(seqnum.Size(old))
	if s.rx.queue.len() > 0 && (begin != s.rx.next || s.rx.end() != begin) {
		return false
	}
	s.cutToWindow(packet, seg)
	s.countReceived(seg.payload - uint32(old))
	if s.tx.finAcked {
		s.tell()
	}
	packet.Release()
	s.rx.window, s.rx.windowTold = 0, 0
	s.sendACK()
	return true
}

// dropLast releases the last segment of the receive queue, which was one too
// many, and closes the window behind the others. As in C, it may be one that
// has been acknowledged.
func (r *receiver) dropLast() {
	r.queue.popLast().packet.Release()
	r.window = 0
	if n := r.queue.len(); n > 0 {
		r.window = int(int32(r.queue.at(n-1).end() - r.next))
	}
	r.windowTold = r.window
}
