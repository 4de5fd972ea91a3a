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
	switch {
	case p[9] == 6 && len(body) >= 20:
		return describeTCP(from, to, body)
	case p[9] == 17 && len(body) >= 8:
		return fmt.Sprintf("%v:%d > %v:%d UDP, %d bytes", from, binary.BigEndian.Uint16(body), to, binary.BigEndian.Uint16(body[2:]), len(body)-8)
	case p[9] == 1 && len(body) >= 2:
		return fmt.Sprintf("%v > %v ICMP type %d code %d, %d bytes", from, to, body[0], body[1], len(body))
	}
	return fmt.Sprintf("%v > %v protocol %d, %d bytes", from, to, p[9], len(body))
}

func describeTCP(from, to netip.Addr, t []byte) string {
	var flags []string
	for i, name := range []string{"FIN", "SYN", "RST", "PSH", "ACK", "URG"} {
		if t[13]&(1<<i) != 0 {
			flags = append(flags, name)
		}
	}
	return fmt.Sprintf("%v:%d > %v:%d TCP %s seq %d ack %d win %d, %d bytes",
		from, binary.BigEndian.Uint16(t), to, binary.BigEndian.Uint16(t[2:]), strings.Join(flags, ","),
		binary.BigEndian.Uint32(t[4:]), binary.BigEndian.Uint32(t[8:]), binary.BigEndian.Uint16(t[14:]),
		max(0, len(t)-int(t[12]>>4)*4))
}
