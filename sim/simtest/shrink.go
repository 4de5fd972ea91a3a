package simtest

import (
	"context"
	"testing"
	"time"

	"netxsim/sim/link/fault"
	"netxsim/sim/shrink"
)

// Shrink is a test with a network in virtual time, as [New] makes it, that says which frame faults make it fail. It runs test
// once. When that fails, it runs it again and again, with parts of what the wires have done to single frames in place of chance, until
// it has as few frame faults as possible with which the test still fails. It fails then itself, with these
// for [Config].Faults, and with what the test prints with them.
//
// Test gets a testing.TB of its own in each run, by which it is judged, and runs on another goroutine; it may depend on nothing but the network. The runs take a
// thousand at most, and end in time for the deadline of go test.
func Shrink(t testing.TB, config Config, test func(t testing.TB, n *Net)) {
	t.Helper()
	s := &shrinking{t: t, config: config, test: test}
	first := s.run(config, false)
	switch {
	case first.skipped:
		t.Skip(first.output())
	case !first.failed:
		if text := first.output(); text != "" {
			t.Log(text)
		}
		return
	}
	ctx, stop := inTime(t)
	defer stop()
	found, err := shrink.Schedule(first.recorded, func(list []fault.FrameFault) bool {
		return s.run(s.replay(list), true).failed
	}, shrink.Options{Context: ctx})
	if err != nil {
		t.Errorf("%s\nsimtest: with the frame faults of this run in place of chance: %v", first.output(), err)
		return
	}
	last := s.run(s.replay(found.List), false)
	t.Errorf("simtest: %v\n\nto repeat it, give simtest.Config these Faults:\n\n%s\nwith them:\n%s", found, found.Go(), last.output())
}

// shrinking is a test that is run many times.
type shrinking struct {
	t      testing.TB
	config Config
	test   func(t testing.TB, n *Net)
}

// replay is the configuration with a list of frame faults.
func (s *shrinking) replay(list []fault.FrameFault) Config {
	c := s.config
	c.Faults = append([]fault.FrameFault{}, list...) // not nil, even without any
	return c
}

// run runs the test once. A quiet run says nothing about why it fails.
func (s *shrinking) run(config Config, quiet bool) *attempt {
	if quiet {
		config.NoCapture = true
	}
	a := &attempt{TB: s.t}
	a.run(func() {
		n := New(a, config)
		n.quiet = quiet
		a.Cleanup(func() { a.recorded = n.recording.Faults() })
		s.test(a, n)
	})
	return a
}

// inTime is a context that ends a tenth before the test's deadline, if it has one.
func inTime(t testing.TB) (context.Context, context.CancelFunc) {
	if limited, ok := t.(interface{ Deadline() (time.Time, bool) }); ok {
		if deadline, ok := limited.Deadline(); ok {
			left := time.Until(deadline)                       //netxlint:wallclock go test measures by it
			return context.WithTimeout(t.Context(), left*9/10) //netxlint:wallclock go test measures by it
		}
	}
	return context.WithCancel(t.Context())
}
