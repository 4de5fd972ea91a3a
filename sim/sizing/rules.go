package sizing

import (
	"fmt"
	"slices"
	"strings"

	"netxsim/sim/scenario"
)

// A Finding is a rule about sizes, with the values of one place of a scenario put in.
type Finding struct {
	Rule  string `json:"rule"`  // its id
	OK    bool   `json:"ok"`    // whether it holds
	Where string `json:"where"` // the pool, host or workload
	Text  string `json:"text"`  // the inequality with its values
	Why   string `json:"why"`   // what happens when it does not hold
}

// A Rule is an inequality between sizes that can be judged without a run.
type Rule struct {
	ID      string
	Formula string // in the words of the scenario
	Why     string // what happens when it does not hold
	check   func(c *ruleCheck)
}

// Rules returns all rules, in the order in which they are checked.
func Rules() []Rule { return slices.Clone(rules) }

// Check puts the values of s into every rule that applies to it. s must be complete, as [scenario.Load] returns it. A rule
// that does not hold is no proof that a run fails, nor is one that holds a proof that none does: they say what a size was
// meant for.
func Check(s *scenario.Scenario) []Finding {
	c := &ruleCheck{scenario: s}
	for i := range rules {
		c.rule = &rules[i]
		c.rule.check(c)
	}
	return c.findings
}

// A ruleCheck gathers findings.
type ruleCheck struct {
	scenario *scenario.Scenario
	rule     *Rule
	findings []Finding
}

func (c *ruleCheck) add(ok bool, where, format string, args ...any) {
	c.findings = append(c.findings, Finding{c.rule.ID, ok, where, fmt.Sprintf(format, args...), c.rule.Why})
}

// pool is the pool of a host that serves a use: the one that names it, else the default one.
func (c *ruleCheck) pool(host *scenario.Host, uses ...string) *scenario.Pool {
	for _, use := range append(uses, scenario.UseDefault) {
		for i := range host.Pools {
			if slices.Contains(host.Pools[i].Use, use) {
				return &host.Pools[i]
			}
		}
	}
	return nil
}

// hosts calls f for every netx host, with its pool for what arrives.
func (c *ruleCheck) hosts(f func(h *scenario.Host, receive *scenario.Pool)) {
	for i := range c.scenario.Hosts {
		h := &c.scenario.Hosts[i]
		if receive := c.pool(h, scenario.UseDriver); h.Kind == scenario.NetX && receive != nil {
			f(h, receive)
		}
	}
}

// An end is a TCP connection as one netx host has it.
type end struct {
	workload *scenario.Workload
	host     *scenario.Host
	receive  *scenario.Pool // for what arrives
	send     *scenario.Pool // for what is sent
	window   int            // bytes
	mss      int            // bytes
	server   bool
	sends    bool // data beyond a few commands
	receives bool
}

// ends calls f for every end of a TCP connection on a netx host.
func (c *ruleCheck) ends(f func(e *end)) {
	for i := range c.scenario.Workloads {
		w := &c.scenario.Workloads[i]
		if !slices.Contains([]string{scenario.POP3, scenario.TCP, scenario.Request}, w.Kind) {
			continue
		}
		for _, server := range []bool{false, true} {
			name, window := w.From, w.Window
			if server {
				name, window = w.To, w.ServerWindow
			}
			h := hostOf(c.scenario, name)
			if h.Kind != scenario.NetX || c.pool(h) == nil {
				continue
			}
			e := &end{workload: w, host: h, window: int(window), mss: mtuOf(c.scenario, name) - tcpipHeader, server: server}
			e.receive, e.send = c.pool(h, scenario.UseDriver), c.pool(h, scenario.UseApplication)
			if w.Kind == scenario.POP3 {
				e.send = c.pool(h, scenario.UsePOP3)
			}
			e.receives = w.Kind != scenario.TCP || slices.Contains([]string{"both", "echo"}, w.Direction) || (w.Direction == "send") == server
			e.sends = w.Kind == scenario.Request || w.Kind == scenario.TCP && (slices.Contains([]string{"both", "echo"}, w.Direction) || (w.Direction == "receive") == server)
			f(e)
		}
	}
}

// where names an end.
func (e *end) where() string { return e.workload.Name + " on " + e.host.Name }

// packetsFor is how many packets of a pool a full frame with n bytes of TCP data takes.
func packetsFor(p *scenario.Pool, n int) int {
	payload := int(p.Payload)
	return (n + segmentRoom + payload - 1) / payload
}

// incoming and outgoing are the most bytes that can be on their way at once: of a window or a transmit queue no more is used
// than there is data.
func (e *end) incoming() int {
	w := e.workload
	switch {
	case w.Kind == scenario.Request && e.server, w.Kind == scenario.TCP:
		return min(e.window, int(w.Size))
	case w.Kind == scenario.Request:
		return min(e.window, int(w.Response))
	}
	return e.window
}

func (e *end) outgoing() int {
	if e.workload.Kind == scenario.Request && e.server {
		return int(e.workload.Response)
	}
	return int(e.workload.Size)
}

// windowPackets is how many packets of the receive pool a full window takes.
func (e *end) windowPackets() int {
	full, rest := e.incoming()/e.mss, e.incoming()%e.mss
	n := full * packetsFor(e.receive, e.mss)
	if rest > 0 {
		n += packetsFor(e.receive, rest)
	}
	return n
}

// queue is the number of unacknowledged segments that the socket may keep, as far as there are data for them.
func (e *end) queue() int {
	size := e.mss
	if n := int(e.workload.Write); n > 0 {
		size = min(size, n)
	}
	return min(e.workload.TransmitQueue, (e.outgoing()+size-1)/size)
}

// queuePackets is how many packets of the send pool a full transmit queue takes.
func (e *end) queuePackets() int { return e.queue() * packetsFor(e.send, min(e.mss, e.outgoing())) }

// poolAt names a pool with its size.
func poolAt(p *scenario.Pool) string {
	return fmt.Sprintf("%s (%d x %d)", poolName(p), p.Payload, p.Packets)
}

// Text writes findings as lines: those that do not hold, each with what happens, and how many do; or all of them.
func Text(findings []Finding, all bool) string {
	var b strings.Builder
	hold := 0
	for _, f := range findings {
		if f.OK {
			hold++
			continue
		}
		fmt.Fprintf(&b, "  look  %s: %s: %s\n        %s\n", f.Rule, f.Where, f.Text, f.Why)
	}
	if !all {
		fmt.Fprintf(&b, "  %d rules hold\n", hold)
		return b.String()
	}
	for _, f := range findings {
		if f.OK {
			fmt.Fprintf(&b, "  ok    %s: %s: %s\n", f.Rule, f.Where, f.Text)
		}
	}
	return b.String()
}
