package report

import (
	"cmp"
	"slices"
	"time"

	"netxsim/sim/scenario"
)

// A trace is one direction of a TCP connection: the segments with data, and the other side's acknowledgements of them.
type trace struct {
	connection *scenario.Connection
	fromClient bool // the direction of the data
	sent       []sent
	acks       []ack
	highest    int64 // sequence number behind the last byte
	again      int   // retransmissions
	lost       int   // segments of both directions that the wires lost
	pause      pause // the longest
	focus      pause // the longest in which something was sent again, else the longest
}

// sent is a segment with data, a SYN or a FIN.
type sent struct {
	at          time.Duration
	begin, end  int64
	again, lost bool
}

// ack is an acknowledgement.
type ack struct {
	at     time.Duration
	number int64
	edge   int64 // acknowledgement and window: what may be sent
	lost   bool
}

// pause is a time in which nothing was acknowledged although something was sent.
type pause struct{ from, to time.Duration }

func (p pause) length() time.Duration { return p.to - p.from }

// newTrace looks at the direction of a connection that carries more.
func newTrace(c *scenario.Connection) *trace {
	var bytes [2]int64
	for _, s := range c.Segments {
		bytes[side(s.FromClient)] += int64(s.Length)
	}
	t := &trace{connection: c, fromClient: bytes[0] >= bytes[1]}
	var acknowledged int64
	for i := range c.Segments {
		s := &c.Segments[i]
		if s.Lost {
			t.lost++
		}
		if s.FromClient == t.fromClient {
			t.addSent(s)
		} else if hasFlag(s, 'A') {
			number := near(acknowledged, s.Acknowledge)
			t.acks = append(t.acks, ack{s.At, number, number + int64(s.Window), s.Lost})
			acknowledged = max(acknowledged, number)
		}
	}
	t.findPauses()
	return t
}

func side(fromClient bool) int {
	if fromClient {
		return 0
	}
	return 1
}

func hasFlag(s *scenario.Segment, flag byte) bool { return slices.Contains([]byte(s.Flags), flag) }

// near is the 32-bit sequence number closest to a known one, without wrapping.
func near(known int64, sequence uint32) int64 { return known + int64(int32(sequence-uint32(known))) }

// occupied is how many sequence numbers a segment takes.
func occupied(s *scenario.Segment) int64 {
	n := int64(s.Length)
	if hasFlag(s, 'S') || hasFlag(s, 'F') {
		n++
	}
	return n
}

func (t *trace) addSent(s *scenario.Segment) {
	length := occupied(s)
	begin := near(t.highest, s.Sequence)
	if length == 0 || hasFlag(s, 'R') {
		return
	}
	one := sent{at: s.At, begin: begin, end: begin + length, again: begin < t.highest, lost: s.Lost}
	if one.again {
		t.again++
	}
	t.highest = max(t.highest, one.end)
	t.sent = append(t.sent, one)
}

// findPauses finds the longest times without progress.
func (t *trace) findPauses() {
	var acknowledged, outstanding int64
	var since time.Duration
	var again bool // since then
	next := 0
	send := func() {
		if outstanding <= acknowledged {
			since, again = t.sent[next].at, false
		}
		outstanding = max(outstanding, t.sent[next].end)
		again = again || t.sent[next].again
		next++
	}
	note := func(until time.Duration) {
		if outstanding <= acknowledged {
			return
		}
		p := pause{since, until}
		if p.length() > t.pause.length() {
			t.pause = p
		}
		if again && p.length() > t.focus.length() {
			t.focus = p
		}
	}
	for _, a := range t.acks {
		for next < len(t.sent) && t.sent[next].at <= a.at {
			send()
		}
		if !a.lost && a.number > acknowledged {
			note(a.at)
			acknowledged, since, again = a.number, a.at, false
		}
	}
	for next < len(t.sent) {
		send()
	}
	note(t.end())
	if t.focus.length() == 0 {
		t.focus = t.pause
	}
}

// end is when the last segment was sent, in either direction.
func (t *trace) end() time.Duration {
	if n := len(t.connection.Segments); n > 0 {
		return t.connection.Segments[n-1].At
	}
	return 0
}

// begin is when the first segment was sent.
func (t *trace) begin() time.Duration {
	if len(t.connection.Segments) > 0 {
		return t.connection.Segments[0].At
	}
	return 0
}

// closeUp is a part of the connection around its focus: so many segments before it began and after, but not so long after
// that those before cannot be told apart, unless nothing was sent again until then.
func (t *trace) closeUp(before, after int) (from, to time.Duration) {
	all := t.connection.Segments
	i, _ := slices.BinarySearchFunc(all, t.focus.from, func(s scenario.Segment, at time.Duration) int { return cmp.Compare(s.At, at) })
	from, to = all[max(i-before, 0)].At, all[min(i+after, len(all)-1)].At
	enough := t.focus.from + 3*(t.focus.from-from)
	for _, s := range t.sent {
		if s.again && s.at >= t.focus.from {
			enough = max(enough, s.at+(t.focus.from-from)/4)
			break
		}
	}
	return from, min(to, max(enough, from+1))
}

// data are the two ends of the direction.
func (t *trace) data() (from, to string) {
	if t.fromClient {
		return t.connection.From, t.connection.To
	}
	return t.connection.To, t.connection.From
}
