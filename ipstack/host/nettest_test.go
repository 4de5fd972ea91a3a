package host_test

import (
	"bytes"
	"io"
	"net"
	"testing"
	"time"

	"golang.org/x/net/nettest"

	"netxsim/ipstack/host"
	"netxsim/sim/link"
)

// TestConn runs the suite of golang.org/x/net/nettest on the system's clock: it begins subtests, which a bubble does not allow.
func TestConn(t *testing.T) {
	n := build(link.Config{Latency: 100 * time.Microsecond}, 1)
	c, d := n.device(t, "c", 3, 64), n.device(t, "d", 4, 64)
	n.stop = n.kernel.Start(nil)
	t.Run("pairs", func(t *testing.T) {
		for _, p := range somePairs() {
			t.Run(p.name, func(t *testing.T) {
				t.Parallel()
				server, client := p.of(n, c, d)
				nettest.TestConn(t, func() (c1, c2 net.Conn, stop func(), err error) { return pipe(server, client) })
			})
		}
	})
	n.settled(t, c)
	n.settled(t, d)
	n.end(t)
	whole(t, c, d)
}

// A machine is a host or a device.
type machine interface {
	netFuncs
	Resolver() *host.Resolver
}

// pairs runs a test in a bubble with every pair of machines: hosts and devices.
func pairs(t *testing.T, test func(t *testing.T, server, client machine)) {
	for _, p := range somePairs() {
		t.Run(p.name, func(t *testing.T) {
			devices(t, link.Config{Latency: time.Millisecond}, 32, func(t *testing.T, n *network, c, d *host.Device) {
				server, client := p.of(n, c, d)
				test(t, server, client)
			})
		})
	}
}

// A pairing says which of two hosts and two devices are server and client.
type pairing struct {
	name           string
	server, client int
}

// somePairs returns the kinds of pairs, not all of them with -short.
func somePairs() []pairing {
	all := []pairing{{"device to device", 2, 3}, {"host to host", 0, 1}, {"device to host", 0, 3}, {"host to device", 2, 1}}
	if testing.Short() {
		return all[:2]
	}
	return all
}

func (p pairing) of(n *network, c, d *host.Device) (server, client machine) {
	machines := []machine{n.a, n.b, c, d}
	return machines[p.server], machines[p.client]
}

// echo sends back what comes until the peer has closed its half.
func echo(c net.Conn) {
	io.Copy(c, c)
	c.Close()
}

// wantEcho sends to a peer that echoes, from a goroutine started by run, and wants it back.
func wantEcho(t *testing.T, run func(func()), c net.Conn, sent []byte) {
	t.Helper()
	run(func() {
		c.Write(sent)
		c.(interface{ CloseWrite() error }).CloseWrite()
	})
	if got, err := io.ReadAll(c); err != nil || !bytes.Equal(got, sent) {
		t.Errorf("%d bytes of %d came back, %v", len(got), len(sent), err)
	}
}

// spawn runs f in a goroutine.
func spawn(f func()) { go f() }

// pipe connects a client to a server.
func pipe(server, client machine) (c1, c2 net.Conn, stop func(), err error) {
	l, err := server.Listen("tcp", ":0")
	if err != nil {
		return nil, nil, nil, err
	}
	accepted := make(chan error, 1)
	go func() {
		var err error
		c2, err = l.Accept()
		accepted <- err
	}()
	if c1, err = client.Dial("tcp", l.Addr().String()); err == nil {
		err = <-accepted
	}
	stop = func() {
		for _, c := range []net.Conn{c1, c2} {
			if c != nil {
				c.Close()
			}
		}
		l.Close()
	}
	if err != nil {
		stop()
		return nil, nil, nil, err
	}
	return c1, c2, stop, nil
}
