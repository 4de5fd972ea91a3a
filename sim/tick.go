package sim

import "time"

// idle lets virtual time pass to the next thing that happens and does it: a timer
// interrupt with something due, or an event. It returns false when the run is over.
func (k *Kernel) idle() bool {
	k.pulse()
	if k.current != nil {
		if k.tracer != nil {
			k.trace(TraceIdle, nil)
		}
		k.leaveSlice()
		k.current = nil
		k.run.onStage.Store(nil)
	}
	if k.finished() {
		return k.end(EndDone)
	}
	if k.enter() {
		return true
	}
	at, tick := k.due()
	horizon := int64(k.cfg.Horizon)
	switch {
	case horizon > 0 && (at > horizon || at < 0 && (k.cfg.UntilHorizon || k.outside.expected())):
		if !k.await(horizon) {
			return true
		}
		k.advance(horizon)
		return k.end(EndHorizon)
	case at < 0 && !k.outside.expected():
		return k.end(EndDeadlock)
	case k.await(at):
		k.happen(at, tick)
	}
	return true
}

// due returns the time of the next thing that happens, negative if nothing does, and whether
// it is a timer interrupt: at one instant, that comes before the events.
func (k *Kernel) due() (at int64, tick bool) {
	tickAt, ticks := k.nextTick()
	eventAt, events := k.events.next()
	switch {
	case ticks && (!events || tickAt <= eventAt):
		return tickAt, true
	case events:
		return eventAt, false
	}
	return -1, false
}

// happen lets time pass to at and does what is due then.
func (k *Kernel) happen(at int64, tick bool) {
	if !tick {
		k.advance(at)
		k.nextEvent()
		return
	}
	k.advance(at - 1)
	k.now.Store(max(at, k.now.Load()))
	k.Interrupt(k.timerInterrupt)
}

// nextTick returns the time of the next timer interrupt on which something is due.
func (k *Kernel) nextTick() (at int64, ok bool) {
	n, ok := k.wheel.ahead()
	return int64(k.tickCount+n) * int64(k.tick), ok
}

// advance moves virtual time forward over timer interrupts on which nothing is due.
func (k *Kernel) advance(to int64) {
	if to <= k.now.Load() {
		return
	}
	k.now.Store(to)
	if passed := uint64(to)/uint64(k.tick) - k.tickCount; passed > 0 {
		k.tickCount += passed
		k.wheel.skip(passed)
		k.sliceTicks(passed)
	}
}

// timerInterrupt is the periodic interrupt: it counts the tick and readies the system timer
// thread if something is due. A running thread may keep that out; then the wheel stands still.
func (k *Kernel) timerInterrupt() {
	k.tickCount++
	sliceOver := k.sliceTick()
	if k.wheel.interrupt() {
		k.makeReady(&k.timerThread)
	}
	if sliceOver {
		k.endSlice()
	}
}

// timerStep is a step of the system timer thread: it handles the next due entry, or
// suspends the thread when all are handled.
func (k *Kernel) timerStep() {
	w := &k.wheel
	if !w.taken {
		w.take()
		w.taken = true
	}
	e := w.pop()
	if e == nil {
		w.taken = false
		if !w.expired {
			k.timerThread.state = Suspended
			k.makeUnready(&k.timerThread)
		}
		return
	}
	if w.begin(e) {
		k.expire(e)
	}
	w.finish(e)
}

// expire does what the entry e is there for.
func (k *Kernel) expire(e *wheelEntry) {
	switch {
	case e.timer != nil:
		k.host(e.timer, e.timer.expired)
	case e.thread.state == Sleeping:
		k.makeReady(e.thread)
	default:
		k.timeOut(e.thread)
	}
}

// Busy makes the calling thread compute for d of virtual time. Ticks and events of
// that time come as interrupts: what they make ready preempts the thread, which then
// takes so much longer. Outside threads it does nothing.
func (k *Kernel) Busy(d time.Duration) {
	if !k.preemptible() {
		return
	}
	if k.cfg.Clock != nil {
		k.busyRealTime(d)
		return
	}
	for left := int64(d); left > 0; {
		k.pulse()
		now, tickAt := k.now.Load(), int64(k.tickCount+1)*int64(k.tick)
		at := min(now+left, tickAt)
		eventAt, events := k.events.next()
		if events = events && eventAt < at; events {
			at = max(eventAt, now)
		}
		if h := int64(k.cfg.Horizon); h > 0 && at > h && !k.cfg.UntilHorizon {
			k.advance(h)
			k.end(EndHorizon)
			k.park()
		}
		k.now.Store(at)
		left -= at - now
		switch {
		case events:
			k.nextEvent()
		case at == tickAt:
			k.Interrupt(k.timerInterrupt)
		}
	}
}

// busyRealTime is Busy on a clock: what is due in that time interrupts the thread.
func (k *Kernel) busyRealTime(d time.Duration) {
	end := k.Now() + d
	for now := k.Now(); now < end; now = k.Now() {
		until := end
		if at, _ := k.due(); at >= 0 {
			until = min(until, time.Duration(at))
		}
		k.cfg.Clock.Sleep(max(until, now), nil)
		k.catchUp()
		k.check()
	}
}

func (k *Kernel) nextEvent() {
	if e := k.events.pop(); e != nil {
		k.run.events++
		k.Interrupt(e.f)
	}
}
