package sizing

import (
	"context"
	"fmt"
	"slices"
	"time"

	"netxsim/sim/scenario"
	"netxsim/sim/sweep"
)

// Options say how an adviser searches. The zero Options are usable.
type Options struct {
	Seeds    int            // seeds 1 to Seeds must pass; 0 means 10
	Fresh    int            // new seeds that try to break the answer; 0 means 20, less than 0 none
	Payloads []uint32       // bytes, tried for pools that name none of their own; nil means [Payloads]
	Confirm  int            // see [Search.Confirm]
	Window   int            // see [Search.Window]
	Budget   int            // see [Search.Budget]
	Workers  int            // see [Search.Workers]
	Shard    sweep.Shard    // see [Search.Shard]
	Progress func(Progress) // told about every run; nil means nobody
	Run      sweep.Runner   // nil means [sweep.Simulate]
}

// The kinds of advice.
const (
	KindSized    = "sized"     // there is an answer
	KindLeak     = "leak"      // packets are lost for good: no size is enough for long
	KindDeadlock = "deadlock"  // threads wait for each other: no size cures it
	KindLimited  = "limited"   // the limits that the scenario sets for its pools are too low
	KindOther    = "not pools" // expectations fail although no request ever finds a pool empty
	KindUnknown  = "unknown"   // the search ended too early
)

// An Advice is what is recommended for the pools of a scenario, and why.
type Advice struct {
	Scenario string    `json:"scenario"`
	Hash     string    `json:"hash"`
	Version  string    `json:"version"`
	Kind     string    `json:"kind"`   // one of the Kind constants
	Reason   []string  `json:"reason"` // what the kind rests on, a line each
	Rules    []Finding `json:"rules"`  // what can be said before any run

	Pools    []PoolAdvice    `json:"pools"`    // in the order of the scenario
	RAM      uint32          `json:"ram"`      // bytes on the target, control blocks included
	Today    uint32          `json:"today"`    // bytes of the pools as the scenario has them
	Complete time.Duration   `json:"complete"` // virtual time of the slowest run
	Proof    string          `json:"proof"`    // see the Proof constants
	Unproven int             `json:"unproven"` // cheaper sizes that were not tried
	Runs     int             `json:"runs"`
	Seeds    []uint64        `json:"seeds"` // that the answer passed
	Fresh    []uint64        `json:"fresh"` // that could not break it
	Broken   []Broken        `json:"broken"`
	Holes    []Hole          `json:"holes"`
	Smaller  []Rejected      `json:"smaller"`         // the answer with one packet less
	Solid    *FrontierPoint  `json:"solid,omitempty"` // where more packets may be worse: sizes above which nothing is known to fail
	Ample    *FrontierPoint  `json:"ample,omitempty"` // the answer's payloads with packets enough that no request waits or fails
	Frontier []FrontierPoint `json:"frontier"`        // the sizes of which none is both smaller and faster
	Tried    []Trial         `json:"tried"`           // all sizes that were run, cheapest first
	Warnings []string        `json:"warnings"`
	Stopped  string          `json:"stopped,omitempty"` // why the search ended early

}

// A PoolAdvice is what is recommended for one pool.
type PoolAdvice struct {
	Host    string   `json:"host"`
	Name    string   `json:"name"`
	Fixed   bool     `json:"fixed"` // it was left as it is
	Today   PoolSize `json:"today"`
	Payload uint32   `json:"payload"`
	Packets int      `json:"packets"`

	Memory  uint32 `json:"memory"`  // bytes for nx_packet_pool_create, without the control block
	Header  uint32 `json:"header"`  // of them, bytes of packet headers and rounding
	Control uint32 `json:"control"` // bytes of the control block
	Unused  int    `json:"unused"`  // bytes of payload that no run filled at its fullest moment

	Lowest    int           `json:"lowest"` // fewest free packets of all runs
	Seed      uint64        `json:"seed"`   // with which that was
	LowestAt  time.Duration `json:"lowest_at"`
	Holders   string        `json:"holders"`    // who had the others
	NotServed int           `json:"not_served"` // most requests of a run that found no packet, also those that then waited
}

