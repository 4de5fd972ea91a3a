package regression_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"netxsim/ipstack"
	"netxsim/netx/status"
)

// watermarkPackets is the size of the pools in the tests of the low watermark.
const watermarkPackets = 10

// watermarkGrid runs a test for every low watermark and queue limit that leave room for a packet, with the number of packets
// that are kept then.
func watermarkGrid(t *testing.T, test func(n *tcpNet, watermark, limit uint32, kept int)) {
	for watermark := range uint32(watermarkPackets) {
		for limit := uint32(1); limit <= watermarkPackets; limit++ {
			t.Run(fmt.Sprintf("watermark %d limit %d", watermark, limit), func(t *testing.T) {
				n := newTCPNet(t, tcpOptions{packets: watermarkPackets, target: ipstack.Target{LowWatermark: true}})
				test(n, watermark, limit, int(min(limit, watermarkPackets-watermark)))
			})
		}
	}
}

// TestLowWatermarkTCP: a socket keeps no more segments than its limit, and takes no packets below the pool's low watermark.
// The segment that is one too many closes the window.
func TestLowWatermarkTCP(t *testing.T) {
	watermarkGrid(t, func(n *tcpNet, watermark, limit uint32, kept int) {
		server := n.socket(n.b, "server", 100)
		n.thread("server", func() {
			n.ok("listen", n.b.Listen(tcpPort, server, 5, nil))
			n.ok("accept", server.Accept(5*tcpHz))
			n.ok("set the limit", server.LimitReceiveQueue(limit))
			n.ok("set the watermark", n.b.DefaultPool().SetLowWatermark(watermark))
		})
		n.thread("client", func() {
			s := n.client(200)
			n.sleep(1)
			for i := range watermarkPackets {
				if err := n.send(s, tcpPattern(26)[i:i+1], 0); err != nil {
					n.want("send", err, status.WindowOverflow)
					break
				}
				n.sleep(1)
			}
			closed := n.count("B", func(s tcpSegment) bool { return s.window == 0 }) > 0
			n.equal("window closed", closed, kept < watermarkPackets)
			n.equal("segments queued", server.ReceiveQueueLen(), kept)
			n.equal("free packets", int(n.b.DefaultPool().Available()), watermarkPackets-kept)
			n.equal("data", strings.Join(n.receiveAll(server, 0), ""), string(tcpPattern(kept)))
			s.Disconnect(0)
			server.Disconnect(0)
			n.closeClient(s)
			n.closeServer(server)
		})
		n.run()
	})
}

// TestLowWatermarkUDP: a socket takes no packets below the pool's low watermark; what is lost then is the newest datagram,
// not the oldest.
func TestLowWatermarkUDP(t *testing.T) {
	watermarkGrid(t, func(n *tcpNet, watermark, limit uint32, kept int) {
		n.ok("enable UDP", n.a.EnableUDP())
		n.ok("enable UDP", n.b.EnableUDP())
		n.ok("set the watermark", n.b.DefaultPool().SetLowWatermark(watermark))
		n.thread("test", func() {
			server, err := n.b.NewUDPSocket(ipstack.UDPSocketConfig{Name: "server", TimeToLive: 128, QueueLimit: limit})
			n.ok("create the server's socket", err)
			client, err := n.a.NewUDPSocket(ipstack.UDPSocketConfig{Name: "client", TimeToLive: 128})
			n.ok("create the client's socket", err)
			n.ok("bind the server", server.Bind(12, 0))
			n.ok("bind the client", client.Bind(12, 0))
			notified := 0
			server.NotifyReceive(func(*ipstack.UDPSocket) { notified++ })
			for i := range watermarkPackets {
				p, err := n.a.DefaultPool().Allocate(44, 0)
				n.ok("allocate", err)
				n.ok("append", p.Append([]byte{byte(i)}, n.a.DefaultPool(), 0))
				n.ok("send", client.Send(p, netip.AddrPortFrom(tcpAddrB, 12)))
				n.sleep(1)
			}
			info := server.Info()
			n.equal("datagrams queued", int(info.PacketsQueued), kept)
			n.equal("datagrams dropped", int(info.ReceiveDropped), watermarkPackets-kept)
			n.equal("datagrams received", int(info.PacketsReceived), watermarkPackets)
			oldest, callbacks := 0, kept
			if limit < watermarkPackets-watermark { // the queue is full before the pool is empty
				oldest, callbacks = watermarkPackets-kept, watermarkPackets
			}
			n.equal("callbacks", notified, callbacks)
			for i := range kept {
				p, err := server.Receive(0)
				n.ok("receive", err)
				n.equal("datagram", int(p.Bytes()[0]), oldest+i)
				n.ok("release", p.Release())
			}
			n.ok("unbind", server.Unbind())
			n.ok("unbind", client.Unbind())
		})
		n.run()
	})
}

