package sim_test

import (
	"testing"

	"netxsim/netx/status"
	"netxsim/sim"
)

func TestWaitersOnForgetsAbortedWaitsAtOnce(t *testing.T) {
	k := sim.New(sim.Config{})
	_, err := k.Run(func() {
		entry := func() { _ = k.Wait("key", sim.WaitForever, status.NoPacket) }
		first, _ := k.NewThread(sim.ThreadConfig{Name: "first", Priority: 20, Entry: entry})
		_, _ = k.NewThread(sim.ThreadConfig{Name: "second", Priority: 21, Entry: entry, Daemon: true})
		_, _ = k.NewThread(sim.ThreadConfig{Name: "script", Priority: 10, Entry: func() {
			_ = k.Sleep(1)
			if got := k.WaitersOn("key"); got != 2 {
				t.Errorf("%d wait, want 2", got)
			}
			_ = first.WaitAbort()
			if got := k.WaitersOn("key"); got != 1 {
				t.Errorf("%d wait after the abort, want 1", got)
			}
			if got := k.WaitersOn("other"); got != 0 {
				t.Errorf("%d wait on another key, want 0", got)
			}
		}})
	})
	if err != nil {
		t.Fatal(err)
	}
}
