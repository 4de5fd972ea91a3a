package host_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"syscall"
	"testing"
	"time"

	"netxsim/ipstack/host"
	"netxsim/sim/link"
)

// wantError reports an error that is no *net.OpError of an operation or does not wrap what it should.
func wantError(t *testing.T, err error, op string, want error) {
	t.Helper()
	wrapped, ok := errors.AsType[*net.OpError](err)
	if !ok || wrapped.Op != op || !errors.Is(err, want) {
		t.Errorf("%T %v, want an operation %s with %v", err, err, op, want)
	}
}

// connect is pipe that must succeed.
func connect(t *testing.T, server, client machine) (c1, c2 net.Conn, stop func()) {
	t.Helper()
	c1, c2, stop, err := pipe(server, client)
	if err != nil {
		t.Fatal(err)
	}
	return c1, c2, stop
}

// TestErrors wants the errors of package net.
func TestErrors(t *testing.T) {
	for _, test := range []struct {
		name string
		run  func(t *testing.T, server, client machine)
	}{
		{"refused", func(t *testing.T, server, client machine) {
			_, err := client.Dial("tcp", serverName(server)+":7")
			wantError(t, err, "dial", syscall.ECONNREFUSED)
		}},
		{"address in use", func(t *testing.T, server, client machine) {
			l, err := server.Listen("tcp", ":7")
			if err != nil {
				t.Fatal(err)
			}
			_, err = server.Listen("tcp", ":7")
			wantError(t, err, "listen", syscall.EADDRINUSE)
			l.Close()
			again, err := server.Listen("tcp", ":7")
			if err != nil {
				t.Fatalf("after Close: %v", err)
			}
			again.Close()
			c, err := server.ListenPacket("udp", ":7")
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			_, err = server.ListenPacket("udp", ":7")
			wantError(t, err, "listen", syscall.EADDRINUSE)
		}},
		{"any address", func(t *testing.T, server, client machine) {
			ports := map[string]bool{}
			for range 5 {
				l, err := server.Listen("tcp", ":0")
				if err != nil {
					t.Fatal(err)
				}
				defer l.Close()
				ports[l.Addr().String()] = true
			}
			if len(ports) != 5 {
				t.Errorf("five listeners at %v", ports)
			}
		}},
		{"address not there", func(t *testing.T, server, client machine) {
			_, err := server.Listen("tcp", "10.9.9.9:7")
			wantError(t, err, "listen", syscall.EADDRNOTAVAIL)
			_, err = server.ListenPacket("udp", "10.9.9.9:7")
			wantError(t, err, "listen", syscall.EADDRNOTAVAIL)
		}},
		{"no route", func(t *testing.T, server, client machine) {
			_, err := client.Dial("tcp", "192.168.9.9:7")
			if !errors.Is(err, syscall.ENETUNREACH) && !errors.Is(err, syscall.EHOSTUNREACH) {
				t.Errorf("dial: %v", err)
			}
		}},
		{"reset", func(t *testing.T, server, client machine) {
			c1, c2, stop := connect(t, server, client)
			defer stop()
			c2.(interface{ SetLinger(int) error }).SetLinger(0)
			c2.Close()
			_, err := c1.Read(make([]byte, 1))
			wantError(t, err, "read", syscall.ECONNRESET)
			_, err = c1.Write([]byte("a"))
			if !errors.Is(err, syscall.EPIPE) && !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("write: %v", err)
			}
		}},
		{"half closed", func(t *testing.T, server, client machine) {
			c1, c2, stop := connect(t, server, client)
			defer stop()
			if err := c1.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
				t.Fatal(err)
			}
			_, err := c1.Write([]byte("a"))
			wantError(t, err, "write", syscall.EPIPE)
			if n, err := c2.Read(make([]byte, 1)); n != 0 || err != io.EOF {
				t.Errorf("read: %d, %v", n, err)
			}
			sent := bytes.Repeat([]byte("still here "), 1000)
			go func() {
				c2.Write(sent)
				c2.Close()
			}()
			if got, err := io.ReadAll(c1); err != nil || !bytes.Equal(got, sent) {
				t.Errorf("the other half: %d bytes, %v", len(got), err)
			}
		}},
		{"closed for reading", func(t *testing.T, server, client machine) {
			c1, _, stop := connect(t, server, client)
			defer stop()
			time.AfterFunc(time.Second, func() { c1.(interface{ CloseRead() error }).CloseRead() })
			for range 2 {
				if n, err := c1.Read(make([]byte, 1)); n != 0 || err != io.EOF {
					t.Errorf("read: %d, %v", n, err)
				}
			}
		}},
		{"closed", func(t *testing.T, server, client machine) {
			c1, _, stop := connect(t, server, client)
			defer stop()
			time.AfterFunc(time.Second, func() { c1.Close() })
			_, err := c1.Read(make([]byte, 1))
			wantError(t, err, "read", net.ErrClosed)
			_, err = c1.Write([]byte("a"))
			wantError(t, err, "write", net.ErrClosed)
			wantError(t, c1.Close(), "close", net.ErrClosed)
			wantError(t, c1.SetDeadline(time.Now()), "set", net.ErrClosed)
		}},
		{"accept", func(t *testing.T, server, client machine) {
			l, err := server.Listen("tcp", ":7")
			if err != nil {
				t.Fatal(err)
			}
			begin := time.Now()
			l.(interface{ SetDeadline(time.Time) error }).SetDeadline(begin.Add(3 * time.Second))
			_, err = l.Accept()
			wantTimeout(t, "Accept", err)
			took(t, "Accept", begin, 3*time.Second)
			l.(interface{ SetDeadline(time.Time) error }).SetDeadline(time.Time{})
			time.AfterFunc(time.Second, func() { l.Close() })
			_, err = l.Accept()
			wantError(t, err, "accept", net.ErrClosed)
			_, err = client.Dial("tcp", l.Addr().String())
			wantError(t, err, "dial", syscall.ECONNREFUSED)
		}},
		{"dialling too long", func(t *testing.T, server, client machine) {
			begin := time.Now()
			_, err := client.DialTimeout("tcp", "10.0.0.99:7", 1500*time.Millisecond)
			wantError(t, err, "dial", context.DeadlineExceeded)
			took(t, "DialTimeout", begin, 1500*time.Millisecond)
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(time.Second, cancel)
			begin = time.Now()
			_, err = client.DialContext(ctx, "tcp", "10.0.0.99:7")
			wantError(t, err, "dial", context.Canceled)
			took(t, "DialContext", begin, time.Second)
			_, err = client.DialContext(ctx, "tcp", "10.0.0.99:7")
			wantError(t, err, "dial", context.Canceled)
		}},
		{"nobody answers", func(t *testing.T, server, client machine) {
			_, err := client.Dial("tcp", "10.0.0.99:7")
			if !errors.Is(err, syscall.EHOSTUNREACH) && !errors.Is(err, syscall.ETIMEDOUT) {
				t.Errorf("dial: %v", err)
			}
		}},
	} {
		t.Run(test.name, func(t *testing.T) { pairs(t, test.run) })
	}
}

