package ipstack

import (
	"net/netip"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
	"gvisor.dev/gvisor/pkg/waiter"
)

// netstack takes a connection of an instance with itself for a mistake. It sees
// one between these two instead (RFC 5737).
var (
	insideAddress  = netip.AddrFrom4([4]byte{192, 0, 2, 1})
	outsideAddress = netip.AddrFrom4([4]byte{192, 0, 2, 2})
)

// addInside gives netstack the address it has in connections of the instance
// with itself.
func (ip *IP) addInside() {
	ip.stack.AddProtocolAddress(nicID, tcpip.ProtocolAddress{
		Protocol:          ipv4.ProtocolNumber,
		AddressWithPrefix: tcpip.AddressWithPrefix{Address: toTCPIP(insideAddress), PrefixLen: 32},
	}, stack.AddressProperties{})
}

// setPeer sets the two ends of the connection and the way to the other one.
func (s *TCPSocket) setPeer(via *Interface, hop uint32, local netip.Addr, remote netip.AddrPort) {
	s.ip.tcp.disconnected(s)
	s.via, s.hop = via, hop
	s.local, s.remote = local, remote
	s.innerLocal, s.innerRemote = local, remote.Addr()
	s.inside = s.ip.isOwn(toWord(remote.Addr()))
	if s.inside {
		s.innerLocal, s.innerRemote = insideAddress, outsideAddress
	}
	s.ip.tcp.connected(s)
}

// inward changes the addresses of a segment of a connection of the instance
// with itself to those that netstack knows.
func (s *TCPSocket) inward(seg *segment) {
	if !s.inside {
		return
	}
	seg.datagram.SetSourceAddress(toTCPIP(s.innerRemote))
	seg.datagram.SetDestinationAddress(toTCPIP(s.innerLocal))
	seg.datagram.SetChecksum(0)
	seg.datagram.SetChecksum(^seg.datagram.CalculateChecksum())
	setTCPChecksum(seg.datagram, seg.tcp)
}

// deliver hands a segment of the handshake to netstack, as the peer of
// somebody who sends no data would have sent it, and lets netstack settle.
func (s *TCPSocket) deliver(seg *segment) {
	if seg.has(header.TCPFlagAck) {
		seg.acknowledge(s.shadowACK(), maxWindow)
	}
	s.inward(seg)
	s.ip.tcp.deliver(seg)
	s.ip.stack.Settle()
	s.rx.delivered(seg)
	s.moved = true
}

// maxWindow is the largest window without scaling.
const maxWindow = 65535

// openEndpoint has netstack connect: its SYN makes the socket send its own.
func (s *TCPSocket) openEndpoint() error {
	queue := new(waiter.Queue)
	endpoint, err := s.ip.newEndpoint(queue)
	if err != nil {
		return err
	}
	if err := s.adopt(endpoint, queue); err != nil {
		return err
	}
	if err := endpoint.Bind(tcpip.FullAddress{NIC: nicID, Addr: toTCPIP(s.innerLocal), Port: s.port}); err != nil {
		return s.ip.internal("bind", err)
	}
	s.ip.tcp.opening = s
	connectErr := endpoint.Connect(tcpip.FullAddress{NIC: nicID, Addr: toTCPIP(s.innerRemote), Port: s.remote.Port()})
	if _, started := connectErr.(*tcpip.ErrConnectStarted); connectErr != nil && !started {
		s.cleanup()
		return s.ip.internal("connect", connectErr)
	}
	s.ip.settle()
	s.ip.tcp.opening = nil
	return nil
}

// openHalf gives netstack the parked SYN: its SYN-ACK makes the socket send its
// own. NetX answers also what netstack does not, a SYN to everybody on the
// network or one to another port than the socket's; no connection comes of
// those, for the client knows neither.
func (s *TCPSocket) openHalf(seg *segment) {
	s.halfOpen = true
	s.ip.tcp.opening = s
	s.ip.tcp.deliver(seg)
	s.ip.settle()
	s.ip.tcp.opening = nil
	if !s.synSent {
		s.sendSYN()
	}
}

// netstackSYN takes netstack's SYN or SYN-ACK, which decides on the sequence
// number.
func (s *TCPSocket) netstackSYN(seg *segment) {
	first := seg.seq.Add(1)
	if s.synSent {
		s.tx.base = first
		return
	}
	s.synSent = true
	s.tx.start(first)
	s.sendSYN()
}

// revive has netstack connect once more if it has given up: NetX may wait
// longer for an answer than netstack does.
func (s *TCPSocket) revive() {
	if tcp.EndpointState(s.endpoint.State()) == tcp.StateSynSent {
		return
	}
	s.dropEndpoint()
	if err := s.openEndpoint(); err != nil {
		s.log("netstack does not connect again")
	}
}

// dropHalfOpen makes netstack forget a connection whose handshake it has not
// finished, and of which it gives out no endpoint: it is told that the client
// reset it.
func (s *TCPSocket) dropHalfOpen() {
	if !s.halfOpen {
		return
	}
	s.halfOpen = false
	if seg, ok := parseSegment(header.IPv4(s.parked)); ok {
		s.ip.tcp.deliver(seg.reset(seg.seq.Add(1)))
		s.ip.settle()
	}
}

// takeAccepted takes the connection from netstack that it has just finished.
// If netstack has given it up meanwhile it begins again.
func (s *TCPSocket) takeAccepted(last *segment) bool {
	endpoint, queue := s.ip.tcp.accepted(s.port)
	if endpoint == nil {
		if seg, ok := parseSegment(header.IPv4(s.parked)); ok {
			s.openHalf(&seg)
			s.deliver(last)
			endpoint, queue = s.ip.tcp.accepted(s.port)
		}
	}
	s.halfOpen = false
	return endpoint != nil && s.adopt(endpoint, queue) == nil
}

// dropEndpoint drops netstack's side of the connection and all that it would
// still send.
func (s *TCPSocket) dropEndpoint() {
	s.dropHalfOpen()
	if s.endpoint == nil {
		return
	}
	s.queue.EventUnregister(&s.entry)
	s.endpoint.Abort()
	s.endpoint = nil
	s.ip.settle()
}
