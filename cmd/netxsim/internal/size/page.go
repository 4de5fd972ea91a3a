package size

import (
	"context"
	"fmt"

	"netxsim/cmd/netxsim/internal/run"
	"netxsim/sim/report"
	"netxsim/sim/scenario"
	"netxsim/sim/sizing"
)

// writePage writes the report of an advice, with maps of all pools that may be changed, and runs that explain it. What an
// interrupt keeps from being run is left out.
func writePage(ctx context.Context, name, file string, s *scenario.Scenario, a *sizing.Advice, o sizing.Options) error {
	page := &report.Report{Scenario: s, File: file, Advice: a}
	for i, p := range a.Pools {
		if p.Fixed || ctx.Err() != nil {
			continue
		}
		m, err := sizing.NewMap(ctx, s, a, i, o)
		if err != nil && ctx.Err() == nil {
			return err
		}
		if err == nil {
			page.Maps = append(page.Maps, m)
		}
	}
	for _, d := range telling(s, a) {
		r, err := run.Draw(ctx, sizing.Resize(s, d.Sizes), d.seed)
		if ctx.Err() != nil {
			break
		}
		if err != nil {
			return err
		}
		d.Result = r
		page.Runs = append(page.Runs, d.Run)
	}
	return run.WritePage(name, page)
}

// A drawn is a run to be drawn, before it is made.
type drawn struct {
	report.Run
	seed uint64
}

// telling are the runs that explain an advice: that of the recommended pools that came closest to empty, and for each pool
// the first that fails with one packet less; without a recommendation that of today's pools.
func telling(s *scenario.Scenario, a *sizing.Advice) []drawn {
	if len(a.Pools) == 0 {
		return []drawn{{report.Run{Title: "The pools of today", Sizes: sizing.SizesOf(s)}, 1}}
	}
	worst := a.Pools[0]
	sizes := make(sizing.Sizes, len(a.Pools))
	for i, p := range a.Pools {
		sizes[i] = sizing.PoolSize{Payload: p.Payload, Packets: p.Packets}
		if p.Lowest < worst.Lowest {
			worst = p
		}
	}
	list := []drawn{{report.Run{
		Title: "The recommended pools", Sizes: sizes, Text: fmt.Sprintf("Seed %d, with which the fewest packets were free.", worst.Seed),
	}, worst.Seed}}
	for _, r := range a.Smaller {
		list = append(list, drawn{report.Run{
			Title: "One packet less: " + r.Sizes.String(), Sizes: r.Sizes, Text: fmt.Sprintf("%d of %d seeds fail; this is the first of them.", r.Failed, r.Of),
		}, r.Seed})
	}
	return list
}
