package soak

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"netxsim/sim/hostfault"
	"netxsim/sim/link"
	"netxsim/sim/mailbox"
	"netxsim/sim/simtest"
)

// A Result is what came of a run.
type Result struct {
	Problems []Problem
	Digest   string // the same for the same case
	Figures  Figures
	Log      string // of a run that explains itself
}

// Kinds are the kinds of the problems.
func (r Result) Kinds() (kinds []string) {
	for _, p := range r.Problems {
		if !slices.Contains(kinds, p.Kind) {
			kinds = append(kinds, p.Kind)
		}
	}
	return kinds
}

// String lists the problems.
func (r Result) String() string {
	var b strings.Builder
	for _, p := range r.Problems {
		fmt.Fprintf(&b, "%s: %s\n", p.Kind, p.Text)
	}
	return b.String()
}

// Options say how to run a case. The zero value is the usual way.
type Options struct {
	// Explain has a failed run print what simtest knows, and leave a capture.
	Explain bool
	// Strict excuses no error of a program, whatever the faults.
	Strict bool
	// Wires is told the wires before anything is sent on them. Nil means nobody is.
	Wires func(wires []*link.Wire)
}

// Run runs a case in a network of tb's, which is not told of problems.
func Run(tb testing.TB, c Case, o Options) (result Result, err error) {
	row, err := c.row()
	if err != nil {
		return result, err
	}
	t := &recorder{TB: tb}
	config := simtest.Config{Seed: c.Seed, NoCapture: !o.Explain, Frames: -1}
	if o.Explain {
		config.Frames = 60
	}
	var w *world
	t.run(func() {
		n := simtest.New(t, config)
		w = newWorld(n, row, c.random("shape"), c.random("faults"))
		t.Cleanup(func() { t.problems = append(w.problems, t.problems...) }) // before simtest looks whether there are any
		w.strict = o.Strict
		if o.Wires != nil {
			o.Wires([]*link.Wire{w.wires[0].Wire, w.wires[1].Wire})
		}
		w.play(c)
		result.Figures.Virtual = n.Run()
	})
	if w == nil {
		return result, fmt.Errorf("soak: %v", t.problems)
	}
	result.Problems = t.problems
	result.Log = t.log.String()
	w.sum(&result)
	return result, nil
}

// play sets up what goes on in a run.
func (w *world) play(c Case) {
	shape, faults := c.random("traffic"), c.random("hosts")
	var disturbed []hostfault.Fault
	if w.row.hosts != nil {
		disturbed = w.row.hosts(faults, w)
	}
	w.disturbed = w.n.Disturb(disturbed...)
	w.traffic(shape)
	w.watch()
	w.n.ThreadAt("supervisor", 20, func() error { w.supervise(); return nil })
}

// own returns random numbers for one program alone, so that what it draws does not depend on the others.
func own(r *rand.Rand) *rand.Rand { return rand.New(rand.NewPCG(r.Uint64(), r.Uint64())) }

// traffic draws who talks to whom.
func (w *world) traffic(r *rand.Rand) {
	w.servers(r)
	alpha, beta, hugo, ida := w.alpha.IP().Address().Addr(), w.beta.IP().Address().Addr(), w.hugo.Addr(), w.ida.Addr()
	port := netip.AddrPortFrom
	for _, some := range []func(){
		func() { w.netxPair(w.alpha, w.beta, "netx to netx", r, 0) },
		func() { w.netxPair(w.beta, w.alpha, "netx back to netx", r, 1) },
		func() { w.netxClient(w.alpha, "netx to near host", own(r), hugo, goPort) },
		func() { w.netxClient(w.beta, "netx to host", own(r), hugo, goPort) },
		func() {
			w.netxServer(w.beta, "netx server for a host", own(r), hostThread)
			w.goClient(w.hugo, "hugo", "host to netx", own(r), port(beta, hostThread))
		},
		func() { w.goClient(w.hugo, "hugo", "host to host", own(r), port(ida, goPort)) },
		func() { w.goClient(w.ida, "ida", "host back to host", own(r), port(hugo, goPort)) },
		func() { w.goClient(w.ida, "ida", "host to device", own(r), port(alpha, devicePort)) },
		func() { w.goClient(w.beta.Device, "beta", "device to host", own(r), port(ida, goPort)) },
		func() { w.goClient(w.beta.Device, "beta", "device to device", own(r), port(alpha, devicePort)) },
		func() { w.mail(r) },
	} {
		if r.IntN(3) > 0 {
			some()
		}
	}
	w.datagrams(r)
}

