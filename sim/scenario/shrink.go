package scenario

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"netxsim/sim/link/fault"
	"netxsim/sim/shrink"
)

// A Shrunk is a failing run with as few frame faults as possible.
type Shrunk struct {
	shrink.Finding
	// Failure is the first expectation that failed in the run with everything
	// that the wires did by chance.
	Failure Failure
	// Scenario replays the list: it has it as its Faults. The same expectation
	// fails with the same seed.
	Scenario *Scenario
	// Result is what comes of that run.
	Result *Result
}

// Shrink runs a scenario with one seed, records what its wires do to single
// frames, and finds as little of that as possible with which the expectation
// still fails that failed first. The list may turn out empty: then what fails
// has nothing to do with the wires.
//
// o is for the run that remains in the end; its context, as that of search,
// ends the search with the best list so far.
//
// Errors: those of [Run], and shrink.ErrPasses if everything expected holds.
func Shrink(s *Scenario, o Options, search shrink.Options) (*Shrunk, error) {
	p, err := Prepare(s)
	if err != nil {
		return nil, err
	}
	if search.Context == nil {
		search.Context = contextOf(o)
	}
	ctx, stop := context.WithCancel(search.Context)
	defer stop()
	search.Context = ctx
	recorded, err := p.Run(Options{Seed: o.Seed, Log: o.Log, Context: ctx, Faults: true})
	if err != nil {
		return nil, err
	}
	if recorded.Passed() {
		return nil, fmt.Errorf("scenario %s, seed %d: %w", p.s.Name, o.Seed, shrink.ErrPasses)
	}
	found := &Shrunk{Failure: recorded.Failures[0]}
	var broken error
	found.Finding, err = shrink.Schedule(recorded.Faults, func(list []fault.FrameFault) bool {
		r, err := p.with(list).Run(Options{Seed: o.Seed, Context: ctx})
		if err != nil {
			if ctx.Err() == nil {
				broken = err
				stop()
			}
			return false
		}
		return r.failsLike(&found.Failure)
	}, search)
	if err := cmp.Or(broken, err); err != nil {
		return nil, err
	}
	found.Scenario = p.with(found.List).s
	o.Context = context.WithoutCancel(contextOf(o)) // the result of a search that was ended is wanted
	found.Result, err = Run(found.Scenario, o)
	return found, err
}

// with is the scenario with a list of frame faults.
func (p *Prepared) with(list []fault.FrameFault) *Prepared {
	s := *p.s
	s.Faults = append([]fault.FrameFault{}, list...) // not nil, even without any
	return &Prepared{s: &s}
}

// failsLike reports whether an expectation has failed here too.
func (r *Result) failsLike(f *Failure) bool {
	return slices.ContainsFunc(r.Failures, func(g Failure) bool { return g.same(f) })
}

// same reports whether two failures are of the same expectation. Some are about
// a pool; of others it only stands beside them.
func (f *Failure) same(g *Failure) bool {
	if f.Expect != g.Expect || f.Workload != g.Workload {
		return false
	}
	about := f.Expect == "leaks" || f.Expect == "suspension"
	return !about || f.Host == g.Host && f.Pool == g.Pool
}
