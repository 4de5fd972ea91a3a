package sim

import (
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
)

// An End says why a run is over.
type End int

// The ends of a run.
const (
	EndDone     End = iota // every thread that is not a daemon has ended
	EndHorizon             // virtual time has reached Config.Horizon
	EndDeadlock            // nothing is left to happen, and threads wait
	EndPanic               // a thread, timer or event function has panicked
	EndStuck               // a thread has kept the baton too long
)

// String returns the end in a word or two.
func (e End) String() string {
	return [...]string{"done", "horizon", "deadlock", "panic", "stuck"}[e]
}

// A Report sums up a run.
type Report struct {
	End      End
	Now      time.Duration // virtual time at the end
	Ticks    uint64        // timer interrupts
	Switches uint64        // times the baton went from one goroutine to another
	Events   uint64        // events that ran
	Seed     uint64
}

// runState is what a kernel knows about its run.
type runState struct {
	started  bool
	buried   bool // the threads have been unwound, or are being
	over     bool // Run has returned, or is about to
	ending   End
	failure  error
	done     chan struct{} // receives when the run is over
	onEnd    []func()
	switches uint64
	events   uint64

	onStage atomic.Pointer[Thread] // the running thread, for the watchdog
	alarm   atomic.Int32           // what the watchdog has found
	resting atomic.Bool            // the run waits for its clock, or for somebody outside
	dozing  atomic.Bool            // so the watchdog does not look
	seen    atomic.Int64           // the virtual time of the watchdog's last look
	turns   int                    // of the baton since it found that time stands still
	stir    chan struct{}          // receives when the run goes on
}

// OnEnd registers f to be called when the run is over and all threads have been
// unwound, before Run returns. What was registered last is called first. After
// a StuckError nothing is called, since the stuck thread still runs.
func (k *Kernel) OnEnd(f func()) { k.run.onEnd = append(k.run.onEnd, f) }

// Run calls define in initialization context, which creates the first threads (nil if
// they exist already), and then runs the threads until the run ends. The error is nil when every thread that is not a
// daemon has ended and at the horizon; else it is a *DeadlockError, a *PanicError or a
// *StuckError. The report is valid with any error.
//
// When Run returns, every thread has been unwound: its deferred functions have run, in order of
// creation of the threads, without being able to wait. A kernel runs once; a second call panics. Threads, timers and
// events run on goroutines of their own: runtime.Goexit in one of them does not end the caller of Run.
//
// If no thread is created except by Go, Go programs keep the run alive in their place.
func (k *Kernel) Run(define func()) (*Report, error) {
	if k.run.started {
		panic("sim: Kernel.Run called twice")
	}
	k.run.started = true
	k.log.Debug("run starts", zap.Uint64("seed", k.cfg.Seed))
	stuck := false
	defer func() {
		if !stuck {
			k.finishRun()
		}
		k.run.over = true
	}()
	if define != nil {
		define()
	}
	k.initializing = false
	k.setPhase(duringRun)
	go k.conduct()
	if stuck = !k.awaitEnd(); stuck {
		k.setPhase(afterRun)
		return k.report(EndStuck), k.stuckError(k.run.onStage.Load())
	}
	k.finishRun()
	r := k.report(k.run.ending)
	k.log.Debug("run ends", zap.Stringer("end", r.End), zap.Duration("virtual", r.Now), zap.Error(k.run.failure))
	return r, k.run.failure
}

func (k *Kernel) report(end End) *Report {
	r := &Report{End: end, Now: k.Now(), Seed: k.cfg.Seed}
	if end != EndStuck {
		r.Ticks, r.Switches, r.Events = k.tickCount, k.run.switches, k.run.events
	}
	return r
}

// finished reports whether no thread is left that keeps the run alive, nor anybody outside.
func (k *Kernel) finished() bool {
	if k.cfg.UntilHorizon && k.cfg.Horizon > 0 {
		return false
	}
	return k.foreground == 0 && (k.hadThreads || k.programs == 0) && k.border.kept.Load() == 0
}

// end notes why the run is over; false tells the scheduler to stop.
func (k *Kernel) end(e End) bool {
	k.run.ending = e
	if e == EndDeadlock {
		if err := k.deadlock(); err != nil {
			k.run.failure = err
		} else {
			k.run.ending = EndDone
		}
	}
	return false
}

// fail ends the run with err, at the latest when the running thread gives up the
// baton. The first failure counts.
func (k *Kernel) fail(err error) {
	if k.run.failure != nil {
		return
	}
	k.run.failure = err
	k.run.ending = EndPanic
	if stuck := (*StuckError)(nil); errors.As(err, &stuck) {
		k.run.ending = EndStuck
	}
}

// stop hands the baton to Run for good. The goroutine of a live thread waits there
// to be unwound.
func (k *Kernel) stop(l *life) {
	if l != nil {
		l.parked = true
	}
	k.run.done <- struct{}{}
	if l != nil {
		l.park()
	}
}

// finishRun unwinds all threads and calls the OnEnd functions. It does so once.
func (k *Kernel) finishRun() {
	if k.run.buried {
		return
	}
	k.setPhase(afterRun)
	k.bury()
	for i := len(k.run.onEnd) - 1; i >= 0; i-- {
		k.run.onEnd[i]()
	}
}

// bury unwinds every thread that still has a goroutine.
func (k *Kernel) bury() {
	k.run.buried = true
	k.current, k.interrupts = nil, 0
	k.hold++
	for t := k.created.first; t != nil; t = t.createdNext {
		k.kill(t)
	}
}

// A PanicError ends a run in which a thread, or the function of a timer or an event, has panicked.
type PanicError struct {
	Thread string // name of the thread, "timer <name>" or "event"
	Value  any    // what was given to panic
	Stack  []byte // the stack of its goroutine
}

// Error names the thread and the panic and gives the stack on the following lines.
func (e *PanicError) Error() string {
	return fmt.Sprintf("sim: panic in %s: %v\n\n%s", e.Thread, e.Value, e.Stack)
}

// Unwrap returns the value of the panic if it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}
