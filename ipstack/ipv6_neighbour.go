package ipstack

import (
	"net/netip"
	"slices"

	"gvisor.dev/gvisor/pkg/tcpip"
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

// neighbour is somebody on a link, and what waits for its hardware address (RFC
// 4861). Unlike NetX Duo, a neighbour once found is not asked for again.
type neighbour struct {
	address  netip.Addr
	via      *Interface
	msw, lsw uint32
	known    bool
	asked    int // times
	beats    int // left until it is asked for again
	waiting  []arpWaiting
}

func (v *ipv6Protocol) find(address netip.Addr) *neighbour {
	for _, n := range v.neighbours {
		if n.address == address {
			return n
		}
	}
	return nil
}

// addNeighbour remembers somebody, in place of who was remembered first when
// there are too many.
func (v *ipv6Protocol) addNeighbour(address netip.Addr, i *Interface) *neighbour {
	if len(v.neighbours) == neighbourLimit {
		v.forgetNeighbours(v.neighbours[0])
	}
	n := &neighbour{address: address, via: i}
	v.neighbours = append(v.neighbours, n)
	return n
}

// resolve sends the datagram in the scratch frame to a neighbour, or keeps it
// until the neighbour's hardware address is known.
func (v *ipv6Protocol) resolve(i *Interface, hop netip.Addr, packet *packetpool.Packet) {
	n := v.find(hop)
	if n != nil && n.known {
		v.ip.sendTo(i, LinkPacketSend, n.msw, n.lsw, packet)
		return
	}
	asked := n != nil
	if !asked {
		n = v.addNeighbour(hop, i)
	}
	if len(n.waiting) == neighbourQueueDepth {
		v.ip.dropUnsent(n.waiting[0].packet)
		n.waiting = slices.Delete(n.waiting, 0, 1)
	}
	packet.Hold(&v.ip.holders.arp)
	n.waiting = append(n.waiting, arpWaiting{slices.Clone(v.ip.frame), packet})
	if !asked {
		v.askFor(n)
	}
}

// askFor asks a neighbour for its hardware address.
func (v *ipv6Protocol) askFor(n *neighbour) {
	v.ip.fastClock.need()
	n.asked++
	n.beats = neighbourBeats
	if from, err := v.source(n.address); err == nil {
		v.solicit(n.via, from.address, n.address)
	}
}

// retryNeighbours lets a tenth of a second pass: it asks again for unknown
// neighbours, or gives up, and reports whether there are any left.
func (v *ipv6Protocol) retryNeighbours() bool {
	busy := false
	for _, n := range slices.Clone(v.neighbours) {
		switch {
		case n.known:
			continue
		case n.beats > 0:
			n.beats--
		case n.asked < neighbourQuestions:
			v.askFor(n)
		default:
			v.forgetNeighbours(n)
			continue
		}
		busy = true
	}
	return busy
}

// forgetNeighbours forgets one, or all for nil, and what waits for it.
func (v *ipv6Protocol) forgetNeighbours(which *neighbour) {
	v.neighbours = slices.DeleteFunc(v.neighbours, func(n *neighbour) bool {
		if which != nil && n != which {
			return false
		}
		for _, w := range n.waiting {
			v.ip.dropUnsent(w.packet)
		}
		return true
	})
}

// learn stores a neighbour's hardware address and sends what waited for it.
func (v *ipv6Protocol) learn(i *Interface, address netip.Addr, hardware HardwareAddress) {
	n := v.find(address)
	if n == nil {
		n = v.addNeighbour(address, i)
	}
	n.via, n.known = i, true
	n.msw, n.lsw = hardware.Words()
	waiting := n.waiting
	n.waiting = nil
	for _, w := range waiting {
		v.ip.frame = append(v.ip.frame[:0], w.frame...)
		v.ip.sendTo(i, LinkPacketSend, n.msw, n.lsw, w.packet)
	}
}

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
	const solicited, override = 0x40, 0x20
	flags := byte(solicited | override)
	if to.IsUnspecified() {
		flags, to = override, allNodes
	}
	v.sendNeighbourMessage(i, header.ICMPv6NeighborAdvert, flags, target, to, target, targetLinkOption)
}

