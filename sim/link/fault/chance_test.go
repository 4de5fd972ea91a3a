package fault_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"netxsim/sim"
	"netxsim/sim/link"
	"netxsim/sim/link/fault"
)

// TestLossRate compares loss with the binomial distribution: four standard deviations.
func TestLossRate(t *testing.T) {
	const n = 10_000
	for _, p := range []float64{0, 0.001, 0.02, 0.5, 0.99, 1} {
		for seed := range uint64(3) {
			pattern, counters := lost(t, seed, n, fault.Loss(p))
			got := float64(count(pattern))
			if off := math.Abs(got - n*p); off > 4*math.Sqrt(n*p*(1-p)) {
				t.Errorf("seed %d: %v of %d frames lost at %v", seed, got, n, p)
			}
			want := []fault.Counter{{Name: "loss", Seen: n, Hits: uint64(got)}}
			if diff := cmp.Diff(want, counters); diff != "" {
				t.Error(diff)
			}
		}
	}
}

func count(pattern []bool) (n int) {
	for _, set := range pattern {
		if set {
			n++
		}
	}
	return n
}

// bursts returns the lengths of the runs of lost frames.
func bursts(pattern []bool) (lengths []int) {
	run := 0
	for _, lost := range append(slices.Clone(pattern), false) {
		if lost {
			run++
		} else if run > 0 {
			lengths = append(lengths, run)
			run = 0
		}
	}
	return lengths
}

// TestBursts compares Gilbert's model with its theory: the share of lost frames, the mean of the geometrically distributed
// lengths of bursts, and their number.
func TestBursts(t *testing.T) {
	const n = 100_000
	for _, tt := range []struct{ share, mean float64 }{{0.02, 4}, {0.1, 10}, {0.3, 2}, {0.01, 1}} {
		b := fault.Bursts(tt.share, tt.mean)
		if math.Abs(b.Share()-tt.share) > 1e-12 || math.Abs(b.Mean()-tt.mean) > 1e-12 {
			t.Errorf("%+v: share %v, mean %v", tt, b.Share(), b.Mean())
		}
		pattern, _ := lost(t, 7, n, fault.BurstLoss(b))
		lengths := bursts(pattern)
		wantBursts := n * tt.share / tt.mean
		// the length of a burst varies with variance (1-r)/r², their number like a Poisson count at most
		deviation := math.Sqrt((1-b.ToGood)/(b.ToGood*b.ToGood)/wantBursts) + 1e-9
		mean := float64(count(pattern)) / float64(len(lengths))
		if math.Abs(mean-tt.mean) > 4*deviation && tt.mean > 1 {
			t.Errorf("%+v: bursts of %.3f on average, more than 4 deviations of %.3f away", tt, mean, deviation)
		}
		if math.Abs(float64(len(lengths))-wantBursts) > 4*math.Sqrt(wantBursts) {
			t.Errorf("%+v: %d bursts, want about %.0f", tt, len(lengths), wantBursts)
		}
		if share := float64(count(pattern)) / n; math.Abs(share-tt.share) > 0.1*tt.share {
			t.Errorf("%+v: %.4f lost", tt, share)
		}
	}
}

// TestElliott checks the model with loss in both states.
func TestElliott(t *testing.T) {
	const n = 50_000
	b := fault.Burst{ToBad: 0.01, ToGood: 0.1, Good: 0.005, Bad: 0.6}
	pattern, _ := lost(t, 3, n, fault.BurstLoss(b))
	if got, want := float64(count(pattern))/n, 0.6/11+0.005*10/11; math.Abs(got-want) > 0.1*want || math.Abs(b.Share()-want) > 1e-12 {
		t.Errorf("%.4f lost, want %.4f; Share says %.4f", got, want, b.Share())
	}
}

