package sizing

import (
	"context"
	"errors"
	"fmt"

	"netxsim/sim/scenario"
	"netxsim/sim/sweep"
)

// Enough runs s with seeds 1 to seeds and returns nil if all expectations are met every time, else an error that names the
// first seed that fails, why, when, and who held the packets. It is for tests of firmware:
//
//	s, err := scenario.LoadFile("testdata/download.yaml")
//	…
//	if err := sizing.Enough(t.Context(), sizing.WithPackets(s, "device", 12), 20); err != nil {
//		t.Error(err)
//	}
func Enough(ctx context.Context, s *scenario.Scenario, seeds int) error {
	list := sweep.Seeds(1, seeds)
	results, err := sweep.Run(ctx, s, list, 0, sweep.Simulate, nil)
	if err != nil {
		return err
	}
	for i, r := range results {
		if o := OutcomeOf(r); !o.Passed() {
			f := o.Failures[0]
			text := fmt.Sprintf("sizing: %v: seed %d fails at %s: %s", SizesOf(s), list[i], seconds(f.At), f.Text)
			for _, e := range o.empties(spaceOf(s, nil).Pools) {
				text += fmt.Sprintf("; %s empty from %s on, held by %s", e.Pool, seconds(e.At), e.Holders)
			}
			return errors.New(text)
		}
	}
	return nil
}

// WithPackets returns a copy of s in which the pool of that name has so many packets. It panics if s has no such pool.
func WithPackets(s *scenario.Scenario, pool string, packets int) *scenario.Scenario {
	c := s.Clone()
	for _, p := range c.Pools() {
		if p.Name == pool || poolName(p) == pool {
			p.Packets = packets
			return c
		}
	}
	panic(fmt.Sprintf("sizing: %s has no pool %q", s.Name, pool))
}
