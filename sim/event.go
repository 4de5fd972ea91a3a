package sim

import (
	"sync"
	"time"
)

// An Event is a function that the kernel calls at an instant of virtual time, in
// event context: it may wake threads but not wait. Its methods may be called from any
// goroutine. Create events with NewEvent or After; they can be used again and
// again without allocating.
type Event struct {
	k     *Kernel
	f     func()
	key   eventKey // when it is due
	index int32    // of its slot in the heap plus one; 0: it has none
	armed bool     // it is scheduled
}

// NewEvent returns an event that is not scheduled; Reset schedules it.
func (k *Kernel) NewEvent(f func()) *Event { return &Event{k: k, f: f} }

// After schedules f for d from now; a negative d means now. It runs when virtual time
// gets there and no thread is ready. Events of one instant run in the order in which they
// were scheduled. It may be called from any goroutine, provided that
// the holder of the baton waits for that goroutine, so that time cannot move.
func (k *Kernel) After(d time.Duration, f func()) *Event {
	e := k.NewEvent(f)
	e.Reset(d)
	return e
}

// Reset schedules the event for d from now, behind what is scheduled for that
// instant already, and reports whether it was scheduled before.
func (e *Event) Reset(d time.Duration) bool {
	k := e.k
	at := int64(k.Now() + max(d, 0))
	k.events.mu.Lock()
	was := k.events.schedule(e, at)
	k.events.mu.Unlock()
	return was
}

// Stop unschedules the event and reports whether it was scheduled.
func (e *Event) Stop() bool {
	h := &e.k.events
	h.mu.Lock()
	was := h.unschedule(e)
	h.mu.Unlock()
	return was
}

// Pending reports whether the event is scheduled.
func (e *Event) Pending() bool {
	e.k.events.mu.Lock()
	defer e.k.events.mu.Unlock()
	return e.armed
}

// An eventKey orders events: by time, then by order of scheduling.
type eventKey struct {
	at  int64
	seq uint64
}

func (a eventKey) before(b eventKey) bool {
	return a.at < b.at || a.at == b.at && a.seq < b.seq
}

// eventSlot is an event's place in the heap. Its key is the event's, or an earlier one if
// the event has been stopped or put off since; that is put right when the slot comes
// to the top.
type eventSlot struct {
	eventKey
	e *Event
}

// eventHeap is a 4-ary heap of events. Stopping an event, or putting it off, which is what
// happens to most timers, moves nothing.
type eventHeap struct {
	mu    sync.Mutex
	slots []eventSlot
	live  int // slots whose event is scheduled
	seq   uint64
}

// next returns the time of the first event.
func (h *eventHeap) next() (at int64, ok bool) {
	h.mu.Lock()
	if ok = h.settle(); ok {
		at = h.slots[0].at
	}
	h.mu.Unlock()
	return at, ok
}

// pop unschedules and returns the first event, nil if somebody has just stopped it.
func (h *eventHeap) pop() *Event {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.settle() {
		return nil
	}
	e := h.slots[0].e
	e.armed = false
	h.live--
	h.removeTop()
	return e
}

// settle brings the first scheduled event to the top, and reports whether there is one.
func (h *eventHeap) settle() bool {
	for len(h.slots) > 0 {
		top := h.slots[0]
		switch {
		case !top.e.armed:
			h.removeTop()
		case top.e.key != top.eventKey:
			h.down(0, eventSlot{top.e.key, top.e})
		default:
			return true
		}
	}
	return false
}

func (h *eventHeap) schedule(e *Event, at int64) bool {
	h.seq++
	e.key = eventKey{at, h.seq}
	was := e.armed
	if !was {
		e.armed = true
		h.live++
	}
	s := eventSlot{e.key, e}
	switch i := int(e.index) - 1; {
	case i < 0:
		h.slots = append(h.slots, s)
		h.up(len(h.slots)-1, s)
	case s.before(h.slots[i].eventKey):
		h.up(i, s)
	}
	return was
}

func (h *eventHeap) unschedule(e *Event) bool {
	if !e.armed {
		return false
	}
	e.armed = false
	h.live--
	if n := len(h.slots); n > 64 && h.live < n/2 {
		h.compact()
	}
	return true
}

// compact drops the slots of stopped events.
func (h *eventHeap) compact() {
	kept := h.slots[:0]
	for _, s := range h.slots {
		if s.e.armed {
			kept = append(kept, eventSlot{s.e.key, s.e})
		} else {
			s.e.index = 0
		}
	}
	clear(h.slots[len(kept):])
	h.slots = kept
	for i, s := range kept {
		s.e.index = int32(i + 1)
	}
	for i := (len(kept) - 2) / 4; i >= 0 && len(kept) > 1; i-- {
		h.down(i, kept[i])
	}
}

func (h *eventHeap) removeTop() {
	h.slots[0].e.index = 0
	n := len(h.slots) - 1
	last := h.slots[n]
	h.slots[n].e = nil
	h.slots = h.slots[:n]
	if n > 0 {
		h.down(0, last)
	}
}

func (h *eventHeap) put(i int, s eventSlot) {
	h.slots[i] = s
	s.e.index = int32(i + 1)
}

// up moves the hole at i towards the root until s fits.
func (h *eventHeap) up(i int, s eventSlot) {
	for i > 0 {
		parent := (i - 1) / 4
		if !s.before(h.slots[parent].eventKey) {
			break
		}
		h.put(i, h.slots[parent])
		i = parent
	}
	h.put(i, s)
}

// down moves the hole at i away from the root until s fits.
func (h *eventHeap) down(i int, s eventSlot) {
	n := len(h.slots)
	for {
		first := 4*i + 1
		if first >= n {
			break
		}
		least := first
		for c := first + 1; c < min(first+4, n); c++ {
			if h.slots[c].before(h.slots[least].eventKey) {
				least = c
			}
		}
		if !h.slots[least].before(s.eventKey) {
			break
		}
		h.put(i, h.slots[least])
		i = least
	}
	h.put(i, s)
}
