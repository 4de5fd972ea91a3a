package scenario

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netxsim/sim/link/fault"
	"netxsim/sim/shrink"
)

// noisy is a scenario whose wire does everything that it can.
const noisy = `
wires:
  - {name: lan, rate: 10Mbit/s, latency: 1ms, jitter: 300us, loss: 3%, duplicate: 5%, reorder: 5%, corrupt: 2%, burst: {enter: 0.3%, leave: 30%}}
hosts:
  - {name: a, pools: [{payload: 1536, packets: 40}]}
  - {name: b, kind: plain}
workloads:
  - {kind: tcp, from: a, to: b, size: 60kB, window: 8760}
`

// TestReplay checks that a run with the frame faults of another is the same run.
func TestReplay(t *testing.T) {
	s := parsed(t, noisy)
	recorded := run(t, s, Options{Seed: 3, Faults: true})
	if len(recorded.Faults) < 20 {
		t.Fatalf("%d frame faults", len(recorded.Faults))
	}
	s.Faults = recorded.Faults
	again := run(t, s, Options{Seed: 3, Faults: true})
	if again.FrameHash != recorded.FrameHash || again.Virtual != recorded.Virtual {
		t.Errorf("frames %s until %v, want %s until %v", again.FrameHash, again.Virtual, recorded.FrameHash, recorded.Virtual)
	}
	if diff := cmp.Diff(recorded.Faults, again.Faults); diff != "" {
		t.Errorf("recorded again (-want +got):\n%s", diff)
	}
}

// TestNoFaults tells an empty list of faults, with which a wire does nothing, from none.
func TestNoFaults(t *testing.T) {
	chance, empty := parsed(t, noisy), parsed(t, "faults: []\n"+noisy)
	if chance.Hash() == empty.Hash() {
		t.Error("both have the same hash")
	}
	for name, s := range map[string]*Scenario{"read": empty, "cloned": empty.Clone(), "written": parsed(t, string(empty.YAML()))} {
		if r := run(t, s, Options{Seed: 3, Faults: true}); r.Faults != nil || r.Wires[0].Lost != 0 {
			t.Errorf("%s: %d frame faults, %d frames lost", name, len(r.Faults), r.Wires[0].Lost)
		}
	}
}

// TestShrink finds what makes runs fail.
func TestShrink(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		seed       uint64
		expect     string // that fails
		faults     int    // left
	}{
		{"a session takes long for one frame", noisy + "expect: {session: 60ms}\n", 3, "session", 1},
		{"the wires have nothing to do with it", noisy + "expect: {session: 1ms}\n", 3, "session", 0},
		{"several expectations, the first counts", noisy + "expect: {session: 60ms, finish: 1ms}\n", 3, "session", 1},
		{"datagrams are lost", `
wires: [{name: lan, loss: 20%, jitter: 1ms}]
hosts: [{name: a, kind: plain}, {name: b, kind: plain}]
workloads: [{kind: udp, from: a, to: b, count: 50}]
expect: {complete: false, intact: false, udp_loss: 5%}
`, 1, "udp_loss", 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := parsed(t, tt.text)
			before := s.Hash()
			found, err := Shrink(s, Options{Seed: tt.seed}, shrink.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if found.Failure.Expect != tt.expect || len(found.List) != tt.faults || !found.Minimal || found.From < 10 {
				t.Errorf("%s: %v", found.Failure.Text, found)
			}
			if s.Hash() != before || s.Faults != nil {
				t.Error("the scenario has been changed")
			}
			again := parsed(t, found.YAML()+tt.text)
			if again.Hash() != found.Scenario.Hash() || again.Hash() != found.Result.Hash {
				t.Error("the YAML means another scenario")
			}
			if r := run(t, again, Options{Seed: tt.seed}); !r.failsLike(&found.Failure) || r.FrameHash != found.Result.FrameHash {
				t.Errorf("the replay fails otherwise: %v", r.Failures)
			}
		})
	}
}

func TestShrinkPasses(t *testing.T) {
	if _, err := Shrink(parsed(t, noisy), Options{Seed: 3}, shrink.Options{}); !errors.Is(err, shrink.ErrPasses) {
		t.Errorf("error %v", err)
	}
}

// TestShrinkInterrupted ends a search with what it knows.
func TestShrinkInterrupted(t *testing.T) {
	s := parsed(t, noisy+"expect: {session: 60ms}\n")
	ctx, stop := context.WithCancel(t.Context())
	found, err := Shrink(s, Options{Seed: 3, Context: ctx}, shrink.Options{Progress: func(p shrink.Progress) {
		if p.Best < p.From {
			stop()
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	if found.Minimal || len(found.List) >= found.From || !found.Result.failsLike(&found.Failure) {
		t.Errorf("%v, %v", found, found.Result.Failures)
	}
	if _, err := Shrink(s, Options{Seed: 3, Context: ctx}, shrink.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("begun after the end: %v", err)
	}
}

// TestFaultNames wants frame faults to be about what there is.
func TestFaultNames(t *testing.T) {
	s := parsed(t, noisy)
	s.Faults = fault.MustParse("lan a>b 1 drop", "wan a>b 1 drop", "lan a>c 1 drop", `lan "a IF1">b 2 drop`)
	err := s.Check()
	if err == nil {
		t.Fatal("no error")
	}
	want := []string{`scenario: faults[1]: there is no wire "wan"`, `scenario: faults[2]: there is no host "c"`}
	if diff := cmp.Diff(want, strings.Split(err.Error(), "\n")); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
}
