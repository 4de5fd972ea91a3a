package host

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"time"
)

// Dial connects to an address, as net.Dial does, and waits for the connection.
// With UDP nothing is sent. The addresses of a name, as far as the machine has their protocol, are tried one after the other, in
// the order of the host table, and share the time that there is; the error is that of the first one.
func (n *Net) Dial(network, address string) (net.Conn, error) {
	return n.dial(context.Background(), network, address, 0)
}

// DialTimeout is Dial that gives up after a time; 0 means none. The error wraps context.DeadlineExceeded and
// os.ErrDeadlineExceeded; package net's is one or the other, by chance.
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
			to = netip.AddrPortFrom(loopbackAddr(p.only6), p.port)
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
		six := to.Addr().Is6()
		c, err := n.openPackets(network, anyPort(six), to, six)
		if err != nil {
			return nil, err
		}
		return c, nil
	}
	c, err := n.dialTCP(ctx, network, to, timeout)
	if err == nil {
		err = ctx.Err()
	}
	if errors.Is(err, context.DeadlineExceeded) {
		err = os.ErrDeadlineExceeded // of the two that there are at this instant, the one that says both
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
