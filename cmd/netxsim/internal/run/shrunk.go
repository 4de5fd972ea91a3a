package run

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"netxsim/cmd/netxsim/internal/cli"
	"netxsim/cmd/netxsim/internal/progress"
	"netxsim/sim/link/fault"
	"netxsim/sim/scenario"
	"netxsim/sim/shrink"
)

// runShrunk looks for a seed that fails, and for the fewest frame faults with which it does.
func runShrunk(ctx context.Context, s cli.Streams, o options, file string, made *scenario.Scenario) error {
	failed, err := firstFailure(ctx, s, o, file, made)
	if failed == nil || err != nil {
		return err
	}
	fmt.Fprintf(s.Err, "seed %d fails: %s\n", failed.Seed, failed.Failures[0].Text)
	pcap, closePcap, err := create(o.pcap)
	if err != nil {
		return cli.BadInput(fmt.Errorf("--pcap: %w", err))
	}
	bar := progress.New(s.Err, "shrinking")
	found, err := scenario.Shrink(made, scenario.Options{Seed: failed.Seed, Pcap: pcap, Context: ctx}, shrink.Options{
		Budget: o.budget,
		Progress: func(p shrink.Progress) {
			bar.Describe(fmt.Sprintf("%d of %d frame faults", p.Best, p.From))
			bar.Set(p.Runs, p.Budget)
		},
	})
	bar.Clear()
	if err := errors.Join(err, closePcap()); err != nil {
		return err
	}
	if o.json {
		err = printShrunkJSON(s.Out, o, file, found)
	} else {
		printShrunk(s.Out, o, file, found, ctx.Err() != nil)
	}
	return errors.Join(err, cli.ErrFailed)
}

// firstFailure runs seeds until one fails. Without any it prints what there is to say and returns nil.
func firstFailure(ctx context.Context, s cli.Streams, o options, file string, made *scenario.Scenario) (failed *scenario.Result, err error) {
	seeds := max(o.seeds, 1)
	bar := progress.New(s.Err, "seeds")
	sum := summary{o: &o, file: file, name: made.Name}
	err = scenario.RunSeeds(made, scenario.Options{Context: ctx}, o.seed, seeds, 0, func(r *scenario.Result) bool {
		sum.Add(r)
		bar.Set(sum.Runs, seeds)
		if !r.Passed() {
			failed = r
		}
		return failed == nil
	})
	bar.Clear()
	switch {
	case errors.Is(err, context.Canceled):
		return nil, fmt.Errorf("interrupted after %d of %d seeds, none of which fails", sum.Runs, seeds)
	case err == nil && failed == nil && o.json:
		return nil, json.NewEncoder(s.Out).Encode(nil)
	case err == nil && failed == nil:
		sum.print(s.Out, seeds)
	}
	return failed, err
}

// printShrunk prints what was found, in the three ways in which it can be used.
func printShrunk(w io.Writer, o options, file string, found *scenario.Shrunk, interrupted bool) {
	fmt.Fprintf(w, "scenario %s, seed %d, with everything the wires did by chance:\n", found.Result.Scenario, found.Result.Seed)
	fmt.Fprintf(w, "FAILED %s: %s\n\n", found.Failure.Expect, found.Failure.Text)
	switch {
	case len(found.List) == 0:
		fmt.Fprintf(w, "It fails without any of the %d frame faults (%s): the wires have nothing to do with it.\n", found.From, runs(found.Runs))
	case found.Minimal:
		fmt.Fprintf(w, "Of %d frame faults %d are enough (%s); none of them can be left out.\n", found.From, len(found.List), runs(found.Runs))
	case interrupted:
		fmt.Fprintf(w, "Of %d frame faults %d are enough; interrupted after %s, there may be fewer.\n", found.From, len(found.List), runs(found.Runs))
	default:
		fmt.Fprintf(w, "Of %d frame faults %d are enough; there may be fewer, but the budget of %s is used up.\n", found.From, len(found.List), runs(found.Runs))
	}
	fmt.Fprintf(w, "With them, at %v of virtual time:\n", found.Result.Virtual)
	for _, f := range found.Result.Failures {
		fmt.Fprintf(w, "FAILED %s: %s\n", f.Expect, f.Text)
	}
	fmt.Fprintf(w, "\nIn the scenario:\n\n%s\nIn a Go test, for simtest.Config.Faults:\n\n%s\n", indent(found.YAML()), indent(found.Go()))
	faults := found.Scenario.Faults
	if len(faults) > maxOnLine {
		fmt.Fprint(w, "With these faults in the scenario, ")
		faults = nil
	}
	fmt.Fprintf(w, "replay: %s\n", o.replay(file, found.Result.Seed, faults))
}

// maxOnLine is how many frame faults a command has at most.
const maxOnLine = 50

// runs is a number of runs in words.
func runs(n int) string {
	if n == 1 {
		return "1 run"
	}
	return fmt.Sprintf("%d runs", n)
}

// indent moves a text to the right.
func indent(text string) string {
	return "  " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n  ") + "\n"
}

// printShrunkJSON prints what was found as a line of JSON.
func printShrunkJSON(w io.Writer, o options, file string, found *scenario.Shrunk) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false) // faults and commands have > in them
	return e.Encode(struct {
		Scenario string             `json:"scenario"`
		Seed     uint64             `json:"seed"`
		Failure  scenario.Failure   `json:"failure"`
		Recorded int                `json:"recorded"`
		Faults   []fault.FrameFault `json:"faults"`
		Minimal  bool               `json:"minimal"`
		Runs     int                `json:"runs"`
		Replay   string             `json:"replay"`
		Result   *scenario.Result   `json:"result"`
	}{
		found.Result.Scenario, found.Result.Seed, found.Failure, found.From, found.Scenario.Faults, found.Minimal, found.Runs,
		o.replay(file, found.Result.Seed, found.Scenario.Faults), found.Result,
	})
}
