package fault

import (
	"encoding/binary"
	"net/netip"
	"strings"

	"netxsim/sim/link"
)

// TCPFlags are the flags of a TCP segment (RFC 9293, section 3.1).
type TCPFlags uint8

// The flags.
const (
	FIN TCPFlags = 1 << iota
	SYN
	RST
	PSH
	ACK
	URG
)

// String names the flags: "SYN,ACK".
func (f TCPFlags) String() string {
	var names []string
	for i, name := range [...]string{"FIN", "SYN", "RST", "PSH", "ACK", "URG"} {
		if f&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, ",")
}

// The protocols of a Packet: what the header of the IP packet says, or one of the numbers above them.
const (
	ICMP   = 1
	TCP    = 6
	UDP    = 17
	ICMPv6 = 58
	ARP    = 0x0806
)

// A Packet is what a frame says. What it does not have is zero.
type Packet struct {
	// EtherType is the type of the frame: 0x0800 for IPv4, 0x86DD for IPv6, 0x0806 for ARP.
	EtherType uint16
	// Version is 4 or 6 for an IP packet that is long enough to be one.
	Version int
	// Protocol is ICMP, TCP, UDP, ICMPv6, another number out of the IP header, or ARP.
	Protocol int
	// Source and Destination are the addresses of the IP packet; for ARP those of sender and target.
	Source, Destination netip.Addr
	// Fragment says that it is a part of a fragmented packet; later ones have no transport header.
	Fragment bool
	// SourcePort and DestinationPort belong to TCP and UDP.
	SourcePort, DestinationPort uint16
	// Flags, Seq and Ack belong to TCP.
	Flags    TCPFlags
	Seq, Ack uint32
	// Payload is what TCP or UDP carries, or what follows the last header known. It is a part of the frame.
	Payload []byte

	transport, end int // where the transport header begins and the packet ends in the frame, if it has one and is whole; else 0
	data           int // where the data of TCP and UDP begin in the frame
}

// Decode says what an Ethernet frame says, as far as it goes. It never fails: what is cut off or makes no sense is zero.
func Decode(frame []byte) (p Packet) {
	if len(frame) < link.HeaderLen {
		return p
	}
	p.EtherType = binary.BigEndian.Uint16(frame[12:])
	p.Payload = frame[link.HeaderLen:]
	switch p.EtherType {
	case 0x0800:
		p.ipv4(frame)
	case 0x86DD:
		p.ipv6(frame)
	case ARP:
		p.arp()
	}
	return p
}

func (p *Packet) arp() {
	p.Protocol = ARP
	if m := p.Payload; len(m) >= 28 {
		p.Source, p.Destination = netip.AddrFrom4([4]byte(m[14:])), netip.AddrFrom4([4]byte(m[24:]))
	}
}

func (p *Packet) ipv4(frame []byte) {
	h := p.Payload
	if len(h) < 20 || h[0]>>4 != 4 {
		return
	}
	header, total := int(h[0]&15)*4, int(binary.BigEndian.Uint16(h[2:]))
	if header < 20 || total < header || header > len(h) {
		return
	}
	p.Version, p.Protocol = 4, int(h[9])
	p.Source, p.Destination = netip.AddrFrom4([4]byte(h[12:])), netip.AddrFrom4([4]byte(h[16:]))
	fragment := binary.BigEndian.Uint16(h[6:])
	p.Fragment = fragment&0x3FFF != 0
	p.body(frame, link.HeaderLen+header, link.HeaderLen+total, fragment&0x1FFF == 0)
}

func (p *Packet) ipv6(frame []byte) {
	h := p.Payload
	if len(h) < 40 || h[0]>>4 != 6 {
		return
	}
	p.Version = 6
	p.Source, p.Destination = netip.AddrFrom16([16]byte(h[8:])), netip.AddrFrom16([16]byte(h[24:]))
	next, at, end := int(h[6]), link.HeaderLen+40, link.HeaderLen+40+int(binary.BigEndian.Uint16(h[4:]))
	first := true
	for next == 0 || next == 43 || next == 44 || next == 60 { // hop by hop, routing, fragment, destination (RFC 8200, section 4)
		if at+8 > len(frame) || at+8 > end {
			break
		}
		length := 8 + int(frame[at+1])*8
		if next == 44 {
			length = 8
			offset := binary.BigEndian.Uint16(frame[at+2:])
			p.Fragment = p.Fragment || offset&0xFFF9 != 0
			first = first && offset>>3 == 0
		}
		next, at = int(frame[at]), at+length
	}
	p.Protocol = next
	p.body(frame, at, end, first)
}

// body reads the transport header, if the packet has one, between two places of the frame.
func (p *Packet) body(frame []byte, at, end int, first bool) {
	whole := end <= len(frame)
	end = min(end, len(frame))
	if at > end {
		p.Payload = nil
		return
	}
	p.Payload = frame[at:end]
	if !first {
		return
	}
	if whole {
		p.transport, p.end = at, end
	}
	t := p.Payload
	switch {
	case p.Protocol == TCP && len(t) >= 20:
		p.Flags, p.Seq, p.Ack = TCPFlags(t[13]&63), binary.BigEndian.Uint32(t[4:]), binary.BigEndian.Uint32(t[8:])
		p.data = min(len(t), int(t[12]>>4)*4)
	case p.Protocol == UDP && len(t) >= 8:
		p.data = 8
	default:
		return
	}
	p.Payload = t[p.data:]
	p.data += at
	p.SourcePort, p.DestinationPort = binary.BigEndian.Uint16(t), binary.BigEndian.Uint16(t[2:])
}
