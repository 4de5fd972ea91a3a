package session

import (
	"time"

	"netxsim/sim"
)

// virtualClock gives log lines the simulation's time.
type virtualClock struct{ kernel *sim.Kernel }

// Now implements zapcore.Clock. A run begins at midnight; of which day does not show, but zap would not print the zero time.
func (c virtualClock) Now() time.Time { return time.Unix(0, 0).UTC().Add(c.kernel.Now()) }

// NewTicker implements zapcore.Clock; nothing here buffers logs by time.
func (c virtualClock) NewTicker(d time.Duration) *time.Ticker { return time.NewTicker(d) }
