package link

import (
	"bytes"
	"time"
)

// A Fault changes what becomes of a delivery when the frame is sent: it loses copies, delays them, changes
// their bytes, makes further ones. Faults are asked in the order they were added, each sees what those before it have done, and
// all of them are asked for every delivery, also for one that is lost already. A fault must not send on the wire, and must not
// keep the fate. Package netxsim/sim/link/fault has the usual ones.
type Fault func(f *Fate)

// A Fate is what becomes of a frame on its way from one port to another. It is valid until the
// fault returns.
type Fate struct {
	Delivery
	// Arrives is the time from now until the frame would arrive without faults.
	Arrives time.Duration
	// Copies are what arrives: one to begin with, the frame itself. What a fault adds is behind it, in the order of addition.
	Copies []Copy
}

// A Copy is a frame as one port will get it.
type Copy struct {
	// Frame is as it will arrive. It is read only: see Fate.Edit.
	Frame []byte
	// Delay is how much later than Fate.Arrives it will arrive. The sum is at least a microsecond.
	Delay time.Duration
	// Lost says that it will not arrive.
	Lost bool

	flight                        *flight // whose buffer the frame is in; nil if it is the sender's
	lost, made, delayed, modified string  // who has done that last
}

// Drop loses copy i. The cause, here and below, is for observers: the name of the fault, or "".
func (f *Fate) Drop(i int, cause string) { f.Copies[i].Lost, f.Copies[i].lost = true, cause }

// Delay has copy i arrive later by d.
func (f *Fate) Delay(i int, d time.Duration, cause string) {
	f.Copies[i].Delay += d
	f.Copies[i].delayed = cause
}

// Duplicate adds a copy like copy i that arrives later than that by after. It returns the index of the new one.
func (f *Fate) Duplicate(i int, after time.Duration, cause string) int {
	c := f.Copies[i]
	twin := Copy{Frame: c.Frame, Delay: c.Delay + after, Lost: c.Lost, lost: c.lost, made: cause, delayed: c.delayed, modified: c.modified}
	if after != 0 {
		twin.delayed = cause
	}
	if c.flight != nil {
		twin.flight = f.Wire.take()
		twin.flight.frame = append(twin.flight.frame[:0], c.Frame...)
		twin.Frame = twin.flight.frame
	}
	f.Copies = append(f.Copies, twin)
	return len(f.Copies) - 1
}

// Edit returns the bytes of copy i to be changed. They are valid until the fault returns, and belong to this
// copy alone.
func (f *Fate) Edit(i int, cause string) []byte {
	c := &f.Copies[i]
	if c.flight == nil {
		c.flight = f.Wire.take()
		c.flight.frame = append(c.flight.frame[:0], c.Frame...)
		c.Frame = c.flight.frame
	}
	c.modified = cause
	return c.Frame
}

// Truncate cuts copy i to n bytes, but not below the Ethernet header, if it is longer.
func (f *Fate) Truncate(i, n int, cause string) {
	if n = max(n, HeaderLen); n < len(f.Copies[i].Frame) {
		f.Edit(i, cause)
		c := &f.Copies[i]
		c.flight.frame = c.flight.frame[:n]
		c.Frame = c.flight.frame
	}
}

// Changed reports whether copy i differs from the frame that was sent.
func (f *Fate) Changed(i int) bool {
	return f.Copies[i].flight != nil && !bytes.Equal(f.Copies[i].Frame, f.Frame)
}

// AddFault adds a fault behind the ones there are. Faults come behind the rules, and before the loss of the wire;
// a frame that a rule has decided about they see too.
func (w *Wire) AddFault(f Fault) { w.faults = append(w.faults, f) }

// Instead has f alone judge what is sent from now on: rules, faults and loss are not asked. Nil gives it back to them. It is
// for replaying what they have done in another run.
func (w *Wire) Instead(f Fault) { w.instead = f }

// ObserveFates calls f with the fate of every delivery, when all faults have been asked. f must not change it.
func (w *Wire) ObserveFates(f func(*Fate)) { w.fateObservers = append(w.fateObservers, f) }

// plain reports whether a delivery is a matter for rules and loss only.
func (w *Wire) plain() bool {
	return len(w.faults) == 0 && len(w.fateObservers) == 0 && w.instead == nil
}

// deliverFate lets rules, faults and loss decide about a frame for one receiver and schedules what arrives.
func (w *Wire) deliverFate(from, to *Port, frame []byte, delay time.Duration) {
	f := w.fate
	if f == nil {
		f = new(Fate)
	}
	w.fate = nil // whoever sends from a fault all the same gets another one
	f.Delivery = Delivery{Wire: w, From: from, To: to, Frame: frame, Number: w.number}
	f.Arrives = delay
	f.Copies = append(f.Copies[:0], Copy{Frame: frame})
	w.decide(f)
	for _, observe := range w.fateObservers {
		observe(f)
	}
	for i := range f.Copies {
		w.dispatch(f, i)
	}
	f.Delivery = Delivery{}
	clear(f.Copies)
	w.fate = f
}

// decide asks whoever has a say in a fate.
func (w *Wire) decide(f *Fate) {
	if w.instead != nil {
		w.instead(f)
		return
	}
	decided := w.rule(f)
	for _, fault := range w.faults {
		fault(f)
	}
	if decided {
		return
	}
	for i := range f.Copies {
		if !f.Copies[i].Lost && w.Chance(w.cfg.Loss) {
			f.Drop(i, "loss")
		}
	}
}

// rule asks the rules and reports whether one has decided.
func (w *Wire) rule(f *Fate) bool {
	for _, r := range w.rules {
		v := r(f.Delivery)
		if !v.decided {
			continue
		}
		if v.drop {
			f.Drop(0, "")
		} else {
			f.Copies[0].Delay += v.delay
		}
		return true
	}
	return false
}

// dispatch records what has happened to copy i and sends it on its way.
func (w *Wire) dispatch(f *Fate, i int) {
	c := &f.Copies[i]
	e := FrameEvent{From: f.From, To: f.To, Frame: c.Frame, Number: f.Number, Copy: i}
	changed := f.Changed(i)
	if i > 0 {
		w.counters.Duplicated++
		e.Kind, e.Cause = Duplicated, c.made
		w.record(e)
	}
	if c.Lost {
		if c.flight != nil {
			w.give(c.flight)
		}
		e.Cause, e.Frame = c.lost, f.Frame
		w.lose(e)
		return
	}
	if changed {
		w.counters.Changed++
		e.Kind, e.Cause = Changed, c.modified
		w.record(e)
	}
	if c.Delay != 0 {
		w.counters.Delayed++
		e.Kind, e.Delay, e.Cause = Delayed, c.Delay, c.delayed
		w.record(e)
	}
	fly := c.flight
	if fly == nil {
		fly = w.take()
		fly.frame = append(fly.frame[:0], c.Frame...)
	}
	fly.from, fly.to, fly.number, fly.copy, fly.changed, fly.cause = f.From, f.To, f.Number, i, changed, c.made
	if changed {
		fly.cause = c.modified
	}
	fly.event.Reset(max(f.Arrives+c.Delay, minLatency))
}
