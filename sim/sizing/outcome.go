package sizing

import (
	"context"
	"time"
)

// An Evaluator runs the workload once with pools of the given sizes and one seed. It must be pure: the same sizes and seed
// give the same outcome, whoever asks and when. It is called from several goroutines at once. An error ends the search.
type Evaluator func(ctx context.Context, sizes Sizes, seed uint64) (Outcome, error)

// An Outcome is what one run did.
type Outcome struct {
	Failures   []Failure     `json:"failures,omitempty"` // the expectations that were not met; none means passed
	Completion time.Duration `json:"completion"`         // virtual time when the last session was over
	Ended      bool          `json:"ended"`              // every session came to an end, with an error or without
	Stuck      []string      `json:"stuck,omitempty"`    // if not: a line for each thread that waited, and for what
	Errors     []string      `json:"errors,omitempty"`   // those that ended sessions, each once
	Lossless   bool          `json:"lossless"`           // no wire lost or damaged a frame
	Pools      []PoolUse     `json:"pools"`              // in the order of the sizes
}

// Passed reports whether all expectations were met.
func (o *Outcome) Passed() bool { return len(o.Failures) == 0 }

// A Failure is an expectation that a run did not meet.
type Failure struct {
	Kind    string        `json:"kind"`              // which expectation
	Text    string        `json:"text"`              // one line, with value and limit
	At      time.Duration `json:"at"`                // virtual time
	Holders string        `json:"holders,omitempty"` // who held the packets then
}

// A PoolUse is what a run did to one pool.
type PoolUse struct {
	Lowest        int           `json:"lowest"`                   // fewest free packets
	LowestAt      time.Duration `json:"lowest_at"`                // virtual time when that was first so
	Holders       string        `json:"holders,omitempty"`        // who had the others then
	EmptyRequests int           `json:"empty_requests,omitempty"` // requests that found no packet, those that then waited included
	EmptyAt       time.Duration `json:"empty_at,omitempty"`       // virtual time of the first of them
	EmptyHolders  string        `json:"empty_holders,omitempty"`  // who had the packets then
	UsedBytes     int           `json:"used_bytes"`               // most bytes of data in held packets at one moment
	HeldBytes     int           `json:"held_bytes"`               // bytes of payload of the packets held then
	Leaked        int           `json:"leaked,omitempty"`         // packets that had not come back at the end
	LeakHolders   string        `json:"leak_holders,omitempty"`   // who has them
	Quiet         []int         `json:"quiet,omitempty"`          // free packets at each moment when no session ran
}

// leaks reports whether packets are lost for good: fewer and fewer are free while nothing runs, or some are missing after
// every session has ended.
func (p *PoolUse) leaks(ended bool) bool {
	falls := 0
	for i := 1; i < len(p.Quiet); i++ {
		switch {
		case p.Quiet[i] > p.Quiet[i-1]:
			return ended && p.Leaked > 0
		case p.Quiet[i] < p.Quiet[i-1]:
			falls++
		}
	}
	return falls > 1 || ended && p.Leaked > 0
}
