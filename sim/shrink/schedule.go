package shrink

import (
	"fmt"
	"time"

	"netxsim/sim/link/fault"
)

// A Finding is a minimal fault schedule.
type Finding struct {
	Result[fault.FrameFault]
	From int // frame faults at the beginning
}

// Schedule finds a short fault schedule with which run still fails, with delays as short and as few changed bits as possible. Error:
// ErrPasses.
func Schedule(list []fault.FrameFault, run func([]fault.FrameFault) (failed bool), o Options) (Finding, error) {
	r, err := Minimize(list, run, simpler, o)
	return Finding{r, len(list)}, err
}

// Go returns the schedule as Go source, an expression of package fault.
func (f Finding) Go() string { return fault.GoSnippet(f.List) }

// YAML returns the schedule as the part of a scenario that replays it.
func (f Finding) YAML() string { return fault.YAMLSnippet(f.List) }

// String says what was found, in a line and one per frame fault.
func (f Finding) String() string {
	text := fmt.Sprintf("%d of %d frame faults are left after %d runs", len(f.List), f.From, f.Runs)
	if !f.Minimal {
		text += ", when the budget was used up"
	}
	for _, entry := range f.List {
		text += "\n" + entry.String()
	}
	return text
}

// simpler returns simpler forms of a frame fault: shorter delays, fewer bits.
func simpler(f fault.FrameFault) (forms []fault.FrameFault) {
	switch f.Action {
	case fault.Copied, fault.Delayed:
		delays := shorter(f.Delay)
		if f.Action == fault.Copied && f.Delay != 0 {
			delays = append([]time.Duration{0}, delays...)
		}
		for _, d := range delays {
			form := f
			form.Delay = d
			forms = append(forms, form)
		}
	case fault.Flipped:
		for _, flips := range fewer(f.Flips) {
			form := f
			form.Flips = flips
			forms = append(forms, form)
		}
	}
	return forms
}

// shorter returns shorter delays down to a microsecond, the shortest first: the unit of a magnitude less, the unit of the
// magnitude, half, a unit less, and the delay rounded down to one and two digits.
func shorter(d time.Duration) (forms []time.Duration) {
	if d <= time.Microsecond {
		return nil
	}
	unit := time.Microsecond
	for unit*10 <= d {
		unit *= 10
	}
	for _, form := range []time.Duration{unit / 10, unit, d / 2 / unit * unit, (d/unit - 1) * unit, d / unit * unit, d / (unit / 10) * (unit / 10)} {
		if form >= time.Microsecond && form < d && (len(forms) == 0 || form > forms[len(forms)-1]) {
			forms = append(forms, form)
		}
	}
	return forms
}

// fewer returns flips with fewer bits: one run of several, half a run, fewer bits of a byte.
func fewer(flips []fault.Flip) (forms [][]fault.Flip) {
	if len(flips) > 1 {
		for i := range flips {
			forms = append(forms, flips[i:i+1:i+1])
		}
		half := len(flips) / 2
		if half > 1 {
			forms = append(forms, flips[:half:half])
		}
		return append(forms, flips[half:])
	}
	if len(flips) == 0 {
		return nil
	}
	f := flips[0]
	if n := len(f.Bits) / 2; n > 0 {
		return [][]fault.Flip{{{Offset: f.Offset, Bits: f.Bits[:n:n]}}, {{Offset: f.Offset + n, Bits: f.Bits[n:]}}}
	}
	if b := f.Bits[0]; b&(b-1) != 0 {
		return [][]fault.Flip{{{Offset: f.Offset, Bits: []byte{b & -b}}}, {{Offset: f.Offset, Bits: []byte{b & (b - 1)}}}}
	}
	return nil
}
