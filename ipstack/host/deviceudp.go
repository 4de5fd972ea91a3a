package host

import (
	"errors"
	"net"
	"net/netip"
	"syscall"

	"netxsim/ipstack"
	"netxsim/netx/status"
)

// udpRoom is the header room of a packet for UDP to an address: NX_IPv4_UDP_PACKET or NX_IPv6_UDP_PACKET.
func udpRoom(to netip.Addr) uint32 {
	if to.Is6() {
		return 64
	}
	return 44
}

// devicePackets is a UDP port of the instance.
type devicePackets struct {
	deviceSocket
	socket *ipstack.UDPSocket
	at     netip.Addr
	port   uint16
	peer   netip.AddrPort // of a connected one
}

func (b *deviceBackend) packets(local, to netip.AddrPort, _ bool) (datagrams, error) {
	d := (*Device)(b)
	if !b.owns(local.Addr()) {
		return nil, syscall.EADDRNOTAVAIL
	}
	socket, err := d.ip.NewUDPSocket(ipstack.UDPSocketConfig{
		Name: d.ip.Name() + " program", TimeToLive: 128, QueueLimit: d.config.DatagramQueue,
	})
	if err != nil {
		return nil, deviceError(err)
	}
	if err := socket.Bind(local.Port(), 0); err != nil {
		socket.Delete()
		return nil, deviceError(err)
	}
	s := &devicePackets{socket: socket, at: local.Addr(), peer: to}
	if to.Addr().IsLoopback() {
		s.at = to.Addr()
	}
	s.port, _ = socket.Port()
	s.deviceSocket = d.newSocket(s.tell)
	socket.NotifyReceive(func(*ipstack.UDPSocket) { s.event.Reset(0) })
	return s, nil
}

func (s *devicePackets) local() netip.AddrPort { return netip.AddrPortFrom(s.at, s.port) }

// receive passes over datagrams that come from others than the peer.
func (s *devicePackets) receive(p []byte) (int, netip.AddrPort, error) {
	for {
		packet, err := s.socket.Receive(0)
		if errors.Is(err, status.NoPacket) {
			return 0, netip.AddrPort{}, errWait
		}
		if err != nil {
			return 0, netip.AddrPort{}, net.ErrClosed
		}
		from, err := ipstack.Source(packet)
		if err != nil || s.peer.IsValid() && from != s.peer {
			packet.Release()
			continue
		}
		n, err := packet.Extract(0, p)
		packet.Release()
		return n, from, err
	}
}

func (s *devicePackets) send(p []byte, to netip.AddrPort) error {
	to = netip.AddrPortFrom(to.Addr().WithZone(""), to.Port())
	if len(p) > s.limit(to) {
		return syscall.EMSGSIZE
	}
	packet, err := s.device.packetFor(&s.deviceSocket, udpRoom(to.Addr()), p)
	if err != nil {
		return err
	}
	if err := s.socket.Send(packet, to); err != nil {
		packet.Release()
		return deviceError(err)
	}
	return nil
}

// limit is the longest payload that the instance would send.
func (s *devicePackets) limit(to netip.AddrPort) int {
	ip := s.device.ip
	if ip.Fragments() {
		return longest(to)
	}
	room, bytes, err := ip.MaxPayload(to.Addr(), 0, false)
	if err != nil {
		return longest(to)
	}
	return int(room + bytes - udpRoom(to.Addr())) // MaxPayload knows IPv4 only
}

func (s *devicePackets) close() {
	s.event.Stop()
	s.device.sate(&s.deviceSocket)
	s.socket.NotifyReceive(nil)
	_ = s.socket.Unbind() // it is bound
	_ = s.socket.Delete() // and now it is not
}
