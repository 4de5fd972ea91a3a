package host

import (
	"context"
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

// DialTimeout is Dial that gives up after a time; 0 means none.
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
	if p.any { // the machine itself
		p.addrs = []netip.Addr{n.own(p.only6)}
	}
	var first error
	limit := n.dialLimit(ctx, timeout)
	for i, addr := range p.addrs {
		to := netip.AddrPortFrom(addr, p.port)
		c, err := n.dialOne(ctx, kind, network, to, limit, len(p.addrs)-i)
		if err == nil {
			return c, nil
		}
		if first == nil {
			first = opError("dial", network, tcpOrUDP(kind, to), dialError(err))
		}
	}
	return nil, first
}

// dialLimit is when a Dial ends at the latest; the zero time is never.
func (n *Net) dialLimit(ctx context.Context, timeout time.Duration) (limit time.Time) {
	if timeout > 0 {
		limit = n.Now().Add(timeout)
	}
	if end, ok := ctx.Deadline(); ok && n.world.goroutines && (limit.IsZero() || end.Before(limit)) {
		limit = end
	}
	return limit
}

// leastShare is how long each address is tried at least, if there is so much time.
const leastShare = 2 * time.Second

// share is the part of the time until limit that the first of several addresses has, 0 without a limit. As with package
// net, all of them get the same.
func (n *Net) share(limit time.Time, addresses int) (time.Duration, error) {
	if limit.IsZero() {
		return 0, nil
	}
	left := limit.Sub(n.Now())
	if left <= 0 {
		return 0, os.ErrDeadlineExceeded
	}
	return min(left, max(left/time.Duration(addresses), leastShare)), nil
}

// dialOne connects to the first of several addresses, the time for all of which ends at limit.
func (n *Net) dialOne(ctx context.Context, kind, network string, to netip.AddrPort, limit time.Time, addresses int) (net.Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	timeout, err := n.share(limit, addresses)
	if err != nil {
		return nil, err
	}
	if kind == "udp" {
		any, six := netip.IPv4Unspecified(), to.Addr().Is6()
		if six {
			any = netip.IPv6Unspecified()
		}
		c, _, err := n.openPackets(network, netip.AddrPortFrom(any, 0), to, six)
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
