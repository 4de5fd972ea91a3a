package ipstack

import (
	"bytes"
	"errors"
	"net/netip"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
	"gvisor.dev/gvisor/pkg/waiter"

	"netxsim/netx/status"
)

// Connect opens a connection, as nx_tcp_client_socket_connect does. The calling
// thread waits up to wait ticks for it; the attempt ends with the wait.
//
// Errors: status.IpAddressError without a route, status.NotBound,
// status.NotClosed, status.InProgress with no wait, status.NotConnected when
// the peer refuses or does not answer.
func (s *TCPSocket) Connect(addr netip.Addr, port uint16, wait uint32) error {
	if !s.ip.canReach(addr) {
		return status.IpAddressError
	}
	if !s.bound {
		return status.NotBound
	}
	if s.state == TCPTimedWait {
		s.close()
	}
	if s.state != TCPClosed {
		return status.NotClosed
	}
	if err := s.startConnect(netip.AddrPortFrom(addr, port)); err != nil {
		return err
	}
	if wait == noWait || s.ip.inIPThread() {
		return status.InProgress
	}
	_, err := s.wait.connect.wait(wait)
	if errors.Is(err, errExpired) {
		s.close()
		return status.NotConnected
	}
	return err
}

// canReach reports whether addr is a host to which there is a route.
func (ip *IP) canReach(addr netip.Addr) bool {
	if !addr.Is4() || addr.IsUnspecified() || addr.IsMulticast() || ip.isBroadcast(addr) {
		return false
	}
	_, ok := ip.nextHop(addr)
	return ok
}

// startConnect sends the SYN.
func (s *TCPSocket) startConnect(remote netip.AddrPort) error {
	queue := new(waiter.Queue)
	endpoint, err := s.ip.newEndpoint(queue)
	if err != nil {
		return err
	}
	if err := s.adopt(endpoint, queue); err != nil {
		return err
	}
	s.remote = remote
	s.ip.tcp.connections[s.connection()] = s
	s.reset()
	s.state = TCPSynSent
	s.mss = s.ownMSS()
	if err := endpoint.Bind(tcpip.FullAddress{NIC: nicID, Addr: toTCPIP(s.ip.address.Addr()), Port: s.port}); err != nil {
		return s.ip.internal("bind", err)
	}
	connectErr := endpoint.Connect(tcpip.FullAddress{NIC: nicID, Addr: toTCPIP(remote.Addr()), Port: remote.Port()})
	if _, started := connectErr.(*tcpip.ErrConnectStarted); connectErr != nil && !started {
		s.close()
		return s.ip.internal("connect", connectErr)
	}
	s.armSYN()
	s.ip.settle()
	return nil
}

// reset prepares the socket for a new connection.
func (s *TCPSocket) reset() {
	s.rx.reset(s)
	s.tx.reset(s)
	s.syn, s.retries, s.mss = nil, 0, 0
}

// armSYN starts the time after which an unanswered SYN is sent again.
func (s *TCPSocket) armSYN() {
	s.timeout = retryTicks
	s.ip.tcp.needClock()
}

// sendSYN shapes the SYN or SYN-ACK that netstack sends. NetX has its own time
// for sending it again, so netstack's further ones are dropped.
func (s *TCPSocket) sendSYN(seg *segment) {
	if s.syn != nil {
		return
	}
	s.tx.start(seg.seq.Add(1))
	syn := seg.netxSYN(s.ip.datagramRoom(ipv4Header+synHeader), uint16(s.ownMSS()), uint16(s.rx.window))
	s.syn = bytes.Clone(syn)
	s.ip.sendControl(syn)
}

// repeatSYN sends the SYN again, or gives up after the last time.
func (s *TCPSocket) repeatSYN() {
	if s.retries >= maxRetries {
		s.ended()
		return
	}
	s.retries++
	s.timeout = retryTicks
	if s.syn != nil {
		s.ip.sendControl(s.ip.copyDatagram(s.syn))
	}
}

// receiveInSynSent handles a segment while the peer has not answered the SYN.
func (s *TCPSocket) receiveInSynSent(seg *segment) {
	s.ip.tcp.deliver(seg)
	s.ip.stack.Settle()
	switch tcp.EndpointState(s.endpoint.State()) {
	case tcp.StateEstablished:
		s.rx.start(seg.seq.Add(1))
		s.rx.acknowledged(s.rx.next)
		s.established(seg)
		s.wait.connect.wake(nil, nil)
	case tcp.StateError, tcp.StateClose:
		s.ended()
	}
}

// established begins the exchange of data; seg completed the handshake.
func (s *TCPSocket) established(seg *segment) {
	if seg.has(header.TCPFlagSyn) {
		s.mss = min(s.ownMSS(), seg.mss())
	}
	s.tx.open(s, seg.window)
	s.timeout = 0
	s.state = TCPEstablished
}
