package simtest

import (
	"fmt"
	"net/netip"

	"netxsim/sim/link"
	"netxsim/sim/link/fault"
)

// A Wire is a network segment of a test: the machines on it reach one another without a router. Its faults can be switched and
// added to at any time by the test of a live network, or who has the baton.
type Wire struct {
	*link.Wire
	// Faults are the wire's.
	Faults *fault.Set

	n       *Net
	number  byte // of the wire, from 1
	hosts   byte // addresses given so far
	gateway netip.Addr
}

// Wire adds a network segment with faults. The network of wire k, counted from 1, is 10.0.k.0/24, and with
// Config.IPv6 fd00:0:0:k::/64 too. A test without a
// call of Wire has one segment, named "wire", that loses nothing.
func (n *Net) Wire(config link.Config, faults ...fault.Fault) *Wire {
	n.t.Helper()
	n.mu.Lock()
	number := len(n.wires) + 1
	n.mu.Unlock()
	if config.Name == "" {
		config.Name = "wire"
		if number > 1 {
			config.Name = fmt.Sprintf("wire %d", number)
		}
	}
	n.right(config)
	n.right(checkers(faults)...)
	n.claim("wire", config.Name)
	w := &Wire{n: n, number: byte(number)}
	n.enter(func() {
		w.Wire = link.New(n.kernel, config)
		w.Faults = fault.Attach(w.Wire, faults...)
		if n.config.Faults != nil {
			fault.Replay(n.config.Faults, w.Wire)
		}
		n.recording.Record(w.Wire)
		w.Observe(n.frames.add)
		if n.capture != nil {
			n.capture.Wire(w.Wire)
		}
	})
	n.mu.Lock()
	n.wires = append(n.wires, w)
	n.mu.Unlock()
	return w
}

// Inject adds faults behind those the wire has, for frames sent from now on.
func (w *Wire) Inject(faults ...fault.Fault) {
	w.n.t.Helper()
	w.n.right(checkers(faults)...)
	w.n.enter(func() { w.Faults.Add(faults...) })
}

// Switch switches the faults of a name on or off. It is an error of the test if there is none.
func (w *Wire) Switch(name string, on bool) {
	w.n.t.Helper()
	found := false
	w.n.enter(func() { found = w.Faults.Switch(name, on) })
	if !found {
		w.n.t.Errorf("simtest: wire %s has no fault named %q", w.Name(), name)
	}
}

// first returns the first wire of the network, and makes it if there is none.
func (n *Net) first() *Wire {
	n.t.Helper()
	n.mu.Lock()
	var w *Wire
	if len(n.wires) > 0 {
		w = n.wires[0]
	}
	n.mu.Unlock()
	if w == nil {
		w = n.Wire(link.Config{})
	}
	return w
}

// An identity is what a machine is called on a wire.
type identity struct {
	address  netip.Prefix
	address6 netip.Prefix // the zero Prefix without IPv6
	hardware [6]byte
}

// address takes the next addresses of the wire.
func (w *Wire) address() identity {
	w.n.mu.Lock()
	defer w.n.mu.Unlock()
	w.hosts++
	if w.hosts == routerNumber {
		w.n.t.Fatalf("simtest: wire %s has no address left", w.Name())
	}
	return w.numbered(w.hosts)
}

// numbered are the addresses of the wire with a last byte.
func (w *Wire) numbered(host byte) (id identity) {
	id.address = netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, w.number, host}), 24)
	id.hardware = [6]byte{2, 0, 0, 0, w.number, host}
	if w.n.config.IPv6 {
		id.address6 = netip.PrefixFrom(netip.AddrFrom16([16]byte{0: 0xfd, 7: w.number, 15: host}), 64)
	}
	return id
}