// A Rejected is sizes that are too small, and the first seed that shows it.
type Rejected struct {
	Sizes   Sizes   `json:"sizes"`
	RAM     uint32  `json:"ram"`
	Failed  int     `json:"failed"` // seeds that failed
	Of      int     `json:"of"`     // seeds that were run
	Seed    uint64  `json:"seed"`
	Failure Failure `json:"failure"`
	Empty   []Empty `json:"empty"` // where a request of that run first found a pool empty
}

// An Empty is the first request of a run that found a pool empty.
type Empty struct {
	Pool    string        `json:"pool"`
	At      time.Duration `json:"at"`
	Holders string        `json:"holders"` // who had the packets then
	Times   int           `json:"times"`   // how many requests did in all
}

// A FrontierPoint is sizes that pass, and how long their slowest run takes.
type FrontierPoint struct {
	Sizes     Sizes         `json:"sizes"`
	RAM       uint32        `json:"ram"`
	Complete  time.Duration `json:"complete"`
	NotServed int           `json:"not_served"`
}

// Advise searches the least pools with which s meets its expectations, tries to break them with fresh seeds, and explains
// them. It ends early when ctx does, and says what is known then. s is not changed.
//
// Errors: a scenario that is wrong, that has no pool to size, or that cannot be run.
func Advise(ctx context.Context, s *scenario.Scenario, o Options) (*Advice, error) {
	s = s.Clone()
	if err := s.Check(); err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(s.Pools(), func(p *scenario.Pool) bool { return !p.Fixed }) {
		return nil, fmt.Errorf("sizing: %s has no pool that is not fixed", s.Name)
	}
	search := o.search(s)
	v, err := search.Run(ctx)
	if err != nil {
		return nil, err
	}
	return newAdvice(s, &search, v), nil
}

// search is the search that o asks for.
func (o *Options) search(s *scenario.Scenario) Search {
	search := Search{
		Space: spaceOf(s, o.Payloads), Evaluate: Evaluate(s, o.Run), First: SizesOf(s),
		Fresh: o.Fresh, Confirm: o.Confirm, Window: o.Window, Budget: o.Budget, Shard: o.Shard, Workers: o.Workers, Progress: o.Progress,
	}
	if search.Fresh == 0 {
		search.Fresh = 20
	}
	n := o.Seeds
	if n <= 0 {
		n = 10
	}
	for seed := range uint64(n) {
		search.Seeds = append(search.Seeds, seed+1)
	}
	return search
}

func newAdvice(s *scenario.Scenario, search *Search, v *Verdict) *Advice {
	a := &Advice{
		Scenario: s.Name, Hash: s.Hash(), Version: scenario.Version(), Rules: Check(s),
		Today: SizesOf(s).RAM(search.Space.Target), Proof: v.Proof, Unproven: v.Unproven, Runs: v.Runs,
		Seeds: v.Seeds, Fresh: v.Fresh, Broken: v.Broken, Holes: v.Holes, Tried: v.Tried,
	}
	if v.Stopped != nil {
		a.Stopped = v.Stopped.Error()
	}
	a.Kind, a.Reason = classify(search, v)
	a.Warnings = warnings(search, v)
	defer a.lists()
	if v.Answer == nil {
		return a
	}
	a.RAM, a.Complete = v.Answer.RAM, v.Answer.Slowest()
	for i, p := range s.Pools() {
		a.Pools = append(a.Pools, poolAdvice(search, p, i, v.Answer))
	}
	for _, c := range v.Smaller {
		if r, failed := rejected(&c, search.Space.Pools); failed {
			a.Smaller = append(a.Smaller, r)
		}
	}
	if v.Ample != nil {
		a.Ample = new(frontierPoint(v.Ample))
	}
	if c := solid(v); c != nil {
		a.Solid = new(frontierPoint(c))
	}
	a.Frontier = frontier(v.Passed)
	return a
}

