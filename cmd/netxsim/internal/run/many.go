package run

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"

	"netxsim/cmd/netxsim/internal/cli"
	"netxsim/cmd/netxsim/internal/progress"
	"netxsim/sim/scenario"
	"netxsim/sim/sweep"
)

// runMany runs many seeds and sums them up.
func runMany(ctx context.Context, s cli.Streams, o options, file string, made *scenario.Scenario) error {
	bar := progress.New(s.Err, "seeds")
	sum := summary{o: &o, file: file, name: made.Name}
	began := time.Now()
	var failed error
	err := scenario.RunSeeds(made, scenario.Options{Context: ctx}, o.seed, o.seeds, 0, func(r *scenario.Result) bool {
		sum.Add(r)
		if o.json {
			failed = printJSON(s.Out, r)
		}
		bar.Set(sum.Runs, o.seeds)
		return failed == nil
	})
	bar.Clear()
	interrupted := errors.Is(err, context.Canceled)
	if err := errors.Join(failed, err); err != nil && !interrupted {
		return err
	}
	if err := o.writeSum(ctx, &sum, made); err != nil {
		return err
	}
	if !o.json {
		sum.print(s.Out, o.seeds)
		took := time.Since(began)
		fmt.Fprintf(s.Err, "wall time %v, virtual to wall %.0f : 1\n", took.Round(time.Millisecond), float64(sum.Virtual)/math.Max(float64(took), 1))
	}
	switch {
	case interrupted:
		return fmt.Errorf("interrupted after %d of %d seeds", sum.Runs, o.seeds)
	case sum.Failed > 0:
		return cli.ErrFailed
	}
	return nil
}

// summary is the sum of many results, for printing.
type summary struct {
	sweep.Summary
	o          *options
	file, name string
}

// print prints the summary. It has nothing in it that differs between machines.
func (s *summary) print(w io.Writer, wanted int) {
	fmt.Fprintf(w, "scenario %s: %d of %d seeds passed", s.name, s.Runs-s.Failed, s.Runs)
	if s.Runs < wanted {
		fmt.Fprintf(w, " (%d more were not run)", wanted-s.Runs)
	}
	fmt.Fprintf(w, "; %v of virtual time\n\n", s.Virtual.Round(time.Millisecond))
	if s.Runs == 0 {
		return
	}
	rows := [][]string{{"workload", "longest session", "seed"}}
	for _, k := range s.Workloads {
		rows = append(rows, []string{k.Name, round(time.Duration(k.Longest.Value)), seedText(k.Longest)})
	}
	table(w, rows)
	s.printPools(w)
	for _, f := range s.Failures {
		fmt.Fprintf(w, "FAILED %s, %d of %d seeds, seed %d: %s\n  replay: %s\n", f.Expect, f.Seeds, s.Runs, f.First, f.Text, s.o.replay(s.file, f.First, s.o.faults))
	}
}

func (s *summary) printPools(w io.Writer) {
	if len(s.Pools) == 0 {
		return
	}
	rows := [][]string{{"host", "pool", "packets", "most in use", "seed", "failed requests", "seed", "longest wait", "seed"}}
	for _, p := range s.Pools {
		rows = append(rows, []string{
			p.Host, p.Name, strconv.Itoa(p.Packets), strconv.FormatInt(p.Used.Value, 10), seedText(p.Used),
			strconv.FormatInt(p.Failures.Value, 10), seedText(p.Failures), round(time.Duration(p.Wait.Value)), seedText(p.Wait),
		})
	}
	table(w, rows)
}

// seedText is the seed of an extreme, unless that is nothing.
func seedText(e sweep.Extreme) string {
	if e.Value == 0 {
		return "-"
	}
	return strconv.FormatUint(e.Seed, 10)
}
