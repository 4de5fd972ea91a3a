package socket

import (
	"fmt"
	"strings"

	"netxsim/sim/link"
)

func init() {
	register(map[string]op{"wire": wire, "events": events, "frames": silent, "driver_commands": silent})
}

// A loss is what a wire op has ordered for the frames of an instance.
type loss struct {
	all         bool
	after, next uint32 // frames that pass yet, and that are lost then
	number      uint64 // the frame judged last
	lost        bool   // and its fate
}

// judge decides about a frame, once however many receivers it has.
func (l *loss) judge(number uint64) bool {
	if number == l.number {
		return l.lost
	}
	l.number, l.lost = number, l.all
	switch {
	case l.all:
	case l.after > 0:
		l.after--
	case l.next > 0:
		l.next--
		l.lost = true
	}
	return l.lost
}

// lose is the rule of the wire. Ports are named after their instance.
func (r *run) lose(d link.Delivery) link.Verdict {
	name, _, _ := strings.Cut(d.From.Name(), " ")
	if l := r.losses[name]; l != nil && l.judge(d.Number) {
		return link.Drop
	}
	return link.Pass
}

func wire(r *run, in input) result {
	name := in.text("ip", "A")
	l := r.losses[name]
	if l == nil {
		l = new(loss)
		r.losses[name] = l
	}
	if in.has("drop") {
		l.all = in.number("drop", 0) != 0
	}
	if in.has("drop_next") {
		l.next, l.after = in.number("drop_next", 0), in.number("after", 0)
	}
	return result{}
}

// record notes a callback.
func (r *run) record(format string, args ...any) {
	r.events = append(r.events, fmt.Sprintf(format, args...))
}

func events(r *run, _ input) result {
	list := r.events
	r.events = nil
	if list == nil {
		list = []string{}
	}
	return result{"events": list}
}

// silent answers the ops whose outputs are informative only.
func silent(*run, input) result { return result{} }
