package sizing

import (
	"context"
	"slices"
)

// A Reference is runs with plenty of packets, which show how many the workload uses when nothing limits it.
type Reference struct {
	Sizes  Sizes  // the sizes of the runs
	Passed bool   // every expectation was met at every seed
	Ample  bool   // no request found a pool empty
	Need   []int  // for each pool the most packets in use at one moment, over all seeds
	Seed   uint64 // a seed that failed, if one did
	Worst  *Outcome
}

// ample returns the sizes with as many packets as were ever in use: nobody can tell them from more.
func (r *Reference) ample() Sizes {
	s := slices.Clone(r.Sizes)
	for i, n := range r.Need {
		s[i].Packets = n
	}
	return s
}

// top returns the most packets worth trying.
func (r *Reference) top() Sizes {
	if r.Passed && r.Ample {
		return r.ample()
	}
	return r.Sizes
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
	r.Passed, r.Ample, r.Seed, r.Worst = f.runs.passed(e), true, 0, nil
	r.Need = make([]int, len(r.Sizes))
	raised := slices.Clone(r.Sizes)
	for _, seed := range f.runs.seeds {
		o := e.outcomes[seed]
		if o == nil {
			continue
		}
		if !o.Passed() && r.Worst == nil {
			r.Seed, r.Worst = seed, o
		}
		r.Ample = r.Ample && o.neverEmpty()
		for i, p := range o.Pools {
			r.Need[i] = max(r.Need[i], r.Sizes[i].Packets-p.Lowest, f.Space.lowest(i))
			if p.EmptyRequests > 0 {
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
