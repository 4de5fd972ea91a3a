package structure

import (
	"go/ast"
	"slices"
	"strings"
	"testing"
)

// TestPackageComments checks that every package says what it is, once.
func TestPackageComments(t *testing.T) {
	folders, files := packages(t)
	for _, folder := range folders {
		list := files[folder]
		if slices.ContainsFunc(list, func(s source) bool { return !s.isTest() }) {
			list = slices.DeleteFunc(list, source.isTest)
		}
		var where []string
		for _, s := range list {
			if s.file.Doc != nil {
				where = append(where, s.path)
			}
		}
		switch {
		case len(where) == 0:
			t.Errorf("%s: no package comment", folder)
		case len(where) > 1:
			t.Errorf("%s: more than one package comment: %s", folder, strings.Join(where, ", "))
		}
	}
}

// TestExportedNamesAreDocumented checks every exported type, function, method, constant and variable, and every exported
// field of what constructors take, Config and Options structs, where a comment has to say what zero means and the unit.
func TestExportedNamesAreDocumented(t *testing.T) {
	for _, s := range goFiles(t) {
		if s.isTest() {
			continue
		}
		for _, decl := range s.file.Decls {
			switch decl := decl.(type) {
			case *ast.FuncDecl:
				if decl.Name.IsExported() && decl.Doc == nil && exportedReceiver(decl) {
					t.Errorf("%s: %s has no doc comment", s.at(decl.Pos()), decl.Name.Name)
				}
			case *ast.GenDecl:
				for _, spec := range decl.Specs {
					checkSpec(t, s, decl, spec)
				}
			}
		}
	}
}

// exportedReceiver reports whether decl is a function, or a method of an exported type.
func exportedReceiver(decl *ast.FuncDecl) bool {
	if decl.Recv == nil {
		return true
	}
	expr := decl.Recv.List[0].Type
	for {
		switch e := expr.(type) {
		case *ast.StarExpr:
			expr = e.X
		case *ast.IndexExpr:
			expr = e.X
		case *ast.IndexListExpr:
			expr = e.X
		case *ast.Ident:
			return e.IsExported()
		default:
			return true
		}
	}
}

func checkSpec(t *testing.T, s source, decl *ast.GenDecl, spec ast.Spec) {
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		if !spec.Name.IsExported() {
			return
		}
		if decl.Doc == nil && spec.Doc == nil {
			t.Errorf("%s: type %s has no doc comment", s.at(spec.Pos()), spec.Name.Name)
		}
		checkFields(t, s, spec)
	case *ast.ValueSpec:
		for _, name := range spec.Names {
			if name.IsExported() && spec.Doc == nil && spec.Comment == nil && decl.Doc == nil {
				t.Errorf("%s: %s has no doc comment", s.at(name.Pos()), name.Name)
			}
		}
	}
}

// checkFields checks the fields of a struct of settings.
func checkFields(t *testing.T, s source, spec *ast.TypeSpec) {
	name := spec.Name.Name
	typ, ok := spec.Type.(*ast.StructType)
	if !ok || !strings.HasSuffix(name, "Config") && !strings.HasSuffix(name, "Options") {
		return
	}
	for _, f := range typ.Fields.List {
		for _, field := range f.Names {
			if field.IsExported() && f.Doc == nil && f.Comment == nil {
				t.Errorf("%s: %s.%s has no comment that says its unit and its zero value", s.at(field.Pos()), name, field.Name)
			}
		}
	}
}
