package fault

import (
	"fmt"

	"netxsim/sim/link"
)

// A Burst selects frames in bursts, by the model of Gilbert and Elliott: each direction between two ports is in a good or a bad
// state, begins in the good one, and may change with every frame. The zero Burst selects nothing.
type Burst struct {
	// ToBad and ToGood are the probabilities, 0 to 1, that a frame finds the state changed from good to bad, and from bad to good.
	ToBad, ToGood float64
	// Good and Bad are the probabilities, 0 to 1, that a frame is selected in either state. A Bad of 0 means 1.
	Good, Bad float64

	wrong string // what Bursts was asked for and cannot be
}

// Bursts returns the burst with a given share of selected frames in the long run, 0 to below 1, in bursts of
// mean frames, at least 1. It is Gilbert's model: nothing in the good state, all in the bad one. A share that
// bursts so short cannot reach gives bursts that follow one another at once.
func Bursts(share, mean float64) Burst {
	if !(share >= 0 && share < 1 && mean >= 1) {
		return Burst{wrong: fmt.Sprintf("bursts of %v frames with a share of %v, want a share from 0 to below 1 and a frame or more", mean, share)}
	}
	good := 1 / mean
	return Burst{ToBad: min(1, good*share/(1-share)), ToGood: good}
}

// bad is the probability of selection in the bad state.
func (b Burst) bad() float64 {
	if b.Bad == 0 {
		return 1
	}
	return b.Bad
}

// Share returns the share of frames selected in the long run.
func (b Burst) Share() float64 {
	if b.ToBad+b.ToGood == 0 {
		return b.Good
	}
	inBad := b.ToBad / (b.ToBad + b.ToGood)
	return inBad*b.bad() + (1-inBad)*b.Good
}

// Mean returns the mean number of frames that one stay in the bad state lasts.
func (b Burst) Mean() float64 { return 1 / b.ToGood }

// String describes the condition.
func (b Burst) String() string {
	return fmt.Sprintf("in bursts (good to bad %s, back %s, of the good %s, of the bad %s)",
		percent(b.ToBad), percent(b.ToGood), percent(b.Good), percent(b.bad()))
}

func (b Burst) start(s *setup) condition {
	d := s.draws()
	states := make(directions[bool])
	return func(f *link.Fate, i int) bool {
		bad, random := states.at(f), d.of(i)
		change, pick := random.Float64(), random.Float64()
		if *bad {
			*bad = change >= b.ToGood
		} else {
			*bad = change < b.ToBad
		}
		if *bad {
			return pick < b.bad()
		}
		return pick < b.Good
	}
}

// directions keeps something for each pair of ports, by name: a host that comes back finds its own.
type directions[T any] map[direction]*T

type direction struct{ from, to string }

func (d directions[T]) at(f *link.Fate) *T {
	key := direction{f.From.Name(), f.To.Name()}
	t := d[key]
	if t == nil {
		t = new(T)
		d[key] = t
	}
	return t
}
