package sizing

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"netxsim/sim/scenario"
	"netxsim/sim/sweep"
)

// Evaluate returns an Evaluator for the pools of s, in the order of s.Pools, that runs copies of s. run nil means
// [sweep.Simulate]; others may remember results or fetch them from elsewhere.
func Evaluate(s *scenario.Scenario, run sweep.Runner) Evaluator {
	if run == nil {
		run = sweep.Simulate
	}
	return func(ctx context.Context, sizes Sizes, seed uint64) (Outcome, error) {
		result, err := run(ctx, Resize(s, sizes), seed)
		if err != nil {
			return Outcome{}, fmt.Errorf("pools %v, seed %d: %w", sizes, seed, err)
		}
		return OutcomeOf(result), nil
	}
}

// Resize returns a copy of s whose pools have the sizes, in the order of s.Pools.
func Resize(s *scenario.Scenario, sizes Sizes) *scenario.Scenario {
	c := s.Clone()
	for i, p := range c.Pools() {
		p.Payload, p.Packets = scenario.Bytes(sizes[i].Payload), sizes[i].Packets
	}
	return c
}

// SizesOf returns the sizes of the pools of s.
func SizesOf(s *scenario.Scenario) Sizes {
	var sizes Sizes
	for _, p := range s.Pools() {
		sizes = append(sizes, PoolSize{uint32(p.Payload), p.Packets})
	}
	return sizes
}

// OutcomeOf is what matters of a result.
func OutcomeOf(r *scenario.Result) Outcome {
	o := Outcome{Ended: true, Stuck: r.Deadlock, Lossless: true}
	for _, f := range r.Failures {
		o.Failures = append(o.Failures, Failure{Kind: f.Expect, Text: oneLine(f.Text), At: f.At, Holders: holders(f.Holders)})
	}
	for _, w := range r.Workloads {
		for _, s := range w.Sessions {
			o.Ended = o.Ended && s.Ended
			o.Completion = max(o.Completion, s.End)
			if text := oneLine(s.Error); text != "" && !slices.Contains(o.Errors, text) {
				o.Errors = append(o.Errors, text)
			}
		}
	}
	if !o.Ended {
		o.Completion = r.Virtual
	}
	for _, w := range r.Wires {
		o.Lossless = o.Lossless && w.Lost+w.Changed == 0
	}
	for i := range r.Pools {
		o.Pools = append(o.Pools, poolUse(&r.Pools[i]))
	}
	return o
}

// oneLine is an error's text in a line.
func oneLine(text string) string { return strings.ReplaceAll(text, "\n", "; ") }

func poolUse(p *scenario.PoolResult) PoolUse {
	use := PoolUse{
		Lowest: p.Lowest, LowestAt: p.LowestAt, Holders: holders(p.LowestHolders),
		EmptyRequests: p.EmptyRequests + p.Suspensions,
		UsedBytes:     p.PeakUsedBytes, HeldBytes: p.PeakHeldBytes,
		Leaked: p.Leaked, LeakHolders: holders(p.LeakedHolders),
	}
	switch {
	case p.EmptyRequests > 0:
		use.EmptyAt, use.EmptyHolders = p.FirstEmptyAt, holders(p.FirstEmptyHolders)
	case p.Suspensions > 0:
		use.EmptyAt, use.EmptyHolders = p.LongestSuspensionAt, holders(p.LongestSuspensionHolders)
	}
	for _, q := range p.Quiet {
		use.Quiet = append(use.Quiet, q.Free)
	}
	return use
}

// holders is a list of holders in words: "socket a receive queue 3, driver 2".
func holders(list []scenario.Holder) string {
	words := make([]string, len(list))
	for i, h := range list {
		words[i] = fmt.Sprintf("%s %d", h.Name, h.Packets)
	}
	return strings.Join(words, ", ")
}
