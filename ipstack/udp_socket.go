package ipstack

import (
	"net/netip"
	"slices"

	"gvisor.dev/gvisor/pkg/tcpip/header"

	"netxsim/netx/status"
	"netxsim/packetpool"
)

// UDPSocketConfig describes a [UDPSocket].
type UDPSocketConfig struct {
	// Name appears in reports and logs.
	Name string
	// TypeOfService is the IPv4 field; 0 is normal.
	TypeOfService uint8
	// TimeToLive is the IPv4 field as it is, NX_IP_TIME_TO_LIVE being 128.
	TimeToLive uint8
	// DontFragment keeps datagrams in one piece.
	DontFragment bool
	// QueueLimit is the number of datagrams that may wait to be received; when
	// there are more, the oldest is lost. With 0, one waits all the same.
	QueueLimit uint32
}

// A UDPSocket is an NX_UDP_SOCKET. The zero value is what Create wants.
type UDPSocket struct {
	ip       *IP // nil when it is not created
	config   UDPSocketConfig
	bound    bool
	binding  *portRequest[*UDPSocket] // of the thread that waits for a port for it
	port     uint16
	noSum    bool // checksums are neither made nor looked at
	received func(*UDPSocket)

	vlan uint8 // priority for the driver, or noVLANPriority

	queue   []*packetpool.Packet
	waiting waitList
	holder  holder
	info    UDPInfo
}

// NewUDPSocket creates a socket, as Create does.
func (ip *IP) NewUDPSocket(config UDPSocketConfig) (*UDPSocket, error) {
	s := new(UDPSocket)
	if err := s.Create(ip, config); err != nil {
		return nil, err
	}
	return s, nil
}

// Create makes s, a zero value or a deleted socket, a socket of an instance. It
// mirrors nx_udp_socket_create.
//
// Errors: status.NotEnabled without UDP.
func (s *UDPSocket) Create(ip *IP, config UDPSocketConfig) error {
	if ip.udp == nil {
		return status.NotEnabled
	}
	if s.ip != nil {
		s.ip.udp.remove(s) // another instance's: C overwrites that one
	}
	*s = UDPSocket{ip: ip, config: config, vlan: noVLANPriority}
	s.holder = holder{"udp socket " + config.Name + " receive queue", debugUDP}
	s.waiting.kernel = ip.kernel
	s.waiting.what = func() string { return "a datagram for udp socket " + config.Name }
	ip.udp.sockets = append(ip.udp.sockets, s)
	return nil
}

// Name returns the name given at creation.
func (s *UDPSocket) Name() string { return s.config.Name }

// IP returns the instance that the socket belongs to, nil if it is not created.
func (s *UDPSocket) IP() *IP { return s.ip }

// Delete removes the socket from its instance, as nx_udp_socket_delete does.
//
// Errors: status.StillBound.
func (s *UDPSocket) Delete() error {
	if s.bound {
		return status.StillBound
	}
	s.ip.udp.remove(s)
	s.ip = nil
	return nil
}

// remove takes a socket out of the instance, and out of the port table.
func (u *udpProtocol) remove(s *UDPSocket) {
	u.sockets = slices.DeleteFunc(u.sockets, func(other *UDPSocket) bool { return other == s })
	if s.bound {
		u.unbind(s)
	}
}

// Bind gives the socket a local port, as nx_udp_socket_bind does; 0 picks a
// free one from 49152 up. If the port is in use the calling thread waits up to
// wait ticks for it.
//
// Errors: status.AlreadyBound, status.PortUnavailable for a port in use,
// status.NoFreePorts, and the kernel's when the wait is aborted.
func (s *UDPSocket) Bind(port uint16, wait uint32) error {
	s.ip.enter()
	defer s.ip.leave()
	u := s.ip.udp
	if s.bound || s.binding.pending() {
		return status.AlreadyBound
	}
	if port == 0 {
		var ok bool
		if port, ok = u.anyPort(); !ok {
			return status.NoFreePorts
		}
	}
	s.port = port
	use := u.ports[port]
	switch {
	case use == nil:
		u.bind(s, port)
		return nil
	case wait == noWait || s.ip.inIPThread():
		return status.PortUnavailable
	}
	s.binding = &portRequest[*UDPSocket]{queue: &use.portQueue, socket: s}
	return s.binding.await(s.ip, wait)
}

