package simtest

import "netxsim/sim/link"

// A checker knows what is wrong with itself.
type checker interface{ Check() error }

// checkers are the elements of a list as checkers.
func checkers[T checker](list []T) (all []checker) {
	for _, c := range list {
		all = append(all, c)
	}
	return all
}

// right ends the test if something is wrong with one of the parts of the network that it asks for.
func (n *Net) right(parts ...checker) {
	n.t.Helper()
	for _, part := range parts {
		if err := part.Check(); err != nil {
			n.t.Fatalf("simtest: %v", err)
		}
	}
}

// strangers lists the faults that name machines which no wire of the network has, and which therefore did not happen.
func (n *Net) strangers() (problems []error) {
	var wires []*link.Wire
	for _, w := range n.wires {
		wires = append(wires, w.Wire)
	}
	for _, w := range n.wires {
		if err := w.Faults.Strangers(wires...); err != nil {
			problems = append(problems, err)
		}
	}
	for _, set := range n.disturbed {
		if err := set.Strangers(); err != nil {
			problems = append(problems, err)
		}
	}
	return problems
}
