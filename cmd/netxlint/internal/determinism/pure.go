package determinism

import (
	"go/ast"
	"go/token"
	"go/types"
)

// pure reports whether e calls nothing but conversions and len, cap, min and max, receives from no channel and
// makes no function: its value depends on variables only, and nothing changes when it is computed.
func (p *proof) pure(e ast.Expr) bool {
	ok := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			ok = false
		case *ast.UnaryExpr:
			ok = ok && n.Op != token.ARROW
		case *ast.CallExpr:
			ok = ok && (p.info.Types[n.Fun].IsType() || p.builtin(n, "len", "cap", "min", "max"))
		}
		return ok
	})
	return ok
}

// builtin reports whether call calls one of the built-in functions named.
func (p *proof) builtin(call *ast.CallExpr, names ...string) bool {
	id, ok := ast.Unparen(call.Fun).(*ast.Ident)
	if !ok {
		return false
	}
	if _, ok := p.info.Uses[id].(*types.Builtin); !ok {
		return false
	}
	for _, name := range names {
		if id.Name == name {
			return true
		}
	}
	return false
}

// integer reports whether e has an integer type: sums of floats and strings depend on their order.
func (p *proof) integer(e ast.Expr) bool {
	t := p.info.TypeOf(e)
	if t == nil {
		return false
	}
	basic, ok := t.Underlying().(*types.Basic)
	return ok && basic.Info()&types.IsInteger != 0
}

// readsLocal reports whether e depends on the loop's variables or those of its body.
func (p *proof) readsLocal(e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && p.locals[p.info.Uses[id]] {
			found = true
		}
		return !found
	})
	return found
}

// readsWritten reports whether the body reads a variable or field that it also writes, except as the place written.
func (p *proof) readsWritten(body ast.Node) bool {
	places := map[*ast.Ident]bool{} // identifiers that name the place of a write, and the x of x = min(x, …)
	mark := func(e ast.Expr) {
		for {
			switch at := ast.Unparen(e).(type) {
			case *ast.IndexExpr:
				e = at.X
				continue
			case *ast.SelectorExpr:
				places[at.Sel] = true
			case *ast.Ident:
				places[at] = true
			}
			return
		}
	}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				mark(l)
			}
			if len(n.Lhs) == 1 && p.extreme(n) != "" {
				mark(n.Rhs[0].(*ast.CallExpr).Args[0])
			}
		case *ast.IncDecStmt:
			mark(n.X)
		case *ast.CallExpr:
			if p.builtin(n, "delete") {
				mark(n.Args[0])
			}
		}
		return true
	})
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && !places[id] && p.written[p.info.Uses[id]] != "" {
			found = true
		}
		return !found
	})
	return found
}