// sendNeighbourMessage makes and sends a message of neighbour discovery; option
// 0 leaves out the hardware address.
func (v *ipv6Protocol) sendNeighbourMessage(i *Interface, kind header.ICMPv6Type, flags byte, from, to, target netip.Addr, option byte) {
	packet, err := v.ip.pool.Allocate(icmpv6PacketType, noWait)
	if err != nil {
		v.ip.stats.SendNoPacket++
		return
	}
	var text [neighbourMessage + linkOption]byte
	size := neighbourMessage
	text[0], text[4] = byte(kind), flags
	copy(text[8:], target.AsSlice())
	if option != 0 {
		hardware := i.hardware()
		text[neighbourMessage], text[neighbourMessage+1] = option, 1
		copy(text[neighbourMessage+2:], hardware[:])
		size += linkOption
	}
	if packet.Append(text[:size], v.ip.pool, noWait) != nil {
		packet.Release()
		return
	}
	v.finishICMPv6(packet, from, to)
	v.ip.addHeader6(packet, from, to, header.ICMPv6ProtocolNumber)
	frame := v.ip.frame
	v.ip.frame = appendBytes(append([]byte(nil), frameRoom[:]...), packet)
	if to.IsMulticast() {
		v.ip.drive6(i, to, to, packet)
	} else {
		v.ip.ipv6.resolve(i, to, packet)
	}
	v.ip.frame = frame
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
	if checksumOf(packet, pseudoHeader6(from, to, header.ICMPv6ProtocolNumber, packet.Length)) != 0xffff {
		ip.icmp.info.ChecksumErrors++
		packet.Release()
		return
	}
	switch message := header.ICMPv6(packet.Bytes()); message.Type() {
	case header.ICMPv6EchoRequest:
		ip.answerEcho6(packet, from, to)
	case header.ICMPv6EchoReply:
		ip.receiveEchoReply(packet, message.Sequence())
	case header.ICMPv6NeighborSolicit, header.ICMPv6NeighborAdvert:
		ip.ipv6.receiveNeighbour(packet, from)
		packet.Release()
	default:
		ip.icmp.info.Unhandled++
		packet.Release()
	}
}

// answerEcho6 sends an echo request back. The packets it arrived in pay for it.
func (ip *IP) answerEcho6(packet *packetpool.Packet, from, to netip.Addr) {
	source := ip.ipv6.own(to)
	if source == nil {
		var err error
		if source, err = ip.ipv6.source(from); err != nil {
			packet.Release()
			return
		}
	}
	header.ICMPv6(packet.Bytes()).SetType(header.ICMPv6EchoReply)
	ip.ipv6.finishICMPv6(packet, source.address, from)
	ip.sendPacket6(packet, source, from, header.ICMPv6ProtocolNumber)
}

// receiveNeighbour handles a solicitation or advertisement.
func (v *ipv6Protocol) receiveNeighbour(packet *packetpool.Packet, from netip.Addr) {
	message := packet.Bytes()
	if len(message) < neighbourMessage || ipv6HeaderOf(packet).HopLimit() != ipv6HopLimit {
		return
	}
	i := v.ip.arrivedOn(packet)
	target := netip.AddrFrom16([16]byte(message[8:neighbourMessage]))
	hardware, told := hardwareOption(message[neighbourMessage:])
	own := v.own(target)
	if header.ICMPv6Type(message[0]) == header.ICMPv6NeighborAdvert {
		v.receiveAdvertisement(i, own, target, hardware, told)
		return
	}
	switch {
	case own == nil:
	case from.IsUnspecified() && !own.valid:
		v.giveUp(own) // somebody else wants it too
	case own.valid:
		if told && !from.IsUnspecified() {
			v.learn(i, from, hardware)
		}
		v.advertise(i, target, from)
	}
}

// receiveAdvertisement handles the answer to a solicitation.
func (v *ipv6Protocol) receiveAdvertisement(i *Interface, own *ipv6Address, target netip.Addr, hardware HardwareAddress, told bool) {
	switch {
	case own != nil && !own.valid:
		v.giveUp(own) // somebody has it already
	case own == nil && told && v.find(target) != nil:
		v.learn(i, target, hardware)
	}
}

// giveUp takes away an address that somebody else has.
func (v *ipv6Protocol) giveUp(own *ipv6Address) {
	v.tell(IPv6Duplicate, *own)
	*own = ipv6Address{}
}

// hardwareOption returns the hardware address among the options of a message.
func hardwareOption(options []byte) (h HardwareAddress, ok bool) {
	for len(options) >= linkOption && options[1] > 0 && int(options[1])*8 <= len(options) {
		if kind := options[0]; kind == sourceLinkOption || kind == targetLinkOption {
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
	message.SetIdent(uint16(tcpip.NICID(from.via.index)))
	message.SetSequence(sequence)
	ip.ipv6.finishICMPv6(packet, from.address, to)
	ip.kernel.HoldPreemption()
	defer ip.kernel.AllowPreemption()
	ip.sendPacket6(packet, from, to, header.ICMPv6ProtocolNumber)
}
