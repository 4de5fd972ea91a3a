package host_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"syscall"
	"testing"
	"time"

	"netxsim/ipstack/host"
	"netxsim/packetpool"
	"netxsim/sim"
	"netxsim/sim/link"
)

// inside runs a program under the baton, in virtual time, with two hosts and two devices, and returns the wire's hash.
func inside(t *testing.T, config link.Config, program func(n *network, c, d *host.Device)) uint64 {
	t.Helper()
	n := &network{kernel: sim.New(sim.Config{Seed: 7})}
	n.wire = link.New(n.kernel, config)
	n.a, n.b = n.host("a", 1), n.host("b", 2)
	c, d := n.device(t, "c", 3, 32), n.device(t, "d", 4, 32)
	ended := false
	n.kernel.Go("program", func() {
		program(n, c, d)
		n.kernel.WaitDeadline("the end of connections", 2*time.Minute, nil)
		ended = true
	})
	if _, err := n.kernel.Run(nil); err != nil {
		t.Fatal(err)
	}
	if !ended {
		t.Error("the program did not end")
	}
	whole(t, c, d)
	return n.wire.Hash()
}

// TestStarvedTogether has two programs of a device send datagrams of three packets each while two are free: each tries, gives back what it got, and must not
// take that for the packets that the other waits for.
func TestStarvedTogether(t *testing.T) {
	k := sim.New(sim.Config{StuckAfter: time.Second})
	n := &network{kernel: k, wire: link.New(k, link.Config{})}
	n.a = n.host("a", 1)
	c := n.device(t, "c", 3, 32)
	c.IP().EnableFragmentation()
	few := ok(packetpool.New(k, packetpool.Config{
		Name: "few", Payload: 256, Size: packetpool.SizeFor(packetpool.ILP32, 256, 4), Target: packetpool.ILP32,
	}))(t)
	d := host.NewDevice(c.IP(), host.DeviceConfig{Pool: few})
	k.Go("miser", func() {
		one, two := ok(few.Allocate(0, 0))(t), ok(few.Allocate(0, 0))(t)
		k.WaitDeadline("better times", time.Second, nil)
		check(t, one.Release())
		check(t, two.Release())
		k.WaitDeadline("all is sent", 20*time.Second, nil)
	})
	sent := 0
	for range 2 {
		k.Go("sender", func() {
			conn := ok(d.Dial("udp", "a:7"))(t)
			defer conn.Close()
			ok(conn.Write(make([]byte, 600)))(t)
			sent++
			if at := k.Now(); at < time.Second {
				t.Errorf("sent at %v, without packets", at)
			}
		})
	}
	k.Go("glutton", func() {
		conn := ok(d.Dial("udp", "a:7"))(t)
		defer conn.Close()
		if _, err := conn.Write(make([]byte, 1000)); !errors.Is(err, syscall.ENOBUFS) {
			t.Errorf("a datagram that needs five packets of four: %v", err)
		}
	})
	ok(k.Run(nil))(t)
	if sent != 2 || few.Available() != few.Total() {
		t.Errorf("%d datagrams sent, %d of %d packets free", sent, few.Available(), few.Total())
	}
}

// batonPairs runs a program for every pair of machines, twice, and wants the same frames.
func batonPairs(t *testing.T, config link.Config, program func(t *testing.T, k *sim.Kernel, server, client machine)) {
	for _, p := range somePairs() {
		t.Run(p.name, func(t *testing.T) {
			run := func() uint64 {
				return inside(t, config, func(n *network, c, d *host.Device) {
					server, client := p.of(n, c, d)
					program(t, n.kernel, server, client)
				})
			}
			if first, second := run(), run(); first != second {
				t.Errorf("frame hashes %x and %x", first, second)
			}
		})
	}
}

// TestBatonStream has programs of the simulation talk over a lossy wire.
func TestBatonStream(t *testing.T) {
	sent := bytes.Repeat([]byte("0123456789abcdef"), 5000)
	batonPairs(t, link.Config{Latency: 3 * time.Millisecond, Loss: 0.03}, func(t *testing.T, k *sim.Kernel, server, client machine) {
		l, err := server.Listen("tcp", ":7")
		if err != nil {
			t.Error(err)
			return
		}
		defer l.Close()
		k.Go("server", func() {
			if c, err := l.Accept(); err != nil {
				t.Error(err)
			} else {
				echo(c)
			}
		})
		c, err := client.Dial("tcp", serverName(server)+":echo")
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		wantEcho(t, func(f func()) { k.Go("writer", f) }, c, sent)
	})
}

