package tshark

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"netxsim/ipstack"
	"netxsim/packetpool"
	"netxsim/sim"
	"netxsim/sim/capture"
	"netxsim/sim/link"
)

// port is where B listens, one that tshark knows no protocol of.
const port = 40000

// network is two instances on a captured wire.
type network struct {
	t      *testing.T
	kernel *sim.Kernel
	wire   *link.Wire
	a, b   *ipstack.IP
}

// record plays a session between two instances and returns the capture's path.
func record(t *testing.T, wire link.Config, play func(n *network)) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "session.pcapng")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	n := &network{t: t, kernel: sim.New(sim.Config{Seed: 1, Horizon: time.Hour})}
	n.wire = link.New(n.kernel, wire)
	c := capture.New(file)
	c.Wire(n.wire)
	n.a = n.instance("A", "192.2.2.61/24", 0x61)
	n.b = n.instance("B", "192.2.2.89/24", 0x89)
	c.Pool(n.a.DefaultPool())
	c.Pool(n.b.DefaultPool())
	play(n)
	if _, err := n.kernel.Run(nil); err != nil {
		t.Error(err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if err := file.Close(); err != nil {
		t.Error(err)
	}
	return path
}

func (n *network) instance(name, address string, mac byte) *ipstack.IP {
	pool, err := packetpool.New(n.kernel, packetpool.Config{
		Name: name, Payload: 1536, Size: packetpool.SizeFor(packetpool.ILP32, 1536, 30), Target: packetpool.ILP32,
	})
	n.check("pool", err)
	ip, err := ipstack.New(n.kernel, ipstack.Config{
		Name: name, Address: netip.MustParsePrefix(address), Pool: pool, Priority: 1,
		Driver: ipstack.Ethernet(n.wire, ipstack.HardwareAddress{0, 0x11, 0x22, 0x33, 0x44, mac}),
	})
	n.check("instance", err)
	ip.EnableFragmentation()
	for _, err := range []error{ip.EnableARP(8), ip.EnableICMP(), ip.EnableIGMP(), ip.EnableUDP(), ip.EnableTCP()} {
		n.check("enable", err)
	}
	return ip
}

func (n *network) check(what string, err error) {
	n.t.Helper()
	if err != nil {
		n.t.Errorf("%v, %s: %v", n.kernel.Now(), what, err)
	}
}

// thread starts a thread of priority 16.
func (n *network) thread(name string, entry func()) {
	_, err := n.kernel.NewThread(sim.ThreadConfig{Name: name, Priority: 16, Entry: entry})
	n.check(name, err)
}

// packet returns a packet with size bytes of data.
func (n *network) packet(ip *ipstack.IP, size int) *packetpool.Packet {
	packet, err := ip.DefaultPool().Allocate(56, sim.WaitForever)
	n.check("allocate", err)
	data := make([]byte, size)
	for i := range data {
		data[i] = byte('a' + i%26)
	}
	n.check("append", packet.Append(data, ip.DefaultPool(), sim.WaitForever))
	return packet
}

// socket returns a TCP socket.
func (n *network) socket(ip *ipstack.IP, window uint32) *ipstack.TCPSocket {
	s, err := ip.NewTCPSocket(ipstack.TCPSocketConfig{Name: "socket of " + ip.Name(), Window: window})
	n.check("socket", err)
	return s
}

// connect connects a new socket of A with the port of B.
func (n *network) connect(window uint32) *ipstack.TCPSocket {
	s := n.socket(n.a, window)
	n.check("bind", s.Bind(0, 0))
	n.check("connect", s.Connect(n.b.Address().Addr(), port, 1000))
	return s
}

// accept accepts a connection to the port of B.
func (n *network) accept(window uint32) *ipstack.TCPSocket {
	s := n.socket(n.b, window)
	n.check("listen", n.b.Listen(port, s, 5, nil))
	n.check("accept", s.Accept(sim.WaitForever))
	return s
}

// send sends size bytes.
func (n *network) send(s *ipstack.TCPSocket, size int) {
	packet := n.packet(s.IP(), size)
	if err := s.Send(packet, 1000); err != nil {
		n.check(fmt.Sprintf("send %d bytes", size), err)
		packet.Release()
	}
}

// receive receives size bytes.
func (n *network) receive(s *ipstack.TCPSocket, size int) {
	for size > 0 {
		packet, err := s.Receive(2000)
		if err != nil {
			n.check("receive", err)
			return
		}
		size -= int(packet.Length)
		n.check("release", packet.Release())
	}
}
