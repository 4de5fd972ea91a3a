package ipstack

import (
	"net/netip"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/checksum"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/stack"

	"netxsim/packetpool"
)

// firstStandIn is the first of the IPv4 addresses, of class E, that stand in
// for IPv6 addresses.
const firstStandIn = 0xF0000000

// enoughStandIns is the number of stand-ins up to which none is taken back.
const enoughStandIns = 1024

// standIns are the IPv4 addresses under which TCP knows IPv6 addresses: its
// connections, and netstack, see IPv4 only. Segments change their IP headers on
// the way into and out of the instance. An address keeps its stand-in at least
// as long as a socket or a waiting SYN has to do with it. The zero value has
// none.
type standIns struct {
	entries []standIn // by number
	numbers map[netip.Addr]uint32
	free    []uint32 // of entries that are unused, the longest first
	limit   int      // the number of entries in use from which unused ones are looked for
}

// standIn is one of them; the zero value is unused.
type standIn struct {
	address netip.Addr
	told    bool // netstack knows that it is one of the instance
}

func isStandIn(address uint32) bool { return address >= firstStandIn && address != limitedBroadcast }

// inner returns the address under which TCP knows another.
func (v *ipv6Protocol) inner(address netip.Addr) netip.Addr {
	if !address.Is6() {
		return address
	}
	s := &v.standIns
	number, known := s.numbers[address]
	if !known {
		number = s.add(address)
	}
	inner := fromWord(firstStandIn + number)
	if e := &s.entries[number]; !e.told && v.own(address) != nil {
		e.told = true
		v.ip.tellStack(inner, 32)
	}
	return inner
}

// add gives an address a stand-in and returns its number.
func (s *standIns) add(address netip.Addr) (number uint32) {
	if s.numbers == nil {
		s.numbers = make(map[netip.Addr]uint32)
	}
	if len(s.free) > 0 {
		number = s.free[0]
		s.free = s.free[1:]
		s.entries[number] = standIn{address: address}
	} else {
		number = uint32(len(s.entries))
		s.entries = append(s.entries, standIn{address: address})
	}
	s.numbers[address] = number
	return number
}

// tidy takes back the stand-ins that nothing needs any more, when there are
// twice as many as there were after the last time. It is for when TCP is about
// to hear of an address.
func (v *ipv6Protocol) tidy() {
	s := &v.standIns
	if len(s.numbers) < max(s.limit, enoughStandIns) {
		return
	}
	needed := v.ip.tcp.innerAddresses()
	for number := range s.entries {
		e := &s.entries[number]
		inner := fromWord(firstStandIn + uint32(number))
		if !e.address.IsValid() || needed[inner] || v.own(e.address) != nil {
			continue
		}
		if e.told {
			v.ip.stack.RemoveAddress(nicID, toTCPIP(inner))
		}
		delete(s.numbers, e.address)
		*e = standIn{}
		s.free = append(s.free, uint32(number))
	}
	s.limit = 2 * len(s.numbers)
}

// innerAddresses returns the addresses that sockets and waiting SYNs have to do
// with.
func (t *tcpProtocol) innerAddresses() map[netip.Addr]bool {
	needed := make(map[netip.Addr]bool)
	for _, s := range t.sockets {
		needed[s.local], needed[s.remote.Addr()] = true, true
	}
	for _, l := range t.listeners { //netxlint:ordered a set is made
		for _, packet := range l.queue {
			syn := header.IPv4(packet.Bytes())
			needed[fromTCPIP(syn.SourceAddress())], needed[fromTCPIP(syn.DestinationAddress())] = true, true
		}
	}
	return needed
}

// outer returns the address that TCP knows under another.
func (v *ipv6Protocol) outer(address netip.Addr) netip.Addr {
	word := toWord(address)
	if !isStandIn(word) || word-firstStandIn >= uint32(len(v.standIns.entries)) {
		return address
	}
	if outer := v.standIns.entries[word-firstStandIn].address; outer.IsValid() {
		return outer
	}
	return address
}

// routeStandIn is the route to an address that stands in for another.
func (v *ipv6Protocol) routeStandIn(to uint32) (out *Interface, hop uint32, ok bool) {
	outer := v.outer(fromWord(to))
	if !outer.Is6() {
		return nil, 0, false
	}
	from, err := v.source(outer)
	if err != nil {
		return nil, 0, false
	}
	return from.via, to, true
}

// localFor returns the address under which TCP sends to another by way of an
// interface.
func (ip *IP) localFor(via *Interface, to netip.Addr) netip.Addr {
	if outer := ip.ipv6.outer(to); outer.Is6() {
		if from, err := ip.ipv6.source(outer); err == nil {
			return ip.ipv6.inner(from.address)
		}
	}
	return fromWord(via.address)
}

