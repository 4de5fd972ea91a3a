package ipstack

import (
	"bytes"
	"encoding/binary"
	"net/netip"

	"gvisor.dev/gvisor/pkg/tcpip/checksum"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/seqnum"
)

// connection names a TCP connection within an instance.
type connection struct {
	local  uint16
	remote netip.AddrPort
}

// segment is a TCP segment in an IPv4 datagram, parsed.
type segment struct {
	datagram header.IPv4
	tcp      header.TCP
	flags    header.TCPFlags
	seq, ack seqnum.Value
	window   uint32
	payload  uint32 // bytes of data
}

// parseSegment parses the TCP segment in a valid IPv4 datagram. It reports
// whether its header is whole.
func parseSegment(datagram header.IPv4) (segment, bool) {
	tcp := header.TCP(datagram.Payload())
	if len(tcp) < tcpHeader {
		return segment{}, false
	}
	size := int(tcp.DataOffset())
	if size < tcpHeader || size > len(tcp) {
		return segment{}, false
	}
	return segment{
		datagram: datagram,
		tcp:      tcp,
		flags:    tcp.Flags(),
		seq:      seqnum.Value(tcp.SequenceNumber()),
		ack:      seqnum.Value(tcp.AckNumber()),
		window:   uint32(tcp.WindowSize()),
		payload:  uint32(len(tcp) - size),
	}, true
}

// has reports whether all of the flags are set.
func (s *segment) has(flags header.TCPFlags) bool { return s.flags.Contains(flags) }

// headers is the number of bytes in front of the data.
func (s *segment) headers() uint32 { return uint32(len(s.datagram)) - s.payload }

// incoming names the connection of a received segment.
func (s *segment) incoming() connection {
	return connection{
		local:  s.tcp.DestinationPort(),
		remote: netip.AddrPortFrom(fromTCPIP(s.datagram.SourceAddress()), s.tcp.SourcePort()),
	}
}

// checksumValid verifies the TCP checksum.
func (s *segment) checksumValid() bool {
	return s.tcp.IsChecksumValid(s.datagram.SourceAddress(), s.datagram.DestinationAddress(),
		checksum.Checksum(s.tcp.Payload(), 0), uint16(s.payload))
}

// acknowledge overwrites the acknowledgement number and the window and corrects
// the checksum (RFC 1624).
func (s *segment) acknowledge(ack seqnum.Value, window uint16) {
	fields := s.tcp[header.TCPAckNumOffset : header.TCPAckNumOffset+8] // header length and flags are between them
	before := checksum.Checksum(fields, 0)
	s.ack = ack
	s.tcp.SetAckNumber(uint32(ack))
	s.tcp.SetWindowSize(window)
	after := checksum.Checksum(fields, 0)
	s.tcp.SetChecksum(^checksum.Combine(checksum.Combine(^s.tcp.Checksum(), ^before), after))
}

// synHeader is the size of NetX's SYN: a header with one option, the maximum
// segment size, and padding.
const synHeader = tcpHeader + 8

// netxSYN writes the SYN of s as NetX would send it, without the options that
// NetX does not know, into dst, which has room for it, and returns it.
func (s *segment) netxSYN(dst []byte, mss, window uint16) []byte {
	dst = dst[:ipv4Header+synHeader]
	ip := header.IPv4(dst)
	copy(ip, s.datagram[:ipv4Header])
	ip.SetHeaderLength(ipv4Header)
	ip.SetTotalLength(uint16(len(dst)))
	ip.SetChecksum(0)
	ip.SetChecksum(^ip.CalculateChecksum())
	tcp := header.TCP(dst[ipv4Header:])
	tcp.Encode(&header.TCPFields{
		SrcPort:    s.tcp.SourcePort(),
		DstPort:    s.tcp.DestinationPort(),
		SeqNum:     uint32(s.seq),
		AckNum:     uint32(s.ack),
		DataOffset: synHeader,
		Flags:      s.flags,
		WindowSize: window,
	})
	options := tcp[tcpHeader:]
	options[0], options[1] = header.TCPOptionMSS, header.TCPOptionMSSLength
	binary.BigEndian.PutUint16(options[2:], mss)
	copy(options[4:], []byte{header.TCPOptionNOP, header.TCPOptionNOP, header.TCPOptionNOP, header.TCPOptionEOL})
	setTCPChecksum(ip, tcp)
	return dst
}

func setTCPChecksum(ip header.IPv4, tcp header.TCP) {
	tcp.SetChecksum(0)
	sum := header.PseudoHeaderChecksum(header.TCPProtocolNumber, ip.SourceAddress(), ip.DestinationAddress(), uint16(len(tcp)))
	tcp.SetChecksum(^checksum.Checksum(tcp, sum))
}

// reset returns a RST from the sender of s with the given sequence number.
func (s *segment) reset(seq seqnum.Value) *segment {
	datagram := header.IPv4(bytes.Clone(s.datagram[:ipv4Header+tcpHeader]))
	datagram.SetHeaderLength(ipv4Header)
	datagram.SetTotalLength(uint16(len(datagram)))
	datagram.SetChecksum(0)
	datagram.SetChecksum(^datagram.CalculateChecksum())
	tcp := header.TCP(datagram[ipv4Header:])
	tcp.SetDataOffset(tcpHeader)
	tcp.SetFlags(uint8(header.TCPFlagRst))
	tcp.SetSequenceNumber(uint32(seq))
	setTCPChecksum(datagram, tcp)
	return &segment{datagram: datagram, tcp: tcp, flags: header.TCPFlagRst, seq: seq}
}
