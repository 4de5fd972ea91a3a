package report

import (
	"fmt"
	"time"

	"netxsim/sim/sweep"
)

// A sweepView is many runs on a page.
type sweepView struct {
	Title            string
	Good             bool
	Failures         table
	Workloads, Pools table
}

func (r *Report) sweepView() *sweepView {
	s := r.Sweep
	return &sweepView{
		Title: fmt.Sprintf("%d of %s passed", s.Runs-s.Failed, plural(s.Runs, "seed", "seeds")), Good: s.Failed == 0,
		Failures: r.sweepFailures(), Workloads: sweepWorkloads(s), Pools: sweepPools(s),
	}
}

func (r *Report) sweepFailures() table {
	t := table{ID: "sweep-failures", Caption: "What failed"}
	t.Columns = heads("expectation", "where", ">seeds", ">first seed", "what happened then", "run it again")
	for _, f := range r.Sweep.Failures {
		t.add(cell{"✕ " + f.Expect, "bad"}, f.Where, fmt.Sprintf("%d of %d", f.Seeds, r.Sweep.Runs), f.First, f.Text, code(r.replay(f.First, nil)))
	}
	return t
}

func sweepWorkloads(s *sweep.Summary) table {
	t := table{ID: "sweep-workloads", Caption: "Longest sessions", Columns: heads("workload", ">longest session", ">with seed")}
	for _, k := range s.Workloads {
		t.add(k.Name, seconds(time.Duration(k.Longest.Value)), k.Longest.Seed)
	}
	return t
}

func sweepPools(s *sweep.Summary) table {
	t := table{ID: "sweep-pools", Caption: "Packet pools at their worst"}
	t.Columns = heads("pool", ">packets", ">most in use", ">with seed", ">failed requests", ">with seed", ">longest wait", ">with seed")
	for _, p := range s.Pools {
		t.add(poolName(p.Host, p.Name), count(p.Packets), count(p.Used.Value), p.Used.Seed, count(p.Failures.Value), seedOf(p.Failures),
			seconds(time.Duration(p.Wait.Value)), seedOf(p.Wait))
	}
	return t
}

// seedOf is the seed of an extreme, unless that is nothing.
func seedOf(e sweep.Extreme) string {
	if e.Value == 0 {
		return "–"
	}
	return fmt.Sprint(e.Seed)
}
