package uplink_test

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"netxsim/ipstack"
	"netxsim/ipstack/host"
	"netxsim/packetpool"
	"netxsim/sim"
	"netxsim/sim/link"
	"netxsim/sim/uplink"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The addresses of a network.
var (
	uplinkAddr = netip.MustParseAddr("10.0.0.1")
	clientAddr = netip.MustParseAddr("10.0.0.2")
	targetAddr = netip.MustParseAddr("10.0.0.3")
	echoPort   = netip.AddrPortFrom(uplinkAddr, 7)
)

// A network is an uplink, an ordinary client that has it as its gateway, and a
// NetX target, on one wire in real time.
type network struct {
	t      *testing.T
	kernel *sim.Kernel
	uplink *uplink.Uplink
	client *host.Host
	target *ipstack.IP
}

func newNetwork(t *testing.T, config uplink.Config) *network {
	t.Helper()
	kernel := sim.New(sim.Config{Clock: sim.RealTime(), Horizon: time.Minute})
	wire := link.New(kernel, link.Config{})
	n := &network{t: t, kernel: kernel}
	config.Host = host.New(kernel, host.Config{
		Name: "uplink", Address: netip.PrefixFrom(uplinkAddr, 24), Wire: wire, HardwareAddress: [6]byte{2, 5: 1}, Callers: host.Baton,
	})
	n.uplink = uplink.New(kernel, config)
	n.client = host.New(kernel, host.Config{
		Name: "client", Address: netip.PrefixFrom(clientAddr, 24), Gateway: uplinkAddr, Wire: wire, HardwareAddress: [6]byte{2, 5: 2}, Callers: host.Baton,
	})
	pool, err := packetpool.New(kernel, packetpool.Config{
		Name: "target", Payload: 1536, Size: packetpool.SizeFor(packetpool.ILP32, 1536, 100), Target: packetpool.ILP32,
	})
	if err != nil {
		t.Fatal(err)
	}
	n.target, err = ipstack.New(kernel, ipstack.Config{
		Name: "target", Address: netip.PrefixFrom(targetAddr, 24), Gateway: uplinkAddr, Pool: pool, Priority: 1,
		Driver: ipstack.Ethernet(wire, ipstack.HardwareAddress{2, 5: 3}),
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{n.target.EnableARP(8), n.target.EnableTCP(), n.target.EnableUDP()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	n.target.EnableFragmentation()
	return n
}

// run runs program on the client, to its end.
func (n *network) run(program func() error) {
	n.t.Helper()
	n.client.Go(func() {
		if err := program(); err != nil {
			n.t.Error(err)
		}
	})
	n.finish()
}

// runTarget runs program in a thread of the target, to its end.
func (n *network) runTarget(program func() error) {
	n.t.Helper()
	_, err := n.kernel.NewThread(sim.ThreadConfig{Name: "target", Priority: 16, Entry: func() {
		if err := program(); err != nil {
			n.t.Error(err)
		}
	}})
	if err != nil {
		n.t.Fatal(err)
	}
	n.finish()
	if pool := n.target.DefaultPool(); pool.Available() != pool.Total() && !n.t.Failed() {
		n.t.Errorf("%d of %d packets of the target are free", pool.Available(), pool.Total())
	}
}

func (n *network) finish() {
	n.t.Helper()
	report, err := n.kernel.Run(nil)
	if err != nil {
		n.t.Fatal(err)
	}
	if report.End != sim.EndDone {
		n.t.Fatalf("the run ended with %v", report.End)
	}
}

// dial connects the client with an address, as a connection of the kind that
// uplinks join.
func (n *network) dial(to netip.AddrPort) (stream, error) {
	conn, err := n.client.Dial("tcp", to.String())
	if err != nil {
		return nil, err
	}
	return conn.(stream), nil
}

type stream interface {
	net.Conn
	CloseWrite() error
	SetLinger(sec int) error
}

// serve listens on the machine's loopback and serves every connection with f,
// which the end of the test waits for. It returns the address.
func serve(t *testing.T, f func(*net.TCPConn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	t.Cleanup(func() {
		_ = listener.Close()
		wg.Wait()
	})
	wg.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer conn.Close()
				f(conn.(*net.TCPConn))
			})
		}
	})
	return listener.Addr().String()
}

// closedPort returns an address of the machine at which nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// heldDial is a Dial that waits for release.
type heldDial struct {
	release chan struct{}
	mu      sync.Mutex
	dials   int
}

func (d *heldDial) dial(ctx context.Context, network, address string) (net.Conn, error) {
	d.mu.Lock()
	d.dials++
	d.mu.Unlock()
	select {
	case <-d.release:
		return new(net.Dialer).DialContext(ctx, network, address)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
