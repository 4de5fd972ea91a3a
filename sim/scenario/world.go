package scenario

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"time"

	"go.uber.org/zap"

	"netxsim/sim"
	"netxsim/sim/capture"
	"netxsim/sim/link"
	"netxsim/sim/link/fault"
)

// world is a scenario while it runs.
type world struct {
	s       *Scenario
	hash    string
	o       Options
	log     *zap.Logger
	kernel  *sim.Kernel
	wires   map[string]*link.Wire
	ordered []*wire
	hosts   map[string]machine
	targets []*target
	pools   []*poolWatch
	works   []*work
	plot    *plot

	threads  []*sim.Thread // the clients
	canceled bool          // by the context
	clients  int           // that have not ended
	active   int           // sessions that are going on
	ended    time.Duration // when the last client did
}

// build makes the network and what its hosts do. Nothing runs yet.
func build(s *Scenario, o Options) (*world, error) {
	w := &world{
		s: s, o: o, log: o.Log,
		kernel: sim.New(sim.Config{
			TicksPerSecond: s.Target.TicksPerSecond,
			Seed:           o.Seed,
			Horizon:        time.Duration(s.Duration),
			PointerSize:    s.Target.target().PointerSize,
			Log:            o.Log,
		}),
		wires: map[string]*link.Wire{},
		hosts: map[string]machine{},
	}
	if w.log == nil {
		w.log = zap.NewNop()
	}
	w.addWires()
	for i := range s.Hosts {
		if err := w.addHost(&s.Hosts[i], i); err != nil {
			return nil, fmt.Errorf("host %s: %w", s.Hosts[i].Name, err)
		}
	}
	return w, w.addWorkloads()
}

// addWires makes the wires.
func (w *world) addWires() {
	if w.o.Sequence {
		w.plot = newPlot()
	}
	for i := range w.s.Wires {
		made := newWire(w.kernel, &w.s.Wires[i])
		w.wires[made.Name()] = made.Wire
		w.ordered = append(w.ordered, made)
		if w.plot != nil {
			made.Observe(w.plot.observe)
		}
	}
	if len(w.s.Faults) > 0 {
		for _, made := range w.ordered {
			fault.Replay(w.s.Faults, made.Wire)
		}
	}
}

// addHost makes a host.
func (w *world) addHost(h *Host, index int) error {
	if h.Kind == Plain {
		w.hosts[h.Name] = w.newPlain(h, index)
		return nil
	}
	t, err := w.newTarget(h, index)
	if err != nil {
		return err
	}
	w.targets = append(w.targets, t)
	w.hosts[h.Name] = t
	return nil
}

// hardware is the Ethernet address of a host's interface.
func hardware(host, index int) [6]byte {
	return [6]byte{0x02, 0, byte(index), byte(host >> 16), byte(host >> 8), byte(host)}
}

// addWorkloads starts what the hosts do, and the thread that waits for the end
// of it.
func (w *world) addWorkloads() error {
	for i := range w.s.Workloads {
		work := w.newWork(&w.s.Workloads[i])
		w.works = append(w.works, work)
		if err := work.start(); err != nil {
			return fmt.Errorf("workload %s: %w", work.Name, err)
		}
	}
	return w.thread(conductor, 0, false, w.conduct)
}

// conductor is the name of the thread that waits for the end; it is no part of
// the scenario.
const conductor = "scenario"

// thread starts a thread.
func (w *world) thread(name string, priority int, daemon bool, entry func()) error {
	t, err := w.kernel.NewThread(sim.ThreadConfig{Name: name, Priority: uint32(priority), Daemon: daemon, Entry: entry})
	if err == nil && !daemon && name != conductor {
		w.threads = append(w.threads, t)
	}
	return err
}

// conduct waits until all clients have ended, and then until the packets are
// back in their pools.
func (w *world) conduct() {
	for w.clients > 0 && !w.canceled {
		w.kernel.Wait(w, sim.WaitForever, nil)
	}
	if w.canceled {
		for _, t := range w.threads {
			t.Terminate()
		}
		return
	}
	w.ended = w.kernel.Now()
	limit := w.ended + time.Duration(w.s.Settle)
	for pause := time.Millisecond; !w.settled() && w.kernel.Now() < limit && !w.canceled; pause = min(2*pause, maxPause) {
		w.sleep(min(pause, limit-w.kernel.Now()))
	}
	w.quiet()
}

// maxPause is the longest time between two looks at the pools.
const maxPause = 100 * time.Millisecond

// settled reports whether all packets are back.
func (w *world) settled() bool {
	for _, p := range w.pools {
		if p.missing() > 0 {
			return false
		}
	}
	return true
}

// quiet notes how many packets are free while no session goes on.
func (w *world) quiet() {
	for _, p := range w.pools {
		p.quiet()
	}
}

// clientEnded notes the end of a client.
func (w *world) clientEnded() {
	w.clients--
	w.kernel.Wake(w, nil)
}

// sleep suspends the calling thread for d of virtual time.
func (w *world) sleep(d time.Duration) {
	if d > 0 {
		w.kernel.WaitDeadline(new(int), d, nil)
	}
}

// ticks turns a time into ticks, rounded up.
func (w *world) ticks(d Duration) uint32 {
	if d == Forever {
		return sim.WaitForever
	}
	tick := w.kernel.TickDuration()
	return uint32(min((time.Duration(d)+tick-1)/tick, time.Duration(sim.WaitForever)-1))
}

// chance returns the random stream of a workload.
func (w *world) chance(name string) *rand.Rand { return w.kernel.Rand("workload " + name) }

// record begins to capture frames.
func (w *world) record() *capture.Capture {
	if w.o.Pcap == nil {
		return nil
	}
	c := capture.New(w.o.Pcap)
	for _, made := range w.ordered {
		c.Wire(made.Wire)
	}
	for _, p := range w.pools {
		c.Pool(p.pool)
	}
	return c
}

// addressOf returns the address under which one host knows another: on a wire
// that both are on, else the other's first.
func (w *world) addressOf(from, to *Host) netip.Addr {
	for _, a := range to.networks() {
		for _, b := range from.networks() {
			if a.Masked() == b.Masked() {
				return a.Addr()
			}
		}
	}
	return to.Address.Addr()
}

// networks returns the addresses of all interfaces.
func (h *Host) networks() []netip.Prefix {
	all := []netip.Prefix{h.Address}
	for _, i := range h.Interfaces {
		all = append(all, i.Address)
	}
	return all
}
