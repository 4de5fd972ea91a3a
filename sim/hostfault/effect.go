package hostfault

import (
	"fmt"
	"strings"
	"time"

	"netxsim/packetpool"
	"netxsim/sim"
	"netxsim/sim/link"
)

// Freeze hangs a host as its peers see it: its ports neither receive nor send.
type Freeze struct {
	Wire  *link.Wire
	Ports []string // names; ports that are not there then are left out
	// Drop loses the frames that come and those the host sends. Otherwise they queue and go on afterwards.
	Drop bool
}

// String describes the effect.
func (f Freeze) String() string {
	text := strings.Join(f.Ports, ", ") + " hangs"
	if f.Drop {
		text += " and loses its frames"
	}
	return text
}

func (f Freeze) word() string { return "freeze" }

func (f Freeze) begin(_ *sim.Kernel, length time.Duration) (end func(), done bool) {
	ports := find(f.Wire, f.Ports)
	for _, p := range ports {
		p.Freeze(length, f.Drop)
	}
	return func() {
		for _, p := range ports {
			p.Freeze(0, false)
		}
	}, len(ports) > 0
}

func find(w *link.Wire, names []string) (ports []*link.Port) {
	for _, name := range names {
		if p := w.Port(name); p != nil {
			ports = append(ports, p)
		}
	}
	return ports
}

// Reboot takes a host off its wire, and puts it back when the time is over: frames on their way to it, and those it sends, are lost.
// What becomes of its programs is up to the hooks.
type Reboot struct {
	Wire  *link.Wire
	Ports []string // names; ports that are not there then are left out
	// Stop is called when the host goes down, with its ports off the wire: it ends programs and forgets connections. Nil means nothing to do.
	Stop func()
	// Start is called when it is back. Nil means nothing to do.
	Start func()
}

// String describes the effect.
func (r Reboot) String() string { return strings.Join(r.Ports, ", ") + " reboots" }

func (r Reboot) word() string { return "reboot" }

func (r Reboot) begin(*sim.Kernel, time.Duration) (end func(), done bool) {
	ports := find(r.Wire, r.Ports)
	for _, p := range ports {
		p.Detach()
	}
	call(r.Stop)
	return func() {
		for _, p := range ports {
			p.Reattach()
		}
		call(r.Start)
	}, len(ports) > 0 || r.Stop != nil
}

func call(f func()) {
	if f != nil {
		f()
	}
}

// Exhaust takes packets out of a pool, as a leak or another program would, and releases them when the time is over. It takes what is free when
// it begins, and never waits.
type Exhaust struct {
	Pool *packetpool.Pool
	// Packets is how many are taken, if there are so many. 0 means all.
	Packets uint32
	// Leave is how many are left free at least.
	Leave uint32
}

// String describes the effect.
func (e Exhaust) String() string {
	switch {
	case e.Packets > 0:
		return fmt.Sprintf("%d packets of pool %s are taken", e.Packets, e.Pool.Name())
	case e.Leave > 0:
		return fmt.Sprintf("all but %d packets of pool %s are taken", e.Leave, e.Pool.Name())
	}
	return fmt.Sprintf("all packets of pool %s are taken", e.Pool.Name())
}

func (e Exhaust) word() string { return "exhaust" }

func (e Exhaust) begin(*sim.Kernel, time.Duration) (end func(), done bool) {
	var taken []*packetpool.Packet
	for e.Pool.Available() > e.Leave && (e.Packets == 0 || len(taken) < int(e.Packets)) {
		packet, err := e.Pool.Allocate(0, sim.NoWait)
		if err != nil {
			break
		}
		packet.Hold(thief{})
		taken = append(taken, packet)
	}
	return func() {
		for _, packet := range taken {
			_ = packet.Release() // it is ours, so that there is nothing that could go wrong
		}
	}, len(taken) > 0
}

// thief holds the packets that Exhaust has taken.
type thief struct{}

// HolderName implements packetpool.Holder.
func (thief) HolderName() string { return "fault" }

// A Clock can be set wrong: that of a host.
type Clock interface {
	// StepClock puts the clock forward by d, back if d is negative.
	StepClock(d time.Duration)
}

// ClockStep has the clock of a host jump. When the time is over, if there is one, it jumps back.
type ClockStep struct {
	Name  string // of the host, for reports
	Clock Clock
	By    time.Duration
}

// String describes the effect.
func (c ClockStep) String() string { return fmt.Sprintf("the clock of %s jumps by %v", c.Name, c.By) }

func (c ClockStep) word() string { return "clock step" }

func (c ClockStep) begin(_ *sim.Kernel, length time.Duration) (end func(), done bool) {
	c.Clock.StepClock(c.By)
	if length == 0 {
		return nil, true
	}
	return func() { c.Clock.StepClock(-c.By) }, true
}

// TickStep has the system clock of the RTOS jump, which tx_time_get reads, by ticks; timers and waits do not care. When the time is
// over, if there is one, it jumps back.
type TickStep struct{ By int32 }

// String describes the effect.
func (t TickStep) String() string { return fmt.Sprintf("the system clock jumps by %d ticks", t.By) }

func (t TickStep) word() string { return "tick step" }

func (t TickStep) begin(k *sim.Kernel, length time.Duration) (end func(), done bool) {
	k.SetTicks(k.Ticks() + uint32(t.By))
	if length == 0 {
		return nil, true
	}
	return func() { k.SetTicks(k.Ticks() - uint32(t.By)) }, true
}

// Func does what the program wants, in event context.
type Func struct {
	Text  string // in words: "the server forgets its users"
	Begin func()
	End   func() // nil: nothing to do
}

// String describes the effect.
func (f Func) String() string { return f.Text }

func (f Func) word() string { return "change" }

func (f Func) begin(*sim.Kernel, time.Duration) (end func(), done bool) {
	call(f.Begin)
	return f.End, true
}
