package ipstack_test

import (
	"bytes"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"netxsim/ipstack"
	"netxsim/packetpool"
	"netxsim/sim"
	"netxsim/sim/link"
)

// network is two instances, A and B, on one wire.
type network struct {
	kernel *sim.Kernel
	wire   *link.Wire
	a, b   *ipstack.IP
}

func newNetwork(t testing.TB, seed uint64, wire link.Config, packets int) *network {
	t.Helper()
	n := &network{kernel: sim.New(sim.Config{Seed: seed, Horizon: time.Hour})}
	n.wire = link.New(n.kernel, wire)
	n.a = n.newIP(t, "A", "192.2.2.61/24", 0x61, packets)
	n.b = n.newIP(t, "B", "192.2.2.89/24", 0x89, packets)
	return n
}

func (n *network) newIP(t testing.TB, name, address string, mac byte, packets int) *ipstack.IP {
	t.Helper()
	return n.newTargetIP(t, ipstack.Target{}, name, address, mac, packets)
}

// newTargetIP is newIP of another build.
func (n *network) newTargetIP(t testing.TB, target ipstack.Target, name, address string, mac byte, packets int) *ipstack.IP {
	t.Helper()
	pool, err := packetpool.New(n.kernel, packetpool.Config{
		Name: name, Payload: 1536, Size: packetpool.SizeFor(packetpool.ILP32, 1536, packets), Target: packetpool.ILP32,
	})
	if err != nil {
		t.Fatal(err)
	}
	ip, err := ipstack.New(n.kernel, ipstack.Config{
		Name: name, Address: netip.MustParsePrefix(address), Pool: pool, Priority: 1, Target: target,
		Driver: ipstack.Ethernet(n.wire, ipstack.HardwareAddress{0, 0x11, 0x22, 0x33, 0x44, mac}),
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, enable := range []error{ip.EnableARP(8), ip.EnableICMP(), ip.EnableTCP()} {
		if enable != nil {
			t.Fatal(enable)
		}
	}
	return ip
}

// thread starts an application thread of priority 16.
func (n *network) thread(t testing.TB, name string, entry func() error) {
	t.Helper()
	_, err := n.kernel.NewThread(sim.ThreadConfig{Name: name, Priority: 16, Entry: func() {
		if err := entry(); err != nil {
			t.Errorf("%s at %v: %v", name, n.kernel.Now(), err)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
}

func (n *network) run(t testing.TB) *sim.Report {
	t.Helper()
	report, err := n.kernel.Run(func() {})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// accept waits on port 80 of B for a connection.
func (n *network) accept(window uint32) (*ipstack.TCPSocket, error) {
	s, err := n.b.NewTCPSocket(ipstack.TCPSocketConfig{Name: "server", Window: window})
	if err != nil {
		return nil, err
	}
	if err := n.b.Listen(80, s, 5, nil); err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	if err := s.Accept(sim.WaitForever); err != nil {
		return nil, fmt.Errorf("accept: %w", err)
	}
	return s, nil
}

// connect connects A to port 80 of B.
func (n *network) connect(window uint32) (*ipstack.TCPSocket, error) {
	s, err := n.a.NewTCPSocket(ipstack.TCPSocketConfig{Name: "client", Window: window})
	if err != nil {
		return nil, err
	}
	if err := s.Bind(0, 0); err != nil {
		return nil, fmt.Errorf("bind: %w", err)
	}
	if err := s.Connect(n.b.Address().Addr(), 80, 1000); err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	return s, nil
}

// send sends data in packets of at most size bytes.
func send(s *ipstack.TCPSocket, pool *packetpool.Pool, data []byte, size int) error {
	for len(data) > 0 {
		packet, err := pool.Allocate(56, sim.WaitForever)
		if err != nil {
			return fmt.Errorf("allocate: %w", err)
		}
		piece := data[:min(size, len(data))]
		data = data[len(piece):]
		if err := packet.Append(piece, pool, sim.WaitForever); err != nil {
			return fmt.Errorf("append: %w", err)
		}
		if err := s.Send(packet, sim.WaitForever); err != nil {
			packet.Release()
			return fmt.Errorf("send: %w", err)
		}
	}
	return nil
}

// receiveAll receives n bytes and returns them with the sizes of the packets.
func receiveAll(s *ipstack.TCPSocket, n int) (data []byte, sizes []int, err error) {
	for len(data) < n {
		packet, err := s.Receive(10000)
		if err != nil {
			return data, sizes, fmt.Errorf("receive after %d bytes: %w", len(data), err)
		}
		buf := make([]byte, packet.Length)
		if _, err := packet.Retrieve(buf); err != nil {
			return data, sizes, err
		}
		data = append(data, buf...)
		sizes = append(sizes, len(buf))
		packet.Release()
	}
	return data, sizes, nil
}

func pattern(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*7 + i>>8)
	}
	return b
}

func TestTransfer(t *testing.T) {
	for _, test := range []struct {
		name  string
		wire  link.Config
		bytes int
	}{
		{"quiet wire", link.Config{}, 100_000},
		{"10 Mbit/s", link.Config{Bandwidth: 10_000_000, Latency: time.Millisecond}, 100_000},
		{"5 % loss", link.Config{Bandwidth: 10_000_000, Latency: time.Millisecond, Loss: 0.05}, 100_000},
	} {
		t.Run(test.name, func(t *testing.T) {
			n := newNetwork(t, 1, test.wire, 20)
			data := pattern(test.bytes)
			var got []byte
			n.thread(t, "server", func() error {
				s, err := n.accept(8192)
				if err != nil {
					return err
				}
				if got, _, err = receiveAll(s, len(data)); err != nil {
					return err
				}
				if err := s.Disconnect(1000); err != nil {
					return fmt.Errorf("disconnect: %w (%v)", err, s.State())
				}
				if err := s.Unaccept(); err != nil {
					return fmt.Errorf("unaccept: %w", err)
				}
				if err := n.b.Unlisten(80); err != nil {
					return fmt.Errorf("unlisten: %w", err)
				}
				return s.Delete()
			})
			n.thread(t, "client", func() error {
				s, err := n.connect(8192)
				if err != nil {
					return err
				}
				if err := send(s, n.a.DefaultPool(), data, 1000); err != nil {
					return err
				}
				if _, err := s.Receive(2000); err == nil {
					return fmt.Errorf("received what nobody sent")
				}
				if err := s.Disconnect(1000); err != nil {
					return fmt.Errorf("disconnect: %w", err)
				}
				if err := s.Unbind(); err != nil {
					return fmt.Errorf("unbind: %w", err)
				}
				return s.Delete()
			})
			report := n.run(t)
			t.Logf("%v virtual, A %+v, B %+v", report.Now, n.a.Stats(), n.b.Stats())
			if !bytes.Equal(got, data) {
				t.Errorf("received %d bytes, not the %d sent", len(got), len(data))
			}
			for _, ip := range []*ipstack.IP{n.a, n.b} {
				if p := ip.DefaultPool(); p.Available() != p.Total() {
					t.Errorf("pool %s: %d of %d free, held by %v", p.Name(), p.Available(), p.Total(), p.Holders())
				}
			}
		})
	}
}
