//go:build linux

package tap_test

import (
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"netxsim/ipstack"
	"netxsim/packetpool"
	"netxsim/sim"
	"netxsim/sim/link"
	"netxsim/sim/tap"
)

// Who is who on the cable.
const (
	linuxNetwork = "192.2.2.1/24"
	linuxAddress = "192.2.2.1"
	nxAddress    = "192.2.2.61"
	priority     = 16
)

// A network is an NX_IP on a wire with a Linux machine.
type network struct {
	t      testing.TB
	kernel *sim.Kernel
	wire   *link.Wire
	device *tap.Device
	pool   *packetpool.Pool
	ip     *ipstack.IP
	busy   atomic.Int32 // functions that run outside
}

// newNetwork connects an NX_IP with a pool of so many packets to Linux. A run that takes longer than a minute has hung.
func newNetwork(t testing.TB, packets int) *network {
	t.Helper()
	n := &network{t: t, device: device(t, linuxNetwork)}
	n.kernel = sim.New(sim.Config{Seed: 1, Clock: sim.RealTime(), Horizon: time.Minute})
	n.wire = link.New(n.kernel, link.Config{Name: "tap"})
	check(t, n.device.Join(n.kernel, n.wire))
	n.pool = must(packetpool.New(n.kernel, packetpool.Config{
		Name: "device", Payload: 1536, Size: packetpool.SizeFor(packetpool.ILP32, 1536, packets), Target: packetpool.ILP32,
	}))
	n.ip = must(ipstack.New(n.kernel, ipstack.Config{
		Name: "device", Address: netip.MustParsePrefix(nxAddress + "/24"), Pool: n.pool, Priority: 1,
		Driver: ipstack.Ethernet(n.wire, [6]byte{2, 0, 0, 0, 0, 61}),
	}))
	check(t, n.ip.EnableARP(20))
	check(t, n.ip.EnableICMP())
	check(t, n.ip.EnableTCP())
	return n
}

// thread adds a program of the device.
func (n *network) thread(name string, f func() error) {
	must(n.kernel.NewThread(sim.ThreadConfig{Name: name, Priority: priority, Entry: func() {
		if err := f(); err != nil {
			n.t.Errorf("thread %s: %v", name, err)
		}
	}}))
}

// outside runs f beside the simulation, which waits for it to end. What f reports is an error of the test.
func (n *network) outside(name string, f func() error) {
	over := make(chan error, 1)
	n.busy.Add(1)
	go func() {
		defer n.busy.Add(-1)
		over <- f()
	}()
	n.t.Cleanup(func() {
		if err := <-over; err != nil {
			n.t.Errorf("%s: %v", name, err)
		}
	})
}

// run runs the simulation and wants no packet missing at its end.
func (n *network) run() {
	n.t.Helper()
	report, err := n.kernel.Run(nil)
	if err != nil || report.End != sim.EndDone {
		n.t.Fatalf("run: %v, %v", report.End, err)
	}
	if free, total := n.pool.Available(), n.pool.Total(); free != total {
		n.t.Errorf("%d of %d packets are free, held by: %v", free, total, n.pool.Holders())
	}
	if c := n.device.Counters(); c.Dropped > 0 {
		n.t.Errorf("Linux did not take %d frames", c.Dropped)
	}
}

// accept waits for a connection to a port of the device.
func (n *network) accept(port uint16, window uint32) (*ipstack.TCPSocket, error) {
	s, err := n.ip.NewTCPSocket(ipstack.TCPSocketConfig{Name: "server", Window: window})
	if err != nil {
		return nil, err
	}
	if err := n.ip.Listen(port, s, 5, nil); err != nil {
		return nil, err
	}
	return s, s.Accept(sim.WaitForever)
}

// connect connects the device to a port of Linux.
func (n *network) connect(port uint16, window uint32) (*ipstack.TCPSocket, error) {
	s, err := n.ip.NewTCPSocket(ipstack.TCPSocketConfig{Name: "client", Window: window})
	if err != nil {
		return nil, err
	}
	if err := s.Bind(0, 0); err != nil {
		return nil, err
	}
	return s, s.Connect(netip.MustParseAddr(linuxAddress), uint32(port), 500)
}

// receive reads until the peer closes or n bytes have come.
func receive(s *ipstack.TCPSocket, take func([]byte), n int) error {
	for n > 0 {
		packet, err := s.Receive(1000)
		if err != nil {
			return err
		}
		for p := packet; p != nil; p = p.Next {
			take(p.Bytes())
		}
		n -= int(packet.Length)
		if err := packet.Release(); err != nil {
			return err
		}
	}
	return nil
}

// send sends data in packets of the device's MSS.
func (n *network) send(s *ipstack.TCPSocket, data []byte) error {
	const mss = 1460
	for len(data) > 0 {
		size := min(len(data), mss)
		packet, err := n.pool.Allocate(56, sim.WaitForever)
		if err != nil {
			return err
		}
		if err := packet.Append(data[:size], n.pool, sim.WaitForever); err != nil {
			return err
		}
		if err := s.Send(packet, sim.WaitForever); err != nil {
			return err
		}
		data = data[size:]
	}
	return nil
}

// closeServer ends a server's connection.
func (n *network) closeServer(s *ipstack.TCPSocket, port uint16) error {
	if err := s.Disconnect(100); err != nil {
		return err
	}
	if err := s.Unaccept(); err != nil {
		return err
	}
	return n.ip.Unlisten(port)
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
