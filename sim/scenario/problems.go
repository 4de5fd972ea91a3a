package scenario

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// An Error is one thing that is wrong with a scenario.
type Error struct {
	// File, Line and Column say where; the numbers count from 1 and are 0 for a
	// scenario that was made in Go.
	File         string
	Line, Column int
	// Path is the place in the scenario, such as hosts[0].pools[1].payload; ""
	// is all of it.
	Path string
	// Text says what is wrong.
	Text string
}

// Error returns all of it in a line: "file:line:column: path: text".
func (e *Error) Error() string {
	text := e.Text
	if e.Path != "" {
		text = e.Path + ": " + text
	}
	if e.Line > 0 {
		return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, text)
	}
	return "scenario: " + text
}

// maxProblems is how many errors of one file are told.
const maxProblems = 100

// problems are the errors found in a scenario, and where its parts stand in the
// file.
type problems struct {
	file  string
	found []*Error
	known map[string]bool
	where map[string]*token.Position
}

func newProblems(file string) *problems {
	return &problems{file: file, known: map[string]bool{}, where: map[string]*token.Position{}}
}

// note remembers where the part with a path stands.
func (p *problems) note(path string, t *token.Token) {
	if t != nil && t.Position != nil {
		p.where[path] = t.Position
	}
}

// at adds a problem with the node of a path.
func (p *problems) at(path string, node ast.Node, format string, args ...any) {
	var position *token.Position
	if node != nil && node.GetToken() != nil {
		position = node.GetToken().Position
	}
	p.report(path, position, fmt.Sprintf(format, args...))
}

// add adds a problem with the part of a path, or with the nearest one around it
// that stands in the file. Of a part only the first problem is told.
func (p *problems) add(path, format string, args ...any) {
	if p.known[path] {
		return
	}
	var position *token.Position
	for at := path; position == nil; at = parent(at) {
		position = p.where[at]
		if at == "" {
			break
		}
	}
	p.report(path, position, fmt.Sprintf(format, args...))
}

func (p *problems) report(path string, position *token.Position, text string) {
	p.known[path] = true
	if len(p.found) >= maxProblems {
		return
	}
	e := &Error{Path: path, Text: text}
	if position != nil {
		e.File, e.Line, e.Column = p.file, position.Line, position.Column
	} else if p.file != "" {
		e.File, e.Line, e.Column = p.file, 1, 1
	}
	p.found = append(p.found, e)
}

// err returns all problems in the order of the file, nil if there are none.
func (p *problems) err() error {
	slices.SortStableFunc(p.found, func(a, b *Error) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	var all []error
	for _, e := range p.found {
		all = append(all, e)
	}
	return errors.Join(all...)
}

// parent returns the path of the part around the one at path.
func parent(path string) string {
	return path[:max(strings.LastIndexByte(path, '.'), strings.LastIndexByte(path, '['), 0)]
}

// suggest names the key that was probably meant, or all of them.
func suggest(key string, fields []field) string {
	var names []string
	best, nearest := 3, ""
	for _, f := range fields {
		names = append(names, f.name)
		if d := distance(key, f.name); d < best {
			best, nearest = d, f.name
		}
	}
	if nearest != "" {
		return fmt.Sprintf("; did you mean %s?", nearest)
	}
	return "; the keys here are " + strings.Join(names, ", ")
}

// distance returns how many letters have to be inserted, removed or replaced to
// make b of a.
func distance(a, b string) int {
	if len(a) > 40 {
		return len(a)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := before
			if a[i] != b[j] {
				change++
			}
			before = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
