package regression_test

import (
	"testing"
	"time"

	"netxsim/ipstack"
	"netxsim/netx/status"
	"netxsim/sim"
	"netxsim/sim/link"
)

// tcpDisconnect has another thread disconnect a socket, and gives it a tick.
func (n *tcpNet) tcpDisconnect(s *ipstack.TCPSocket, wait uint32, want error) {
	n.thread("closer", func() { n.want("disconnect", s.Disconnect(wait), want) })
	n.sleep(1)
}

// TestTCPResetOfHandshake: a client that resets the connection in answer to the SYN-ACK makes the server listen again; a
// FIN to a port nobody listens on is answered with a reset that acknowledges it.
func TestTCPResetOfHandshake(t *testing.T) {
	n := newTCPNet(t, tcpOptions{})
	p := n.peer(1000)
	s := n.socket(n.b, "server", 200)
	n.thread("server", func() {
		n.ok("listen", n.b.Listen(tcpPort, s, 5, nil))
		n.want("accept", s.Accept(5*tcpHz), status.NotConnected)
		n.equal("state", s.State(), ipstack.TCPListen)
		n.closeServer(s)
	})
	n.thread("peer", func() {
		p.send(tcpSYN, 0, 0, "")
		p.learn()
		p.expect("answer to the SYN", "SYN,ACK seq 0 ack 1")
		p.send(tcpRST, 1, 0, "")
		p.send(tcpFIN, 1, 0, "")
		n.equal("acknowledged", p.got[0].ack-p.iss, uint32(2))
		n.equal("reset", p.got[0].has(tcpRST), true)
	})
	n.run()
}

// TestTCPFinAndAckTogether: a peer that acknowledges our FIN with its own FIN takes the connection from FIN wait 1 to timed
// wait in one step.
func TestTCPFinAndAckTogether(t *testing.T) {
	n := newTCPNet(t, tcpOptions{})
	p := n.peer(1000)
	p.serve(100, func(s *ipstack.TCPSocket) {
		n.tcpDisconnect(s, 5*tcpHz, nil)
		p.expect("our FIN", "FIN,ACK seq 1 ack 1")
		n.equal("state", s.State(), ipstack.TCPFinWait1)
		p.send(tcpFIN|tcpACK, 1, 2, "")
		p.expect("answer", "ACK seq 2 ack 2")
		n.equal("state", s.State(), ipstack.TCPTimedWait)
	})
}

// TestTCPReceiveInFinWait: data that arrive after our FIN, and behind the peer's FIN, still reach a thread that waits for
// them; then that FIN counts.
func TestTCPReceiveInFinWait(t *testing.T) {
	n := newTCPNet(t, tcpOptions{})
	p := n.peer(1000)
	p.serve(200, func(s *ipstack.TCPSocket) {
		var got string
		n.thread("receiver", func() { got, _ = n.receive(s, sim.WaitForever) })
		n.sleep(1)
		n.tcpDisconnect(s, sim.WaitForever, nil)
		p.expect("our FIN", "FIN,ACK seq 1 ack 1")
		p.send(tcpFIN|tcpACK, 11, 1, "")
		p.take()
		n.equal("state", s.State(), ipstack.TCPFinWait1)
		p.send(tcpACK|tcpPSH, 1, 1, "0123456789")
		n.equal("received", got, "0123456789")
		n.equal("state", s.State(), ipstack.TCPClosing) // the FIN from before is next in order now
		p.send(tcpACK, 12, 2, "")
		n.equal("state", s.State(), ipstack.TCPTimedWait)
	})
}

