// Package packet replays the conformance vectors of packets and packet pools:
// recorded calls of the C library, repeated through package netx on a fresh
// kernel, with every result compared.
//
// The vectors' FORMAT.md describes ops and results. A replay plays the C
// application: it keeps packets in variables, and a variable becomes null when
// a checked release succeeds, which is what the C macros do.
package packet

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/google/go-cmp/cmp"

	"netxsim/netx"
	"netxsim/sim"
)

const (
	pools, handles = 8, 40
	regionSize     = 98304 + 64 // bytes
	bufferSize     = 1 << 20    // bytes, more than all regions hold
	scriptPriority = 16
)

// Replay runs one line of a vector file. diff is empty if every result is as
// recorded, else it shows the first step that differs (- recorded, + model).
// skip, if not empty, says why the line cannot be run.
func Replay(raw []byte) (diff, skip string) {
	var c testCase
	if err := json.Unmarshal(raw, &c); err != nil {
		return "", fmt.Sprintf("not a packet vector: %v", err)
	}
	if c.Suite != "packet" {
		return "", fmt.Sprintf("suite %q is not packet", c.Suite)
	}
	target, known := targets[c.Profile]
	if !known {
		return "", fmt.Sprintf("unknown profile %q", c.Profile)
	}
	if why := check(c.Steps); why != "" {
		return "", why
	}
	r := &replay{kernel: sim.New(sim.Config{})}
	program := &netx.Program{Kernel: r.kernel, Target: target, Name: c.Name}
	_, err := program.Run(func() { r.define(c.Steps) })
	if r.diff == "" && err != nil {
		r.diff = fmt.Sprintf("the run failed at step %d: %v", r.at, err)
	}
	if r.diff == "" {
		r.diff = r.checkBooks()
	}
	return r.diff, ""
}

// A replay is the state of the C application.
type replay struct {
	kernel  *sim.Kernel
	pools   [pools]netx.NX_PACKET_POOL
	regions [pools][]byte
	handles [handles]*netx.NX_PACKET
	buffer  []byte // where data are retrieved to
	threads map[int]*thread
	order   int // thread ops completed

	at   int // step under way
	diff string
}

// A thread is one that a spawn started.
type thread struct {
	*sim.Thread
	results []result
}

// A result is the out of a step. A view in it, such as of a pool, is a lazy
// value until the step is over.
type result map[string]any

// A lazy value is computed when more urgent threads have come to rest.
type lazy func() any

// settle computes the lazy values.
func (out result) settle() result {
	for key, value := range out {
		if view, ok := value.(lazy); ok {
			out[key] = view()
		}
	}
	return out
}

// define runs the steps that belong to initialization and starts the script
// thread for the others.
func (r *replay) define(steps []step) {
	defer func() {
		if failure := recover(); failure != nil {
			r.diff = fmt.Sprintf("the run failed at step %d: %v", r.at, failure)
		}
	}()
	r.threads = make(map[int]*thread)
	for r.at < len(steps) && steps[r.at].Ctx == "init" && r.diff == "" {
		r.run(&steps[r.at])
		r.at++
	}
	_, err := r.kernel.NewThread(sim.ThreadConfig{Name: "script", Priority: scriptPriority, Entry: func() {
		for r.at < len(steps) && r.diff == "" {
			r.run(&steps[r.at])
			r.at++
		}
	}})
	if err != nil {
		panic(err)
	}
}

// run performs a step of the script and compares its result.
func (r *replay) run(s *step) {
	var got result
	if s.Ctx == "timer" {
		got = r.inTimer(s)
	} else {
		got = r.perform(s)
	}
	r.compare(s, got.settle())
}

// inTimer performs a step in the function of a timer.
func (r *replay) inTimer(s *step) (got result) {
	done := false
	timer, err := r.kernel.NewTimer(sim.TimerConfig{Name: "step", Initial: 1, Expired: func() {
		got = r.perform(s)
		done = true
	}})
	if err != nil {
		panic(err)
	}
	for !done {
		_ = r.kernel.Sleep(1)
	}
	timer.Delete()
	return got
}

// compare notes the first difference.
func (r *replay) compare(s *step, got result) {
	raw, err := json.Marshal(got)
	if err != nil {
		panic(err)
	}
	if bytes.Equal(raw, s.Out) {
		return
	}
	if diff := cmp.Diff(decode(s.Out), decode(raw)); diff != "" && r.diff == "" {
		r.diff = fmt.Sprintf("step %d %s (-recorded +model):\n%s", r.at, s.Op, diff)
	}
}

func decode(raw []byte) (v any) {
	if len(raw) == 0 {
		return nil
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		return err.Error()
	}
	return v
}

// checkBooks tests that no pool has lost a packet.
func (r *replay) checkBooks() string {
	for i := range r.pools {
		if pool := &r.pools[i]; pool.Created() {
			if err := pool.Check(); err != nil {
				return fmt.Sprintf("after the last step: %v", err)
			}
		}
	}
	return ""
}
