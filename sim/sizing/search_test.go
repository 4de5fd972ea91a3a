package sizing

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var fourSeeds = []uint64{1, 2, 3, 4}

// answer is what a verdict recommends, or nil.
func answer(v *Verdict) Sizes {
	if v.Answer == nil {
		return nil
	}
	return v.Answer.Sizes
}

func search(t testing.TB, s Search) *Verdict {
	t.Helper()
	v, err := s.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestMonotone compares the search with trying everything, where more packets are never worse and nothing is confirmed.
func TestMonotone(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		f := drawFake(r, false)
		v := search(t, Search{Space: f.space, Evaluate: f.run, Seeds: fourSeeds, Confirm: -1, Window: -1})
		if diff := cmp.Diff(f.least(fourSeeds), answer(v)); diff != "" {
			r.Fatalf("-everything +search:\n%s", diff)
		}
		if len(v.Holes) > 0 {
			r.Fatalf("holes where there are none: %v", v.Holes)
		}
	})
}

// TestHoles has workloads that may fail with more packets. When everything cheaper may be confirmed the answer is the least
// in any case.
func TestHoles(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		f := drawFake(r, true)
		v := search(t, Search{Space: f.space, Evaluate: f.run, Seeds: fourSeeds, Confirm: 1 << 20})
		if diff := cmp.Diff(f.least(fourSeeds), answer(v)); diff != "" {
			r.Fatalf("-everything +search (%s):\n%s", v.Proof, diff)
		}
		if v.Answer != nil && (v.Proof != ProofExhaustive || v.Unproven != 0) {
			r.Fatalf("proof %s, %d unproven", v.Proof, v.Unproven)
		}
	})
}

// TestGuarantee checks what a verdict promises when not everything is confirmed: the answer passes; it is the least if the
// proof says exhaustive; if it is not the least, then no hole was seen, and what was not tried is counted.
func TestGuarantee(t *testing.T) {
	least, missed := 0, 0
	rapid.Check(t, func(r *rapid.T) {
		f := drawFake(r, true)
		v := search(t, Search{Space: f.space, Evaluate: f.run, Seeds: fourSeeds, Confirm: rapid.IntRange(-1, 40).Draw(r, "confirm")})
		want, got := f.least(fourSeeds), answer(v)
		if got == nil {
			if want != nil && slices.ContainsFunc(v.References, func(r Reference) bool { return r.Passed }) {
				r.Fatalf("no answer, want %v", want)
			}
			return
		}
		for _, seed := range fourSeeds {
			if !f.passes(got, seed) {
				r.Fatalf("%v fails with seed %d", got, seed)
			}
		}
		if cmp.Equal(want, got) {
			least++
			return
		}
		missed++
		if v.Proof != ProofMonotone || v.Unproven == 0 || len(v.Holes) > 0 {
			r.Fatalf("%v is not the least, %v: proof %s, %d unproven, holes %v", got, want, v.Proof, v.Unproven, v.Holes)
		}
	})
	t.Logf("the least in %d cases, said to be unproven in %d", least, missed)
}

// TestWorkers gets the same verdict, number of runs included, from any number of workers.
func TestWorkers(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		f := drawFake(r, rapid.Bool().Draw(r, "holes"))
		f.rare = rapid.SampledFrom([]uint64{0, 7}).Draw(r, "rare")
		var verdicts []*Verdict
		for _, workers := range []int{1, 5} {
			v := search(t, Search{Space: f.space, Evaluate: f.run, Seeds: fourSeeds, Fresh: 5, Workers: workers, Confirm: 20})
			verdicts = append(verdicts, v)
		}
		if diff := cmp.Diff(verdicts[0], verdicts[1]); diff != "" {
			r.Fatalf("-one worker +five:\n%s", diff)
		}
	})
}

// TestFresh finds a seed that breaks the answer, and goes on with it.
func TestFresh(t *testing.T) {
	f := &fake{
		space:  Space{Pools: []PoolSpace{{Name: "pool", Payloads: []uint32{512}}}},
		need:   map[string][]int{"512 ": {9}},
		enough: map[string][][]int{"512 0": {{4}}, "512 1": {{3}}, "512 2": {{4}}, "512 3": {{2}}},
		rare:   9,
	}
	v := search(t, Search{Space: f.space, Evaluate: f.run, Seeds: fourSeeds, Fresh: 3})
	type result struct {
		Answer Sizes
		Seeds  []uint64
		Fresh  []uint64
		Broken []Broken
		Proof  string
	}
	want := result{Sizes{{512, 4}}, fourSeeds, []uint64{5, 6, 7}, nil, ProofExhaustive}
	if diff := cmp.Diff(want, result{answer(v), v.Seeds, v.Fresh, v.Broken, v.Proof}); diff != "" {
		t.Errorf("three fresh seeds: -want +got:\n%s", diff)
	}
	v = search(t, Search{Space: f.space, Evaluate: f.run, Seeds: fourSeeds, Fresh: 6})
	want = result{Sizes{{512, 9}}, []uint64{1, 2, 3, 4, 9}, []uint64{11, 12, 13, 14, 15, 16}, []Broken{{Sizes{{512, 4}}, []uint64{9}}}, ProofExhaustive}
	if diff := cmp.Diff(want, result{answer(v), v.Seeds, v.Fresh, v.Broken, v.Proof}); diff != "" {
		t.Errorf("six fresh seeds: -want +got:\n%s", diff)
	}
}

