package sim

import "math/bits"

const wheelSlots = 32

// A wheelEntry is a time-out of a thread or an application timer: something
// that expires on a tick.
type wheelEntry struct {
	next, prev *wheelEntry
	list       *wheelList // nil: not active
	remaining  uint32     // ticks to go from when it was put into its slot
	reload     uint32     // ticks to the next expiration; 0: once
	thread     *Thread    // whose time-out it is, or
	timer      *Timer     // which timer
}

// A wheelList is a ring of entries: a slot of the wheel, the entries that are due,
// or the one being handled.
type wheelList struct {
	head *wheelEntry
	slot int // index in the wheel, -1 outside it
}

// wheel keeps the entries by the tick on which they expire. It has 32 slots; an
// entry with more than 32 ticks to go waits in the last slot and is put in again when
// that one comes up. That decides the order of entries within a tick, so it is
// part of what programs see.
type wheel struct {
	slots   [wheelSlots]wheelList
	filled  uint32 // a bit per slot that is not empty
	current int    // the slot of the next tick
	due     wheelList
	rearm   wheelList   // the periodic or parked entry being handled
	running *wheelEntry // the entry being handled
	taken   bool        // the due entries of this tick have been taken from their slot
	expired bool        // a tick has come up whose slot is not empty
}

func (w *wheel) init() {
	for i := range w.slots {
		w.slots[i].slot = i
	}
	w.due.slot, w.rearm.slot = -1, -1
}

// start makes e expire on the ticks-th tick from now.
func (w *wheel) start(e *wheelEntry, ticks uint32) {
	e.remaining = ticks
	w.activate(e)
}

// activate puts e into the slot its remaining ticks ask for, behind what is there.
// An entry with none, or with WaitForever, stays out.
func (w *wheel) activate(e *wheelEntry) {
	if e.remaining == 0 || e.remaining == WaitForever || e.list != nil {
		return
	}
	ahead := int(min(e.remaining, wheelSlots)) - 1
	l := &w.slots[(w.current+ahead)%wheelSlots]
	if l.head == nil {
		e.next, e.prev = e, e
		l.head = e
		w.filled |= 1 << l.slot
	} else {
		tail := l.head.prev
		tail.next, l.head.prev = e, e
		e.prev, e.next = tail, l.head
	}
	e.list = l
}

// cancel takes e out of wherever it is.
func (w *wheel) cancel(e *wheelEntry) {
	l := e.list
	if l == nil {
		return
	}
	if e.next == e {
		if l.head == e {
			w.setHead(l, nil)
		}
	} else {
		e.next.prev, e.prev.next = e.prev, e.next
		if l.head == e {
			e.next.list = l
			l.head = e.next
		}
	}
	e.list, e.next, e.prev = nil, nil, nil
}

func (w *wheel) setHead(l *wheelList, e *wheelEntry) {
	l.head = e
	if e == nil && l.slot >= 0 {
		w.filled &^= 1 << l.slot
	}
}

// ahead returns how many ticks from now the next filled slot comes up (1 to 32), and
// false if all are empty.
func (w *wheel) ahead() (uint64, bool) {
	if w.filled == 0 {
		return 0, false
	}
	rotated := bits.RotateLeft32(w.filled, -w.current)
	return uint64(bits.TrailingZeros32(rotated)) + 1, true
}

// skip moves past n ticks on which nothing is due.
func (w *wheel) skip(n uint64) { w.current = int((uint64(w.current) + n) % wheelSlots) }

// interrupt is what the timer interrupt does to the wheel. It reports whether something is
// due. The wheel then stands still until the entries have been taken.
func (w *wheel) interrupt() bool {
	if w.slots[w.current].head == nil {
		w.skip(1)
		return w.expired
	}
	w.expired = true
	return true
}

// take makes the entries of the current slot the due ones and moves on by a tick. Only
// the first due entry knows that it is due; the others still carry their slot,
// as those of ThreadX do.
func (w *wheel) take() {
	l := &w.slots[w.current]
	w.due.head = l.head
	if l.head != nil {
		l.head.list = &w.due
	}
	w.setHead(l, nil)
	w.skip(1)
	w.expired = false
}

// pop removes and returns the first due entry, nil if none is left.
func (w *wheel) pop() *wheelEntry {
	e := w.due.head
	if e == nil {
		return nil
	}
	if e.next == e {
		w.due.head = nil
	} else {
		e.next.prev, e.prev.next = e.prev, e.next
		e.next.list = &w.due
		w.due.head = e.next
	}
	return e
}

// begin starts to handle the due entry e and reports whether it has expired: if not,
// it was only parked and goes back into the wheel at finish.
func (w *wheel) begin(e *wheelEntry) bool {
	expired := e.remaining <= wheelSlots
	if expired {
		e.remaining = e.reload
	} else {
		e.remaining -= wheelSlots
	}
	e.list, e.next, e.prev = nil, nil, nil
	if e.remaining != 0 {
		e.list, e.next, e.prev = &w.rearm, e, e
		w.rearm.head = e
	}
	w.running = e
	return expired
}

// finish ends the handling of e: it goes back into the wheel if it has ticks left
// and was not taken out meanwhile.
func (w *wheel) finish(e *wheelEntry) {
	w.running = nil
	if w.rearm.head == e {
		w.rearm.head = nil
		e.list = nil
		w.activate(e)
	}
}

// left returns the ticks until the active entry e expires, counted from the slot
// it is recorded in.
func (w *wheel) left(e *wheelEntry) uint32 {
	ticks := uint32((e.list.slot-w.current+wheelSlots)%wheelSlots) + 1
	if e.remaining > wheelSlots {
		ticks += e.remaining - wheelSlots
	}
	return ticks
}
