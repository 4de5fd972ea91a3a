package host

import (
	"context"
	"net"
	"net/netip"
	"time"

	"netxsim/sim"
)

// A Net is the network as a program on one simulated machine sees it, with the
// functions of package net. What they return are the types of package net, and the
// errors, *net.OpError, wrap what package net's wrap: os.ErrDeadlineExceeded,
// net.ErrClosed, syscall.ECONNREFUSED and so on. Networks are tcp, tcp4, udp and udp4.
//
// The connections have CloseRead, CloseWrite, SetLinger, SetNoDelay, SetKeepAlive, SetKeepAlivePeriod, SetKeepAliveConfig,
// SetReadBuffer and SetWriteBuffer, UDP ports the latter two, ReadFromUDPAddrPort and
// WriteToUDPAddrPort, and listeners SetDeadline, for those who ask for them.
type Net struct {
	world    *world
	name     string
	back     backend
	resolver *Resolver
}

func newNet(kernel *sim.Kernel, name string, callers Callers, back backend) Net {
	return Net{world: newWorld(kernel, callers), name: name, back: back, resolver: &Resolver{NamesOf(kernel)}}
}

// Resolver looks names up in the host table of the simulation.
func (n *Net) Resolver() *Resolver { return n.resolver }

// Now returns the time that deadlines are compared with: for goroutines that of
// package time, for who holds the baton the simulation's, 2000-01-01 UTC and the
// time it has run.
func (n *Net) Now() time.Time { return n.world.now() }

// Go starts an ordinary program on the machine: one of the kernel's or, if the callers are
// goroutines, a goroutine.
func (n *Net) Go(f func()) {
	if n.world.goroutines {
		go f()
		return
	}
	n.world.kernel.Go(n.name, f)
}

// opError is an error of an operation that has no socket.
func opError(op, network string, addr net.Addr, err error) error {
	return &net.OpError{Op: op, Net: network, Addr: addr, Err: err}
}

// Listen listens on a TCP port, as net.Listen does. Accept waits. Without a host
// in address it listens on all of the machine's; Addr then has the first one, so that
// others can dial it.
func (n *Net) Listen(network, address string) (net.Listener, error) {
	kind, p, err := n.parse(context.Background(), network, address)
	if err != nil {
		return nil, opError("listen", network, nil, err)
	}
	if kind != "tcp" {
		return nil, opError("listen", network, p.name(kind), &net.AddrError{Err: "unexpected address type", Addr: address})
	}
	l := &listener{net: n}
	local := netip.AddrPortFrom(p.addrs[0], p.port)
	err = net.ErrClosed
	n.world.do(func() {
		if l.acceptor, err = n.back.listen(local); err == nil {
			n.openListener(l, network)
		}
	})
	if err != nil {
		return nil, opError("listen", network, p.name(kind), systemError("listen", err))
	}
	return l, nil
}

func (n *Net) openListener(l *listener, network string) {
	local := n.reachable(l.acceptor.local())
	what := "listener " + n.name + " " + local.String()
	l.open(n.world, l.acceptor, network, "input of "+what, "room in "+what)
	l.to = net.TCPAddrFromAddrPort(local)
}

// reachable replaces the address that stands for all by one that others can use.
func (n *Net) reachable(a netip.AddrPort) netip.AddrPort {
	if !a.Addr().IsValid() || a.Addr().IsUnspecified() {
		return netip.AddrPortFrom(n.back.address(), a.Port())
	}
	return a
}

// ListenPacket opens a UDP port, as net.ListenPacket does.
func (n *Net) ListenPacket(network, address string) (net.PacketConn, error) {
	kind, p, err := n.parse(context.Background(), network, address)
	if err != nil {
		return nil, opError("listen", network, nil, err)
	}
	if kind != "udp" {
		return nil, opError("listen", network, p.name(kind), &net.AddrError{Err: "unexpected address type", Addr: address})
	}
	local := netip.AddrPortFrom(p.addrs[0], p.port)
	c, err := n.openPackets(network, local, netip.AddrPort{})
	if err != nil {
		return nil, opError("listen", network, p.name(kind), systemError("listen", err))
	}
	return c, nil
}

func (n *Net) openPackets(network string, local, to netip.AddrPort) (*packetConn, error) {
	var c *packetConn
	err := net.ErrClosed
	n.world.do(func() {
		var d datagrams
		if d, err = n.back.packets(local, to); err == nil {
			c = n.newPacketConn(d, network, to)
			c.source = net.UDPAddrFromAddrPort(n.reachable(d.local()))
		}
	})
	return c, err
}

// Dial connects to an address, as net.Dial does, and waits for the connection.
// With UDP nothing is sent.
func (n *Net) Dial(network, address string) (net.Conn, error) {
	return n.dial(context.Background(), network, address, 0)
}

// DialTimeout is Dial that gives up after a time; 0 means none. The error wraps context.DeadlineExceeded
// (package net's that or os.ErrDeadlineExceeded, by chance).
func (n *Net) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	return n.dial(context.Background(), network, address, timeout)
}

// DialContext is Dial that the end of a context ends too, as net.Dialer's is. With
// the baton the context is looked at only before and after: use DialTimeout.
func (n *Net) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	return n.dial(ctx, network, address, 0)
}

func (n *Net) dial(ctx context.Context, network, address string, timeout time.Duration) (net.Conn, error) {
	kind, p, err := n.parse(ctx, network, address)
	if err != nil {
		return nil, opError("dial", network, nil, err)
	}
	if address == "" {
		return nil, opError("dial", network, nil, errMissingAddress)
	}
	var first error
	end := n.world.end(ctx, timeout)
	for i, addr := range p.addrs {
		to := netip.AddrPortFrom(addr, p.port)
		name := p.name(kind)
		if p.any { // the machine itself
			to = netip.AddrPortFrom(loopbackAddr, p.port)
		} else {
			name = tcpOrUDP(kind, to)
		}
		c, err := n.dialOne(ctx, kind, network, to, n.world.share(end, len(p.addrs)-i))
		if err == nil {
			return c, nil
		}
		if first == nil {
			first = opError("dial", network, name, dialError(err))
		}
	}
	return nil, first
}

func (n *Net) dialOne(ctx context.Context, kind, network string, to netip.AddrPort, timeout time.Duration) (net.Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if timeout < 0 {
		return nil, context.DeadlineExceeded
	}
	if kind == "udp" {
		c, err := n.openPackets(network, netip.AddrPortFrom(netip.IPv4Unspecified(), 0), to)
		if err != nil {
			return nil, err
		}
		return c, nil
	}
	c, err := n.dialTCP(ctx, network, to, timeout)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		if c != nil {
			c.Close()
		}
		return nil, err
	}
	return c, nil
}

// dialTCP connects. With an error too there may be a connection to close.
func (n *Net) dialTCP(ctx context.Context, network string, to netip.AddrPort, timeout time.Duration) (c *conn, err error) {
	err = net.ErrClosed
	n.world.do(func() {
		var s stream
		if s, err = n.back.connect(to); err != nil {
			return
		}
		c = n.newConn(s, network)
		if timeout > 0 {
			c.write.setLimit(true, n.world.kernel.Now()+timeout)
		}
	})
	if err != nil {
		return c, err
	}
	err = c.write.doContext(ctx, func() error {
		err := c.stream.connected()
		if err == nil {
			c.describe()
			c.write.limited = false
		}
		return err
	})
	return c, err
}
