package ipstack

import (
	"encoding/binary"

	"gvisor.dev/gvisor/pkg/tcpip/checksum"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/seqnum"

	"netxsim/packetpool"
)

const ackOnly = header.TCPFlagAck

// controlSegment is a segment that TCP makes by itself. It costs a packet of
// the default pool while the driver has it.
type controlSegment struct {
	flags    header.TCPFlags
	seq, ack seqnum.Value
	mss      uint32 // of a SYN
	data     []byte // of a window probe, one byte
}

// sendControl sends a segment of TCP's own, with the present window, and
// reports whether it could be paid for.
func (s *TCPSocket) sendControl(c controlSegment) bool {
	size := tcpHeader
	if c.flags.Contains(header.TCPFlagSyn) {
		size = synHeader
	}
	datagram := s.datagram(size, len(c.data))
	tcp := header.TCP(datagram[ipv4Header:])
	s.putHeader(tcp, c.flags, c.seq, c.ack, size)
	if c.flags.Contains(header.TCPFlagSyn) {
		putMSS(tcp[tcpHeader:], uint16(c.mss))
	}
	copy(tcp[size:], c.data)
	setTCPChecksum(datagram, tcp)
	packet := s.ip.chargeControl()
	if packet == nil {
		s.log("no packet for a control segment")
		s.owe()
		return false
	}
	s.rx.acked, s.rx.windowTold = c.ack, s.rx.window
	if s.vlan != noVLANPriority {
		packet.VlanPriority = s.vlan
	}
	s.ip.room = packet.PrependPtr - packet.DataStart - ipv4Header - ethernetHeader
	s.emit(packet)
	return true
}

// datagram makes room for a datagram to the peer in the scratch frame, and
// writes its IP header.
func (s *TCPSocket) datagram(headers, data int) header.IPv4 {
	ip := header.IPv4(s.ip.datagramRoom(ipv4Header + headers + data))
	s.ip.identification++
	flags := uint8(0)
	if s.config.DontFragment {
		flags = header.IPv4FlagDontFragment
	}
	ip.Encode(&header.IPv4Fields{
		TOS:         s.config.TypeOfService,
		TotalLength: uint16(len(ip)),
		ID:          uint16(s.ip.identification),
		Flags:       flags,
		TTL:         s.config.TimeToLive,
		Protocol:    uint8(header.TCPProtocolNumber),
		SrcAddr:     toTCPIP(s.local),
		DstAddr:     toTCPIP(s.remote.Addr()),
	})
	ip.SetChecksum(^ip.CalculateChecksum())
	return ip
}

// putHeader writes a TCP header with the present window.
func (s *TCPSocket) putHeader(tcp header.TCP, flags header.TCPFlags, seq, ack seqnum.Value, size int) {
	tcp.Encode(&header.TCPFields{
		SrcPort:    s.port | s.portOverflow,
		DstPort:    s.remote.Port(),
		SeqNum:     uint32(seq),
		AckNum:     uint32(ack),
		DataOffset: uint8(size),
		Flags:      flags,
		WindowSize: uint16(s.rx.window),
	})
}

// putMSS writes the options of a SYN: the maximum segment size, and padding.
func putMSS(options []byte, mss uint16) {
	options[0], options[1] = header.TCPOptionMSS, header.TCPOptionMSSLength
	binary.BigEndian.PutUint16(options[2:], mss)
	copy(options[4:], []byte{header.TCPOptionNOP, header.TCPOptionNOP, header.TCPOptionNOP, header.TCPOptionEOL})
}

// sendACK acknowledges what has arrived and tells the present window.
func (s *TCPSocket) sendACK() { s.sendACKFrom(s.tx.next) }

// sendACKFrom is sendACK with the given sequence number.
func (s *TCPSocket) sendACKFrom(seq seqnum.Value) {
	s.sendControl(controlSegment{flags: ackOnly, seq: seq, ack: s.rx.next})
	s.rx.ackTimeout = s.ip.ticks(delayedAckTicks)
}

// sendFIN ends our half of the connection; its sequence number is the one in
// front of the next.
func (s *TCPSocket) sendFIN() {
	s.sendControl(controlSegment{flags: header.TCPFlagFin | header.TCPFlagAck, seq: s.tx.next - 1, ack: s.rx.next})
}

// sendRST answers a segment that does not belong to the connection.
func (s *TCPSocket) sendRST(seg *segment) {
	end := seg.seq.Add(seqnum.Size(seg.payload))
	if seg.has(header.TCPFlagSyn) || seg.has(header.TCPFlagFin) {
		end++
	}
	s.sendRSTFor(seg, end)
}

// sendRSTFor is sendRST for a segment that ends at the given sequence number.
func (s *TCPSocket) sendRSTFor(seg *segment, end seqnum.Value) {
	if seg.has(header.TCPFlagAck) {
		s.sendControl(controlSegment{flags: header.TCPFlagRst, seq: seg.ack})
		return
	}
	s.sendControl(controlSegment{flags: header.TCPFlagRst | header.TCPFlagAck, ack: end})
}

// sendSYN sends the SYN, or the SYN-ACK, whose sequence number is the one in
// front of the next, and decides on the maximum segment size.
func (s *TCPSocket) sendSYN() {
	mss := s.ownMSS()
	if s.wantedMSS != 0 {
		mss = min(mss, s.wantedMSS)
	}
	c := controlSegment{flags: header.TCPFlagSyn, seq: s.tx.next - 1, mss: mss}
	s.mss = mss
	if s.state == TCPSynReceived {
		c.flags |= header.TCPFlagAck
		c.ack = s.rx.next
		s.mss = min(mss, s.peerMSS)
	}
	s.sendControl(c)
}

// sendData sends a packet of the transmit queue, which pays for itself.
func (s *TCPSocket) sendData(sent *transmitted) {
	datagram := s.datagram(tcpHeader, int(sent.size))
	tcp := header.TCP(datagram[ipv4Header:])
	s.putHeader(tcp, header.TCPFlagAck|header.TCPFlagPsh, sent.begin, s.rx.next, tcpHeader)
	data := appendBytes(tcp[tcpHeader:tcpHeader], sent.packet)
	sum := header.PseudoHeaderChecksum(header.TCPProtocolNumber, datagram.SourceAddress(), datagram.DestinationAddress(), uint16(len(tcp)))
	tcp.SetChecksum(^checksum.Checksum(tcp[:tcpHeader], checksum.Checksum(data, sum)))
	s.rx.acked, s.rx.windowTold = s.rx.next, s.rx.window
	if s.vlan != noVLANPriority {
		sent.packet.VlanPriority = s.vlan
	}
	s.ip.vlan = sent.packet.VlanPriority
	s.ip.room = sent.packet.PrependPtr - sent.packet.DataStart - tcpHeader - ipv4Header - ethernetHeader
	s.emit(nil)
}

// emit sends the datagram in the scratch frame. The packet, if any, pays for it.
func (s *TCPSocket) emit(packet *packetpool.Packet) {
	if s.hop == 0 {
		release(packet)
		return
	}
	s.ip.drive(s.via, toWord(s.remote.Addr()), s.hop, packet)
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
	setTCPChecksum(s.datagram, s.tcp)
}
