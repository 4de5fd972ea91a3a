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
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
	"gvisor.dev/gvisor/pkg/waiter"
)

// backlog is the number of connections that may wait to be accepted.
const backlog = 4096

// hostBackend is a host as the backend of its Net.
type hostBackend Host

func (b *hostBackend) address() netip.Addr { return b.addr }

// A hostSocket is an endpoint of netstack.
type hostSocket struct {
	host    *hostBackend
	ep      tcpip.Endpoint
	queue   *waiter.Queue
	entry   waiter.Entry
	changed func()
}

func (b *hostBackend) socket(transport tcpip.TransportProtocolNumber) (*hostSocket, error) {
	queue := new(waiter.Queue)
	ep, err := b.stack.NewEndpoint(transport, ipv4.ProtocolNumber, queue)
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
	return s.host.fromFull(a)
}

// fromFull is an address of netstack's; none is the one for all.
func (b *hostBackend) fromFull(a tcpip.FullAddress) netip.AddrPort {
	if a.Addr.Len() != 4 {
		return netip.AddrPortFrom(netip.IPv4Unspecified(), a.Port)
	}
	return netip.AddrPortFrom(netip.AddrFrom4(a.Addr.As4()), a.Port)
}

// toFull is an address for netstack.
func toFull(a netip.AddrPort) tcpip.FullAddress {
	full := tcpip.FullAddress{Port: a.Port()}
	if a.Addr().IsValid() && !a.Addr().IsUnspecified() {
		full.Addr = tcpip.AddrFrom4(a.Addr().As4())
	}
	return full
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
type hostListener struct{ *hostSocket }

func (b *hostBackend) listen(local netip.AddrPort) (acceptor, error) {
	if b.listensAt(local) {
		return nil, syscall.EADDRINUSE
	}
	s, err := b.socket(tcp.ProtocolNumber)
	if err != nil {
		return nil, err
	}
	s.ep.SocketOptions().SetReuseAddress(true)
	if err := s.bind(local); err != nil {
		return nil, err
	}
	if err := s.ep.Listen(backlog); err != nil {
		s.ep.Close()
		return nil, goError(err)
	}
	return hostListener{s}, nil
}

// listensAt reports whether somebody listens already where local is, which netstack does not
// mind when one of the two listens at every address and both may use addresses again.
func (b *hostBackend) listensAt(local netip.AddrPort) bool {
	return slices.ContainsFunc(b.world.open, func(e *endpoint) bool {
		l, ok := e.socket.(hostListener)
		if !ok || local.Port() == 0 {
			return false
		}
		other := l.local()
		return other.Port() == local.Port() && (other.Addr() == local.Addr() || other.Addr().IsUnspecified() || local.Addr().IsUnspecified())
	})
}

func (l hostListener) accept() (stream, error) {
	var peer tcpip.FullAddress
	ep, queue, err := l.ep.Accept(&peer)
	if err != nil {
		return nil, goError(err)
	}
	return l.host.newStream(l.host.adopt(ep, queue), l.host.fromFull(peer)), nil
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
	s, err := b.socket(tcp.ProtocolNumber)
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
