package regression_test

import (
	"net/netip"
	"testing"

	"netxsim/ipstack"
	"netxsim/netx/status"
	"netxsim/sim"
)

// tcpAlone runs a test in one thread, on instance a.
func tcpAlone(t *testing.T, options tcpOptions, test func(n *tcpNet)) {
	n := newTCPNet(t, options)
	n.thread("test", func() { test(n) })
	n.run()
}

// TestTCPBindPorts: a port in use cannot be bound again, the search for a free port wraps from the last to the first
// ephemeral one, and when all of those are taken there is none.
func TestTCPBindPorts(t *testing.T) {
	const first, last = 49152, 65535
	tcpAlone(t, tcpOptions{}, func(n *tcpNet) {
		s := n.socket(n.a, "one", 200)
		n.ok("bind", s.Bind(0x88, 2*tcpHz))
		n.want("bind a bound socket", s.Bind(0x89, 2*tcpHz), status.AlreadyBound)
		n.ok("unbind", s.Unbind())
		n.ok("bind the last port", s.Bind(last, 2*tcpHz))
		free, err := n.a.FreeTCPPort(last)
		n.ok("find a port", err)
		n.equal("port behind the last", free, uint16(first))
		n.ok("unbind", s.Unbind())

		var all []*ipstack.TCPSocket
		for port := first; port <= last; port++ {
			other := n.socket(n.a, "other", 200)
			if err := other.Bind(uint16(port), tcpHz); err != nil {
				n.want("bind an ephemeral port", err, nil)
				return
			}
			all = append(all, other)
		}
		n.want("bind any port", s.Bind(0, sim.WaitForever), status.NoFreePorts)
		n.want("bind a port in use", s.Bind(first, 0), status.PortUnavailable)
		n.ok("delete", s.Delete())
		for i := len(all) - 1; i >= 0; i-- {
			n.closeClient(all[i])
		}
	})
}

// TestTCPBoundPort: a socket has no port before it is bound, and then the one that was found free for it.
func TestTCPBoundPort(t *testing.T) {
	tcpAlone(t, tcpOptions{}, func(n *tcpNet) {
		s := n.socket(n.a, "client", 200)
		_, err := s.BoundPort()
		n.want("port of an unbound socket", err, status.NotBound)
		free, err := n.a.FreeTCPPort(1)
		n.ok("find a port", err)
		n.ok("bind", s.Bind(free, sim.WaitForever))
		port, err := s.BoundPort()
		n.ok("port of the bound socket", err)
		n.equal("port", port, free)
		n.closeClient(s)
	})
}

// TestTCPUnbindWhileBinding: unbinding a socket whose thread still waits for a port ends that wait.
func TestTCPUnbindWhileBinding(t *testing.T) {
	n := newTCPNet(t, tcpOptions{})
	zero, one := n.socket(n.a, "zero", 200), n.socket(n.a, "one", 200)
	n.thread("holder", func() {
		n.ok("bind", zero.Bind(12, 0))
		n.sleep(1)
		n.want("delete while binding", one.Delete(), status.StillBound)
		n.ok("unbind while binding", one.Unbind())
		n.ok("delete", one.Delete())
		n.closeClient(zero)
	})
	n.thread("waiter", func() {
		n.want("bind a port in use", one.Bind(12, 2*tcpHz), status.PortUnavailable)
		n.equal("ticks waited", n.kernel.Ticks(), uint32(1))
	})
	n.run()
}

// TestTCPBindTimesOut: threads that wait for a port in use give up when their time is over, each by itself, and leave
// their sockets unbound.
func TestTCPBindTimesOut(t *testing.T) {
	n := newTCPNet(t, tcpOptions{})
	var s [3]*ipstack.TCPSocket
	for i, name := range []string{"zero", "one", "two"} {
		s[i] = n.socket(n.a, name, 200)
	}
	n.thread("zero", func() {
		n.ok("bind", s[0].Bind(12, 0))
		n.want("bind a port in use", s[1].Bind(12, 2*tcpHz), status.PortUnavailable)
		n.equal("time", n.kernel.Ticks(), uint32(2*tcpHz))
		n.ok("unbind", s[0].Unbind())
		n.want("unbind the first that waited", s[1].Unbind(), status.NotBound)
		n.want("unbind the second that waited", s[2].Unbind(), status.NotBound)
		for i := range s {
			n.ok("delete", s[i].Delete())
		}
	})
	n.thread("two", func() {
		n.want("bind a port in use", s[2].Bind(12, tcpHz), status.PortUnavailable)
		n.equal("time", n.kernel.Ticks(), uint32(tcpHz))
	})
	n.run()
}

// TestTCPDeleteBound: a socket cannot be deleted while it is bound.
func TestTCPDeleteBound(t *testing.T) {
	tcpAlone(t, tcpOptions{}, func(n *tcpNet) {
		s := n.socket(n.a, "client", 200)
		n.ok("delete a new socket", s.Delete())
		s = n.socket(n.a, "client", 200)
		n.ok("bind", s.Bind(0x88, 0))
		n.want("delete a bound socket", s.Delete(), status.StillBound)
		n.closeClient(s)
	})
}

// TestTCPUnbindConnected: a socket that was never bound cannot be unbound, one with a connection neither.
func TestTCPUnbindConnected(t *testing.T) {
	n := newTCPNet(t, tcpOptions{})
	n.thread("server", func() {
		s := n.server(200)
		n.sleep(tcpHz)
		n.ok("disconnect", s.Disconnect(5*tcpHz))
		n.closeServer(s)
	})
	n.thread("client", func() {
		idle := n.socket(n.a, "idle", 200)
		n.want("unbind a new socket", idle.Unbind(), status.NotBound)
		n.ok("delete", idle.Delete())
		s := n.client(200)
		n.want("unbind a connected socket", s.Unbind(), status.NotClosed)
		n.want("connect a connected socket", s.Connect(tcpAddrB, tcpPort, tcpHz), status.NotClosed)
		n.ok("disconnect", s.Disconnect(5*tcpHz))
		n.closeClient(s)
	})
	n.run()
}

