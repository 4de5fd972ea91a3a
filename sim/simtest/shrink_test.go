package simtest_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"netxsim/sim/link"
	"netxsim/sim/link/fault"
	"netxsim/sim/simtest"
)

// slowDownload is a test over a bad wire, which wants a download to take no longer than limit.
func slowDownload(limit time.Duration) func(t testing.TB, n *simtest.Net) {
	return func(t testing.TB, n *simtest.Net) {
		wire := n.Wire(link.Config{Latency: 5 * time.Millisecond}, fault.Jitter(time.Millisecond, true))
		wire.Inject(fault.Loss(0.05).When(fault.Match{Protocol: fault.TCP}), fault.Duplication(0.1, 0))
		server, device := n.Host("server", nil), n.Device("device", simtest.DeviceConfig{Packets: 16})
		n.Go("server", func() error { return listenAndUpload(server, 50_000) })
		n.Thread("client", func() error { return download(n, device, server.Addr(), 50_000) })
		if took := n.Run(); took > limit {
			t.Errorf("took longer than %v", limit)
		}
	}
}

// TestShrink has tests fail, and wants to hear of the frame faults that do it.
func TestShrink(t *testing.T) {
	for _, tt := range []struct {
		name   string
		config simtest.Config
		test   func(t testing.TB, n *simtest.Net)
		failed bool
		want   []string
		faults int // -1: it does not shrink
	}{
		{"passes", simtest.Config{}, slowDownload(time.Hour), false, nil, -1},
		{"one frame is enough", simtest.Config{Seed: 5}, slowDownload(400 * time.Millisecond), true, []string{
			"simtest: 1 of ", "took longer than 400ms", "seed 5; to repeat", "seed-5.pcapng",
		}, 1},
		{"fails at once", simtest.Config{}, func(t testing.TB, n *simtest.Net) { t.Fatal("no good") }, true, []string{
			"simtest: 0 of 0 frame faults are left after 1 runs", "no good",
		}, 0},
		{"panics", simtest.Config{}, func(t testing.TB, n *simtest.Net) { panic("boom") }, true, []string{"panic: boom", "shrink_test.go"}, 0},
		{"cleanup functions fail", simtest.Config{}, func(t testing.TB, n *simtest.Net) {
			t.Cleanup(func() { t.Error("second") })
			t.Cleanup(func() { t.Fatal("first") })
		}, true, []string{"first\nsecond\n"}, 0},
		{"a thread fails", simtest.Config{}, func(t testing.TB, n *simtest.Net) {
			n.Thread("hopeless", func() error { return errors.New("sad") })
			n.Run()
		}, true, []string{"thread hopeless: sad"}, 0},
		{"depends on something else", simtest.Config{}, func() func(t testing.TB, n *simtest.Net) {
			runs := 0
			return func(t testing.TB, n *simtest.Net) {
				if runs++; runs == 1 {
					t.Error("the first one")
				}
			}
		}(), true, []string{"the first one", "does not fail with the whole list"}, -1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			log, failed := record(t, func(t testing.TB) { simtest.Shrink(t, tt.config, tt.test) })
			if failed != tt.failed {
				t.Errorf("failed: %v, want %v:\n%s", failed, tt.failed, log)
			}
			for _, want := range tt.want {
				if !strings.Contains(log, want) {
					t.Errorf("%q is not in what it printed:\n%s", want, log)
				}
			}
			if tt.faults < 0 {
				return
			}
			tt.config.Faults = parseGo(t, log)
			if len(tt.config.Faults) != tt.faults {
				t.Errorf("%d frame faults, want %d:\n%s", len(tt.config.Faults), tt.faults, log)
			}
			if log, failed := record(t, func(t testing.TB) { simtest.Shrink(t, tt.config, tt.test) }); !failed {
				t.Errorf("with these faults it passes:\n%s", log)
			}
		})
	}
}

// parseGo reads the frame faults in what was printed.
func parseGo(t *testing.T, log string) []fault.FrameFault {
	t.Helper()
	_, text, found := strings.Cut(log, "fault.MustParse(")
	if !found {
		t.Fatalf("no frame faults:\n%s", log)
	}
	text, _, _ = strings.Cut(text, ")\n")
	var lines []string
	for line := range strings.Lines(text) {
		var s string
		if n, _ := fmt.Sscanf(strings.TrimSpace(line), "%q,", &s); n == 1 {
			lines = append(lines, s)
		}
	}
	return fault.MustParse(lines...)
}

// TestShrinkSkips wants a test that skips itself to be skipped.
func TestShrinkSkips(t *testing.T) {
	ran := false
	t.Run("inner", func(t *testing.T) {
		defer func() { ran = t.Skipped() }()
		simtest.Shrink(t, simtest.Config{}, func(t testing.TB, n *simtest.Net) { t.Skip("not here: this is what the test is about") })
	})
	if !ran {
		t.Error("not skipped")
	}
}
