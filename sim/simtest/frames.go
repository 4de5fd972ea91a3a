package simtest

import (
	"fmt"
	"io"
	"time"

	"netxsim/sim/link"
)

// A ring keeps what has happened to the last frames.
type ring struct {
	events []event
	next   int
	total  int
}

// An event is a link.FrameEvent to keep.
type event struct {
	time     time.Duration
	kind     link.Kind
	from, to string
	cause    string
	frame    []byte
}

func newRing(size int) *ring { return &ring{events: make([]event, max(size, 0))} }

// add is an observer of wires. Arrivals are left out: they follow from the sending.
func (r *ring) add(e link.FrameEvent) {
	if e.Kind == link.Delivered || len(r.events) == 0 {
		return
	}
	kept := &r.events[r.next]
	r.next = (r.next + 1) % len(r.events)
	r.total++
	kept.time, kept.kind, kept.cause = e.Time, e.Kind, e.Cause
	kept.from, kept.to = e.From.Name(), ""
	if e.To != nil {
		kept.to = e.To.Name()
	}
	kept.frame = append(kept.frame[:0], e.Frame...)
}

// print writes the frames as text, the last one last.
func (r *ring) print(w io.Writer) {
	n := min(r.total, len(r.events))
	if n == 0 {
		return
	}
	fmt.Fprintf(w, "the last %d of %d things that happened to frames:\n", n, r.total)
	for i := range n {
		e := &r.events[(r.next-n+i+len(r.events))%len(r.events)]
		fmt.Fprintf(w, "%14v %s: %s", e.time, e.from, link.Describe(e.frame))
		if e.kind != link.Sent {
			fmt.Fprintf(w, ": %v", e.kind)
			if e.to != "" {
				fmt.Fprintf(w, " on the way to %s", e.to)
			}
			if e.cause != "" {
				fmt.Fprintf(w, " (%s)", e.cause)
			}
		}
		fmt.Fprintln(w)
	}
}
