package ipstack

import (
	"net/netip"

	"gvisor.dev/gvisor/pkg/tcpip/header"

	"netxsim/packetpool"
)

// What is wrong with a parameter (RFC 4443, section 3.4).
const (
	wrongField        = header.ICMPv6Code(0)
	unknownNextHeader = header.ICMPv6Code(1)
	unknownOption     = header.ICMPv6Code(2)
)

// errorHopLimit is the hop limit of an error message.
const errorHopLimit = 255

// reportParameter tells a received packet's sender about a byte of its headers
// that makes no sense. Offset 0 is the first byte of the IPv6 header.
func (ip *IP) reportParameter(packet *packetpool.Packet, code header.ICMPv6Code, at uint32) {
	ip.sendICMPv6Error(packet, header.ICMPv6ParamProblem, code, at)
}

// sendICMPv6Error tells the sender of a received packet what is wrong with it
// (RFC 4443, section 2.4), in a packet of the default pool, in which as much of
// the first packet of the offending chain is repeated as has room. It mirrors
// _nx_icmpv6_send_error_message.
func (ip *IP) sendICMPv6Error(packet *packetpool.Packet, kind header.ICMPv6Type, code header.ICMPv6Code, pointer uint32) {
	to, destination := ipv6Ends(packet)
	if !ip.ipv6.icmp || to.IsUnspecified() {
		return
	}
	report, err := ip.pool.Allocate(icmpv6PacketType, noWait)
	if err != nil {
		ip.stats.SendNoPacket++
		return
	}
	from := ip.ipv6.reporter(packet, destination)
	room := min(minimumIPv6MTU-ipv6Header, report.DataEnd-report.PrependPtr) - icmpHeader
	if from == nil || !from.valid || room < 0 {
		report.Release()
		return
	}
	offending := packet.At(packet.IpHeader)[:packet.AppendPtr-packet.IpHeader]
	report.AppendPtr += icmpHeader + copy(report.At(report.PrependPtr + icmpHeader)[:room], offending)
	report.Length = uint32(report.AppendPtr - report.PrependPtr)
	message := header.ICMPv6(report.Bytes())
	*(*[icmpHeader]byte)(message) = [icmpHeader]byte{byte(kind), byte(code)}
	putWord(message[4:], pointer)
	ip.ipv6.finishICMPv6(report, from.address, to)
	ip.sendPacket6(report, from, to, header.ICMPv6ProtocolNumber, errorHopLimit)
}

// reporter returns the address from which an error about a received packet is
// reported, nil without one.
func (v *ipv6Protocol) reporter(packet *packetpool.Packet, destination netip.Addr) *ipv6Address {
	if !destination.IsMulticast() {
		return v.receiver(packet)
	}
	from, err := v.source(destination)
	if err != nil {
		return nil
	}
	return from
}

// receiveTooBig handles the message of a router that a packet was too long for
// the next link (RFC 8201). It mirrors _nx_icmpv6_process_packet_too_big.
func (v *ipv6Protocol) receiveTooBig(packet *packetpool.Packet, from netip.Addr) {
	message := packet.Bytes()
	own := v.receiver(packet)
	if len(message) < icmpHeader+ipv6Header || packet.Next != nil || own == nil {
		return
	}
	to := netip.AddrFrom16(header.IPv6(message[icmpHeader:]).DestinationAddress().As16())
	if mtu := wordAt(message[4:]); mtu > 0 && mtu <= own.via.IpMtuSize {
		v.addDestination(own, to, from, mtu, 0)
	}
}
