// Package poolvar publishes what packet pools are doing while a simulation runs,
// for long runs on the real clock: to expvar as JSON, and to Prometheus as text.
//
//	var pools poolvar.Set
//	pools.Add("", rx)
//	expvar.Publish("netx_pools", &pools) // on /debug/vars
//	http.HandleFunc("/metrics", func(w http.ResponseWriter, _ *http.Request) {
//		w.Header().Set("Content-Type", poolvar.ContentType)
//		pools.WriteTo(w)
//	})
//
// # Two sides
//
// A pool has no lock and belongs to its simulation. A [Set] watches it: with
// every change, in the thread or event that caused it, it copies the pool's
// numbers behind a mutex of its own. All methods but [Set.Add] and the stop
// function it returns read only these copies, so any goroutine may call them at
// any time; they never touch the pool, and what they return about one pool
// belongs to one moment.
package poolvar

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"netxsim/packetpool"
)

// Values are the numbers of one pool.
type Values struct {
	Total         uint32 `json:"total"`          // packets in the pool
	Free          uint32 `json:"free"`           // free packets now
	Lowest        uint32 `json:"lowest"`         // fewest free packets so far
	EmptyRequests uint32 `json:"empty_requests"` // requests that found the pool empty
	Suspensions   uint32 `json:"suspensions"`    // requests that waited
	Waiting       int    `json:"waiting"`        // threads that wait now
}

// A Set is a number of pools by name. The zero Set is empty and ready for use.
// It is an expvar.Var.
type Set struct {
	mu     sync.Mutex
	gauges []*gauge // by name
}

// A gauge is the copy of one pool's numbers.
type gauge struct {
	name   string
	mu     sync.Mutex
	values Values
}

// Add follows the pool under a name until stop is called; empty means the
// pool's own name. A pool of that name in the set is replaced. Add and stop
// belong to the side of the simulation: call them before or after it runs, or
// from its threads and events.
func (s *Set) Add(name string, pool *packetpool.Pool) (stop func()) {
	if name == "" {
		name = pool.Name()
	}
	g := &gauge{name: name}
	g.read(pool)
	unwatch := pool.Watch(func(packetpool.Event) { g.read(pool) })
	s.mu.Lock()
	defer s.mu.Unlock()
	at, found := slices.BinarySearchFunc(s.gauges, name, compare)
	if found {
		s.gauges[at] = g
	} else {
		s.gauges = slices.Insert(s.gauges, at, g)
	}
	return func() {
		unwatch()
		s.remove(g)
	}
}

func compare(g *gauge, name string) int {
	switch {
	case g.name < name:
		return -1
	case g.name > name:
		return 1
	}
	return 0
}

func (s *Set) remove(g *gauge) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gauges = slices.DeleteFunc(s.gauges, func(other *gauge) bool { return other == g })
}

// read copies the pool's numbers. It runs on the simulation's side.
func (g *gauge) read(pool *packetpool.Pool) {
	info := pool.Info()
	v := Values{
		Total: info.Total, Free: info.Available, Lowest: pool.Lowest(),
		EmptyRequests: info.EmptyRequests, Suspensions: info.EmptySuspensions, Waiting: pool.Waiting(),
	}
	g.mu.Lock()
	g.values = v
	g.mu.Unlock()
}

// named are the values of one pool in a snapshot.
type named struct {
	name string
	Values
}

// snapshot returns the values of all pools, by name.
func (s *Set) snapshot() []named {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]named, len(s.gauges))
	for i, g := range s.gauges {
		g.mu.Lock()
		list[i] = named{g.name, g.values}
		g.mu.Unlock()
	}
	return list
}

// Values returns the numbers of a pool, and whether it is in the set.
func (s *Set) Values(name string) (Values, bool) {
	for _, n := range s.snapshot() {
		if n.name == name {
			return n.Values, true
		}
	}
	return Values{}, false
}

// String returns all pools as a JSON object, {"rx":{"total":12,…}}: what
// expvar shows.
func (s *Set) String() string {
	object := make(map[string]Values)
	for _, n := range s.snapshot() {
		object[n.name] = n.Values
	}
	text, err := json.Marshal(object) // sorts by name
	if err != nil {
		return fmt.Sprintf("%q", err) // cannot happen: numbers and strings
	}
	return string(text)
}
