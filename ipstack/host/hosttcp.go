package host

import (
	"bytes"
	"errors"
	"io"
	"net/netip"
	"slices"
	"syscall"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv6"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
	"gvisor.dev/gvisor/pkg/waiter"
)

// backlog is the number of connections that may wait to be accepted.
const backlog = 4096

// hostBackend is a host as the backend of its Net.
type hostBackend Host

func (b *hostBackend) address(six bool) netip.Addr {
	if six {
		return b.addr6
	}
	return b.addr
}

// A hostSocket is an endpoint of netstack.
type hostSocket struct {
	host    *hostBackend
	ep      tcpip.Endpoint
	queue   *waiter.Queue
	entry   waiter.Entry
	changed func()
}

// socket makes an endpoint for an address.
func (b *hostBackend) socket(transport tcpip.TransportProtocolNumber, addr netip.Addr) (*hostSocket, error) {
	network := ipv4.ProtocolNumber
	if addr.Is6() {
		network = ipv6.ProtocolNumber
		if !b.addr6.IsValid() {
			return nil, syscall.EAFNOSUPPORT
		}
	}
	queue := new(waiter.Queue)
	ep, err := b.stack.NewEndpoint(transport, network, queue)
	if err != nil {
		return nil, goError(err)
	}
	return b.adopt(ep, queue), nil
}

func (b *hostBackend) adopt(ep tcpip.Endpoint, queue *waiter.Queue) *hostSocket {
	s := &hostSocket{host: b, ep: ep, queue: queue}
	mask := waiter.EventIn | waiter.EventOut | waiter.EventErr | waiter.EventHUp
	s.entry = waiter.NewFunctionEntry(mask, func(waiter.EventMask) { b.stack.Notify(s) })
	queue.EventRegister(&s.entry)
	return s
}

// Ready is called when netstack has settled.
func (s *hostSocket) Ready() {
	if s.changed != nil {
		s.changed()
	}
}

func (s *hostSocket) watch(changed func()) { s.changed = changed }

func (s *hostSocket) local() netip.AddrPort {
	a, err := s.ep.GetLocalAddress()
	if err != nil {
		return netip.AddrPort{}
	}
	return fromFull(a)
}

// close gives the endpoint up; netstack sends what is left.
func (s *hostSocket) close() {
	s.queue.EventUnregister(&s.entry)
	s.ep.Close()
	s.host.stack.Settle()
}

func (s *hostSocket) bind(local netip.AddrPort) error {
	err := s.ep.Bind(toFull(local))
	if err == nil {
		return nil
	}
	s.ep.Close()
	if _, none := err.(*tcpip.ErrNoPortAvailable); none {
		return syscall.EADDRINUSE
	}
	return goError(err)
}

// A hostListener is a listening endpoint.
type hostListener struct {
	*hostSocket
	at    netip.AddrPort
	only6 bool
}

func (b *hostBackend) listen(local netip.AddrPort, only6 bool) (acceptor, error) {
	l := hostListener{at: local, only6: only6}
	if local.Port() != 0 && slices.ContainsFunc(b.world.open, l.collides) {
		return nil, syscall.EADDRINUSE
	}
	s, err := b.socket(tcp.ProtocolNumber, local.Addr())
	if err != nil {
		return nil, err
	}
	s.ep.SocketOptions().SetReuseAddress(true)
	s.ep.SocketOptions().SetV6Only(only6)
	if err := s.bind(local); err != nil {
		return nil, err
	}
	if err := s.ep.Listen(backlog); err != nil {
		s.ep.Close()
		return nil, goError(err)
	}
	l.hostSocket, l.at = s, netip.AddrPortFrom(local.Addr(), s.local().Port())
	return l, nil
}

func (l hostListener) local() netip.AddrPort { return l.at }

