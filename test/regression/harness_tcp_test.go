package regression_test

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"netxsim/ipstack"
	"netxsim/packetpool"
	"netxsim/sim"
	"netxsim/sim/link"
)

// tcpHz is a second in ticks, tcpPort the port that servers of the TCP tests listen on.
const (
	tcpHz   = 100
	tcpPort = 12
)

// The hosts of the TCP tests: two instances, and a peer whose segments the test writes itself.
var (
	tcpAddrA    = netip.MustParseAddr("1.2.3.4")
	tcpAddrB    = netip.MustParseAddr("1.2.3.5")
	tcpAddrPeer = netip.MustParseAddr("1.2.3.9")
)

// tcpOptions says how the network of a test differs from the usual.
type tcpOptions struct {
	packets int // in the pool of each instance; 0 means 30
	payload uint32
	target  ipstack.Target
	noTCP   bool // leave TCP to the test
}

// tcpNet is two instances on a wire. a is usually the client.
type tcpNet struct {
	testing.TB
	kernel *sim.Kernel
	wire   *link.Wire
	a, b   *ipstack.IP
	sent   []tcpFrame // the TCP segments of the instances, in the order in which they were sent
}

// tcpFrame is a segment on the wire.
type tcpFrame struct {
	from string // name of the instance
	at   time.Duration
	tcpSegment
}

func newTCPNet(t testing.TB, options tcpOptions) *tcpNet {
	t.Helper()
	n := &tcpNet{TB: t, kernel: sim.New(sim.Config{Seed: 1, Horizon: time.Hour})}
	n.wire = link.New(n.kernel, link.Config{Name: "wire"})
	n.wire.Observe(func(e link.FrameEvent) {
		if seg, ok := tcpParse(e.Frame); ok && e.Kind == link.Sent {
			n.sent = append(n.sent, tcpFrame{e.From.Name(), e.Time, seg})
		}
	})
	n.a = n.newIP("A", tcpAddrA, options)
	n.b = n.newIP("B", tcpAddrB, options)
	return n
}

func (n *tcpNet) newIP(name string, address netip.Addr, options tcpOptions) *ipstack.IP {
	n.Helper()
	if options.packets == 0 {
		options.packets = 30
	}
	if options.payload == 0 {
		options.payload = 1536
	}
	device := packetpool.Target{EnableLowWatermark: options.target.LowWatermark}
	pool, err := packetpool.New(n.kernel, packetpool.Config{
		Name: name, Payload: options.payload, Target: device,
		Size: packetpool.SizeFor(device, options.payload, options.packets),
	})
	n.must("create a pool", err)
	last := address.As4()[3]
	ip, err := ipstack.New(n.kernel, ipstack.Config{
		Name: name, Address: netip.PrefixFrom(address, 24), Pool: pool, Priority: 1, Target: options.target,
		Driver: ipstack.Ethernet(n.wire, ipstack.HardwareAddress{2, 0, 0, 0, 0, last}),
	})
	n.must("create an instance", err)
	n.must("enable ARP", ip.EnableARP(8))
	if !options.noTCP {
		n.must("enable TCP", ip.EnableTCP())
	}
	return ip
}

// must ends the test, outside of its threads, when err is one.
func (n *tcpNet) must(what string, err error) {
	n.Helper()
	if err != nil {
		n.Fatalf("%s: %v", what, err)
	}
}

// want checks the status of a service.
func (n *tcpNet) want(what string, got, want error) {
	n.Helper()
	n.equal(what, fmt.Sprint(got), fmt.Sprint(want))
}

// ok checks that a service succeeded.
func (n *tcpNet) ok(what string, got error) {
	n.Helper()
	n.want(what, got, nil)
}

// equal compares values.
func (n *tcpNet) equal(what string, got, want any) {
	n.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		n.Errorf("%v: %s (-want +got):\n%s", n.kernel.Now(), what, diff)
	}
}

// thread starts an application thread; those of equal priority run in the order in which they are started.
func (n *tcpNet) thread(name string, entry func()) *sim.Thread {
	n.Helper()
	t, err := n.kernel.NewThread(sim.ThreadConfig{Name: name, Priority: 16, Entry: entry})
	n.must("start a thread", err)
	return t
}

// sleep lets the calling thread sleep; the clock is the simulated one.
func (n *tcpNet) sleep(ticks uint32) { n.kernel.Sleep(ticks) }

