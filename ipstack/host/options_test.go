package host_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"netxsim/ipstack/host"
	"netxsim/sim/link"
	"netxsim/sim/link/fault"
)

// tcpOptions is what programs ask a connection for, as *net.TCPConn has it.
type tcpOptions interface {
	SetLinger(int) error
	SetNoDelay(bool) error
	SetKeepAlive(bool) error
	SetKeepAlivePeriod(time.Duration) error
	SetKeepAliveConfig(net.KeepAliveConfig) error
	SetReadBuffer(int) error
	SetWriteBuffer(int) error
}

var _ tcpOptions = (*net.TCPConn)(nil)

// segments lists when a machine has sent TCP segments since the call, and how many bytes are in them.
func (n *network) segments(from byte) func() []string {
	var seen []string
	begin := n.kernel.Now()
	n.kernel.Do(func() {
		n.wire.Observe(func(e link.FrameEvent) {
			if p := fault.Decode(e.Frame); e.Kind == link.Sent && p.Protocol == fault.TCP && e.Frame[11] == from {
				seen = append(seen, fmt.Sprintf("%v %d", (n.kernel.Now()-begin).Round(time.Millisecond), len(p.Payload)))
			}
		})
	})
	return func() (list []string) {
		n.kernel.Do(func() { list = seen })
		return list
	}
}

// TestKeepAlive has a connection ask a silent peer for a sign of life, and end when that has gone.
func TestKeepAlive(t *testing.T) {
	bubble(t, link.Config{Latency: time.Millisecond}, func(t *testing.T, n *network) {
		c, _, stop := connect(t, n.b, n.a)
		defer stop()
		time.Sleep(time.Second)
		sent := n.segments(1)
		config := net.KeepAliveConfig{Enable: true, Idle: 9500 * time.Millisecond, Interval: 4 * time.Second, Count: 3}
		if err := c.(tcpOptions).SetKeepAliveConfig(config); err != nil {
			t.Fatal(err)
		}
		n.kernel.Do(func() { // ARP still works: without it the error is EHOSTUNREACH, as on Linux
			gone := fault.All(fault.Match{Protocol: fault.TCP}, fault.After(n.kernel.Now()+25*time.Second))
			fault.Attach(n.wire, fault.Fault{If: gone, Do: fault.Drop{}})
		})
		begin := time.Now()
		_, err := c.Read(make([]byte, 1))
		wantError(t, err, "read", syscall.ETIMEDOUT)
		took(t, "Read", begin, 42004*time.Millisecond)
		// Ten seconds behind each answer, then every four.
		want := []string{"10s 0", "20.002s 0", "30.004s 0", "34.004s 0", "38.004s 0"}
		if diff := cmp.Diff(want, sent()); diff != "" {
			t.Errorf("sent (-want +got):\n%s", diff)
		}
	})
}

