package host

import (
	"net/netip"
	"slices"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/checksum"
	"gvisor.dev/gvisor/pkg/tcpip/header"
)

// segment is what a gate wants to know about a TCP segment.
type segment struct {
	ip       header.IPv4
	tcp      header.TCP
	from, to netip.AddrPort
	flags    header.TCPFlags
}

// parseSegment reads a frame with a whole, undamaged TCP segment over IPv4.
func parseSegment(frame []byte) (s segment, ok bool) {
	if len(frame) < header.EthernetMinimumSize || header.Ethernet(frame).Type() != header.IPv4ProtocolNumber {
		return s, false
	}
	ip := header.IPv4(frame[header.EthernetMinimumSize:])
	if len(ip) < header.IPv4MinimumSize || !ip.IsValid(len(ip)) || !ip.IsChecksumValid() {
		return s, false
	}
	if ip.TransportProtocol() != header.TCPProtocolNumber || ip.More() || ip.FragmentOffset() != 0 {
		return s, false
	}
	t := header.TCP(ip.Payload())
	if len(t) < header.TCPMinimumSize || int(t.DataOffset()) < header.TCPMinimumSize || int(t.DataOffset()) > len(t) {
		return s, false
	}
	payload := t.Payload()
	if !t.IsChecksumValid(ip.SourceAddress(), ip.DestinationAddress(), checksum.Checksum(payload, 0), uint16(len(payload))) {
		return s, false
	}
	return segment{
		ip: ip, tcp: t, flags: t.Flags(),
		from: netip.AddrPortFrom(netip.AddrFrom4(ip.SourceAddress().As4()), t.SourcePort()),
		to:   netip.AddrPortFrom(netip.AddrFrom4(ip.DestinationAddress().As4()), t.DestinationPort()),
	}, true
}

// reset answers the SYN in a frame with a reset (RFC 9293, section 3.10.7.1).
func (h *Host) reset(frame []byte) {
	s, ok := parseSegment(frame)
	if !ok {
		return
	}
	answer := slices.Concat(frame[6:12], frame[0:6], frame[12:14], make([]byte, header.IPv4MinimumSize+header.TCPMinimumSize))
	ip := header.IPv4(answer[header.EthernetMinimumSize:])
	ip.Encode(&header.IPv4Fields{
		TotalLength: header.IPv4MinimumSize + header.TCPMinimumSize,
		TTL:         64,
		Protocol:    uint8(header.TCPProtocolNumber),
		SrcAddr:     s.ip.DestinationAddress(),
		DstAddr:     s.ip.SourceAddress(),
	})
	ip.SetChecksum(^ip.CalculateChecksum())
	t := header.TCP(ip.Payload())
	t.Encode(&header.TCPFields{
		SrcPort: s.to.Port(), DstPort: s.from.Port(),
		AckNum:     s.tcp.SequenceNumber() + 1 + uint32(len(s.tcp.Payload())),
		DataOffset: header.TCPMinimumSize,
		Flags:      header.TCPFlagRst | header.TCPFlagAck,
	})
	t.SetChecksum(^t.CalculateChecksum(pseudoHeader(ip.SourceAddress(), ip.DestinationAddress())))
	h.port.Send(answer)
}

func pseudoHeader(from, to tcpip.Address) uint16 {
	return header.PseudoHeaderChecksum(header.TCPProtocolNumber, from, to, header.TCPMinimumSize)
}
