package host

import (
	"net"
	"net/netip"
	"slices"
	"syscall"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
	"gvisor.dev/gvisor/pkg/waiter"
)

// handshakeLimit is how long a client may take to answer the SYN-ACK.
const handshakeLimit = 75 * time.Second

// Gate has f decide about the TCP connections that clients ask the host for,
// before anybody answers them. f is called in event context with each SYN that
// opens a connection and must not wait. It reports whether it takes the
// request: then the client hears nothing until Accept or Refuse is called, and
// its repeated SYNs are dropped. What f does not take goes to the listeners of
// the host. A nil f takes the gate away; requests that were taken stay good.
//
// gVisor's own forwarder would start a goroutine per request, and complete the
// handshake in it, beside the simulation.
func (h *Host) Gate(f func(*ConnRequest) bool) {
	h.gate.ask = f
}

// AnswerAll makes the host take packets for any address, not only its own, as
// the last router before a network does. It answers no ARP requests for them: clients need
// the host as their gateway.
func (h *Host) AnswerAll() {
	h.stack.SetPromiscuousMode(nicID, true)
	h.stack.SetSpoofing(nicID, true)
}

// gate is what a host knows about connections that wait for a decision.
type gate struct {
	ask       func(*ConnRequest) bool
	requests  []*ConnRequest  // asked for and neither accepted nor refused
	listeners []*gateListener // for the ports at which requests were accepted
}

// A ConnRequest is a client's wish for a TCP connection. Its methods are for the
// holder of the kernel's baton; call Accept or Refuse, once.
type ConnRequest struct {
	host     *Host
	from, to netip.AddrPort
	syn      []byte // the frame, until it is answered
	conn     *conn
	err      error
}

// From returns the address of the client.
func (r *ConnRequest) From() netip.AddrPort { return r.from }

// To returns the address that the client wants to be connected with.
func (r *ConnRequest) To() netip.AddrPort { return r.to }

// WaitReason says in a report what a program waits for in Accept.
func (r *ConnRequest) WaitReason() string { return "handshake with " + r.from.String() }

// Accept answers the client and suspends the calling program until the
// connection is there, at most 75 s.
//
// Errors, in an *net.OpError: ECONNRESET when the client has given up,
// ETIMEDOUT, and EADDRINUSE when a program of the host listens at the port.
// The request is over with any of them.
func (r *ConnRequest) Accept() (net.Conn, error) {
	c, err := r.accept()
	if err != nil {
		return nil, &net.OpError{
			Op: "accept", Net: "tcp", Source: net.TCPAddrFromAddrPort(r.to), Addr: net.TCPAddrFromAddrPort(r.from), Err: err,
		}
	}
	return c, nil
}

func (r *ConnRequest) accept() (*conn, error) {
	h := r.host
	defer h.gate.forget(r)
	if r.err != nil {
		return nil, r.err
	}
	l, err := h.gateListener(r.to.Port())
	if err != nil {
		h.reset(r.syn)
		return nil, err
	}
	defer l.leave(r)
	l.waiting = append(l.waiting, r)
	syn := r.syn
	r.syn = nil
	h.deliver(syn)
	limit := h.kernel.Now() + handshakeLimit
	for l.collect(); r.conn == nil && r.err == nil; l.collect() {
		left := max(limit-h.kernel.Now(), 0)
		if err := h.kernel.WaitDeadline(r, left, syscall.ETIMEDOUT); err != nil {
			return nil, err
		}
	}
	return r.conn, r.err
}

// Refuse answers the client with a reset.
func (r *ConnRequest) Refuse() {
	r.host.gate.forget(r)
	if r.err == nil {
		r.host.reset(r.syn)
	}
	r.syn = nil
}

func (g *gate) forget(r *ConnRequest) {
	g.requests = slices.DeleteFunc(g.requests, func(have *ConnRequest) bool { return have == r })
}

// find returns the request of a client.
func (g *gate) find(from, to netip.AddrPort) *ConnRequest {
	for _, r := range g.requests {
		if r.from == from && r.to == to {
			return r
		}
	}
	return nil
}

// listener returns the gate's own listener at a port.
func (g *gate) listener(port uint16) *gateListener {
	for _, l := range g.listeners {
		if l.port == port {
			return l
		}
	}
	return nil
}

// holds reports whether the gate keeps a frame from the stack.
func (h *Host) holds(frame []byte) bool {
	if h.gate.ask == nil && len(h.gate.requests)+len(h.gate.listeners) == 0 {
		return false
	}
	s, ok := parseSegment(frame)
	if !ok {
		return false
	}
	r := h.gate.find(s.from, s.to)
	switch {
	case r != nil && s.flags.Contains(header.TCPFlagRst):
		return r.giveUp()
	case s.flags&(header.TCPFlagSyn|header.TCPFlagAck) != header.TCPFlagSyn:
		return false
	case r != nil:
		return r.syn != nil // the client repeats its SYN
	case h.connected(s):
		return false
	}
	return h.asks(s, frame)
}

