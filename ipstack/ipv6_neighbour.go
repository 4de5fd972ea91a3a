package ipstack

import (
	"encoding/binary"
	"net/netip"

	"gvisor.dev/gvisor/pkg/tcpip/header"

	"netxsim/packetpool"
)

const (
	neighbourMessage = 24 // bytes of a solicitation or advertisement without options
	linkOption       = 8  // bytes of the option with a hardware address
	sourceLinkOption = byte(1)
	targetLinkOption = byte(2)
	// icmpv6PacketType is the header room of an ICMPv6 message.
	icmpv6PacketType = physicalHeader + ipv6Header
)

// solicit asks a link for the owner of an address.
func (v *ipv6Protocol) solicit(i *Interface, from, target netip.Addr) {
	option := sourceLinkOption
	if from.IsUnspecified() {
		option = 0
	}
	v.sendNeighbourMessage(i, header.ICMPv6NeighborSolicit, 0, from, solicitedNode(target), target, option)
}

// advertise tells who asked, or everybody, that an address is ours.
func (v *ipv6Protocol) advertise(i *Interface, target, to netip.Addr) {
	flags := byte(isSolicited | isOverride)
	if to.IsUnspecified() {
		flags, to = isOverride, allNodes
	}
	v.sendNeighbourMessage(i, header.ICMPv6NeighborAdvert, flags, target, to, target, targetLinkOption)
}

// sendNeighbourMessage makes and sends a message of neighbour discovery; option
// 0 leaves out the hardware address.
func (v *ipv6Protocol) sendNeighbourMessage(i *Interface, kind header.ICMPv6Type, flags byte, from, to, target netip.Addr, option byte) {
	var text [neighbourMessage + linkOption]byte
	size := neighbourMessage
	text[0], text[4] = byte(kind), flags
	copy(text[8:], target.AsSlice())
	if option != 0 {
		i.putHardware(text[neighbourMessage:], option)
		size += linkOption
	}
	v.sendMessage(i, from, to, text[:size])
}

// putHardware writes the option with the interface's hardware address.
func (i *Interface) putHardware(text []byte, option byte) {
	hardware := i.hardware()
	text[0], text[1] = option, 1
	copy(text[2:], hardware[:])
}

// sendMessage sends an ICMPv6 message on an interface, in one packet of the
// default pool, and reports whether there was one that has the room.
func (v *ipv6Protocol) sendMessage(i *Interface, from, to netip.Addr, text []byte) bool {
	packet, err := v.ip.pool.Allocate(icmpv6PacketType, noWait)
	if err != nil {
		v.ip.stats.SendNoPacket++
		return false
	}
	if packet.DataEnd-packet.PrependPtr < len(text) || packet.Append(text, v.ip.pool, noWait) != nil {
		v.ip.stats.SendNoRoom++
		packet.Release()
		return false
	}
	v.finishICMPv6(packet, from, to)
	v.ip.addHeader6(packet, from, to, header.ICMPv6ProtocolNumber, ipv6HopLimit)
	frame := v.ip.frame
	v.ip.frame = appendBytes(append([]byte(nil), frameRoom[:]...), packet)
	v.drive(i, from, to, header.ICMPv6Type(text[0]), packet)
	v.ip.frame = frame
	return true
}

// drive sends the message in the scratch frame. A question to a neighbour goes to
// the hardware address that it is asked to confirm.
func (v *ipv6Protocol) drive(i *Interface, from, to netip.Addr, kind header.ICMPv6Type, packet *packetpool.Packet) {
	if to.IsMulticast() {
		msw, lsw := ipv6MulticastHardware(to)
		v.ip.sendTo6(i, msw, lsw, packet)
		return
	}
	if n := v.find(to); n != nil && kind == header.ICMPv6NeighborSolicit {
		v.ip.sendTo6(i, n.msw, n.lsw, packet)
		return
	}
	if own := v.own(from); own != nil {
		v.ip.drive6(own, to, packet)
		return
	}
	release(packet)
}

// finishICMPv6 sets the checksum of a message.
func (v *ipv6Protocol) finishICMPv6(packet *packetpool.Packet, from, to netip.Addr) {
	message := header.ICMPv6(packet.Bytes())
	message.SetChecksum(0)
	message.SetChecksum(^checksumOf(packet, pseudoHeader6(from, to, header.ICMPv6ProtocolNumber, packet.Length)))
}

// receiveICMPv6 handles an ICMPv6 message (RFC 4443), its IP header taken off.
func (ip *IP) receiveICMPv6(packet *packetpool.Packet) {
	from, to := ipv6Ends(packet)
	if len(packet.Bytes()) < icmpHeader {
		packet.Release()
		return
	}
	sum := checksumOf(packet, pseudoHeader6(from, to, header.ICMPv6ProtocolNumber, packet.Length))
	if sum != 0xffff && !ip.verified(packet, CapabilityICMPv6RxChecksum) {
		ip.icmp.info.ChecksumErrors++
		packet.Release()
		return
	}
	switch message := header.ICMPv6(packet.Bytes()); message.Type() {
	case header.ICMPv6EchoRequest:
		ip.answerEcho6(packet, from, to)
	case header.ICMPv6EchoReply:
		ip.receiveEchoReply6(packet, from, message.Sequence())
	default:
		ip.receiveControl6(packet, message.Type(), from, to)
		packet.Release()
	}
}

