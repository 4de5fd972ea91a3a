package host

import (
	"time"

	"netxsim/sim"
)

// Callers says who calls the functions of a [Net] and the methods of what they
// return.
type Callers int

// The kinds of callers.
const (
	// ByClock is Baton in virtual time, and Goroutines on a kernel with a Clock.
	ByClock Callers = iota
	// Baton means threads and Go programs of the simulation (sim.Kernel.Go): the
	// one that runs. A call that has to wait suspends it.
	Baton
	// Goroutines means ordinary goroutines, any number at a time, and nobody who
	// holds the baton. In virtual time such a run depends on when they call.
	Goroutines
)

// A world is how callers and the simulation meet.
type world struct {
	kernel     *sim.Kernel
	goroutines bool
	open       []*endpoint   // in no order
	shift      time.Duration // of the clock
}

func newWorld(kernel *sim.Kernel, callers Callers) *world {
	w := &world{kernel: kernel}
	switch callers {
	case Goroutines:
		w.goroutines = true
	case ByClock:
		w.goroutines = !kernel.Virtual()
	case Baton:
	}
	if w.goroutines {
		kernel.Outside()
	}
	return w
}

// enter runs f with the baton: now if the caller has it, or else soon, in the
// order of the calls. It returns false when the run is over.
func (w *world) enter(f func()) bool {
	if w.goroutines {
		return w.kernel.Enter(f)
	}
	f()
	return true
}

// do is enter that waits until f has run.
func (w *world) do(f func()) bool {
	if !w.goroutines {
		f()
		return true
	}
	return w.kernel.Do(f)
}

// now is the time that deadlines are compared with.
func (w *world) now() time.Time {
	if w.goroutines {
		return time.Now() //netxlint:wallclock goroutines set their deadlines by it; in a test's bubble it is the bubble's time
	}
	return w.kernel.WallTime().Add(w.shift)
}

// limit is a deadline as the kernel's time.
func (w *world) limit(deadline time.Time) time.Duration {
	return w.kernel.Now() + deadline.Sub(w.now())
}

// StepClock puts the clock that Now reads forward by d, back if d is negative, as a wrong time server does. Deadlines that are
// set already stay where they are, as those of the Go runtime's monotonic clock do; new ones are compared with the new time. The
// stack's timers do not care. For goroutines it does nothing: their clock is that of package time. It is for the holder of the baton.
func (n *Net) StepClock(d time.Duration) { n.world.shift += d }
