package threadx

import (
	"runtime"
	"testing"

	"go.uber.org/goleak"

	"netxsim/test/conformance"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestAnyNumberOfProcessors replays all vectors with several values of GOMAXPROCS. The log is compared entry by entry, so
// that nothing may depend on how goroutines are scheduled.
func TestAnyNumberOfProcessors(t *testing.T) {
	cases, err := conformance.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for _, n := range []int{1, 2, 8} {
		runtime.GOMAXPROCS(n)
		played := 0
		for _, c := range cases {
			if c.Suite != "threadx" {
				continue
			}
			if testing.Short() && played >= 100 {
				break
			}
			played++
			if diff, skip := Replay(c.Raw); diff != "" || skip != "" {
				t.Errorf("GOMAXPROCS %d: %s: %s%s", n, c.Name, skip, diff)
			}
		}
		if played == 0 {
			t.Error("no vectors")
		}
	}
}

func TestWhatCannotBeReplayed(t *testing.T) {
	tests := []struct{ name, raw, diff, skip string }{
		{"no JSON", `{"horizon":`, "parse vector: unexpected end of JSON input", ""},
		{"profile", `{"profile":"pdp11"}`, "", `profile "pdp11"`},
		{"operation", `{"profile":"lp64","init":[{"op":"rocket_launch"}],"log":[],"final":{"tick":0}}`, "", "operation rocket_launch"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff, skip := Replay([]byte(tt.raw)); diff != tt.diff || skip != tt.skip {
				t.Errorf("diff %q, skip %q; want %q, %q", diff, skip, tt.diff, tt.skip)
			}
		})
	}
	if diff, _ := Replay([]byte(`{"profile":"lp64","log":[],"final":{"tick":7}}`)); diff == "" {
		t.Error("a wrong final state does not show")
	}
}

func BenchmarkReplay(b *testing.B) {
	cases, err := conformance.Embedded()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		for _, c := range cases {
			if c.Suite == "threadx" {
				Replay(c.Raw)
			}
		}
	}
}
