package link_test

import (
	"math"
	"testing"
	"time"

	"netxsim/sim"
	"netxsim/sim/link"
)

// TestConfigCheck has wires that cannot be meant.
func TestConfigCheck(t *testing.T) {
	for _, tt := range []struct {
		config link.Config
		want   string
	}{
		{link.Config{Loss: -0.1}, "link: wire lan: Loss is -0.1, want a probability from 0 to 1"},
		{link.Config{Loss: 5}, "link: wire lan: Loss is 5, want a probability from 0 to 1"},
		{link.Config{Loss: math.NaN()}, "link: wire lan: Loss is NaN, want a probability from 0 to 1"},
		{link.Config{Latency: -time.Second}, "link: wire lan: Latency is -1s, want 0 or more"},
		{link.Config{Bandwidth: -1}, "link: wire lan: Bandwidth is -1, want 0 or more"},
		{link.Config{Queue: -1}, "link: wire lan: Queue is -1, want 0 or more"},
		{link.Config{MTU: -1}, "link: wire lan: MTU is -1, want 0 or more"},
	} {
		c := tt.config
		c.Name = "lan"
		if got := panics(func() { link.New(sim.New(sim.Config{}), c) }); got != tt.want {
			t.Errorf("panic %v, want %s", got, tt.want)
		}
		w := link.New(sim.New(sim.Config{}), link.Config{Name: "lan"})
		got := panics(func() {
			w.SetLoss(c.Loss)
			w.SetLatency(c.Latency)
			w.SetBandwidth(c.Bandwidth)
			w.SetQueue(c.Queue)
			w.SetMTU(c.MTU)
		})
		if got != tt.want {
			t.Errorf("changed later: panic %v, want %s", got, tt.want)
		}
	}
}

// panics returns what f panics with.
func panics(f func()) (value any) {
	defer func() { value = recover() }()
	f()
	return nil
}
