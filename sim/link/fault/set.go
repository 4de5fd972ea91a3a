package fault

import (
	"fmt"
	"time"

	"netxsim/sim/link"
)

// A Set is the faults of a wire at work.
type Set struct {
	wire   *link.Wire
	faults []*active
	names  map[string]int
}

// active is a fault at work.
type active struct {
	fault Fault
	name  string
	on    bool
	holds condition // nil: always
	do    effect    // nil: nothing
	count Counter
}

// A Counter says how often a fault has happened.
type Counter struct {
	Name string
	// Seen is how many copies of frames have come by that were not lost already, while the fault was switched on.
	Seen uint64
	// Hits is how many of them it has done something to.
	Hits uint64
}

// Attach puts faults on a wire, behind those that are there; frames sent from now on go through them in this order.
// A fault with a name that is taken gets a number behind it. Attach and Add panic if a fault's Check finds something.
func Attach(w *link.Wire, faults ...Fault) *Set {
	s := &Set{wire: w, names: map[string]int{}}
	w.AddFault(s.judge)
	s.Add(faults...)
	return s
}

// Add puts further faults behind the others.
func (s *Set) Add(faults ...Fault) {
	for _, f := range faults {
		s.faults = append(s.faults, s.start(f))
	}
}

// start prepares a fault to work.
func (s *Set) start(f Fault) *active {
	if err := f.Check(); err != nil {
		panic(err.Error())
	}
	name := f.name()
	s.names[name]++
	if n := s.names[name]; n > 1 {
		name = fmt.Sprintf("%s %d", name, n)
	}
	a := &active{fault: f, name: name, on: !f.Off, count: Counter{Name: name}}
	part := &setup{wire: s.wire, name: name}
	if f.If != nil {
		a.holds = f.If.start(part)
	}
	if f.Do != nil {
		a.do = f.Do.start(part)
	}
	return a
}

// Switch switches the faults of that name on or off and reports whether there is one. What a fault has counted and drawn
// stays; while it is off no frame comes by.
func (s *Set) Switch(name string, on bool) bool {
	found := false
	for _, a := range s.faults {
		if a.name == name || a.fault.name() == name {
			a.on, found = on, true
		}
	}
	return found
}

// Counters returns what the faults have done so far, in their order.
func (s *Set) Counters() []Counter {
	counters := make([]Counter, len(s.faults))
	for i, a := range s.faults {
		counters[i] = a.count
	}
	return counters
}

// Faults returns the faults, in their order.
func (s *Set) Faults() []Fault {
	faults := make([]Fault, len(s.faults))
	for i, a := range s.faults {
		faults[i] = a.fault
	}
	return faults
}

// judge has the faults act on a frame.
func (s *Set) judge(f *link.Fate) {
	for _, a := range s.faults {
		if !a.on {
			continue
		}
		for i := range len(f.Copies) {
			a.act(f, i)
		}
	}
}

// act does to copy i what the fault does, if it is one of its frames.
func (a *active) act(f *link.Fate, i int) {
	lost := f.Copies[i].Lost
	if i > 0 && lost {
		return
	}
	holds := a.holds == nil || a.holds(f, i)
	if lost {
		return
	}
	a.count.Seen++
	if holds && a.do != nil && (a.fault.Limit == 0 || a.count.Hits < a.fault.Limit) && a.do(f, i) {
		a.count.Hits++
	}
}

// setup is what conditions and effects are made with.
type setup struct {
	wire    *link.Wire
	name    string // of the fault
	streams int
}

func (s *setup) now() time.Duration { return s.wire.Kernel().Now() }

// draws returns random numbers of the fault's own: what other faults draw does not change them.
func (s *setup) draws() draws {
	s.streams++
	stream := fmt.Sprintf("fault %s %s %d", s.wire.Name(), s.name, s.streams)
	k := s.wire.Kernel()
	return draws{frames: k.Rand(stream), copies: k.Rand(stream + " copies")}
}
