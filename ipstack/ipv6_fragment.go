package ipstack

import (
	"encoding/binary"

	"gvisor.dev/gvisor/pkg/tcpip/header"

	"netxsim/packetpool"
)

const (
	fragmentHeaderSize = 8
	// reassemblySeconds6 is NX_IPV6_MAX_REASSEMBLY_TIME.
	reassemblySeconds6 = 60
	largestDatagram    = 65535
	payloadLengthField = 4 // offsets in the IPv6 header
	nextHeaderField    = 6
)

// sendFragments6 sends the datagram in the scratch frame in pieces (RFC 8200,
// section 4.5), each in packets of the pool that the datagram came from; packet
// pays for the datagram until then. Without packets for one piece, the rest is
// not sent. It mirrors _nx_ipv6_fragment_process, which, unlike its counterpart
// for IPv4, does not ask whether the instance fragments.
func (ip *IP) sendFragments6(i *Interface, mtu, msw, lsw uint32, packet *packetpool.Packet) {
	if ip.target.IPv6PathMTU {
		mtu = max(mtu, minimumIPv6MTU)
	}
	ip.identification++
	ip.pieces = append(ip.pieces[:0], ip.frame[ethernetHeader:]...)
	pool := ip.pool
	if packet != nil {
		pool = packet.Pool()
	}
	whole, field := unfragmentable(ip.pieces)
	head, data := ip.pieces[:whole], ip.pieces[whole:]
	protocol := head[field]
	head[field] = fragmentHeader
	size := (int(mtu)-whole)&^7 - fragmentHeaderSize
	for at := 0; at < len(data) && size > 0; at += size {
		piece := data[at:min(at+size, len(data))]
		option := fragmentOption(protocol, ip.identification, at, at+size < len(data))
		fragment := fragmentPacket6(pool, head, option, piece)
		if fragment == nil {
			break
		}
		fragment.InterfaceIndex = int32(i.index)
		ip.info.FragmentsSent++
		ip.countSent(whole + len(piece))
		ip.frame = appendBytes(append(ip.frame[:0], frameRoom[:]...), fragment)
		ip.transmit(i, LinkPacketSend, ip.frame, msw, lsw, fragment)
	}
	release(packet)
}

// unfragmentable returns the length of the headers that every fragment of a
// datagram has, which routers look at, and where in them the number of what
// follows stands.
func unfragmentable(datagram []byte) (length, field int) {
	length, field = ipv6Header, nextHeaderField
	for datagram[field] == hopByHopHeader || datagram[field] == routingHeader {
		if length+1 >= len(datagram) || length+extensionSize(datagram[length:]) > len(datagram) {
			return len(datagram), field // it makes no sense
		}
		field = length
		length += extensionSize(datagram[length:])
	}
	return length, field
}

// fragmentOption is the header of a fragment.
func fragmentOption(protocol uint8, id uint32, offset int, more bool) [fragmentHeaderSize]byte {
	option := [fragmentHeaderSize]byte{protocol}
	flags := uint16(offset)
	if more {
		flags |= 1
	}
	binary.BigEndian.PutUint16(option[2:], flags)
	putWord(option[4:], id)
	return option
}

// fragmentPacket6 makes a fragment with headers like head, or returns nil when
// there are no packets for it.
func fragmentPacket6(pool *packetpool.Pool, head header.IPv6, option [fragmentHeaderSize]byte, piece []byte) *packetpool.Packet {
	packet, err := pool.Allocate(physicalHeader, noWait)
	if err != nil {
		return nil
	}
	head.SetPayloadLength(uint16(len(head) - ipv6Header + len(option) + len(piece)))
	for _, part := range [][]byte{head, option[:], piece} {
		if packet.Append(part, pool, noWait) != nil {
			packet.Release()
			return nil
		}
	}
	packet.IpVersion = 6
	return packet
}

// receiveFragmentHeader handles the header of a fragment, with which the packet
// begins. It mirrors _nx_ipv6_process_fragment_option.
func (ip *IP) receiveFragmentHeader(packet *packetpool.Packet, chain *headerChain) verdict {
	if chain.order >= fragmentCame {
		return ip.refuseOrder(packet, chain)
	}
	chain.order = fragmentCame
	ip.info.FragmentsReceived++
	text := packet.Bytes()
	if !ip.fragmenting || len(text) < fragmentHeaderSize || ip.scarce(packet) {
		return lose
	}
	flags := binary.BigEndian.Uint16(text[2:])
	f := fragment{packet: packet, header: fragmentHeaderSize, offset: uint32(flags) &^ 7, more: flags&1 != 0, chain: *chain}
	switch {
	case f.more && ipv6HeaderOf(packet).PayloadLength()%8 != 0:
		ip.reportParameter(packet, wrongField, payloadLengthField)
		return lose
	case !f.more && f.offset == 0:
		return goOn // a fragment that is the whole
	case f.end() > largestDatagram:
		ip.reportParameter(packet, wrongField, uint32(packet.PrependPtr-packet.IpHeader)+2)
		return lose
	}
	from, to := ipv6Ends(packet)
	ip.assembly.add(fragmentKey{from: from, to: to, id: wordAt(text[4:])}, f, reassemblySeconds6, text[0])
	return isKept
}
