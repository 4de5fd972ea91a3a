package host_test

import (
	"net"
	"testing"
	"time"

	"golang.org/x/net/nettest"

	"netxsim/sim/link"
)

// TestConn runs the suite of golang.org/x/net/nettest on the system's clock: it begins subtests, which a bubble does not allow.
func TestConn(t *testing.T) {
	n := start(link.Config{Latency: 100 * time.Microsecond}, 1)
	defer n.end(t)
	nettest.TestConn(t, func() (c1, c2 net.Conn, stop func(), err error) {
		return pipe(n.b, n.a)
	})
}

// A machine is what has the functions of package net.
type machine interface {
	Listen(network, address string) (net.Listener, error)
	Dial(network, address string) (net.Conn, error)
}

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
