package tshark

import (
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"netxsim/ipstack"
	"netxsim/sim"
	"netxsim/sim/link"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Findings that a session brings about on purpose, by the beginning of their message.
var (
	// Every connection that is closed has these notes; they are no complaint.
	always = []string{"This frame initiates the connection closing", "This frame undergoes the connection closing"}
	// The wire loses frames, so segments come again and acknowledgements are repeated. Wireshark sees each frame where it
	// was sent: it calls a segment that is sent again after its acknowledgement was lost spurious.
	ofLoss = []string{
		"This frame is a (suspected) retransmission",
		"This frame is a (suspected) fast retransmission",
		"This frame is a (suspected) spurious retransmission",
		"Duplicate ACK (#",
	}
	// The sender uses the whole window, which is what a window is for; NetX's are small.
	ofSmallWindow = []string{"TCP window specified by the receiver is now completely full"}
	// The receiver does not read, so that the sender has to ask.
	ofClosedWindow = []string{"TCP Zero Window segment", "TCP Zero Window Probe", "ACK to a TCP Zero Window Probe"}
	// One side gives up, or has nobody listening.
	ofReset = []string{"Connection reset (RST)"}
)

func accepted(lists ...[]string) (all []string) {
	for _, list := range lists {
		all = append(all, list...)
	}
	return all
}

var quick = link.Config{Latency: time.Millisecond, Bandwidth: 10_000_000}

func lossy(loss float64) link.Config {
	return link.Config{Name: "lossy", Latency: time.Millisecond, Bandwidth: 10_000_000, Loss: loss}
}

// TestSessions plays sessions between two instances.
func TestSessions(t *testing.T) {
	playSessions(t, []session{
		{"ARP and ping", quick, ping, nil, []string{"ARP", "ICMP"}},
		{"pings in fragments", quick, longPing, nil, []string{"IPv4", "ICMP"}},
		{"UDP", quick, datagrams, nil, []string{"UDP", "IPv4"}},
		{"multicast groups", quick, groups, nil, []string{"IGMPv2", "UDP"}},
		{"TCP, closed by the client", quick, closedBy("client"), nil, []string{"TCP"}},
		{"TCP, closed by the server", quick, closedBy("server"), nil, []string{"TCP"}},
		{"TCP, closed by both at once", quick, closedBy("both"), nil, []string{"TCP"}},
		{"TCP, reset by the client", quick, resetBy("client"), ofReset, []string{"TCP"}},
		{"TCP, reset by the server", quick, resetBy("server"), ofReset, []string{"TCP"}},
		{"TCP, nobody listens", quick, refused, ofReset, []string{"TCP"}},
		{"TCP, small window", quick, bulk(100_000, 1460), ofSmallWindow, []string{"TCP"}},
		{"TCP, large window", quick, bulk(300_000, 32768), nil, []string{"TCP"}},
		{"TCP, a receiver that does not read", quick, closedWindow, accepted(ofSmallWindow, ofClosedWindow), []string{"TCP"}},
		{"TCP, 1 % loss", lossy(0.01), bulk(300_000, 8192), accepted(ofSmallWindow, ofLoss), []string{"TCP"}},
		{"TCP, 10 % loss", lossy(0.1), bulk(100_000, 8192), accepted(ofSmallWindow, ofLoss), []string{"TCP"}},
	})
}

// session is what two instances do on a wire, and what tshark is to make of it.
type session struct {
	name      string
	wire      link.Config
	play      func(n *network)
	accept    []string
	protocols []string // that must be in the capture
}

// playSessions plays sessions, and has tshark judge the captures.
func playSessions(t *testing.T, sessions []session) {
	needTshark(t)
	for _, session := range sessions {
		t.Run(session.name, func(t *testing.T) {
			path := record(t, session.wire, session.play)
			counts := judge(t, path, session.accept).Protocols
			for _, want := range session.protocols {
				if counts[want] == 0 {
					t.Errorf("no frame of %s in %v", want, counts)
				}
			}
		})
	}
}

// TestDemo captures the program's demo.
func TestDemo(t *testing.T) {
	needTshark(t)
	dir := t.TempDir()
	program := filepath.Join(dir, "netxsim")
	if out, err := exec.Command("go", "build", "-o", program, "netxsim/cmd/netxsim").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for i, session := range []struct {
		flags  string
		accept []string
	}{
		{"--loss 0", ofSmallWindow},
		{"--loss 1%", accepted(ofSmallWindow, ofLoss)},
		{"--loss 5% --pool payload=256,packets=8", accepted(ofSmallWindow, ofLoss)},
	} {
		t.Run(session.flags, func(t *testing.T) {
			path := filepath.Join(dir, fmt.Sprintf("%d.pcapng", i))
			args := append([]string{"demo", "--pcap", path}, strings.Fields(session.flags)...)
			if out, err := exec.Command(program, args...).CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			judge(t, path, session.accept)
		})
	}
}

// TestFinds checks that tshark's verdict reaches the test: the capture has a frame whose TCP checksum is wrong and
// one that ends too early.
func TestFinds(t *testing.T) {
	needTshark(t)
	path := record(t, quick, func(n *network) {
		rogue := n.wire.Attach("rogue", [6]byte{2, 0, 0, 0, 0, 1}, func([]byte) {})
		done := 0
		n.wire.Observe(func(e link.FrameEvent) {
			if e.Kind != link.Delivered || e.From == rogue || e.Frame[12] != 8 || e.Frame[13] != 0 || done == 2 {
				return
			}
			frame := append([]byte(nil), e.Frame...)
			copy(frame, []byte{2, 0, 0, 0, 0, 9})
			if done++; done == 1 {
				frame[len(frame)-1] ^= 1
			} else {
				frame = frame[:40]
			}
			n.kernel.After(0, func() { rogue.Send(frame) })
		})
		bulk(1000, 8192)(n)
	})
	verdict, err := Check(path)
	if err != nil {
		t.Fatal(err)
	}
	all := fmt.Sprint(verdict.Findings)
	for _, want := range []string{"Bad checksum", "malformed"} {
		if !strings.Contains(strings.ToLower(all), strings.ToLower(want)) {
			t.Errorf("%q is not in %s", want, all)
		}
	}
}

func needTshark(t *testing.T) {
	t.Helper()
	if _, err := Available(); err != nil {
		t.Skip(err)
	}
}

// judge wants no finding but those accepted. The capture of a failure is kept.
func judge(t *testing.T, path string, accept []string) Verdict {
	t.Helper()
	verdict, err := Check(path)
	if err != nil {
		t.Fatal(err)
	}
	bad := 0
	for _, f := range verdict.Findings {
		if f.Severity == "malformed" || !hasPrefix(f.Message, accept) && !hasPrefix(f.Message, always) {
			bad++
			if bad <= 10 {
				t.Error(f)
			}
		}
	}
	if bad > 0 {
		keep(t, path)
	}
	return verdict
}

func hasPrefix(s string, prefixes []string) bool {
	for _, prefix := range prefixes {
		if strings.HasPrefix(s, prefix) {
			return true
		}
	}
	return false
}

func keep(t *testing.T, path string) {
	file, err := os.CreateTemp("", "netxsim-*.pcapng")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.Write(data); err != nil {
		t.Fatal(err)
	}
	t.Logf("the capture is in %s", file.Name())
}

func ping(n *network) {
	n.thread("pinger", func() {
		for size := range 8 {
			packet, err := n.a.Ping(n.b.Address().Addr(), make([]byte, size*200), 200)
			n.check("ping", err)
			if err == nil {
				n.check("release", packet.Release())
			}
		}
		_, err := n.a.Ping(netip.MustParseAddr("192.2.2.99"), []byte("nobody"), 50)
		if err == nil {
			n.t.Error("nobody has answered")
		}
		n.a.InvalidateARP()
		n.a.AnnounceARP(nil)
		n.kernel.Sleep(500)
	})
}

func longPing(n *network) {
	n.thread("pinger", func() {
		for _, size := range []int{1473, 3000, 9000} {
			packet, err := n.a.Ping(n.b.Address().Addr(), make([]byte, size), 200)
			n.check("ping", err)
			if err == nil {
				n.check("release", packet.Release())
			}
		}
	})
}

func (n *network) udp(ip *ipstack.IP, port uint16) *ipstack.UDPSocket {
	s, err := ip.NewUDPSocket(ipstack.UDPSocketConfig{Name: "socket", TimeToLive: 128, QueueLimit: 5})
	n.check("socket", err)
	n.check("bind", s.Bind(port, 0))
	return s
}

func datagrams(n *network) {
	n.thread("server", func() {
		s := n.udp(n.b, 7000)
		for range 8 {
			packet, err := s.Receive(500)
			n.check("receive", err)
			if err == nil {
				n.check("release", packet.Release())
			}
		}
	})
	n.thread("client", func() {
		s, to := n.udp(n.a, 7001), netip.AddrPortFrom(n.b.Address().Addr(), 7000)
		for _, size := range []int{0, 1, 2, 1400, 1472, 1473, 4000} {
			n.check("send", s.Send(n.packet(n.a, size), to))
			n.kernel.Sleep(2)
		}
		n.check("checksum", s.SetChecksum(false))
		n.check("send", s.Send(n.packet(n.a, 99), to))
		n.check("broadcast", s.Send(n.packet(n.a, 20), netip.MustParseAddrPort("192.2.2.255:7002")))
		n.check("nobody's port", s.Send(n.packet(n.a, 20), netip.AddrPortFrom(to.Addr(), 7003)))
		n.kernel.Sleep(100)
	})
}

func groups(n *network) {
	group := netip.MustParseAddr("224.1.2.3")
	n.thread("member", func() {
		n.check("join", n.b.JoinGroup(group, 0, false))
		s := n.udp(n.b, 7000)
		packet, err := s.Receive(500)
		n.check("receive", err)
		if err == nil {
			n.check("release", packet.Release())
		}
		n.check("leave", n.b.LeaveGroup(group, 0))
		n.kernel.Sleep(100)
	})
	n.thread("sender", func() {
		n.kernel.Sleep(100)
		n.check("send", n.udp(n.a, 7001).Send(n.packet(n.a, 30), netip.AddrPortFrom(group, 7000)))
	})
}

func closedBy(who string) func(n *network) {
	return func(n *network) {
		n.thread("server", func() {
			s := n.accept(8192)
			n.receive(s, 500)
			n.send(s, 700)
			if who == "client" {
				_, err := s.Receive(1000)
				if err == nil {
					n.t.Error("received what nobody sent")
				}
			}
			n.check("disconnect", s.Disconnect(1000))
		})
		n.thread("client", func() {
			s := n.connect(8192)
			n.send(s, 500)
			n.receive(s, 700)
			if who == "server" {
				_, err := s.Receive(1000)
				if err == nil {
					n.t.Error("received what nobody sent")
				}
			}
			n.check("disconnect", s.Disconnect(1000))
			n.kernel.Sleep(1000)
		})
	}
}

func resetBy(who string) func(n *network) {
	return func(n *network) {
		end := func(name string, s *ipstack.TCPSocket) {
			if name == who {
				_ = s.Disconnect(sim.NoWait) // says that a reset is under way
			} else {
				_, _ = s.Receive(1000)
			}
			n.kernel.Sleep(200)
		}
		n.thread("server", func() {
			s := n.accept(8192)
			n.receive(s, 500)
			end("server", s)
		})
		n.thread("client", func() {
			s := n.connect(8192)
			n.send(s, 500)
			n.kernel.Sleep(50)
			end("client", s)
		})
	}
}

func refused(n *network) {
	n.thread("client", func() {
		s := n.socket(n.a, 8192)
		n.check("bind", s.Bind(0, 0))
		if s.Connect(n.b.Address().Addr(), port+1, 100) == nil {
			n.t.Error("connected to nobody")
		}
	})
}

func bulk(size int, window uint32) func(n *network) {
	return func(n *network) {
		n.thread("server", func() {
			s := n.accept(window)
			n.receive(s, size)
			n.check("disconnect", s.Disconnect(2000))
		})
		n.thread("client", func() {
			s := n.connect(window)
			for left := size; left > 0; left -= 1000 {
				n.send(s, min(left, 1000))
			}
			n.kernel.Sleep(50)
			n.check("disconnect", s.Disconnect(2000))
			n.kernel.Sleep(1000)
		})
	}
}

func closedWindow(n *network) {
	n.thread("server", func() {
		s := n.accept(2920)
		n.kernel.Sleep(1500)
		n.receive(s, 20_000)
		n.check("disconnect", s.Disconnect(1000))
	})
	n.thread("client", func() {
		s := n.connect(8192)
		for range 20 {
			packet := n.packet(n.a, 1000)
			n.check("send", s.Send(packet, 5000))
		}
		n.kernel.Sleep(100)
		n.check("disconnect", s.Disconnect(1000))
		n.kernel.Sleep(1000)
	})
}
