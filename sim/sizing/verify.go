package sizing

import (
	"context"
	"slices"
)

// scanWave is how many sizes are tried together when all are tried in order.
const scanWave = 16

// manySizes is how many sizes are listed at most; beyond it they cannot be tried one by one.
const manySizes = 1 << 17

// verify looks whether the answer rests on something that is not so: that more packets are never worse. It tries sizes near
// those that failed and near the answer. If it finds a hole, or if there are few cheaper sizes left, it tries all of them.
func (f *finder) verify(ctx context.Context) error {
	best := f.best()
	near := f.neighbours(best)
	f.runs.plan("verifying", len(near))
	if _, err := f.runs.decide(ctx, near); err != nil {
		return err
	}
	if best = f.best(); best == nil {
		return f.scanAll(ctx)
	}
	cheaper := f.cheaper(best)
	if len(cheaper) > f.Confirm && len(f.holes()) == 0 || len(cheaper) > manySizes {
		f.proof = ProofMonotone
		return nil
	}
	f.runs.plan("confirming", len(cheaper))
	if err := f.scan(ctx, cheaper); err != nil {
		return err
	}
	f.proof = ProofExhaustive
	return nil
}

// scanAll tries all sizes there are when none is known to pass, if they are few.
func (f *finder) scanAll(ctx context.Context) error {
	all := f.cheaper(nil)
	if len(all) > f.Confirm {
		return nil
	}
	f.runs.plan("confirming", len(all))
	return f.scan(ctx, all)
}

// scan tries sizes from the cheapest on until one passes.
func (f *finder) scan(ctx context.Context, sizes []Sizes) error {
	for wave := range slices.Chunk(sizes, scanWave) {
		passed, err := f.runs.decide(ctx, wave)
		if err != nil || slices.Contains(passed, true) {
			return err
		}
	}
	return nil
}

// neighbours returns sizes not tried yet: up to Window packets fewer than the largest that failed, as far as they are cheaper
// than best, and up to Window more than best.
func (f *finder) neighbours(best Sizes) []Sizes {
	var list []Sizes
	seen := map[string]bool{}
	add := func(s Sizes) {
		if k := key(s); !seen[k] && f.runs.known[k] == nil {
			seen[k] = true
			list = append(list, s)
		}
	}
	for i := range f.Space.Pools {
		for n := 1; n <= f.Window; n++ {
			for _, e := range f.largestFailures() {
				if down := e.sizes[i].Packets - n; down >= f.Space.lowest(i) && f.cheaperThan(e.sizes.with(i, down), best) {
					add(e.sizes.with(i, down))
				}
			}
			if best == nil {
				continue
			}
			if r := f.reference(best); best[i].Packets+n <= r.top()[i].Packets {
				add(best.with(i, best[i].Packets+n))
			}
			if best[i].Packets-n >= f.Space.lowest(i) {
				add(best.with(i, best[i].Packets-n))
			}
		}
	}
	return list
}

func (f *finder) cheaperThan(s, best Sizes) bool {
	return best == nil || compare(f.Space.Target, s, best) < 0
}

// largestFailures returns the sizes that failed and that nothing larger of the same payloads did.
func (f *finder) largestFailures() []*experience {
	var list []*experience
	for _, e := range f.runs.sizes {
		if len(e.failed) == 0 {
			continue
		}
		larger := func(o *experience) bool {
			return o != e && len(o.failed) > 0 && sameShape(o.sizes, e.sizes) && covers(o.sizes, e.sizes)
		}
		if !slices.ContainsFunc(f.runs.sizes, larger) {
			list = append(list, e)
		}
	}
	return list
}

// holes returns where more packets were worse.
func (f *finder) holes() []Hole {
	var list []Hole
	for _, small := range f.runs.sizes {
		if !f.runs.passed(small) {
			continue
		}
		for _, large := range f.runs.sizes {
			if len(large.failed) > 0 && sameShape(large.sizes, small.sizes) && covers(large.sizes, small.sizes) {
				list = append(list, Hole{small.sizes, large.sizes, slices.Min(large.failed)})
			}
		}
	}
	slices.SortFunc(list, func(a, b Hole) int {
		if c := compare(f.Space.Target, a.Passes, b.Passes); c != 0 {
			return c
		}
		return compare(f.Space.Target, a.Fails, b.Fails)
	})
	return list
}

// cheaper returns the sizes below best, cheapest first, that have not failed, or of more than manySizes only so many that
// it shows. Without best it returns all sizes.
func (f *finder) cheaper(best Sizes) []Sizes {
	var list []Sizes
	for _, r := range f.references {
		list = f.enumerate(list, f.least(r.Sizes), r.top(), 0, best)
	}
	slices.SortFunc(list, func(a, b Sizes) int { return compare(f.Space.Target, a, b) })
	return list
}

// enumerate adds the sizes from s up to top in the pools from i on.
func (f *finder) enumerate(list []Sizes, s, top Sizes, i int, best Sizes) []Sizes {
	if len(list) > manySizes || !f.cheaperThan(s, best) {
		return list
	}
	if i == len(s) {
		if e := f.runs.known[key(s)]; e == nil || len(e.failed) == 0 {
			list = append(list, s)
		}
		return list
	}
	for n := s[i].Packets; n <= top[i].Packets; n++ {
		next := s.with(i, n)
		if !f.cheaperThan(next, best) {
			break
		}
		list = f.enumerate(list, next, top, i+1, best)
	}
	return list
}
