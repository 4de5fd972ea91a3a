package host_test

import (
	"flag"
	"io"
	"net"
	"net/netip"
	"runtime"
	"testing"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/adapters/gonet"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	gvisorpipe "gvisor.dev/gvisor/pkg/tcpip/link/pipe"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"

	"netxsim/ipstack"
	"netxsim/ipstack/host"
	"netxsim/packetpool"
	"netxsim/sim"
	"netxsim/sim/link"
)

// runSize is the number of bytes that a run moves.
const runSize = 64 << 10

// wholeRun makes a kernel, a wire, an NX_IP with a pool and a plain host, has the host send 64 KiB to the NX_IP, and takes
// everything down.
func wholeRun(t testing.TB) {
	k := sim.New(sim.Config{Seed: 1})
	wire := link.New(k, link.Config{})
	server := host.New(k, host.Config{
		Name: "server", Address: netip.MustParsePrefix("10.0.0.1/24"), Wire: wire, HardwareAddress: [6]byte{2, 5: 1},
	})
	pool := ok(packetpool.New(k, packetpool.Config{
		Name: "device", Payload: 1536, Size: packetpool.SizeFor(packetpool.ILP32, 1536, 30), Target: packetpool.ILP32,
	}))(t)
	ip := ok(ipstack.New(k, ipstack.Config{
		Name: "device", Address: netip.MustParsePrefix("10.0.0.2/24"), Pool: pool, Priority: 1,
		Driver: ipstack.Ethernet(wire, ipstack.HardwareAddress{2, 5: 2}),
	}))(t)
	check(t, ip.EnableARP(8))
	check(t, ip.EnableTCP())
	server.Go(func() {
		l := ok(server.Listen("tcp", ":80"))(t)
		c := ok(l.Accept())(t)
		ok(c.Write(make([]byte, runSize)))(t)
		check(t, c.Close())
		check(t, l.Close())
	})
	ok(k.NewThread(sim.ThreadConfig{Name: "client", Priority: 16, Entry: func() {
		s := ok(ip.NewTCPSocket(ipstack.TCPSocketConfig{Name: "client", Window: 8192}))(t)
		check(t, s.Bind(0, 0))
		check(t, s.Connect(netip.MustParseAddr("10.0.0.1"), 80, 1000))
		for left := runSize; left > 0; {
			packet := ok(s.Receive(1000))(t)
			left -= int(packet.Length)
			check(t, packet.Release())
		}
		check(t, s.Disconnect(1000))
		check(t, s.Unbind())
		check(t, s.Delete())
	}}))(t)
	ok(k.Run(nil))(t)
	if pool.Available() != pool.Total() {
		t.Errorf("%d of %d packets are free", pool.Available(), pool.Total())
	}
}

func ok[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		check(t, err)
		return v
	}
}

func check(t testing.TB, err error) {
	if err != nil {
		t.Helper()
		t.Error(err)
		runtime.Goexit()
	}
}

// BenchmarkRun is a whole run: set-up, 64 KiB over a connection, and the end of everything. Compare it with BenchmarkBareRun.
func BenchmarkRun(b *testing.B) {
	b.ReportAllocs()
	for range b.N {
		wholeRun(b)
	}
}

// BenchmarkBareRun does what BenchmarkRun does with two stacks of gVisor, its pipe and real time.
func BenchmarkBareRun(b *testing.B) {
	b.ReportAllocs()
	for range b.N {
		bareRun(b)
	}
}

func bareRun(b *testing.B) {
	left, right := gvisorpipe.New("\x02\x02\x02\x02\x02\x01", "\x02\x02\x02\x02\x02\x02", 1500)
	from, to := bareStack(b, left, 1), bareStack(b, right, 2)
	defer from.Destroy()
	defer to.Destroy()
	l := ok(gonet.ListenTCP(from, tcpip.FullAddress{NIC: 1, Port: 80}, ipv4.ProtocolNumber))(b)
	defer l.Close()
	over := make(chan error, 1)
	go func() {
		c, err := l.Accept()
		if err == nil {
			_, err = c.Write(make([]byte, runSize))
			c.Close()
		}
		over <- err
	}()
	var c net.Conn = ok(gonet.DialTCP(to, tcpip.FullAddress{NIC: 1, Addr: tcpip.AddrFrom4([4]byte{10, 0, 0, 1}), Port: 80}, ipv4.ProtocolNumber))(b)
	ok(io.CopyN(io.Discard, c, runSize))(b)
	check(b, <-over)
	check(b, c.Close())
}

func bareStack(b *testing.B, at stack.LinkEndpoint, number byte) *stack.Stack {
	s := stack.New(stack.Options{
		NetworkProtocols:   []stack.NetworkProtocolFactory{ipv4.NewProtocol},
		TransportProtocols: []stack.TransportProtocolFactory{tcp.NewProtocol},
	})
	if err := s.CreateNIC(1, at); err != nil {
		b.Fatal(err)
	}
	s.AddProtocolAddress(1, tcpip.ProtocolAddress{
		Protocol: ipv4.ProtocolNumber, AddressWithPrefix: tcpip.AddrFrom4([4]byte{10, 0, 0, number}).WithPrefix(),
	}, stack.AddressProperties{})
	s.SetRouteTable([]tcpip.Route{{Destination: header.IPv4EmptySubnet, NIC: 1}})
	return s
}

// runs is how many runs TestMemoryOfRuns makes.
var runs = flag.Int("runs", 500, "runs of TestMemoryOfRuns; 10000 for the long form")

// TestMemoryOfRuns wants the heap, and the number of goroutines, to be the same however many runs there were.
func TestMemoryOfRuns(t *testing.T) {
	const few = 50
	many := *runs
	for range few {
		wholeRun(t)
	}
	heap, goroutines := inUse()
	for range many {
		wholeRun(t)
	}
	heapAfter, goroutinesAfter := inUse()
	grown := int64(heapAfter) - int64(heap)
	t.Logf("%d runs: %d bytes more, %d goroutines more", many, grown, goroutinesAfter-goroutines)
	if grown > 100_000 { // less than half of what one run takes
		t.Errorf("%d runs have left %d bytes", many, grown)
	}
	if goroutinesAfter > goroutines {
		t.Errorf("%d goroutines have become %d", goroutines, goroutinesAfter)
	}
}

// inUse returns the bytes of reachable objects, and the number of goroutines.
func inUse() (bytes uint64, goroutines int) {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc, runtime.NumGoroutine()
}
