package sim

import (
	"fmt"
	"runtime"
	"time"
)

const defaultStuckAfter = 30 * time.Second

// What the watchdog has found out, in Kernel.run.alarm.
const (
	alarmQuiet     int32 = iota // the baton has moved since the last look
	alarmAsked                  // it has not yet
	alarmOver                   // it has not for too long: the next kernel call ends the run
	alarmTaken                  // a kernel call does so
	alarmAbandoned              // Run has returned without waiting any longer
	alarmStill                  // the baton has moved between two looks, but virtual time has not
)

// manyTurns is how often the baton has to move more for that to be called an endless loop.
const manyTurns = 1000

// A WallClock tells real time to the watchdog that looks for stuck threads. It is
// the only thing in this package that real time has an influence on.
type WallClock interface {
	// After returns a channel that receives once d of real time has passed, unless stop
	// was called before. The watchdog calls it anew for every look.
	After(d time.Duration) (c <-chan time.Time, stop func())
}

type realTime struct{}

func (realTime) After(d time.Duration) (<-chan time.Time, func()) {
	t := time.NewTimer(d) //netxlint:wallclock finds threads that are stuck in real time; can only end a run
	return t.C, func() { t.Stop() }
}

// A StuckError ends a run in which a thread has not given up the baton for
// Config.StuckAfter of wall time: an endless loop, or a wait for something outside the kernel.
// If the thread never makes a kernel call again, its goroutine and those of the other
// threads are left behind. It ends a run in virtual time, too, in which threads and events take turns for so long at one instant.
type StuckError struct {
	Thread string        // its name, or "event" or "system timer"; that of one of them if they take turns
	Now    time.Duration // the virtual time at which it is stuck
	After  time.Duration // the wall time it was given
	Turns  bool          // the baton goes round, but virtual time stands still
}

// Error names the thread and how long it was given.
func (e *StuckError) Error() string {
	if e.Turns {
		return fmt.Sprintf("sim: stuck at %v: virtual time has not moved for %v, in which %s and others have taken turns", e.Now, e.After, e.Thread)
	}
	return fmt.Sprintf("sim: stuck at %v: %s has not given up the baton for %v", e.Now, e.Thread, e.After)
}

func (k *Kernel) stuckAfter() time.Duration {
	if k.cfg.StuckAfter == 0 {
		return defaultStuckAfter
	}
	return k.cfg.StuckAfter
}

func (k *Kernel) stuckError(t *Thread) *StuckError {
	e := &StuckError{Thread: "event", Now: k.Now(), After: k.stuckAfter()}
	if t == &k.timerThread {
		e.Thread = t.name
	} else if t != nil {
		e.Thread = "thread " + t.name
	}
	return e
}

// awaitEnd waits in Run's goroutine until the run is over. It returns false when it gave up
// because the holder of the baton does not react.
func (k *Kernel) awaitEnd() bool {
	if k.stuckAfter() < 0 {
		<-k.run.done
		return true
	}
	clock := k.cfg.WallClock
	if clock == nil {
		clock = realTime{}
	}
	for {
		c, stop := clock.After(k.stuckAfter())
		select {
		case <-k.run.done:
			stop()
			return true
		case <-c:
		}
		if k.doze() {
			return true
		}
		if k.look() {
			return false
		}
	}
}

// doze waits for as long as the run waits for its clock or for somebody outside, in which nothing is strange, and
// reports whether the run is over. Without it a bubble of testing/synctest in which all wait for each other would go on for ever.
func (k *Kernel) doze() (over bool) {
	k.run.dozing.Store(true)
	if !k.run.resting.Load() && k.run.dozing.CompareAndSwap(true, false) {
		return false
	}
	select {
	case <-k.run.stir:
		return false
	case <-k.run.done:
		return true
	}
}

// look sees whether the baton has moved since the last look, and reports whether Run should
// wait no longer. A thread that makes kernel calls but keeps the baton has a
// period to end the run itself.
func (k *Kernel) look() (abandoned bool) {
	alarm := &k.run.alarm
	if k.run.resting.Load() {
		return false
	}
	now := k.now.Load()
	before := k.run.seen.Swap(now)
	switch alarm.Load() {
	case alarmQuiet:
		next := alarmAsked
		if k.Virtual() && now == before {
			next = alarmStill
		}
		alarm.CompareAndSwap(alarmQuiet, next)
	case alarmAsked:
		alarm.CompareAndSwap(alarmAsked, alarmOver)
	case alarmOver:
		return alarm.CompareAndSwap(alarmOver, alarmAbandoned)
	case alarmStill: // its holder keeps it
		alarm.CompareAndSwap(alarmStill, alarmAsked)
	}
	return false
}

// pulse tells the watchdog that the baton or virtual time moves.
func (k *Kernel) pulse() {
	if k.run.alarm.Load() != alarmQuiet {
		k.answer()
	}
}

func (k *Kernel) answer() {
	alarm := &k.run.alarm
	alarm.CompareAndSwap(alarmAsked, alarmQuiet)
	alarm.CompareAndSwap(alarmOver, alarmQuiet)
	if alarm.Load() == alarmStill {
		k.turn()
	}
	if alarm.Load() == alarmAbandoned && !k.run.buried {
		k.leaveAbandoned()
	}
}

// turn counts that the baton moves at an instant of virtual time that lasts too long, and ends the run when that goes on.
func (k *Kernel) turn() {
	r := &k.run
	if r.turns++; k.now.Load() != r.seen.Load() {
		r.turns = 0
		r.alarm.CompareAndSwap(alarmStill, alarmQuiet)
		return
	}
	if r.turns > manyTurns && r.alarm.CompareAndSwap(alarmStill, alarmTaken) {
		e := k.stuckError(r.onStage.Load())
		e.Turns = true
		k.fail(e)
	}
}

// surrender ends the run from within a kernel call of a thread that has kept the baton too long, or after
// a failure. In the definition function, while preemption is held and while threads are being unwound it
// does nothing; nor does it when the kernel itself is the caller, between events, which ends the run without that.
func (k *Kernel) surrender() {
	if k.initializing || k.hold > 0 || k.run.buried || k.current == nil && k.interrupts == 0 {
		return
	}
	if k.run.failure == nil {
		switch alarm := &k.run.alarm; {
		case alarm.CompareAndSwap(alarmOver, alarmTaken):
			k.fail(k.stuckError(k.run.onStage.Load()))
		case alarm.Load() == alarmAbandoned:
			k.leaveAbandoned()
		default:
			return
		}
	}
	if k.preemptible() {
		k.park()
	}
	runtime.Goexit()
}

// park stops the run and waits to be unwound. The running thread does not return from it.
func (k *Kernel) park() { k.stop(k.current.life) }

// leaveAbandoned cleans up after a run that Run has given up, on the goroutine of the thread that was stuck.
func (k *Kernel) leaveAbandoned() {
	k.bury()
	runtime.Goexit()
}
