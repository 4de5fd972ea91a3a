package trace

import (
	"fmt"
	"io"
	"time"

	"netxsim/sim"
)

// A Recorder keeps the steps of a kernel's scheduler. The zero Recorder is
// empty.
type Recorder struct {
	kernel  *sim.Kernel
	steps   []step
	threads []string // by number, in order of appearance
	numbers map[*sim.Thread]int
}

// step is one thing that happened.
type step struct {
	kind   stepKind
	time   time.Duration
	thread int    // its number; of no meaning to stepIdle and stepCount
	text   string // who woke it, what it waits for, or the counter's name
	value  int64  // of the counter
}

type stepKind uint8

const (
	stepReady stepKind = iota
	stepRun
	stepStop
	stepIdle
	stepCount
)

// Record begins to record k. A recorder records one kernel.
func (r *Recorder) Record(k *sim.Kernel) {
	r.kernel = k
	r.numbers = make(map[*sim.Thread]int)
	k.Trace(r.observe)
}

// Count records that a counter, such as a pool's free packets, has a value now.
func (r *Recorder) Count(name string, value int64) {
	r.steps = append(r.steps, step{kind: stepCount, time: r.kernel.Now(), text: name, value: value})
}

// Len returns the number of steps recorded.
func (r *Recorder) Len() int { return len(r.steps) }

func (r *Recorder) observe(e *sim.TraceEvent) {
	s := step{time: e.Time}
	switch e.Kind {
	case sim.TraceReady:
		s.kind, s.text = stepReady, e.By
	case sim.TraceRun:
		s.kind = stepRun
	case sim.TraceStop:
		s.kind, s.text = stepStop, stopped(e)
	case sim.TraceIdle:
		s.kind = stepIdle
	}
	if e.Thread != nil {
		s.thread = r.number(e.Thread)
	}
	r.steps = append(r.steps, s)
}

// stopped says why a thread does not run any more.
func stopped(e *sim.TraceEvent) string {
	switch e.State {
	case sim.Completed, sim.Terminated, sim.Suspended:
		return e.State.String()
	case sim.Sleeping:
		return "sleep"
	}
	return e.Reason()
}

func (r *Recorder) number(t *sim.Thread) int {
	n, ok := r.numbers[t]
	if !ok {
		n = len(r.threads)
		r.numbers[t] = n
		r.threads = append(r.threads, t.Name())
	}
	return n
}

// WriteText writes a line per step: virtual time in seconds, who, and what.
func (r *Recorder) WriteText(w io.Writer) error {
	for _, s := range r.steps {
		if _, err := fmt.Fprintf(w, "%.9f  %s\n", s.time.Seconds(), r.text(s)); err != nil {
			return err
		}
	}
	return nil
}

func (r *Recorder) text(s step) string {
	switch s.kind {
	case stepReady:
		return fmt.Sprintf("%s: ready, by %s", r.threads[s.thread], s.text)
	case stepRun:
		return fmt.Sprintf("%s: runs", r.threads[s.thread])
	case stepStop:
		return fmt.Sprintf("%s: stops: %s", r.threads[s.thread], s.text)
	case stepCount:
		return fmt.Sprintf("%s = %d", s.text, s.value)
	}
	return "idle"
}
