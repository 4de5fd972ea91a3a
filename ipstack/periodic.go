package ipstack

import "netxsim/sim"

// Ticks at 100 a second: see [IP.ticks].
const (
	periodicTicks = 100 // NX_IP_PERIODIC_RATE: a second
	fastTicks     = 10  // NX_IP_FAST_TIMER_RATE: ten times a second
)

// A periodicClock beats in the IP thread, on the beat it has kept since the
// instance was created, while something of the instance waits for it.
type periodicClock struct {
	ip      *IP
	period  uint32      // ticks
	beat    func() bool // one period has passed; reports whether to go on
	timer   *sim.Timer
	ticking bool
	began   uint32 // tick at which it began
}

func (c *periodicClock) init(ip *IP, name string, period uint32, beat func() bool) {
	*c = periodicClock{ip: ip, period: period, beat: beat, began: ip.kernel.Ticks()}
	timer, err := ip.kernel.NewTimer(sim.TimerConfig{
		Name:         ip.name + " " + name,
		Initial:      period,
		Reschedule:   period,
		DontActivate: true,
		Expired:      func() { ip.post(work{run: c.expired}) },
	})
	if err != nil {
		panic(err) // the ticks are constants, the context can create
	}
	c.timer = timer
}

// need starts the clock.
func (c *periodicClock) need() {
	if c.ticking {
		return
	}
	c.ticking = true
	since := (c.ip.kernel.Ticks() - c.began) % c.period
	if err := c.timer.Change(c.period-since, c.period); err != nil {
		panic(err) // the ticks are never 0
	}
	c.timer.Activate()
}

func (c *periodicClock) expired() {
	if c.ticking && !c.beat() {
		c.stop()
	}
}

func (c *periodicClock) stop() {
	c.ticking = false
	c.timer.Deactivate()
}

// second lets a second pass, and reports whether anything waits for the next.
func (ip *IP) second() bool {
	busy := ip.arp.second()
	busy = ip.rarp.second() || busy
	busy = ip.igmp.second() || busy
	busy = ip.assembly.second() || busy
	return ip.ipv6.second() || busy
}

// defaultRate is NX_IP_PERIODIC_RATE unless the target has another.
const defaultRate = 100

// ticks returns how many ticks so many are that are meant for 100 a second.
func (ip *IP) ticks(n uint32) uint32 {
	if rate := ip.target.PeriodicRate; rate != 0 {
		return max(1, n*rate/defaultRate)
	}
	return n
}