// TestStopped ends searches early: what is recommended then passes, and nothing is called proven.
func TestStopped(t *testing.T) {
	f := &fake{
		space:  Space{Pools: []PoolSpace{{Name: "pool", Payloads: []uint32{512, 1536}}}},
		need:   map[string][]int{"512 ": {30}, "1536 ": {14}},
		enough: map[string][][]int{},
	}
	for seed := range uint64(4) {
		f.enough[fmt.Sprint("512 ", seed)], f.enough[fmt.Sprint("1536 ", seed)] = [][]int{{17}}, [][]int{{9}}
	}
	whole := search(t, Search{Space: f.space, Evaluate: f.run, Seeds: fourSeeds, Fresh: 2})
	answered := 0
	for budget := 1; budget < whole.Runs; budget++ {
		v := search(t, Search{Space: f.space, Evaluate: f.run, Seeds: fourSeeds, Fresh: 2, Budget: budget})
		if v.Stopped == nil || v.Proof != ProofNone || v.Runs > budget {
			t.Fatalf("budget %d: %d runs, proof %s, stopped: %v", budget, v.Runs, v.Proof, v.Stopped)
		}
		if v.Answer == nil {
			continue
		}
		answered++
		if compare(f.space.Target, whole.Answer.Sizes, v.Answer.Sizes) > 0 || !f.passes(v.Answer.Sizes, 1) {
			t.Fatalf("budget %d: %v", budget, v.Answer.Sizes)
		}
	}
	if answered == 0 {
		t.Error("no stopped search had an answer")
	}

	ctx, cancel := context.WithCancelCause(t.Context())
	enough := errors.New("enough")
	s := Search{Space: f.space, Evaluate: f.run, Seeds: fourSeeds, Fresh: 2}
	s.Progress = func(p Progress) {
		if p.Runs >= whole.Runs/2 {
			cancel(enough)
		}
	}
	v, err := s.Run(ctx)
	if err != nil || v.Stopped != enough || v.Answer == nil {
		t.Errorf("cancelled: %+v, %v", v, err)
	}
}

// TestSearchErrors checks what cannot be searched.
func TestSearchErrors(t *testing.T) {
	f := &fake{}
	broken := func(context.Context, Sizes, uint64) (Outcome, error) { return Outcome{}, errors.New("no such mailbox") }
	pool := PoolSpace{Name: "rx", Payloads: []uint32{512}}
	for _, tc := range []struct {
		search Search
		want   string
	}{
		{Search{}, "sizing: nothing runs the workload"},
		{Search{Evaluate: f.run}, "sizing: no seed"},
		{Search{Evaluate: f.run, Seeds: fourSeeds}, "sizing: there is no pool to size"},
		{Search{Evaluate: f.run, Seeds: fourSeeds, Space: Space{Pools: []PoolSpace{{Name: "rx"}}}}, "sizing: pool rx: no payload to try"},
		{Search{Evaluate: f.run, Seeds: fourSeeds, Space: Space{Pools: []PoolSpace{{Name: "rx", Payloads: []uint32{0}}}}}, "sizing: pool rx: a payload of 0 bytes"},
		{Search{Evaluate: f.run, Seeds: fourSeeds, Space: Space{Pools: []PoolSpace{{Name: "rx", Payloads: []uint32{1}, Min: 3, Max: 2}}}}, "sizing: pool rx: at least 3 packets and at most 2"},
		{Search{Evaluate: f.run, Seeds: fourSeeds, First: Sizes{{1, 1}, {1, 1}}, Space: Space{Pools: []PoolSpace{pool}}}, "sizing: 2 sizes to begin with for 1 pools"},
		{Search{Evaluate: broken, Seeds: []uint64{1}, Space: Space{Pools: []PoolSpace{pool}}}, "no such mailbox"},
	} {
		_, err := tc.search.Run(t.Context())
		if err == nil || err.Error() != tc.want {
			t.Errorf("error %v, want %s", err, tc.want)
		}
	}
}
