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
	Failures   []Failure     `json:"failures,omitempty"`   // the expectations that were not met; none means passed
	Completion time.Duration `json:"completion"`           // virtual time when the last workload was complete
	Pools      []PoolUse     `json:"pools"`                // in the order of the sizes
	Stuck      []string      `json:"stuck,omitempty"`      // every thread that waited for ever, and for what; none if the run did not end so
	Starved    bool          `json:"starved,omitempty"`    // a pool that is not sized ran empty: see the failures
	StarvedOf  string        `json:"starved_of,omitempty"` // its name
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
	EmptyRequests int           `json:"empty_requests,omitempty"` // requests that found no packet, also those that then waited
	UsedBytes     uint32        `json:"used_bytes"`               // most bytes of data in the pool at one moment, headers of the packets not counted
	Leaked        int           `json:"leaked,omitempty"`         // packets that did not come back
	LeakHolders   string        `json:"leak_holders,omitempty"`   // who has them
	Quiet         []int         `json:"quiet,omitempty"`          // free packets at each quiet point
}

// neverEmpty reports whether every request found a packet in every pool.
func (o *Outcome) neverEmpty() bool {
	for _, p := range o.Pools {
		if p.EmptyRequests > 0 {
			return false
		}
	}
	return true
}

// leaks reports whether a pool did not get all its packets back.
func (o *Outcome) leaks() bool {
	for _, p := range o.Pools {
		if p.Leaked > 0 {
			return true
		}
	}
	return false
}