// TestTCPConnectErrors: a connect needs a bound socket and a way to the server; a port nobody listens on answers with a
// reset, which ends the attempt at once.
func TestTCPConnectErrors(t *testing.T) {
	tcpAlone(t, tcpOptions{}, func(n *tcpNet) {
		s := n.socket(n.a, "client", 300)
		n.want("connect an unbound socket", s.Connect(tcpAddrB, tcpPort, 5*tcpHz), status.NotBound)
		n.ok("bind", s.Bind(12, sim.WaitForever))
		n.want("connect to a foreign network", s.Connect(netip.MustParseAddr("2.2.3.5"), tcpPort, 5*tcpHz), status.IpAddressError)
		n.want("connect to a port nobody listens on", s.Connect(tcpAddrB, tcpPort, 5*tcpHz), status.NotConnected)
		n.equal("time", n.kernel.Ticks() < 10, true)
		n.closeClient(s)
	})
}

// TestTCPConnectPortTooLarge: a connect to a port above 65535 sends its SYNs to another one, whose answers are not for the
// socket, until the retries are used up. The next attempt is not affected.
func TestTCPConnectPortTooLarge(t *testing.T) {
	const port = 70000
	n := newTCPNet(t, tcpOptions{})
	s := n.socket(n.a, "client", 200)
	server := n.socket(n.b, "server", 200)
	n.thread("server", func() {
		n.ok("listen", n.b.Listen(port&0xffff, server, 5, nil))
		n.want("accept", server.Accept(tcpHz), status.NotConnected)
		n.ok("unaccept", server.Unaccept())
		n.ok("unlisten", n.b.Unlisten(port&0xffff))
		n.ok("delete", server.Delete())
	})
	n.thread("client", func() {
		n.ok("bind", s.Bind(40000, 0))
		n.want("connect", s.Connect(tcpAddrB, port, 50*tcpHz), status.NotConnected)
		n.equal("ticks waited", n.kernel.Ticks(), uint32(11*tcpHz))
		isSYN := func(s tcpSegment) bool {
			return s.flags == tcpSYN && s.from.Port() == 40001 && s.to.Port() == port&0xffff
		}
		n.equal("SYNs", n.count("A", isSYN), 11)
		n.equal("resets of the answer", n.count("A", func(s tcpSegment) bool { return s.has(tcpRST) }), 1)
		n.want("connect to a port nobody listens on", s.Connect(tcpAddrB, tcpPort, 5*tcpHz), status.NotConnected)
		n.equal("ticks waited", n.kernel.Ticks(), uint32(11*tcpHz))
		n.closeClient(s)
	})
	n.run()
}

// TestTCPNotEnabled: an instance without TCP has no sockets, and nobody can connect to it; once TCP is enabled, which is
// possible only once, both work.
func TestTCPNotEnabled(t *testing.T) {
	n := newTCPNet(t, tcpOptions{noTCP: true})
	enabled := n.kernel.NewSemaphore("enabled", 0)
	n.thread("server", func() {
		_, err := n.b.NewTCPSocket(ipstack.TCPSocketConfig{Name: "server", Window: 100})
		n.want("create a socket", err, status.NotEnabled)
		n.ok("wait", enabled.Get(sim.WaitForever))
		s := n.server(100)
		got, err := n.receive(s, 5*tcpHz)
		n.ok("receive", err)
		n.equal("received", got, string(tcpPattern(28)))
		n.ok("disconnect", s.Disconnect(5*tcpHz))
		n.closeServer(s)
	})
	n.thread("client", func() {
		n.ok("enable", n.a.EnableTCP())
		n.want("enable again", n.a.EnableTCP(), status.AlreadyEnabled)
		s := n.socket(n.a, "client", 200)
		n.ok("bind", s.Bind(0x88, sim.WaitForever))
		n.want("connect", s.Connect(tcpAddrB, tcpPort, tcpHz/2), status.NotConnected)
		n.ok("enable", n.b.EnableTCP())
		n.ok("resume the server", enabled.Put())
		n.kernel.Relinquish()
		n.ok("connect", s.Connect(tcpAddrB, tcpPort, 5*tcpHz))
		n.ok("send", n.send(s, tcpPattern(28), 5*tcpHz))
		n.ok("disconnect", s.Disconnect(5*tcpHz))
		n.closeClient(s)
	})
	n.run()
}

// TestTCPUnbindHandsOn: a port that is given up goes to the thread that has waited longest for it, and from that to the
// next.
func TestTCPUnbindHandsOn(t *testing.T) {
	n := newTCPNet(t, tcpOptions{})
	var order []string
	n.thread("owner", func() {
		zero, one := n.socket(n.a, "zero", 200), n.socket(n.a, "one", 200)
		n.ok("bind", zero.Bind(12, 5*tcpHz))
		n.ok("bind", one.Bind(13, 5*tcpHz))
		n.sleep(10)
		n.closeClient(zero)
		n.closeClient(one)
	})
	for _, name := range []string{"two", "three"} {
		n.thread(name, func() {
			s := n.socket(n.a, name, 200)
			n.ok("bind", s.Bind(12, 5*tcpHz))
			order = append(order, name)
			n.sleep(10)
			n.closeClient(s)
		})
	}
	n.run()
	n.equal("who had the port", order, []string{"two", "three"})
}
