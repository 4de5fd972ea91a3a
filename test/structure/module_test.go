// Package structure checks what holds for the tree as a whole: which package may import which, what is documented, how
// long files are, and where things stand.
package structure

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// module is the path that every package of the project begins with.
const module = "netxsim"

// root is the project's folder, seen from this package.
var root = filepath.Join("..", "..")

// A source is one Go file of the project.
type source struct {
	path  string // slash-separated, from the root
	lines int
	file  *ast.File
	set   *token.FileSet
}

// folder is the slash-separated folder of the file, from the root.
func (s source) folder() string { return path.Dir(s.path) }

func (s source) isTest() bool { return strings.HasSuffix(s.path, "_test.go") }

func (s source) isGenerated() bool { return ast.IsGenerated(s.file) }

// imports are the import paths of the file.
func (s source) imports() []string {
	var paths []string
	for _, spec := range s.file.Imports {
		p, _ := strconv.Unquote(spec.Path.Value)
		paths = append(paths, p)
	}
	return paths
}

// at is where pos is, as "file:line" from the root.
func (s source) at(pos token.Pos) string {
	return s.path + ":" + strconv.Itoa(s.set.Position(pos).Line)
}

// sources parses all Go files of the project once, by path; testdata is not the project's.
var sources = sync.OnceValues(func() ([]source, error) {
	var list []source
	set := token.NewFileSet()
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if base := d.Name(); base == "testdata" || name != root && strings.HasPrefix(base, ".") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		file, err := parser.ParseFile(set, name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		list = append(list, source{path: filepath.ToSlash(rel), lines: set.File(file.Pos()).LineCount(), file: file, set: set})
		return err
	})
	return list, err
})

func goFiles(t *testing.T) []source {
	t.Helper()
	list, err := sources()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// packages are the Go files by folder, and the folders in order.
func packages(t *testing.T) (folders []string, files map[string][]source) {
	t.Helper()
	files = map[string][]source{}
	for _, s := range goFiles(t) {
		if files[s.folder()] == nil {
			folders = append(folders, s.folder())
		}
		files[s.folder()] = append(files[s.folder()], s)
	}
	slices.Sort(folders)
	return folders, files
}

// tracked lists all files of the project from the root: those git knows or would add, or without git all files.
func tracked(t *testing.T) []string {
	t.Helper()
	if _, err := os.Stat(filepath.Join(root, ".git")); err == nil {
		git := exec.Command("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z")
		git.Dir = root
		out, err := git.Output()
		if err != nil {
			t.Fatalf("git ls-files: %v", err)
		}
		return strings.FieldsFunc(string(out), func(r rune) bool { return r == 0 })
	}
	var list []string
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			list = append(list, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}
