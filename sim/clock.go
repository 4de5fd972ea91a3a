package sim

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// A Clock paces a run. Without one, time is virtual: it jumps from one thing that
// happens to the next.
type Clock interface {
	// Now returns the time since the clock was made. It never goes back.
	Now() time.Duration
	// Sleep returns when Now has reached until, or earlier when wake receives. A
	// negative until is never reached.
	Sleep(until time.Duration, wake <-chan struct{})
}

// RealTime returns a clock that begins at 0 and follows the system's clock, for
// runs with peers outside the simulation. In a bubble of testing/synctest it
// follows the bubble's clock, so that a run takes part in the test's time.
func RealTime() Clock {
	now := time.Now() //netxlint:wallclock this is the clock for runs in real time
	return &systemClock{start: now, bubble: inBubble(now)}
}

type systemClock struct {
	start  time.Time
	bubble bool         // it follows that of a bubble
	last   atomic.Int64 // then what Now returned last inside of it
}

// Now may be called from outside of the clock's bubble too, while somebody inside
// waits for the caller without letting the bubble's time move: as a network stack does whose goroutines
// are outside. It then returns what the bubble's clock shows.
func (c *systemClock) Now() time.Duration {
	now := time.Now() //netxlint:wallclock this is the clock for runs in real time
	if !c.bubble {
		return now.Sub(c.start)
	}
	if !inBubble(now) {
		return time.Duration(c.last.Load())
	}
	d := now.Sub(c.start)
	c.last.Store(int64(d))
	return d
}

func (c *systemClock) Sleep(until time.Duration, wake <-chan struct{}) {
	if until < 0 {
		<-wake
		return
	}
	if until-c.Now() < briefly && c.spin(until, wake) {
		return
	}
	t := time.NewTimer(until - c.Now()) //netxlint:wallclock this is the clock for runs in real time
	defer t.Stop()
	select {
	case <-t.C:
	case <-wake:
	}
}

// briefly is the time for which a clock does not sleep but looks again and again:
// operating systems need longer to wake somebody.
const briefly = 100 * time.Microsecond

// spin is Sleep without sleeping. It returns false if time does not pass while the caller
// looks, as in a bubble of testing/synctest.
func (c *systemClock) spin(until time.Duration, wake <-chan struct{}) bool {
	for before := c.Now(); before < until; {
		select {
		case <-wake:
			return true
		default:
			runtime.Gosched()
		}
		now := c.Now()
		if now == before {
			return false
		}
		before = now
	}
	return true
}

// outside is how the world outside a kernel gets in.
type outside struct {
	mu     sync.Mutex
	posted []func()
	spare  []func()
	polls  []func() bool
	open   int
	bell   chan struct{} // rings when something was posted
}

// Post has f run in event context, as soon as no thread is ready. It may be
// called from any goroutine. What comes from outside makes a run in virtual
// time depend on the moment it comes; runs with a Clock are so anyway.
func (k *Kernel) Post(f func()) {
	k.outside.mu.Lock()
	k.outside.posted = append(k.outside.posted, f)
	k.outside.mu.Unlock()
	k.outside.ring()
}

// Poll has f called, in event context, whenever the run is about to wait for its clock or for somebody outside: f looks,
// without waiting, whether there is something for the simulation, posts it, and reports whether there was. It
// saves the time that it takes a goroutine to be woken and to wake the run in its turn. It is for the time before the run
// and for the holder of the baton.
func (k *Kernel) Poll(f func() bool) { k.outside.polls = append(k.outside.polls, f) }

// poll asks those who look for something, and reports whether somebody has found it.
func (o *outside) poll() (found bool) {
	for _, f := range o.polls {
		found = f() || found
	}
	return found
}

func (o *outside) ring() {
	select {
	case o.bell <- struct{}{}:
	default:
	}
}

// Outside tells the kernel that somebody outside may call Post: with nothing
// left to happen the run then waits for that, in place of ending with a
// DeadlockError. The function it returns takes that back; it may be called from any
// goroutine, once.
func (k *Kernel) Outside() (done func()) {
	k.outside.mu.Lock()
	k.outside.open++
	k.outside.mu.Unlock()
	return func() {
		k.outside.mu.Lock()
		k.outside.open--
		k.outside.mu.Unlock()
		k.outside.ring()
	}
}

// expected reports whether somebody outside may call Post.
func (o *outside) expected() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.open > 0
}

// enter runs what was posted and reports whether there was anything.
func (k *Kernel) enter() bool {
	o := &k.outside
	o.mu.Lock()
	posted := o.posted
	o.posted = o.spare[:0]
	o.mu.Unlock()
	if len(posted) > 0 {
		k.Now() // for those whom the kernel's clock does not tell it: see systemClock.Now
	}
	for i, f := range posted {
		if k.run.failure != nil {
			break
		}
		k.run.events++
		k.Interrupt(f)
		posted[i] = nil
	}
	o.spare = posted
	return len(posted) > 0
}

// await lets time pass until at, if the run has a clock, or until something is posted.
// It returns false when it was the latter. Nothing is due at a negative at.
func (k *Kernel) await(at int64) bool {
	if k.cfg.Clock == nil {
		if at < 0 {
			k.rest(func() { <-k.outside.bell })
		}
		return at >= 0
	}
	if at >= 0 && int64(k.cfg.Clock.Now()) >= at {
		return true
	}
	if k.outside.poll() {
		return false
	}
	k.rest(func() { k.cfg.Clock.Sleep(time.Duration(at), k.outside.bell) })
	return at >= 0 && int64(k.cfg.Clock.Now()) >= at
}

// rest calls wait, in which it is not strange that the baton does not move.
func (k *Kernel) rest(wait func()) {
	k.run.resting.Store(true)
	wait()
	k.run.resting.Store(false)
	if k.run.dozing.CompareAndSwap(true, false) {
		k.run.stir <- struct{}{}
	}
}

// catchUp has ticks and events whose time has passed while the calling thread
// computed interrupt it now. In virtual time computing takes none.
func (k *Kernel) catchUp() {
	if k.cfg.Clock != nil && k.preemptible() {
		k.overtake()
	}
}

// overtake has happen what is due by the clock.
func (k *Kernel) overtake() {
	for k.run.failure == nil {
		now := int64(k.cfg.Clock.Now())
		at, tick := k.due()
		if at < 0 || at > now {
			k.advance(now)
			return
		}
		k.happen(at, tick)
	}
}
