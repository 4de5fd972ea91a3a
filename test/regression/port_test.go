package regression_test

import (
	"testing"

	"netxsim/ipstack"
	"netxsim/netx/status"
)

// portSocket is a socket of either protocol that can wait for a port.
type portSocket interface {
	Bind(port uint16, wait uint32) error
	Unbind() error
	Delete() error
}

// portRun runs a test with three sockets of each protocol.
func portRun(t *testing.T, test func(n *tcpNet, zero, one, two portSocket)) {
	t.Run("TCP", func(t *testing.T) {
		n := newTCPNet(t, tcpOptions{})
		test(n, n.socket(n.a, "zero", 200), n.socket(n.a, "one", 200), n.socket(n.a, "two", 200))
		n.run()
	})
	t.Run("UDP", func(t *testing.T) {
		n := newTCPNet(t, tcpOptions{})
		n.ok("enable UDP", n.a.EnableUDP())
		udp := func(name string) portSocket {
			s, err := n.a.NewUDPSocket(ipstack.UDPSocketConfig{Name: name})
			n.ok("create socket "+name, err)
			return s
		}
		test(n, udp("zero"), udp("one"), udp("two"))
		n.run()
	})
}

// close takes down a socket that is bound.
func (n *tcpNet) closePort(s portSocket) {
	n.Helper()
	n.ok("unbind", s.Unbind())
	n.ok("delete", s.Delete())
}

// TestPortBindAgain: a socket whose wait for a port was ended can wait again at once, before the thread that waited has run.
func TestPortBindAgain(t *testing.T) {
	portRun(t, func(n *tcpNet, zero, one, two portSocket) {
		n.thread("holder", func() {
			n.ok("bind", zero.Bind(12, 0))
			n.sleep(10)
			n.closePort(zero)
			n.ok("delete", two.Delete())
		})
		n.thread("first", func() {
			n.want("bind until the unbind", one.Bind(12, 5*tcpHz), status.PortUnavailable)
			n.equal("ticks waited", n.kernel.Ticks(), uint32(1))
		})
		n.thread("second", func() {
			n.sleep(1)
			n.want("bind a binding socket", one.Bind(12, 5*tcpHz), status.AlreadyBound)
			n.ok("unbind while binding", one.Unbind())
			n.ok("bind again", one.Bind(12, 5*tcpHz))
			n.equal("ticks waited", n.kernel.Ticks(), uint32(10))
			n.closePort(one)
		})
	})
}

// TestPortTooLate: a port that becomes free in the tick in which the time of a waiting thread is over goes to the next
// thread, or to nobody.
func TestPortTooLate(t *testing.T) {
	portRun(t, func(n *tcpNet, zero, one, two portSocket) {
		n.thread("holder", func() {
			n.ok("bind", zero.Bind(12, 0))
			n.sleep(5)
			n.closePort(zero)
		})
		n.thread("late", func() {
			n.want("bind for 5 ticks", one.Bind(12, 5), status.PortUnavailable)
			n.equal("ticks waited", n.kernel.Ticks(), uint32(5))
			n.want("unbind", one.Unbind(), status.NotBound)
			n.ok("delete", one.Delete())
		})
		n.thread("next", func() {
			n.ok("bind for longer", two.Bind(12, 50))
			n.equal("ticks waited", n.kernel.Ticks(), uint32(5))
			n.closePort(two)
		})
	})
}