// collides reports whether an open socket listens already where l would, which netstack does not
// mind when one of the two listens at every address and both may use addresses again.
func (l hostListener) collides(e *endpoint) bool {
	other, ok := e.socket.(hostListener)
	return ok && other.at.Port() == l.at.Port() && (l.covers(other.at.Addr()) || other.covers(l.at.Addr()))
}

// covers reports whether l listens at an address, too.
func (l hostListener) covers(addr netip.Addr) bool {
	own := l.at.Addr()
	switch {
	case !own.IsUnspecified():
		return own == addr
	case own.Is4() || l.only6:
		return own.Is4() == addr.Is4()
	}
	return true
}

func (l hostListener) accept() (stream, error) {
	var peer tcpip.FullAddress
	ep, queue, err := l.ep.Accept(&peer)
	if err != nil {
		return nil, goError(err)
	}
	return l.host.newStream(l.host.adopt(ep, queue), fromFull(peer)), nil
}

// A hostStream is an endpoint with a peer.
type hostStream struct {
	*hostSocket
	peer     netip.AddrPort
	deaf     bool // closed for reading
	shutdown bool // closed for writing
}

// newStream is, like package net's connections, one that does not wait for more to send.
func (b *hostBackend) newStream(s *hostSocket, peer netip.AddrPort) *hostStream {
	s.ep.SocketOptions().SetDelayOption(false)
	return &hostStream{hostSocket: s, peer: peer}
}

func (b *hostBackend) connect(to netip.AddrPort) (stream, error) {
	if to.Addr().Is6() && !b.addr6.IsValid() {
		return nil, syscall.ENETUNREACH
	}
	s, err := b.socket(tcp.ProtocolNumber, to.Addr())
	if err != nil {
		return nil, err
	}
	err = goError(s.ep.Connect(toFull(to)))
	b.stack.Settle()
	if err != nil && !errors.Is(err, errWait) {
		s.close()
		return nil, err
	}
	return b.newStream(s, to), nil
}

func (s *hostStream) remote() netip.AddrPort { return s.peer }

func (s *hostStream) connected() error {
	if err := s.ep.LastError(); err != nil {
		return goError(err)
	}
	switch tcp.EndpointState(s.ep.State()) {
	case tcp.StateConnecting, tcp.StateSynSent, tcp.StateSynRecv:
		return errWait
	}
	return nil
}

func (s *hostStream) read(p []byte) (int, error) {
	w := tcpip.SliceWriter(p)
	result, err := s.ep.Read(&w, tcpip.ReadOptions{})
	switch err.(type) {
	case nil:
		s.host.stack.Settle()
		return result.Count, nil
	case *tcpip.ErrClosedForReceive:
		return 0, io.EOF
	case *tcpip.ErrWouldBlock:
		if s.deaf {
			return 0, io.EOF
		}
		return 0, errWait
	default:
		return 0, goError(err)
	}
}

func (s *hostStream) write(p []byte) (done int, err error) {
	if s.shutdown {
		return 0, syscall.EPIPE
	}
	for done < len(p) {
		n, err := s.ep.Write(bytes.NewReader(p[done:]), tcpip.WriteOptions{})
		done += int(n)
		s.host.stack.Settle()
		if err != nil {
			return done, goError(err)
		}
	}
	return done, nil
}

// ended reports whether there is no connection any more.
func (s *hostStream) ended() bool {
	switch tcp.EndpointState(s.ep.State()) {
	case tcp.StateTimeWait, tcp.StateClose, tcp.StateError:
		return true
	}
	return false
}

// closeRead does not tell netstack, which would throw away what has come and what comes.
func (s *hostStream) closeRead() error {
	if s.ended() {
		return syscall.ENOTCONN
	}
	s.deaf = true
	return nil
}

func (s *hostStream) closeWrite() error {
	if s.ended() {
		return syscall.ENOTCONN
	}
	s.shutdown = true
	err := s.ep.Shutdown(tcpip.ShutdownWrite)
	s.host.stack.Settle()
	return goError(err)
}
