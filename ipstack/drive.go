package ipstack

import (
	"gvisor.dev/gvisor/pkg/tcpip/header"

	"netxsim/packetpool"
)

// timeToLive is NX_IP_TIME_TO_LIVE.
const timeToLive = 128

// headerFields are those of an IPv4 header that its sender chooses.
type headerFields struct {
	to           uint32
	protocol     uint8
	tos          uint8
	ttl          uint8
	dontFragment bool
	routerAlert  bool // the option of RFC 2113
}

// sendPacket puts an IPv4 header in front of a packet and sends it on its way.
// The packet needs the room; it is the stack's from now on. It mirrors
// _nx_ip_packet_send.
func (ip *IP) sendPacket(packet *packetpool.Packet, i *Interface, hop uint32, f headerFields) {
	if i == nil {
		packet.Release()
		return
	}
	ip.addHeader(packet, i.address, f)
	if hop == 0 && ip.forwarding {
		i, hop, _ = ip.route(f.to, nil)
	}
	if i == nil || hop == 0 {
		packet.Release()
		return
	}
	packet.InterfaceIndex = int32(i.index)
	ip.frame = appendBytes(append(ip.frame[:0], frameRoom[:]...), packet)
	ip.drive(i, f.to, hop, packet)
}

// frameRoom is the room for a link header.
var frameRoom [ethernetHeader]byte

// routerAlert is the IP option of that name, for routers to look at a packet.
var routerAlert = [4]byte{0x94, 4, 0, 0}

// addHeader puts an IPv4 header in front of a packet.
func (ip *IP) addHeader(packet *packetpool.Packet, from uint32, f headerFields) {
	size := ipv4Header
	if f.routerAlert {
		size += len(routerAlert)
	}
	packet.PrependPtr -= size
	packet.Length += uint32(size)
	packet.IpHeader, packet.IpHeaderLength = packet.PrependPtr, uint8(size)
	ip.identification++
	head := header.IPv4(packet.At(packet.PrependPtr)[:size])
	*(*[ipv4Header]byte)(head) = [ipv4Header]byte{0: 0x40 | byte(size/4), 1: f.tos, 8: f.ttl, 9: f.protocol}
	head.SetTotalLength(uint16(packet.Length))
	head.SetID(uint16(ip.identification))
	if f.dontFragment {
		head.SetFlagsFragmentOffset(header.IPv4FlagDontFragment, 0)
	}
	putWord(head[12:], from)
	putWord(head[16:], f.to)
	copy(head[ipv4Header:], routerAlert[:])
	head.SetChecksum(^head.CalculateChecksum())
}

func putWord(b []byte, n uint32) {
	b[0], b[1], b[2], b[3] = byte(n>>24), byte(n>>16), byte(n>>8), byte(n)
}

// drive sends the datagram in the scratch frame to a neighbour: into the
// instance itself, to the driver, or into the queue of an unresolved address.
// The packet, if any, pays for it. It mirrors _nx_ip_driver_packet_send.
func (ip *IP) drive(i *Interface, to, hop uint32, packet *packetpool.Packet) {
	switch {
	case isStandIn(to):
		ip.sendTCP6(packet)
	case i.AddressMappingNeeded == 0 && isLoopback(to), to == i.address:
		ip.loopBack(i, packet)
		release(packet)
	case i.AddressMappingNeeded == 0:
		ip.sendTo(i, LinkPacketSend, 0, 0, packet)
	case i.isBroadcast(to):
		msw, lsw := broadcastHardware.Words()
		ip.sendTo(i, LinkPacketBroadcast, msw, lsw, packet)
	case isMulticast(to):
		if ip.igmp.loops(to) {
			ip.loopBack(i, packet)
		}
		msw, lsw := multicastHardware(to)
		ip.sendTo(i, LinkPacketSend, msw, lsw, packet)
	default:
		ip.resolve(i, hop, packet)
	}
}

// resolve sends the datagram in the scratch frame to a neighbour, or keeps it
// until the neighbour's hardware address is known.
func (ip *IP) resolve(i *Interface, hop uint32, packet *packetpool.Packet) {
	entry := ip.arp.active(hop)
	if entry != nil && entry.resolved() {
		ip.sendTo(i, LinkPacketSend, entry.msw, entry.lsw, packet)
		return
	}
	if !ip.fits(i) && !ip.mayFragment() {
		ip.dropUnsent(packet)
		return
	}
	ip.arp.park(i, hop, entry, packet)
}

