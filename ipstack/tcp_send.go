package ipstack

import (
	"bytes"
	"errors"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/seqnum"

	"netxsim/netx/status"
	"netxsim/packetpool"
)

// transmitter is the sending half of a connection: the packets that the peer
// has not acknowledged, and how much more NetX would send.
type transmitter struct {
	queue      []transmitted
	una        seqnum.Value // first byte not acknowledged
	next       seqnum.Value // behind the last byte that left
	handed     seqnum.Value // behind the last byte given to netstack
	peerWindow uint32
	congestion uint32 // congestion window in bytes
	threshold  uint32 // of slow start
	scratch    []byte
	reader     bytes.Reader
}

// transmitted is a packet until it is acknowledged.
type transmitted struct {
	packet *packetpool.Packet
	end    seqnum.Value
}

// reset prepares for a connection; packets of the last one are released.
func (t *transmitter) reset(*TCPSocket) {
	t.flush()
	*t = transmitter{queue: t.queue, scratch: t.scratch}
}

// start sets the sequence number of the first byte.
func (t *transmitter) start(first seqnum.Value) { t.una, t.next, t.handed = first, first, first }

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

// outstanding is the number of bytes that are not acknowledged.
func (t *transmitter) outstanding() uint32 { return uint32(t.una.Size(t.handed)) }

// allowed is the number of bytes that may be sent now. netstack must have sent
// what it was given before, or it would join segments.
func (t *transmitter) allowed() uint32 {
	if t.next.LessThan(t.handed) {
		return 0
	}
	window := min(t.peerWindow, t.congestion)
	if window <= t.outstanding() {
		return 0
	}
	return window - t.outstanding()
}

// sent notes a segment with data that netstack sends. One sent before is a
// retransmission, which halves NetX's congestion window.
func (t *transmitter) sent(s *TCPSocket, seg *segment) {
	end := seg.seq.Add(seqnum.Size(seg.payload))
	if t.next.LessThan(end) {
		t.next = end
		return
	}
	t.threshold = max(t.outstanding()/2, 2*s.mss)
	t.congestion = t.threshold
}

// acknowledge releases the packets that a segment acknowledges and takes over
// the peer's window.
func (t *transmitter) acknowledge(s *TCPSocket, seg *segment) {
	if !seg.has(header.TCPFlagAck) || t.next.LessThan(seg.ack) || seg.ack.LessThan(t.una) {
		return
	}
	t.peerWindow = seg.window
	if acked := uint32(t.una.Size(seg.ack)); acked > 0 {
		t.una = seg.ack
		if t.handed.LessThan(t.una) {
			t.handed = t.una // our FIN is acknowledged
		}
		t.grow(acked, s.mss)
	}
	done := 0
	for done < len(t.queue) && t.queue[done].end.LessThanEq(t.una) {
		t.queue[done].packet.Release()
		done++
	}
	t.queue = append(t.queue[:0], t.queue[done:]...)
}

// grow opens the congestion window (RFC 5681, section 3.1).
func (t *transmitter) grow(acked, mss uint32) {
	if t.congestion < t.threshold {
		t.congestion += min(acked, mss)
		return
	}
	t.congestion += max(1, mss*mss/t.congestion)
}

// flush releases all packets.
func (t *transmitter) flush() {
	for _, sent := range t.queue {
		sent.packet.Release()
	}
	clear(t.queue)
	t.queue = t.queue[:0]
}

// wakeSender lets the first thread that waits to send try again.
func (t *transmitter) wakeSender(s *TCPSocket) {
	if t.allowed() > 0 && len(t.queue) < s.resend.queue {
		s.wait.send.wake(nil, nil)
	}
}

