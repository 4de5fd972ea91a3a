package fault

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"netxsim/sim/link"
)

// Chance selects frames with probability p, 0 to 1.
func Chance(p float64) Condition { return chance(p) }

type chance float64

func (p chance) String() string { return "with a probability of " + percent(float64(p)) }

func (p chance) start(s *setup) condition {
	d := s.draws()
	return func(_ *link.Fate, i int) bool { return d.of(i).Float64() < float64(p) }
}

// percent is a probability in words.
func percent(p float64) string { return strconv.FormatFloat(p*100, 'g', 6, 64) + "%" }

// draws are the random numbers of a condition or effect. Copies that other faults have made draw from a stream of their own, so that
// they do not change what the frames draw.
type draws struct{ frames, copies *rand.Rand }

func (d draws) of(i int) *rand.Rand {
	if i == 0 {
		return d.frames
	}
	return d.copies
}

// Nth selects the n-th frame that comes by, counted from 1, and only that.
func Nth(n uint64) Condition { return nth(n) }

type nth uint64

func (n nth) String() string { return fmt.Sprintf("if it is number %d", uint64(n)) }

func (n nth) start(*setup) condition {
	var count nth
	return func(*link.Fate, int) bool {
		count++
		return count == n
	}
}

// Every selects each n-th frame that comes by: n, 2n, 3n … An n of 0 selects none.
func Every(n uint64) Condition { return every(n) }

type every uint64

func (n every) String() string { return fmt.Sprintf("if it is one in %d by count", uint64(n)) }

func (n every) start(*setup) condition {
	var count every
	return func(*link.Fate, int) bool {
		count++
		return n > 0 && count%n == 0
	}
}

// From selects the frames that one of the ports has sent.
func From(ports ...string) Condition { return from(ports) }

type from []string

func (p from) String() string { return "from " + strings.Join(p, " or ") }

func (p from) start(*setup) condition {
	return func(f *link.Fate, _ int) bool { return slices.Contains(p, f.From.Name()) }
}

// To selects the frames on their way to one of the ports.
func To(ports ...string) Condition { return to(ports) }

type to []string

func (p to) String() string { return "to " + strings.Join(p, " or ") }

func (p to) start(*setup) condition {
	return func(f *link.Fate, _ int) bool { return slices.Contains(p, f.To.Name()) }
}

// Path selects the frames from one port to another, in this direction only.
func Path(fromPort, toPort string) Condition { return All(From(fromPort), To(toPort)) }

// Apart selects the frames between ports of different groups.
func Apart(groups ...[]string) Condition { return apart(groups) }

type apart [][]string

func (g apart) String() string {
	var texts []string
	for _, ports := range g {
		texts = append(texts, strings.Join(ports, ", "))
	}
	return "between (" + strings.Join(texts, ") and (") + ")"
}

func (g apart) start(*setup) condition {
	group := func(p *link.Port) int {
		return slices.IndexFunc(g, func(ports []string) bool { return slices.Contains(ports, p.Name()) })
	}
	return func(f *link.Fate, _ int) bool {
		a, b := group(f.From), group(f.To)
		return a >= 0 && b >= 0 && a != b
	}
}

// Longer selects the frames with more than n bytes behind the Ethernet header.
func Longer(n int) Condition { return longer(n) }

type longer int

func (n longer) String() string { return fmt.Sprintf("of more than %d bytes", int(n)) }

func (n longer) start(*setup) condition {
	return func(f *link.Fate, i int) bool { return len(f.Copies[i].Frame) > int(n)+link.HeaderLen }
}

// Between selects what is sent at from or later and before until, in virtual time since the start of the run.
func Between(from, until time.Duration) Condition { return between{from, until} }

// After selects what is sent at t or later.
func After(t time.Duration) Condition { return between{t, forever} }

// Until selects what is sent before t.
func Until(t time.Duration) Condition { return between{0, t} }

const forever = time.Duration(1<<63 - 1)

type between struct{ from, until time.Duration }

func (b between) String() string {
	switch {
	case b.until == forever:
		return fmt.Sprintf("from %v on", b.from)
	case b.from == 0:
		return fmt.Sprintf("before %v", b.until)
	}
	return fmt.Sprintf("between %v and %v", b.from, b.until)
}

func (b between) start(s *setup) condition {
	return func(*link.Fate, int) bool {
		now := s.now()
		return now >= b.from && now < b.until
	}
}

// A Cycle selects what is sent in the second part of a cycle that begins at the start of the run: nothing for Off, everything for
// On, and so on.
type Cycle struct{ Off, On time.Duration }

// String describes the condition.
func (c Cycle) String() string { return fmt.Sprintf("in the last %v of every %v", c.On, c.Off+c.On) }

func (c Cycle) start(s *setup) condition {
	return func(*link.Fate, int) bool { return c.On > 0 && s.now()%(c.Off+c.On) >= c.Off }
}

// Check selects by a function of the program's, which gets the fate and the index of the copy. It must not change the fate.
type Check struct {
	Text string // in words: "with an odd number"
	F    func(f *link.Fate, i int) bool
}

// String describes the condition.
func (c Check) String() string { return c.Text }

func (c Check) start(*setup) condition { return c.F }
