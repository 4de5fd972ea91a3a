package run

import (
	"context"
	"errors"
	"fmt"
	"os"

	"netxsim/cmd/netxsim/internal/cli"
	"netxsim/sim/report"
	"netxsim/sim/scenario"
	"netxsim/sim/sizing"
)

// resize returns the scenario with the pools of the flag.
func (o *options) resize(made *scenario.Scenario) (*scenario.Scenario, error) {
	if o.pools == nil {
		return made, nil
	}
	if n := len(made.Pools()); n != len(o.pools) {
		return nil, fmt.Errorf("sizes of %d pools for a scenario with %d", len(o.pools), n)
	}
	made = sizing.Resize(made, o.pools)
	return made, made.Check()
}

// writeReport writes the page, if one is asked for.
func (o *options) writeReport(r *report.Report) error {
	if o.report == "" {
		return nil
	}
	return WritePage(o.report, r)
}

// WritePage writes a report into a file.
func WritePage(name string, r *report.Report) error {
	f, err := os.Create(name)
	if err != nil {
		return cli.BadInput(fmt.Errorf("--report: %w", err))
	}
	return errors.Join(r.WriteHTML(f), f.Close())
}

// writeSum writes the page of many seeds, for which the worst is run again.
func (o *options) writeSum(ctx context.Context, sum *summary, made *scenario.Scenario) error {
	if o.report == "" || sum.Runs == 0 {
		return nil
	}
	page := &report.Report{Scenario: made, File: sum.file, Sweep: &sum.Summary}
	worst, err := Draw(ctx, made, sum.Worst())
	if err != nil && ctx.Err() == nil {
		return err
	}
	if err == nil {
		page.Runs = []report.Run{{
			Title: fmt.Sprintf("Seed %d, the worst", worst.Seed), Sizes: o.pools, Result: worst,
			Text: "The first seed that fails, or else the one that left the fewest packets free.",
		}}
	}
	return o.writeReport(page)
}

// Draw runs a scenario with all that a report draws.
func Draw(ctx context.Context, s *scenario.Scenario, seed uint64) (*scenario.Result, error) {
	return scenario.Run(s, scenario.Options{Seed: seed, Context: ctx, Series: true, Sequence: true})
}
