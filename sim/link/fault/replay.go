package fault

import (
	"cmp"
	"slices"

	"netxsim/sim/link"
)

// A Replaying does again what a list of frame faults says.
type Replaying struct {
	list []FrameFault
	done []bool
}

// Replay has a list of frame faults decide what happens to the frames of wires, in place of rules, faults and
// loss: entries for other wires do nothing. It should be called before the first frame is sent. The program that was recorded sees
// then the same frames at the same times, and its wires have the same hash. A shorter list may make it send others; what is in the list
// is then done to the frames that have those numbers now.
func Replay(list []FrameFault, wires ...*link.Wire) *Replaying {
	r := &Replaying{list: slices.Clone(list), done: make([]bool, len(list))}
	for _, w := range wires {
		frames := make(map[place][]int)
		for i, f := range list {
			if f.Wire == w.Name() {
				at := place{direction{f.From, f.To}, f.Number}
				frames[at] = append(frames[at], i)
			}
		}
		for _, entries := range frames { //netxlint:ordered each entry is sorted by itself
			slices.SortStableFunc(entries, r.inOrder)
		}
		count := make(directions[uint64])
		w.Instead(func(f *link.Fate) {
			n := count.at(f)
			*n++
			r.apply(f, frames[place{direction{f.From.Name(), f.To.Name()}, *n}])
		})
	}
	return r
}

// place is the number of a frame in a direction.
type place struct {
	direction
	number uint64
}

// Unused returns the frame faults that have happened to no frame so far.
func (r *Replaying) Unused() (left []FrameFault) {
	for i, f := range r.list {
		if !r.done[i] {
			left = append(left, f)
		}
	}
	return left
}

// inOrder sorts copies to the front, in their order, and cutting behind the rest.
func (r *Replaying) inOrder(a, b int) int {
	rank := func(i int) int {
		switch r.list[i].Action {
		case Copied:
			return 0
		case Cut:
			return 2
		}
		return 1
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(r.list[a].Copy, r.list[b].Copy))
}

// apply does to a frame what entries of the list say.
func (r *Replaying) apply(f *link.Fate, entries []int) {
	if len(entries) == 0 {
		return
	}
	index := map[int]int{0: 0} // where a copy is
	for _, n := range entries {
		entry := &r.list[n]
		if entry.Action == Copied {
			index[entry.Copy] = f.Duplicate(0, entry.Delay, replayed)
			r.done[n] = true
			continue
		}
		if i, there := index[entry.Copy]; there {
			r.done[n] = entry.apply(f, i)
		}
	}
}

// replayed is the cause of what is replayed.
const replayed = "replay"

// apply does to copy i what the entry says and reports whether there was anything to do.
func (f *FrameFault) apply(fate *link.Fate, i int) bool {
	switch f.Action {
	case Dropped:
		fate.Drop(i, replayed)
	case Delayed:
		fate.Delay(i, f.Delay, replayed)
	case Cut:
		if f.Length >= len(fate.Copies[i].Frame) {
			return false
		}
		fate.Truncate(i, f.Length, replayed)
	case Flipped:
		frame := fate.Edit(i, replayed)
		for _, flip := range f.Flips {
			for n, bits := range flip.Bits {
				if at := flip.Offset + n; at < len(frame) {
					frame[at] ^= bits
				}
			}
		}
		return fate.Changed(i)
	}
	return true
}
