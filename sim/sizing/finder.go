package sizing

import (
	"context"
	"slices"
)

// A finder is a search under way.
type finder struct {
	Search
	runs       *runs
	references []*Reference
	lastFresh  uint64 // the last seed that an answer was tried with
	fresh      []uint64
	broken     []Broken
	proof      string
	unproven   int
	smaller    []Candidate
	ample      *Candidate
}

// find searches, tries to break what it found, and searches on with the seeds that did.
func (f *finder) find(ctx context.Context) error {
	for {
		if err := f.refer(ctx); err != nil {
			return err
		}
		if err := f.descend(ctx); err != nil {
			return err
		}
		if err := f.verify(ctx); err != nil {
			return err
		}
		best := f.best()
		if best == nil {
			return nil
		}
		broke, err := f.attack(ctx, best)
		if err != nil {
			return err
		}
		if broke {
			continue
		}
		if err := f.explain(ctx, best); err != nil {
			return err
		}
		if !f.contradicted(best) {
			return nil
		}
		f.smaller, f.ample = nil, nil
	}
}

// contradicted reports whether the runs that explain an answer have shown a hole, so that what the answer rests on has to be
// looked at once more.
func (f *finder) contradicted(best Sizes) bool {
	return f.proof == ProofMonotone && len(f.holes()) > 0 && len(f.cheaper(best)) <= manySizes
}

// best returns the least sizes known to pass every seed, or nil.
func (f *finder) best() Sizes {
	var best Sizes
	for _, e := range f.runs.sizes {
		if f.runs.passed(e) && (best == nil || compare(f.Space.Target, e.sizes, best) < 0) {
			best = e.sizes
		}
	}
	return best
}

// attack runs the answer with new seeds. Those that break it join the others.
func (f *finder) attack(ctx context.Context, best Sizes) (broke bool, err error) {
	if f.Fresh <= 0 {
		return false, nil
	}
	f.runs.plan("breaking the answer", f.Fresh)
	seeds := f.nextSeeds(f.Fresh)
	e, err := f.runs.all(ctx, best, seeds)
	if err != nil {
		return false, err
	}
	var breakers []uint64
	for _, seed := range seeds {
		if !e.outcomes[seed].Passed() {
			breakers = append(breakers, seed)
		}
	}
	if len(breakers) == 0 {
		f.fresh = seeds
		return false, nil
	}
	f.runs.seeds = append(f.runs.seeds, breakers...)
	f.broken = append(f.broken, Broken{best, breakers})
	return true, nil
}

// explain makes the runs that show where the answer stands: one packet less in each pool, sizes between the answer and
// those that never run empty, and these.
func (f *finder) explain(ctx context.Context, best Sizes) error {
	f.runs.plan("explaining the answer", 8*len(f.runs.seeds))
	for i := range best {
		if n := best[i].Packets - 1; n >= f.Space.lowest(i) {
			e, err := f.runs.all(ctx, best.with(i, n), f.runs.seeds)
			if err != nil {
				return err
			}
			f.smaller = append(f.smaller, f.candidate(e))
		}
	}
	slices.SortStableFunc(f.smaller, func(a, b Candidate) int { return -compare(f.Space.Target, a.Sizes, b.Sizes) })
	ref := f.reference(best)
	ample := ref.top()
	passed, err := f.runs.decide(ctx, between(best, ample))
	if err == nil && passed[len(passed)-1] && !f.emptySomewhere(ref) {
		c := f.candidate(f.runs.of(ample))
		f.ample = &c
	}
	return err
}

// emptySomewhere reports whether the reference runs found a pool empty that may be made larger or smaller.
func (f *finder) emptySomewhere(r *Reference) bool {
	for i, empty := range r.Empty {
		if p := f.Space.Pools[i]; empty && (p.Max == 0 || p.Min < p.Max) {
			return true
		}
	}
	return false
}

// between returns at most seven sizes from a to b, the latter included.
func between(a, b Sizes) []Sizes {
	var list []Sizes
	const steps = 7
	for k := 1; k <= steps; k++ {
		s := slices.Clone(b)
		for i := range s {
			s[i].Packets = a[i].Packets + (b[i].Packets-a[i].Packets)*k/steps
		}
		if len(list) == 0 || key(list[len(list)-1]) != key(s) {
			list = append(list, s)
		}
	}
	return list
}

// reference returns the reference runs with the payloads of s.
func (f *finder) reference(s Sizes) *Reference {
	for _, r := range f.references {
		if sameShape(r.Sizes, s) {
			return r
		}
	}
	return nil
}

// candidate returns e with its outcomes in the order of the seeds.
func (f *finder) candidate(e *experience) Candidate {
	c := Candidate{Sizes: e.sizes, RAM: e.sizes.RAM(f.Space.Target)}
	for _, seed := range slices.Concat(f.runs.seeds, f.fresh) {
		if o := e.outcomes[seed]; o != nil {
			c.Seeds, c.Outcomes = append(c.Seeds, seed), append(c.Outcomes, *o)
		}
	}
	return c
}

// verdict gathers what is known.
func (f *finder) verdict() *Verdict {
	v := &Verdict{
		Proof: f.proof, Unproven: f.unproven, Seeds: f.runs.seeds, Fresh: f.fresh, Broken: f.broken, Holes: f.holes(),
		Smaller: f.smaller, Ample: f.ample, Tried: f.trials(), Runs: f.runs.stage.Runs,
	}
	for _, r := range f.references {
		c := *r
		f.learn(&c)
		c.Sizes, c.Tried = r.Sizes, r.Tried
		v.References = append(v.References, c)
	}
	for _, e := range f.runs.sizes {
		if f.runs.passed(e) {
			v.Passed = append(v.Passed, f.candidate(e))
		}
	}
	for _, r := range f.references {
		if c, ok := f.derived(r); ok {
			v.Passed = append(v.Passed, c)
		}
	}
	slices.SortFunc(v.Passed, func(a, b Candidate) int { return compare(f.Space.Target, a.Sizes, b.Sizes) })
	if len(v.Passed) > 0 {
		v.Answer = &v.Passed[0]
		v.Unproven = f.open(v.Answer.Sizes)
	}
	return v
}

// open is how many sizes cheaper than the answer were not tried. Before the answer is verified, those do not count that must
// fail because larger ones did.
func (f *finder) open(answer Sizes) int {
	cheaper := f.cheaper(answer)
	if f.proof != "" {
		return len(cheaper)
	}
	n := 0
	for _, s := range cheaper {
		if _, fails := f.follows(s); !fails {
			n++
		}
	}
	return n
}

// derived returns the most packets that the reference runs used as a candidate: the same runs without the packets that were
// never used. It returns false if there is nothing to derive, or if runs of those sizes have decided.
func (f *finder) derived(r *Reference) (Candidate, bool) {
	top := r.top()
	known := f.runs.known[key(top)]
	if !r.Passed || key(top) == key(r.Sizes) || known != nil && (len(known.failed) > 0 || f.runs.passed(known)) {
		return Candidate{}, false
	}
	c := f.candidate(f.runs.of(r.Sizes))
	c.Sizes, c.RAM = top, top.RAM(f.Space.Target)
	for i := range c.Outcomes {
		c.Outcomes[i].Pools = slices.Clone(c.Outcomes[i].Pools)
		for p := range c.Outcomes[i].Pools {
			c.Outcomes[i].Pools[p].Lowest -= r.Sizes[p].Packets - top[p].Packets
		}
	}
	return c, true
}
