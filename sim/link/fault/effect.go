package fault

import (
	"fmt"
	"math"
	"time"

	"netxsim/sim/link"
)

// Drop loses the frame.
type Drop struct{}

// String describes the effect.
func (Drop) String() string { return "is lost" }

func (Drop) word() string { return "drop" }

func (Drop) start(s *setup) effect {
	return func(f *link.Fate, i int) bool {
		f.Drop(i, s.name)
		return true
	}
}

// Delay has the frame arrive later.
type Delay struct {
	// By is the delay, or its mean if Normal is set.
	By time.Duration
	// Spread is added, times a random number between 0 and 1; or the standard deviation if Normal is set. 0 means a fixed delay.
	Spread time.Duration
	// Normal draws from a normal distribution; what it has below 0 is taken for 0.
	Normal bool
	// Reorder lets frames overtake one another. Otherwise one that would arrive earlier than one this fault has handled before, in
	// the same direction, arrives with that.
	Reorder bool
}

// String describes the effect.
func (d Delay) String() string {
	text := fmt.Sprintf("arrives %v later", d.By)
	switch {
	case d.Spread > 0 && d.Normal:
		text = fmt.Sprintf("arrives later by %v with a standard deviation of %v", d.By, d.Spread)
	case d.Spread > 0:
		text = fmt.Sprintf("arrives later by %v to %v", d.By, d.By+d.Spread)
	}
	if !d.Reorder {
		text += ", in order"
	}
	return text
}

func (d Delay) word() string { return "delay" }

func (d Delay) start(s *setup) effect {
	random := s.draws()
	last := make(directions[time.Duration])
	return func(f *link.Fate, i int) bool {
		late := d.By
		if d.Spread > 0 {
			late = d.draw(random, i)
		}
		if !d.Reorder {
			latest, arrival := last.at(f), s.now()+f.Arrives+f.Copies[i].Delay
			late = max(late, *latest-arrival)
			*latest = max(*latest, arrival+late)
		}
		if late == 0 {
			return false
		}
		f.Delay(i, late, s.name)
		return true
	}
}

// draw returns a random delay, which is not negative.
func (d Delay) draw(random draws, i int) time.Duration {
	if d.Normal {
		return max(0, d.By+time.Duration(math.Round(random.of(i).NormFloat64()*float64(d.Spread))))
	}
	return d.By + time.Duration(random.of(i).Int64N(int64(d.Spread)+1))
}

// Duplicate has the frame arrive once more, or several times.
type Duplicate struct {
	// After is the time from one copy to the next.
	After time.Duration
	// Copies is how many there are besides the frame. 0 means 1.
	Copies int
}

// String describes the effect.
func (d Duplicate) String() string {
	if n := max(d.Copies, 1); n > 1 {
		return fmt.Sprintf("arrives %d more times, every %v", n, d.After)
	}
	return fmt.Sprintf("arrives again after %v", d.After)
}

func (d Duplicate) word() string { return "duplicate" }

func (d Duplicate) start(s *setup) effect {
	return func(f *link.Fate, i int) bool {
		for n := range max(d.Copies, 1) {
			f.Duplicate(i, time.Duration(n+1)*d.After, s.name)
		}
		return true
	}
}

// Truncate cuts the end of the frame off.
type Truncate struct {
	// To is how many bytes are left behind the Ethernet header. Shorter frames stay as they are.
	To int
	// Random leaves a random number of bytes, To at least.
	Random bool
}

// String describes the effect.
func (t Truncate) String() string {
	if t.Random {
		return fmt.Sprintf("is cut at random, behind %d bytes or more", t.To)
	}
	return fmt.Sprintf("is cut to %d bytes", t.To)
}

func (t Truncate) word() string { return "truncate" }

func (t Truncate) start(s *setup) effect {
	random := s.draws()
	return func(f *link.Fate, i int) bool {
		left, length := max(t.To, 0), len(f.Copies[i].Frame)-link.HeaderLen
		if length <= left {
			return false
		}
		if t.Random {
			left += random.of(i).IntN(length - left)
		}
		f.Truncate(i, left+link.HeaderLen, s.name)
		return true
	}
}

// Func does what the program wants to copy i of a fate, and reports whether it has done anything.
type Func struct {
	Text string // in words: "is sent to the wrong port"
	F    func(f *link.Fate, i int) bool
}

// String describes the effect.
func (e Func) String() string { return e.Text }

func (e Func) word() string { return "change" }

func (e Func) start(*setup) effect { return e.F }
