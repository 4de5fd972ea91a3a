package sim

import (
	"runtime"
	"runtime/debug"
)

// A life is one run of a thread's entry function: its goroutine, from the first
// dispatch to the end.
type life struct {
	wake    chan struct{} // receives the baton
	gone    chan struct{} // closed when the goroutine has ended
	parked  bool          // waits for the baton, or is about to
	dying   bool          // has to unwind
	awaited bool          // whoever ordered it to unwind waits on gone, and has the baton then
}

// reschedule passes the baton to k.next. The calling goroutine does the scheduling
// itself: it runs timers and events while no thread is ready, returns at once when
// self turns out to be next, and else parks until the baton comes back. self is
// nil on goroutines that have no thread, or whose thread has ended (see conduct); they do not park.
func (k *Kernel) reschedule(self *Thread) {
	var l *life
	if self != nil {
		l = self.life
	}
	k.pulse()
	for {
		t := k.next
		switch {
		case l != nil && l.dying:
			k.unwind(self)
		case k.run.failure != nil:
			k.stop(l)
			return
		case t == nil:
			if !k.idle() {
				k.stop(l)
				return
			}
		case t == &k.timerThread:
			k.dispatch(t)
			k.timerStep()
		case t == self:
			k.dispatch(t)
			return
		default:
			if l == nil {
				k.give(t)
				return
			}
			// Spelled out: every frame between here and the switch costs a mispredicted return.
			l.parked = true
			k.give(t)
			<-l.wake
			l.parked = false
			if l.dying {
				runtime.Goexit()
			}
			return
		}
	}
}

// dispatch makes t the running thread, on this goroutine.
func (k *Kernel) dispatch(t *Thread) {
	if k.current == t {
		return
	}
	if k.tracer != nil {
		k.trace(TraceRun, t)
	}
	k.changeSlice(t)
	k.current = t
	k.run.onStage.Store(t)
	t.runCount++
}

// give gives the baton to another thread's goroutine.
func (k *Kernel) give(t *Thread) {
	if k.tracer != nil {
		k.trace(TraceRun, t)
	}
	k.changeSlice(t)
	k.current = t
	k.run.onStage.Store(t)
	t.runCount++
	k.run.switches++
	if t.life == nil {
		t.life = &life{wake: make(chan struct{}, 1), gone: make(chan struct{})}
		go k.live(t, t.life)
		return
	}
	t.life.wake <- struct{}{}
}

// park waits for the baton, and unwinds if it comes with the order to die. The
// caller has set parked before it gave the baton away.
func (l *life) park() {
	<-l.wake
	l.parked = false
	if l.dying {
		runtime.Goexit()
	}
}

// live is the goroutine of a thread.
func (k *Kernel) live(t *Thread, l *life) {
	defer k.depart(t, l)
	defer k.wind(t, l)
	t.notify(ThreadEntry)
	t.entry()
}

// wind completes a thread whose entry function has returned, called runtime.Goexit
// or panicked.
func (k *Kernel) wind(t *Thread, l *life) {
	if v := recover(); v != nil {
		k.fail(&PanicError{Thread: t.name, Value: v, Stack: debug.Stack()})
	}
	if !l.dying && k.run.failure == nil {
		k.complete(t)
	}
}

// depart is the last thing a thread's goroutine does, however it came to its end: it passes
// the baton on, unless somebody waits to have it back.
func (k *Kernel) depart(t *Thread, l *life) {
	if v := recover(); v != nil {
		k.fail(&PanicError{Thread: t.name, Value: v, Stack: debug.Stack()})
	}
	defer close(l.gone)
	if t.life == l {
		t.life = nil
	}
	if l.awaited || k.run.buried {
		return
	}
	k.hold = 0
	k.conduct()
}

// conduct passes the baton on from a goroutine that has no thread. It may run timers and events first; should one of
// them end the goroutine, by runtime.Goexit or in a kernel call after a failure, the run ends.
func (k *Kernel) conduct() {
	passed := false
	defer func() {
		if !passed && !k.run.buried {
			k.stop(nil)
		}
	}()
	k.reschedule(nil)
	passed = true
}

// kill ends the goroutine of a thread that will not run any more. Its deferred
// functions run before kill returns, in the thread's own name and without being able to
// wait or to preempt. The running thread does not return from its own kill. When
// the goroutine is the one on which the caller's timer or event function happens to run, it
// unwinds as soon as that function has returned.
func (k *Kernel) kill(t *Thread) {
	l := t.life
	t.life = nil
	if l == nil || l.dying {
		return
	}
	l.dying = true
	switch {
	case l.parked:
		l.awaited = true
		caller := k.current
		k.hold++
		k.current = t
		l.wake <- struct{}{}
		<-l.gone
		k.current = caller
		k.hold--
	case t == k.current && k.interrupts == 0:
		k.unwind(t)
	}
}

// unwind ends the goroutine it is called on, which is that of t.
func (k *Kernel) unwind(t *Thread) {
	k.hold++
	k.current = t
	runtime.Goexit()
}

// Interrupt runs f in event context, as an interrupt that comes while the
// calling thread runs: what f makes ready preempts the thread when f has returned.
func (k *Kernel) Interrupt(f func()) {
	t := k.current
	var l *life
	if t != nil {
		l = t.life
	}
	k.fire(f)
	if l != nil && l.dying && k.interrupts == 0 {
		k.unwind(t)
	}
	k.check()
}

// fire runs f in event context.
func (k *Kernel) fire(f func()) {
	k.interrupts++
	k.host(nil, f)
	k.interrupts--
}

// host runs the function of a timer, or of an event if timer is nil, on the goroutine that has the baton. A panic in it
// must not unwind that goroutine: the thread it belongs to has nothing to do with it.
func (k *Kernel) host(timer *Timer, f func()) {
	returned := false
	defer func() {
		if returned {
			return
		}
		v := recover()
		if v == nil {
			v = "runtime.Goexit called outside a thread"
		}
		what := "event"
		if timer != nil {
			what = "timer " + timer.name
		}
		k.fail(&PanicError{Thread: what, Value: v, Stack: debug.Stack()})
	}()
	f()
	returned = true
}