// receiveControl6 handles a message that no packet is sent on for.
func (ip *IP) receiveControl6(packet *packetpool.Packet, kind header.ICMPv6Type, from, to netip.Addr) {
	switch {
	case kind == header.ICMPv6NeighborSolicit, kind == header.ICMPv6NeighborAdvert:
		ip.ipv6.receiveNeighbour(packet, from, to)
	case kind == header.ICMPv6RouterAdvert:
		ip.ipv6.receiveRouter(packet, from, to)
	case kind == header.ICMPv6RedirectMsg:
		ip.ipv6.receiveRedirect(packet, from)
	case kind == header.ICMPv6PacketTooBig && ip.target.IPv6PathMTU:
		ip.ipv6.receiveTooBig(packet, from)
	default:
		ip.icmp.info.Unhandled++
	}
}

// answerEcho6 sends an echo request back. The packets it arrived in pay for it.
func (ip *IP) answerEcho6(packet *packetpool.Packet, from, to netip.Addr) {
	source, hopLimit := ip.ipv6.receiver(packet), ip.ipv6.hopLimit
	if to.IsMulticast() && source != nil {
		source, hopLimit = ip.ipv6.sourceOn(source.via, from), ipv6HopLimit
	}
	if source == nil || !source.valid || from.IsUnspecified() {
		packet.Release()
		return
	}
	header.ICMPv6(packet.Bytes()).SetType(header.ICMPv6EchoReply)
	ip.ipv6.finishICMPv6(packet, source.address, from)
	ip.sendPacket6(packet, source, from, header.ICMPv6ProtocolNumber, hopLimit)
}

// receiveEchoReply6 gives an answer to the thread that waits for it, if it is
// one to an address in use from somebody.
func (ip *IP) receiveEchoReply6(packet *packetpool.Packet, from netip.Addr, sequence uint16) {
	own := ip.ipv6.receiver(packet)
	if from.IsUnspecified() || own == nil || !own.valid {
		ip.icmp.info.PingResponses++
		packet.Release()
		return
	}
	ip.receiveEchoReply(packet, sequence)
}

// receiveNeighbour handles a solicitation or advertisement.
func (v *ipv6Protocol) receiveNeighbour(packet *packetpool.Packet, from, to netip.Addr) {
	message := packet.Bytes()
	if len(message) < neighbourMessage || packet.Next != nil || message[1] != 0 ||
		ipv6HeaderOf(packet).HopLimit() != ipv6HopLimit || !areOptions(message[neighbourMessage:]) {
		return
	}
	i := v.ip.arrivedOn(packet)
	target := netip.AddrFrom16([16]byte(message[8:neighbourMessage]))
	isAdvert := header.ICMPv6Type(message[0]) == header.ICMPv6NeighborAdvert
	option := sourceLinkOption
	if isAdvert {
		option = targetLinkOption
	}
	hardware, told := hardwareOption(message[neighbourMessage:], option)
	if target.IsMulticast() {
		return
	}
	own := v.own(target)
	if isAdvert {
		if to.IsMulticast() && message[4]&isSolicited != 0 {
			return // what was asked for goes to who asked
		}
		v.receiveAdvertisement(i, own, target, advert{hardware, told, message[4]}, to)
		return
	}
	switch {
	case own == nil || own.via != i:
	case from.IsUnspecified() && (told || !isSolicitedNode(to)):
	case from.IsUnspecified() && !own.valid:
		v.giveUp(own) // somebody else wants it too
	case own.valid:
		v.heardFrom(i, from, hardware, told)
		v.advertise(i, target, from)
	}
}

// isSolicitedNode reports whether an address is a group in which owners of
// addresses are asked for.
func isSolicitedNode(group netip.Addr) bool {
	return group == solicitedNode(group)
}

// giveUp takes away an address that somebody else has.
func (v *ipv6Protocol) giveUp(own *ipv6Address) {
	v.tell(IPv6Duplicate, *own)
	*own = ipv6Address{}
}

// hardwareOption returns the hardware address in the options of one kind of a
// message; areOptions has looked at them.
func hardwareOption(options []byte, kind byte) (h HardwareAddress, ok bool) {
	for len(options) > 0 {
		if options[0] == kind {
			return HardwareAddress(options[2:8]), true
		}
		options = options[int(options[1])*8:]
	}
	return h, false
}

// ping6 sends an echo request by IPv6.
func (ip *IP) ping6(packet *packetpool.Packet, from *ipv6Address, to netip.Addr, sequence uint16) {
	packet.PrependPtr -= icmpHeader
	packet.Length += icmpHeader
	message := header.ICMPv6(packet.At(packet.PrependPtr)[:icmpHeader])
	*(*[icmpHeader]byte)(message) = [icmpHeader]byte{}
	message.SetType(header.ICMPv6EchoRequest)
	own := from.address.As16()
	message.SetIdent(binary.BigEndian.Uint16(own[14:]))
	message.SetSequence(sequence)
	ip.ipv6.finishICMPv6(packet, from.address, to)
	ip.kernel.HoldPreemption()
	defer ip.kernel.AllowPreemption()
	ip.sendPacket6(packet, from, to, header.ICMPv6ProtocolNumber, ip.ipv6.hopLimit)
}