// TestTCPTimedWaitEnds: the side that closed first remembers the connection for twice the longest life of a segment.
func TestTCPTimedWaitEnds(t *testing.T) {
	n := newTCPNet(t, tcpOptions{})
	n.thread("server", func() {
		s := n.server(1000)
		n.sleep(10)
		n.equal("state when the client has closed", s.State(), ipstack.TCPCloseWait)
		n.ok("disconnect", s.Disconnect(5*tcpHz))
		n.closeServer(s)
	})
	n.thread("client", func() {
		s := n.client(1000)
		n.ok("disconnect", s.Disconnect(5*tcpHz))
		n.equal("state", s.State(), ipstack.TCPTimedWait)
		n.sleep(2*120*tcpHz - tcpHz)
		n.equal("state before the end", s.State(), ipstack.TCPTimedWait)
		n.sleep(2 * tcpHz)
		n.equal("state after it", s.State(), ipstack.TCPClosed)
		n.closeClient(s)
	})
	n.run()
}

// TestTCPReceiveAfterReset: data that arrived in front of a reset can still be received after it.
func TestTCPReceiveAfterReset(t *testing.T) {
	n := newTCPNet(t, tcpOptions{})
	n.thread("server", func() {
		s := n.server(500)
		n.ok("send", n.send(s, tcpPattern(28), 5*tcpHz))
		n.ok("send", n.send(s, tcpPattern(28), 5*tcpHz))
		n.want("reset", s.Disconnect(0), status.InProgress)
		n.closeServer(s)
	})
	n.thread("client", func() {
		s := n.client(500)
		n.sleep(tcpHz)
		n.equal("state", s.State(), ipstack.TCPClosed)
		n.equal("received", n.receiveAll(s, tcpHz), []string{string(tcpPattern(28)), string(tcpPattern(28))})
		n.want("disconnect", s.Disconnect(tcpHz), status.NotConnected)
		n.closeClient(s)
	})
	n.run()
}

// TestTCPResetDuringSend: a send that waits for the window when the peer resets the connection fails, and the caller has
// the part that was not sent.
func TestTCPResetDuringSend(t *testing.T) {
	n := newTCPNet(t, tcpOptions{})
	n.thread("server", func() {
		s := n.server(1024)
		n.sleep(tcpHz)
		_, err := n.receive(s, tcpHz)
		n.ok("receive", err)
		s.Disconnect(0)
		n.closeServer(s)
	})
	n.thread("client", func() {
		s := n.client(65535)
		packet := n.packet(s, tcpPattern(3000))
		n.want("send", s.Send(packet, 2*tcpHz), status.NotConnected)
		n.equal("a part was sent", packet.Length < 3000, true)
		n.ok("release", packet.Release())
		n.closeClient(s)
	})
	n.run()
}

// TestTCPDisconnectDuringSend: another thread may disconnect a socket while one waits to send through it; that one fails.
func TestTCPDisconnectDuringSend(t *testing.T) {
	n := newTCPNet(t, tcpOptions{})
	var client *ipstack.TCPSocket
	n.thread("server", func() {
		s := n.server(100)
		n.sleep(tcpHz)
		client.Disconnect(tcpHz)
		s.Disconnect(tcpHz)
		n.closeServer(s)
	})
	n.thread("client", func() {
		client = n.client(200)
		n.want("send", n.send(client, tcpPattern(250), 5*tcpHz), status.NotConnected)
		n.equal("ended with the disconnect", n.kernel.Now() < 3*time.Second, true)
		n.sleep(5 * tcpHz)
		n.closeClient(client)
	})
	n.run()
}

// TestTCPReceiversTimeOut: threads that wait for data get nothing when their time is over, each by itself, and the
// connection is as it was.
func TestTCPReceiversTimeOut(t *testing.T) {
	n := newTCPNet(t, tcpOptions{})
	p := n.peer(1000)
	p.serve(100, func(s *ipstack.TCPSocket) {
		other := uint32(0)
		n.thread("other", func() {
			_, err := n.receive(s, tcpHz)
			n.want("receive", err, status.NoPacket)
			other = n.kernel.Ticks()
		})
		began := n.kernel.Ticks()
		_, err := n.receive(s, 2*tcpHz)
		n.want("receive", err, status.NoPacket)
		n.equal("ticks waited", [2]uint32{n.kernel.Ticks() - began, other - began}, [2]uint32{2 * tcpHz, tcpHz})
		n.equal("somebody waits", s.Waiting(), false)
		n.equal("state", s.State(), ipstack.TCPEstablished)
	})
}

