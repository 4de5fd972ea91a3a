package ipstack

import (
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/checksum"
	"gvisor.dev/gvisor/pkg/tcpip/header"

	"netxsim/packetpool"
)

// noWait is the wait option of everything the stack allocates by itself.
const noWait = 0

// receivePacketType leaves no room in front: NX_RECEIVE_PACKET.
const receivePacketType = 0

// ReceiveFrame is the interrupt of an Ethernet driver: it moves a frame into
// packets of the default pool and leaves them to the IP thread. It does not
// keep frame. Without enough packets the frame is lost.
func (i *Interface) ReceiveFrame(frame []byte) {
	if i.LinkUp == 0 || len(frame) < ethernetHeader {
		return
	}
	packet := i.ip.packetFor(frame, i.ReceiveRoom)
	if packet == nil {
		i.lost()
		return
	}
	i.accept(packet, header.Ethernet(frame).Type())
}

// lost counts a received frame for which there was no packet.
func (i *Interface) lost() {
	i.ip.stats.ReceiveNoPacket++
	i.ip.logNoPacket("frame lost")
}

// accept takes a received frame in its packets.
func (i *Interface) accept(packet *packetpool.Packet, protocol tcpip.NetworkProtocolNumber) {
	i.ip.stats.FramesReceived++
	packet.InterfaceIndex = int32(i.index)
	i.ip.deliverFrame(packet, protocol)
}

// deliverFrame strips the link header and gives the packet to the IP thread.
func (ip *IP) deliverFrame(packet *packetpool.Packet, protocol tcpip.NetworkProtocolNumber) {
	trimFront(packet, ethernetHeader)
	switch protocol {
	case header.ARPProtocolNumber:
		ip.ReceiveARP(packet)
	case rarpProtocolNumber:
		ip.ReceiveRARP(packet)
	case header.IPv4ProtocolNumber, header.IPv6ProtocolNumber:
		ip.ReceivePacket(packet)
	default:
		packet.Release()
	}
}

// ReceivePacket leaves an IP packet, without a link header, to the IP thread,
// which owns it from then on. It may be called from any context and mirrors
// _nx_ip_packet_deferred_receive.
func (ip *IP) ReceivePacket(packet *packetpool.Packet) {
	packet.Hold(&ip.holders.deferred)
	ip.post(work{packet: packet})
}

// ReceiveARP leaves an ARP message, without a link header, to the IP thread,
// which owns it from then on. It may be called from any context and mirrors
// _nx_arp_packet_deferred_receive.
func (ip *IP) ReceiveARP(packet *packetpool.Packet) {
	packet.Hold(&ip.holders.deferred)
	ip.post(work{packet: packet, arp: true})
}

// ReceiveRARP leaves a RARP message, without a link header, to the IP thread,
// which owns it from then on. It may be called from any context and mirrors
// _nx_rarp_packet_deferred_receive.
func (ip *IP) ReceiveRARP(packet *packetpool.Packet) {
	packet.Hold(&ip.holders.deferred)
	ip.post(work{run: func() { ip.rarp.receive(packet) }})
}

// packetFor copies a frame into one packet, or a chain where it is longer than
// a payload. It returns nil when the pool has too few.
func (ip *IP) packetFor(frame []byte, room int) *packetpool.Packet {
	packet, err := ip.pool.Allocate(receivePacketType, noWait)
	if err != nil {
		return nil
	}
	packet.PrependPtr += room
	packet.AppendPtr = packet.PrependPtr
	if packet.AppendPtr > packet.DataEnd {
		packet.Release()
		return nil
	}
	if packet.Append(frame, ip.pool, noWait) != nil {
		packet.Release()
		return nil
	}
	return packet
}

// receivePacket handles a received IP packet in the IP thread.
func (ip *IP) receivePacket(packet *packetpool.Packet) {
	ip.info.PacketsReceived++
	bytes := packet.Bytes()
	if len(bytes) < ipv4Header {
		ip.invalid(packet)
		return
	}
	packet.IpVersion = bytes[0] >> 4
	packet.IpHeader = packet.PrependPtr
	switch packet.IpVersion {
	case 4:
		ip.receiveIPv4(packet)
	case 6:
		ip.receiveIPv6(packet)
	default:
		ip.invalid(packet)
	}
}

// invalid drops a malformed packet.
func (ip *IP) invalid(packet *packetpool.Packet) {
	ip.info.InvalidPackets++
	ip.dropReceived(packet)
}

// dropReceived drops a received packet.
func (ip *IP) dropReceived(packet *packetpool.Packet) {
	ip.info.ReceiveDropped++
	packet.Release()
}

// receiveIPv4 handles an IPv4 packet (RFC 791).
func (ip *IP) receiveIPv4(packet *packetpool.Packet) {
	head := header.IPv4(packet.Bytes())
	total, length := uint32(head.TotalLength()), uint32(head.HeaderLength())
	switch {
	case packet.Length < total:
		ip.invalid(packet)
		return
	case packet.Length > total:
		trimBack(packet, packet.Length-total) // Ethernet's padding
	}
	if length < ipv4Header || packet.Length <= length || int(length) > len(packet.Bytes()) {
		ip.invalid(packet)
		return
	}
	if checksum.Checksum(head[:length], 0) != 0xffff && !ip.verified(packet, CapabilityIPv4RxChecksum) {
		ip.info.ChecksumErrors++
		ip.invalid(packet)
		return
	}
	if length > ipv4Header {
		if at, ok := checkOptions(head[ipv4Header:length]); !ok {
			ip.refuseOptions(packet, at)
			return
		}
		head = dropOptions(packet, int(length))
	}
	ip.acceptIPv4(packet, head)
}