// Unbind frees the socket's port and the datagrams it never received, as
// nx_udp_socket_unbind does. Threads that wait for a datagram go on with
// status.SocketUnbound, and one that waits for the port gets it. A socket whose
// Bind still waits gives up that.
//
// Errors: status.NotBound.
func (s *UDPSocket) Unbind() error {
	s.ip.enter()
	defer s.ip.leave()
	switch {
	case s.bound:
	case s.binding.pending():
		s.binding.cancel()
		return nil
	default:
		return status.NotBound
	}
	s.flush()
	s.bound = false
	s.waiting.wakeAll(status.SocketUnbound)
	s.ip.udp.unbind(s)
	return nil
}

// Port returns the local port, as nx_udp_socket_port_get does.
//
// Errors: status.NotBound.
func (s *UDPSocket) Port() (uint16, error) {
	if !s.bound {
		return 0, status.NotBound
	}
	return s.port, nil
}

// SetChecksum says whether datagrams are sent with a checksum, and looked at
// for a wrong one; they are to begin with. It mirrors
// nx_udp_socket_checksum_enable and nx_udp_socket_checksum_disable.
//
// Errors: status.NotBound.
func (s *UDPSocket) SetChecksum(on bool) error {
	if !s.bound {
		return status.NotBound
	}
	s.noSum = !on
	return nil
}

// CountInvalid counts a packet that cannot be sent for its shape.
func (s *UDPSocket) CountInvalid() { s.ip.udp.info.InvalidPackets++ }

// NotifyReceive has f called in the IP thread for every datagram that arrives;
// nil ends that. It mirrors nx_udp_socket_receive_notify.
func (s *UDPSocket) NotifyReceive(f func(*UDPSocket)) { s.received = f }

// Info returns the counters of the socket, as nx_udp_socket_info_get does.
func (s *UDPSocket) Info() UDPInfo {
	info := s.info
	info.PacketsQueued = uint32(len(s.queue))
	return info
}

// BytesAvailable returns the number of bytes that wait to be received, as
// nx_udp_socket_bytes_available does.
//
// Errors: status.NotSuccessful when the socket is not bound.
func (s *UDPSocket) BytesAvailable() (bytes uint32, err error) {
	if !s.bound {
		return 0, status.NotSuccessful
	}
	for _, p := range s.queue {
		bytes += p.Length - udpHeader
	}
	return bytes, nil
}

func (s *UDPSocket) flush() {
	for _, p := range s.queue {
		p.Release()
	}
	s.queue = nil
}

// Source returns where a packet that a UDP socket received came from, as
// nxd_udp_source_extract does.
//
// Errors: status.InvalidPacket for one that did not come this way.
func Source(packet *packetpool.Packet) (netip.AddrPort, error) {
	at := packet.PrependPtr - udpHeader
	if packet.IpVersion == 6 && at >= packet.DataStart+ipv6Header && packet.IpHeader >= packet.DataStart {
		from, _ := ipv6Ends(packet)
		return netip.AddrPortFrom(from, header.UDP(packet.At(at)).SourcePort()), nil
	}
	if packet.IpVersion != 4 || at < packet.DataStart+ipv4Header || packet.IpHeader < packet.DataStart {
		return netip.AddrPort{}, status.InvalidPacket
	}
	from := fromWord(wordAt(ipHeaderOf(packet)[12:]))
	return netip.AddrPortFrom(from, header.UDP(packet.At(at)).SourcePort()), nil
}
