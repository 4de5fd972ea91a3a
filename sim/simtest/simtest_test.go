package simtest_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"netxsim/ipstack"
	"netxsim/ipstack/host"
	"netxsim/sim"
	"netxsim/sim/link"
	"netxsim/sim/link/fault"
	"netxsim/sim/simtest"
)

// tcpSocket makes a socket of a device with a window that is usual there.
func tcpSocket(d *simtest.Device, name string) (*ipstack.TCPSocket, error) {
	return d.IP().NewTCPSocket(ipstack.TCPSocketConfig{Name: name, Window: 8192})
}

// download has a thread of a device receive size bytes from port 80 of a host, and returns when.
func download(n *simtest.Net, d *simtest.Device, from netip.Addr, size int) error {
	s, err := tcpSocket(d, "client")
	if err != nil {
		return err
	}
	if err := errors.Join(s.Bind(0, 0), s.Connect(from, 80, 1000)); err != nil {
		return err
	}
	for got := 0; got < size; {
		packet, err := s.Receive(6000)
		if err != nil {
			return fmt.Errorf("after %d of %d bytes: %w", got, size, err)
		}
		got += int(packet.Length)
		if err := packet.Release(); err != nil {
			return err
		}
	}
	return errors.Join(s.Disconnect(sim.WaitForever), s.Unbind(), s.Delete())
}

// listenAndUpload serves one connection to port 80 with size bytes.
func listenAndUpload(h *host.Host, size int) error {
	l, err := h.Listen("tcp", ":80")
	if err != nil {
		return err
	}
	return upload(l, size)
}

// upload serves one connection with size bytes.
func upload(l net.Listener, size int) error {
	defer l.Close()
	conn, err := l.Accept()
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.Write(make([]byte, size)); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, conn)
	return err
}

// transfer runs a download over a bad wire and returns the hash of its frames.
func transfer(t *testing.T, seed uint64) uint64 {
	n := simtest.New(t, simtest.Config{Seed: seed})
	wire := n.Wire(link.Config{Latency: 5 * time.Millisecond}, fault.Loss(0.05).When(fault.Match{Protocol: fault.TCP}), fault.Jitter(time.Millisecond, true))
	server, device := n.Host("server", nil), n.Device("device", simtest.DeviceConfig{Packets: 16})
	n.Go("server", func() error { return listenAndUpload(server, 50_000) })
	n.Thread("client", func() error { return download(n, device, server.Addr(), 50_000) })
	n.Run()
	return wire.Hash()
}

// TestReproducible wants the same frames for the same seed, in tests beside each other, and others for another.
func TestReproducible(t *testing.T) {
	hashes := make([]uint64, 4)
	t.Run("runs", func(t *testing.T) {
		for i := range hashes {
			t.Run(fmt.Sprint(i), func(t *testing.T) {
				t.Parallel()
				hashes[i] = transfer(t, uint64(max(i, 1)))
			})
		}
	})
	if hashes[0] != hashes[1] || hashes[1] == hashes[2] || hashes[2] == hashes[3] {
		t.Errorf("hashes of seeds 1, 1, 2, 3: %x", hashes)
	}
}

// TestLive has goroutines and an RTOS thread on one network, in a bubble.
func TestLive(t *testing.T) {
	simtest.Test(t, simtest.Config{}, func(t *testing.T, n *simtest.Net) {
		server, device := n.Host("server", nil), n.Device("device", simtest.DeviceConfig{})
		l, err := server.Listen("tcp", ":80")
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan struct{})
		n.Thread("client", func() error {
			defer close(done)
			return download(n, device, server.Addr(), 20_000)
		})
		if err := upload(l, 20_000); err != nil {
			t.Error(err)
		}
		<-done
	})
}

// TestRouter has a device in one network and a server in another.
func TestRouter(t *testing.T) {
	n := simtest.New(t, simtest.Config{})
	near, far := n.Wire(link.Config{Name: "near"}), n.Wire(link.Config{Name: "far", Latency: 20 * time.Millisecond})
	n.Router("router", near, far)
	server := n.Host("server", far)
	device := n.Device("device", simtest.DeviceConfig{Wires: []*simtest.Wire{near}})
	n.Go("server", func() error { return listenAndUpload(server, 10_000) })
	n.Thread("client", func() error { return download(n, device, server.Addr(), 10_000) })
	if took := n.Run(); took < 80*time.Millisecond {
		t.Errorf("took %v, want some round trips of 40 ms", took)
	}
}

