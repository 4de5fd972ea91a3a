package host

import (
	"bytes"
	"errors"
	"net/netip"
	"syscall"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/transport/udp"
)

// maxDatagram and maxDatagram6 are the longest UDP payloads that IPv4 and IPv6 can carry.
const (
	maxDatagram  = 65507
	maxDatagram6 = 65527
)

// longest is the longest payload of a datagram to an address.
func longest(to netip.AddrPort) int {
	if to.Addr().Is6() {
		return maxDatagram6
	}
	return maxDatagram
}

// hostPackets is a UDP endpoint of netstack.
type hostPackets struct {
	*hostSocket
	connected bool
}

func (b *hostBackend) packets(local, to netip.AddrPort, only6 bool) (datagrams, error) {
	s, err := b.socket(udp.ProtocolNumber, local.Addr())
	if err != nil {
		return nil, err
	}
	s.ep.SocketOptions().SetBroadcast(true)
	s.ep.SocketOptions().SetV6Only(only6)
	// With path MTU discovery netstack numbers no datagram, and then sends long ones in fragments all the same, which all
	// have the number 0: receivers take those of one datagram for another's (RFC 6864, section 4.3).
	if err := s.ep.SetSockOptInt(tcpip.MTUDiscoverOption, int(tcpip.PMTUDiscoveryDont)); err != nil {
		s.ep.Close()
		return nil, goError(err)
	}
	switch err := s.bind(local); {
	case err == nil:
	case to.IsValid() && errors.Is(err, syscall.EADDRINUSE): // no port is left
		return nil, syscall.EAGAIN
	default:
		return nil, err
	}
	if to.IsValid() {
		if err := s.ep.Connect(toFull(to)); err != nil {
			s.ep.Close()
			return nil, goError(err)
		}
	}
	return &hostPackets{hostSocket: s, connected: to.IsValid()}, nil
}

func (d *hostPackets) receive(p []byte) (int, netip.AddrPort, error) {
	w := tcpip.SliceWriter(p)
	result, err := d.ep.Read(&w, tcpip.ReadOptions{NeedRemoteAddr: true})
	if _, none := err.(*tcpip.ErrBadBuffer); err != nil && !none { // none of it fits into p, and it is gone
		return 0, netip.AddrPort{}, goError(err)
	}
	return result.Count, fromFull(result.RemoteAddr), nil
}

func (d *hostPackets) send(p []byte, to netip.AddrPort) error {
	if len(p) > longest(to) {
		return syscall.EMSGSIZE
	}
	options := tcpip.WriteOptions{}
	if !d.connected {
		full := toFull(to)
		options.To = &full
	}
	_, err := d.ep.Write(bytes.NewReader(p), options)
	d.host.stack.Settle()
	return goError(err)
}
