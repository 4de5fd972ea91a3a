package host

import "time"

// StepClock puts the clock that Now reads forward by d, back if d is negative, as a wrong time server does. Deadlines that are
// set already stay where they are, as those of the Go runtime's monotonic clock do; new ones are compared with the new time. The
// stack's timers do not care. For goroutines it does nothing: their clock is that of package time. It is for the holder of the baton.
func (n *Net) StepClock(d time.Duration) { n.world.shift += d }
