package session

import (
	"time"

	"netxsim/sim"
)

// virtualClock gives log lines the simulation's time.
type virtualClock struct{ kernel *sim.Kernel }

// Now implements zapcore.Clock.
func (c virtualClock) Now() time.Time { return time.Time{}.Add(c.kernel.Now()) }

// NewTicker implements zapcore.Clock; nothing here buffers logs by time.
func (c virtualClock) NewTicker(d time.Duration) *time.Ticker { return time.NewTicker(d) }
