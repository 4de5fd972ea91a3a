package structure

import (
	"bytes"
	"fmt"
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// maxLines is the length of file at which it certainly tells two stories.
const maxLines = 600

// TestFileLengths fails for files that are too long, generated ones excepted, and reports the lengths of files and functions (-v).
func TestFileLengths(t *testing.T) {
	var files, funcs []int
	for _, s := range goFiles(t) {
		if s.isGenerated() {
			continue
		}
		if s.lines > maxLines {
			t.Errorf("%s has %d lines, more than %d: split it by noun", s.path, s.lines, maxLines)
		}
		if s.isTest() {
			continue
		}
		files = append(files, s.lines)
		for _, decl := range s.file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok {
				funcs = append(funcs, s.set.Position(f.End()).Line-s.set.Position(f.Pos()).Line+1)
			}
		}
	}
	t.Logf("files:     %s", spread(files))
	t.Logf("functions: %s", spread(funcs))
}

// spread describes the lengths in lines.
func spread(lines []int) string {
	if len(lines) == 0 {
		return "none"
	}
	slices.Sort(lines)
	at := func(percent int) int { return lines[(len(lines)-1)*percent/100] }
	return fmt.Sprintf("%d, median %d lines, nine of ten up to %d, longest %d", len(lines), at(50), at(90), at(100))
}

// topLevel is everything that may stand at the root, and why.
var topLevel = map[string]string{
	".ci":            "the checks of a submission",
	".gitattributes": "how git treats files",
	".gitignore":     "build products",
	"LICENSE":        "the license",
	"README.md":      "where a newcomer begins",
	"go.mod":         "the module",
	"go.sum":         "its checksums",
	"cmd":            "programs",
	"ipstack":        "layers of the engine, from here on",
	"netx":           "C names",
	"packetpool":     "packet pools",
	"pop3client":     "POP3 client",
	"sim":            "kernel, wires, hosts",
	"test":           "tests of the whole, vectors, generators",
}

// TestTopLevel checks that the root holds the fixed names only.
func TestTopLevel(t *testing.T) {
	seen := map[string]bool{}
	for _, name := range tracked(t) {
		top, _, _ := strings.Cut(name, "/")
		if topLevel[top] == "" && !seen[top] && top != ".git" {
			t.Errorf("%s does not belong at the root: see topLevel in test/structure/shape_test.go", top)
		}
		seen[top] = true
	}
}

// unfinished matches what marks unfinished work in code. (The pattern is written so that it does not match itself.)
var unfinished = regexp.MustCompile(`\b(TO[D]O|FIX[M]E|X[X]X)\b|(?i:not im[p]lemented|unim[p]lemented)`)

// TestNothingUnfinished finds marks of unfinished work in sources, scripts and documents.
func TestNothingUnfinished(t *testing.T) {
	for _, name := range tracked(t) {
		switch filepath.Ext(name) {
		case ".go", ".md", ".txt", ".sh", ".mod", ".conf", "":
		default:
			continue
		}
		data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if os.IsNotExist(err) {
			continue // deleted, but not yet committed
		}
		if err != nil {
			t.Fatal(err)
		}
		if bytes.IndexByte(data, 0) >= 0 {
			continue // not text
		}
		number := 0
		for line := range bytes.Lines(data) {
			number++
			if mark := unfinished.Find(line); mark != nil {
				t.Errorf("%s:%d: %s: finish it, or say in the documentation what is not modelled", name, number, mark)
			}
		}
	}
}

// TestGeneratedNames checks that generated files are named so, and that only they are.
func TestGeneratedNames(t *testing.T) {
	for _, s := range goFiles(t) {
		if named := strings.HasSuffix(s.path, "_gen.go"); named != s.isGenerated() {
			t.Errorf("%s: name ends in _gen.go: %v; says that it is generated: %v", s.path, named, s.isGenerated())
		}
	}
}