// lists has JSON show lists without anything in them as such.
func (a *Advice) lists() {
	a.Reason, a.Warnings, a.Rules = orEmpty(a.Reason), orEmpty(a.Warnings), orEmpty(a.Rules)
	a.Pools, a.Smaller, a.Frontier = orEmpty(a.Pools), orEmpty(a.Smaller), orEmpty(a.Frontier)
	a.Seeds, a.Fresh, a.Broken, a.Holes = orEmpty(a.Seeds), orEmpty(a.Fresh), orEmpty(a.Broken), orEmpty(a.Holes)
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func poolAdvice(search *Search, p *scenario.Pool, i int, c *Candidate) PoolAdvice {
	t, size := search.Space.Target, c.Sizes[i]
	a := PoolAdvice{
		Host: p.Host, Name: p.Name, Fixed: p.Fixed, Today: PoolSize{uint32(p.Payload), p.Packets},
		Payload: size.Payload, Packets: size.Packets, Control: t.PoolSize(), Lowest: size.Packets,
	}
	a.Memory = c.Sizes[i:i+1].RAM(t) - a.Control
	a.Header = a.Memory - size.Payload*uint32(size.Packets)
	used := 0
	for n, o := range c.Outcomes {
		use := o.Pools[i]
		if n == 0 || use.Lowest < a.Lowest {
			a.Lowest, a.Seed, a.LowestAt, a.Holders = use.Lowest, c.Seeds[n], use.LowestAt, use.Holders
		}
		a.NotServed = max(a.NotServed, use.EmptyRequests)
		used = max(used, use.UsedBytes)
	}
	a.Unused = max(int(size.Payload)*size.Packets-used, 0)
	return a
}

// rejected is a candidate that failed, with the least seed that shows it.
func rejected(c *Candidate, pools []PoolSpace) (Rejected, bool) {
	seeds, outcomes := c.Failed()
	if len(seeds) == 0 {
		return Rejected{}, false
	}
	first := 0
	for i := range seeds {
		if seeds[i] < seeds[first] {
			first = i
		}
	}
	o := &outcomes[first]
	r := Rejected{Sizes: c.Sizes, RAM: c.RAM, Failed: len(seeds), Of: len(c.Seeds), Seed: seeds[first], Failure: o.Failures[0]}
	r.Empty = o.empties(pools)
	return r, true
}

// empties says where the run found pools empty; their names are pools.
func (o *Outcome) empties(pools []PoolSpace) []Empty {
	var list []Empty
	for i, p := range o.Pools {
		if p.EmptyRequests > 0 {
			list = append(list, Empty{pools[i].Name, p.EmptyAt, p.EmptyHolders, p.EmptyRequests})
		}
	}
	return list
}

// solid returns the cheapest candidate that no larger one of the same payloads is known to fail above, or nil if the answer is
// it.
func solid(v *Verdict) *Candidate {
	shaky := func(c *Candidate) bool {
		return slices.ContainsFunc(v.Holes, func(h Hole) bool { return sameShape(h.Passes, c.Sizes) && covers(h.Fails, c.Sizes) })
	}
	for i := range v.Passed {
		if !shaky(&v.Passed[i]) {
			if i == 0 {
				return nil
			}
			return &v.Passed[i]
		}
	}
	return nil
}

// frontier returns the candidates of which none other is both as small and as fast, cheapest first.
func frontier(passed []Candidate) []FrontierPoint {
	var list []FrontierPoint
	for i := range passed {
		p := frontierPoint(&passed[i])
		if len(list) == 0 || p.Complete < list[len(list)-1].Complete {
			list = append(list, p)
		}
	}
	return list
}

func frontierPoint(c *Candidate) FrontierPoint {
	p := FrontierPoint{Sizes: c.Sizes, RAM: c.RAM, Complete: c.Slowest()}
	for _, o := range c.Outcomes {
		empty := 0
		for _, u := range o.Pools {
			empty += u.EmptyRequests
		}
		p.NotServed = max(p.NotServed, empty)
	}
	return p
}
