package sweep

import (
	"slices"
	"time"

	"netxsim/sim/scenario"
)

// A Summary is what is kept of many results of a scenario. The zero Summary has none. What it says does not depend on
// anything but the results and their order.
type Summary struct {
	Scenario  string
	Runs      int
	Failed    int // runs in which an expectation failed
	Virtual   time.Duration
	Workloads []WorkloadSummary
	Pools     []PoolSummary
	Failures  []FailureSummary
}

// An Extreme is the largest of some values, and the first seed that had it. The zero Extreme is of no values.
type Extreme struct {
	Value int64
	Seed  uint64
}

func (e *Extreme) add(value int64, seed uint64, first bool) {
	if first || value > e.Value {
		e.Value, e.Seed = value, seed
	}
}

// A WorkloadSummary is what is kept of a workload.
type WorkloadSummary struct {
	Name    string
	Longest Extreme // nanoseconds of a session
}

// A PoolSummary is what is kept of a pool.
type PoolSummary struct {
	Host, Name string
	Packets    int
	Used       Extreme // packets at the worst moment
	Failures   Extreme // requests that failed
	Wait       Extreme // nanoseconds of the longest wait
}

// A FailureSummary is failures of one expectation at one place.
type FailureSummary struct {
	Expect, Where string
	Seeds         int // in how many runs
	First         uint64
	Text          string // of the first
}

// Add takes a result.
func (s *Summary) Add(r *scenario.Result) {
	first := s.Runs == 0
	if first {
		s.begin(r)
	}
	s.Runs++
	s.Virtual += r.Virtual
	for i, p := range r.Pools {
		s.Pools[i].Used.add(int64(p.Packets-p.Lowest), r.Seed, first)
		s.Pools[i].Failures.add(int64(p.EmptyRequests), r.Seed, first)
		s.Pools[i].Wait.add(int64(p.LongestSuspension), r.Seed, first)
	}
	for i, k := range r.Workloads {
		for n, session := range k.Sessions {
			s.Workloads[i].Longest.add(int64(session.End-session.Start), r.Seed, first && n == 0)
		}
	}
	s.addFailures(r)
}

// begin names what is summed up.
func (s *Summary) begin(r *scenario.Result) {
	s.Scenario = r.Scenario
	for _, p := range r.Pools {
		s.Pools = append(s.Pools, PoolSummary{Host: p.Host, Name: p.Name, Packets: p.Packets})
	}
	for _, k := range r.Workloads {
		s.Workloads = append(s.Workloads, WorkloadSummary{Name: k.Name})
	}
}

func (s *Summary) addFailures(r *scenario.Result) {
	if r.Passed() {
		return
	}
	s.Failed++
	var seen []int
	for _, f := range r.Failures {
		where := f.Workload
		if where == "" && f.Pool != "" {
			where = "pool " + f.Pool + " of " + f.Host
		}
		i := slices.IndexFunc(s.Failures, func(k FailureSummary) bool { return k.Expect == f.Expect && k.Where == where })
		if i < 0 {
			i = len(s.Failures)
			s.Failures = append(s.Failures, FailureSummary{Expect: f.Expect, Where: where, First: r.Seed, Text: f.Text})
		}
		if !slices.Contains(seen, i) {
			s.Failures[i].Seeds++
			seen = append(seen, i)
		}
	}
}

// Worst returns the seed that is worth looking at first: the first that failed, else the one that used most of a pool, else
// the one with the longest session.
func (s *Summary) Worst() uint64 {
	if len(s.Failures) > 0 {
		first := s.Failures[0].First
		for _, f := range s.Failures {
			first = min(first, f.First)
		}
		return first
	}
	var worst Extreme
	free := 0
	for i, p := range s.Pools {
		if left := p.Packets - int(p.Used.Value); i == 0 || left < free {
			worst, free = p.Used, left
		}
	}
	for _, w := range s.Workloads {
		if len(s.Pools) == 0 && w.Longest.Value > worst.Value {
			worst = w.Longest
		}
	}
	return worst.Seed
}