// serverName is the name of a machine in the host table.
func serverName(m machine) string {
	switch m := m.(type) {
	case *host.Host:
		return m.Name()
	case *host.Device:
		return m.IP().Name()
	}
	return ""
}

// TestAddresses wants the texts of package net where an address is wrong.
func TestAddresses(t *testing.T) {
	bubble(t, link.Config{}, func(t *testing.T, n *network) {
		for _, test := range []struct{ network, address, want string }{
			{"tcp", "nobody:7", "dial tcp: lookup nobody: no such host"},
			{"tcp", "b", "dial tcp: address b: missing port in address"},
			{"tcp", "b:65536", "dial tcp: address 65536: invalid port"},
			{"tcp", "b:nothing", "dial tcp: lookup tcp/nothing: unknown port"},
			{"tcp", "[2001:db8::1]:7", "dial tcp [2001:db8::1]:7: connect: network is unreachable"},
			{"tcp4", "[2001:db8::1]:7", "dial tcp4: address 2001:db8::1: no suitable address found"},
			{"unix", "/a", "dial unix: unknown network unix"},
			{"tcp4", "B.:echo", "dial tcp4 10.0.0.2:7: connect: connection refused"},
		} {
			if _, err := n.a.Dial(test.network, test.address); err == nil || err.Error() != test.want {
				t.Errorf("Dial(%s, %s): %v, want %s", test.network, test.address, err, test.want)
			}
		}
		if _, err := n.a.Listen("udp", ":7"); err == nil || err.Error() != "listen udp :7: address :7: unexpected address type" {
			t.Errorf("Listen: %v", err)
		}
		if _, err := n.a.ListenPacket("tcp", ":7"); err == nil || err.Error() != "listen tcp :7: address :7: unexpected address type" {
			t.Errorf("ListenPacket: %v", err)
		}
	})
}
