package hostfault

import (
	"fmt"
	"time"

	"netxsim/sim"
)

// A Fault says what goes wrong with a host, and when. The zero Fault does nothing, at once.
type Fault struct {
	// Name stands for the fault in counters. "" means a word for what it does.
	Name string
	// At is when it begins, in virtual time since the start of the run. A time that has passed means now.
	At time.Duration
	// For is how long it holds. 0 means no time for effects that can take none, such as steps of a clock; the others end at once.
	For time.Duration
	// Every is the time from one beginning to the next, not less than For. 0 means that it happens once.
	Every time.Duration
	// OnDemand says that it happens only when it is triggered. At and Every do not matter then.
	OnDemand bool
	// Do is what happens. Nil means nothing.
	Do Effect
}

// An Effect is what happens to a host: Freeze, Reboot, Exhaust, ClockStep, TickStep or Func.
type Effect interface {
	// String says in words what happens: "server hangs".
	String() string
	word() string
	// begin makes it happen for a time, and returns what ends it, or nil, and whether there was anything to do.
	begin(k *sim.Kernel, length time.Duration) (end func(), done bool)
}

// name is the name of the fault, or a word for what it does.
func (f Fault) name() string {
	switch {
	case f.Name != "":
		return f.Name
	case f.Do == nil:
		return "nothing"
	}
	return f.Do.word()
}

// String describes the fault in words: "freeze: server hangs at 2s for 1s, every 10s".
func (f Fault) String() string {
	text := f.name() + ":"
	if f.Do != nil {
		text += " " + f.Do.String()
	}
	if f.OnDemand {
		text += " on demand"
	} else {
		text += fmt.Sprintf(" at %v", f.At)
	}
	if f.For > 0 {
		text += fmt.Sprintf(" for %v", f.For)
	}
	if f.Every > 0 && !f.OnDemand {
		text += fmt.Sprintf(", every %v", f.Every)
	}
	return text
}

// A Set is faults of hosts at work.
type Set struct {
	kernel *sim.Kernel
	faults []*active
}

// active is a fault at work.
type active struct {
	kernel *sim.Kernel
	fault  Fault
	off    bool
	next   *sim.Event
	finish *sim.Event
	end    func() // nil: it does not hold now
	count  Counter
}

// A Counter says how often a fault has happened.
type Counter struct {
	Name string
	// Begun is how many times it has happened, Idle how many times more there was nothing to do, or it was still going on.
	Begun, Idle uint64
}

// Attach schedules faults. It is called before the run, or by the holder of the baton. Attach and Add panic if a fault's Check finds
// something.
func Attach(k *sim.Kernel, faults ...Fault) *Set {
	s := &Set{kernel: k}
	s.Add(faults...)
	return s
}

// Add schedules further faults.
func (s *Set) Add(faults ...Fault) {
	for _, f := range faults {
		if err := f.Check(); err != nil {
			panic(err.Error())
		}
		a := &active{kernel: s.kernel, fault: f, count: Counter{Name: f.name()}}
		a.next, a.finish = s.kernel.NewEvent(a.due), s.kernel.NewEvent(a.over)
		s.faults = append(s.faults, a)
		if !f.OnDemand {
			a.next.Reset(f.At - s.kernel.Now())
		}
	}
}

// Trigger makes the faults of that name happen now, on demand or besides, and reports whether there is one.
func (s *Set) Trigger(name string) (found bool) {
	for _, a := range s.faults {
		if a.count.Name == name {
			a.begin()
			found = true
		}
	}
	return found
}

// Switch switches the faults of that name on or off and reports whether there is one. One that holds ends when it is switched off.
func (s *Set) Switch(name string, on bool) (found bool) {
	for _, a := range s.faults {
		if a.count.Name != name {
			continue
		}
		a.off, found = !on, true
		if a.off {
			a.over()
		}
	}
	return found
}

// Counters returns what has happened so far, in the order of the faults.
func (s *Set) Counters() []Counter {
	counters := make([]Counter, len(s.faults))
	for i, a := range s.faults {
		counters[i] = a.count
	}
	return counters
}

// due is the event of a fault's time.
func (a *active) due() {
	a.begin()
	if a.fault.Every > 0 {
		a.next.Reset(a.fault.Every)
	}
}

// begin makes a fault happen, if it does not hold already.
func (a *active) begin() {
	switch {
	case a.off || a.fault.Do == nil:
		return
	case a.end != nil:
		a.count.Idle++
		return
	}
	end, done := a.fault.Do.begin(a.kernel, a.fault.For)
	if !done {
		a.count.Idle++
		return
	}
	a.count.Begun++
	if end == nil {
		return
	}
	if a.end = end; a.fault.For > 0 {
		a.finish.Reset(a.fault.For)
	} else {
		a.over()
	}
}

// over ends a fault that holds.
func (a *active) over() {
	a.finish.Stop()
	if end := a.end; end != nil {
		a.end = nil
		end()
	}
}
