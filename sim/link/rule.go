package link

import "time"

// A Verdict is what a rule says about a delivery. The zero Verdict is Pass.
type Verdict struct {
	decided bool
	drop    bool
	delay   time.Duration
}

// Pass leaves the delivery to the next rule.
var Pass = Verdict{}

// Drop loses the frame.
var Drop = Verdict{decided: true, drop: true}

// Deliver has the frame arrive, a delay later than it would have, whatever the next rules say. A
// negative delay means none.
func Deliver(delay time.Duration) Verdict {
	return Verdict{decided: true, delay: max(delay, 0)}
}

// A Rule judges the delivery of a frame to one port, when the frame is sent. Rules are asked in
// the order they were added; the first verdict that is not Pass counts. A rule that needs chance
// takes it from Wire.Chance. It must not keep the frame or change it: that is for a Fault.
type Rule func(d Delivery) Verdict

// A Delivery is a frame on its way from one port to another.
type Delivery struct {
	Wire     *Wire
	From, To *Port
	Frame    []byte
	Number   uint64 // of the frame on this wire, from 1
}

// AddRule adds a rule behind the ones there are.
func (w *Wire) AddRule(r Rule) { w.rules = append(w.rules, r) }

// Chance returns true with probability p, by the wire's random numbers. It draws none for
// a p of 0 or less.
func (w *Wire) Chance(p float64) bool { return p > 0 && w.random.Float64() < p }

// judge asks the rules, then the loss of the wire.
func (w *Wire) judge(from, to *Port, frame []byte) Verdict {
	for _, r := range w.rules {
		v := r(Delivery{Wire: w, From: from, To: to, Frame: frame, Number: w.number})
		if v.decided {
			return v
		}
	}
	if w.Chance(w.cfg.Loss) {
		return Drop
	}
	return Pass
}
