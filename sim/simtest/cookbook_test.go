package simtest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"syscall"
	"testing"
	"time"

	"netxsim/netx/status"
	"netxsim/sim"
	"netxsim/sim/capture"
	"netxsim/sim/hostfault"
	"netxsim/sim/link"
	"netxsim/sim/link/fault"
	"netxsim/sim/simtest"
)

// TestCookbookFlakyLink: a program of net/http over a link that loses bursts, reorders and flaps gets all of its page.
func TestCookbookFlakyLink(t *testing.T) {
	simtest.Test(t, simtest.Config{}, func(t *testing.T, n *simtest.Net) {
		n.Wire(link.Config{Latency: 20 * time.Millisecond},
			fault.BurstLoss(fault.Bursts(0.05, 3)),
			fault.Reorder(0.1, 5*time.Millisecond),
			fault.Flap(2*time.Second, 300*time.Millisecond))
		server, client := n.Host("server", nil), n.Host("client", nil)

		page := bytes.Repeat([]byte("all of it\n"), 20_000)
		stop := serve(t, server, func(w http.ResponseWriter, _ *http.Request) { w.Write(page) })
		defer stop()

		transport := &http.Transport{DialContext: client.DialContext}
		defer transport.CloseIdleConnections()
		response, err := (&http.Client{Transport: transport}).Get("http://server/")
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		if got, err := io.ReadAll(response.Body); err != nil || !bytes.Equal(got, page) {
			t.Errorf("%d of %d bytes, %v", len(got), len(page), err)
		}
	})
}

// TestCookbookSlowReader: a device that reads a packet a second holds no more packets than its window allows, and slows the sender down.
func TestCookbookSlowReader(t *testing.T) {
	n := simtest.New(t, simtest.Config{})
	server, device := n.Host("server", nil), n.Device("device", simtest.DeviceConfig{Packets: 12})
	n.Go("server", func() error { return listenAndUpload(server, 30_000) })
	n.Thread("client", func() error {
		s, err := tcpSocket(device, "client") // a window of 8192 bytes
		if err != nil {
			return err
		}
		if err := errors.Join(s.Bind(0, 0), s.Connect(server.Addr(), 80, 500)); err != nil {
			return err
		}
		for got := 0; got < 30_000; {
			if err := n.Sleep(time.Second); err != nil {
				return err
			}
			packet, err := s.Receive(500)
			if err != nil {
				return err
			}
			got += int(packet.Length)
			if err := packet.Release(); err != nil {
				return err
			}
		}
		return errors.Join(s.Disconnect(500), s.Unbind(), s.Delete())
	})
	took := n.Run()
	if took < 20*time.Second {
		t.Errorf("30,000 bytes took %v, want a second per packet", took)
	}
	// 8192 bytes are 6 packets of 1460 bytes; two more are a probe of the full window and the answer to it.
	if s := device.Pool.Stats(); s.Lowest < 12-8 || s.EmptyRequests > 0 {
		t.Errorf("fewest free packets: %d at %v, %d requests in vain", s.Lowest, s.LowestAt, s.EmptyRequests)
	}
}

// TestCookbookStall: a server stops in the middle of its answer, and the client's time-out is what ends the wait, at exactly its time.
func TestCookbookStall(t *testing.T) {
	simtest.Test(t, simtest.Config{}, func(t *testing.T, n *simtest.Net) {
		server, client := n.Host("server", nil), n.Host("client", nil)
		stop := serve(t, server, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "100")
			fmt.Fprint(w, "the first half")
			w.(http.Flusher).Flush()
			<-r.Context().Done() // the client has gone
		})
		defer stop()

		transport := &http.Transport{DialContext: client.DialContext}
		defer transport.CloseIdleConnections()
		begin := time.Now()
		response, err := (&http.Client{Transport: transport, Timeout: 30 * time.Second}).Get("http://server/")
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		got, err := io.ReadAll(response.Body)
		if timeout := net.Error(nil); !errors.As(err, &timeout) || !timeout.Timeout() || string(got) != "the first half" {
			t.Errorf("%q, %v", got, err)
		}
		if took := time.Since(begin); took != 30*time.Second {
			t.Errorf("gave up after %v", took)
		}
	})
}

