package regression_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"netxsim/ipstack"
	"netxsim/netx/status"
	"netxsim/sim"
)

// tcpLossy sends packets of a size from a to b over a wire that loses some of the segments, by their number, once, and
// returns how long the first acknowledgement of everything took.
func tcpLossy(t *testing.T, size, packets int, window uint32, lost ...int) (n *tcpNet, took time.Duration) {
	n = newTCPNet(t, tcpOptions{})
	number := 0
	n.lose("A", len(lost), func(s tcpSegment) bool {
		if len(s.data) == 0 {
			return false
		}
		number++
		for _, l := range lost {
			if l == number {
				return true
			}
		}
		return false
	})
	message := tcpPattern(size * packets)
	n.thread("server", func() {
		s := n.server(window)
		n.equal("message", strings.Join(n.receiveAll(s, 4*tcpHz), ""), string(message))
		n.ok("disconnect", s.Disconnect(5*tcpHz))
		n.closeServer(s)
	})
	n.thread("client", func() {
		s := n.client(300)
		began := n.kernel.Now()
		for i := range packets {
			n.ok("send", n.send(s, message[i*size:(i+1)*size], 5*tcpHz))
		}
		for s.TransmitQueueLen() > 0 {
			n.sleep(1)
		}
		took = n.kernel.Now() - began
		n.ok("disconnect", s.Disconnect(10*tcpHz))
		n.closeClient(s)
	})
	n.run()
	return n, took
}

// TestTCPFastRetransmit: three acknowledgements of the data behind a lost segment bring it again long before its time-out.
func TestTCPFastRetransmit(t *testing.T) {
	n, took := tcpLossy(t, 20, 4, 200, 1)
	n.equal("sooner than a time-out", took < time.Second/2, true)
	n.equal("sent again", n.a.TCPInfo().RetransmitPackets, uint32(1))
}

// TestTCPFourDuplicateACKs: four segments behind a lost one are each answered with the same acknowledgement; the lost one
// is sent again once.
func TestTCPFourDuplicateACKs(t *testing.T) {
	n, _ := tcpLossy(t, 28, 5, 65535, 1)
	first := uint32(0)
	for _, f := range n.sent {
		if f.from == "A" && first == 0 && len(f.data) > 0 {
			first = f.seq
		}
	}
	n.equal("acknowledgements of the byte before", n.count("B", func(s tcpSegment) bool { return s.pure() && s.ack == first }), 4)
	n.equal("sent again", n.a.TCPInfo().RetransmitPackets, uint32(1))
}

// TestTCPTwoLostSegments: full segments of which the first and the third are lost all arrive.
func TestTCPTwoLostSegments(t *testing.T) { tcpLossy(t, 1460, 5, 65535, 1, 3) }

// TestTCPFirstTwoLost: the first two of eight segments of one byte are lost; the early ones wait for them, in order.
func TestTCPFirstTwoLost(t *testing.T) { tcpLossy(t, 1, 8, 200, 1, 2) }

// TestTCPTimeoutRetransmit: of one packet that takes two segments the first is lost; one acknowledgement of the second is
// too little for a fast retransmission, so it is sent again after a second, and its packets are not lost.
func TestTCPTimeoutRetransmit(t *testing.T) {
	n, took := tcpLossy(t, 2*1460, 1, 65535, 1)
	n.equal("seconds", took.Round(time.Second/2), time.Second)
	n.equal("sent again", n.a.TCPInfo().RetransmitPackets > 0, true)
}

// TestTCPDuplicateArrivesLate: a lost segment arrives twice, the second time a second late; nothing is received twice, and
// nothing stays in the transmit queue.
func TestTCPDuplicateArrivesLate(t *testing.T) {
	n := newTCPNet(t, tcpOptions{})
	p := n.peer(1000)
	p.serve(100, func(s *ipstack.TCPSocket) {
		for i := range 3 {
			p.send(tcpACK|tcpPSH, 2+i, 1, string(rune('B'+i)))
		}
		p.expect("the gap is pointed out", "ACK seq 1 ack 1", "ACK seq 1 ack 1", "ACK seq 1 ack 1")
		p.send(tcpACK|tcpPSH, 1, 1, "A")
		n.equal("received", n.receiveAll(s, 0), []string{"A", "B", "C", "D"})
		n.sleep(tcpHz)
		p.take()
		p.send(tcpACK|tcpPSH, 1, 1, "A")
		p.expect("answer to the late one", "ACK seq 1 ack 5")
		n.equal("received", n.receiveAll(s, 0), []string(nil))
	})
}

