package ipstack

import (
	"gvisor.dev/gvisor/pkg/tcpip/header"
)

// sendACK sends an acknowledgement with the present window. It costs a packet
// of the default pool while the driver has it.
func (s *TCPSocket) sendACK() {
	datagram := s.ip.datagramRoom(ipv4Header + tcpHeader)
	s.ip.identification++
	ip := header.IPv4(datagram)
	ip.Encode(&header.IPv4Fields{
		TOS:         s.config.TypeOfService,
		TotalLength: uint16(len(datagram)),
		ID:          s.ip.identification,
		TTL:         s.config.TimeToLive,
		Protocol:    uint8(header.TCPProtocolNumber),
		SrcAddr:     toTCPIP(s.ip.address.Addr()),
		DstAddr:     toTCPIP(s.remote.Addr()),
	})
	ip.SetChecksum(^ip.CalculateChecksum())
	tcp := header.TCP(datagram[ipv4Header:])
	tcp.Encode(&header.TCPFields{
		SrcPort:    s.port,
		DstPort:    s.remote.Port(),
		SeqNum:     uint32(s.tx.next),
		AckNum:     uint32(s.rx.next),
		DataOffset: tcpHeader,
		Flags:      header.TCPFlagAck,
		WindowSize: uint16(s.rx.window),
	})
	setTCPChecksum(ip, tcp)
	if s.ip.sendControl(datagram) {
		s.rx.acknowledged(s.rx.next)
	}
}

// needsClock reports whether a time-out of the socket is running.
func (s *TCPSocket) needsClock() bool {
	return s.timeout > 0 || s.state >= TCPEstablished && s.state < TCPTimedWait && s.rx.owesACK()
}

// fastTick is one beat of the clock of time-outs.
func (s *TCPSocket) fastTick() {
	if s.state >= TCPEstablished && s.state < TCPTimedWait && s.rx.owesACK() {
		if s.rx.ackTimeout <= fastTimerTicks {
			s.sendACK()
		} else {
			s.rx.ackTimeout -= fastTimerTicks
		}
	}
	if s.timeout == 0 {
		return
	}
	if s.timeout -= fastTimerTicks; s.timeout <= 0 {
		s.timeout = 0
		s.repeatSYN()
	}
}

// cut drops the last n bytes of the segment's data.
func (s *segment) cut(n uint32) {
	s.datagram = s.datagram[:uint32(len(s.datagram))-n]
	s.datagram.SetTotalLength(uint16(len(s.datagram)))
	s.datagram.SetChecksum(0)
	s.datagram.SetChecksum(^s.datagram.CalculateChecksum())
	s.tcp = s.tcp[:uint32(len(s.tcp))-n]
	s.payload -= n
	s.flags &^= header.TCPFlagFin
	s.tcp.SetFlags(uint8(s.flags))
}