// dropOptions moves the header over its options, which nothing here looks at.
func dropOptions(packet *packetpool.Packet, length int) header.IPv4 {
	extra := length - ipv4Header
	bytes := packet.Bytes()
	copy(bytes[extra:], bytes[:ipv4Header])
	trimFront(packet, uint32(extra))
	packet.IpHeader = packet.PrependPtr
	head := header.IPv4(packet.Bytes())
	head.SetHeaderLength(ipv4Header)
	head.SetTotalLength(head.TotalLength() - uint16(extra))
	head.SetChecksum(0)
	head.SetChecksum(^head.CalculateChecksum())
	return head
}

// acceptIPv4 decides whom a packet is for.
func (ip *IP) acceptIPv4(packet *packetpool.Packet, head header.IPv4) {
	i := ip.arrivedOn(packet)
	to := wordAt(head[16:])
	switch {
	case ip.isFor(i, to):
		ip.acceptOwn(packet, head)
	case i.address == 0:
		ip.acceptUnaddressed(packet, head)
	case ip.forwarding:
		ip.forward(packet, head)
	default:
		ip.dropReceived(packet)
	}
}

// arrivedOn returns the interface of a received packet.
func (ip *IP) arrivedOn(packet *packetpool.Packet) *Interface {
	if n := int(packet.InterfaceIndex); n >= 0 && n < len(ip.interfaces) {
		return &ip.interfaces[n]
	}
	return &ip.interfaces[0]
}

// isFor reports whether a packet to an address, arrived on an interface, is for
// this instance.
func (ip *IP) isFor(i *Interface, to uint32) bool {
	return to == i.address || to == 0 || i.isBroadcast(to) || isLoopback(to) || ip.igmp.joined(to, i)
}

// acceptOwn handles a packet, or a fragment of one, that is for this instance.
func (ip *IP) acceptOwn(packet *packetpool.Packet, head header.IPv4) {
	if head.More() || head.FragmentOffset() != 0 {
		ip.assembly.receive(packet, head)
		return
	}
	ip.info.BytesReceived += packet.Length - ipv4Header
	ip.dispatch(packet, head)
}

// acceptUnaddressed lets an interface without an address receive what DHCP
// answers.
func (ip *IP) acceptUnaddressed(packet *packetpool.Packet, head header.IPv4) {
	const dhcpClientPort = 68
	udp := header.UDP(head[ipv4Header:])
	if head.Protocol() == uint8(header.UDPProtocolNumber) && len(udp) >= udpHeader &&
		udp.DestinationPort() == dhcpClientPort && ip.udp != nil {
		ip.info.BytesReceived += packet.Length - ipv4Header
		trimFront(packet, ipv4Header)
		ip.udp.receive(packet)
		return
	}
	ip.dropReceived(packet)
}

// dispatch gives a whole packet to its protocol. head is its IP header.
func (ip *IP) dispatch(packet *packetpool.Packet, head header.IPv4) {
	switch protocol := head.Protocol(); {
	case protocol == uint8(header.TCPProtocolNumber) && ip.tcp != nil:
		ip.tcp.receive(packet, ip.contiguous(packet))
	case protocol == uint8(header.ICMPv4ProtocolNumber) && ip.icmp.enabled:
		trimFront(packet, ipv4Header)
		ip.receiveICMP(packet)
	case protocol == uint8(header.IGMPProtocolNumber) && ip.igmp.enabled:
		trimFront(packet, ipv4Header)
		ip.igmp.receive(packet)
	case protocol == uint8(header.UDPProtocolNumber) && ip.udp != nil:
		trimFront(packet, ipv4Header)
		ip.udp.receive(packet)
	case isKnown(protocol):
		ip.undelivered(packet, packet.Length-ipv4Header)
	default:
		ip.receiveRaw(packet)
	}
}

// isKnown reports whether a protocol is one that can be enabled.
func isKnown(protocol uint8) bool {
	switch protocol {
	case uint8(header.TCPProtocolNumber), uint8(header.ICMPv4ProtocolNumber), uint8(header.IGMPProtocolNumber),
		uint8(header.UDPProtocolNumber):
		return true
	}
	return false
}

// undelivered drops a packet that nobody takes, and whose bytes have been
// counted.
func (ip *IP) undelivered(packet *packetpool.Packet, bytes uint32) {
	ip.info.BytesReceived -= bytes
	ip.dropReceived(packet)
}

// contiguous returns the bytes of a packet in one piece: its own memory, or a
// copy where it is a chain.
func (ip *IP) contiguous(packet *packetpool.Packet) []byte {
	if packet.Next == nil {
		return packet.Bytes()
	}
	ip.gather = appendBytes(ip.gather[:0], packet)
	return ip.gather
}
