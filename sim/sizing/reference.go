package sizing

import (
	"context"
	"slices"
)

// A Reference is runs with plenty of packets, which show how many the workload uses when nothing limits it.
type Reference struct {
	Sizes  Sizes    // the sizes of the runs
	Passed bool     // every expectation was met at every seed
	Runs   int      // runs made with Sizes
	Need   []int    // for each pool the most packets in use at one moment, over all seeds
	Empty  []bool   // for each pool whether a request found it empty
	Tried  []Sizes  // all sizes that were run, Sizes the last of them
	Seed   uint64   // the first seed that failed, if one did
	Worst  *Outcome // and what happened with it
}

// top returns the most packets worth trying: nobody can tell a pool with as many packets as were ever in use from a larger
// one.
func (r *Reference) top() Sizes {
	s := slices.Clone(r.Sizes)
	for i := range s {
		if r.Passed && !r.Empty[i] {
			s[i].Packets = r.Need[i]
		}
	}
	return s
}

// plenty returns the sizes with which reference runs begin: four times today's, and 64 at least.
func (f *finder) plenty(shape Sizes) Sizes {
	s := slices.Clone(shape)
	for i := range s {
		s[i].Packets = 64
		if f.First != nil {
			s[i].Packets = max(64, 4*f.First[i].Packets)
		}
		s[i].Packets = f.limit(i, s[i].Packets)
	}
	return s
}

// limit keeps a number of packets within what pool i may have.
func (f *finder) limit(i, n int) int {
	most := f.Ceiling
	if f.Space.Pools[i].Max > 0 {
		most = f.Space.Pools[i].Max
	}
	return max(min(n, most), f.Space.lowest(i))
}

// refer makes the reference runs of all combinations of payloads, and makes them again with twice the packets wherever a
// pool ran empty.
func (f *finder) refer(ctx context.Context) error {
	open := f.references
	for len(open) > 0 {
		f.runs.plan("measuring what the workload uses", len(open)*len(f.runs.seeds))
		sizes := make([]Sizes, len(open))
		for i, r := range open {
			sizes[i] = r.Sizes
		}
		if _, err := f.runs.decide(ctx, sizes); err != nil {
			return err
		}
		var again []*Reference
		for _, r := range open {
			if f.learn(r) {
				again = append(again, r)
			}
		}
		open = again
	}
	return nil
}

// learn reads r's runs. It reports whether they have to be made again, with the packets that it has raised.
func (f *finder) learn(r *Reference) (again bool) {
	e := f.runs.of(r.Sizes)
	r.Passed, r.Seed, r.Worst, r.Runs = f.runs.passed(e), 0, nil, 0
	r.Need, r.Empty = make([]int, len(r.Sizes)), make([]bool, len(r.Sizes))
	if len(r.Tried) == 0 || key(r.Tried[len(r.Tried)-1]) != key(r.Sizes) {
		r.Tried = append(r.Tried, r.Sizes)
	}
	raised := slices.Clone(r.Sizes)
	for _, seed := range f.runs.seeds {
		o := e.outcomes[seed]
		if o == nil {
			continue
		}
		r.Runs++
		if !o.Passed() && r.Worst == nil {
			r.Seed, r.Worst = seed, o
		}
		for i, p := range o.Pools {
			r.Need[i] = max(r.Need[i], r.Sizes[i].Packets-p.Lowest, f.Space.lowest(i))
			if p.EmptyRequests > 0 {
				r.Empty[i] = true
				raised[i].Packets = f.limit(i, 2*r.Sizes[i].Packets)
			}
		}
	}
	if key(raised) == key(r.Sizes) {
		return false
	}
	r.Sizes = raised
	return true
}