// TestKeepAliveSettings sets times one by one, and takes them back.
func TestKeepAliveSettings(t *testing.T) {
	for _, test := range []struct {
		name string
		set  func(c tcpOptions) []error
		want []string // within two minutes
	}{
		{"as it is", func(c tcpOptions) []error { return nil }, nil},
		{"two hours", func(c tcpOptions) []error { return []error{c.SetKeepAlive(true)} }, nil},
		{"a minute", func(c tcpOptions) []error {
			return []error{c.SetKeepAlive(true), c.SetKeepAlivePeriod(59*time.Second + 1)}
		}, []string{"1m0s 0"}},
		{"a minute, but off", func(c tcpOptions) []error {
			return []error{c.SetKeepAlive(true), c.SetKeepAlivePeriod(time.Minute), c.SetKeepAlive(false)}
		}, nil},
		{"package net's", func(c tcpOptions) []error {
			return []error{c.SetKeepAliveConfig(net.KeepAliveConfig{Enable: true})}
		}, []string{"15s 0", "30.002s 0", "45.004s 0", "1m0.006s 0", "1m15.008s 0", "1m30.01s 0", "1m45.012s 0"}},
		{"what is negative stays", func(c tcpOptions) []error {
			return []error{
				c.SetKeepAlivePeriod(50 * time.Second),
				c.SetKeepAliveConfig(net.KeepAliveConfig{Enable: true, Idle: -1, Interval: -1, Count: -1}),
			}
		}, []string{"50s 0", "1m40.002s 0"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			bubble(t, link.Config{Latency: time.Millisecond}, func(t *testing.T, n *network) {
				c, _, stop := connect(t, n.b, n.a)
				defer stop()
				time.Sleep(time.Second)
				sent := n.segments(1)
				if err := errors.Join(test.set(c.(tcpOptions))...); err != nil {
					t.Error(err)
				}
				time.Sleep(2*time.Minute - time.Second)
				if diff := cmp.Diff(test.want, sent()); diff != "" {
					t.Errorf("sent (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// TestNoDelay writes three letters, of which the last two wait for the acknowledgement of the first one if that is wanted.
func TestNoDelay(t *testing.T) {
	for _, test := range []struct {
		noDelay bool
		want    []string
	}{
		{true, []string{"0s 1", "0s 1", "0s 1"}},
		{false, []string{"0s 1", "2ms 2"}},
	} {
		bubble(t, link.Config{Latency: time.Millisecond}, func(t *testing.T, n *network) {
			c, _, stop := connect(t, n.b, n.a)
			defer stop()
			time.Sleep(time.Second)
			sent := n.segments(1)
			if err := c.(tcpOptions).SetNoDelay(test.noDelay); err != nil {
				t.Error(err)
			}
			for _, letter := range []string{"a", "b", "c"} {
				io.WriteString(c, letter)
			}
			time.Sleep(time.Second)
			if diff := cmp.Diff(test.want, sent()); diff != "" {
				t.Errorf("without delay: %t; sent (-want +got):\n%s", test.noDelay, diff)
			}
		})
	}
}

// TestBuffers has a peer that does not read, and wants smaller buffers to take less.
func TestBuffers(t *testing.T) {
	taken := func(set func(c, s tcpOptions) error) (written int) {
		bubble(t, link.Config{Latency: time.Millisecond}, func(t *testing.T, n *network) {
			c, s, stop := connect(t, n.b, n.a)
			defer stop()
			if err := set(c.(tcpOptions), s.(tcpOptions)); err != nil {
				t.Error(err)
			}
			c.SetWriteDeadline(time.Now().Add(time.Minute))
			written, _ = fill(c)
		})
		return written
	}
	all := taken(func(c, s tcpOptions) error { return nil })
	for name, set := range map[string]func(c, s tcpOptions) error{
		"SetReadBuffer":  func(_, s tcpOptions) error { return s.SetReadBuffer(10_000) },
		"SetWriteBuffer": func(c, _ tcpOptions) error { return c.SetWriteBuffer(10_000) },
	} {
		if got := taken(set); got >= all*9/10 {
			t.Errorf("%s: %d bytes, without it %d", name, got, all)
		}
	}
}

// TestPortBuffer has a port with a small buffer lose datagrams.
func TestPortBuffer(t *testing.T) {
	bubble(t, link.Config{Latency: time.Millisecond}, func(t *testing.T, n *network) {
		for size, want := range map[int]int{100_000: 20, 5000: 5} {
			from, to := listenPacket(t, n.a), listenPacket(t, n.b)
			defer from.Close()
			defer to.Close()
			buffers := to.(interface {
				SetReadBuffer(int) error
				SetWriteBuffer(int) error
			})
			if err := errors.Join(buffers.SetReadBuffer(size), buffers.SetWriteBuffer(size)); err != nil {
				t.Fatal(err)
			}
			for range 20 {
				if _, err := from.WriteTo(make([]byte, 1000), to.LocalAddr()); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Millisecond) // ARP keeps only a few datagrams
			}
			time.Sleep(time.Second)
			got := 0
			for to.SetReadDeadline(time.Now().Add(time.Second)); ; got++ {
				if _, _, err := to.ReadFrom(make([]byte, 1000)); err != nil {
					break
				}
			}
			if got != want {
				t.Errorf("a buffer of %d bytes takes %d datagrams of 1000, want %d", size, got, want)
			}
		}
	})
}

// TestDeviceOptions wants a device to say what it cannot do.
func TestDeviceOptions(t *testing.T) {
	devices(t, link.Config{Latency: time.Millisecond}, 32, func(t *testing.T, n *network, c, d *host.Device) {
		conn, _, stop := connect(t, c, d)
		defer stop()
		o := conn.(tcpOptions)
		wantError(t, o.SetKeepAlive(true), "set", syscall.ENOPROTOOPT)
		wantError(t, o.SetKeepAlivePeriod(time.Minute), "set", syscall.ENOPROTOOPT)
		wantError(t, o.SetKeepAliveConfig(net.KeepAliveConfig{Enable: true}), "set", syscall.ENOPROTOOPT)
		for _, err := range []error{o.SetKeepAlive(false), o.SetNoDelay(false), o.SetReadBuffer(1000), o.SetWriteBuffer(1000)} {
			if err != nil {
				t.Error(err)
			}
		}
	})
}
