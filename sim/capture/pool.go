package capture

import (
	"fmt"

	"netxsim/packetpool"
	"netxsim/sim/link"
)

// Pool says in comments when the pool has fewer packets free than ever since now, and when somebody gets none.
func (c *Capture) Pool(p *packetpool.Pool) {
	c.lowest[p] = p.Available()
	c.stops = append(c.stops, p.Watch(c.watch))
}

// watch turns an event of a pool into a comment.
func (c *Capture) watch(e packetpool.Event) {
	frame, port := c.arriving()
	at := fmt.Sprintf(" at %.9fs", e.At.Seconds())
	switch {
	case e.Cause == packetpool.CauseAllocate && e.Free < c.lowest[e.Pool]:
		c.lowest[e.Pool] = e.Free
		c.remark(frame, comment{e.Pool, fmt.Sprintf("pool %s at a new low: %d of %d free%s; held by %s",
			e.Pool.Name(), e.Free, e.Pool.Total(), at, packetpool.FormatHolders(e.Pool.Holders()))})
	case e.Cause == packetpool.CauseEmpty && port != nil:
		c.remark(frame, comment{text: fmt.Sprintf("lost at %s: no packet in pool %s%s", port.Name(), e.Pool.Name(), at)})
	case e.Cause == packetpool.CauseEmpty:
		c.remark(frame, comment{text: fmt.Sprintf("pool %s is empty: none for %s%s", e.Pool.Name(), e.Holder, at)})
	case e.Cause == packetpool.CauseWait:
		c.remark(frame, comment{text: fmt.Sprintf("pool %s is empty: %s waits%s", e.Pool.Name(), e.Holder, at)})
	}
}

// arriving returns the frame that a port is receiving, or else the last one, if any, and no port.
func (c *Capture) arriving() (*frame, *link.Port) {
	for _, w := range c.wires {
		if number, port := w.Arriving(); port != nil {
			if f := c.find(w, number); f != nil {
				return f, port
			}
		}
	}
	if n := len(c.frames); n > 0 {
		return c.frames[n-1], nil
	}
	return nil, nil
}

// remark adds a comment to a frame, or keeps it for the first one.
func (c *Capture) remark(f *frame, r comment) {
	to := &c.early
	if f != nil {
		to = &f.comments
	}
	for i := range *to {
		if r.low != nil && (*to)[i].low == r.low {
			(*to)[i] = r
			return
		}
	}
	*to = append(*to, r)
}
