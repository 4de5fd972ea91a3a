package determinism

import (
	"go/ast"
	"go/token"
	"go/types"
)

// loop reports a range statement over a map, or over maps.Keys, maps.Values or maps.All, whose order may show.
//
// The order cannot show when the loop has no variables, or when its body is one of:
//
//   - a search: nothing but conditions, and returns that all give the same results, which do not depend on the entry;
//   - a collection: values appended to one slice, which the next statement sorts with slices.Sort, sort.Strings or
//     sort.Ints;
//   - an accumulation: conditions, variables of the body, delete, counting and integer sums, |=, &=, ^=, x = min(x, …),
//     x = max(x, …), the same constant stored, or an entry stored under the loop's own key; nothing in it calls a
//     function or reads what the loop writes.
func (c *checker) loop(n *ast.RangeStmt, stack []ast.Node) {
	if !c.mapOrdered(n.X) || (absent(n.Key) && absent(n.Value)) {
		return
	}
	p := &proof{info: c.pass.TypesInfo, loop: n, locals: map[types.Object]bool{}, written: map[types.Object]string{}}
	if p.search() || p.accumulation() || p.collection(c, following(n, stack)) {
		return
	}
	c.allowed.report(n, ordered, "map order may show in this loop: range over sorted keys or a slice")
}

// mapOrdered reports whether ranging over x yields entries in map order.
func (c *checker) mapOrdered(x ast.Expr) bool {
	if t := c.pass.TypesInfo.TypeOf(x); t != nil {
		if _, ok := types.Unalias(t).Underlying().(*types.Map); ok {
			return true
		}
	}
	call, ok := ast.Unparen(x).(*ast.CallExpr)
	if !ok {
		return false
	}
	switch c.callee(call) {
	case "maps.All", "maps.Keys", "maps.Values":
		return true
	}
	return false
}

func absent(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return e == nil || ok && id.Name == "_"
}

// following is the statement behind n in its block, or nil.
func following(n ast.Stmt, stack []ast.Node) ast.Stmt {
	if len(stack) < 2 {
		return nil
	}
	var list []ast.Stmt
	switch parent := stack[len(stack)-2].(type) {
	case *ast.BlockStmt:
		list = parent.List
	case *ast.CaseClause:
		list = parent.Body
	case *ast.CommClause:
		list = parent.Body
	}
	for i, stmt := range list {
		if stmt == n && i+1 < len(list) {
			return list[i+1]
		}
	}
	return nil
}

// A proof looks at one loop.
type proof struct {
	info    *types.Info
	loop    *ast.RangeStmt
	locals  map[types.Object]bool   // variables of the loop and of its body
	written map[types.Object]string // other variables and fields that the body writes, and how: one way each
}

// search proves that the loop only looks for an entry and returns the same results whichever it finds.
func (p *proof) search() bool {
	p.declareLoopVars(p.loop)
	var results []string
	ok := true
	for _, stmt := range p.loop.Body.List {
		ok = ok && p.searchStmt(stmt, &results)
	}
	return ok && len(results) > 0
}

func (p *proof) searchStmt(stmt ast.Stmt, results *[]string) bool {
	switch s := stmt.(type) {
	case *ast.IfStmt:
		if s.Init != nil && !p.local(s.Init) || !p.pure(s.Cond) {
			return false
		}
		return p.searchStmt(s.Body, results) && (s.Else == nil || p.searchStmt(s.Else, results))
	case *ast.BlockStmt:
		for _, inner := range s.List {
			if !p.searchStmt(inner, results) {
				return false
			}
		}
		return true
	case *ast.BranchStmt:
		return s.Tok == token.CONTINUE && s.Label == nil
	case *ast.ReturnStmt:
		text := ""
		for _, r := range s.Results {
			if !p.pure(r) || p.readsLocal(r) {
				return false
			}
			text += types.ExprString(r) + ","
		}
		*results = append(*results, text)
		return text == (*results)[0]
	}
	return false
}

// collection proves that the loop appends to one slice and that the statement behind it sorts the slice.
func (p *proof) collection(c *checker, next ast.Stmt) bool {
	if len(p.loop.Body.List) != 1 {
		return false
	}
	body := p.loop.Body.List[0]
	if cond, ok := body.(*ast.IfStmt); ok && cond.Init == nil && cond.Else == nil && len(cond.Body.List) == 1 && p.pure(cond.Cond) {
		body = cond.Body.List[0]
	}
	assign, ok := body.(*ast.AssignStmt)
	if !ok || assign.Tok != token.ASSIGN || len(assign.Lhs) != 1 {
		return false
	}
	add, ok := assign.Rhs[0].(*ast.CallExpr)
	if !ok || !p.builtin(add, "append") || len(add.Args) < 2 || add.Ellipsis.IsValid() {
		return false
	}
	slice := types.ExprString(assign.Lhs[0])
	if types.ExprString(add.Args[0]) != slice {
		return false
	}
	for _, arg := range add.Args[1:] {
		if !p.pure(arg) {
			return false
		}
	}
	expr, ok := next.(*ast.ExprStmt)
	if !ok {
		return false
	}
	sort, ok := expr.X.(*ast.CallExpr)
	if !ok || len(sort.Args) != 1 || types.ExprString(sort.Args[0]) != slice {
		return false
	}
	switch c.callee(sort) {
	case "slices.Sort", "sort.Strings", "sort.Ints":
		return true
	}
	return false
}

