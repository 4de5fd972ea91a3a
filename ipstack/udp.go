package ipstack

import (
	"fmt"

	"gvisor.dev/gvisor/pkg/tcpip/header"

	"netxsim/netx/status"
	"netxsim/packetpool"
)

const udpHeader = 8

// UDPInfo has the counters of nx_udp_info_get and nx_udp_socket_info_get.
type UDPInfo struct {
	PacketsSent, BytesSent         uint32
	PacketsReceived, BytesReceived uint32
	InvalidPackets                 uint32 // of the instance; 0 for a socket
	PacketsQueued                  uint32 // in the socket now; 0 for the instance
	ReceiveDropped                 uint32 // for lack of a socket, or of room in its queue
	ChecksumErrors                 uint32
}

// udpProtocol is the UDP of an instance (RFC 768).
type udpProtocol struct {
	ip      *IP
	sockets []*UDPSocket
	ports   map[uint16]*udpPort
	info    UDPInfo
}

// udpPort is a port in use: the socket bound to it, and those that wait for it.
type udpPort struct {
	socket *UDPSocket
	portQueue[*UDPSocket]
}

// EnableUDP lets the instance use UDP, as nx_udp_enable does.
//
// Errors: status.AlreadyEnabled.
func (ip *IP) EnableUDP() error {
	if ip.udp != nil {
		return status.AlreadyEnabled
	}
	ip.udp = &udpProtocol{ip: ip, ports: make(map[uint16]*udpPort)}
	return nil
}

// UDPEnabled reports whether EnableUDP was called.
func (ip *IP) UDPEnabled() bool { return ip.udp != nil }

// UDPInfo returns the counters of UDP, as nx_udp_info_get does; all are zero
// without UDP.
func (ip *IP) UDPInfo() UDPInfo {
	if ip.udp == nil {
		return UDPInfo{}
	}
	return ip.udp.info
}

// FindFreeUDPPort returns the first port from the given one up, and from 49152
// up behind the last, that nobody is bound to. It mirrors
// nx_udp_free_port_find.
//
// Errors: status.NotEnabled, status.NoFreePorts.
func (ip *IP) FindFreeUDPPort(from uint16) (uint16, error) {
	if ip.udp == nil {
		return 0, status.NotEnabled
	}
	port, ok := ip.udp.freePort(from)
	if !ok {
		return 0, status.NoFreePorts
	}
	return port, nil
}

func (u *udpProtocol) freePort(from uint16) (uint16, bool) {
	for port := from; ; {
		if u.ports[port] == nil {
			return port, true
		}
		if port == lastPort {
			if from <= firstEphemeralPort {
				return 0, false
			}
			port = firstEphemeralPort
		} else {
			port++
		}
		if port == from {
			return 0, false
		}
	}
}

// anyPort returns a port nobody is bound to, from a random one on.
func (u *udpProtocol) anyPort() (uint16, bool) {
	const ports = lastPort - firstEphemeralPort + 1
	start := u.ip.kernel.Rand("udp ports " + u.ip.name).IntN(ports)
	return u.freePort(uint16(firstEphemeralPort + start))
}

// bind enters a socket in the port table.
func (u *udpProtocol) bind(s *UDPSocket, port uint16) {
	use := u.ports[port]
	if use == nil {
		use = &udpPort{}
		use.waiting.kernel = u.ip.kernel
		use.waiting.what = func() string { return fmt.Sprintf("UDP port %d of ip %s", port, u.ip.name) }
		u.ports[port] = use
	}
	s.bound, s.port = true, port
	use.socket = s
}

// unbind takes a socket out of the port table. The thread that has waited
// longest for the port has it before it runs.
func (u *udpProtocol) unbind(s *UDPSocket) {
	use := u.ports[s.port]
	s.bound, use.socket = false, nil
	if !use.inherit(func(heir *UDPSocket) { u.bind(heir, s.port) }) {
		delete(u.ports, s.port)
	}
}

// receive handles a datagram, its IP header taken off, in the IP thread. Its
// checksum is looked at when the application receives it.
func (u *udpProtocol) receive(packet *packetpool.Packet) {
	u.info.PacketsReceived++
	datagram := header.UDP(packet.Bytes())
	if len(datagram) < udpHeader || packet.Length < uint32(datagram.Length()) {
		u.info.InvalidPackets++
		packet.Release()
		return
	}
	use := u.ports[datagram.DestinationPort()]
	if use == nil || use.socket == nil {
		u.info.ReceiveDropped++
		u.ip.reportPort(packet)
		packet.Release()
		return
	}
	u.info.BytesReceived += packet.Length - udpHeader
	use.socket.enqueue(packet)
}
