package netstack

import (
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"

	"netxsim/sim"
)

// clock is the kernel's virtual time as gVisor wants it.
type clock struct {
	kernel *sim.Kernel
	run    func(func())
}

// Now implements tcpip.Clock.
func (c *clock) Now() time.Time { return c.kernel.WallTime() }

// NowMonotonic implements tcpip.Clock. It starts above zero, which gVisor takes
// for "never".
func (c *clock) NowMonotonic() tcpip.MonotonicTime {
	return tcpip.MonotonicTime{}.Add(c.kernel.Now() + time.Second)
}

// AfterFunc implements tcpip.Clock.
func (c *clock) AfterFunc(d time.Duration, f func()) tcpip.Timer {
	return &timer{c.kernel.After(d, func() { c.run(f) })}
}

// timer is a kernel event as a tcpip.Timer.
type timer struct{ event *sim.Event }

// Stop implements tcpip.Timer.
func (t *timer) Stop() bool { return t.event.Stop() }

// Reset implements tcpip.Timer.
func (t *timer) Reset(d time.Duration) { t.event.Reset(d) }