// accumulation proves that the loop's iterations commute.
func (p *proof) accumulation() bool {
	p.declareLoopVars(p.loop)
	if !p.commutes(p.loop.Body) {
		return false
	}
	return !p.readsWritten(p.loop.Body)
}

func (p *proof) declareLoopVars(n *ast.RangeStmt) {
	for _, e := range []ast.Expr{n.Key, n.Value} {
		if id, ok := e.(*ast.Ident); ok {
			p.locals[p.info.Defs[id]] = true
		}
	}
}

func (p *proof) commutes(stmt ast.Stmt) bool {
	switch s := stmt.(type) {
	case *ast.BlockStmt:
		for _, inner := range s.List {
			if !p.commutes(inner) {
				return false
			}
		}
		return true
	case *ast.IfStmt:
		if s.Init != nil && !p.local(s.Init) || !p.pure(s.Cond) || !p.commutes(s.Body) {
			return false
		}
		return s.Else == nil || p.commutes(s.Else)
	case *ast.RangeStmt:
		p.declareLoopVars(s)
		return s.Tok == token.DEFINE && p.pure(s.X) && p.commutes(s.Body)
	case *ast.BranchStmt:
		return s.Tok == token.CONTINUE && s.Label == nil
	case *ast.ExprStmt:
		call, ok := s.X.(*ast.CallExpr)
		return ok && p.builtin(call, "delete") && p.writesElement(call.Args[0], call.Args[1], "delete")
	case *ast.IncDecStmt:
		return p.integer(s.X) && p.writes(s.X, "sum")
	case *ast.AssignStmt:
		return p.local(s) || len(s.Lhs) == 1 && p.assignCommutes(s)
	}
	return false
}

// commutative lists the assignments that give one result in every order, and under which name they mix.
var commutative = map[token.Token]string{
	token.ADD_ASSIGN: "sum", token.SUB_ASSIGN: "sum",
	token.OR_ASSIGN: "or", token.AND_ASSIGN: "and", token.XOR_ASSIGN: "xor",
}

// assignCommutes proves that doing the assignment for several entries gives one result in every order.
func (p *proof) assignCommutes(s *ast.AssignStmt) bool {
	left, right := s.Lhs[0], s.Rhs[0]
	if how := commutative[s.Tok]; how != "" {
		return p.integer(left) && p.pure(right) && p.writes(left, how)
	}
	if s.Tok != token.ASSIGN {
		return false
	}
	if how := p.extreme(s); how != "" {
		return p.integer(left) && p.pure(right) && p.writes(left, how)
	}
	if p.info.Types[right].Value != nil {
		return p.writes(left, "constant "+types.ExprString(right))
	}
	index, ok := left.(*ast.IndexExpr)
	return ok && p.ownKey(index.Index) && p.pure(right) && p.writes(left, "own key")
}

// extreme is "min" or "max" when s is x = min(x, y) or x = max(x, y).
func (p *proof) extreme(s *ast.AssignStmt) string {
	call, ok := s.Rhs[0].(*ast.CallExpr)
	if !ok || s.Tok != token.ASSIGN || !p.builtin(call, "min", "max") || len(call.Args) != 2 {
		return ""
	}
	if types.ExprString(call.Args[0]) != types.ExprString(s.Lhs[0]) {
		return ""
	}
	return types.ExprString(call.Fun)
}

// ownKey reports whether e is the loop's key variable: different in every iteration.
func (p *proof) ownKey(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	key, isIdent := p.loop.Key.(*ast.Ident)
	return ok && isIdent && p.info.Uses[id] != nil && p.info.Uses[id] == p.info.Defs[key]
}

// local reports whether stmt only defines variables of the body, or sets them, from pure values.
func (p *proof) local(stmt ast.Stmt) bool {
	s, ok := stmt.(*ast.AssignStmt)
	if !ok {
		return false
	}
	for _, r := range s.Rhs {
		if !p.pure(r) {
			return false
		}
	}
	for _, l := range s.Lhs {
		id, ok := l.(*ast.Ident)
		if !ok {
			return false
		}
		if def := p.info.Defs[id]; def != nil {
			p.locals[def] = true
		} else if id.Name != "_" && !p.locals[p.info.Uses[id]] {
			return false
		}
	}
	return true
}

// writes records that the body writes e in the way how, and fails when it writes the same variable, field or container
// in another way too, or when e has no name.
func (p *proof) writes(e ast.Expr, how string) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.IndexExpr:
		return p.writesElement(e.X, e.Index, how)
	case *ast.Ident:
		if p.locals[p.info.Uses[e]] {
			return true
		}
	}
	return p.record(p.target(e), how)
}

// writesElement is writes for the element of container under key. Of the map ranged over, only the entry of the
// iteration itself may be written: whether the loop meets the others is chance.
func (p *proof) writesElement(container, key ast.Expr, how string) bool {
	obj := p.target(container)
	if obj == p.target(p.loop.X) && !p.ownKey(key) {
		return false
	}
	return p.pure(key) && p.record(obj, how)
}

func (p *proof) record(obj types.Object, how string) bool {
	if obj == nil || p.written[obj] != "" && p.written[obj] != how {
		return false
	}
	p.written[obj] = how
	return true
}

// target is the variable or field that a write to e changes, or whose elements it changes.
func (p *proof) target(e ast.Expr) types.Object {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if obj := p.info.Uses[e]; obj != nil {
			return obj
		}
		return p.info.Defs[e]
	case *ast.SelectorExpr:
		return p.info.Uses[e.Sel]
	case *ast.IndexExpr:
		return p.target(e.X)
	}
	return nil
}
