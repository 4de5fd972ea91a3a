package socket

import (
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"github.com/google/go-cmp/cmp"

	"netxsim/ipstack"
	"netxsim/netx"
	"netxsim/packetpool"
	"netxsim/sim"
	"netxsim/sim/link"
)

const (
	scriptPriority = 16
	horizon        = 10 * time.Hour
	rest           = 20 * time.Microsecond // longer than a frame and its answer need
)

// A result is what an op answered, by the names of the vectors.
type result map[string]any

// An op carries out one kind of step.
type op func(r *run, in input) result

var ops = map[string]op{}

// register adds ops to the table. It is called when the package is initialized.
func register(more map[string]op) { maps.Copy(ops, more) }

// A profile is the C build that a vector was recorded with.
type profile struct {
	packets packetpool.Target
	stack   ipstack.Target
}

var profiles = map[string]profile{
	"ilp32":    {packets: packetpool.ILP32},
	"lp64":     {packets: packetpool.LP64},
	"lp64-ext": {packets: packetpool.LP64, stack: ipstack.ExtendedTarget},
}

// Replay runs one line of a vector file. diff is empty if every answer is as recorded, else it shows the first step that
// differs. skip, if not empty, says why the line cannot be run.
func Replay(raw []byte) (diff, skip string) {
	var c testCase
	if err := json.Unmarshal(raw, &c); err != nil {
		return fmt.Sprintf("not a socket vector: %v", err), ""
	}
	target, known := profiles[c.Profile]
	if !known {
		return "", fmt.Sprintf("the model has no profile %s yet", c.Profile)
	}
	if reason := c.missing(); reason != "" {
		return "", reason
	}
	r := &run{c: &c, target: target, kernel: sim.New(sim.Config{Horizon: horizon})}
	r.program = &netx.Program{Kernel: r.kernel, Target: target.packets, Stack: target.stack, Name: c.Name}
	report, err := r.program.Run(r.define)
	switch {
	case r.diff != "":
	case err != nil:
		r.diff = fmt.Sprintf("the run failed at step %d: %v", r.at+1, err)
	case report.End != sim.EndDone:
		r.diff = fmt.Sprintf("the run did not end: %v at step %d", report.End, r.at+1)
	}
	return r.diff, ""
}

// missing says what of the case the model does not have, nothing if it has all.
func (c *testCase) missing() string {
	for _, ip := range c.Setup.IPs {
		for _, service := range ip.value.Enable {
			if enables[service] == nil {
				return fmt.Sprintf("the model has no %s_enable yet", service)
			}
		}
	}
	for i := range c.Steps {
		if name := missingOp(&c.Steps[i]); name != "" {
			return fmt.Sprintf("the model has no %s yet", name)
		}
	}
	return ""
}

// missingOp returns the op of a step, or of the call that it spawns, that is not in the table.
func missingOp(s *step) string {
	name := s.Op
	if ops[name] != nil && name == "spawn" {
		name = s.In.text("op", "")
	}
	if ops[name] == nil {
		return name
	}
	return ""
}

// A run is a case that runs: the C application.
type run struct {
	c       *testCase
	target  profile
	kernel  *sim.Kernel
	program *netx.Program

	network
	registers
	threads map[int]*thread
	events  []string

	at   int // step under way
	diff string
}

// define makes the pools, the instances and the thread that carries out the steps.
func (r *run) define() {
	r.wire = link.New(r.kernel, link.Config{Name: "wire", MTU: r.mtu()})
	r.init()
	_, err := r.kernel.NewThread(sim.ThreadConfig{Name: "script", Priority: scriptPriority, Entry: func() {
		if err := r.setUp(); err != nil {
			r.diff = fmt.Sprintf("setup: %v", err)
			return
		}
		for ; r.at < len(r.c.Steps) && r.diff == ""; r.at++ {
			r.step(&r.c.Steps[r.at])
		}
	}})
	if err != nil {
		panic(err)
	}
}

// step carries out a step, lets the network come to rest and compares.
func (r *run) step(s *step) {
	got := r.perform(s.Op, s.In)
	r.settle()
	if later, ok := got["later"].(func() result); ok {
		got = later()
	}
	if diff := cmp.Diff(plain(s.Out), r.loosened(s, got)); diff != "" {
		r.diff = fmt.Sprintf("step %d of %d, %s %s (-recorded +model):\n%s", r.at+1, len(r.c.Steps), s.Op, s.In, diff)
	}
}

// String is the arguments as the vector has them.
func (in input) String() string {
	raw, err := json.Marshal(in)
	if err != nil {
		return err.Error()
	}
	return string(raw)
}

// perform carries out an op, and adds how long it took if it may wait.
func (r *run) perform(name string, in input) result {
	begin := r.kernel.Ticks()
	out := ops[name](r, in)
	if in.has("wait") && name != "join" {
		out["ticks"] = r.kernel.Ticks() - begin
	}
	return out
}

// settle waits until frames no longer travel. That takes no tick.
func (r *run) settle() {
	for before := uint64(0); ; {
		r.kernel.Busy(rest)
		now := r.wire.Counters().Frames
		if now == before {
			return
		}
		before = now
	}
}
