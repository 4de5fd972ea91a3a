// Package readme checks that README.md is true: its programs compile and run, its commands print what it shows, and its
// map is that of the tree.
//
// # What is checked
//
// A block fenced as go is a complete program and equals one of the programs in the folders of this package, without that
// program's package comment; every such program is shown. A block fenced as console begins with "$ command", which is
// run, and goes on with what it prints: a line of "…" stands for any lines, and what follows "wall" on a line is not
// compared. The block fenced as text under "Where things are" names every package that others may import, and nothing else.
package readme

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var root = filepath.Join("..", "..")

// A block is a fenced part of the README.
type block struct {
	language string
	heading  string // heading above it
	text     string
}

func blocks(t *testing.T) []block {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	return parseBlocks(string(data))
}

func parseBlocks(text string) []block {
	var list []block
	heading, open := "", false
	for line := range strings.Lines(text) {
		fence, fenced := strings.CutPrefix(line, "```")
		switch {
		case fenced && open:
			open = false
		case fenced:
			open = true
			list = append(list, block{language: strings.TrimSpace(fence), heading: heading})
		case open:
			list[len(list)-1].text += line
		case strings.HasPrefix(line, "#"):
			heading = strings.TrimSpace(strings.TrimLeft(line, "#"))
		}
	}
	return list
}

// TestPrograms compares the README's Go programs and tests with those that are compiled, and runs the programs. The tests run with all others.
func TestPrograms(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("*", "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	compiled := map[string]string{} // the file, by its text from the package clause on
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		_, program, _ := strings.Cut("\n"+string(data), "\npackage ")
		compiled["package "+program] = file
	}
	for _, b := range blocks(t) {
		if b.language != "go" {
			continue
		}
		file, ok := compiled[b.text]
		if !ok {
			t.Errorf("the program under %q is none of test/readme/*/*.go:\n%s", b.heading, b.text)
			continue
		}
		delete(compiled, b.text)
		if !strings.HasSuffix(file, "_test.go") {
			run(t, "go run ./test/readme/"+filepath.Dir(file))
		}
	}
	for _, file := range compiled {
		t.Errorf("README.md does not show test/readme/%s", file)
	}
}

// TestConsole runs the commands whose output the README shows and compares it.
func TestConsole(t *testing.T) {
	for _, b := range blocks(t) {
		if b.language != "console" {
			continue
		}
		command, want, _ := strings.Cut(b.text, "\n")
		command, ok := strings.CutPrefix(command, "$ ")
		if !ok {
			t.Errorf("the console block under %q does not begin with \"$ command\"", b.heading)
			continue
		}
		got := run(t, command)
		if !shows(want, got) {
			t.Errorf("%s: -README.md +what it prints:\n%s", command, cmp.Diff(timeless(want), timeless(got)))
		}
	}
}

// run runs a command line in the root and returns what it prints to standard output. It must succeed.
func run(t *testing.T, command string) string {
	t.Helper()
	fields := strings.Fields(command)
	cmd := exec.Command(fields[0], fields[1:]...)
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Errorf("%s: %v\n%s%s", command, err, out, exit.Stderr)
		} else {
			t.Errorf("%s: %v", command, err)
		}
	}
	return string(out)
}

var wallTime = regexp.MustCompile(`(?m)\bwall\b.*$`)

// timeless is text without what differs between machines.
func timeless(text string) string { return wallTime.ReplaceAllString(text, "wall …") }

// shows reports whether pattern, in which a line of "…" stands for any lines, is what text says.
func shows(pattern, text string) bool {
	var expr strings.Builder
	expr.WriteString(`\A`)
	for line := range strings.Lines(timeless(pattern)) {
		if strings.TrimSpace(line) == "…" {
			expr.WriteString(`(?s:.*\n)?`)
		} else {
			expr.WriteString(regexp.QuoteMeta(line))
		}
	}
	expr.WriteString(`\z`)
	return regexp.MustCompile(expr.String()).MatchString(timeless(text))
}

func TestShows(t *testing.T) {
	for _, tc := range []struct {
		pattern, text string
		want          bool
	}{
		{"a\nb\n", "a\nb\n", true},
		{"a\nb\n", "a\nc\n", false},
		{"a\n…\nc\n", "a\nb\nb\nc\n", true},
		{"a\n…\nc\n", "a\nc\n", true},
		{"a\n…\nd\n", "a\nb\nc\n", false},
		{"3 s virtual, wall 20 ms\n", "3 s virtual, wall 1.5 s\n", true},
		{"3 s virtual, wall 20 ms\n", "4 s virtual, wall 20 ms\n", false},
		{"a.b\n", "a-b\n", false},
	} {
		if got := shows(tc.pattern, tc.text); got != tc.want {
			t.Errorf("shows(%q, %q) = %v", tc.pattern, tc.text, got)
		}
	}
}

// TestCommands finds the two commands that a newcomer needs.
func TestCommands(t *testing.T) {
	var shell strings.Builder
	for _, b := range blocks(t) {
		if b.language == "sh" || b.language == "console" {
			shell.WriteString(b.text)
		}
	}
	for _, want := range []string{"go run ./cmd/netxsim demo", "go test ./..."} {
		if !strings.Contains(shell.String(), want) {
			t.Errorf("README.md does not show %q", want)
		}
	}
}

// TestMap compares the map of the tree with the tree.
func TestMap(t *testing.T) {
	var mapped []string
	for _, b := range blocks(t) {
		if b.language != "text" || b.heading != "Where things are" {
			continue
		}
		for line := range strings.Lines(b.text) {
			if name, about, ok := strings.Cut(line, " "); ok && strings.TrimSpace(about) != "" {
				mapped = append(mapped, name)
			} else {
				t.Errorf("no description in the map: %q", line)
			}
		}
	}
	for _, name := range mapped {
		if info, err := os.Stat(filepath.Join(root, filepath.FromSlash(name))); err != nil || !info.IsDir() {
			t.Errorf("the map shows %s, which is no folder", name)
		}
	}
	for _, name := range packageFolders(t) {
		if !slices.Contains(mapped, name) {
			t.Errorf("the map does not show %s", name)
		}
	}
}

// packageFolders lists the folders with Go files, two levels deep at most and none of them internal.
func packageFolders(t *testing.T) []string {
	t.Helper()
	var list []string
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || name == "." {
			return err
		}
		if d.IsDir() {
			if strings.HasPrefix(d.Name(), ".") || d.Name() == "internal" || d.Name() == "testdata" || strings.Count(name, "/") > 1 {
				return fs.SkipDir
			}
			return nil
		}
		folder := filepath.ToSlash(filepath.Dir(name))
		if strings.HasSuffix(name, ".go") && folder != "." && !slices.Contains(list, folder) {
			list = append(list, folder)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}
