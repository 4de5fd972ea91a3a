package soak

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"netxsim/sim/link"
	"netxsim/sim/link/fault"
	"netxsim/sim/shrink"
)

// Hunt runs a case that fails once more, with everything it says, and looks for the few things that have to happen to frames
// for it to fail in the same way, in so many runs at most. Of the options Strict counts. It returns what there is to print.
func Hunt(tb testing.TB, c Case, o Options, budget int) string {
	var b strings.Builder
	var recording *fault.Recording
	result, err := Run(tb, c, Options{Strict: o.Strict, Explain: true, Wires: func(wires []*link.Wire) { recording = fault.Record(wires...) }})
	if err != nil {
		return err.Error()
	}
	row, err := c.row()
	if err != nil {
		return err.Error()
	}
	fmt.Fprintf(&b, "faults %s, seed %d; to repeat: go test ./test/soak -run TestSoak %v\n%v%s", row.Name, c.Seed, c, result, result.Log)
	if len(result.Problems) == 0 {
		fmt.Fprintf(&b, "It did not fail again: it is not reproducible.\n")
		return b.String()
	}
	finding, err := Shrink(tb, c, o, recording.Faults(), result.Kinds(), budget)
	if err != nil {
		fmt.Fprintf(&b, "replaying what happened to %d frames: %v\n", len(recording.Faults()), err)
		return b.String()
	}
	fmt.Fprintf(&b, "%v\nfor Go:\n%s\nas YAML:\n%s\n", finding, finding.Go(), finding.YAML())
	return b.String()
}

// Shrink finds a short schedule of frame faults with which a case has a problem of one of the kinds.
func Shrink(tb testing.TB, c Case, o Options, list []fault.FrameFault, kinds []string, budget int) (shrink.Finding, error) {
	return shrink.Schedule(list, func(list []fault.FrameFault) bool {
		result, err := Run(tb, c, Options{Strict: o.Strict, Wires: func(wires []*link.Wire) { fault.Replay(list, wires...) }})
		return err == nil && slices.ContainsFunc(result.Kinds(), func(kind string) bool { return slices.Contains(kinds, kind) })
	}, shrink.Options{Budget: budget})
}
