package sizing

import (
	"container/heap"
	"context"
	"slices"
)

// waveSize is how many boxes are looked at before their runs are made together. It is fixed, so that the runs are the same
// on any number of cores.
const waveSize = 8

// A box is a range of packet counts for one combination of payloads: all sizes between low and high, pool by pool.
type box struct {
	low, high Sizes
	open      bool // high is held to pass
}

// point reports whether the box is one size.
func (b *box) point() bool { return key(b.low) == key(b.high) }

// split halves the box where that halves most RAM. Whether high passes is known of the upper half only.
func (b *box) split() (lower, upper *box) {
	axis, widest := 0, 0
	for i := range b.low {
		if width := (b.high[i].Packets - b.low[i].Packets) * int(b.low[i].Payload); width > widest {
			axis, widest = i, width
		}
	}
	middle := (b.low[axis].Packets + b.high[axis].Packets) / 2
	return &box{low: b.low, high: b.high.with(axis, middle)},
		&box{low: b.low.with(axis, middle+1), high: b.high, open: b.open}
}

// boxes is a heap of boxes, that with the cheapest corner first.
type boxes struct {
	f    *finder
	list []*box
}

func (h *boxes) Len() int { return len(h.list) }
func (h *boxes) Less(i, j int) bool {
	return compare(h.f.Space.Target, h.list[i].low, h.list[j].low) < 0
}
func (h *boxes) Swap(i, j int) { h.list[i], h.list[j] = h.list[j], h.list[i] }
func (h *boxes) Push(x any)    { h.list = append(h.list, x.(*box)) }

// Pop takes the last box off the list.
func (h *boxes) Pop() any {
	last := h.list[len(h.list)-1]
	h.list = h.list[:len(h.list)-1]
	return last
}

// descend finds the least sizes that pass, if more packets are never worse: a box whose largest sizes fail is dropped, as is
// one whose smallest cost more than what is known to pass; any other is halved.
func (f *finder) descend(ctx context.Context) error {
	h := &boxes{f: f}
	for _, r := range f.references {
		if r.Passed {
			heap.Push(h, &box{low: f.least(r.Sizes), high: r.top(), open: true})
		}
	}
	for h.Len() > 0 {
		f.runs.plan("searching", 4*h.Len())
		wave := f.wave(h)
		if err := f.probe(ctx, wave); err != nil {
			return err
		}
		for _, b := range wave {
			if b.open && !b.point() {
				lower, upper := b.split()
				heap.Push(h, lower)
				heap.Push(h, upper)
			}
		}
	}
	return nil
}

// least returns the sizes with as few packets as may be.
func (f *finder) least(s Sizes) Sizes {
	s = slices.Clone(s)
	for i := range s {
		s[i].Packets = f.Space.lowest(i)
	}
	return s
}

// wave takes the next boxes that may hold something cheaper than what is known to pass.
func (f *finder) wave(h *boxes) []*box {
	var wave []*box
	best := f.best()
	for h.Len() > 0 && len(wave) < waveSize {
		b := heap.Pop(h).(*box)
		if best == nil || compare(f.Space.Target, b.low, best) < 0 {
			wave = append(wave, b)
		}
	}
	return wave
}

// probe finds out which of the boxes' largest sizes pass. What follows from earlier runs is not run, except for a box of one
// size.
func (f *finder) probe(ctx context.Context, wave []*box) error {
	var ask []*box
	for _, b := range wave {
		passes, fails := f.follows(b.high)
		switch {
		case b.point(), passes == fails && !b.open:
			ask = append(ask, b)
		case fails && !passes:
			b.open = false
		default:
			b.open = true
		}
	}
	sizes := make([]Sizes, len(ask))
	for i, b := range ask {
		sizes[i] = b.high
	}
	passed, err := f.runs.decide(ctx, sizes)
	for i, b := range ask {
		b.open = err == nil && passed[i]
	}
	return err
}

// follows reports whether sizes must pass because fewer packets do, and whether they must fail because more do.
func (f *finder) follows(s Sizes) (passes, fails bool) {
	for _, e := range f.runs.sizes {
		if !sameShape(e.sizes, s) {
			continue
		}
		passes = passes || covers(s, e.sizes) && f.runs.passed(e)
		fails = fails || covers(e.sizes, s) && len(e.failed) > 0
	}
	return passes, fails
}