// fits reports whether the datagram in the scratch frame is not too long for an
// interface.
func (ip *IP) fits(i *Interface) bool { return uint32(len(ip.frame)-ethernetHeader) <= i.IpMtuSize }

// mayFragment reports whether the datagram in the scratch frame may be sent in
// pieces.
func (ip *IP) mayFragment() bool {
	return ip.fragmenting && header.IPv4(ip.frame[ethernetHeader:]).Flags()&header.IPv4FlagDontFragment == 0
}

// dropUnsent gives up sending.
func (ip *IP) dropUnsent(packet *packetpool.Packet) {
	ip.info.SendDropped++
	release(packet)
}

// sendTo sends the datagram in the scratch frame to a hardware address, in
// pieces if it is too long.
func (ip *IP) sendTo(i *Interface, command DriverCommand, msw, lsw uint32, packet *packetpool.Packet) {
	switch {
	case ip.fits(i):
		ip.countSent(ip.bytesInFrame())
		ip.transmit(i, command, ip.frame, msw, lsw, packet)
	case ip.mayFragment():
		ip.sendFragments(i, command, msw, lsw)
		release(packet)
	default:
		ip.dropUnsent(packet)
	}
}

// isIPv6 reports whether the datagram in the scratch frame is one of IPv6.
func (ip *IP) isIPv6() bool { return ip.frame[ethernetHeader]>>4 == 6 }

// bytesInFrame returns the number of bytes behind the IP header of the datagram
// in the scratch frame.
func (ip *IP) bytesInFrame() int {
	if ip.isIPv6() {
		return len(ip.frame) - ethernetHeader - ipv6Header
	}
	return len(ip.frame) - ethernetHeader - ipv4Header
}

// countSent counts an IP packet with so many bytes behind its header.
func (ip *IP) countSent(bytes int) {
	ip.info.PacketsSent++
	ip.info.BytesSent += uint32(bytes)
}

// transmit hands a frame, whose first 14 bytes are room for the link header, to
// a driver. The packet, if any, is the driver's until the last bit has left.
func (ip *IP) transmit(i *Interface, command DriverCommand, frame []byte, msw, lsw uint32, packet *packetpool.Packet) {
	ip.stats.FramesSent++
	priority := ip.vlan
	if packet != nil {
		priority = packet.VlanPriority
	}
	if packet != nil && int(packet.Length) == len(frame)-ethernetHeader {
		ip.room = packet.PrependPtr - packet.DataStart - ethernetHeader
	}
	ip.request = DriverRequest{
		Command: command, Ptr: ip, Interface: i, PhysicalAddressMsw: msw, PhysicalAddressLsw: lsw,
		Frame: frame, Packet: packet, Room: ip.room, VlanPriority: priority,
	}
	ip.room = physicalHeader - ethernetHeader
	if i.driver != nil {
		i.driver(&ip.request)
	}
	if packet != nil {
		packet.Hold(&ip.holders.driver)
		ip.sending.add(ip.kernel, packet, ip.request.Busy)
	}
}

// loopBack gives the instance a copy of the datagram in the scratch frame, in
// packets of its own pool.
func (ip *IP) loopBack(i *Interface, packet *packetpool.Packet) {
	dup := ip.duplicate(packet)
	if dup == nil {
		ip.info.SendDropped++
		return
	}
	dup.InterfaceIndex = int32(i.index)
	ip.countSent(ip.bytesInFrame())
	ip.ReceivePacket(dup)
}

// duplicate copies a packet that has the datagram in the scratch frame itself;
// one that only pays for it, or none, is replaced by a new one. It returns nil
// when the pool has too few.
func (ip *IP) duplicate(packet *packetpool.Packet) *packetpool.Packet {
	datagram := ip.frame[ethernetHeader:]
	if packet != nil && int(packet.Length) == len(datagram) {
		dup, err := packet.Copy(ip.pool, noWait)
		if err != nil {
			return nil
		}
		return dup
	}
	dup, err := ip.pool.Allocate(physicalHeader, noWait)
	if err != nil {
		return nil
	}
	if dup.Append(datagram, ip.pool, noWait) != nil {
		dup.Release()
		return nil
	}
	return dup
}
