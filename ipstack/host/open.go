package host

import (
	"fmt"
	"slices"
)

// Open lists what programs have opened on the machine and not closed: its connections, listeners
// and UDP ports, in alphabetical order. It is for who holds the baton, and for everybody when the run is over.
func (n *Net) Open() []string {
	var list []string
	for _, e := range n.world.open {
		list = append(list, e.String())
	}
	slices.Sort(list)
	return list
}

// String names the socket: "tcp 10.0.0.1:49152 > 10.0.0.2:80", "tcp listening at 10.0.0.2:80".
func (e *endpoint) String() string {
	switch {
	case e.source == nil:
		return fmt.Sprintf("%s listening at %v", e.network, e.to)
	case e.to == nil:
		return fmt.Sprintf("%s %v", e.network, e.source)
	}
	return fmt.Sprintf("%s %v > %v", e.network, e.source, e.to)
}

// forget takes an endpoint off the open ones.
func (w *world) forget(e *endpoint) {
	last := len(w.open) - 1
	w.open[e.index] = w.open[last]
	w.open[e.index].index = e.index
	w.open[last] = nil
	w.open = w.open[:last]
}