// TestTCPReverseOrder: segments that arrive last first, across the end of the sequence numbers, are received in order.
func TestTCPReverseOrder(t *testing.T) {
	n := newTCPNet(t, tcpOptions{})
	p := n.peer(0xffffff00 + 200)
	p.serve(200, func(s *ipstack.TCPSocket) {
		var want []string
		for i := range 4 {
			want = append(want, strings.Repeat(string(rune('a'+i)), 28))
		}
		for i := 3; i >= 0; i-- {
			p.send(tcpACK|tcpPSH, 1+28*i, 1, want[i])
		}
		n.equal("received", n.receiveAll(s, 0), want)
	})
}

// TestTCPSequenceWraps: a peer's numbers pass their end between two segments, at a segment's first byte, and within one;
// the data and the FIN behind them count.
func TestTCPSequenceWraps(t *testing.T) {
	for _, first := range []uint32{0xffffffef, 0xffffffff, 0xffffffdf, 0xffffff00} {
		t.Run(fmt.Sprintf("%x", first), func(t *testing.T) {
			n := newTCPNet(t, tcpOptions{})
			p := n.peer(first - 1)
			p.serve(100, func(s *ipstack.TCPSocket) {
				const piece = "ABCDEFGHIJKLMNOP"
				for i := range 16 {
					p.send(tcpACK|tcpPSH, 1+16*i, 1, piece)
					got, err := n.receive(s, tcpHz)
					n.ok("receive", err)
					n.equal("received", got, piece)
				}
				n.sleep(tcpHz)
				p.take()
				p.send(tcpFIN|tcpACK, 257, 1, "")
				p.expect("answer to the FIN", "ACK seq 1 ack 258")
				n.equal("state", s.State(), ipstack.TCPCloseWait)
			})
		})
	}
}

// TestTCPNoAnswerToACK: an acknowledgement of nothing new, while our data are on their way, is not answered.
func TestTCPNoAnswerToACK(t *testing.T) {
	n := newTCPNet(t, tcpOptions{})
	p := n.peer(1000)
	p.serve(100, func(s *ipstack.TCPSocket) {
		n.ok("send", n.send(s, tcpPattern(28), 5*tcpHz))
		n.sleep(1)
		p.expect("data", "PSH,ACK seq 1 ack 1 28 bytes")
		p.send(tcpACK, 1, 1, "")
		p.expect("answers", []string(nil)...)
	})
}

// TestTCPTransmitQueueLimit: of unacknowledged packets twenty may be queued; the next send waits in vain, or fails at once
// without wait.
func TestTCPTransmitQueueLimit(t *testing.T) {
	const limit = 20
	n := newTCPNet(t, tcpOptions{})
	p := n.peer(1000)
	p.serve(100, func(s *ipstack.TCPSocket) {
		s.ConfigureTransmit(limit, 10*tcpHz, 10, 0) // no retransmission during the test
		for range limit {
			n.ok("send", n.send(s, []byte("A"), tcpHz))
		}
		n.want("send with wait", n.send(s, []byte("A"), tcpHz), status.TxQueueDepth)
		n.want("send without", n.send(s, []byte("A"), 0), status.TxQueueDepth)
		p.send(tcpACK, 1, 1+limit, "")
		n.ok("send when all are acknowledged", n.send(s, []byte("A"), 0))
	})
}

// TestTCPQueueDepthNotify: the callback for a full transmit queue with room again comes with the acknowledgement of what a
// lost segment has held up.
func TestTCPQueueDepthNotify(t *testing.T) {
	n := newTCPNet(t, tcpOptions{target: ipstack.Target{QueueDepthNotify: true}})
	called := n.kernel.NewSemaphore("queue depth", 0)
	calls := 0
	n.lose("A", 1, func(s tcpSegment) bool { return len(s.data) > 0 })
	n.thread("server", func() {
		s := n.server(500)
		n.equal("received", len(n.receiveAll(s, 5*tcpHz)), 3)
		n.ok("disconnect", s.Disconnect(5*tcpHz))
		n.closeServer(s)
	})
	n.thread("client", func() {
		s := n.client(500)
		s.ConfigureTransmit(2, tcpHz, 10, 0)
		n.ok("set the callback", s.NotifyQueueDepth(func(*ipstack.TCPSocket) {
			calls++
			called.Put()
		}))
		n.ok("send", n.send(s, tcpPattern(20), 0))
		n.ok("send", n.send(s, tcpPattern(20), 0))
		n.want("send into a full queue", n.send(s, tcpPattern(20), 0), status.TxQueueDepth)
		n.ok("wait for room", called.Get(5*tcpHz))
		n.ok("send", n.send(s, tcpPattern(20), 0))
		n.equal("calls", calls, 1)
		n.ok("disconnect", s.Disconnect(10*tcpHz))
		n.closeClient(s)
	})
	n.run()
}

