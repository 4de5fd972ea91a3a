package link

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"
)

// Describe puts an Ethernet frame into a line of text for traces:
// "192.2.2.61:49152 > 192.2.2.89:110 TCP PSH,ACK seq 1 ack 43 win 1460, 12 bytes".
// What it does not know it describes by its type and length.
func Describe(frame []byte) string {
	if len(frame) < HeaderLen {
		return fmt.Sprintf("%d bytes, too short for a frame", len(frame))
	}
	kind, payload := binary.BigEndian.Uint16(frame[12:]), frame[HeaderLen:]
	switch {
	case kind == 0x0806 && len(payload) >= 28:
		return describeARP(payload)
	case kind == 0x0800 && len(payload) >= 20 && int(payload[0]&15)*4 <= len(payload):
		return describeIPv4(payload)
	case kind == 0x86dd && len(payload) >= 40:
		return describeIPv6(payload)
	}
	return fmt.Sprintf("type %#04x, %d bytes", kind, len(payload))
}

func describeARP(m []byte) string {
	sender, target := netip.AddrFrom4([4]byte(m[14:])), netip.AddrFrom4([4]byte(m[24:]))
	if binary.BigEndian.Uint16(m[6:]) == 1 {
		return fmt.Sprintf("ARP who has %v? tell %v", target, sender)
	}
	return fmt.Sprintf("ARP %v is at %x", sender, m[8:14])
}

func describeIPv4(p []byte) string {
	from, to := netip.AddrFrom4([4]byte(p[12:])), netip.AddrFrom4([4]byte(p[16:]))
	body := p[int(p[0]&15)*4:]
	if size := int(binary.BigEndian.Uint16(p[2:])); size <= len(p) && size >= len(p)-len(body) {
		body = body[:size-(len(p)-len(body))]
	}
	return describeDatagram(from, to, p[9], fragment{int(binary.BigEndian.Uint16(p[6:])&0x1fff) * 8, p[6]&0x20 != 0}, body)
}

// describeIPv6 looks behind the extension headers that end with a fragment header, or do not end at all (RFC 8200, section 4).
func describeIPv6(p []byte) string {
	from, to := netip.AddrFrom16([16]byte(p[8:])), netip.AddrFrom16([16]byte(p[24:]))
	next, body := p[6], p[40:]
	body = body[:min(len(body), int(binary.BigEndian.Uint16(p[4:])))]
	var f fragment
	for len(body) >= 8 {
		size := 8
		switch next {
		case 0, 43, 60: // hop-by-hop options, routing, destination options
			size += int(body[1]) * 8
		case 44:
			word := binary.BigEndian.Uint16(body[2:])
			f = fragment{int(word &^ 7), word&1 != 0}
		default:
			return describeDatagram(from, to, next, f, body)
		}
		next, body = body[0], body[min(size, len(body)):]
		if f.offset > 0 {
			break
		}
	}
	return describeDatagram(from, to, next, f, body)
}

// A fragment says which part of a datagram a packet carries; the zero value means all of it.
type fragment struct {
	offset int
	more   bool
}

// String is what stands behind the description of a part.
func (f fragment) String() string {
	switch {
	case f.offset > 0:
		return fmt.Sprintf(" (fragment at %d)", f.offset)
	case f.more:
		return " (first fragment)"
	}
	return ""
}

// describeDatagram describes what a packet of IP carries. Only the first fragment has the header of the protocol.
func describeDatagram(from, to netip.Addr, protocol byte, f fragment, body []byte) string {
	port := func(at int, a netip.Addr) netip.AddrPort {
		return netip.AddrPortFrom(a, binary.BigEndian.Uint16(body[at:]))
	}
	switch {
	case f.offset > 0:
	case protocol == 6 && len(body) >= 20:
		return describeTCP(port(0, from), port(2, to), body) + f.String()
	case protocol == 17 && len(body) >= 8:
		return fmt.Sprintf("%v > %v UDP, %d bytes%v", port(0, from), port(2, to), len(body)-8, f)
	case protocol == 1 && len(body) >= 2:
		return fmt.Sprintf("%v > %v ICMP type %d code %d, %d bytes%v", from, to, body[0], body[1], len(body), f)
	case protocol == 58 && len(body) >= 24 && (body[0] == 135 || body[0] == 136): // RFC 4861, sections 4.3 and 4.4
		return describeNeighbour(from, body)
	case protocol == 58 && len(body) >= 2:
		return fmt.Sprintf("%v > %v ICMPv6 type %d code %d, %d bytes%v", from, to, body[0], body[1], len(body), f)
	}
	return fmt.Sprintf("%v > %v protocol %d, %d bytes%v", from, to, protocol, len(body), f)
}

func describeNeighbour(from netip.Addr, m []byte) string {
	target := netip.AddrFrom16([16]byte(m[8:]))
	if m[0] == 135 {
		return fmt.Sprintf("ICMPv6 who has %v? tell %v", target, from)
	}
	text := fmt.Sprintf("ICMPv6 %v is here", target)
	if len(m) >= 32 && m[24] == 2 { // the target's link-layer address
		text = fmt.Sprintf("ICMPv6 %v is at %x", target, m[26:32])
	}
	return text
}

func describeTCP(from, to netip.AddrPort, t []byte) string {
	var flags []string
	for i, name := range []string{"FIN", "SYN", "RST", "PSH", "ACK", "URG"} {
		if t[13]&(1<<i) != 0 {
			flags = append(flags, name)
		}
	}
	return fmt.Sprintf("%v > %v TCP %s seq %d ack %d win %d, %d bytes",
		from, to, strings.Join(flags, ","),
		binary.BigEndian.Uint32(t[4:]), binary.BigEndian.Uint32(t[8:]), binary.BigEndian.Uint16(t[14:]),
		max(0, len(t)-int(t[12]>>4)*4))
}
