package netx_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netxsim/test/inventory"
)

// goName applies the rule of the package comment to a C function name.
func goName(c string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(strings.TrimPrefix(c, "_"), "_") {
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}

// serviceComments returns the doc comment of every service in the package.
func serviceComments(t *testing.T) map[string]string {
	t.Helper()
	comments := make(map[string]string)
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), e.Name(), nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && regexp.MustCompile(`^(Nx|Nxd|Tx)[A-Z]`).MatchString(f.Name.Name) {
				comments[f.Name.Name] = f.Doc.Text()
			}
		}
	}
	return comments
}

// field returns what stands behind "Status:" or "Callers:" up to the full stop.
func field(comment, name string) string {
	_, text, _ := strings.Cut(comment, "\n"+name+": ")
	text, _, _ = strings.Cut(text, ".\n")
	return strings.Join(strings.Fields(text), " ")
}

// callers says who may call a service, in the words of the doc comments.
func callers(s inventory.Service) string {
	allowed := s.CallerCheck
	if allowed == "" {
		allowed = s.AllowedFrom
	}
	contexts, waiting := strings.CutSuffix(allowed, " (waiting only in threads)")
	text := strings.ReplaceAll(contexts, "|", ", ")
	if waiting {
		text += "; only threads may wait"
	}
	return text
}

func statuses(s inventory.Service) (codes []string) {
	for _, r := range s.Returns {
		if r.Layer != "manual" {
			codes = append(codes, r.Code)
		}
	}
	slices.Sort(codes)
	return codes
}

func TestCommentsAgreeWithInventory(t *testing.T) {
	services, err := inventory.LoadServices()
	if err != nil {
		t.Fatal(err)
	}
	threadx, err := inventory.LoadThreadX()
	if err != nil {
		t.Fatal(err)
	}
	comments := serviceComments(t)
	for _, s := range append(services, threadx.Services...) {
		comment, ported := comments[goName(s.Name)]
		if !ported {
			continue
		}
		var got []string
		if text := field(comment, "Status"); text != "" {
			got = strings.Split(text, ", ")
		}
		slices.Sort(got)
		if diff := cmp.Diff(statuses(s), got); diff != "" {
			t.Errorf("%s: Status: (-inventory +comment):\n%s", goName(s.Name), diff)
		}
		if diff := cmp.Diff(callers(s), field(comment, "Callers")); diff != "" {
			t.Errorf("%s: Callers: (-inventory +comment):\n%s", goName(s.Name), diff)
		}
	}
}

// TestEveryServiceIsThere finds every service of the inventory, the driver's entry points included.
func TestEveryServiceIsThere(t *testing.T) {
	services, err := inventory.LoadServices()
	if err != nil {
		t.Fatal(err)
	}
	comments := serviceComments(t)
	for _, s := range services {
		if _, ported := comments[goName(s.Name)]; !ported {
			t.Errorf("%s is missing", s.Name)
		}
	}
}