// run runs the threads to their end and checks that no packet is missing.
func (n *tcpNet) run() {
	n.Helper()
	report, err := n.kernel.Run(func() {})
	n.must("run", err)
	n.equal("how the run ended", report.End, sim.EndDone)
	for _, ip := range []*ipstack.IP{n.a, n.b} {
		pool := ip.DefaultPool()
		held := 0
		for _, h := range pool.Holders() {
			held += h.Packets
		}
		n.equal("packets free and held in pool "+pool.Name(), int(pool.Available())+held, int(pool.Total()))
		if pool.Available() != pool.Total() {
			n.Errorf("pool %s: %d of %d free, held by %v", pool.Name(), pool.Available(), pool.Total(), pool.Holders())
		}
	}
}

// socket creates a socket with a receive window.
func (n *tcpNet) socket(ip *ipstack.IP, name string, window uint32) *ipstack.TCPSocket {
	n.Helper()
	s, err := ip.NewTCPSocket(ipstack.TCPSocketConfig{Name: name, Window: window})
	n.ok("create socket "+name, err)
	return s
}

// client creates a socket of a that is bound and connected to b's server.
func (n *tcpNet) client(window uint32) *ipstack.TCPSocket {
	n.Helper()
	s := n.socket(n.a, "client", window)
	n.ok("bind", s.Bind(0x88, sim.WaitForever))
	n.ok("connect", s.Connect(tcpAddrB, tcpPort, 5*tcpHz))
	return s
}

// server creates a socket of b that has accepted a connection.
func (n *tcpNet) server(window uint32) *ipstack.TCPSocket {
	n.Helper()
	s := n.socket(n.b, "server", window)
	n.ok("listen", n.b.Listen(tcpPort, s, 5, nil))
	n.ok("accept", s.Accept(5*tcpHz))
	return s
}

// closeClient takes a client socket down from its last connection.
func (n *tcpNet) closeClient(s *ipstack.TCPSocket) {
	n.Helper()
	n.ok("unbind", s.Unbind())
	n.ok("delete "+s.Name(), s.Delete())
}

// closeServer takes a server socket down from its last connection.
func (n *tcpNet) closeServer(s *ipstack.TCPSocket) {
	n.Helper()
	n.ok("unaccept", s.Unaccept())
	n.ok("unlisten", s.IP().Unlisten(tcpPort))
	n.ok("delete "+s.Name(), s.Delete())
}

// packet returns a packet of the socket's instance with data in it.
func (n *tcpNet) packet(s *ipstack.TCPSocket, data []byte) *packetpool.Packet {
	n.Helper()
	pool := s.IP().DefaultPool()
	p, err := pool.Allocate(56, sim.WaitForever)
	n.ok("allocate", err)
	n.ok("append", p.Append(data, pool, sim.WaitForever))
	return p
}

// send sends data in one packet, which it gives back if the socket does not take it, and returns the socket's status.
func (n *tcpNet) send(s *ipstack.TCPSocket, data []byte, wait uint32) error {
	n.Helper()
	p := n.packet(s, data)
	err := s.Send(p, wait)
	if err != nil {
		n.ok("release", p.Release())
	}
	return err
}

// receive returns the data of the next packet.
func (n *tcpNet) receive(s *ipstack.TCPSocket, wait uint32) (string, error) {
	n.Helper()
	p, err := s.Receive(wait)
	if err != nil {
		return "", err
	}
	data := make([]byte, p.Length)
	_, err = p.Retrieve(data)
	n.ok("retrieve", err)
	n.ok("release", p.Release())
	return string(data), nil
}

// receiveAll receives until nothing has come for wait ticks, and returns the data of the packets.
func (n *tcpNet) receiveAll(s *ipstack.TCPSocket, wait uint32) (pieces []string) {
	n.Helper()
	for {
		piece, err := n.receive(s, wait)
		if err != nil {
			return pieces
		}
		pieces = append(pieces, piece)
	}
}

// lose has the wire lose the next count segments of an instance that match.
func (n *tcpNet) lose(from string, count int, match func(tcpSegment) bool) {
	n.rule(from, match, func() link.Verdict {
		if count == 0 {
			return link.Pass
		}
		count--
		return link.Drop
	})
}

// rule has the wire ask for a verdict on every segment of an instance that matches.
func (n *tcpNet) rule(from string, match func(tcpSegment) bool, verdict func() link.Verdict) {
	n.wire.AddRule(func(d link.Delivery) link.Verdict {
		if seg, ok := tcpParse(d.Frame); ok && d.From.Name() == from && match(seg) {
			return verdict()
		}
		return link.Pass
	})
}

// count counts the segments that an instance has sent and that match.
func (n *tcpNet) count(from string, match func(tcpSegment) bool) int {
	count := 0
	for _, f := range n.sent {
		if f.from == from && match(f.tcpSegment) {
			count++
		}
	}
	return count
}

// tcpPattern is data of which every part is easily told from the others.
func tcpPattern(n int) []byte {
	data := make([]byte, n)
	for i := range data {
		data[i] = 'A' + byte(i%26+i/26%6)
	}
	return data
}
