package scenario

import (
	"fmt"
	"time"

	"netxsim/sim"
	"netxsim/sim/link"
	"netxsim/sim/link/fault"
)

// wire is a wire while a scenario runs, with its faults.
type wire struct {
	*link.Wire
	faults *fault.Set // nil for none
	lost   map[string]uint64
}

// Names of a wire's faults.
const (
	outageFault     = "outage"
	burstFault      = "burst"
	duplicateFault  = "duplicate"
	reorderFault    = "reorder"
	corruptFault    = "corrupt"
	jitterFault     = "jitter"
	bottleneckFault = "bottleneck"
)

// newWire makes a wire of a scenario.
func newWire(kernel *sim.Kernel, w *Wire) *wire {
	made := &wire{lost: map[string]uint64{}, Wire: link.New(kernel, link.Config{
		Name:      w.Name,
		Latency:   time.Duration(w.Latency),
		Bandwidth: int64(w.Rate),
		Queue:     int(w.Queue),
		MTU:       int(w.MTU),
		Loss:      w.Loss.Share(),
	})}
	if faults := w.faults(); len(faults) > 0 {
		made.faults = fault.Attach(made.Wire, faults...)
		made.Observe(made.observe)
	}
	return made
}

// faults returns what goes wrong on the wire besides loss.
func (w *Wire) faults() (all []fault.Fault) {
	for i, o := range w.Outages {
		all = append(all, o.fault().Named(fmt.Sprintf("%s %d", outageFault, i+1)))
	}
	add := func(yes bool, f fault.Fault, name string) {
		if yes {
			all = append(all, f.Named(name))
		}
	}
	burst := fault.Burst{ToBad: w.Burst.Enter.Share(), ToGood: w.Burst.Leave.Share(), Bad: w.Burst.Loss.Share()}
	add(w.Burst.Enter > 0, fault.BurstLoss(burst), burstFault)
	add(w.Corrupt > 0, fault.Corruption(w.Corrupt.Share()), corruptFault)
	add(w.Duplicate > 0, fault.Duplication(w.Duplicate.Share(), 0), duplicateFault)
	add(w.Jitter > 0, fault.Jitter(time.Duration(w.Jitter), false), jitterFault)
	add(w.Reorder > 0, fault.Reorder(w.Reorder.Share(), time.Duration(w.ReorderBy)), reorderFault)
	queue := fault.Queue{Rate: int64(w.Bottleneck.Rate), Bytes: int(w.Bottleneck.Queue)}
	add(queue.Rate > 0, fault.Fault{Do: queue}, bottleneckFault)
	return all
}

// fault returns the outage as a fault.
func (o *Outage) fault() fault.Fault {
	at, length, every := time.Duration(o.At), time.Duration(o.For), time.Duration(o.Every)
	if every == 0 {
		return fault.Outage(at, length)
	}
	return fault.Fault{
		If: fault.Check{
			Text: fmt.Sprintf("sent in the %v from %v on, and every %v after that", length, at, every),
			F: func(f *link.Fate, _ int) bool {
				now := f.Wire.Kernel().Now()
				return now >= at && (now-at)%every < length
			},
		},
		Do: fault.Drop{},
	}
}

// report returns what the wire has counted.
func (w *wire) report() WireResult {
	c := w.Counters()
	r := WireResult{
		Name: w.Name(), Frames: c.Frames, Bytes: c.Bytes, Delivered: c.Delivered, Lost: c.Lost,
		TooLong: c.TooLong, Unknown: c.Unknown, Duplicated: c.Duplicated, Changed: c.Changed, Delayed: c.Delayed,
	}
	if w.faults != nil {
		for _, counter := range w.faults.Counters() {
			r.Faults = append(r.Faults, FaultResult{counter.Name, counter.Hits, w.lost[counter.Name]})
		}
	}
	return r
}

// observe counts the frames that each fault has lost.
func (w *wire) observe(e link.FrameEvent) {
	if e.Kind == link.Lost && e.Cause != "" {
		w.lost[e.Cause]++
	}
}
