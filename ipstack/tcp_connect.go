package ipstack

import (
	"errors"
	"net/netip"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
	"gvisor.dev/gvisor/pkg/waiter"

	"netxsim/netx/status"
	"netxsim/packetpool"
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
	if s.state != TCPClosed && s.state != TCPTimedWait {
		return status.NotClosed
	}
	if err := s.startConnect(netip.AddrPortFrom(addr, port)); err != nil {
		return err
	}
	if wait == noWait || s.ip.inIPThread() {
		return status.InProgress
	}
	_, err := s.wait.connect.wait(wait)
	if err != nil && (s.state == TCPSynSent || s.state == TCPSynReceived) {
		s.giveUp()
	}
	if errors.Is(err, errExpired) {
		return status.NotConnected
	}
	return err
}

// canReach reports whether addr is a host to which there is a route.
func (ip *IP) canReach(addr netip.Addr) bool {
	if !addr.Is4() || addr.IsUnspecified() || addr.IsMulticast() {
		return false
	}
	_, ok := ip.nextHop(addr)
	return ok
}

// startConnect sends the SYN.
func (s *TCPSocket) startConnect(remote netip.AddrPort) error {
	s.ip.tcp.info.Connections++
	s.rx.flush()
	s.reset()
	s.ip.tcp.disconnected(s)
	s.local, s.remote = s.ip.sourceFor(remote.Addr()), remote
	s.ip.tcp.connected(s)
	s.state = TCPSynSent
	s.log("connecting")
	s.startTimeout()
	return s.openEndpoint()
}

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
	if err := endpoint.Bind(tcpip.FullAddress{NIC: nicID, Addr: toTCPIP(s.local), Port: s.port}); err != nil {
		return s.ip.internal("bind", err)
	}
	connectErr := endpoint.Connect(tcpip.FullAddress{NIC: nicID, Addr: toTCPIP(s.remote.Addr()), Port: s.remote.Port()})
	if _, started := connectErr.(*tcpip.ErrConnectStarted); connectErr != nil && !started {
		s.cleanup()
		return s.ip.internal("connect", connectErr)
	}
	s.ip.settle()
	return nil
}

// reset prepares the socket for a new connection.
func (s *TCPSocket) reset() {
	s.rx.reset(s)
	s.tx.reset()
	s.count = traffic{}
	s.synSent, s.halfOpen = false, false
}

// netstackSYN takes netstack's SYN or SYN-ACK, which decides on the sequence
// number. NetX has its own time for sending it again, so netstack's further
// ones are dropped.
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

// receiveInSynSent handles a segment while the peer has not answered the SYN.
func (s *TCPSocket) receiveInSynSent(packet *packetpool.Packet, seg *segment) bool {
	acknowledges := seg.has(header.TCPFlagAck) && seg.ack == s.tx.next
	switch {
	case seg.has(header.TCPFlagRst):
		if acknowledges {
			s.ended()
		}
	case seg.has(header.TCPFlagSyn) && acknowledges:
		return s.answered(packet, seg)
	case seg.has(header.TCPFlagSyn) && !seg.has(header.TCPFlagAck):
		s.crossed(seg)
	case seg.has(header.TCPFlagAck) && !acknowledges:
		s.sendRST(seg)
	}
	return false
}

// answered completes the handshake of a client.
func (s *TCPSocket) answered(packet *packetpool.Packet, seg *segment) bool {
	s.peerMSS = seg.mss()
	s.mss = min(s.mss, s.peerMSS)
	s.deliver(seg)
	if tcp.EndpointState(s.endpoint.State()) != tcp.StateEstablished {
		return false
	}
	s.rx.next = seg.seq.Add(1)
	s.tx.open(s, seg.window)
	s.sendACK()
	s.timeout = 0
	s.state = TCPEstablished
	s.log("established")
	s.call(s.on.established)
	s.wait.connect.wake(nil, nil)
	return s.dataWithHandshake(packet, seg)
}

// crossed answers the SYN of a peer that connects to us at the same time.
func (s *TCPSocket) crossed(seg *segment) {
	s.peerMSS = seg.mss()
	s.deliver(seg)
	s.rx.next = seg.seq.Add(1)
	s.tx.open(s, seg.window)
	s.state, s.timeout = TCPSynReceived, 0
	s.sendSYN()
}

// dataWithHandshake takes data that came with the end of the handshake.
func (s *TCPSocket) dataWithHandshake(packet *packetpool.Packet, seg *segment) bool {
	if seg.payload == 0 {
		return false
	}
	queued := s.enqueue(packet, seg)
	s.receiveData()
	return queued
}
