package host_test

import (
	"errors"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"netxsim/ipstack"
	"netxsim/ipstack/host"
	"netxsim/packetpool"
	"netxsim/sim"
	"netxsim/sim/link"
)

// A network is two hosts, a and b, on one wire, for goroutines.
type network struct {
	kernel *sim.Kernel
	wire   *link.Wire
	six    bool // machines have IPv6 too
	a, b   *host.Host
	stop   func() (*sim.Report, error)
}

// start makes a network whose kernel runs on the system's clock, or the bubble's, until stop is called.
func start(config link.Config, seed uint64) *network {
	n := build(config, seed)
	n.stop = n.kernel.Start(nil)
	return n
}

// build makes a network whose kernel does not run yet.
func build(config link.Config, seed uint64) *network { return buildWith(config, seed, false) }

// buildWith is build with IPv6, if it is wanted.
func buildWith(config link.Config, seed uint64, six bool) *network {
	n := &network{kernel: sim.New(sim.Config{Clock: sim.RealTime(), Seed: seed}), six: six}
	n.wire = link.New(n.kernel, config)
	n.a, n.b = n.host("a", 1), n.host("b", 2)
	return n
}

func (n *network) host(name string, number byte) *host.Host {
	config := host.Config{
		Name: name, Address: netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, 0, number}), 24),
		Wire: n.wire, HardwareAddress: [6]byte{2, 0, 0, 0, 0, number},
	}
	if n.six {
		config.Address6 = netip.PrefixFrom(address6(number), 64)
	}
	return host.New(n.kernel, config)
}

// address6 is the IPv6 address of a machine with IPv6.
func address6(number byte) netip.Addr { return netip.AddrFrom16([16]byte{0: 0xfd, 15: number}) }

// device adds an NX_IP with a pool of its own.
func (n *network) device(t *testing.T, name string, number byte, packets int) *host.Device {
	t.Helper()
	pool, err := packetpool.New(n.kernel, packetpool.Config{
		Name: name, Payload: 1536, Size: packetpool.SizeFor(packetpool.ILP32, 1536, packets), Target: packetpool.ILP32,
	})
	if err != nil {
		t.Fatal(err)
	}
	ip, err := ipstack.New(n.kernel, ipstack.Config{
		Name: name, Address: netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, 0, number}), 24), Pool: pool, Priority: 1,
		Driver: ipstack.Ethernet(n.wire, ipstack.HardwareAddress{2, 0, 0, 0, 0, number}),
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{ip.EnableARP(8), ip.EnableICMP(), ip.EnableTCP(), ip.EnableUDP()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if n.six {
		_, err := ip.SetIPv6Address(0, address6(number), 64) // before ICMPv6, which would ask whether others have it
		if err := errors.Join(err, ip.EnableIPv6()); err != nil {
			t.Fatal(err)
		}
		ip.EnableICMPv6()
	}
	return host.NewDevice(ip, host.DeviceConfig{})
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

// devices is bubble with two instances of NetX Duo beside the hosts, whose packets have to be back in the end.
func devices(t *testing.T, config link.Config, packets int, test func(t *testing.T, n *network, c, d *host.Device)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		n := build(config, 1)
		c, d := n.device(t, "c", 3, packets), n.device(t, "d", 4, packets)
		n.stop = n.kernel.Start(nil)
		test(t, n, c, d)
		time.Sleep(time.Minute)
		n.end(t)
		whole(t, c, d)
	})
}

// settled waits until all packets of a device are back, on whatever clock.
func (n *network) settled(t *testing.T, d *host.Device) {
	t.Helper()
	pool := d.IP().DefaultPool()
	back := make(chan struct{}, 1)
	n.kernel.Enter(func() {
		check := func(packetpool.Event) {
			if pool.Available() == pool.Total() {
				select {
				case back <- struct{}{}:
				default:
				}
			}
		}
		pool.Watch(check)
		check(packetpool.Event{})
	})
	<-back
}

// whole reports packets that did not come back to the pools of devices.
func whole(t *testing.T, devices ...*host.Device) {
	t.Helper()
	for _, d := range devices {
		if pool := d.IP().DefaultPool(); pool.Available() != pool.Total() {
			t.Errorf("pool %s: %d of %d free, held by %v", pool.Name(), pool.Available(), pool.Total(), pool.Holders())
		}
	}
}

// took reports an error unless so much time has passed since begin.
func took(t *testing.T, what string, begin time.Time, want time.Duration) {
	t.Helper()
	if got := time.Since(begin); got != want {
		t.Errorf("%s took %v, want %v", what, got, want)
	}
}
