package host

import (
	"bytes"
	"errors"
	"io"
	"net/netip"
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
	if err := s.ep.Bind(toFull(local)); err != nil {
		s.ep.Close()
		return goError(err)
	}
	return nil
}

// A hostListener is a listening endpoint.
type hostListener struct{ *hostSocket }

func (b *hostBackend) listen(local netip.AddrPort, only6 bool) (acceptor, error) {
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
	return hostListener{s}, nil
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
	if s.deaf {
		return 0, io.EOF
	}
	w := tcpip.SliceWriter(p)
	result, err := s.ep.Read(&w, tcpip.ReadOptions{})
	switch err.(type) {
	case nil:
		s.host.stack.Settle()
		return result.Count, nil
	case *tcpip.ErrClosedForReceive:
		return 0, io.EOF
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

func (s *hostStream) closeRead() {
	s.deaf = true
	s.ep.Shutdown(tcpip.ShutdownRead)
	s.host.stack.Settle()
}

func (s *hostStream) closeWrite() error {
	s.shutdown = true
	err := s.ep.Shutdown(tcpip.ShutdownWrite)
	s.host.stack.Settle()
	return goError(err)
}

func (s *hostStream) abort() {
	s.ep.SocketOptions().SetLinger(tcpip.LingerOption{Enabled: true})
}
