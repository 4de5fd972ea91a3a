package packetpool

import (
	"fmt"
	"slices"
	"time"
)

// A Cause says why an [Event] happened.
type Cause uint8

// The causes. The first four change the number of free packets, or would have
// if nobody had waited.
const (
	CauseAllocate        Cause = iota + 1 // a free packet was taken
	CauseRelease                          // a packet became free
	CauseTransmitRelease                  // a packet became free after its driver had sent it
	CauseHandOver                         // a released packet went straight to a thread that waited
	CauseHold                             // a packet went from one holder to another
	CauseEmpty                            // a request found no packet and did not wait
	CauseWait                             // a request found no packet, and its thread waits
	CauseGiveUp                           // a wait ended without a packet
	CauseMisuse                           // a service refused a packet; Err says why
)

var causes = [...]string{
	CauseAllocate: "allocate", CauseRelease: "release", CauseTransmitRelease: "transmit release",
	CauseHandOver: "hand-over", CauseHold: "hold",
	CauseEmpty: "empty", CauseWait: "wait", CauseGiveUp: "give up", CauseMisuse: "misuse",
}

// String returns the cause in words, such as "transmit release".
func (c Cause) String() string {
	if int(c) < len(causes) && causes[c] != "" {
		return causes[c]
	}
	return fmt.Sprintf("cause %d", c)
}

// An Event is something that happened to a pool.
type Event struct {
	At      time.Duration // virtual time; 0 if the kernel has no clock
	Pool    *Pool         // the pool it happened to
	Cause   Cause         // what happened
	Packet  *Packet       // the packet; nil if there was none to be had
	From    string        // who had the packet until then; empty if it was free
	Holder  string        // who has the packet now, or asked for one; empty if it is free
	Free    uint32        // free packets after it
	Waiting int           // threads that wait for a packet after it
	Err     error         // of a misuse: what the caller gets, a [*MisuseError]; else nil
}

// String returns the event in a line without its time: "pool rx: allocate
// packet 3 for client, 11 of 12 free".
func (e Event) String() string {
	s := fmt.Sprintf("pool %s: %s", e.Pool.name, e.Cause)
	if e.Packet != nil {
		s += fmt.Sprintf(" packet %d", e.Packet.index)
	}
	if e.From != "" {
		s += " from " + e.From
	}
	if e.Holder != "" {
		s += " for " + e.Holder
	}
	s += fmt.Sprintf(", %d of %d free", e.Free, e.Pool.Total())
	if e.Waiting > 0 {
		s += fmt.Sprintf(", %d waiting", e.Waiting)
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

type watcher struct{ notify func(Event) }

// Watch calls notify for everything that happens to the pool from now on, also
// if it is deleted and created again, until stop is called. A pool that is not
// created yet may be watched.
//
// notify runs in the thread or event that caused the change, after it, and
// before a thread that was handed a packet. It must not use the pool, beyond
// asking for its state, and it must not wait. Nobody pays for this when nobody
// watches.
func (pool *Pool) Watch(notify func(Event)) (stop func()) {
	w := &watcher{notify}
	pool.watchers = append(slices.Clip(pool.watchers), w)
	pool.observed = true
	return func() {
		pool.watchers = slices.DeleteFunc(slices.Clone(pool.watchers), func(other *watcher) bool { return other == w })
		if len(pool.watchers) == 0 {
			pool.watchers = nil
		}
		pool.observed = pool.debugInfo || pool.watchers != nil
	}
}

// noteAllocate notes that p was allocated. It is called only when the pool is
// observed.
func (pool *Pool) noteAllocate(p *Packet) {
	if p.debug != nil {
		p.noteAllocated()
	}
	pool.tellOf(p, CauseAllocate)
}

// beforeRelease notes where p is released, and by whom. It is called only when
// the pool is observed.
func (pool *Pool) beforeRelease(p *Packet) {
	if p.debug != nil {
		p.noteReleased()
	}
	pool.beforeHold(p)
}

// beforeHold notes who has p.
func (pool *Pool) beforeHold(p *Packet) {
	if pool.watchers != nil {
		pool.before = p.HolderName()
	}
}

// tellOf reports what happened to p.
func (pool *Pool) tellOf(p *Packet, cause Cause) {
	if pool.watchers == nil {
		return
	}
	from, to := pool.before, p.HolderName()
	pool.before = ""
	if cause == CauseHold && from == to {
		return
	}
	pool.emit(Event{Cause: cause, Packet: p, From: from, Holder: to})
}

// tell reports what happened to a thread that asked for a packet.
func (pool *Pool) tell(cause Cause, thread string) {
	if pool.watchers != nil {
		pool.emit(Event{Cause: cause, Holder: thread})
	}
}

// emit completes an event and hands it to the watchers.
func (pool *Pool) emit(e Event) {
	e.At, e.Pool, e.Free, e.Waiting = pool.now(), pool, pool.available, pool.Waiting()
	for _, w := range pool.watchers {
		w.notify(e)
	}
}
