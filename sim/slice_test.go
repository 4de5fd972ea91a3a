package sim_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"netxsim/sim"
)

// TestTimeSlices has two threads of priority 10 compute for 6 ticks each, and notes who begins to compute for one.
func TestTimeSlices(t *testing.T) {
	tests := []struct {
		name   string
		a, b   sim.ThreadConfig
		during func(*sim.Kernel, *sim.Thread) // in thread a, after every tick of its own
		want   string
	}{
		{name: "none", want: "aaaaaabbbbbb"},
		{name: "of one tick", a: sim.ThreadConfig{TimeSlice: 1}, b: sim.ThreadConfig{TimeSlice: 1}, want: "abababababab"},
		{name: "of different length", a: sim.ThreadConfig{TimeSlice: 3}, b: sim.ThreadConfig{TimeSlice: 2}, want: "aaabbaaabbbb"},
		{name: "only the other", b: sim.ThreadConfig{TimeSlice: 2}, want: "aaaaaabbbbbb"},
		{name: "a threshold goes on", a: sim.ThreadConfig{TimeSlice: 1, PreemptionThreshold: 9}, b: sim.ThreadConfig{TimeSlice: 1}, want: "aaaaaabbbbbb"},
		{name: "fresh after a wait", a: sim.ThreadConfig{TimeSlice: 2}, b: sim.ThreadConfig{TimeSlice: 5},
			during: func(k *sim.Kernel, _ *sim.Thread) { k.Relinquish() }, want: "abbbbbabaaaa"},
		{name: "changed", a: sim.ThreadConfig{TimeSlice: 1},
			during: func(_ *sim.Kernel, a *sim.Thread) { a.ChangeTimeSlice(0) }, want: "abbbbbbaaaaa"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			k := sim.New(sim.Config{})
			log := ""
			start := func(name string, cfg sim.ThreadConfig, during func(*sim.Kernel, *sim.Thread)) {
				var self *sim.Thread
				cfg.Name, cfg.Priority = name, 10
				cfg.Entry = func() {
					for range 6 {
						log += name
						k.Busy(k.TickDuration())
						if during != nil {
							during(k, self)
						}
					}
				}
				self, _ = k.NewThread(cfg)
			}
			report, err := k.Run(func() {
				start("a", test.a, test.during)
				start("b", test.b, nil)
			})
			if err != nil || report.Now != 12*k.TickDuration() {
				t.Errorf("ran for %v: %v", report.Now, err)
			}
			if log != test.want {
				t.Errorf("%s computed, want %s", log, test.want)
			}
		})
	}
}

// TestTimeSliceLeft checks what is left of a slice when a more urgent thread interrupts it, and that it goes on with that.
func TestTimeSliceLeft(t *testing.T) {
	k := sim.New(sim.Config{})
	var worker *sim.Thread
	var left []string
	_, err := k.Run(func() {
		worker, _ = k.NewThread(sim.ThreadConfig{Name: "worker", Priority: 10, TimeSlice: 5, Entry: func() { k.Busy(4 * k.TickDuration()) }})
		_, _ = k.NewThread(sim.ThreadConfig{Name: "watch", Priority: 5, Entry: func() {
			for range 5 {
				left = append(left, fmt.Sprintf("%v %d", k.Now().Round(time.Millisecond), worker.Info().TimeSlice))
				_ = k.Sleep(1)
			}
		}})
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"0s 5", "10ms 4", "20ms 3", "30ms 2", "40ms 1"}, left); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
