package scenario

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"

	"netxsim/sim"
)

// Run runs a scenario once, with one seed, on a kernel of its own, and returns
// what came of it; that an expectation failed stands in the result. The
// scenario is not changed. Any number of runs may go on at once, also of one
// scenario.
//
// Errors: those of [Scenario.Check], a mailbox that cannot be read, a pcap
// writer that fails, the context's error, and what only a mistake in the
// simulator can cause.
func Run(s *Scenario, o Options) (*Result, error) {
	p, err := Prepare(s)
	if err != nil {
		return nil, err
	}
	return p.Run(o)
}

// A Prepared is a scenario that has been checked, for many runs. Its methods
// may be called from several goroutines at once.
type Prepared struct {
	s    *Scenario // nobody changes it
	hash string
}

// Prepare checks a scenario and keeps a copy of it, for many runs: that saves
// each of them a twentieth of its time.
//
// Errors: those of [Scenario.Check].
func Prepare(s *Scenario) (*Prepared, error) {
	s = s.Clone()
	if err := s.Check(); err != nil {
		return nil, err
	}
	return &Prepared{s, s.Hash()}, nil
}

// Run runs the scenario once, as the function of that name does.
func (p *Prepared) Run(o Options) (*Result, error) {
	w, err := build(p.s, o)
	if err != nil {
		w.discard()
		return nil, fmt.Errorf("scenario %s: %w", p.s.Name, err)
	}
	w.hash = p.hash
	frames := w.record()
	defer w.watchContext()()
	report, err := w.kernel.Run(nil)
	if frames != nil {
		if err := frames.Close(); err != nil {
			return nil, fmt.Errorf("pcap: %w", err)
		}
	}
	if w.canceled {
		return nil, w.o.Context.Err()
	}
	r := w.result(report)
	if deadlock, ok := errors.AsType[*sim.DeadlockError](err); ok {
		r.deadlock(deadlock)
	} else if err != nil {
		return nil, fmt.Errorf("scenario %s, seed %d: %w", w.s.Name, w.o.Seed, err)
	}
	w.expect(r)
	return r, nil
}

// discard ends a world that was not built to its end.
func (w *world) discard() {
	w.kernel.Run(nil) // unwinds what there is
}

// watchContext ends the run when its context is done. The function it returns
// ends the watching.
func (w *world) watchContext() (stop func() bool) {
	if w.o.Context == nil {
		return func() bool { return true }
	}
	return context.AfterFunc(w.o.Context, func() {
		w.kernel.Post(w.cancel)
	})
}

// cancel has the conductor end at once, whatever else goes on.
func (w *world) cancel() {
	w.canceled = true
	w.kernel.Wake(w, nil)
}

// result sums up a run.
func (w *world) result(report *sim.Report) *Result {
	r := &Result{
		Scenario: w.s.Name, Hash: w.hash, Version: Version(), Seed: w.o.Seed,
		Virtual: report.Now, End: EndFinished, FrameHash: w.frameHash(),
		Pools: []PoolResult{}, Hosts: []HostResult{}, Failures: []Failure{},
	}
	if report.End == sim.EndHorizon {
		r.End = EndHorizon
	}
	for _, p := range w.pools {
		if report.End != sim.EndDone {
			p.quiet()
		}
		r.Pools = append(r.Pools, p.report())
	}
	for _, t := range w.targets {
		r.Hosts = append(r.Hosts, t.report())
	}
	for _, k := range w.works {
		r.Workloads = append(r.Workloads, k.report())
	}
	for _, made := range w.ordered {
		r.Wires = append(r.Wires, made.report())
	}
	if w.plot != nil {
		r.Sequence = w.plot.report()
	}
	return r
}

// frameHash joins the hashes of all wires.
func (w *world) frameHash() string {
	var all []string
	for _, wire := range w.ordered {
		all = append(all, fmt.Sprintf("%016x", wire.Hash()))
	}
	return strings.Join(all, "-")
}

// deadlock notes what the threads waited for.
func (r *Result) deadlock(err *sim.DeadlockError) {
	r.End = EndDeadlock
	for _, waiting := range err.Waiting {
		if waiting.Thread != conductor {
			r.Deadlock = append(r.Deadlock, waiting.String())
		}
	}
	for _, cycle := range err.Cycles {
		r.Deadlock = append(r.Deadlock, "cycle: "+strings.Join(cycle, " waits for "))
	}
}

// report returns what a host has counted.
func (t *target) report() HostResult {
	stats := t.ip.Stats()
	r := HostResult{
		Name:            t.config.Name,
		FramesReceived:  int(stats.FramesReceived),
		FramesSent:      int(stats.FramesSent),
		ReceiveNoPacket: int(stats.ReceiveNoPacket),
		SendNoPacket:    int(stats.SendNoPacket),
		SendNoRoom:      int(stats.SendNoRoom),
		ChecksumErrors:  int(stats.ChecksumErrors),
		Retransmissions: int(t.ip.TCPInfo().RetransmitPackets),
	}
	for _, d := range t.drivers {
		r.TransmitFull += int(d.Stats().TransmitFull)
		r.ReceiveEmpty += int(d.Stats().ReceiveEmpty)
	}
	return r
}

// report returns what came of a workload.
func (k *work) report() WorkloadResult {
	r := WorkloadResult{Name: k.Name, Kind: k.Kind, Sessions: []Session{}}
	for _, x := range k.sessions {
		r.Sessions = append(r.Sessions, x.record)
		r.Sent += x.sent
		r.Received += x.arrived
	}
	r.Lost = max(0, r.Sent-r.Received)
	return r
}

// Version names the version of the simulator, by which results are kept apart:
// that of the module in the program, and the commit where it is known.
func Version() string { return version }

var version = readVersion()

// module is what this package is a part of.
const module = "netxsim"

func readVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, dep := range info.Deps {
		if dep.Path == module {
			return dep.Version
		}
	}
	text := info.Main.Version
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" && !strings.Contains(text, setting.Value[:min(12, len(setting.Value))]) {
			text += "+" + setting.Value[:min(12, len(setting.Value))]
		}
	}
	return text
}
