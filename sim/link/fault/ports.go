package fault

import (
	"errors"
	"fmt"
	"slices"

	"netxsim/sim/link"
)

// A namer is a condition that names ports.
type namer interface{ ports() []string }

func (p from) ports() []string { return p }

func (p to) ports() []string { return p }

func (g apart) ports() []string { return slices.Concat(g...) }

func (c all) ports() []string { return portsOf(c...) }

func (c anyOf) ports() []string { return portsOf(c...) }

func (n not) ports() []string { return portsOf(n.c) }

func portsOf(c ...Condition) (names []string) {
	for _, part := range c {
		if n, ok := part.(namer); ok {
			names = append(names, n.ports()...)
		}
	}
	return names
}

// Strangers says which faults name ports that neither the wire nor one of the others has or ever had: a fault of those does not happen. The
// others are wires that have the same faults. Ports may come later than faults, so that this is for the end of a run. Nil means that all are known.
func (s *Set) Strangers(others ...*link.Wire) error {
	var strangers []error
	for _, a := range s.faults {
		for _, name := range portsOf(a.fault.If) {
			known := func(w *link.Wire) bool { return w.Knows(name) }
			if !known(s.wire) && !slices.ContainsFunc(others, known) {
				strangers = append(strangers, fmt.Errorf("fault %s names port %q, which wire %s does not have", a.name, name, s.wire.Name()))
			}
		}
	}
	return errors.Join(strangers...)
}
