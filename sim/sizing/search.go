package sizing

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"netxsim/sim/sweep"
)

// A Search looks for the least RAM with which a workload meets its expectations at every seed. The zero values of all but
// Space, Evaluate and Seeds are usable.
type Search struct {
	Space    Space
	Evaluate Evaluator
	Seeds    []uint64 // every one must pass; at least one
	First    Sizes    // sizes that the workload is used with today, which decide where the reference runs begin; nil: none

	// Fresh is how many new seeds try to break an answer; 0 means none. A seed that breaks it joins the others, and the
	// search goes on.
	Fresh int
	// Window is how many packets below and above the sizes that were tried are tried too, to see whether more packets are
	// always better; 0 means 2, less than 0 none.
	Window int
	// Confirm is how many cheaper sizes, held to fail because larger ones did, are tried one by one in any case; 0 means 256,
	// less than 0 none. When there are not more of them, the answer is the least whatever the workload does.
	Confirm int
	// Ceiling is the most packets of a pool in reference runs; 0 means 1024.
	Ceiling int
	// Budget is the most runs that are made; 0 means any number.
	Budget int
	// Shard leaves the search only its part of Seeds and of the fresh seeds. What shards find are no answers, but together
	// their runs are most of those that the whole search makes.
	Shard sweep.Shard
	// Workers is how many runs are made at once; 0 means one for each core. It does not change the answer.
	Workers int
	// Progress is told about every run, from the goroutine that called Run; nil means nobody.
	Progress func(Progress)
}

// Progress is how far a search is.
type Progress struct {
	Stage    string // what is done now
	Runs     int    // runs made
	Expected int    // runs by the end of the stage, roughly
}

// How sure an answer is.
const (
	// ProofExhaustive: everything cheaper was tried and failed.
	ProofExhaustive = "exhaustive"
	// ProofMonotone: what was not tried is smaller, pool by pool, than something of the same payloads that failed; wherever
	// the search looked, more packets were never worse.
	ProofMonotone = "monotone"
	// ProofNone: the search ended early.
	ProofNone = "unproven"
)

// A Verdict is what a search found.
type Verdict struct {
	Answer     *Candidate  // the least sizes that passed, with what their runs did; nil if none did
	Proof      string      // how sure it is: one of the Proof constants
	Unproven   int         // cheaper sizes that were not tried
	Seeds      []uint64    // every seed that the answer passed: those given and those that joined
	Fresh      []uint64    // new seeds that could not break the answer
	Broken     []Broken    // answers that new seeds broke, in order
	Holes      []Hole      // where more packets were worse
	Passed     []Candidate // all sizes known to pass every seed, cheapest first
	References []Reference // the runs with plenty of packets, one for each combination of payloads
	Smaller    []Candidate // the answer with one packet less, for each pool where that is possible
	Ample      *Candidate  // the answer's payloads with so many packets that no request ever finds a pool empty; nil if unknown
	Tried      []Trial     // all sizes that were run, cheapest first
	Runs       int         // runs made
	Stopped    error       // why the search ended early; nil if it did not
}

// A Broken is an answer that new seeds broke.
type Broken struct {
	Sizes Sizes    `json:"sizes"`
	Seeds []uint64 `json:"seeds"`
}

// A Hole is a place where more packets were worse: Fails has, pool by pool, at least the packets of Passes.
type Hole struct {
	Passes Sizes  `json:"passes"`
	Fails  Sizes  `json:"fails"`
	Seed   uint64 `json:"seed"` // with which the larger one failed
}

// A Candidate is sizes with what their runs did.
type Candidate struct {
	Sizes    Sizes
	RAM      uint32 // bytes on the target
	Seeds    []uint64
	Outcomes []Outcome // in the order of Seeds
}

// Failed returns the seeds that were not passed and their outcomes.
func (c *Candidate) Failed() (seeds []uint64, outcomes []Outcome) {
	for i, o := range c.Outcomes {
		if !o.Passed() {
			seeds, outcomes = append(seeds, c.Seeds[i]), append(outcomes, o)
		}
	}
	return seeds, outcomes
}

// Slowest is the longest time that a run took to complete its workloads.
func (c *Candidate) Slowest() time.Duration {
	var d time.Duration
	for _, o := range c.Outcomes {
		d = max(d, o.Completion)
	}
	return d
}

// Run searches until the answer is found, or until ctx ends, or until the budget is used up: then the verdict has what is
// known, and Stopped says why. The error is the first one of Evaluate.
func (s *Search) Run(ctx context.Context) (*Verdict, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	f := newFinder(*s)
	err := f.find(ctx)
	stopped := err != nil && (errors.Is(err, errStopped) || ctx.Err() != nil)
	if err != nil && !stopped {
		return nil, err
	}
	v := f.verdict()
	if stopped {
		v.Stopped, v.Proof = err, ProofNone
		if ctx.Err() != nil {
			v.Stopped = context.Cause(ctx)
		}
	}
	return v, nil
}

// check reports what is wrong with the search.
func (s *Search) check() error {
	switch {
	case s.Evaluate == nil:
		return fmt.Errorf("sizing: nothing runs the workload")
	case len(s.Seeds) == 0:
		return fmt.Errorf("sizing: no seed")
	case len(s.Shard.Seeds(s.Seeds)) == 0:
		return fmt.Errorf("sizing: shard %v has none of %d seeds", s.Shard, len(s.Seeds))
	case s.First != nil && len(s.First) != len(s.Space.Pools):
		return fmt.Errorf("sizing: %d sizes to begin with for %d pools", len(s.First), len(s.Space.Pools))
	}
	return s.Space.check()
}

// newFinder fills the defaults of s in.
func newFinder(s Search) *finder {
	defaults := func(n *int, value int) {
		if *n == 0 {
			*n = value
		}
		*n = max(*n, 0)
	}
	defaults(&s.Window, 2)
	defaults(&s.Confirm, 256)
	defaults(&s.Ceiling, 1024)
	f := &finder{Search: s, runs: newRuns(&s)}
	for _, shape := range s.Space.shapes() {
		f.references = append(f.references, &Reference{Sizes: f.plenty(shape)})
	}
	return f
}

// nextSeeds returns n seeds that nobody has used, or the shard's part of them.
func (f *finder) nextSeeds(n int) []uint64 {
	last := max(slices.Max(f.Seeds), f.lastFresh)
	seeds := make([]uint64, n)
	for i := range seeds {
		last++
		seeds[i] = last
	}
	f.lastFresh = last
	return f.Shard.Seeds(seeds)
}
