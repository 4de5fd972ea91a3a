package session

import (
	"bytes"
	"fmt"
	"time"

	"netxsim/sim/link"
)

// observer is told of everything that happens to a frame.
type observer func(link.FrameEvent)

// recording is what happened to the frames of a run.
type recording struct {
	events []event
	text   []byte // the frames, one behind the other
}

// event is one thing that happened to a frame.
type event struct {
	kind     link.Kind
	time     time.Duration
	from, to string
	end      int // of the frame's bytes in the recording
}

// observer returns the function that records, nil for a nil recording.
func (r *recording) observer() observer {
	if r == nil {
		return nil
	}
	return func(e link.FrameEvent) {
		r.text = append(r.text, e.Frame...)
		r.events = append(r.events, eventOf(e, len(r.text)))
	}
}

func eventOf(e link.FrameEvent, end int) event {
	made := event{kind: e.Kind, time: e.Time, end: end}
	if e.From != nil {
		made.from = e.From.Name()
	}
	if e.To != nil {
		made.to = e.To.Name()
	}
	return made
}

// frame returns the bytes of the i-th event's frame.
func (r *recording) frame(i int) []byte {
	begin := 0
	if i > 0 {
		begin = r.events[i-1].end
	}
	return r.text[begin:r.events[i].end]
}

// describe puts the i-th event into words.
func (r *recording) describe(i int) string { return describe(r.events[i], r.frame(i)) }

func describe(e event, frame []byte) string {
	to := ""
	if e.to != "" {
		to = " to " + e.to
	}
	return fmt.Sprintf("%11.6f  %v from %s%s: %s", e.time.Seconds(), e.kind, e.from, to, link.Describe(frame))
}

// comparison holds the events of a run against those of the first one.
type comparison struct {
	first *recording
	next  int
	found string
}

// observe compares one event.
func (c *comparison) observe(e link.FrameEvent) {
	if c.found != "" {
		return
	}
	i := c.next
	c.next++
	this := eventOf(e, 0)
	if i >= len(c.first.events) {
		c.found = fmt.Sprintf("event %d\nfirst run:  (it was over)\nsecond run: %s", i+1, describe(this, e.Frame))
		return
	}
	before := c.first.events[i]
	this.end = before.end
	if this != before || !bytes.Equal(e.Frame, c.first.frame(i)) {
		c.found = fmt.Sprintf("event %d\nfirst run:  %s\nsecond run: %s", i+1, c.first.describe(i), describe(this, e.Frame))
	}
}

// difference returns the first event that differs, in words, or "".
func (c *comparison) difference() string {
	if c.found == "" && c.next < len(c.first.events) {
		return fmt.Sprintf("event %d\nfirst run:  %s\nsecond run: (it was over)", c.next+1, c.first.describe(c.next))
	}
	return c.found
}
