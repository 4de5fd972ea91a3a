package fault

import (
	"strings"

	"netxsim/sim/link"
)

// All selects what satisfies every condition. They are asked from left to right until one does not hold: one that counts or
// draws does so for the frames only that satisfy those in front of it. Without conditions it selects everything.
func All(c ...Condition) Condition {
	if len(c) == 1 {
		return c[0]
	}
	return all(c)
}

type all []Condition

func (c all) String() string { return join(c, " ") }

func (c all) start(s *setup) condition {
	parts := startAll(c, s)
	return func(f *link.Fate, i int) bool {
		for _, holds := range parts {
			if !holds(f, i) {
				return false
			}
		}
		return true
	}
}

// Any selects what satisfies one of the conditions at least. All of them are asked, whatever the others say.
func Any(c ...Condition) Condition { return anyOf(c) }

type anyOf []Condition

func (c anyOf) String() string { return "(" + join(c, " or ") + ")" }

func (c anyOf) start(s *setup) condition {
	parts := startAll(c, s)
	return func(f *link.Fate, i int) bool {
		found := false
		for _, holds := range parts {
			if holds(f, i) {
				found = true
			}
		}
		return found
	}
}

// Not selects what does not satisfy c.
func Not(c Condition) Condition { return not{c} }

type not struct{ c Condition }

func (n not) String() string { return "not (" + n.c.String() + ")" }

func (n not) start(s *setup) condition {
	holds := n.c.start(s)
	return func(f *link.Fate, i int) bool { return !holds(f, i) }
}

func startAll(c []Condition, s *setup) (parts []condition) {
	for _, part := range c {
		parts = append(parts, part.start(s))
	}
	return parts
}

func join(c []Condition, with string) string {
	var texts []string
	for _, part := range c {
		texts = append(texts, part.String())
	}
	return strings.Join(texts, with)
}