// TestOwnNumbers checks that what one fault draws does not depend on the others, in front or behind.
func TestOwnNumbers(t *testing.T) {
	const n = 3000
	by := func(faults ...fault.Fault) []bool {
		w := newWorld(5)
		fault.Attach(w.wire, faults...)
		pattern := make([]bool, n)
		w.wire.Observe(func(e link.FrameEvent) {
			if e.Kind == link.Lost && e.Cause == "mine" && e.Copy == 0 {
				pattern[e.Number-1] = true
			}
		})
		w.run(t, func() {
			for range n {
				w.send("a", "b", 0, 46)
			}
		})
		return pattern
	}
	mine := fault.Loss(0.1).Named("mine")
	alone := by(mine)
	for name, with := range map[string][]bool{
		"behind another loss": by(fault.Loss(0.2), mine),
		"in front of it":      by(mine, fault.Loss(0.2)),
		"with everything": by(fault.Duplication(0.3, 0), fault.Corruption(0.5), fault.Jitter(time.Second, true), mine,
			fault.BurstLoss(fault.Bursts(0.1, 3))),
	} {
		others := 0
		for i := range n {
			if with[i] && !alone[i] {
				t.Errorf("%s: frame %d is lost, and was not alone", name, i+1)
			}
			if alone[i] && !with[i] {
				others++ // a fault in front has lost it
			}
		}
		if others > n/20 {
			t.Errorf("%s: %d frames not lost by it", name, others)
		}
	}
	if !slices.Equal(alone, by(fault.Loss(0.1).Named("mine"), fault.Loss(0))) {
		t.Error("a loss of 0 changes what is lost")
	}
	if slices.Equal(alone, by(fault.Fault{Name: "mine", If: fault.All(fault.Chance(1), fault.Chance(0.1)), Do: fault.Drop{}})) {
		t.Error("two conditions of a fault draw the same numbers")
	}
}

// TestNormal compares delays with their distribution.
func TestNormal(t *testing.T) {
	w := newWorld(2)
	fault.Attach(w.wire, fault.Fault{Do: fault.Delay{By: 20 * time.Millisecond, Spread: 3 * time.Millisecond, Normal: true, Reorder: true}})
	const n = 20_000
	var sum, squares float64
	w.wire.Observe(func(e link.FrameEvent) {
		if e.Kind == link.Delayed {
			ms := e.Delay.Seconds() * 1000
			sum += ms
			squares += ms * ms
		}
	})
	w.run(t, func() {
		for range n {
			w.send("a", "b", 0, 46)
		}
	})
	mean := sum / n
	if deviation := math.Sqrt(squares/n - mean*mean); math.Abs(mean-20) > 0.1 || math.Abs(deviation-3) > 0.1 {
		t.Errorf("mean %.3f ms, deviation %.3f ms, want 20 and 3", mean, deviation)
	}
}

// TestNoAllocation checks that a wire without faults, and one whose faults do nothing, allocate nothing.
func TestNoAllocation(t *testing.T) {
	for name, faults := range map[string][]fault.Fault{
		"no fault":             nil,
		"switched off":         {fault.Loss(1).SwitchedOff()},
		"not selected":         {fault.Loss(0), fault.Partition([]string{"a"}, []string{"c"}), fault.Corruption(0).When(fault.Match{Protocol: fault.TCP})},
		"loss":                 {fault.Loss(0.5), fault.BurstLoss(fault.Bursts(0.2, 3))},
		"everything to frames": {fault.Duplication(1, time.Microsecond), fault.Corruption(1), fault.Jitter(time.Microsecond, false), fault.Bottleneck(1e9, 10)},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(1)
			for _, p := range w.ports {
				p.Detach()
			}
			from := w.wire.Attach("a", address(0), func([]byte) {})
			w.wire.Attach("b", address(1), func([]byte) {})
			if faults != nil {
				fault.Attach(w.wire, faults...)
			}
			frame := make([]byte, 60)
			to := address(1)
			copy(frame, to[:])
			w.run(t, func() {
				if _, err := w.kernel.NewThread(sim.ThreadConfig{Name: "sender", Entry: func() {
					burst := func() {
						for range 20 {
							from.Send(frame)
						}
						_ = w.kernel.Sleep(1)
					}
					for range 10 {
						burst()
					}
					if n := testing.AllocsPerRun(200, burst); n != 0 {
						t.Errorf("%v allocations for 20 frames", n)
					}
				}}); err != nil {
					t.Error(err)
				}
			})
		})
	}
}
