package determinism

import (
	"go/ast"
	"go/token"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// The words of the comments that allow something.
const (
	ordered   = "ordered"
	wallclock = "wallclock"
	random    = "random"
)

const directive = "//netxlint:"

// An allowance is one comment that allows something on its line, or on the next when it stands alone.
type allowance struct {
	pos  token.Pos
	word string
	used bool
}

// allowances are the comments of one package, by file and line, and the files that are not looked at.
type allowances struct {
	pass      *analysis.Pass
	at        map[string]map[int]*allowance // file name, line allowed
	list      []*allowance
	testFiles map[string]bool
}

func newAllowances(pass *analysis.Pass) *allowances {
	a := &allowances{pass: pass, at: map[string]map[int]*allowance{}, testFiles: map[string]bool{}}
	for _, f := range pass.Files {
		name := a.file(f)
		if strings.HasSuffix(name, "_test.go") {
			a.testFiles[name] = true
			continue
		}
		a.at[name] = map[int]*allowance{}
		for _, group := range f.Comments {
			for _, comment := range group.List {
				a.add(f, name, comment)
			}
		}
	}
	return a
}

// add records a comment if it is one of ours, and reports it when it is malformed.
func (a *allowances) add(f *ast.File, name string, comment *ast.Comment) {
	text, ok := strings.CutPrefix(comment.Text, directive)
	if !ok {
		return
	}
	word, reason, _ := strings.Cut(text, " ")
	switch word {
	case ordered, wallclock, random:
	default:
		a.pass.Reportf(comment.Pos(), "unknown comment %s%s: the words are ordered, wallclock and random", directive, word)
		return
	}
	if strings.TrimSpace(reason) == "" {
		a.pass.Reportf(comment.Pos(), "%s%s needs a reason", directive, word)
	}
	entry := &allowance{pos: comment.Pos(), word: word}
	line := a.pass.Fset.Position(comment.Pos()).Line
	if a.alone(f, comment) {
		line++
	}
	a.at[name][line] = entry
	a.list = append(a.list, entry)
}

// alone reports whether no code stands before the comment on its line.
func (a *allowances) alone(f *ast.File, comment *ast.Comment) bool {
	file := a.pass.Fset.File(comment.Pos())
	start := file.LineStart(file.Line(comment.Pos()))
	alone := true
	ast.Inspect(f, func(n ast.Node) bool {
		if n == nil || !alone {
			return false
		}
		switch n.(type) {
		case *ast.Comment, *ast.CommentGroup, *ast.File:
			return true
		}
		for _, edge := range []token.Pos{n.Pos(), n.End() - 1} {
			if start <= edge && edge < comment.Pos() {
				alone = false
			}
		}
		return alone
	})
	return alone
}

func (a *allowances) file(n ast.Node) string { return a.pass.Fset.Position(n.Pos()).Filename }

// skip reports whether n is in a test file.
func (a *allowances) skip(n ast.Node) bool { return a.testFiles[a.file(n)] }

// report reports n, unless a comment with word allows it on this line.
func (a *allowances) report(n ast.Node, word, message string) {
	pos := a.pass.Fset.Position(n.Pos())
	if entry := a.at[pos.Filename][pos.Line]; entry != nil && entry.word == word {
		entry.used = true
		return
	}
	a.pass.Reportf(n.Pos(), "%s, or say why it may stay: %s%s reason", message, directive, word)
}

// reportUnused reports the comments that allowed nothing.
func (a *allowances) reportUnused() {
	for _, entry := range a.list {
		if !entry.used {
			a.pass.Reportf(entry.pos, "needless %s%s: nothing on this line needs it", directive, entry.word)
		}
	}
}
