package regression_test

import (
	"testing"

	"netxsim/ipstack"
	"netxsim/netx/status"
	"netxsim/sim"
)

// TestTCPListenLimit: an instance listens on ten ports and no more.
func TestTCPListenLimit(t *testing.T) {
	const limit = 10
	tcpAlone(t, tcpOptions{}, func(n *tcpNet) {
		var s [limit + 1]*ipstack.TCPSocket
		for i := range s {
			s[i] = n.socket(n.a, "server", 200)
			var want error
			if i == limit {
				want = status.MaxListen
			}
			n.want("listen", n.a.Listen(uint16(80+i), s[i], 5, nil), want)
		}
		for i := range limit {
			n.ok("unlisten", n.a.Unlisten(uint16(80+i)))
		}
		for i := range s {
			n.ok("delete", s[i].Delete())
		}
	})
}

// TestTCPUnlisten: only a port that is listened on can be given up, in any order.
func TestTCPUnlisten(t *testing.T) {
	tcpAlone(t, tcpOptions{}, func(n *tcpNet) {
		zero, one := n.socket(n.a, "zero", 500), n.socket(n.a, "one", 500)
		n.ok("listen", n.a.Listen(0x80, zero, 5, nil))
		n.ok("listen", n.a.Listen(0x81, one, 5, nil))
		n.want("unlisten a port nobody listens on", n.a.Unlisten(0x82), status.EntryNotFound)
		n.ok("unlisten", n.a.Unlisten(0x80))
		n.ok("unlisten", n.a.Unlisten(0x81))
		n.ok("delete", zero.Delete())
		n.ok("delete", one.Delete())
	})
}

// TestTCPAcceptStates: accept needs a listening socket; one that has its connection has it still.
func TestTCPAcceptStates(t *testing.T) {
	n := newTCPNet(t, tcpOptions{})
	n.thread("server", func() {
		s := n.socket(n.b, "server", 500)
		n.want("accept before listen", s.Accept(0), status.NotListenState)
		n.ok("listen", n.b.Listen(tcpPort, s, 5, nil))
		n.ok("accept", s.Accept(5*tcpHz))
		n.ok("accept again", s.Accept(0))
		n.ok("disconnect", s.Disconnect(tcpHz))
		n.closeServer(s)
	})
	n.thread("client", func() {
		s := n.client(500)
		n.ok("disconnect", s.Disconnect(tcpHz))
		n.closeClient(s)
	})
	n.run()
}

// TestTCPDuplicateAccept: a second accept of the same SYN says that it is in progress and sends no second SYN-ACK.
func TestTCPDuplicateAccept(t *testing.T) {
	n := newTCPNet(t, tcpOptions{})
	synAck := func(s tcpSegment) bool { return s.has(tcpSYN | tcpACK) }
	n.lose("B", -1, synAck) // the client never learns of it
	n.thread("server", func() {
		s := n.socket(n.b, "server", 100)
		n.ok("listen", n.b.Listen(tcpPort, s, 5, nil))
		n.sleep(tcpHz / 2)
		n.want("accept", s.Accept(0), status.InProgress)
		n.want("accept again", s.Accept(0), status.InProgress)
		n.equal("SYN-ACKs", n.count("B", synAck), 1)
		n.ok("disconnect", s.Disconnect(0))
		n.closeServer(s)
	})
	n.thread("client", func() {
		s := n.socket(n.a, "client", 200)
		n.ok("bind", s.Bind(0x88, sim.WaitForever))
		n.want("connect", s.Connect(tcpAddrB, tcpPort, 0), status.InProgress)
		n.sleep(tcpHz)
		s.Disconnect(0)
		n.closeClient(s)
	})
	n.run()
}

// TestTCPListenQueueReset: SYNs that wait for a socket hold packets; a reset of the client that sent one takes it out of
// the queue and frees the packet, whichever place it has.
func TestTCPListenQueueReset(t *testing.T) {
	n := newTCPNet(t, tcpOptions{})
	p := n.peer(1000)
	pool := n.b.DefaultPool()
	n.thread("test", func() {
		s := n.socket(n.b, "server", 100)
		n.ok("listen", n.b.Listen(tcpPort, s, 5, nil))
		n.ok("unaccept", s.Unaccept()) // now nobody takes the SYNs
		from := func(port uint16, flags byte) {
			seg := p.segment(flags, 0, 0, "")
			seg.from = tcpEnd(tcpAddrPeer, port)
			p.raw(seg.datagram())
			n.sleep(1)
		}
		missing := func(what string, want int) {
			n.Helper()
			n.equal("packets held after "+what, int(pool.Total()-pool.Available()), want)
		}
		from(0x88, tcpSYN)
		missing("a SYN", 1)
		from(0x88, tcpSYN)
		missing("the same SYN again", 1)
		from(0x88, tcpRST)
		missing("its reset", 0)
		from(0x90, tcpSYN)
		from(0x88, tcpSYN)
		missing("two SYNs", 2)
		from(0x88, tcpRST)
		missing("the reset of the second", 1)
		from(0x90, tcpRST)
		missing("the reset of the first", 0)
		p.expect("answers", []string(nil)...)
		n.ok("unlisten", n.b.Unlisten(tcpPort))
		n.ok("delete", s.Delete())
	})
	n.run()
}

