package scenario

import (
	"time"

	"netxsim/sim"
	"netxsim/sim/link"
)

// newWire makes a wire of a scenario.
func newWire(kernel *sim.Kernel, w *Wire) *link.Wire {
	wire := link.New(kernel, link.Config{
		Name:      w.Name,
		Latency:   time.Duration(w.Latency),
		Bandwidth: int64(w.Rate),
		MTU:       int(w.MTU),
		Loss:      w.Loss.Share(),
	})
	return wire
}

// wireResult returns what a wire has counted.
func wireResult(w *link.Wire) WireResult {
	c := w.Counters()
	return WireResult{
		Name: w.Name(), Frames: c.Frames, Bytes: c.Bytes, Delivered: c.Delivered,
		Lost: c.Lost, TooLong: c.TooLong, Unknown: c.Unknown,
	}
}