// TestTCPResetWhileInFlight: a segment still on the wire when its connection is reset harms nobody, and its packet is free
// again.
func TestTCPResetWhileInFlight(t *testing.T) {
	n := newTCPNet(t, tcpOptions{})
	n.rule("A", func(s tcpSegment) bool { return len(s.data) > 0 }, func() link.Verdict { return link.Deliver(time.Second) })
	n.thread("server", func() {
		s := n.server(100)
		n.sleep(10)
		n.want("disconnect", s.Disconnect(0), status.NotConnected)
		n.closeServer(s)
	})
	n.thread("client", func() {
		s := n.client(200)
		n.ok("send", n.send(s, tcpPattern(28), 5*tcpHz))
		n.equal("packets not acknowledged", s.TransmitQueueLen(), 1)
		n.want("disconnect", s.Disconnect(0), status.InProgress)
		n.closeClient(s)
		n.sleep(2 * tcpHz)
	})
	n.run()
}

// TestTCPFastDisconnect: connections that carry one message and are reset at once, one after the other, leave nothing
// behind, and the counters know each of them.
func TestTCPFastDisconnect(t *testing.T) {
	const rounds = 200
	n := newTCPNet(t, tcpOptions{})
	connects := 0
	n.thread("server", func() {
		s := n.socket(n.b, "server", 200)
		n.ok("listen", n.b.Listen(tcpPort, s, 5, func(*ipstack.TCPSocket, uint16) { connects++ }))
		for range rounds {
			n.ok("accept", s.Accept(5*tcpHz))
			_, err := n.receive(s, 5*tcpHz)
			n.ok("receive", err)
			n.want("disconnect", s.Disconnect(0), status.InProgress)
			n.ok("unaccept", s.Unaccept())
			if err := n.b.Relisten(tcpPort, s); err != nil {
				n.want("relisten", err, status.ConnectionPending)
			}
		}
		n.ok("unlisten", n.b.Unlisten(tcpPort))
		n.ok("delete", s.Delete())
	})
	n.thread("client", func() {
		for range rounds {
			s := n.client(200)
			n.ok("send", n.send(s, tcpPattern(28), 5*tcpHz))
			n.sleep(1)
			n.want("disconnect", s.Disconnect(0), status.NotConnected)
			n.closeClient(s)
		}
	})
	n.run()
	info := n.a.TCPInfo()
	n.equal("connections, packets and bytes of the client", [3]uint32{info.Connections, info.PacketsSent, info.BytesSent},
		[3]uint32{rounds, rounds, rounds * 28})
	n.equal("connections of the server", connects, rounds)
}

// TestTCPSimultaneousOpen: two clients whose SYNs cross make one connection, over which data go.
func TestTCPSimultaneousOpen(t *testing.T) {
	n := newTCPNet(t, tcpOptions{})
	delayed := func(s tcpSegment) bool { return s.flags == tcpSYN }
	for _, from := range []string{"A", "B"} {
		n.rule(from, delayed, func() link.Verdict { return link.Deliver(100 * time.Millisecond) })
	}
	n.thread("B", func() {
		s := n.socket(n.b, "B", 200)
		n.ok("bind", s.Bind(12, sim.WaitForever))
		n.ok("connect", s.Connect(tcpAddrA, 12, 5*tcpHz))
		got, err := n.receive(s, 5*tcpHz)
		n.ok("receive", err)
		n.equal("received", got, string(tcpPattern(28)))
		n.ok("disconnect", s.Disconnect(5*tcpHz))
		n.closeClient(s)
	})
	n.thread("A", func() {
		s := n.socket(n.a, "A", 200)
		n.ok("bind", s.Bind(12, sim.WaitForever))
		n.ok("connect", s.Connect(tcpAddrB, 12, 5*tcpHz))
		n.ok("send", n.send(s, tcpPattern(28), 5*tcpHz))
		n.ok("disconnect", s.Disconnect(5*tcpHz))
		n.closeClient(s)
	})
	n.run()
}
