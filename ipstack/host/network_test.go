package host_test

import (
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"netxsim/ipstack/host"
	"netxsim/sim"
	"netxsim/sim/link"
)

// A network is two hosts, a and b, on one wire, for goroutines.
type network struct {
	kernel *sim.Kernel
	wire   *link.Wire
	a, b   *host.Host
	stop   func() (*sim.Report, error)
}

// start makes a network whose kernel runs on the system's clock, or the bubble's, until stop is called.
func start(config link.Config, seed uint64) *network {
	n := &network{kernel: sim.New(sim.Config{Clock: sim.RealTime(), Seed: seed})}
	n.wire = link.New(n.kernel, config)
	n.a, n.b = n.host("a", 1), n.host("b", 2)
	n.stop = n.kernel.Start(nil)
	return n
}

func (n *network) host(name string, number byte) *host.Host {
	return host.New(n.kernel, host.Config{
		Name: name, Address: netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, 0, number}), 24),
		Wire: n.wire, HardwareAddress: [6]byte{2, 0, 0, 0, 0, number},
	})
}

// end stops a network.
func (n *network) end(t *testing.T) {
	t.Helper()
	if _, err := n.stop(); err != nil {
		t.Error(err)
	}
}

// bubble runs a test on a network in a bubble of its own.
func bubble(t *testing.T, config link.Config, test func(*testing.T, *network)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		n := start(config, 1)
		defer n.end(t)
		test(t, n)
	})
}

// took reports an error unless so much time has passed since begin.
func took(t *testing.T, what string, begin time.Time, want time.Duration) {
	t.Helper()
	if got := time.Since(begin); got != want {
		t.Errorf("%s took %v, want %v", what, got, want)
	}
}
