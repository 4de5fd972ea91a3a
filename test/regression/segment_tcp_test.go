package regression_test

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"
)

// The flags of a TCP header (RFC 9293, section 3.1).
const (
	tcpFIN = 1 << iota
	tcpSYN
	tcpRST
	tcpPSH
	tcpACK
	tcpURG
)

// tcpSegment is a TCP segment in an IPv4 datagram, written and read without the help of the stack under test.
type tcpSegment struct {
	from, to netip.AddrPort
	seq, ack uint32
	flags    byte
	window   uint16
	options  []byte // whole words
	data     []byte
}

// has reports whether all of the flags are set.
func (s tcpSegment) has(flags byte) bool { return s.flags&flags == flags }

// pure reports whether the segment acknowledges and does nothing else.
func (s tcpSegment) pure() bool { return s.flags == tcpACK && len(s.data) == 0 }

// text describes the segment with its numbers relative to where the two sides began.
func (s tcpSegment) text(iss, irs uint32) string {
	var names []string
	for i, name := range []string{"FIN", "SYN", "RST", "PSH", "ACK", "URG"} {
		if s.flags&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	text := fmt.Sprintf("%s seq %d", strings.Join(names, ","), int32(s.seq-iss))
	if s.flags&tcpACK != 0 {
		text += fmt.Sprintf(" ack %d", int32(s.ack-irs))
	}
	if len(s.data) > 0 {
		text += fmt.Sprintf(" %d bytes", len(s.data))
	}
	return text
}

// tcpMSSOption is the option that announces a maximum segment size.
func tcpMSSOption(mss int) []byte { return []byte{2, 4, byte(mss >> 8), byte(mss)} }

// datagram returns the segment as an IPv4 datagram with correct checksums.
func (s tcpSegment) datagram() []byte {
	d := make([]byte, 40, 40+len(s.options)+len(s.data))
	d = append(append(d, s.options...), s.data...)
	ip, tcp := d[:20], d[20:]
	ip[0], ip[8], ip[9] = 0x45, 64, 6
	binary.BigEndian.PutUint16(ip[2:], uint16(len(d)))
	copy(ip[12:], s.from.Addr().AsSlice())
	copy(ip[16:], s.to.Addr().AsSlice())
	binary.BigEndian.PutUint16(ip[10:], tcpChecksum(ip, 0))
	binary.BigEndian.PutUint16(tcp, s.from.Port())
	binary.BigEndian.PutUint16(tcp[2:], s.to.Port())
	binary.BigEndian.PutUint32(tcp[4:], s.seq)
	binary.BigEndian.PutUint32(tcp[8:], s.ack)
	tcp[12], tcp[13] = byte(20+len(s.options))<<2, s.flags
	binary.BigEndian.PutUint16(tcp[14:], s.window)
	tcpSetChecksum(d)
	return d
}

// tcpSetChecksum writes the checksum of the TCP segment in a datagram.
func tcpSetChecksum(d []byte) {
	tcp := d[20:]
	tcp[16], tcp[17] = 0, 0
	pseudo := uint32(6 + len(tcp))
	for i := 12; i < 20; i += 2 {
		pseudo += uint32(binary.BigEndian.Uint16(d[i:]))
	}
	binary.BigEndian.PutUint16(tcp[16:], tcpChecksum(tcp, pseudo))
}

// tcpChecksum is the checksum of RFC 1071.
func tcpChecksum(b []byte, sum uint32) uint16 {
	for i, c := range b {
		sum += uint32(c) << (8 * (1 - i%2))
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}

// tcpParse parses a frame, and reports whether it carries a TCP segment over IPv4.
func tcpParse(frame []byte) (tcpSegment, bool) {
	if len(frame) < 54 || binary.BigEndian.Uint16(frame[12:]) != 0x0800 || frame[14] != 0x45 || frame[23] != 6 {
		return tcpSegment{}, false
	}
	d := frame[14 : 14+binary.BigEndian.Uint16(frame[16:])]
	tcp := d[20:]
	head := int(tcp[12]>>4) * 4
	if head < 20 || head > len(tcp) {
		return tcpSegment{}, false
	}
	from, _ := netip.AddrFromSlice(d[12:16])
	to, _ := netip.AddrFromSlice(d[16:20])
	return tcpSegment{
		from:    netip.AddrPortFrom(from, binary.BigEndian.Uint16(tcp)),
		to:      netip.AddrPortFrom(to, binary.BigEndian.Uint16(tcp[2:])),
		seq:     binary.BigEndian.Uint32(tcp[4:]),
		ack:     binary.BigEndian.Uint32(tcp[8:]),
		flags:   tcp[13] & 0x3f,
		window:  binary.BigEndian.Uint16(tcp[14:]),
		options: append([]byte(nil), tcp[20:head]...),
		data:    append([]byte(nil), tcp[head:]...),
	}, true
}

// tcpEnd joins an address and a port.
func tcpEnd(addr netip.Addr, port uint16) netip.AddrPort { return netip.AddrPortFrom(addr, port) }
