package fault

import (
	"slices"
	"time"

	"netxsim/sim/link"
)

// A Recording is everything that happens to the frames of wires, as a list of frame faults: by the faults of sets, but also by
// rules and the loss of a wire. Only what is decided about a frame on the wire is in it: what ports that are detached, frozen or full do
// to it is not.
type Recording struct {
	faults []FrameFault
}

// Record records from now on what happens to the frames of wires. To be replayed, that should be before the first
// frame is sent.
func Record(wires ...*link.Wire) *Recording {
	r := new(Recording)
	for _, w := range wires {
		count := make(directions[uint64])
		w.ObserveFates(func(f *link.Fate) {
			n := count.at(f)
			*n++
			r.add(f, *n)
		})
	}
	return r
}

// Faults returns what has happened so far, in the order of sending.
func (r *Recording) Faults() []FrameFault { return slices.Clone(r.faults) }

// add records a fate, of the n-th frame in its direction.
func (r *Recording) add(f *link.Fate, n uint64) {
	for i, c := range f.Copies {
		entry := FrameFault{Wire: f.Wire.Name(), From: f.From.Name(), To: f.To.Name(), Number: n, Copy: i}
		switch {
		case i > 0:
			r.entry(entry, Copied, c.Delay)
		case !c.Lost && c.Delay != 0:
			r.entry(entry, Delayed, c.Delay)
		}
		if c.Lost {
			r.entry(entry, Dropped, 0)
		} else {
			r.changes(entry, f, i)
		}
	}
}

// entry records an action.
func (r *Recording) entry(f FrameFault, a Action, d time.Duration) {
	f.Action, f.Delay = a, d
	r.faults = append(r.faults, f)
}

// changes records in what copy i differs from the frame that was sent.
func (r *Recording) changes(entry FrameFault, f *link.Fate, i int) {
	if !f.Changed(i) {
		return
	}
	sent, arrives := f.Frame, f.Copies[i].Frame
	if flips := difference(sent, arrives); flips != nil {
		flipped := entry
		flipped.Action, flipped.Flips = Flipped, flips
		r.faults = append(r.faults, flipped)
	}
	if len(arrives) < len(sent) {
		entry.Action, entry.Length = Cut, len(arrives)
		r.faults = append(r.faults, entry)
	}
}

// difference returns what turns the beginning of one frame into another.
func difference(sent, arrives []byte) (flips []Flip) {
	for i := range min(len(sent), len(arrives)) {
		bits := sent[i] ^ arrives[i]
		switch n := len(flips) - 1; {
		case bits == 0:
		case n >= 0 && flips[n].Offset+len(flips[n].Bits) == i:
			flips[n].Bits = append(flips[n].Bits, bits)
		default:
			flips = append(flips, Flip{Offset: i, Bits: []byte{bits}})
		}
	}
	return flips
}
