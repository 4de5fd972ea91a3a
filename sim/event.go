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
	index int32 // in the heap plus one; 0: not scheduled
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
	at := k.now.Load() + int64(max(d, 0))
	k.events.mu.Lock()
	was := k.events.schedule(e, at)
	k.events.mu.Unlock()
	return was
}

// Stop unschedules the event and reports whether it was scheduled.
func (e *Event) Stop() bool {
	h := &e.k.events
	h.mu.Lock()
	was := e.index != 0
	if was {
		h.remove(int(e.index - 1))
	}
	h.mu.Unlock()
	return was
}

// Pending reports whether the event is scheduled.
func (e *Event) Pending() bool {
	e.k.events.mu.Lock()
	defer e.k.events.mu.Unlock()
	return e.index != 0
}

// eventSlot is an event's place in the heap. The key lies beside the pointer so that
// comparisons do not touch the events.
type eventSlot struct {
	at  int64
	seq uint64
	e   *Event
}

func (a *eventSlot) before(b *eventSlot) bool {
	return a.at < b.at || a.at == b.at && a.seq < b.seq
}

// eventHeap is a 4-ary heap of the scheduled events, by time and then by order
// of scheduling.
type eventHeap struct {
	mu    sync.Mutex
	slots []eventSlot
	seq   uint64
}

// next returns the time of the first event.
func (h *eventHeap) next() (at int64, ok bool) {
	h.mu.Lock()
	if ok = len(h.slots) > 0; ok {
		at = h.slots[0].at
	}
	h.mu.Unlock()
	return at, ok
}

// pop unschedules and returns the first event, nil if somebody has just stopped it.
func (h *eventHeap) pop() *Event {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.slots) == 0 {
		return nil
	}
	e := h.slots[0].e
	h.remove(0)
	return e
}

func (h *eventHeap) schedule(e *Event, at int64) bool {
	h.seq++
	s := eventSlot{at: at, seq: h.seq, e: e}
	if e.index != 0 {
		i := int(e.index - 1)
		if later := !s.before(&h.slots[i]); later {
			h.down(i, s)
		} else {
			h.up(i, s)
		}
		return true
	}
	h.slots = append(h.slots, s)
	h.up(len(h.slots)-1, s)
	return false
}

func (h *eventHeap) remove(i int) {
	h.slots[i].e.index = 0
	n := len(h.slots) - 1
	last := h.slots[n]
	h.slots[n].e = nil
	h.slots = h.slots[:n]
	switch {
	case i == n:
	case i > 0 && last.before(&h.slots[(i-1)/4]):
		h.up(i, last)
	default:
		h.down(i, last)
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
		if !s.before(&h.slots[parent]) {
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
			if h.slots[c].before(&h.slots[least]) {
				least = c
			}
		}
		if !h.slots[least].before(&s) {
			break
		}
		h.put(i, h.slots[least])
		i = least
	}
	h.put(i, s)
}