// Send sends a packet or chain as one segment, or as several where it is longer
// than the MSS, as nx_tcp_socket_send does. If the peer's window, the
// congestion window or the transmit queue is full the calling thread waits up
// to wait ticks, also for each packet that a copy needs.
//
// With a nil error the packet is the stack's; otherwise it is still the
// caller's, without the data that could be sent.
//
// Errors: status.InvalidPacket for an empty packet, status.NotBound,
// status.NotConnected, status.WindowOverflow or status.TxQueueDepth when the
// wait ran out, status.NoPacket when a long packet could not be cut, and the
// kernel's when the wait is aborted.
func (s *TCPSocket) Send(packet *packetpool.Packet, wait uint32) error {
	if packet.Length == 0 {
		return status.InvalidPacket
	}
	if !s.bound {
		return status.NotBound
	}
	if s.state == TCPSynSent || s.state == TCPSynReceived {
		s.StateWait(TCPEstablished, wait)
	}
	for {
		if s.state != TCPEstablished && s.state != TCPCloseWait {
			return status.NotConnected
		}
		size := min(s.tx.allowed(), s.mss)
		if size > 0 && len(s.tx.queue) < s.resend.queue {
			if whole, err := s.sendPiece(packet, size, wait); whole || err != nil {
				return err
			}
			continue
		}
		if wait == noWait || s.ip.inIPThread() {
			return s.blocked()
		}
		if _, err := s.wait.send.wait(wait); errors.Is(err, errExpired) {
			return s.blocked()
		} else if err != nil {
			return err
		}
	}
}

// blocked is the status of a send that could not go on.
func (s *TCPSocket) blocked() error {
	switch {
	case s.state != TCPEstablished && s.state != TCPCloseWait:
		return status.NotConnected
	case len(s.tx.queue) < s.resend.queue:
		return status.WindowOverflow
	default:
		return status.TxQueueDepth
	}
}

// sendPiece sends up to size bytes of a packet and reports whether that was all
// of it, in which case the packet is no longer the caller's.
func (s *TCPSocket) sendPiece(packet *packetpool.Packet, size, wait uint32) (bool, error) {
	piece := packet
	if packet.Length > size || s.mustCopy(packet) {
		var err error
		if piece, err = s.copyPiece(packet, min(size, packet.Length), wait); err != nil {
			return false, err
		}
	}
	sent := piece.Length
	s.transmit(piece)
	if piece == packet {
		return true, nil
	}
	if sent == packet.Length {
		packet.Release()
		return true, nil
	}
	trimFront(packet, sent)
	return false, nil
}

// mustCopy reports whether NetX would send a copy of a packet that fits: one
// whose data is not aligned, or a chain that one packet could hold.
func (s *TCPSocket) mustCopy(packet *packetpool.Packet) bool {
	if packet.PrependPtr%4 != 0 {
		return true
	}
	if packet.Next == nil {
		return false
	}
	pool := packet.Pool()
	return packet.Length+controlPacketType < pool.Payload() && pool.Available() > 0
}

// copyPiece copies the first size bytes of a packet into a new one of its pool.
func (s *TCPSocket) copyPiece(packet *packetpool.Packet, size, wait uint32) (*packetpool.Packet, error) {
	pool := packet.Pool()
	piece, err := pool.Allocate(controlPacketType, wait)
	if err != nil {
		return nil, err
	}
	for p := packet; p != nil && size > 0; p = p.Next {
		data := p.Bytes()
		data = data[:min(uint32(len(data)), size)]
		if err = piece.Append(data, pool, wait); err != nil {
			break
		}
		size -= uint32(len(data))
	}
	if piece.Length == 0 {
		piece.Release()
		return nil, err
	}
	return piece, nil
}

// transmit gives netstack a packet of at most one segment and keeps it until it
// is acknowledged.
func (s *TCPSocket) transmit(packet *packetpool.Packet) {
	t := &s.tx
	t.scratch = appendBytes(t.scratch[:0], packet)
	t.handed = t.handed.Add(seqnum.Size(len(t.scratch)))
	t.queue = append(t.queue, transmitted{packet, t.handed})
	packet.Hold(&s.held.transmit)
	t.reader.Reset(t.scratch)
	if n, err := s.endpoint.Write(&t.reader, tcpip.WriteOptions{}); err != nil || int(n) != len(t.scratch) {
		// The connection is ending; netstack says so when it settles.
		s.ip.log.Debug("netstack refused data: " + s.describe())
	}
	s.ip.settle()
}
