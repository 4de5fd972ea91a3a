package sizing

import (
	"context"
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"netxsim/packetpool"
)

// A fake is a workload that is described, not run.
type fake struct {
	space Space
	// need is, by payloads, the packets that are never all in use.
	need map[string][]int
	// enough is, by payloads and seed, the sizes that suffice: more packets do too.
	enough map[string][][]int
	// holes are sizes that fail with a seed although fewer packets pass.
	holes map[string]bool
	rare  uint64 // a seed divisible by it needs all packets; 0: none
}

func shapeKey(s Sizes) string {
	k := ""
	for _, p := range s {
		k += fmt.Sprint(p.Payload, " ")
	}
	return k
}

func counts(s Sizes) []int {
	n := make([]int, len(s))
	for i, p := range s {
		n[i] = p.Packets
	}
	return n
}

func atLeast(a, b []int) bool {
	for i := range a {
		if a[i] < b[i] {
			return false
		}
	}
	return true
}

// passes is the truth.
func (f *fake) passes(s Sizes, seed uint64) bool {
	n, need := counts(s), f.need[shapeKey(s)]
	if need == nil {
		return false
	}
	if atLeast(n, need) {
		return true
	}
	if f.rare > 0 && seed%f.rare == 0 || f.holes[fmt.Sprint(key(s), seed)] {
		return false
	}
	return slices.ContainsFunc(f.enough[fmt.Sprint(shapeKey(s), seed%4)], func(e []int) bool { return atLeast(n, e) })
}

// run is the evaluator.
func (f *fake) run(_ context.Context, s Sizes, seed uint64) (Outcome, error) {
	o := Outcome{Completion: time.Second}
	for i, p := range s {
		use := PoolUse{}
		if need := f.need[shapeKey(s)]; need == nil {
			use.Lowest = p.Packets
		} else if p.Packets >= need[i] {
			use.Lowest = p.Packets - need[i]
		} else {
			use.EmptyRequests = need[i] - p.Packets
		}
		o.Pools = append(o.Pools, use)
	}
	if !f.passes(s, seed) {
		o.Failures = []Failure{{Kind: "complete", Text: "not complete"}}
	}
	return o, nil
}

// least is the answer by trying everything.
func (f *fake) least(seeds []uint64) Sizes {
	var best Sizes
	for _, shape := range f.space.shapes() {
		need := f.need[shapeKey(shape)]
		if need == nil {
			continue
		}
		for _, s := range everything(shape, need) {
			if best != nil && compare(f.space.Target, s, best) >= 0 {
				continue
			}
			if !slices.ContainsFunc(seeds, func(seed uint64) bool { return !f.passes(s, seed) }) {
				best = s
			}
		}
	}
	return best
}

// everything is all sizes of a shape up to top.
func everything(shape Sizes, top []int) []Sizes {
	list := []Sizes{slices.Clone(shape)}
	for i, most := range top {
		var longer []Sizes
		for _, s := range list {
			for n := 1; n <= most; n++ {
				longer = append(longer, s.with(i, n))
			}
		}
		list = longer
	}
	return list
}

// drawFake draws a workload for one or two pools; with holes, more packets may be worse.
func drawFake(t *rapid.T, holes bool) *fake {
	f := &fake{need: map[string][]int{}, enough: map[string][][]int{}, holes: map[string]bool{}}
	f.space.Target = rapid.SampledFrom([]packetpool.Target{packetpool.ILP32, packetpool.LP64, {PointerSize: 4, Alignment: 32}}).Draw(t, "target")
	pools := rapid.IntRange(1, 2).Draw(t, "pools")
	for i := range pools {
		payloads := rapid.SliceOfNDistinct(rapid.SampledFrom([]uint32{128, 256, 380, 512, 768, 1536}), 1, 4, rapid.ID).Draw(t, "payloads")
		f.space.Pools = append(f.space.Pools, PoolSpace{Name: fmt.Sprint("pool ", i), Payloads: payloads})
	}
	for _, shape := range f.space.shapes() {
		if rapid.IntRange(0, 9).Draw(t, "usable") == 0 {
			continue
		}
		need := rapid.SliceOfN(rapid.IntRange(1, 14/pools), pools, pools).Draw(t, "need")
		f.need[shapeKey(shape)] = need
		for seed := range uint64(4) {
			for range rapid.IntRange(1, 3).Draw(t, "corners") {
				corner := make([]int, pools)
				for i := range corner {
					corner[i] = rapid.IntRange(1, need[i]).Draw(t, "corner")
				}
				k := fmt.Sprint(shapeKey(shape), seed)
				f.enough[k] = append(f.enough[k], corner)
			}
			if holes {
				for _, s := range everything(shape, need) {
					if rapid.IntRange(0, 7).Draw(t, "hole") == 0 {
						f.holes[fmt.Sprint(key(s), seed)] = true
					}
				}
			}
		}
	}
	return f
}
