package port

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// A survey collects what a program uses.
type survey struct {
	own   set
	names map[string]*Name // by kind of use and C name
}

// look goes through a source.
func (s *survey) look(file *source) {
	for _, sequence := range file.sequences() {
		for i, t := range sequence {
			if t.kind == identifier && interfaceName.MatchString(t.text) {
				s.use(file, t, s.classify(sequence, i))
			}
		}
	}
	for _, t := range file.parts.headers {
		if n, ok := known().header(t.text); ok {
			s.use(file, t, n)
		}
	}
	for _, t := range file.parts.conditions {
		if t.kind == identifier && interfaceName.MatchString(t.text) {
			s.use(file, t, s.condition(t.text))
		}
	}
}

// classify says what the name at i is.
func (s *survey) classify(sequence []token, i int) Name {
	c := sequence[i].text
	if n, ok := special[c]; ok {
		n.C = c
		return n
	}
	member := at(sequence, i-1).is("->") || at(sequence, i-1).is(".")
	switch {
	case s.own[c]:
		return Name{C: c, Kind: ownKind(sequence, i), State: Own}
	case member:
		return known().field(c)
	case isLower(c):
		return known().function(c)
	}
	return known().word(c, standsAsType(sequence, i))
}

func ownKind(sequence []token, i int) string {
	if at(sequence, i+1).is("(") {
		return "function"
	}
	return "name"
}

// standsAsType reports whether a name is followed by what makes it a type: a name, a star and a name, or a closing
// parenthesis behind sizeof or a star.
func standsAsType(sequence []token, i int) bool {
	next, after := at(sequence, i+1), at(sequence, i+2)
	return next.kind == identifier || next.is("*") && (after.kind == identifier || after.is("*") || after.is(")")) ||
		at(sequence, i-1).is("struct")
}

func isLower(c string) bool {
	for _, r := range c {
		if 'A' <= r && r <= 'Z' {
			return false
		}
	}
	return true
}

// condition says what a name in #if or #ifdef is: a number that netx has, or an option of the build.
func (s *survey) condition(c string) Name {
	if s.own[c] {
		return Name{C: c, Kind: "name", State: Own}
	}
	if known().constants[c] {
		return known().word(c, false)
	}
	return Name{C: c, Kind: "option", State: Option}
}

// use counts a name.
func (s *survey) use(file *source, t token, n Name) {
	key := n.Kind + " " + n.C
	if s.names[key] == nil {
		n.First = fmt.Sprintf("%s:%d", file.name, t.line)
		s.names[key] = &n
	}
	s.names[key].Uses++
}

// kinds is the order of the report.
var kinds = []string{"function", "type", "constant", "field", "option", "header"}

// list is all names but the program's own, by kind and name.
func (s *survey) list() []Name {
	list := []Name{}
	for _, key := range slices.Sorted(maps.Keys(s.names)) {
		if n := s.names[key]; n.State != Own {
			list = append(list, *n)
		}
	}
	slices.SortStableFunc(list, func(a, b Name) int {
		return cmp.Or(cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind)), cmp.Compare(a.C, b.C))
	})
	return list
}
