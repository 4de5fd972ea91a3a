package ipstack

import (
	"gvisor.dev/gvisor/pkg/tcpip/header"

	"netxsim/packetpool"
)

// EnableForwarding makes the instance a router between its interfaces, as
// nx_ip_forwarding_enable does.
func (ip *IP) EnableForwarding() { ip.forwarding = true }

// DisableForwarding ends that, as nx_ip_forwarding_disable does.
func (ip *IP) DisableForwarding() { ip.forwarding = false }

// forward sends a packet that is not for this instance on (RFC 1812, section
// 5.2). The packets it arrived in pay for it.
func (ip *IP) forward(packet *packetpool.Packet, head header.IPv4) {
	from, to := wordAt(head[12:]), wordAt(head[16:])
	if isMulticast(to) || isLinkLocal(from) || isLinkLocal(to) {
		packet.Release()
		return
	}
	out, hop, ok := ip.route(to, nil)
	if !ok {
		packet.Release()
		return
	}
	if head.TTL() <= 1 {
		ip.dropReceived(packet)
		return
	}
	head.SetTTL(head.TTL() - 1)
	head.SetChecksum(0)
	head.SetChecksum(^head.CalculateChecksum())
	packet.InterfaceIndex = int32(out.index)
	switch {
	case out.address == to:
		ip.ReceivePacket(packet)
	case packet.Adjust(physicalHeader) != nil:
		packet.Release()
	default:
		ip.frame = appendBytes(append(ip.frame[:0], frameRoom[:]...), packet)
		ip.forwardFrame(out, to, hop, packet)
	}
}

// forwardFrame sends the datagram in the scratch frame if the interface can
// take it.
func (ip *IP) forwardFrame(out *Interface, to, hop uint32, packet *packetpool.Packet) {
	if !ip.fits(out) && !ip.mayFragment() {
		packet.Release()
		return
	}
	ip.drive(out, to, hop, packet)
}