// asks reports whether somebody takes the connection that a SYN asks for.
func (h *Host) asks(s segment, frame []byte) (taken bool) {
	g := &h.gate
	if g.ask != nil {
		r := &ConnRequest{host: h, from: s.from, to: s.to, syn: slices.Clone(frame)}
		g.requests = append(g.requests, r)
		if g.ask(r) {
			return true
		}
		g.forget(r)
	}
	if g.listener(s.to.Port()) == nil {
		return false
	}
	h.reset(frame) // the listener is none for everybody
	return true
}

// giveUp notes that the client has taken its wish back. It reports whether the
// stack need not know.
func (r *ConnRequest) giveUp() (unknown bool) {
	if unknown = r.syn != nil; unknown {
		r.host.gate.forget(r)
	}
	r.err = syscall.ECONNRESET
	r.host.kernel.Wake(r, nil)
	return unknown
}

// connected reports whether the stack has a connection with the sender of a SYN
// that a new one cannot replace.
func (h *Host) connected(s segment) bool {
	ep, ok := h.stack.FindTransportEndpoint(ipv4.ProtocolNumber, tcp.ProtocolNumber, stack.TransportEndpointID{
		LocalAddress: tcpip.AddrFrom4(s.to.Addr().As4()), LocalPort: s.to.Port(),
		RemoteAddress: tcpip.AddrFrom4(s.from.Addr().As4()), RemotePort: s.from.Port(),
	}, nicID).(tcpip.Endpoint)
	if !ok {
		return false
	}
	state := tcp.EndpointState(ep.State())
	return state != tcp.StateListen && state != tcp.StateTimeWait && state != tcp.StateClose
}

// A gateListener listens at a port for the SYNs of accepted requests.
type gateListener struct {
	host    *Host
	port    uint16
	ep      tcpip.Endpoint
	queue   *waiter.Queue
	entry   waiter.Entry
	waiting []*ConnRequest
}

func (h *Host) gateListener(port uint16) (*gateListener, error) {
	if l := h.gate.listener(port); l != nil {
		return l, nil
	}
	l := &gateListener{host: h, port: port, queue: new(waiter.Queue)}
	ep, err := h.stack.NewEndpoint(tcp.ProtocolNumber, ipv4.ProtocolNumber, l.queue)
	if err != nil {
		return nil, goError(err)
	}
	l.ep = ep
	if err = ep.Bind(tcpip.FullAddress{Port: port}); err == nil {
		err = ep.Listen(backlog)
	}
	if err != nil {
		ep.Close()
		return nil, goError(err)
	}
	l.entry = waiter.NewFunctionEntry(waiter.EventIn|waiter.EventErr, func(waiter.EventMask) { h.stack.Notify(l) })
	l.queue.EventRegister(&l.entry)
	h.gate.listeners = append(h.gate.listeners, l)
	return l, nil
}

// Ready implements netstack.Ready.
func (l *gateListener) Ready() {
	for _, r := range l.waiting {
		l.host.kernel.Wake(r, nil)
	}
}

// collect hands out the connections whose handshake is complete.
func (l *gateListener) collect() {
	for {
		var peer tcpip.FullAddress
		ep, queue, err := l.ep.Accept(&peer)
		if err != nil {
			return
		}
		back := (*hostBackend)(l.host)
		c := l.host.newConn(back.newStream(back.adopt(ep, queue), fromFull(peer)), "tcp")
		if r := l.requestOf(c); r != nil {
			r.conn = c
			l.host.kernel.Wake(r, nil)
			continue
		}
		_ = c.SetLinger(0)
		_ = c.Close()
	}
}

func (l *gateListener) requestOf(c *conn) *ConnRequest {
	for _, r := range l.waiting {
		if r.conn == nil && addrPort(c.RemoteAddr()) == r.from && addrPort(c.LocalAddr()) == r.to {
			return r
		}
	}
	return nil
}

func addrPort(a net.Addr) netip.AddrPort {
	t, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.AddrPort{}
	}
	address := t.AddrPort()
	return netip.AddrPortFrom(address.Addr().Unmap(), address.Port())
}

// leave takes a request off the listener. The listener stays, since gVisor does
// not give the port of one with connections free again.
func (l *gateListener) leave(r *ConnRequest) {
	l.waiting = slices.DeleteFunc(l.waiting, func(have *ConnRequest) bool { return have == r })
}
