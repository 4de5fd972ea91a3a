package ipstack

import (
	"encoding/binary"

	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"

	"netxsim/packetpool"
)

// noWait is the wait option of everything the stack allocates by itself.
const noWait = 0

// receivePacketType leaves no room in front: NX_RECEIVE_PACKET.
const receivePacketType = 0

// receiveFrame is the driver's interrupt: it moves a frame into packets of the
// default pool and leaves them to the IP thread.
func (ip *IP) receiveFrame(frame []byte) {
	packet := ip.packetFor(frame)
	if packet == nil {
		ip.stats.ReceiveNoPacket++
		return
	}
	ip.stats.FramesReceived++
	packet.Hold(&ip.holders.deferred)
	ip.post(work{packet: packet})
}

// packetFor copies a frame into one packet, or a chain where it is longer than
// a payload. It returns nil when the pool has too few.
func (ip *IP) packetFor(frame []byte) *packetpool.Packet {
	packet, err := ip.pool.Allocate(receivePacketType, noWait)
	if err != nil {
		return nil
	}
	// The link header gets 16 bytes, so that the IP header is aligned.
	packet.PrependPtr += physicalHeader - ethernetHeader
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

// receivePacket handles a received frame in the IP thread.
func (ip *IP) receivePacket(packet *packetpool.Packet) {
	link := header.Ethernet(packet.Bytes())
	if len(link) < ethernetHeader {
		packet.Release()
		return
	}
	protocol := link.Type()
	packet.PrependPtr += ethernetHeader
	packet.Length -= ethernetHeader
	switch protocol {
	case header.ARPProtocolNumber:
		ip.receiveARP(packet)
	case header.IPv4ProtocolNumber:
		ip.receiveIPv4(packet)
	default:
		packet.Release()
	}
}

// receiveIPv4 handles an IPv4 packet: TCP by way of the edge, everything else
// straight to netstack.
func (ip *IP) receiveIPv4(packet *packetpool.Packet) {
	datagram := header.IPv4(ip.contiguous(packet))
	if !datagram.IsValid(len(datagram)) || !datagram.IsChecksumValid() {
		packet.Release()
		return
	}
	if pad := len(datagram) - int(datagram.TotalLength()); pad > 0 {
		datagram = datagram[:datagram.TotalLength()]
	}
	switch {
	case datagram.TransportProtocol() == header.TCPProtocolNumber && ip.tcp != nil && !isFragment(datagram):
		ip.tcp.receive(packet, datagram)
	case datagram.TransportProtocol() == header.ICMPv4ProtocolNumber && ip.icmp:
		ip.nic.Deliver(ipv4.ProtocolNumber, false, datagram)
		packet.Release()
		ip.settle()
	default:
		packet.Release()
	}
}

func isFragment(datagram header.IPv4) bool {
	return datagram.More() || datagram.FragmentOffset() != 0
}

// contiguous returns the bytes of a packet in one piece: its own memory, or a
// copy where it is a chain.
func (ip *IP) contiguous(packet *packetpool.Packet) []byte {
	if packet.Next == nil {
		return packet.Bytes()
	}
	ip.gather = ip.gather[:0]
	for p := packet; p != nil; p = p.Next {
		ip.gather = append(ip.gather, p.Bytes()...)
	}
	return ip.gather
}

// hardwareAt reads an Ethernet address.
func hardwareAt(b []byte) HardwareAddress { return HardwareAddress(b[:6]) }

// putEthernet writes a frame's link header.
func putEthernet(frame []byte, to, from HardwareAddress, protocol uint16) {
	copy(frame[0:6], to[:])
	copy(frame[6:12], from[:])
	binary.BigEndian.PutUint16(frame[12:14], protocol)
}