// servers starts those that everybody may connect to.
func (w *world) servers(r *rand.Rand) {
	w.goServer(w.hugo, "hugo", "server on hugo", own(r), goPort)
	w.goServer(w.ida, "ida", "server on ida", own(r), goPort)
	w.goServer(w.alpha.Device, "alpha", "server on alpha", own(r), devicePort)
}

// netxPair has threads of two devices talk to each other.
func (w *world) netxPair(from, to *simtest.Device, name string, r *rand.Rand, number uint16) {
	w.netxServer(to, name+" server", own(r), firstThread+number)
	w.netxClient(from, name, own(r), to.IP().Address().Addr(), firstThread+number)
}

// mail has threads of the devices fetch mail from a host.
func (w *world) mail(r *rand.Rand) {
	var boxes []*mailbox.Mailbox
	for range 2 {
		boxes = append(boxes, mailbox.Generate(r.Uint64(), r.IntN(4), r.IntN(2000), r.IntN(20_000)))
	}
	w.mailServer(w.ida, boxes)
	for i, d := range w.devices() {
		if r.IntN(3) > 0 {
			w.mailClient(d, own(r), w.ida.Addr(), i, boxes[i])
		}
	}
}

// datagrams has datagrams and pings go between machines.
func (w *world) datagrams(r *rand.Rand) {
	for i := range 1 + r.IntN(4) {
		w.flow(own(r), fmt.Sprintf("flow %d", i))
	}
	for i := range r.IntN(3) {
		from := r.IntN(2)
		to := []netip.Addr{w.beta.IP().Address().Addr(), w.alpha.IP().Address().Addr(), w.hugo.Addr(), w.ida.Addr()}[(from+r.IntN(3))%4]
		if to != w.devices()[from].IP().Address().Addr() {
			w.pinger(w.devices()[from], fmt.Sprintf("pinger %d", i), own(r), to, !w.small[0] && !w.small[1])
		}
	}
}

// flow draws a flow of datagrams between two machines.
func (w *world) flow(r *rand.Rand, name string) {
	from, to := r.IntN(6), r.IntN(6)
	large := r.IntN(3) == 0 && !w.small[0] && !w.small[1]
	programs := []program{w.hugo, w.ida, w.alpha.Device, w.beta.Device}
	addresses := []netip.Addr{w.hugo.Addr(), w.ida.Addr(), w.alpha.IP().Address().Addr(), w.beta.IP().Address().Addr()}
	// 4 and 5 are threads on the devices.
	if machine(from) == machine(to) {
		to = (to + 1) % 4
	}
	f := w.newFlow(r, name, addresses[machine(to)], large)
	if to < 4 {
		f.goReceive(programs[to])
	} else {
		f.netxReceive(w.devices()[to-4])
	}
	if from < 4 {
		f.goSend(programs[from], r)
	} else {
		f.netxSend(w.devices()[from-4], r)
	}
}

// machine is the number of the machine that a program or thread of flow is on.
func machine(i int) int {
	if i >= 4 {
		return i - 2
	}
	return i
}

// sum adds up what has happened.
func (w *world) sum(r *Result) {
	f := &r.Figures
	virtual := f.Virtual
	*f = w.figures
	f.Virtual, f.Runs = virtual, 1
	var digest strings.Builder
	for _, wire := range w.wires {
		c := wire.Counters()
		f.Frames += c.Frames
		f.FrameBytes += c.Bytes
		f.Lost += c.Lost
		f.Changed += c.Changed
		f.Copied += c.Duplicated
		for _, fault := range wire.Faults.Counters() {
			f.count(fault.Name, fault.Hits)
		}
		fmt.Fprintf(&digest, "%016x ", wire.Hash())
	}
	for _, fault := range w.disturbed.Counters() {
		f.count(fault.Name, fault.Begun)
	}
	if len(r.Problems) > 0 {
		f.Failed = 1
	}
	fmt.Fprintf(&digest, "%v %d problems %+v", virtual, len(r.Problems), *f)
	r.Digest = digest.String()
}
