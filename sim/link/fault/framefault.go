package fault

import (
	"fmt"
	"strings"
	"time"
)

// A FrameFault is one thing that happens to one frame: what chance, or anything else, has done to it once, to be done again. A list of
// them is a fault schedule.
//
// Its text is "WIRE FROM>TO NUMBER ACTION", or NUMBER+COPY for a copy, and reads for example:
//
//	lan client>server 17 drop
//	lan client>server 18 delay 3ms
//	lan client>server 19+1 copy 200µs
//	lan client>server 19+1 flip 54:01 60:ff80
//	lan client>server 20 cut 34
//
// A name with other signs than letters, digits, "_", "-", "." and "/", or none at all, stands in quotes as in Go.
type FrameFault struct {
	Wire, From, To string
	// Number is that of the frame among those on the wire from this port to that, from 1; one to several ports counts at each.
	Number uint64
	// Copy is 0 for the frame itself, else the copy meant.
	Copy   int
	Action Action
	// Delay belongs to Delayed, and to Copied: how much later than the frame would arrive without faults the copy arrives.
	Delay time.Duration
	// Length belongs to Cut: how many bytes are left, the Ethernet header included.
	Length int
	// Flips belong to Flipped.
	Flips []Flip
}

// A Flip is a run of changed bytes.
type Flip struct {
	Offset int    // of the first one in the frame
	Bits   []byte // of each byte, those that are the other way round
}

// An Action says what happens to a frame.
type Action int

// The actions.
const (
	Dropped Action = iota // it is lost
	Delayed               // it arrives later
	Copied                // there is a copy of it, as it was sent
	Cut                   // its end is missing
	Flipped               // it has other bits
)

var actionWords = [...]string{"drop", "delay", "copy", "cut", "flip"}

// String returns the word that stands for the action in the text of a frame fault.
func (a Action) String() string { return actionWords[a] }

// String returns the text of the frame fault, which ParseFrameFault reads.
func (f FrameFault) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s>%s %d", name(f.Wire), name(f.From), name(f.To), f.Number)
	if f.Copy > 0 {
		fmt.Fprintf(&b, "+%d", f.Copy)
	}
	fmt.Fprintf(&b, " %v", f.Action)
	switch f.Action {
	case Delayed, Copied:
		fmt.Fprintf(&b, " %v", f.Delay)
	case Cut:
		fmt.Fprintf(&b, " %d", f.Length)
	case Flipped:
		for _, flip := range f.Flips {
			fmt.Fprintf(&b, " %d:%x", flip.Offset, flip.Bits)
		}
	}
	return b.String()
}

// MarshalText returns String's text, so that JSON and YAML have it.
func (f FrameFault) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText is ParseFrameFault.
func (f *FrameFault) UnmarshalText(text []byte) (err error) {
	*f, err = ParseFrameFault(string(text))
	return err
}
