package report

import (
	"fmt"
	"net/netip"
	"slices"

	"netxsim/sim/scenario"
)

// A worst is the TCP connection that is drawn: of the session that failed first, or else the one with the longest time without
// progress.
type worst struct {
	trace    *trace
	workload string // whose session it is of; empty if that is not known
	session  int    // counted from 1
	sessions int    // of the workload
}

// findWorst finds the connection to be drawn; nil if there is none with data.
func findWorst(s *scenario.Scenario, r *scenario.Result) *worst {
	w, i, found := failedSession(r)
	var best *worst
	for n := range r.Sequence {
		c := &r.Sequence[n]
		t := newTrace(c)
		if len(t.sent) == 0 || best != nil && !t.worse(best.trace) {
			continue
		}
		if found && belongs(s, r, w, i, c) || !found {
			best = &worst{trace: t}
		}
	}
	if best == nil && found {
		passed := *r
		passed.Workloads = nil
		return findWorst(s, &passed)
	}
	if best != nil {
		best.name(s, r)
	}
	return best
}

// name finds the session that the connection is of.
func (b *worst) name(s *scenario.Scenario, r *scenario.Result) {
	for w := range r.Workloads {
		for i := range r.Workloads[w].Sessions {
			if belongs(s, r, w, i, b.trace.connection) {
				b.workload, b.session, b.sessions = r.Workloads[w].Name, i+1, len(r.Workloads[w].Sessions)
			}
		}
	}
}

// title names the session.
func (b *worst) title() string {
	switch {
	case b.workload == "":
		return b.trace.connection.From + " to " + b.trace.connection.To
	case b.sessions == 1:
		return b.workload
	}
	return fmt.Sprintf("%s, session %d", b.workload, b.session)
}

// failedSession returns the session that failed first; false if none did.
func failedSession(r *scenario.Result) (workload, session int, found bool) {
	for w := range r.Workloads {
		for i := range r.Workloads[w].Sessions {
			s := &r.Workloads[w].Sessions[i]
			if failed(s) && (!found || s.End < r.Workloads[workload].Sessions[session].End) {
				workload, session, found = w, i, true
			}
		}
	}
	return workload, session, found
}

// worse reports whether a connection went worse than another.
func (t *trace) worse(o *trace) bool {
	if t.pause.length() != o.pause.length() {
		return t.pause.length() > o.pause.length()
	}
	return t.again > o.again
}

// belongs reports whether a connection is of a session: between its hosts, to its port, and begun in its time.
func belongs(s *scenario.Scenario, r *scenario.Result, workload, session int, c *scenario.Connection) bool {
	if workload >= len(s.Workloads) || len(c.Segments) == 0 {
		return false
	}
	w, x := &s.Workloads[workload], &r.Workloads[workload].Sessions[session]
	if !slices.Contains([]string{scenario.POP3, scenario.TCP, scenario.Request, scenario.Idle}, w.Kind) {
		return false
	}
	to, err := netip.ParseAddrPort(c.To)
	if err != nil || int(to.Port()) != w.Port || !slices.Contains(addresses(s, w.To), to.Addr()) {
		return false
	}
	from, err := netip.ParseAddrPort(c.From)
	begun := c.Segments[0].At
	return err == nil && slices.Contains(addresses(s, w.From), from.Addr()) && begun >= x.Start && (begun <= x.End || !x.Ended)
}

// addresses are those of a host.
func addresses(s *scenario.Scenario, name string) []netip.Addr {
	var list []netip.Addr
	for _, h := range s.Hosts {
		if h.Name != name {
			continue
		}
		list = append(list, h.Address.Addr())
		for _, i := range h.Interfaces {
			list = append(list, i.Address.Addr())
		}
	}
	return list
}