// TestTCPSegmentSize: the smaller of the sizes that both sides name holds for both; one larger than the interface's says
// that of the interface.
func TestTCPSegmentSize(t *testing.T) {
	n := newTCPNet(t, tcpOptions{})
	n.thread("server", func() {
		s := n.server(1000)
		n.equal("size on the server", s.MSS(), uint32(1000))
		n.ok("disconnect", s.Disconnect(5*tcpHz))
		n.ok("unaccept", s.Unaccept())
		n.ok("relisten", n.b.Relisten(tcpPort, s))
		n.ok("set", s.SetMSS(900))
		n.ok("accept", s.Accept(5*tcpHz))
		n.equal("size that the client named", s.PeerMSS(), uint32(1460))
		n.ok("disconnect", s.Disconnect(5*tcpHz))
		n.closeServer(s)
	})
	n.thread("client", func() {
		s := n.socket(n.a, "client", 1000)
		n.ok("bind", s.Bind(0x88, sim.WaitForever))
		n.equal("size before it is set", s.MSS(), uint32(1460))
		n.ok("set", s.SetMSS(1000))
		n.equal("size when it is set", s.MSS(), uint32(1000))
		n.ok("connect", s.Connect(tcpAddrB, tcpPort, 5*tcpHz))
		n.want("set when connected", s.SetMSS(2000), status.NotSuccessful)
		n.sleep(tcpHz) // the server closes first
		n.ok("disconnect", s.Disconnect(5*tcpHz))
		n.ok("set", s.SetMSS(2000))
		n.ok("connect", s.Connect(tcpAddrB, tcpPort, 5*tcpHz))
		n.equal("size on the client", s.MSS(), uint32(900))
		n.ok("disconnect", s.Disconnect(5*tcpHz))
		n.closeClient(s)
	})
	n.run()
}

// TestTCPInvalidHeaderLength: a header length smaller than a header, or larger than the segment, drops the segment and is
// counted.
func TestTCPInvalidHeaderLength(t *testing.T) {
	n := newTCPNet(t, tcpOptions{})
	p := n.peer(1000)
	p.serve(100, func(*ipstack.TCPSocket) {
		for i, words := range []byte{4, 6} {
			d := p.segment(tcpACK, 1, 1, "").datagram()
			d[20+12] = words << 4
			tcpSetChecksum(d)
			p.raw(d)
			n.sleep(1)
			n.equal("invalid segments", n.b.TCPInfo().InvalidPackets, uint32(i+1))
		}
		p.expect("answers", []string(nil)...)
	})
}

// TestTCPStateWait: a thread can wait for a state; it gives up when its time is over.
func TestTCPStateWait(t *testing.T) {
	n := newTCPNet(t, tcpOptions{})
	p := n.peer(1000)
	s := n.socket(n.b, "server", 100)
	n.thread("waiter", func() {
		n.want("wait without wait", s.StateWait(ipstack.TCPEstablished, 0), status.NotSuccessful)
		n.want("wait too short", s.StateWait(ipstack.TCPEstablished, tcpHz), status.NotSuccessful)
		n.equal("ticks", n.kernel.Ticks(), uint32(tcpHz))
		n.ok("wait", s.StateWait(ipstack.TCPEstablished, 2*tcpHz))
		s.Disconnect(0)
		n.closeServer(s)
	})
	n.thread("server", func() {
		n.ok("listen", n.b.Listen(tcpPort, s, 5, nil))
		n.sleep(2 * tcpHz)
		n.ok("accept", s.Accept(5*tcpHz))
	})
	n.thread("peer", func() {
		n.sleep(2*tcpHz + 1)
		p.connect()
	})
	n.run()
}
