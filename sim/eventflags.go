package sim

import (
	"fmt"

	"netxsim/netx/status"
)

// A FlagOption says when event flags satisfy a request, and what happens to them then.
type FlagOption uint32

// The options. FlagOr and FlagAnd are those of EventFlags.Set too.
const (
	FlagOr       FlagOption = 0 // TX_OR: any of the flags
	FlagOrClear  FlagOption = 1 // TX_OR_CLEAR: any, and the requested ones are cleared
	FlagAnd      FlagOption = 2 // TX_AND: all of the flags
	FlagAndClear FlagOption = 3 // TX_AND_CLEAR: all, and they are cleared
)

func (o FlagOption) all() bool    { return o&FlagAnd != 0 }
func (o FlagOption) clears() bool { return o&FlagOrClear != 0 }

// EventFlags is a group of 32 event flags. The zero EventFlags belongs to no kernel; what does not
// exist answers status.TxGroupError.
type EventFlags struct {
	created place[EventFlags]
	k       *Kernel
	name    string
	flags   uint32
	waiters waitQueue
	onSet   func(*EventFlags)
}

// NewEventFlags creates a group with all flags clear (tx_event_flags_create).
func (k *Kernel) NewEventFlags(name string) *EventFlags {
	g := new(EventFlags)
	_ = k.CreateEventFlags(g, name)
	return g
}

// CreateEventFlags is NewEventFlags for an EventFlags that the caller provides, zero or deleted. Error:
// status.TxGroupError if g exists already.
func (k *Kernel) CreateEventFlags(g *EventFlags, name string) error {
	if taken(g.k) {
		return status.TxGroupError
	}
	*g = EventFlags{k: k, name: name}
	g.waiters.key = g
	k.eventFlags.add(&g.created, g)
	return nil
}

// satisfies reports whether flags satisfy a request for want.
func satisfies(flags, want uint32, option FlagOption) bool {
	if option.all() {
		return flags&want == want && want != 0
	}
	return flags&want != 0
}

// Get waits for at most ticks until the flags in want are set: any of them or all, by option. It returns
// all the flags that were set then, before any were cleared; on errors, those that were set when it was called. Errors:
// status.TxNoEvents, at once if want is 0, status.TxDeleted, status.TxWaitAborted, status.TxWaitError if it had
// to wait outside threads (tx_event_flags_get).
func (g *EventFlags) Get(want uint32, option FlagOption, ticks uint32) (actual uint32, err error) {
	slot := g.k.flagsSlot()
	err = g.GetInto(slot, want, option, ticks)
	return *slot, err
}

// flagsSlot returns a place for the flags that a call gets: the running thread's own, or a new one.
func (k *Kernel) flagsSlot() *uint32 {
	if k == nil || k.current == nil {
		return new(uint32)
	}
	k.current.wish.actual = 0
	return &k.current.wish.actual
}

// GetInto is Get with the flags in *actual: those that are set when it is called, and if it waits, as soon as they satisfy
// it and before the waiting thread runs, those that are set then.
func (g *EventFlags) GetInto(actual *uint32, want uint32, option FlagOption, ticks uint32) error {
	k := g.k
	if k == nil {
		return status.TxGroupError
	}
	now := g.flags
	*actual = now
	switch {
	case satisfies(now, want, option):
		if option.clears() {
			g.flags &^= want
		}
		k.poll()
		return nil
	case want == 0:
		return status.TxNoEvents
	case ticks == 0 || !k.mayWait():
		return k.waitNot(ticks, status.TxNoEvents)
	}
	wish := &k.current.wish
	wish.flags, wish.option, wish.got = want, option, actual
	return k.wait(&g.waiters, EventFlagsWait, ticks, status.TxNoEvents)
}

// Set sets flags with FlagOr. All waiting threads are tested against the same flags; those that are satisfied wake, and only
// then the flags they clear are cleared. With FlagAnd it clears all flags but the given ones, which wakes nobody. Error:
// status.TxOptionError for any other option (tx_event_flags_set).
func (g *EventFlags) Set(flags uint32, option FlagOption) error {
	k := g.k
	switch {
	case k == nil:
		return status.TxGroupError
	case option == FlagAnd:
		g.flags &= flags
		k.poll()
		return nil
	case option != FlagOr:
		return status.TxOptionError
	}
	g.flags |= flags
	notify, several := g.onSet, g.waiters.len > 1
	g.wakeSatisfied()
	if !several {
		k.check()
	}
	if notify != nil {
		notify(g)
	}
	k.check()
	return nil
}

// wakeSatisfied wakes, in order, the threads that the flags satisfy.
func (g *EventFlags) wakeSatisfied() {
	now, n := g.flags, g.waiters.len
	t := g.waiters.head
	var last *Thread
	for several := n > 1; n > 0; n-- {
		next := t.queueNext
		if want := t.wish.flags; satisfies(now, want, t.wish.option) {
			if t.wish.option.clears() {
				g.flags &^= want
			}
			*t.wish.got = now
			t.leaveQueue()
			if several { // chained, as ThreadX shows
				t.queueNext = nil
				if last != nil {
					last.queueNext = t
				}
				last = t
			}
			t.result = nil
			g.k.makeReady(t)
		}
		t = next
	}
}

// OnSet sets the function that is called after every Set with FlagOr, in the setter's context. Nil
// removes it (tx_event_flags_set_notify).
func (g *EventFlags) OnSet(f func(*EventFlags)) error {
	if g.k == nil {
		return status.TxGroupError
	}
	g.onSet = f
	return nil
}

// Delete removes the group. Whoever waits gets status.TxDeleted (tx_event_flags_delete).
func (g *EventFlags) Delete() error {
	k := g.k
	if k == nil {
		return status.TxGroupError
	}
	g.k = nil
	k.eventFlags.remove(&g.created)
	k.wakeAll(&g.waiters, status.TxDeleted)
	k.check()
	return nil
}

// EventFlagsInfo is what tx_event_flags_info_get tells.
type EventFlagsInfo struct {
	Name    string
	Flags   uint32
	First   *Thread     // first waiting thread, nil if none
	Waiting uint32      // number of waiting threads
	Next    *EventFlags // the one created next, the first after the last
}

// Info returns the state of the group (tx_event_flags_info_get).
func (g *EventFlags) Info() EventFlagsInfo {
	return EventFlagsInfo{g.name, g.flags, g.waiters.head, g.waiters.len, g.created.following()}
}

// Name returns the name the group was given.
func (g *EventFlags) Name() string { return g.name }

// Kernel returns the kernel of the group, nil for a nil EventFlags and for one that was not created or is deleted.
func (g *EventFlags) Kernel() *Kernel {
	if g == nil {
		return nil
	}
	return g.k
}

// Exists reports whether the group was created and not deleted.
func (g *EventFlags) Exists() bool { return g.k != nil }

// Waiters returns the waiting threads in order.
func (g *EventFlags) Waiters() []*Thread { return g.waiters.list() }

func (g *EventFlags) waitReason(t *Thread) string {
	which := "any"
	if t.wish.option.all() {
		which = "all"
	}
	return fmt.Sprintf("%s of event flags 0x%X of group %s, 0x%X set", which, t.wish.flags, g.name, g.flags)
}
