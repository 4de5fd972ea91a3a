package ipstack

import (
	"net/netip"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/checksum"
	"gvisor.dev/gvisor/pkg/tcpip/header"

	"netxsim/packetpool"
)

// allNodes is the group of all hosts on a link.
var allNodes = netip.IPv6LinkLocalAllNodes()

// dhcpAgents and dhcpServers are the groups of DHCPv6 (RFC 8415, section 7.1),
// which C listens to on every interface.
var (
	dhcpAgents  = netip.MustParseAddr("ff02::1:2")
	dhcpServers = netip.MustParseAddr("ff05::1:3")
)

// solicitedNode is the group in which the owner of an address is asked for (RFC
// 4291, section 2.7.1).
func solicitedNode(address netip.Addr) netip.Addr {
	a := address.As16()
	return netip.AddrFrom16([16]byte{0: 0xff, 1: 2, 11: 1, 12: 0xff, 13: a[13], 14: a[14], 15: a[15]})
}

// ipv6MulticastHardware is the Ethernet address of an IPv6 group (RFC 2464,
// section 7).
func ipv6MulticastHardware(group netip.Addr) (msw, lsw uint32) {
	g := group.As16()
	return 0x3333, wordAt(g[12:])
}

// command6 tells the interface's driver about an IPv6 group.
func (i *Interface) command6(command DriverCommand, group netip.Addr) {
	msw, lsw := ipv6MulticastHardware(group)
	i.command(command, msw, lsw, nil)
}

// pseudoHeader6 is the checksum of what upper layers count of the IPv6 header
// (RFC 8200, section 8.1).
func pseudoHeader6(from, to netip.Addr, protocol tcpip.TransportProtocolNumber, length uint32) uint16 {
	return checksum.Combine(
		header.PseudoHeaderChecksum(protocol, tcpip.AddrFrom16(from.As16()), tcpip.AddrFrom16(to.As16()), uint16(length)),
		uint16(length>>16))
}

// sendPacket6 puts an IPv6 header in front of a packet and sends it on its way.
// The packet needs the room; it is the stack's from now on. It mirrors
// _nx_ipv6_packet_send.
func (ip *IP) sendPacket6(packet *packetpool.Packet, from *ipv6Address, to netip.Addr,
	protocol tcpip.TransportProtocolNumber, hopLimit uint8) {
	if !from.valid {
		packet.Release()
		return
	}
	ip.addHeader6(packet, from.address, to, protocol, hopLimit)
	packet.InterfaceIndex = int32(from.via.index)
	ip.frame = appendBytes(append(ip.frame[:0], frameRoom[:]...), packet)
	ip.drive6(from, to, packet)
}

// addHeader6 puts an IPv6 header in front of a packet.
func (ip *IP) addHeader6(packet *packetpool.Packet, from, to netip.Addr, protocol tcpip.TransportProtocolNumber, hopLimit uint8) {
	length := packet.Length
	packet.PrependPtr -= ipv6Header
	packet.Length += ipv6Header
	packet.IpHeader, packet.IpVersion = packet.PrependPtr, 6
	header.IPv6(packet.At(packet.PrependPtr)[:ipv6Header]).Encode(&header.IPv6Fields{
		PayloadLength:     uint16(length),
		TransportProtocol: protocol,
		HopLimit:          hopLimit,
		SrcAddr:           tcpip.AddrFrom16(from.As16()),
		DstAddr:           tcpip.AddrFrom16(to.As16()),
	})
}

// drive6 sends the datagram in the scratch frame, from one of the instance's
// addresses: into the instance itself, to the driver, or into the queue of a
// neighbour. The packet, if any, pays for it.
func (ip *IP) drive6(from *ipv6Address, to netip.Addr, packet *packetpool.Packet) {
	i := from.via
	own := ip.ipv6.own(to)
	switch {
	case own != nil:
		ip.loopBack(own.via, packet)
		release(packet)
	case i.AddressMappingNeeded == 0:
		ip.sendTo6(i, 0, 0, packet)
	case to.IsMulticast():
		msw, lsw := ipv6MulticastHardware(to)
		ip.sendTo6(i, msw, lsw, packet)
	default:
		ip.ipv6.resolve(from, to, packet)
	}
}

// sendTo6 sends the datagram in the scratch frame to a hardware address, in
// pieces if it is too long.
func (ip *IP) sendTo6(i *Interface, msw, lsw uint32, packet *packetpool.Packet) {
	mtu := ip.ipv6.mtuTo(i, ip.addressee())
	if uint32(len(ip.frame)-ethernetHeader) > mtu {
		ip.sendFragments6(i, mtu, msw, lsw, packet)
		return
	}
	ip.countSent(ip.bytesInFrame())
	ip.transmit(i, LinkPacketSend, ip.frame, msw, lsw, packet)
}

// receiveIPv6 handles an IPv6 packet (RFC 8200). It mirrors
// _nx_ipv6_packet_receive.
func (ip *IP) receiveIPv6(packet *packetpool.Packet) {
	head := header.IPv6(packet.Bytes())
	if !ip.ipv6.enabled || len(head) < ipv6Header || packet.Length < uint32(head.PayloadLength())+ipv6Header {
		ip.invalid(packet)
		return
	}
	if extra := packet.Length - uint32(head.PayloadLength()) - ipv6Header; extra > 0 {
		trimBack(packet, extra) // Ethernet's padding
	}
	if ip.ipv6.receiver(packet) == nil {
		ip.dropReceived(packet)
		return
	}
	protocol := head.NextHeader()
	trimFront(packet, ipv6Header)
	ip.info.BytesReceived += packet.Length
	if packet.Length == 0 {
		ip.undelivered(packet, 0)
		return
	}
	ip.dispatch6(packet, protocol, newHeaderChain())
}

// receiver returns the address for which a packet is, by itself or by a group
// that its owners are in; nil if the packet is not for the interface it came in
// on.
func (v *ipv6Protocol) receiver(packet *packetpool.Packet) *ipv6Address {
	i := v.ip.arrivedOn(packet)
	_, to := ipv6Ends(packet)
	for n := range v.addresses {
		a := &v.addresses[n]
		if a.via == i && a.address.IsValid() && (a.address == to || a.isIn(to)) {
			return a
		}
	}
	if !to.IsMulticast() || v.group(to, i) < 0 {
		return nil
	}
	return v.firstOn(i)
}

// isIn reports whether the owner of an address is in a group without having
// joined it.
func (a *ipv6Address) isIn(group netip.Addr) bool {
	return group == allNodes || group == dhcpAgents || group == dhcpServers || group == solicitedNode(a.address)
}

// firstOn returns the first address of an interface, nil if it has none.
func (v *ipv6Protocol) firstOn(i *Interface) *ipv6Address {
	for n := range v.addresses {
		if a := &v.addresses[n]; a.via == i && a.address.IsValid() {
			return a
		}
	}
	return nil
}

// ipv6HeaderOf returns the IPv6 header that a received packet had.
func ipv6HeaderOf(packet *packetpool.Packet) header.IPv6 {
	return header.IPv6(packet.At(packet.IpHeader)[:ipv6Header])
}

// ipv6Ends returns where a received packet came from and where it went.
func ipv6Ends(packet *packetpool.Packet) (from, to netip.Addr) {
	head := ipv6HeaderOf(packet)
	return netip.AddrFrom16(head.SourceAddress().As16()), netip.AddrFrom16(head.DestinationAddress().As16())
}
