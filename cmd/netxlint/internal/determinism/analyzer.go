// Package determinism reports what could make two runs of one simulation differ.
//
// # What is reported
//
// In the engine packages (see the flag -engine), outside test files:
//
//   - the wall clock: time.Now, time.Sleep, timers, contexts with a time limit;
//   - global randomness: package-level functions of math/rand, math/rand/v2, hash/maphash and crypto/rand;
//   - map order: ranging over a map, a sync.Map, or maps.Keys, maps.Values and maps.All.
//
// # What is not
//
// A loop over a map whose order cannot show: see loops.go for the forms the analyzer can prove. Everything else needs a
// comment with a reason, at the end of the line or alone on the line above it:
//
//	//netxlint:ordered each entry is checked by itself
//	//netxlint:wallclock the kernel's real-time mode
//	//netxlint:random the seed of a run that names none
//
// A comment without a reason, with another word, or where nothing needs it is itself reported.
package determinism

import (
	"go/ast"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"
)

// Analyzer reports wall clock, global randomness and visible map order in the engine packages.
var Analyzer = &analysis.Analyzer{
	Name:     "determinism",
	Doc:      "keep the wall clock, global randomness and map iteration order out of the engine",
	Requires: []*analysis.Analyzer{inspect.Analyzer},
	Run:      run,
}

// engine lists the engine's packages: import paths separated by commas, each with everything below it.
var engine string

func init() {
	Analyzer.Flags.StringVar(&engine, "engine",
		"netxsim/sim,netxsim/packetpool,netxsim/ipstack,netxsim/pop3client,netxsim/netx",
		"import paths, each with everything below it, that must be deterministic")
}

func run(pass *analysis.Pass) (any, error) {
	if !inEngine(pass.Pkg.Path()) {
		return nil, nil
	}
	c := &checker{pass: pass, allowed: newAllowances(pass)}
	in := pass.ResultOf[inspect.Analyzer].(*inspector.Inspector)
	types := []ast.Node{(*ast.Ident)(nil), (*ast.RangeStmt)(nil)}
	in.WithStack(types, func(n ast.Node, push bool, stack []ast.Node) bool {
		if !push || c.allowed.skip(n) {
			return push
		}
		switch n := n.(type) {
		case *ast.Ident:
			c.use(n, stack)
		case *ast.RangeStmt:
			c.loop(n, stack)
		}
		return true
	})
	c.allowed.reportUnused()
	return nil, nil
}

// inEngine reports whether the package with this path, or one above it, is listed in the flag -engine.
func inEngine(path string) bool {
	for prefix := range strings.SplitSeq(engine, ",") {
		if path == prefix || strings.HasPrefix(path, prefix+"/") {
			return true
		}
	}
	return false
}

// A checker holds one pass over one package.
type checker struct {
	pass    *analysis.Pass
	allowed *allowances
}

// use reports n when it names something that reads the wall clock, global randomness or map order.
func (c *checker) use(n *ast.Ident, stack []ast.Node) {
	obj := c.pass.TypesInfo.Uses[n]
	if obj == nil || obj.Pkg() == nil {
		return
	}
	path, name := obj.Pkg().Path(), obj.Name()
	if isMethod(obj) {
		if path == "sync" && name == "Range" {
			c.allowed.report(n, ordered, "order of sync.Map.Range shows: use a slice or sorted keys")
		}
		return
	}
	switch {
	case wallClock[path+"."+name]:
		c.allowed.report(n, wallclock, path+"."+name+" reads the wall clock: use the kernel's clock")
	case globalRandom(path, obj):
		c.allowed.report(n, random, path+"."+name+" is global randomness: use a stream of the kernel's seed")
	case path == "maps" && mapOrder[name] && !c.sortedOrRanged(stack):
		c.allowed.report(n, ordered, "order of maps."+name+" shows: pass it straight to slices.Sorted")
	}
}

// wallClock lists the functions that read or wait on the host's clock.
var wallClock = map[string]bool{
	"time.Now": true, "time.Sleep": true, "time.After": true, "time.AfterFunc": true, "time.Tick": true,
	"time.NewTimer": true, "time.NewTicker": true, "time.Since": true, "time.Until": true,
	"context.WithTimeout": true, "context.WithTimeoutCause": true,
	"context.WithDeadline": true, "context.WithDeadlineCause": true,
}

// mapOrder lists the functions of package maps that hand out entries in map order.
var mapOrder = map[string]bool{"All": true, "Keys": true, "Values": true}

// globalRandom reports whether obj, of the package path, draws from a source that no seed of ours reaches.
// Constructors of sources and generators do not.
func globalRandom(path string, obj types.Object) bool {
	switch path {
	case "crypto/rand":
		return true
	case "math/rand", "math/rand/v2":
		_, isFunc := obj.(*types.Func)
		return isFunc && !strings.HasPrefix(obj.Name(), "New")
	case "hash/maphash":
		_, isFunc := obj.(*types.Func)
		return isFunc
	}
	return false
}

// isMethod reports whether obj is a method or a field, not a package-level name.
func isMethod(obj types.Object) bool {
	if v, ok := obj.(*types.Var); ok {
		return v.IsField()
	}
	f, ok := obj.(*types.Func)
	return ok && f.Signature().Recv() != nil
}

// sortedOrRanged reports whether the call at the top of the stack is an argument of slices.Sorted, whose result has
// one order, or the operand of a range statement, which the loop check looks at.
func (c *checker) sortedOrRanged(stack []ast.Node) bool {
	for i := len(stack) - 1; i > 0; i-- {
		call, ok := stack[i].(*ast.CallExpr)
		if !ok {
			continue
		}
		switch parent := stack[i-1].(type) {
		case *ast.RangeStmt:
			return parent.X == call
		case *ast.CallExpr:
			return c.callee(parent) == "slices.Sorted"
		}
		return false
	}
	return false
}

// callee is the package path and name of the package-level function a call names, or "".
func (c *checker) callee(call *ast.CallExpr) string {
	fun := ast.Unparen(call.Fun)
	if index, ok := fun.(*ast.IndexExpr); ok {
		fun = index.X
	}
	var id *ast.Ident
	switch fun := fun.(type) {
	case *ast.Ident:
		id = fun
	case *ast.SelectorExpr:
		id = fun.Sel
	default:
		return ""
	}
	f, ok := c.pass.TypesInfo.Uses[id].(*types.Func)
	if !ok || f.Pkg() == nil || f.Signature().Recv() != nil {
		return ""
	}
	return f.Pkg().Path() + "." + f.Name()
}