// isOwn reports whether an address, as TCP knows it, is one of the instance.
func (ip *IP) isOwn(address uint32) bool {
	if isStandIn(address) {
		return ip.ipv6.own(ip.ipv6.outer(fromWord(address))) != nil
	}
	return isLoopback(address) || ip.ownInterface(address, nil) != nil
}

// tellStack tells netstack about an address of the instance.
func (ip *IP) tellStack(address netip.Addr, prefix int) {
	ip.stack.AddProtocolAddress(nicID, tcpip.ProtocolAddress{
		Protocol:          ipv4.ProtocolNumber,
		AddressWithPrefix: tcpip.AddressWithPrefix{Address: toTCPIP(address), PrefixLen: prefix},
	}, stack.AddressProperties{})
}

// receiveTCP6 gives a segment that came by IPv6, its IP header taken off, to TCP,
// with the IPv4 header it would have had.
func (ip *IP) receiveTCP6(packet *packetpool.Packet) {
	if len(packet.Bytes()) < tcpHeader || packet.Length > largestDatagram-ipv4Header {
		ip.tcp.info.InvalidPackets++
		packet.Release()
		return
	}
	from, to := ipv6Ends(packet)
	ttl := ipv6HeaderOf(packet).HopLimit()
	ip.ipv6.tidy()
	inside, outside := ip.ipv6.inner(to), ip.ipv6.inner(from)
	packet.PrependPtr -= ipv4Header // over what was in front
	packet.Length += ipv4Header
	datagram := header.IPv4(packet.Bytes())
	datagram.Encode(&header.IPv4Fields{
		TotalLength: uint16(packet.Length),
		TTL:         ttl,
		Protocol:    uint8(header.TCPProtocolNumber),
		SrcAddr:     toTCPIP(outside),
		DstAddr:     toTCPIP(inside),
	})
	datagram.SetChecksum(^datagram.CalculateChecksum())
	length := packet.Length - ipv4Header
	exchangeChecksum(header.TCP(datagram[ipv4Header:]),
		pseudoHeader6(from, to, header.TCPProtocolNumber, length),
		pseudoHeader(toWord(outside), toWord(inside), uint8(header.TCPProtocolNumber), length))
	ip.tcp.receive(packet, ip.contiguous(packet))
}

// hasSource reports whether the address that a connection sends from is still
// one that may be used. IPv4 does not ask.
func (s *TCPSocket) hasSource() bool {
	if !isStandIn(toWord(s.remote.Addr())) {
		return true
	}
	from := s.ip.ipv6.own(s.ip.ipv6.outer(s.local))
	return from != nil && from.valid
}

// exchangeChecksum corrects a TCP checksum for another pseudo header (RFC
// 1624).
func exchangeChecksum(tcp header.TCP, before, after uint16) {
	tcp.SetChecksum(^checksum.Combine(checksum.Combine(^tcp.Checksum(), ^before), after))
}

// sendTCP6 sends the segment in the scratch frame by IPv6, between the addresses
// that its own stand in for. The packet, if any, pays for it.
func (ip *IP) sendTCP6(packet *packetpool.Packet) {
	datagram := header.IPv4(ip.frame[ethernetHeader:])
	inside, outside := fromTCPIP(datagram.SourceAddress()), fromTCPIP(datagram.DestinationAddress())
	from, to := ip.ipv6.own(ip.ipv6.outer(inside)), ip.ipv6.outer(outside)
	if from == nil || !to.Is6() {
		release(packet)
		return
	}
	ip.pieces = append(ip.pieces[:0], datagram[ipv4Header:]...)
	length := uint32(len(ip.pieces))
	exchangeChecksum(header.TCP(ip.pieces),
		pseudoHeader(toWord(inside), toWord(outside), uint8(header.TCPProtocolNumber), length),
		pseudoHeader6(from.address, to, header.TCPProtocolNumber, length))
	room := ip.datagramRoom(ipv6Header + len(ip.pieces))
	header.IPv6(room).Encode(&header.IPv6Fields{
		PayloadLength:     uint16(length),
		TransportProtocol: header.TCPProtocolNumber,
		HopLimit:          ip.ipv6.hopLimit,
		SrcAddr:           tcpip.AddrFrom16(from.address.As16()),
		DstAddr:           tcpip.AddrFrom16(to.As16()),
	})
	copy(room[ipv6Header:], ip.pieces)
	ip.drive6(from, to, packet)
}
