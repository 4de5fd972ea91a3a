package ipstack

import (
	"errors"
	"net/netip"

	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"

	"netxsim/netx/status"
	"netxsim/packetpool"
)

// Connect opens a connection, as nx_tcp_client_socket_connect does. The calling
// thread waits up to wait ticks for it; the attempt ends with the wait.
//
// A port above 65535, which the checks of nx_tcp_client_socket_connect refuse,
// is tried until the retries are used up, as C does: its upper half runs over
// into the source port of the segments, and no answer belongs to the socket.
//
// Errors: status.IpAddressError without a route, status.NotBound,
// status.NotClosed, status.InProgress with no wait, status.NotConnected when
// the peer refuses or does not answer.
func (s *TCPSocket) Connect(addr netip.Addr, port, wait uint32) error {
	s.ip.enter()
	defer s.ip.leave()
	if err := s.ip.ipv6.check(addr); err != nil {
		return err
	}
	s.ip.ipv6.tidy()
	addr = s.ip.ipv6.inner(addr)
	via, hop, ok := s.ip.routeToHost(addr)
	if addr.Is4() && !isStandIn(toWord(addr)) {
		s.hop = hop // as in C, whose next hop changes even if the connection that there is keeps its interface
	}
	if !ok {
		return status.IpAddressError
	}
	if !s.bound {
		return status.NotBound
	}
	if s.state != TCPClosed && s.state != TCPTimedWait {
		return status.NotClosed
	}
	if err := s.startConnect(addr, port, via, hop); err != nil {
		return err
	}
	if wait == noWait || s.ip.inIPThread() {
		return status.InProgress
	}
	_, err := s.ip.await(&s.wait.connect, wait)
	if err != nil && (s.state == TCPSynSent || s.state == TCPSynReceived) {
		s.giveUp()
	}
	if errors.Is(err, errExpired) {
		return status.NotConnected
	}
	return err
}

// routeToHost is route for an address that is no group.
func (ip *IP) routeToHost(addr netip.Addr) (via *Interface, hop uint32, ok bool) {
	if !addr.Is4() || addr.IsUnspecified() || addr.IsMulticast() {
		return nil, 0, false
	}
	return ip.route(toWord(addr), nil)
}

// startConnect sends the SYN.
func (s *TCPSocket) startConnect(addr netip.Addr, port uint32, via *Interface, hop uint32) error {
	s.ip.tcp.info.Connections++
	s.rx.flush()
	s.reset()
	s.portOverflow = uint16(port >> 16)
	s.setPeer(via, hop, s.ip.localFor(via, addr), netip.AddrPortFrom(addr, uint16(port)))
	s.state = TCPSynSent
	s.log("connecting")
	s.startTimeout()
	return s.openEndpoint()
}

// reset prepares the socket for a new connection.
func (s *TCPSocket) reset() {
	s.rx.reset(s)
	s.tx.reset()
	s.count = traffic{}
	s.synSent, s.halfOpen, s.wasReset, s.halfClosed = false, false, false, false
}

// receiveInSynSent handles a segment while the peer has not answered the SYN.
func (s *TCPSocket) receiveInSynSent(packet *packetpool.Packet, seg *segment) bool {
	acknowledges := seg.has(header.TCPFlagAck) && seg.ack == s.tx.next
	switch {
	case seg.has(header.TCPFlagRst):
		if acknowledges {
			s.wasReset = true
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
	s.revive()
	s.deliver(seg)
	if tcp.EndpointState(s.endpoint.State()) != tcp.StateEstablished {
		return false
	}
	s.rx.next = seg.seq.Add(1)
	s.tx.open(s, seg.window)
	s.due = 0
	s.state = TCPEstablished
	s.sendACK() // owed from now on if there is no packet for it
	s.log("established")
	s.call(s.on.established)
	s.wait.connect.wake(nil, nil)
	return s.dataWithHandshake(packet, seg)
}

// crossed answers the SYN of a peer that connects to us at the same time.
func (s *TCPSocket) crossed(seg *segment) {
	s.deliver(seg)
	s.rx.next = seg.seq.Add(1)
	s.tx.open(s, seg.window)
	s.state, s.due = TCPSynReceived, 0
	s.sendSYN()
}

// dataWithHandshake takes data that came with the end of the handshake.
func (s *TCPSocket) dataWithHandshake(packet *packetpool.Packet, seg *segment) bool {
	if seg.payload == 0 {
		return false
	}
	if s.refuseData(packet, seg) {
		return true
	}
	queued := s.enqueue(packet, seg)
	s.receiveData()
	return queued
}
