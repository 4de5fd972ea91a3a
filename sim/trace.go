package sim

import "time"

// A TraceKind says what a TraceEvent tells.
type TraceKind uint8

// What a trace tells.
const (
	TraceReady TraceKind = iota // the thread became ready
	TraceRun                    // the thread runs
	TraceStop                   // the thread ran or was ready, and is not any more
	TraceIdle                   // nobody runs
)

// String returns the kind in lower case.
func (k TraceKind) String() string { return [...]string{"ready", "run", "stop", "idle"}[k] }

// A TraceEvent is a step of the scheduler. It is valid until the tracer returns.
type TraceEvent struct {
	Kind   TraceKind
	Time   time.Duration
	Thread *Thread // nil if Kind is TraceIdle
	// By is who made the thread ready: a thread's name, "event",
	// "system timer" or "initialization".
	By string
	// State is what the thread does instead of running, if Kind is TraceStop.
	State State
}

// Reason says what a thread that does not run waits for, as deadlock reports do.
func (e *TraceEvent) Reason() string { return e.Thread.waiting().Reason }

// Trace has f called at every step of the scheduler from now on; nil ends that.
// f runs wherever the step happens and must not call the kernel, except for
// methods that only look. Without a tracer a step costs a comparison.
func (k *Kernel) Trace(f func(*TraceEvent)) { k.tracer = f }

// trace tells the tracer of a step.
func (k *Kernel) trace(kind TraceKind, t *Thread) {
	e := TraceEvent{Kind: kind, Time: k.Now(), Thread: t}
	switch kind {
	case TraceReady:
		e.By = k.CurrentName()
	case TraceStop:
		e.State = t.state
	}
	k.tracer(&e)
}
