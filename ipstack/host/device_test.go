package host_test

import (
	"bytes"
	"io"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"netxsim/ipstack/host"
	"netxsim/packetpool"
	"netxsim/sim"
	"netxsim/sim/link"
)

// TestDeviceEcho has programs on two instances of NetX Duo talk, one connection after the other.
func TestDeviceEcho(t *testing.T) {
	devices(t, link.Config{Latency: time.Millisecond}, 32, func(t *testing.T, n *network, c, d *host.Device) {
		for range 3 {
			client, server, stop, err := pipe(c, d)
			if err != nil {
				t.Fatal(err)
			}
			go echo(server)
			wantEcho(t, spawn, client, bytes.Repeat([]byte("0123456789abcdef"), 4096))
			stop()
		}
	})
}

// TestStarvedDevice has two programs send out of a pool of four packets: they wait for packets in turn.
func TestStarvedDevice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := build(link.Config{Latency: time.Millisecond, Bandwidth: 10_000_000}, 1)
		c := n.device(t, "c", 3, 16)
		few, err := packetpool.New(n.kernel, packetpool.Config{
			Name: "few", Payload: 256, Size: packetpool.SizeFor(packetpool.ILP32, 256, 4), Target: packetpool.ILP32,
		})
		if err != nil {
			t.Fatal(err)
		}
		d := host.NewDevice(c.IP(), host.DeviceConfig{Pool: few})
		n.stop = n.kernel.Start(nil)
		sent := bytes.Repeat([]byte("0123456789abcdef"), 4096)
		var wg sync.WaitGroup
		for range 2 {
			out, in, stop := connect(t, n.a, d)
			defer stop()
			wg.Go(func() {
				out.Write(sent)
				out.(interface{ CloseWrite() error }).CloseWrite()
			})
			wg.Go(func() {
				if got, err := io.ReadAll(in); err != nil || !bytes.Equal(got, sent) {
					t.Errorf("%d bytes of %d, %v", len(got), len(sent), err)
				}
			})
		}
		wg.Wait()
		time.Sleep(time.Minute)
		n.end(t)
		whole(t, c)
		if few.Lowest() != 0 || few.Info().EmptyRequests == 0 {
			t.Errorf("%d packets were free at the worst moment: nobody had to wait", few.Lowest())
		}
		if few.Available() != few.Total() {
			t.Errorf("%d of %d free, held by %v", few.Available(), few.Total(), few.Holders())
		}
	})
}

// TestBacklog has more clients than a device lets wait; all get their turn.
func TestBacklog(t *testing.T) {
	devices(t, link.Config{Latency: time.Millisecond}, 32, func(t *testing.T, n *network, c, d *host.Device) {
		l, err := d.Listen("tcp", ":7")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		const clients = 16
		var wg sync.WaitGroup
		for range clients {
			wg.Go(func() {
				conn, err := n.a.Dial("tcp", "d:7")
				if err != nil {
					t.Error(err)
					return
				}
				defer conn.Close()
				if got, err := io.ReadAll(conn); err != nil || string(got) != "served" {
					t.Errorf("read %q, %v", got, err)
				}
			})
		}
		time.Sleep(5 * time.Second)
		for range clients {
			conn, err := l.Accept()
			if err != nil {
				t.Fatal(err)
			}
			io.WriteString(conn, "served")
			conn.Close()
		}
		wg.Wait()
	})
}

// TestUnaccepted closes a listener whose clients nobody has accepted.
func TestUnaccepted(t *testing.T) {
	pairs(t, func(t *testing.T, server, client machine) {
		l, err := server.Listen("tcp", ":7")
		if err != nil {
			t.Fatal(err)
		}
		conn, err := client.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		time.Sleep(time.Second)
		l.Close()
		_, err = conn.Read(make([]byte, 1))
		wantError(t, err, "read", syscall.ECONNRESET)
	})
}

// TestThreadAsCaller has an RTOS thread on a kernel with a clock use a device, which then is not for goroutines.
func TestThreadAsCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := build(link.Config{Latency: time.Millisecond}, 1)
		c := n.device(t, "c", 3, 16)
		inside := host.NewDevice(c.IP(), host.DeviceConfig{Callers: host.Baton})
		n.stop = n.kernel.Start(nil)
		defer serve(t, n.a, ":7", echo)()
		done := make(chan struct{})
		n.kernel.Enter(func() {
			_, err := n.kernel.NewThread(sim.ThreadConfig{Name: "caller", Priority: 16, Entry: func() {
				defer close(done)
				conn, err := inside.Dial("tcp", "a:7")
				if err != nil {
					t.Error(err)
					return
				}
				defer conn.Close()
				io.WriteString(conn, "hello")
				got := make([]byte, 5)
				if _, err := io.ReadFull(conn, got); err != nil || string(got) != "hello" {
					t.Errorf("read %q, %v", got, err)
				}
				begin := n.kernel.Now()
				conn.SetReadDeadline(inside.Now().Add(time.Second))
				_, err = conn.Read(got)
				wantTimeout(t, "Read", err)
				if passed := n.kernel.Now() - begin; passed != time.Second {
					t.Errorf("the deadline came after %v", passed)
				}
			}})
			if err != nil {
				t.Error(err)
			}
		})
		<-done
		n.settled(t, c)
		n.end(t)
	})
}
