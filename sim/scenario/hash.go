package scenario

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Clone returns a copy that shares nothing with s.
func (s *Scenario) Clone() *Scenario {
	s.store()
	c := *s
	c.Wires = slices.Clone(s.Wires)
	for i := range c.Wires {
		c.Wires[i].Outages = slices.Clone(c.Wires[i].Outages)
	}
	c.Hosts = slices.Clone(s.Hosts)
	for i := range c.Hosts {
		c.Hosts[i] = c.Hosts[i].clone()
	}
	c.Workloads = slices.Clone(s.Workloads)
	for i := range c.Workloads {
		c.Workloads[i].Mailbox.Sizes = slices.Clone(c.Workloads[i].Mailbox.Sizes)
	}
	c.Faults = slices.Clone(s.Faults)
	c.Expect = s.Expect.clone()
	return &c
}

func (h Host) clone() Host {
	h.Interfaces = slices.Clone(h.Interfaces)
	h.Pools = slices.Clone(h.Pools)
	for i := range h.Pools {
		h.Pools[i].Use = slices.Clone(h.Pools[i].Use)
		h.Pools[i].Payloads = slices.Clone(h.Pools[i].Payloads)
	}
	return h
}

func (e Expect) clone() Expect {
	return Expect{
		Complete: copyOf(e.Complete), Intact: copyOf(e.Intact), Leaks: copyOf(e.Leaks),
		AllocationFailures: copyOf(e.AllocationFailures), Session: copyOf(e.Session), Finish: copyOf(e.Finish),
		Suspension: copyOf(e.Suspension), UDPLoss: copyOf(e.UDPLoss), PingLoss: copyOf(e.PingLoss),
	}
}

func copyOf[T any](p *T) *T {
	if p == nil {
		return nil
	}
	return new(*p)
}

// Hash returns 32 hexadecimal digits that two scenarios share only if they mean
// the same: defaults are filled in, the description and the way a file is
// written do not count, and of a mailbox at a path its messages do.
func (s *Scenario) Hash() string {
	c := s.Clone()
	c.Description = ""
	c.check(newProblems(""))
	for i := range c.Workloads {
		m := &c.Workloads[i].Mailbox
		if m.Path != "" {
			m.Path = c.mailHash(m.Path)
		}
	}
	var text strings.Builder
	writeMeaning(&text, "", reflect.ValueOf(c).Elem())
	sum := sha256.Sum256([]byte(text.String()))
	return hex.EncodeToString(sum[:16])
}

// writeMeaning writes a line for every value that is set.
func writeMeaning(w *strings.Builder, path string, v reflect.Value) {
	switch {
	case v.IsZero():
	case isGroup(v.Type()):
		fields := fieldsOf(v.Type())
		for i := range fields {
			writeMeaning(w, join(path, fields[i].name), v.Field(fields[i].index))
		}
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			// An element counts even if it is zero.
			fmt.Fprintf(w, "%s[%d]\n", path, i)
			writeMeaning(w, fmt.Sprintf("%s[%d]", path, i), v.Index(i))
		}
	default:
		fmt.Fprintf(w, "%s=%q\n", path, textOf(v))
	}
}
