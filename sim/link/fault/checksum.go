package fault

import (
	"encoding/binary"

	"netxsim/sim/link"
)

// FixChecksums puts the checksums of an Ethernet frame right, in place: of the IPv4 header, and of TCP, UDP, ICMP and ICMPv6, if the
// packet is whole and not a fragment. A UDP datagram without a checksum stays without (RFC 768).
func FixChecksums(frame []byte) {
	p := Decode(frame)
	if p.Version == 4 {
		header := frame[link.HeaderLen:][:int(frame[link.HeaderLen]&15)*4]
		put(header[10:], header, 0)
	}
	if p.transport == 0 || p.Fragment {
		return
	}
	t := frame[p.transport:p.end]
	switch {
	case p.Protocol == TCP && len(t) >= 20:
		put(t[16:], t, p.pseudo(len(t)))
	case p.Protocol == UDP && len(t) >= 8 && (p.Version == 6 || t[6] != 0 || t[7] != 0):
		put(t[6:], t, p.pseudo(len(t)))
		if t[6] == 0 && t[7] == 0 {
			t[6], t[7] = 0xFF, 0xFF
		}
	case p.Protocol == ICMP && len(t) >= 4:
		put(t[2:], t, 0)
	case p.Protocol == ICMPv6 && len(t) >= 4:
		put(t[2:], t, p.pseudo(len(t)))
	}
}

// put stores the checksum over data, in which it is a field, and what else it covers (RFC 1071).
func put(field, data []byte, sum uint64) {
	field[0], field[1] = 0, 0
	sum = add(sum, data)
	for sum > 0xFFFF {
		sum = sum>>16 + sum&0xFFFF
	}
	binary.BigEndian.PutUint16(field, ^uint16(sum))
}

// pseudo is the sum of the pseudo header before n bytes (RFC 9293, section 3.1; RFC 8200, section 8.1).
func (p *Packet) pseudo(n int) uint64 {
	sum := uint64(p.Protocol) + uint64(n)
	source, destination := p.Source.AsSlice(), p.Destination.AsSlice()
	return add(add(sum, source), destination)
}

// add adds the 16-bit words of data to a sum.
func add(sum uint64, data []byte) uint64 {
	for len(data) >= 2 {
		sum += uint64(binary.BigEndian.Uint16(data))
		data = data[2:]
	}
	if len(data) == 1 {
		sum += uint64(data[0]) << 8
	}
	return sum
}
