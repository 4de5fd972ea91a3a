package host_test

import (
	"errors"
	"io"
	"net"
	"syscall"
	"testing"
	"time"

	"netxsim/ipstack/host"
	"netxsim/sim"
	"netxsim/sim/link"
)

// TestAwaitEnd wants to hear how a connection has ended from a program that does not read it.
func TestAwaitEnd(t *testing.T) {
	type both interface {
		net.Conn
		CloseWrite() error
		SetLinger(int) error
	}
	for name, test := range map[string]struct {
		server func(k *sim.Kernel, c both)
		want   error
	}{
		"both have ended": {func(_ *sim.Kernel, c both) { io.Copy(c, c); c.CloseWrite() }, nil},
		"reset":           {func(_ *sim.Kernel, c both) { c.SetLinger(0); c.Close() }, syscall.ECONNRESET},
		"closed":          {func(k *sim.Kernel, _ both) { k.WaitDeadline("a minute", time.Minute, nil) }, net.ErrClosed},
	} {
		t.Run(name, func(t *testing.T) {
			virtual(t, link.Config{}, func(k *sim.Kernel, _ *link.Wire, a, b *host.Host) {
				l := ok(b.Listen("tcp", ":7"))(t)
				defer l.Close()
				b.Go(func() {
					if c, err := l.Accept(); err == nil {
						test.server(k, c.(both))
					}
				})
				c := ok(a.Dial("tcp", "10.0.0.2:7"))(t)
				defer c.Close()
				if test.want == nil {
					check(t, c.(both).CloseWrite())
				}
				if errors.Is(test.want, net.ErrClosed) {
					k.After(time.Second, func() { c.Close() })
				}
				if err := c.(interface{ AwaitEnd() error }).AwaitEnd(); !errors.Is(err, test.want) {
					t.Errorf("%v, want %v", err, test.want)
				}
			})
		})
	}
}
