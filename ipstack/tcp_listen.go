package ipstack

import (
	"bytes"
	"errors"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/waiter"

	"netxsim/netx/status"
	"netxsim/packetpool"
)

// listener is a port on which an instance listens: the socket that takes the
// next connection, and the SYNs that came while there was none.
type listener struct {
	tcp      *tcpProtocol
	port     uint16
	socket   *TCPSocket // nil while none waits
	callback func(s *TCPSocket, port uint16)
	limit    int
	queue    []*packetpool.Packet
	held     holder
}

// Listen makes socket wait for a connection to port, as
// nx_tcp_server_socket_listen does. Up to queue SYNs that arrive while no
// socket waits are kept, each in a packet; when there are more the oldest goes.
// The callback, which may be nil, is called in the IP thread with the socket
// that is to accept.
//
// Errors: status.DuplicateListen, status.MaxListen, status.NotClosed,
// status.AlreadyBound.
func (ip *IP) Listen(port uint16, socket *TCPSocket, queue int, callback func(s *TCPSocket, port uint16)) error {
	t := ip.tcp
	switch {
	case socket.state != TCPClosed:
		return status.NotClosed
	case socket.bound || socket.binding.pending():
		return status.AlreadyBound
	case t.listeners[port] != nil:
		return status.DuplicateListen
	case len(t.listeners) == maxListeners:
		return status.MaxListen
	}
	l := &listener{tcp: t, port: port, socket: socket, callback: callback, limit: queue}
	l.held = holder{"ip " + ip.name + " listen queue", debugListen}
	t.listeners[port] = l
	socket.listen(port)
	return nil
}

// listen puts the socket in the state in which it waits for a SYN.
func (s *TCPSocket) listen(port uint16) {
	s.client = false
	s.state = TCPListen
	s.port = port
	s.due = 0
}

// Relisten makes a socket wait for the next connection to a port that the
// instance listens on, as nx_tcp_server_socket_relisten does.
//
// Errors: status.NotClosed, status.AlreadyBound, status.InvalidRelisten when
// the port is not listened on or another socket waits, and
// status.ConnectionPending, which is a success: a SYN was queued and only needs
// to be accepted.
func (ip *IP) Relisten(port uint16, socket *TCPSocket) error {
	ip.enter()
	defer ip.leave()
	if socket.state != TCPClosed {
		return status.NotClosed
	}
	if socket.bound || socket.binding.pending() {
		return status.AlreadyBound
	}
	l := ip.tcp.listeners[port]
	if l == nil || l.socket != nil {
		return status.InvalidRelisten
	}
	socket.client = false
	socket.state, socket.port = TCPListen, port
	if len(l.queue) == 0 {
		l.socket = socket
		return nil
	}
	packet := l.queue[0]
	l.queue = append(l.queue[:0], l.queue[1:]...)
	if seg, ok := parseSegment(header.IPv4(ip.contiguous(packet))); ok {
		socket.assign(&seg, ip.arrivedOn(packet))
	}
	packet.Release()
	if l.callback != nil {
		l.callback(socket, port)
	}
	return status.ConnectionPending
}

// Unlisten ends listening on a port, as nx_tcp_server_socket_unlisten does.
// Queued SYNs are dropped; connections stay.
//
// Errors: status.EntryNotFound, status.NotListenState when the socket that
// waits is already accepting.
func (ip *IP) Unlisten(port uint16) error {
	ip.enter()
	defer ip.leave()
	l := ip.tcp.listeners[port]
	if l == nil {
		return status.EntryNotFound
	}
	if l.socket != nil {
		if l.socket.state != TCPListen {
			return status.NotListenState
		}
		l.socket.state = TCPClosed
	}
	for _, packet := range l.queue {
		packet.Release()
	}
	delete(ip.tcp.listeners, port)
	return nil
}

// receive handles a segment without ACK for the port.
func (l *listener) receive(packet *packetpool.Packet, seg *segment) {
	switch {
	case seg.has(header.TCPFlagRst):
		l.drop(seg)
		packet.Release()
	case !seg.has(header.TCPFlagSyn):
		l.tcp.info.ReceivePacketsDropped++
		packet.Release()
	case l.socket != nil:
		l.tcp.info.Connections++
		s := l.socket
		l.socket = nil
		s.assign(seg, l.tcp.ip.arrivedOn(packet))
		packet.Release()
		if s.state == TCPSynReceived { // accepted before the SYN came
			s.answerSYN()
		}
		if l.callback != nil {
			l.callback(s, l.port)
		}
	default:
		l.tcp.info.Connections++
		l.park(packet, seg)
	}
}

// park queues a SYN in its packet. A client already queued keeps its place.
func (l *listener) park(packet *packetpool.Packet, seg *segment) {
	if l.find(seg) >= 0 {
		l.tcp.info.ReceivePacketsDropped++
		packet.Release()
		return
	}
	packet.Hold(&l.held)
	l.queue = append(l.queue, packet)
	if len(l.queue) > l.limit {
		l.tcp.info.ConnectionsDropped++
		l.tcp.info.Connections--
		l.tcp.info.ReceivePacketsDropped++
		l.queue[0].Release()
		l.queue = append(l.queue[:0], l.queue[1:]...)
	}
}

// drop removes the queued SYN of a client that reset its attempt.
func (l *listener) drop(seg *segment) {
	l.tcp.info.ReceivePacketsDropped++
	if i := l.find(seg); i >= 0 {
		l.queue[i].Release()
		l.queue = append(l.queue[:i], l.queue[i+1:]...)
	}
}

