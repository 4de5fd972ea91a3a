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
// The packet needs the room; it is the stack's from now on.
func (ip *IP) sendPacket6(packet *packetpool.Packet, from *ipv6Address, to netip.Addr, protocol tcpip.TransportProtocolNumber) {
	hop, ok := ip.ipv6.hop(from, to)
	if !ok {
		packet.Release()
		return
	}
	ip.addHeader6(packet, from.address, to, protocol)
	packet.InterfaceIndex = int32(from.via.index)
	ip.frame = appendBytes(append(ip.frame[:0], frameRoom[:]...), packet)
	ip.drive6(from.via, to, hop, packet)
}

// addHeader6 puts an IPv6 header in front of a packet.
func (ip *IP) addHeader6(packet *packetpool.Packet, from, to netip.Addr, protocol tcpip.TransportProtocolNumber) {
	length := packet.Length
	packet.PrependPtr -= ipv6Header
	packet.Length += ipv6Header
	packet.IpHeader, packet.IpVersion = packet.PrependPtr, 6
	header.IPv6(packet.At(packet.PrependPtr)[:ipv6Header]).Encode(&header.IPv6Fields{
		PayloadLength:     uint16(length),
		TransportProtocol: protocol,
		HopLimit:          ipv6HopLimit,
		SrcAddr:           tcpip.AddrFrom16(from.As16()),
		DstAddr:           tcpip.AddrFrom16(to.As16()),
	})
}

// drive6 sends the datagram in the scratch frame to a neighbour. The packet
// pays for it.
func (ip *IP) drive6(i *Interface, to, hop netip.Addr, packet *packetpool.Packet) {
	switch {
	case ip.ipv6.own(to) != nil:
		ip.loopBack(i, packet)
		release(packet)
	case to.IsMulticast():
		msw, lsw := ipv6MulticastHardware(to)
		ip.sendTo(i, LinkPacketSend, msw, lsw, packet)
	case !ip.fits(i):
		ip.dropUnsent(packet)
	default:
		ip.ipv6.resolve(i, hop, packet)
	}
}

// receiveIPv6 handles an IPv6 packet (RFC 8200). Extension headers are not
// looked at: they count as an unknown protocol.
func (ip *IP) receiveIPv6(packet *packetpool.Packet) {
	head := header.IPv6(packet.Bytes())
	if !ip.ipv6.enabled || len(head) < ipv6Header || packet.Length < uint32(head.PayloadLength())+ipv6Header {
		ip.invalid(packet)
		return
	}
	if extra := packet.Length - uint32(head.PayloadLength()) - ipv6Header; extra > 0 {
		trimBack(packet, extra) // Ethernet's padding
	}
	to := netip.AddrFrom16(head.DestinationAddress().As16())
	if !to.IsMulticast() && ip.ipv6.own(to) == nil {
		ip.dropReceived(packet)
		return
	}
	ip.info.BytesReceived += packet.Length - ipv6Header
	ip.dispatch6(packet, head)
}

// dispatch6 gives a packet to its protocol, its IPv6 header taken off.
func (ip *IP) dispatch6(packet *packetpool.Packet, head header.IPv6) {
	protocol := tcpip.TransportProtocolNumber(head.NextHeader())
	bytes := packet.Length - ipv6Header
	switch {
	case bytes == 0:
		ip.undelivered(packet, bytes)
	case protocol == header.ICMPv6ProtocolNumber && ip.ipv6.icmp:
		trimFront(packet, ipv6Header)
		ip.receiveICMPv6(packet)
	case protocol == header.TCPProtocolNumber && ip.tcp != nil:
		ip.receiveTCP6(packet)
	case protocol == header.UDPProtocolNumber && ip.udp != nil:
		trimFront(packet, ipv6Header)
		ip.udp.receive(packet)
	case isKnown(uint8(protocol)), protocol == header.ICMPv6ProtocolNumber:
		ip.undelivered(packet, bytes)
	default:
		trimFront(packet, ipv6Header)
		ip.offerRaw(packet, uint8(protocol))
	}
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