// TestLowWatermarkZeroWindow: a window that was closed for want of packets opens again when a segment comes and there are
// enough of them; what probes the window arrives, and then the rest.
func TestLowWatermarkZeroWindow(t *testing.T) {
	n := newTCPNet(t, tcpOptions{packets: watermarkPackets, target: ipstack.Target{LowWatermark: true}})
	n.thread("server", func() {
		s := n.server(100)
		n.sleep(1) // the client has set its watermark
		n.ok("send", n.send(s, tcpPattern(28), 0))
		n.sleep(6 * tcpHz)
		s.Disconnect(0)
		n.closeServer(s)
	})
	n.thread("client", func() {
		s := n.client(200)
		pool := n.a.DefaultPool()
		n.ok("forbid all packets", pool.SetLowWatermark(pool.Total()))
		_, err := n.receive(s, tcpHz/2)
		n.want("receive without packets", err, status.NoPacket)
		n.equal("window closed", n.count("A", func(s tcpSegment) bool { return s.window == 0 }) > 0, true)
		n.ok("allow all packets", pool.SetLowWatermark(0))
		got := n.receiveAll(s, 3*tcpHz)
		n.equal("received", got, []string{"A", string(tcpPattern(28)[1:])}) // a probe, then the rest
		s.Disconnect(0)
		n.closeClient(s)
	})
	n.run()
}

// TestLowWatermarkHole: with a hole in the data, a segment that is one too many costs the last one of the queue. When that
// has just become readable its data are lost, although they have been acknowledged.
func TestLowWatermarkHole(t *testing.T) {
	for _, tt := range []struct {
		limit uint32
		want  []string // what is received
	}{
		{limit: 3, want: []string{"aa", "bb", "cc"}},
		{limit: 2, want: []string{"aa", "bb"}},
		{limit: 1, want: []string{"aa"}},
	} {
		t.Run(fmt.Sprint(tt.limit), func(t *testing.T) {
			n := newTCPNet(t, tcpOptions{target: ipstack.Target{LowWatermark: true}})
			p := n.peer(1000)
			p.serve(100, func(s *ipstack.TCPSocket) {
				p.send(tcpACK, 3, 1, "bb")
				p.send(tcpACK, 5, 1, "cc")
				n.equal("segments queued", s.ReceiveQueueLen(), 2)
				n.ok("set the limit", s.LimitReceiveQueue(tt.limit))
				p.send(tcpACK, 1, 1, "aa")
				n.equal("received", n.receiveAll(s, 0), tt.want)
			})
		})
	}
}

// TestLowWatermarkFIN: a FIN counts when all data in front of it are there, also those that had to be sent twice for want
// of a place.
func TestLowWatermarkFIN(t *testing.T) {
	n := newTCPNet(t, tcpOptions{target: ipstack.Target{LowWatermark: true}})
	p := n.peer(1000)
	p.serve(100, func(s *ipstack.TCPSocket) {
		n.ok("set the limit", s.LimitReceiveQueue(1))
		p.send(tcpACK, 1, 1, "aa")
		p.send(tcpACK|tcpFIN, 3, 1, "bb")
		n.equal("state", s.State(), ipstack.TCPEstablished)
		n.equal("window", p.told, uint16(0))
		n.equal("received", n.receiveAll(s, 0), []string{"aa"})
		p.send(tcpACK|tcpFIN, 3, 1, "bb")
		n.equal("state", s.State(), ipstack.TCPCloseWait)
		n.equal("received", n.receiveAll(s, 0), []string{"bb"})
	})
}

// TestLowWatermarkFragments: a fragment is not kept below the low watermark, so a datagram that needs more packets than
// there are does not arrive, and one in a single packet does.
func TestLowWatermarkFragments(t *testing.T) {
	for watermark, want := range map[uint32]bool{watermarkPackets - 2: true, watermarkPackets - 1: false} {
		n := newTCPNet(t, tcpOptions{packets: watermarkPackets, target: ipstack.Target{LowWatermark: true}})
		for _, ip := range []*ipstack.IP{n.a, n.b} {
			ip.EnableFragmentation()
			n.ok("enable UDP", ip.EnableUDP())
		}
		n.ok("set the watermark", n.b.DefaultPool().SetLowWatermark(watermark))
		n.thread("test", func() {
			server, err := n.b.NewUDPSocket(ipstack.UDPSocketConfig{Name: "server", TimeToLive: 128, QueueLimit: 5})
			n.ok("create the server's socket", err)
			client, err := n.a.NewUDPSocket(ipstack.UDPSocketConfig{Name: "client", TimeToLive: 128})
			n.ok("create the client's socket", err)
			n.ok("bind the server", server.Bind(12, 0))
			n.ok("bind the client", client.Bind(12, 0))
			received := make([]bool, 0, 2)
			for _, size := range []int{2000, 100} {
				p, err := n.a.DefaultPool().Allocate(44, 0)
				n.ok("allocate", err)
				n.ok("append", p.Append(tcpPattern(size), n.a.DefaultPool(), 0))
				n.ok("send", client.Send(p, netip.AddrPortFrom(tcpAddrB, 12)))
				if p, err = server.Receive(2); err == nil {
					n.ok("release", p.Release())
				}
				received = append(received, err == nil)
			}
			n.equal("datagrams received", received, []bool{want, true})
			n.ok("unbind", server.Unbind())
			n.ok("unbind", client.Unbind())
			n.sleep(20 * tcpHz) // fragments give up
		})
		n.run()
	}
}

// TestLowWatermarkOff: without the option there is no limit to set.
func TestLowWatermarkOff(t *testing.T) {
	tcpAlone(t, tcpOptions{}, func(n *tcpNet) {
		s := n.socket(n.a, "socket", 200)
		n.want("set the limit", s.LimitReceiveQueue(1), status.NotSupported)
		n.ok("delete", s.Delete())
	})
}
