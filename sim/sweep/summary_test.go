package sweep

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"netxsim/sim/scenario"
)

// summed is a made-up result.
func summed(seed uint64, lowest, empty int, took time.Duration, failures ...scenario.Failure) *scenario.Result {
	return &scenario.Result{
		Scenario: "made up", Seed: seed, Virtual: time.Second, Failures: failures,
		Pools:     []scenario.PoolResult{{Host: "device", Name: "rx", Packets: 10, Lowest: lowest, EmptyRequests: empty, LongestSuspension: took / 2}},
		Workloads: []scenario.WorkloadResult{{Name: "mail", Sessions: []scenario.Session{{Start: 1, End: 1 + took}, {Start: 5, End: 6}}}},
	}
}

// TestSummary adds up results.
func TestSummary(t *testing.T) {
	var s Summary
	late := scenario.Failure{Expect: "session", Workload: "mail", Text: "too late"}
	leak := scenario.Failure{Expect: "leaks", Host: "device", Pool: "rx", Text: "one is missing"}
	for _, r := range []*scenario.Result{
		summed(7, 4, 0, 10), summed(8, 0, 2, 30, late, late, leak), summed(9, 0, 2, 20), summed(10, 3, 1, 40, leak),
	} {
		s.Add(r)
	}
	want := Summary{
		Scenario: "made up", Runs: 4, Failed: 2, Virtual: 4 * time.Second,
		Workloads: []WorkloadSummary{{"mail", Extreme{40, 10}}},
		Pools:     []PoolSummary{{"device", "rx", 10, Extreme{10, 8}, Extreme{2, 8}, Extreme{20, 10}}},
		Failures:  []FailureSummary{{"session", "mail", 1, 8, "too late"}, {"leaks", "pool rx of device", 2, 8, "one is missing"}},
	}
	if diff := cmp.Diff(want, s); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestWorst checks which seed is looked at first.
func TestWorst(t *testing.T) {
	failure := scenario.Failure{Expect: "leaks"}
	bare := func(seed uint64, took time.Duration) *scenario.Result {
		r := summed(seed, 0, 0, took)
		r.Pools = nil
		return r
	}
	for _, test := range []struct {
		name    string
		results []*scenario.Result
		want    uint64
	}{
		{"the first that failed", []*scenario.Result{summed(1, 0, 0, 9), summed(2, 5, 0, 1, failure), summed(3, 5, 0, 1, failure)}, 2},
		{"the fewest free packets", []*scenario.Result{summed(1, 4, 0, 9), summed(2, 3, 0, 1), summed(3, 3, 0, 1)}, 2},
		{"no packet was used", []*scenario.Result{summed(5, 10, 0, 0), summed(6, 10, 0, 0)}, 5},
		{"no pool", []*scenario.Result{bare(4, 3), bare(5, 9)}, 5},
	} {
		var s Summary
		for _, r := range test.results {
			s.Add(r)
		}
		if got := s.Worst(); got != test.want {
			t.Errorf("%s: seed %d, want %d", test.name, got, test.want)
		}
	}
}