// TestTCPListenQueueOverflow: when more clients wait than the queue may hold, the oldest is forgotten, and relisten hands
// out the others in order.
func TestTCPListenQueueOverflow(t *testing.T) {
	n := newTCPNet(t, tcpOptions{})
	p := n.peer(1000)
	n.thread("test", func() {
		s := n.socket(n.b, "server", 100)
		n.ok("listen", n.b.Listen(tcpPort, s, 2, nil))
		n.ok("unaccept", s.Unaccept())
		for port := uint16(1); port <= 3; port++ {
			seg := p.segment(tcpSYN, 0, 0, "")
			seg.from = tcpEnd(tcpAddrPeer, port)
			p.raw(seg.datagram())
		}
		n.sleep(1)
		n.equal("dropped", n.b.TCPInfo().ConnectionsDropped, uint32(1))
		for port := uint16(2); port <= 3; port++ {
			n.want("relisten", n.b.Relisten(tcpPort, s), status.ConnectionPending)
			n.equal("peer", s.Peer().String(), tcpEnd(tcpAddrPeer, port).String())
			n.ok("unaccept", s.Unaccept())
		}
		n.ok("relisten with an empty queue", n.b.Relisten(tcpPort, s))
		n.ok("unaccept", s.Unaccept())
		n.ok("unlisten", n.b.Unlisten(tcpPort))
		n.ok("delete", s.Delete())
	})
	n.run()
}

// TestTCPUnaccept: unaccept takes a listening socket off its port, so that it is closed and can listen again, and one whose
// connection has ended; not one with a connection.
func TestTCPUnaccept(t *testing.T) {
	n := newTCPNet(t, tcpOptions{})
	n.thread("server", func() {
		s := n.socket(n.b, "server", 500)
		n.want("unaccept a new socket", s.Unaccept(), status.NotListenState)
		n.ok("listen", n.b.Listen(tcpPort, s, 5, nil))
		n.equal("state", s.State(), ipstack.TCPListen)
		n.ok("unaccept a listening socket", s.Unaccept())
		n.equal("state", s.State(), ipstack.TCPClosed)
		n.ok("relisten", n.b.Relisten(tcpPort, s))
		n.ok("accept", s.Accept(5*tcpHz))
		n.want("unaccept a connected socket", s.Unaccept(), status.NotListenState)
		n.ok("disconnect", s.Disconnect(tcpHz))
		n.closeServer(s)
	})
	n.thread("client", func() {
		s := n.client(500)
		n.ok("disconnect", s.Disconnect(tcpHz))
		n.closeClient(s)
	})
	n.run()
}

// TestTCPRelisten: a bound client's socket cannot listen again, nor one that listens already; a SYN that came meanwhile is
// handed to the socket that relistens, and one whose MSS option says zero counts as the default of 536.
func TestTCPRelisten(t *testing.T) {
	n := newTCPNet(t, tcpOptions{})
	p := n.peer(1000)
	n.thread("test", func() {
		client, s := n.socket(n.b, "client", 500), n.socket(n.b, "server", 500)
		n.ok("bind", client.Bind(0, 0))
		n.ok("listen", n.b.Listen(tcpPort, s, 5, nil))
		n.want("relisten a bound socket", n.b.Relisten(tcpPort, client), status.AlreadyBound)
		n.want("relisten a listening socket", n.b.Relisten(tcpPort, s), status.NotClosed)
		n.ok("unaccept", s.Unaccept())
		n.want("relisten on a port nobody listens on", n.b.Relisten(99, s), status.InvalidRelisten)
		syn := p.segment(tcpSYN, 0, 0, "")
		syn.options = tcpMSSOption(0)
		p.raw(syn.datagram())
		n.sleep(1)
		n.want("relisten with a SYN in the queue", n.b.Relisten(tcpPort, s), status.ConnectionPending)
		n.equal("state", s.State(), ipstack.TCPListen)
		n.equal("MSS of the peer", s.PeerMSS(), uint32(536))
		n.ok("unaccept", s.Unaccept())
		n.closeClient(client)
		n.ok("unlisten", n.b.Unlisten(tcpPort))
		n.ok("delete", s.Delete())
	})
	n.run()
}

// TestTCPReconnect: a client that disconnects and connects again without being bound anew, to a server that has left data
// unread, loses no packet on either side.
func TestTCPReconnect(t *testing.T) {
	n := newTCPNet(t, tcpOptions{})
	n.thread("server", func() {
		s := n.server(500)
		n.ok("send", n.send(s, tcpPattern(28), 5*tcpHz))
		n.ok("disconnect", s.Disconnect(5*tcpHz))
		n.ok("unaccept", s.Unaccept())
		if err := n.b.Relisten(tcpPort, s); err != nil {
			n.want("relisten", err, status.ConnectionPending)
		}
		n.ok("accept again", s.Accept(5*tcpHz))
		n.ok("disconnect again", s.Disconnect(tcpHz))
		n.closeServer(s)
	})
	n.thread("client", func() {
		s := n.client(500)
		n.ok("disconnect", s.Disconnect(5*tcpHz))
		n.ok("connect again", s.Connect(tcpAddrB, tcpPort, 5*tcpHz))
		n.ok("disconnect again", s.Disconnect(5*tcpHz))
		n.closeClient(s)
	})
	n.run()
}
