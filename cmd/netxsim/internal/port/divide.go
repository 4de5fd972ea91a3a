package port

import (
	"fmt"
	"strings"
)

// parts are a source, divided by what the preprocessor does with it.
type parts struct {
	code       []token   // outside directives
	macros     [][]token // replacement texts of #define, without name and parameters
	defined    []token   // names of #define
	headers    []token   // what #include names, without quotes or brackets
	conditions []token   // what #if, #ifdef and their like look at
	skipped    []span    // directives and groups that #if 0 leaves out
}

// span is lines, first and last included.
type span struct{ from, to int }

// skips reports whether the line is one that no compiler reads as code.
func (p *parts) skips(line int) bool {
	for _, s := range p.skipped {
		if s.from <= line && line <= s.to {
			return true
		}
	}
	return false
}

// divide sorts the lines of a source. Both sides of a condition count, but not what stands behind #if 0.
func divide(name string, lines [][]token) (*parts, error) {
	d := divider{name: name}
	for _, line := range lines {
		if line[0].is("#") {
			d.directive(line)
		} else if d.off == 0 {
			d.parts.code = append(d.parts.code, line...)
		}
		if d.err != nil {
			return nil, d.err
		}
	}
	if len(d.open) > 0 {
		return nil, fmt.Errorf("%s:%d: #if without #endif", name, d.open[len(d.open)-1].line)
	}
	match(d.parts.code)
	for _, macro := range d.parts.macros {
		match(macro)
	}
	return &d.parts, nil
}

// match notes where parentheses end.
func match(tokens []token) {
	var open []int
	for i, t := range tokens {
		switch {
		case t.is("("):
			open = append(open, i)
		case t.is(")") && len(open) > 0:
			last := open[len(open)-1]
			open = open[:len(open)-1]
			tokens[last].ends = i - last
		}
	}
}

// A divider is on its way through a source.
type divider struct {
	name  string
	parts parts
	open  []group // conditions without #endif so far
	off   int     // how many of them leave out what follows
	err   error
}

type group struct {
	line int // of #if
	off  bool
}

func (d *divider) directive(line []token) {
	first, last := line[0].line, line[len(line)-1].line
	if len(line) == 1 {
		return // a # of its own does nothing
	}
	word, rest := line[1].text, line[2:]
	switch word {
	case "if", "ifdef", "ifndef":
		g := group{first, word == "if" && len(rest) == 1 && rest[0].text == "0"}
		d.condition(rest)
		d.open = append(d.open, g)
		d.count(g, 1)
	case "elif", "else":
		d.otherwise(first, word, rest)
	case "endif":
		d.close(first)
	case "define":
		d.define(rest)
	case "include":
		d.include(rest)
	}
	d.parts.skipped = append(d.parts.skipped, span{first, last})
}

// count notes that a group begins or ends.
func (d *divider) count(g group, by int) {
	if g.off {
		d.off += by
	}
}

func (d *divider) condition(rest []token) {
	if d.off == 0 {
		d.parts.conditions = append(d.parts.conditions, rest...)
	}
}

// otherwise begins the next group of a condition.
func (d *divider) otherwise(line int, word string, rest []token) {
	if len(d.open) == 0 {
		d.err = fmt.Errorf("%s:%d: #%s without #if", d.name, line, word)
		return
	}
	g := &d.open[len(d.open)-1]
	if g.off {
		d.parts.skipped = append(d.parts.skipped, span{g.line, line})
	}
	d.count(*g, -1)
	g.off = false
	d.condition(rest)
}

func (d *divider) close(line int) {
	if len(d.open) == 0 {
		d.err = fmt.Errorf("%s:%d: #endif without #if", d.name, line)
		return
	}
	g := d.open[len(d.open)-1]
	if g.off {
		d.parts.skipped = append(d.parts.skipped, span{g.line, line})
	}
	d.open = d.open[:len(d.open)-1]
	d.count(g, -1)
}

// include notes a header.
func (d *divider) include(rest []token) {
	if d.off > 0 || len(rest) == 0 {
		return
	}
	var name strings.Builder
	for _, t := range rest {
		name.WriteString(t.text)
	}
	d.parts.headers = append(d.parts.headers, token{kind: text, text: strings.Trim(name.String(), `"<>`), line: rest[0].line})
}

// define takes a macro: its name, and its text behind the parameters.
func (d *divider) define(rest []token) {
	if d.off > 0 || len(rest) == 0 {
		return
	}
	d.parts.defined = append(d.parts.defined, rest[0])
	d.parts.macros = append(d.parts.macros, rest[1:])
}