// TestCookbookReset: a server crashes, and the device gets its reset in place of the rest of the data.
func TestCookbookReset(t *testing.T) {
	n := simtest.New(t, simtest.Config{})
	server, device := n.Host("server", nil), n.Device("device", simtest.DeviceConfig{})
	n.Go("server", func() error {
		l, err := server.Listen("tcp", ":80")
		if err != nil {
			return err
		}
		defer l.Close()
		conn, err := l.Accept()
		if err != nil {
			return err
		}
		fmt.Fprint(conn, "half of")
		conn.(interface{ SetLinger(int) error }).SetLinger(0) // close sends RST
		return conn.Close()
	})
	var got error
	n.Thread("client", func() error {
		s, err := tcpSocket(device, "client")
		if err != nil {
			return err
		}
		if err := errors.Join(s.Bind(0, 0), s.Connect(server.Addr(), 80, 500)); err != nil {
			return err
		}
		for got == nil {
			packet, err := s.Receive(500)
			if got = err; err != nil {
				continue
			}
			if err := packet.Release(); err != nil {
				return err
			}
		}
		return errors.Join(s.Unbind(), s.Delete())
	})
	n.Run()
	if !errors.Is(got, status.NotConnected) {
		t.Errorf("the last receive returned %v", got)
	}
}

// TestCookbookBlackHole: a router drops large packets and tells nobody; the connection comes about, small messages pass, a large one never arrives.
func TestCookbookBlackHole(t *testing.T) {
	simtest.Test(t, simtest.Config{}, func(t *testing.T, n *simtest.Net) {
		wire := n.Wire(link.Config{Latency: time.Millisecond}, fault.BlackHole(1400))
		server, client := n.Host("server", nil), n.Host("client", nil)
		l, err := server.Listen("tcp", ":7")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		go func() {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			defer conn.Close()
			conn.SetDeadline(time.Now().Add(time.Minute)) // it cannot tell that nothing will come
			io.Copy(conn, conn)
		}()

		conn, err := client.Dial("tcp", "server:7")
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		for _, test := range []struct {
			size int
			want error
		}{{1000, nil}, {5000, os.ErrDeadlineExceeded}} {
			conn.SetDeadline(time.Now().Add(20 * time.Second))
			if _, err := conn.Write(make([]byte, test.size)); err != nil {
				t.Error(err)
			}
			if _, err := io.ReadFull(conn, make([]byte, test.size)); !errors.Is(err, test.want) {
				t.Errorf("echo of %d bytes: %v, want %v", test.size, err, test.want)
			}
		}
		if hits := wire.Faults.Counters()[0].Hits; hits == 0 {
			t.Error("the hole has swallowed nothing")
		}
	})
}

// TestCookbookPartition: a network falls apart during a transfer and heals; TCP goes on where it was.
func TestCookbookPartition(t *testing.T) {
	n := simtest.New(t, simtest.Config{})
	n.Wire(link.Config{Latency: 10 * time.Millisecond},
		fault.Partition([]string{"server"}, []string{"device"}).Between(100*time.Millisecond, 10*time.Second))
	server, device := n.Host("server", nil), n.Device("device", simtest.DeviceConfig{})
	n.Go("server", func() error { return listenAndUpload(server, 200_000) })
	n.Thread("client", func() error { return download(n, device, server.Addr(), 200_000) })
	if took := n.Run(); took < 10*time.Second || took > 30*time.Second {
		t.Errorf("took %v, want little more than the 10 s of the partition", took)
	}
}

// TestCookbookSYNFlood: a hundred clients knock at a device with one socket and a listen queue of 5. Each that waits costs a packet, the queue drops the oldest for the newest,
// and the pool survives.
func TestCookbookSYNFlood(t *testing.T) {
	n := simtest.New(t, simtest.Config{})
	attacker, device := n.Host("attacker", nil), n.Device("device", simtest.DeviceConfig{Packets: 10})
	n.Thread("server", func() error {
		s, err := tcpSocket(device, "server")
		if err != nil {
			return err
		}
		if err := device.IP().Listen(80, s, 5, nil); err != nil {
			return err
		}
		// It is busy with other things and does not accept.
		if err := n.Sleep(3 * time.Second); err != nil {
			return err
		}
		return errors.Join(s.Unaccept(), device.IP().Unlisten(80), s.Delete())
	})
	for range 100 {
		n.Go("client", func() error {
			conn, err := attacker.DialTimeout("tcp", "device:80", 2*time.Second)
			if err == nil {
				return errors.Join(errors.New("connected"), conn.Close())
			}
			if !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, syscall.ECONNREFUSED) {
				return err
			}
			return nil
		})
	}
	n.Run()
	s := device.Pool.Stats()
	if s.Lowest != 10-6 || s.EmptyRequests > 0 {
		t.Errorf("fewest free packets: %d, held by %v, want 5 of the queue and the one that came last gone", s.Lowest, s.LowestHolders)
	}
}

