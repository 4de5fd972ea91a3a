package netx_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netxsim/test/inventory"
)

// parameters returns name and type of the parameters of every Tx service.
func parameters(t *testing.T) map[string][]string {
	t.Helper()
	found := make(map[string][]string)
	files, err := filepath.Glob("tx_*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv != nil || !f.Name.IsExported() {
				continue
			}
			list := []string{}
			for _, group := range f.Type.Params.List {
				for _, p := range group.Names {
					list = append(list, p.Name+" "+shortType(group.Type))
				}
			}
			found[f.Name.Name] = list
		}
	}
	return found
}

// shortType leaves the parameters of functions out.
func shortType(e ast.Expr) string {
	if _, ok := e.(*ast.FuncType); ok {
		return "func"
	}
	return types.ExprString(e)
}

// goParameter translates a C parameter by the rule of the package comment.
func goParameter(p inventory.Param) string {
	words := strings.Split(strings.TrimSuffix(p.Name, "_ptr"), "_")
	for i, w := range words[1:] {
		words[i+1] = strings.ToUpper(w[:1]) + w[1:]
	}
	name := strings.Join(words, "")
	c := strings.ReplaceAll(p.Type, " ", "")
	switch {
	case strings.Contains(c, "(*)"):
		return name + " func"
	case name == "source" || name == "destination": // messages are counted in words
		return name + " []ULONG"
	}
	base := strings.TrimRight(c, "*")
	stars := len(c) - len(base)
	switch base {
	case "VOID":
		base, stars = "[]byte", stars-1
	case "CHAR":
		base, stars = "string", stars-1
	}
	return name + " " + strings.Repeat("*", stars) + base
}

func TestThreadXSignatures(t *testing.T) {
	threadx, err := inventory.LoadThreadX()
	if err != nil {
		t.Fatal(err)
	}
	found := parameters(t)
	for _, s := range threadx.Services {
		if s.Name == "tx_application_define" {
			continue // what the program supplies: Program.TxApplicationDefine
		}
		want := []string{}
		for _, p := range s.Params {
			want = append(want, goParameter(p))
		}
		got, ok := found[goName(s.Name)]
		if !ok {
			t.Errorf("%s is missing", s.Name)
			continue
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: parameters (-inventory +code):\n%s", goName(s.Name), diff)
		}
		delete(found, goName(s.Name))
	}
	for name := range found {
		t.Errorf("%s is not in the inventory", name)
	}
}
