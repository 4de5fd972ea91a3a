package fault

import (
	"fmt"
	"strings"
	"time"

	"netxsim/sim/link"
)

// A Fault says what happens to which frames. It is a value without state: attached to several wires, or twice, it counts
// and draws for each by itself. The zero Fault does nothing.
type Fault struct {
	// Name stands for the fault in counters and captures, and selects its random numbers. "" means a word for what it does.
	Name string
	// If says which frames it happens to. Nil means all.
	If Condition
	// Do is what happens to them. Nil means nothing.
	Do Effect
	// Limit is how many times it happens at most. 0 means without limit.
	Limit uint64
	// Off says that it begins switched off: see Set.Switch.
	Off bool
}

// An Effect is what a fault does to a copy of a frame: Drop, Delay, Duplicate, Corrupt, Truncate, Queue or Func.
type Effect interface {
	// String says in words what happens: "is lost".
	String() string
	word() string
	start(s *setup) effect
}

// effect does it to copy i of a fate and reports whether there was anything to do.
type effect func(f *link.Fate, i int) bool

// A Condition selects copies of frames. A frame that is lost already is shown to conditions too, so that what they draw
// and count does not depend on the faults in front.
type Condition interface {
	// String says in words which frames: "with a probability of 2%".
	String() string
	start(s *setup) condition
}

// condition reports whether copy i of a fate is selected.
type condition func(f *link.Fate, i int) bool

// Named returns f with another name.
func (f Fault) Named(name string) Fault {
	f.Name = name
	return f
}

// When returns f for the frames that satisfy c, all of them: f's own condition is then asked for those only, which
// matters where it draws or counts. Loss(0.1).When(From("a")) loses a tenth of a's frames.
func (f Fault) When(c ...Condition) Fault {
	if f.If != nil {
		c = append(c[:len(c):len(c)], f.If)
	}
	f.If = All(c...)
	return f
}

// Between returns f for the frames sent at from or later, and before until, both in virtual time since the
// start of the run.
func (f Fault) Between(from, until time.Duration) Fault { return f.When(Between(from, until)) }

// Until returns f for the frames sent before t.
func (f Fault) Until(t time.Duration) Fault { return f.When(Until(t)) }

// Limited returns f happening n times at most.
func (f Fault) Limited(n uint64) Fault {
	f.Limit = n
	return f
}

// SwitchedOff returns f to begin switched off.
func (f Fault) SwitchedOff() Fault {
	f.Off = true
	return f
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

// String describes the fault in words: "burst: a frame with … is lost, at most 3 times".
func (f Fault) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: ", f.name())
	if f.If == nil {
		b.WriteString("every frame")
	} else {
		b.WriteString("a frame " + f.If.String())
	}
	if f.Do == nil {
		b.WriteString(" passes")
	} else {
		b.WriteString(" " + f.Do.String())
	}
	if f.Limit > 0 {
		fmt.Fprintf(&b, ", at most %d times", f.Limit)
	}
	if f.Off {
		b.WriteString(", once switched on")
	}
	return b.String()
}

// A Phase is a part of a sequence: its faults hold for a time.
type Phase struct {
	For    time.Duration
	Faults []Fault
}

// Sequence returns the faults of phases that follow one another from start on, in virtual time since the start of the
// run. A phase without faults is a pause.
func Sequence(start time.Duration, phases ...Phase) (faults []Fault) {
	for _, p := range phases {
		for _, f := range p.Faults {
			faults = append(faults, f.Between(start, start+p.For))
		}
		start += p.For
	}
	return faults
}