// TestCookbookTimeouts: how long does a device wait for a server that is not there? Its transmit_configure says so.
func TestCookbookTimeouts(t *testing.T) {
	for _, test := range []struct {
		retries, shift uint32
		want           time.Duration
	}{
		{retries: 2, shift: 0, want: 3 * time.Second},   // 1 + 1 + 1
		{retries: 3, shift: 1, want: 15 * time.Second},  // 1 + 2 + 4 + 8
		{retries: 10, shift: 0, want: 11 * time.Second}, // the default of NetX Duo
	} {
		n := simtest.New(t, simtest.Config{})
		wire := n.Wire(link.Config{})
		server := n.Host("server", nil)
		wire.Inject(fault.Loss(1).When(fault.Match{Protocol: fault.TCP}))
		device := n.Device("device", simtest.DeviceConfig{})
		n.Thread("client", func() error {
			s, err := tcpSocket(device, "client")
			if err != nil {
				return err
			}
			s.ConfigureTransmit(20, 100, test.retries, test.shift) // 100 ticks are a second
			if err := s.Bind(0, 0); err != nil {
				return err
			}
			if err := s.Connect(server.Addr(), 80, sim.WaitForever); !errors.Is(err, status.NotConnected) {
				return fmt.Errorf("connect: %w", err)
			}
			return errors.Join(s.Unbind(), s.Delete())
		})
		if took := n.Run().Round(time.Second); took != test.want {
			t.Errorf("%d retries with a shift of %d: gave up after %v, want %v", test.retries, test.shift, took, test.want)
		}
	}
}

// TestCookbookExhaustedPool: somebody takes all packets for a fifth of a second in the middle of a download. Frames are lost meanwhile, and TCP repairs it.
func TestCookbookExhaustedPool(t *testing.T) {
	n := simtest.New(t, simtest.Config{})
	n.Wire(link.Config{Latency: 5 * time.Millisecond})
	server, device := n.Host("server", nil), n.Device("device", simtest.DeviceConfig{Packets: 16})
	n.Go("server", func() error { return listenAndUpload(server, 300_000) })
	n.Thread("client", func() error { return download(n, device, server.Addr(), 300_000) })
	n.Disturb(hostfault.Fault{At: 50 * time.Millisecond, For: 200 * time.Millisecond, Do: hostfault.Exhaust{Pool: device.Pool}})
	n.Run()
	if s := device.Pool.Stats(); s.Lowest != 0 || s.EmptyRequests == 0 {
		t.Errorf("the pool was never empty: %+v", s)
	}
}

// TestCookbookCapture: a capture of everything, for Wireshark, whether the test fails or not. (One that fails leaves its own in the artifact directory.)
func TestCookbookCapture(t *testing.T) {
	n := simtest.New(t, simtest.Config{})
	wire := n.Wire(link.Config{}, fault.Fault{Name: "third", If: fault.Nth(3), Do: fault.Drop{}})
	file, err := os.Create(t.TempDir() + "/download.pcapng") // t.ArtifactDir() to keep it
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	c := capture.New(file)
	c.Wire(wire.Wire)
	server, device := n.Host("server", nil), n.Device("device", simtest.DeviceConfig{})
	c.Pool(device.Pool)
	n.Go("server", func() error { return listenAndUpload(server, 5000) })
	n.Thread("client", func() error { return download(n, device, server.Addr(), 5000) })
	n.Run()
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file.Name())
	if err != nil || !bytes.Contains(data, []byte("lost on the way to server: third")) {
		t.Errorf("a capture of %d bytes, %v, does not tell of the lost frame", len(data), err)
	}
}