// TestFailures wants a test to say what is wrong with it.
func TestFailures(t *testing.T) {
	for _, test := range []struct {
		name string
		run  func(t testing.TB)
		want []string
	}{
		{"packet left over", func(t testing.TB) {
			n := simtest.New(t, simtest.Config{Seed: 7})
			d := n.Device("device", simtest.DeviceConfig{Packets: 4})
			n.Thread("hoarder", func() error {
				_, err := d.Pool.Allocate(0, 0)
				return err
			})
			n.Run()
		}, []string{"1 of 4 packets of pool device are left over, held by hoarder 1", "seed 7; to repeat: NETXSIM_SEED=7 go test"}},
		{"connection left over", func(t testing.TB) {
			n := simtest.New(t, simtest.Config{})
			h := n.Host("server", nil)
			n.Go("server", func() error {
				_, err := h.Listen("tcp", ":80")
				return err
			})
			n.Run()
		}, []string{"tcp listening at 10.0.1.1:80 of server was not closed"}},
		{"goroutine left over", func(t testing.TB) {
			simtest.New(t, simtest.Config{})
			go func() { <-make(chan int) }()
		}, []string{"goroutines of the test are left over", "TestFailures"}},
		{"deadlock", func(t testing.TB) {
			n := simtest.New(t, simtest.Config{})
			d := n.Device("device", simtest.DeviceConfig{Packets: 1})
			n.Thread("hungry", func() error {
				for {
					if _, err := d.Pool.Allocate(0, sim.WaitForever); err != nil {
						return err
					}
				}
			})
			n.Run()
		}, []string{"thread hungry", "pool device, 0 of 1 free", "1 requests in vain"}},
		{"thread", func(t testing.TB) {
			n := simtest.New(t, simtest.Config{})
			wire := n.Wire(link.Config{})
			a := n.Device("a", simtest.DeviceConfig{})
			b := n.Device("b", simtest.DeviceConfig{})
			wire.Inject(fault.Fault{Name: "cut", Do: fault.Drop{}})
			n.Thread("pinger", func() error {
				_, err := a.IP().Ping(b.IP().Address().Addr(), nil, 100)
				return err
			})
			n.Run()
		}, []string{
			"thread pinger: NX_NO_RESPONSE", "ended after 1s of simulated time", "fault cut: 1 of 1 frames",
			"who has 10.0.1.2", "lost on the way to b (cut)", "seed-1.pcapng",
		}},
		{"panic beside goroutines", func(t testing.TB) {
			n := simtest.Live(t, simtest.Config{})
			n.Kernel().Post(func() { panic("boom") })
			<-n.Kernel().Over()
			n.Host("late", nil)
		}, []string{"the network has ended", "panic in event: boom"}},
		{"two of a name", func(t testing.TB) {
			n := simtest.New(t, simtest.Config{})
			n.Host("twin", nil)
			n.Host("twin", nil)
		}, []string{`there are two of the name "machine twin"`}},
		{"impossible fault", func(t testing.TB) {
			simtest.New(t, simtest.Config{}).Wire(link.Config{}, fault.Loss(2))
		}, []string{"simtest: fault loss: the probability is 2, want a probability from 0 to 1"}},
		{"fault of nobody", func(t testing.TB) {
			n := simtest.New(t, simtest.Config{})
			n.Wire(link.Config{Name: "near"}, fault.Partition([]string{"server"}, []string{"devise"}))
			far := n.Wire(link.Config{Name: "far"})
			n.Host("server", far)
		}, []string{`fault partition names port "devise", which wire near does not have`}},
		{"no such fault", func(t testing.TB) {
			simtest.New(t, simtest.Config{}).Wire(link.Config{}).Switch("rain", true)
		}, []string{`wire wire has no fault named "rain"`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			log, failed := record(t, test.run)
			if !failed {
				t.Error("the test has not failed")
			}
			for _, want := range test.want {
				if !strings.Contains(log, want) {
					t.Errorf("%q is not in what it printed:\n%s", want, log)
				}
			}
		})
	}
}

// TestArtifact wants the capture of a failed test where its message says.
func TestArtifact(t *testing.T) {
	record(t, func(t testing.TB) {
		n := simtest.New(t, simtest.Config{})
		a, b := n.Device("a", simtest.DeviceConfig{}), n.Device("b", simtest.DeviceConfig{})
		n.Thread("pinger", func() error {
			packet, err := a.IP().Ping(b.IP().Address().Addr(), nil, 100)
			return errors.Join(err, packet.Release(), errors.New("no"))
		})
		n.Run()
	})
	data, err := os.ReadFile(filepath.Join(t.ArtifactDir(), "seed-1.pcapng"))
	if err != nil {
		t.Fatal(err)
	}
	if magic := []byte{0x0a, 0x0d, 0x0d, 0x0a}; !bytes.HasPrefix(data, magic) {
		t.Errorf("the file begins with % x", data[:4])
	}
}

// TestSeedVariable wants the environment to choose the seed.
func TestSeedVariable(t *testing.T) {
	t.Setenv(simtest.SeedVariable, "0x2a")
	if got := simtest.New(t, simtest.Config{Seed: 3}).Seed(); got != 42 {
		t.Errorf("seed %d", got)
	}
	t.Setenv(simtest.SeedVariable, "much")
	if log, failed := record(t, func(t testing.TB) { simtest.New(t, simtest.Config{}) }); !failed || !strings.Contains(log, "NETXSIM_SEED") {
		t.Errorf("a seed that is no number: %s", log)
	}
}

// serve serves HTTP on port 80 of a host until stop is called.
func serve(t *testing.T, h *host.Host, handler http.HandlerFunc) (stop func()) {
	t.Helper()
	l, err := h.Listen("tcp", ":80")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: handler}
	done := make(chan error)
	go func() { done <- server.Serve(l) }()
	return func() {
		server.Close()
		if err := <-done; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	}
}
