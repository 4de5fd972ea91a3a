package run

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"time"

	"netxsim/cmd/netxsim/internal/cli"
	"netxsim/cmd/netxsim/internal/progress"
	"netxsim/sim/scenario"
)

// runMany runs many seeds and sums them up.
func runMany(ctx context.Context, s cli.Streams, o options, file string, made *scenario.Scenario) error {
	bar := progress.New(s.Err, "seeds")
	sum := summary{file: file, name: made.Name}
	began := time.Now()
	var failed error
	err := scenario.RunSeeds(made, scenario.Options{Context: ctx}, o.seed, o.seeds, 0, func(r *scenario.Result) bool {
		sum.add(r)
		if o.json {
			failed = printJSON(s.Out, r)
		}
		bar.Set(sum.runs, o.seeds)
		return failed == nil
	})
	bar.Clear()
	interrupted := errors.Is(err, context.Canceled)
	if err := errors.Join(failed, err); err != nil && !interrupted {
		return err
	}
	if !o.json {
		sum.print(s.Out, o.seeds)
		took := time.Since(began)
		fmt.Fprintf(s.Err, "wall time %v, virtual to wall %.0f : 1\n", took.Round(time.Millisecond), float64(sum.virtual)/math.Max(float64(took), 1))
	}
	switch {
	case interrupted:
		return fmt.Errorf("interrupted after %d of %d seeds", sum.runs, o.seeds)
	case sum.failed > 0:
		return cli.ErrFailed
	}
	return nil
}

// summary is what is kept of many results.
type summary struct {
	file, name string
	runs       int
	failed     int
	virtual    time.Duration
	pools      []poolSummary
	longest    []extreme // of each workload, a session
	workloads  []string
	failures   []failureSummary
}

// extreme is the largest of some values, and the seed that had it.
type extreme struct {
	value int64
	seed  uint64
}

func (e *extreme) add(value int64, seed uint64) {
	if value > e.value || e.seed == 0 {
		e.value, e.seed = value, seed
	}
}

// poolSummary is what is kept of a pool.
type poolSummary struct {
	host, name string
	packets    int
	used       extreme // packets at the worst moment
	failures   extreme // requests
	wait       extreme
}

// failureSummary is a kind of failure.
type failureSummary struct {
	expect, where string
	seeds         int
	first         uint64
	text          string
}

// add takes a result.
func (s *summary) add(r *scenario.Result) {
	if s.runs == 0 {
		for _, p := range r.Pools {
			s.pools = append(s.pools, poolSummary{host: p.Host, name: p.Name, packets: p.Packets})
		}
		s.longest = make([]extreme, len(r.Workloads))
		for _, k := range r.Workloads {
			s.workloads = append(s.workloads, k.Name)
		}
	}
	s.runs++
	s.virtual += r.Virtual
	for i, p := range r.Pools {
		s.pools[i].used.add(int64(p.Packets-p.Lowest), r.Seed)
		s.pools[i].failures.add(int64(p.EmptyRequests), r.Seed)
		s.pools[i].wait.add(int64(p.LongestSuspension), r.Seed)
	}
	for i, k := range r.Workloads {
		for _, session := range k.Sessions {
			s.longest[i].add(int64(session.End-session.Start), r.Seed)
		}
	}
	s.addFailures(r)
}

func (s *summary) addFailures(r *scenario.Result) {
	if r.Passed() {
		return
	}
	s.failed++
	var seen []int
	for _, f := range r.Failures {
		where := f.Workload
		if where == "" && f.Pool != "" {
			where = "pool " + f.Pool + " of " + f.Host
		}
		i := slices.IndexFunc(s.failures, func(k failureSummary) bool { return k.expect == f.Expect && k.where == where })
		if i < 0 {
			i = len(s.failures)
			s.failures = append(s.failures, failureSummary{expect: f.Expect, where: where, first: r.Seed, text: f.Text})
		}
		if !slices.Contains(seen, i) {
			s.failures[i].seeds++
			seen = append(seen, i)
		}
	}
}

// print prints the summary. It has nothing in it that differs between machines.
func (s *summary) print(w io.Writer, wanted int) {
	fmt.Fprintf(w, "scenario %s: %d of %d seeds passed", s.name, s.runs-s.failed, s.runs)
	if s.runs < wanted {
		fmt.Fprintf(w, " (%d more were not run)", wanted-s.runs)
	}
	fmt.Fprintf(w, "; %v of virtual time\n\n", s.virtual.Round(time.Millisecond))
	if s.runs == 0 {
		return
	}
	rows := [][]string{{"workload", "longest session", "seed"}}
	for i, e := range s.longest {
		rows = append(rows, []string{s.workloads[i], round(time.Duration(e.value)), seedText(e)})
	}
	table(w, rows)
	s.printPools(w)
	for _, f := range s.failures {
		fmt.Fprintf(w, "FAILED %s, %d of %d seeds, seed %d: %s\n  replay: %s\n", f.expect, f.seeds, s.runs, f.first, f.text, replay(s.file, f.first))
	}
}

func (s *summary) printPools(w io.Writer) {
	if len(s.pools) == 0 {
		return
	}
	rows := [][]string{{"host", "pool", "packets", "most in use", "seed", "failed requests", "seed", "longest wait", "seed"}}
	for _, p := range s.pools {
		rows = append(rows, []string{
			p.host, p.name, strconv.Itoa(p.packets), strconv.FormatInt(p.used.value, 10), seedText(p.used),
			strconv.FormatInt(p.failures.value, 10), seedText(p.failures), round(time.Duration(p.wait.value)), seedText(p.wait),
		})
	}
	table(w, rows)
}

// seedText is the seed of an extreme, unless that is nothing.
func seedText(e extreme) string {
	if e.value == 0 {
		return "-"
	}
	return strconv.FormatUint(e.seed, 10)
}
