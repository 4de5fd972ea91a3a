package sim

import "math/bits"

const (
	programPriority = MaxPriorities // the level of Go programs
	levels          = MaxPriorities + 1
)

// readyList holds the ready threads: a ring per priority, in the order they
// will run, and one bit per ring that is not empty.
type readyList struct {
	heads  [levels]*Thread
	filled uint64
	// claims has a bit for every priority whose first thread was interrupted
	// by a better one although it runs with a threshold. It keeps its threshold while
	// it is not running, until it runs again or leaves the front of its ring.
	claims uint64
}

// best returns the best priority that has a ready thread, 64 if there is none.
func (r *readyList) best() uint32 { return uint32(bits.TrailingZeros64(r.filled)) }

// push appends t to its priority's ring and reports whether the ring was empty.
func (r *readyList) push(t *Thread) bool {
	head := r.heads[t.priority]
	if head == nil {
		t.readyNext, t.readyPrev = t, t
		r.heads[t.priority] = t
		r.filled |= 1 << t.priority
		return true
	}
	tail := head.readyPrev
	tail.readyNext, head.readyPrev = t, t
	t.readyPrev, t.readyNext = tail, head
	return false
}

// remove takes t out of its ring. A claim of that priority ends if t was first.
func (r *readyList) remove(t *Thread) {
	p := t.priority
	first := r.heads[p] == t
	if t.readyNext == t {
		r.heads[p] = nil
		r.filled &^= 1 << p
	} else {
		t.readyNext.readyPrev = t.readyPrev
		t.readyPrev.readyNext = t.readyNext
		if first {
			r.heads[p] = t.readyNext
		}
	}
	if first {
		r.claims &^= 1 << p
	}
	t.readyNext, t.readyPrev = nil, nil
}

// choose returns the thread that should run after another has left: the first of the best
// priority, unless an interrupted thread's threshold keeps it out.
func (r *readyList) choose() *Thread {
	if r.filled == 0 {
		return nil
	}
	best := r.best()
	if r.claims != 0 {
		p := bits.TrailingZeros64(r.claims)
		if t := r.heads[p]; best >= t.threshold {
			r.claims &^= 1 << p
			return t
		}
	}
	return r.heads[best]
}

// claim notes that t is about to be interrupted by a better thread.
func (r *readyList) claim(t *Thread) {
	if t.threshold != t.priority {
		r.claims |= 1 << t.priority
	}
}

// makeReady ends whatever t was waiting for and puts it at the end of its
// priority's list; a pending suspension takes effect instead. Nobody is
// preempted yet: the caller follows up with check.
func (k *Kernel) makeReady(t *Thread) {
	k.wheel.cancel(&t.timer)
	if t.state == Ready {
		return
	}
	if t.suspendPending {
		t.suspendPending = false
		t.state = Suspended
		t.since = k.Now()
		return
	}
	if k.tracer != nil {
		k.trace(TraceReady, t)
	}
	t.state = Ready
	if !k.ready.push(t) {
		return
	}
	switch runner := k.next; {
	case runner == nil:
		k.next = t
	case t.priority != k.ready.best():
	case t.priority < k.limit(runner):
		if !k.initializing {
			k.ready.claim(runner)
		}
		k.next = t
	}
}

// limit is the priority a thread must beat to preempt t. In the definition
// function thresholds do not count yet.
func (k *Kernel) limit(t *Thread) uint32 {
	if k.initializing {
		return t.priority
	}
	return t.threshold
}

// makeUnready takes a ready thread out of the ready lists. The caller has set the
// new state and follows up with check.
func (k *Kernel) makeUnready(t *Thread) {
	if k.tracer != nil {
		k.trace(TraceStop, t)
	}
	k.ready.remove(t)
	if t == k.current {
		k.slice = t.timeSlice
	}
	if t == k.next {
		k.next = k.ready.choose()
	}
}

// resume makes t ready and lets it, or whoever is due, preempt the caller.
func (k *Kernel) resume(t *Thread) {
	k.makeReady(t)
	k.check()
}

// check gives up the baton if another thread should run and the caller can be
// preempted. Every kernel call that may have readied a thread ends with it.
func (k *Kernel) check() {
	k.poll()
	if k.current != k.next && k.preemptible() {
		k.reschedule(k.current)
	}
}

// poll ends the calling thread if the run is over because something has failed or the
// thread has kept the baton too long. Every kernel call does it.
func (k *Kernel) poll() {
	if k.run.failure != nil || k.run.alarm.Load() >= alarmOver {
		k.surrender()
	}
}

func (k *Kernel) preemptible() bool {
	return k.hold == 0 && k.interrupts == 0 && !k.initializing &&
		k.current != nil && k.current != &k.timerThread
}

// HoldPreemption lets threads become ready without preempting the caller until
// AllowPreemption has been called as often. Meanwhile the caller cannot wait:
// waits return their time-out status at once.
func (k *Kernel) HoldPreemption() { k.hold++ }

// AllowPreemption undoes one HoldPreemption. If it was the last one and a more
// urgent thread is ready, that thread runs before the call returns.
func (k *Kernel) AllowPreemption() {
	if k.hold == 0 {
		panic("sim: AllowPreemption without HoldPreemption")
	}
	k.hold--
	k.check()
}
