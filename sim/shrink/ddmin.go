package shrink

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"slices"
)

// Options say how to search. The zero value runs at most a thousand times.
type Options struct {
	// Budget is how many runs there may be. 0 means 1000. When it is used up the best list so far is the result.
	Budget int
	// Context ends the search when it is done, with the best list so far as the result. Nil means never. A run that notices it too may
	// return false at once.
	Context context.Context
	// Progress is called after every run. Nil means nobody wants to know.
	Progress func(Progress)
}

// Progress is where a search stands.
type Progress struct {
	Runs, Budget int  // runs so far, and at most
	Tried        int  // elements in the list of the last run
	Failed       bool // the last run has failed, as is wanted: its list is the best one now
	Best         int  // elements in the best list so far
	From         int  // elements in the list at the beginning
}

// Result is what a search has found.
type Result[T any] struct {
	// List fails. It is in the order of the list at the beginning.
	List []T
	// Runs is how many runs it took.
	Runs int
	// Minimal says that the search has come to its end: no single element can be left out, or made simpler. Otherwise the budget
	// was used up, or the context was done.
	Minimal bool
}

// ErrPasses says that the run does not fail with the whole list: there is nothing to find.
var ErrPasses = errors.New("shrink: the run does not fail with the whole list")

const defaultBudget = 1000

// Minimize finds a short list with which run still fails. simpler gives the simpler forms of an element, the simplest first, each
// of them simpler than the element in a way that comes to an end; nil means that there are none. run gets a list of its own, and
// has to return the same for the same list: no part of the list is run twice. Errors: ErrPasses, and that of the context if it is done
// before the whole list has failed.
func Minimize[T any](list []T, run func([]T) (failed bool), simpler func(T) []T, o Options) (Result[T], error) {
	if o.Budget <= 0 {
		o.Budget = defaultBudget
	}
	if o.Context == nil {
		o.Context = context.Background()
	}
	s := &search[T]{run: run, o: o, from: len(list), passed: map[string]bool{}}
	whole := make([]element[T], len(list))
	for i, value := range list {
		whole[i] = s.element(value)
	}
	if !s.fails(whole) {
		return Result[T]{Runs: s.runs}, cmp.Or(o.Context.Err(), ErrPasses)
	}
	s.remove()
	for simpler != nil && s.simplify(simpler) {
		s.remove()
	}
	return Result[T]{List: values(s.best), Runs: s.runs, Minimal: !s.exhausted}, nil
}

// search is a search under way.
type search[T any] struct {
	run       func([]T) bool
	o         Options
	best      []element[T] // fails
	from      int
	runs      int
	exhausted bool // a run was wanted and not to be had
	passed    map[string]bool
	elements  uint32
}

// element is an element of a list, with a number that no other has had.
type element[T any] struct {
	value  T
	number uint32
}

func (s *search[T]) element(value T) element[T] {
	s.elements++
	return element[T]{value, s.elements}
}

func values[T any](list []element[T]) []T {
	v := make([]T, len(list))
	for i, e := range list {
		v[i] = e.value
	}
	return v
}

// fails runs a list, if it has not passed already and the budget allows, and keeps it if it fails.
func (s *search[T]) fails(list []element[T]) bool {
	var key []byte
	for _, e := range list {
		key = binary.LittleEndian.AppendUint32(key, e.number)
	}
	switch {
	case s.passed[string(key)]:
		return false
	case s.runs >= s.o.Budget || s.o.Context.Err() != nil:
		s.exhausted = true
		return false
	}
	s.runs++
	failed := s.run(values(list))
	switch {
	case failed:
		s.best = list
	case s.o.Context.Err() != nil: // it may have been cut off
		s.exhausted = true
		return false
	default:
		s.passed[string(key)] = true
	}
	if s.o.Progress != nil {
		s.o.Progress(Progress{
			Runs: s.runs, Budget: s.o.Budget, Tried: len(list), Failed: failed, Best: len(s.best), From: s.from,
		})
	}
	return failed
}

// remove leaves out what can be left out.
func (s *search[T]) remove() {
	if len(s.best) == 0 || s.fails(nil) {
		return
	}
	for parts := 2; len(s.best) >= 2 && !s.exhausted; {
		switch {
		case s.reduce(parts, func(list []element[T], from, to int) []element[T] { return list[from:to:to] }):
			parts = 2
		case s.reduce(parts, func(list []element[T], from, to int) []element[T] { return slices.Concat(list[:from], list[to:]) }):
			parts = max(parts-1, 2)
		case parts >= len(s.best):
			return
		default:
			parts = min(2*parts, len(s.best))
		}
	}
}

// reduce cuts the list into parts, as equal as can be, and looks for one of which what keep leaves fails.
func (s *search[T]) reduce(parts int, keep func(list []element[T], from, to int) []element[T]) bool {
	list := s.best
	for n := range parts {
		if s.fails(keep(list, len(list)*n/parts, len(list)*(n+1)/parts)) {
			return true
		}
	}
	return false
}

// simplify makes the elements simpler, as far as each goes, and reports whether it has made any simpler.
func (s *search[T]) simplify(simpler func(T) []T) (changed bool) {
	for i := range s.best {
		for s.simplifyOne(i, simpler(s.best[i].value)) {
			changed = true
		}
	}
	return changed
}

// simplifyOne tries forms of element i and reports whether one fails.
func (s *search[T]) simplifyOne(i int, forms []T) bool {
	for _, form := range forms {
		list := slices.Clone(s.best)
		list[i] = s.element(form)
		if s.fails(list) {
			return true
		}
	}
	return false
}