// find returns the place of a client's SYN in the queue, or -1.
func (l *listener) find(seg *segment) int {
	for i, packet := range l.queue {
		queued, ok := parseSegment(header.IPv4(packet.Bytes()))
		if ok && queued.incoming() == seg.incoming() {
			return i
		}
	}
	return -1
}

// assign gives a SYN, which came in at an interface, to the socket that is to
// accept it.
func (s *TCPSocket) assign(seg *segment, in *Interface) {
	remote := seg.incoming().remote
	via, hop, _ := s.ip.route(toWord(remote.Addr()), in)
	s.peerMSS, s.portOverflow = seg.mss(), 0
	s.ip.tcp.bind(s, s.port)
	s.setPeer(via, hop, s.ip.localFor(in, remote.Addr()), remote)
	s.parked = bytes.Clone(seg.datagram)
	if parked, ok := parseSegment(header.IPv4(s.parked)); ok {
		s.inward(&parked)
	}
}

// Accept answers the SYN of the client that is connecting, or of the next one
// that does, and waits up to wait ticks for the connection, as
// nx_tcp_server_socket_accept does.
//
// Errors: status.NotListenState, status.InProgress with no wait,
// status.NotConnected when the wait ran out; the socket then listens again.
func (s *TCPSocket) Accept(wait uint32) error {
	s.ip.enter()
	defer s.ip.leave()
	switch s.state {
	case TCPEstablished:
		return nil
	case TCPListen:
		if s.bound && s.parked == nil { // what is left of a connection
			return status.NotListenState
		}
		s.state = TCPSynReceived
		s.due = 0
		if s.bound {
			s.answerSYN()
		}
	case TCPSynReceived:
	default:
		return status.NotListenState
	}
	if wait == noWait || s.ip.inIPThread() {
		return status.InProgress
	}
	_, err := s.ip.await(&s.wait.connect, wait)
	if err != nil {
		if s.state == TCPSynReceived {
			s.giveUp()
		}
		s.state, s.due = TCPListen, 0
	}
	if errors.Is(err, errExpired) {
		return status.NotConnected
	}
	return err
}

// answerSYN gives netstack the parked SYN, which makes the socket send its
// SYN-ACK at once.
func (s *TCPSocket) answerSYN() {
	seg, ok := parseSegment(header.IPv4(s.parked))
	if !ok || s.ip.tcp.openListener(s.port) != nil {
		return
	}
	s.rx.queue.abandon()
	s.reset()
	s.rx.start(seg.seq.Add(1))
	s.startTimeout()
	s.log("accepting")
	s.openHalf(&seg)
}

// openListener makes netstack listen on a port, from the first accept until the
// instance ends: it sees no SYN that was not accepted.
func (t *tcpProtocol) openListener(port uint16) error {
	if t.endpoints[port] != nil {
		return nil
	}
	endpoint, err := t.ip.newEndpoint(new(waiter.Queue))
	if err != nil {
		return err
	}
	if err := endpoint.Bind(tcpip.FullAddress{NIC: nicID, Port: port}); err != nil {
		return t.ip.internal("bind a listener", err)
	}
	if err := endpoint.Listen(halfOpen); err != nil {
		return t.ip.internal("listen", err)
	}
	t.endpoints[port] = endpoint
	return nil
}

// halfOpen is more connections than can be accepted at a time on one port.
const halfOpen = 1 << 15

// receiveInSynReceived handles a segment while the client has not confirmed
// the SYN-ACK. It reports whether the packet is in the receive queue now.
func (s *TCPSocket) receiveInSynReceived(packet *packetpool.Packet, seg *segment) bool {
	if !seg.has(header.TCPFlagAck) {
		return false
	}
	if seg.ack != s.tx.next {
		s.sendRST(seg)
		return false
	}
	s.deliver(seg)
	if s.endpoint == nil && !s.takeAccepted(seg) {
		return false
	}
	s.tx.open(s, seg.window)
	s.state = TCPEstablished
	s.log("established")
	s.call(s.on.established)
	s.rx.acked = s.rx.next
	s.wait.connect.wake(nil, nil)
	return s.dataWithHandshake(packet, seg)
}

// accepted returns the endpoint of the connection to port whose handshake
// netstack has just finished, if it has.
func (t *tcpProtocol) accepted(port uint16) (tcpip.Endpoint, *waiter.Queue) {
	endpoint, queue, err := t.endpoints[port].Accept(nil)
	if err != nil {
		return nil, nil
	}
	return endpoint, queue
}

// Unaccept frees a server socket for another relisten, as
// nx_tcp_server_socket_unaccept does: segments it never received are released
// and its port is free.
//
// Errors: status.NotListenState while a connection is open or opening, and for
// a socket that is closed and not bound.
func (s *TCPSocket) Unaccept() error {
	s.ip.enter()
	defer s.ip.leave()
	if s.state >= TCPCloseWait || s.state == TCPClosed && s.bound {
		s.dropEndpoint()
		s.state = TCPListen
		s.forgetPeer()
	}
	if s.state != TCPListen {
		return status.NotListenState
	}
	s.wait.disconnect.wakeAll(status.DisconnectFailed)
	if s.bound {
		s.ip.tcp.unbind(s)
	} else if l := s.ip.tcp.listeners[s.port]; l != nil && l.socket == s {
		l.socket = nil
	}
	s.state, s.client = TCPClosed, true
	s.due = 0
	s.parked = nil
	s.rx.flush()
	return nil
}
