package dovecot

import (
	"crypto/tls"
	"crypto/x509"
	"net/netip"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"

	"netxsim/ipstack"
	"netxsim/ipstack/host"
	"netxsim/packetpool"
	"netxsim/pop3client"
	"netxsim/sim"
	"netxsim/sim/link"
	"netxsim/sim/mailbox"
	"netxsim/sim/uplink"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serverAddr is that of the server on the simulated wire.
var serverAddr = netip.MustParseAddr("192.2.2.89")

const (
	name     = "mrose"
	password = "tanstaaf"
	window   = 16 << 10
)

// start starts a server in which mrose has the messages of box. Without Dovecot
// the test is skipped, but not in CI.
func start(t *testing.T, box *mailbox.Mailbox) *Server {
	t.Helper()
	if _, err := Available(); err != nil {
		if os.Getenv("NETXSIM_CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	s, err := Start(map[string]string{name: password})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		log, err := s.Stop()
		if err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Logf("the log of the server:\n%s", log)
		}
	})
	if err := s.Deliver(name, box); err != nil {
		t.Fatal(err)
	}
	return s
}

// A network is a NetX target on a simulated wire in real time, and an uplink to
// the server.
type network struct {
	t      *testing.T
	kernel *sim.Kernel
	target *ipstack.IP
	pool   *packetpool.Pool
	server *Server
}

func newNetwork(t *testing.T, s *Server, packets int) *network {
	t.Helper()
	n := &network{t: t, server: s, kernel: sim.New(sim.Config{Clock: sim.RealTime(), Horizon: time.Minute})}
	wire := link.New(n.kernel, link.Config{})
	bridge := uplink.New(n.kernel, uplink.Config{Host: host.New(n.kernel, host.Config{
		Name: "server", Address: netip.PrefixFrom(serverAddr, 24), Wire: wire, HardwareAddress: [6]byte{2, 5: 89}, Callers: host.Baton,
	})})
	bridge.Forward(110, s.Address)
	bridge.Forward(995, s.AddressTLS)
	var err error
	n.pool, err = packetpool.New(n.kernel, packetpool.Config{
		Name: "client", Payload: 1536, Target: packetpool.ILP32,
		Size: packetpool.SizeFor(packetpool.ILP32, 1536, packets),
	})
	if err != nil {
		t.Fatal(err)
	}
	n.target, err = ipstack.New(n.kernel, ipstack.Config{
		Name: "target", Address: netip.MustParsePrefix("192.2.2.61/24"), Pool: n.pool, Priority: 1,
		Driver: ipstack.Ethernet(wire, ipstack.HardwareAddress{2, 5: 61}),
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{n.target.EnableARP(8), n.target.EnableTCP()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return n
}

// config is that of a client with all fixes, for USER and PASS.
func (n *network) config() pop3client.Config {
	return pop3client.Config{
		IP: n.target, Server: serverAddr, User: name, Password: password, Window: window, Fixes: pop3client.AllFixes,
	}
}

// tls is what a client needs to trust the server.
func (n *network) tls() *tls.Config {
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(n.server.Certificate) {
		n.t.Fatal("no certificate in the server's PEM")
	}
	return &tls.Config{RootCAs: pool, ServerName: "localhost", Time: time.Now}
}

// session runs program in a session of its own and returns the quirks it met.
func (n *network) session(config pop3client.Config, program func(*pop3client.Client) error) (quirks []pop3client.QuirkCount) {
	n.t.Helper()
	n.run(func() {
		client, err := pop3client.Create(config)
		if err == nil {
			err = program(client)
		}
		if err != nil {
			n.t.Error(err)
		}
		if client != nil {
			_ = client.Delete()
			quirks = client.Quirks()
		}
	})
	return quirks
}

// try begins a session and tells what came of it.
func (n *network) try(config pop3client.Config, tell func(error)) {
	n.t.Helper()
	n.run(func() {
		client, err := pop3client.Create(config)
		if client != nil {
			_ = client.Delete()
		}
		tell(err)
	})
}

// run runs a thread of the target to its end.
func (n *network) run(entry func()) {
	n.t.Helper()
	if _, err := n.kernel.NewThread(sim.ThreadConfig{Name: "application", Priority: 16, Entry: entry}); err != nil {
		n.t.Fatal(err)
	}
	report, err := n.kernel.Run(nil)
	if err != nil {
		n.t.Fatal(err)
	}
	if report.End != sim.EndDone {
		n.t.Fatalf("the run ended with %v", report.End)
	}
}
