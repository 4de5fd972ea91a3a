package ipstack

import "netxsim/sim"

// periodicTicks is NX_IP_PERIODIC_RATE: a second.
const periodicTicks = 100

// A periodicClock beats once a second, on the beat it has kept since the
// instance was created, while something of the instance waits for it.
type periodicClock struct {
	ip      *IP
	timer   *sim.Timer
	ticking bool
	began   uint32 // tick at which it began
}

func (c *periodicClock) init(ip *IP) {
	c.ip, c.began = ip, ip.kernel.Ticks()
	timer, err := ip.kernel.NewTimer(sim.TimerConfig{
		Name:         ip.name + " periodic timer",
		Initial:      periodicTicks,
		Reschedule:   periodicTicks,
		DontActivate: true,
		Expired:      func() { ip.post(work{run: c.beat}) },
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
	since := (c.ip.kernel.Ticks() - c.began) % periodicTicks
	if err := c.timer.Change(periodicTicks-since, periodicTicks); err != nil {
		panic(err) // the ticks are never 0
	}
	c.timer.Activate()
}

// beat is one second, in the IP thread.
func (c *periodicClock) beat() {
	if !c.ticking {
		return
	}
	busy := c.ip.arp.second()
	busy = c.ip.rarp.second() || busy
	busy = c.ip.igmp.second() || busy
	busy = c.ip.assembly.second() || busy
	busy = c.ip.ipv6.second() || busy
	if !busy {
		c.stop()
	}
}

func (c *periodicClock) stop() {
	c.ticking = false
	c.timer.Deactivate()
}
