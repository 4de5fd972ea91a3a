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
// net.ErrClosed, syscall.ECONNREFUSED and so on. Networks are tcp and udp, and either with 4 or 6 behind it for one protocol only.
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
// in address it listens on all of the machine's, of both protocols if it has both; Addr then has the first one, of IPv4
// unless network is tcp6, so that others can dial it. A [Device] always listens on all of its addresses.
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
		if l.acceptor, err = n.back.listen(local, p.only6); err == nil {
			n.openListener(l, network, p.only6)
		}
	})
	if err != nil {
		return nil, opError("listen", network, p.name(kind), systemError("listen", err))
	}
	return l, nil
}

func (n *Net) openListener(l *listener, network string, only6 bool) {
	local := n.reachable(l.acceptor.local(), only6)
	what := "listener " + n.name + " " + local.String()
	l.open(n.world, l.acceptor, network, "input of "+what, "room in "+what)
	l.to = net.TCPAddrFromAddrPort(local)
}

// reachable replaces the address that stands for all by one that others can use: that of IPv4, unless it stands
// for those of IPv6 only. It is called with the baton.
func (n *Net) reachable(a netip.AddrPort, only6 bool) netip.AddrPort {
	if !a.Addr().IsValid() || a.Addr().IsUnspecified() {
		return netip.AddrPortFrom(n.back.address(only6), a.Port())
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
	c, err := n.openPackets(network, local, netip.AddrPort{}, p.only6)
	if err != nil {
		return nil, opError("listen", network, p.name(kind), systemError("listen", err))
	}
	return c, nil
}

// openPackets opens a UDP port.
func (n *Net) openPackets(network string, local, to netip.AddrPort, only6 bool) (c *packetConn, err error) {
	err = net.ErrClosed
	n.world.do(func() {
		var d datagrams
		if d, err = n.back.packets(local, to, only6); err == nil {
			c = n.newPacketConn(d, network, to)
			c.source = net.UDPAddrFromAddrPort(n.reachable(d.local(), only6))
			c.six, c.four = local.Addr().Is6(), !only6
		}
	})
	return c, err
}
