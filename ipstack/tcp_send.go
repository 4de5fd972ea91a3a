package ipstack

import (
	"errors"

	"netxsim/netx/status"
	"netxsim/packetpool"
)

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
// kernel's when the wait is aborted; status.NoInterfaceAddress when the IPv6
// address of a connection has been taken away.
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
	s.ip.enter()
	defer s.ip.leave()
	if s.state != TCPEstablished && s.state != TCPCloseWait {
		return status.NotConnected
	}
	if !s.hasSource() {
		return status.NoInterfaceAddress
	}
	for {
		if s.state != TCPEstablished && s.state != TCPCloseWait {
			return status.NotConnected
		}
		size := min(s.tx.allowed(s.mss), s.mss)
		if size > 0 && len(s.tx.queue) < s.resend.queue {
			if whole, err := s.sendPiece(packet, size, wait); whole || err != nil {
				return err
			}
			continue
		}
		s.tx.armProbe(packet)
		if wait == noWait || s.ip.inIPThread() {
			return s.full()
		}
		if _, err := s.ip.await(&s.wait.send, wait); errors.Is(err, errExpired) {
			return s.blocked()
		} else if err != nil {
			return err
		}
	}
}

// full is the status of a send that may not wait.
func (s *TCPSocket) full() error {
	if len(s.tx.queue) < s.resend.queue {
		return status.WindowOverflow
	}
	return status.TxQueueDepth
}

// blocked is the status of a send that has waited in vain.
func (s *TCPSocket) blocked() error {
	if s.state != TCPEstablished {
		return status.NotConnected
	}
	return s.full()
}

// wakeSenders has all threads that wait to send return.
func (s *TCPSocket) wakeSenders() { s.wait.send.wakeAll(s.blocked()) }

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
	if s.state != TCPEstablished && s.state != TCPCloseWait { // the copy had to wait
		if piece != packet {
			piece.Release()
		}
		return false, status.NotConnected
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
	pool := packet.Pool()
	if packet.Next != nil && packet.Length+controlPacketType < pool.Payload() && pool.Available() > 0 {
		return true
	}
	first := packet
	for first.Next != nil && len(first.Bytes()) == 0 {
		first = first.Next
	}
	return first.PrependPtr%4 != 0
}

// copyPiece copies the first size bytes of a packet into a new one of its pool.
func (s *TCPSocket) copyPiece(packet *packetpool.Packet, size, wait uint32) (*packetpool.Packet, error) {
	s.ip.leave() // it may have to wait for packets
	defer s.ip.enter()
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

// transmit sends a packet of at most one segment and keeps it until it is
// acknowledged.
func (s *TCPSocket) transmit(packet *packetpool.Packet) {
	if len(s.tx.queue) == 0 {
		s.startTimeout()
		s.tx.outstanding = 0
	}
	s.ip.tcp.info.PacketsSent++
	s.ip.tcp.info.BytesSent += packet.Length
	s.count.packetsSent++
	s.count.bytesSent += packet.Length
	packet.Hold(&s.held.transmit)
	s.sendData(s.tx.add(packet))
	s.rx.ackTimeout = s.ip.ticks(delayedAckTicks)
}
