package host

import (
	"fmt"
	"net"
	"net/netip"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
	"gvisor.dev/gvisor/pkg/waiter"
)

// backlog is the number of connections that may wait to be accepted.
const backlog = 4096

// Listen listens on a TCP port of the host. The listener's Accept suspends the
// calling program until a client has connected.
func (h *Host) Listen(port uint16) (net.Listener, error) {
	queue := new(waiter.Queue)
	ep, err := h.open(queue)
	if err != nil {
		return nil, h.listenError(port, err)
	}
	if err := ep.Bind(tcpip.FullAddress{Port: port}); err != nil {
		ep.Close()
		return nil, h.listenError(port, err)
	}
	if err := ep.Listen(backlog); err != nil {
		ep.Close()
		return nil, h.listenError(port, err)
	}
	return &listener{h.newEndpoint(ep, queue, fmt.Sprintf("listener %s:%d", h.name, port))}, nil
}

func (h *Host) open(queue *waiter.Queue) (tcpip.Endpoint, tcpip.Error) {
	return h.stack.NewEndpoint(tcp.ProtocolNumber, ipv4.ProtocolNumber, queue)
}

func (h *Host) listenError(port uint16, err tcpip.Error) error {
	addr := net.TCPAddrFromAddrPort(netip.AddrPortFrom(h.address, port))
	return &net.OpError{Op: "listen", Net: "tcp", Addr: addr, Err: goError(err)}
}

// listener is a listening port as a net.Listener.
type listener struct{ *endpoint }

// Accept implements net.Listener.
func (l *listener) Accept() (net.Conn, error) {
	c, err := l.accept()
	if err != nil {
		return nil, &net.OpError{Op: "accept", Net: "tcp", Addr: l.Addr(), Err: err}
	}
	return c, nil
}

func (l *listener) accept() (net.Conn, error) {
	if err := l.check(&l.read); err != nil {
		return nil, err
	}
	for {
		var peer tcpip.FullAddress
		ep, queue, err := l.ep.Accept(&peer)
		switch err.(type) {
		case nil:
			return l.host.newConn(ep, queue, peer), nil
		case *tcpip.ErrWouldBlock:
			if err := l.wait(&l.read); err != nil {
				return nil, err
			}
		default:
			return nil, goError(err)
		}
	}
}

// Close implements net.Listener.
func (l *listener) Close() error { return l.close() }

// Addr implements net.Listener.
func (l *listener) Addr() net.Addr { return l.localAddr() }

// newConn makes a connected endpoint a net.Conn. Like package net's, it does
// not wait for more to send.
func (h *Host) newConn(ep tcpip.Endpoint, queue *waiter.Queue, peer tcpip.FullAddress) *conn {
	ep.SocketOptions().SetDelayOption(false)
	remote := tcpAddr(peer)
	return &conn{h.newEndpoint(ep, queue, fmt.Sprintf("connection %s to %s", h.name, remote)), remote}
}

// Dial connects to a TCP port of another host. It suspends the calling program
// until the connection is there.
func (h *Host) Dial(to netip.AddrPort) (net.Conn, error) {
	c, err := h.dial(to)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Addr: net.TCPAddrFromAddrPort(to), Err: err}
	}
	return c, nil
}

func (h *Host) dial(to netip.AddrPort) (*conn, error) {
	queue := new(waiter.Queue)
	ep, err := h.open(queue)
	if err != nil {
		return nil, goError(err)
	}
	peer := tcpip.FullAddress{NIC: nicID, Addr: tcpip.AddrFrom4(to.Addr().As4()), Port: to.Port()}
	c := h.newConn(ep, queue, peer)
	err = ep.Connect(peer)
	h.stack.Settle()
	if _, started := err.(*tcpip.ErrConnectStarted); started {
		if err := c.wait(&c.write); err != nil {
			c.close()
			return nil, err
		}
		err = ep.LastError()
	}
	if err != nil {
		c.close()
		return nil, goError(err)
	}
	return c, nil
}
