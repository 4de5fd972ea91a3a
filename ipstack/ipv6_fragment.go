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
	payloadLengthField = 4 // offset in the IPv6 header
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
	head, data := ip.pieces[:ipv6Header], ip.pieces[ipv6Header:]
	size := int(mtu-ipv6Header)/8*8 - fragmentHeaderSize
	for at := 0; at < len(data) && size > 0; at += size {
		piece := data[at:min(at+size, len(data))]
		fragment := ip.fragmentPacket6(pool, head, piece, at, at+size < len(data))
		if fragment == nil {
			break
		}
		fragment.InterfaceIndex = int32(i.index)
		ip.info.FragmentsSent++
		ip.countSent(ipv6Header + len(piece))
		ip.frame = appendBytes(append(ip.frame[:0], frameRoom[:]...), fragment)
		ip.transmit(i, LinkPacketSend, ip.frame, msw, lsw, fragment)
	}
	release(packet)
}

// fragmentPacket6 makes a fragment with a header like head, or returns nil when
// there are no packets for it.
func (ip *IP) fragmentPacket6(pool *packetpool.Pool, head header.IPv6, piece []byte, offset int, more bool) *packetpool.Packet {
	packet, err := pool.Allocate(physicalHeader, noWait)
	if err != nil {
		return nil
	}
	var room [ipv6Header + fragmentHeaderSize]byte
	own := header.IPv6(room[:ipv6Header])
	copy(own, head)
	own.SetNextHeader(fragmentHeader)
	own.SetPayloadLength(uint16(fragmentHeaderSize + len(piece)))
	option := room[ipv6Header:]
	option[0] = head.NextHeader()
	flags := uint16(offset)
	if more {
		flags |= 1
	}
	binary.BigEndian.PutUint16(option[2:], flags)
	putWord(option[4:], ip.identification)
	if packet.Append(room[:], pool, noWait) != nil || packet.Append(piece, pool, noWait) != nil {
		packet.Release()
		return nil
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
	if !ip.fragmenting || len(text) < fragmentHeaderSize {
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