// TestBatonWriters wants what two programs write at a time not to be mixed.
func TestBatonWriters(t *testing.T) {
	batonPairs(t, link.Config{Latency: 3 * time.Millisecond}, func(t *testing.T, k *sim.Kernel, server, client machine) {
		l, _ := server.Listen("tcp", ":7")
		defer l.Close()
		var writer net.Conn
		left := 2
		for _, text := range []string{"a", "b"} {
			k.Go(text, func() {
				for writer == nil {
					k.WaitDeadline("start", time.Millisecond, nil)
				}
				writer.Write(bytes.Repeat([]byte(text), 30_000))
				if left--; left == 0 {
					writer.Close()
				}
			})
		}
		k.Go("server", func() { writer, _ = l.Accept() })
		c, err := client.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		got, err := io.ReadAll(c)
		want := append(bytes.Repeat([]byte("a"), 30_000), bytes.Repeat([]byte("b"), 30_000)...)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%d bytes, mixed: %v, %v", len(got), !bytes.Equal(got, want), err)
		}
	})
}

// TestBatonTimeouts wants limits at exact points of virtual time.
func TestBatonTimeouts(t *testing.T) {
	batonPairs(t, link.Config{}, func(t *testing.T, k *sim.Kernel, server, client machine) {
		begin := k.Now()
		passed := func(what string, want time.Duration) {
			t.Helper()
			if got := k.Now() - begin; got != want {
				t.Errorf("%s took %v, want %v", what, got, want)
			}
			begin = k.Now()
		}
		_, err := client.DialTimeout("tcp", "10.0.0.99:7", 1500*time.Millisecond)
		wantError(t, err, "dial", context.DeadlineExceeded)
		passed("DialTimeout", 1500*time.Millisecond)
		c, err := client.ListenPacket("udp", ":7")
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		c.SetReadDeadline(k.WallTime().Add(10 * time.Second))
		_, _, err = c.ReadFrom(nil)
		wantError(t, err, "read", os.ErrDeadlineExceeded)
		passed("ReadFrom", 10*time.Second)
		k.Go("closer", func() {
			k.WaitDeadline("time", time.Second, nil)
			c.Close()
		})
		c.SetReadDeadline(time.Time{})
		_, _, err = c.ReadFrom(nil)
		wantError(t, err, "read", net.ErrClosed)
		passed("ReadFrom", time.Second)
		_, err = client.Dial("tcp", serverName(server)+":7")
		wantError(t, err, "dial", syscall.ECONNREFUSED)
	})
}

// TestOwnAddress has a machine talk to itself.
func TestOwnAddress(t *testing.T) {
	devices(t, link.Config{}, 32, func(t *testing.T, n *network, c, d *host.Device) {
		for _, m := range []machine{n.a, c} {
			for _, address := range []string{"", "localhost", "127.0.0.1", serverName(m)} {
				l, err := m.Listen("tcp", ":7")
				if err != nil {
					t.Fatal(err)
				}
				conn, err := m.DialTimeout("tcp", address+":7", 5*time.Second)
				if err != nil {
					t.Errorf("%s to %q: %v", serverName(m), address, err)
					l.Close()
					continue
				}
				peer, err := l.Accept()
				if err != nil {
					t.Fatal(err)
				}
				go echo(peer)
				wantEcho(t, spawn, conn, bytes.Repeat([]byte("x"), 100_000))
				conn.Close()
				l.Close()
			}
		}
	})
}

// TestResolver wants what the host table says.
func TestResolver(t *testing.T) {
	k := sim.New(sim.Config{})
	wire := link.New(k, link.Config{})
	h := host.New(k, host.Config{Name: "A", Address: netip.MustParsePrefix("10.0.0.1/24"), Wire: wire})
	names := host.NamesOf(k)
	names.Add("web.example.", netip.MustParseAddr("10.0.0.8"), netip.MustParseAddr("2001:db8::8"), netip.MustParseAddr("10.0.0.9"))
	r := h.Resolver()
	ctx := t.Context()
	if got, err := r.LookupHost(ctx, "WEB.example"); err != nil || len(got) != 3 || got[0] != "10.0.0.8" {
		t.Errorf("LookupHost: %v, %v", got, err)
	}
	if got, err := r.LookupNetIP(ctx, "ip4", "web.example"); err != nil || len(got) != 2 {
		t.Errorf("LookupNetIP: %v, %v", got, err)
	}
	if got, err := r.LookupIPAddr(ctx, "a"); err != nil || len(got) != 1 || got[0].String() != "10.0.0.1" {
		t.Errorf("LookupIPAddr: %v, %v", got, err)
	}
	if got, err := r.LookupAddr(ctx, "10.0.0.9"); err != nil || len(got) != 1 || got[0] != "web.example." {
		t.Errorf("LookupAddr: %v, %v", got, err)
	}
	if got, err := r.LookupPort(ctx, "tcp", "pop3"); err != nil || got != 110 {
		t.Errorf("LookupPort: %v, %v", got, err)
	}
	names.Remove("Web.Example")
	_, err := r.LookupHost(ctx, "web.example")
	if e, ok := errors.AsType[*net.DNSError](err); !ok || !e.IsNotFound {
		t.Errorf("LookupHost of nobody: %v", err)
	}
	other := sim.New(sim.Config{})
	if got := host.NamesOf(other).Lookup("a"); got != nil {
		t.Errorf("another simulation knows %v", got)
	}
	if _, err := k.Run(nil); err != nil { // the host goes away with its run
		t.Error(err)
	}
}
