// Command gennames writes what `netxsim port` knows about names: what package netx exports, read from its source, and
// what the recorded inventory says about the C interface.
package main

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/types"
	"os"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"

	"netxsim/test/inventory"
)

func main() {
	file := flag.String("o", "", "write to this `file`")
	flag.Parse()
	data, err := generate()
	if err == nil {
		err = os.WriteFile(*file, data, 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "gennames:", err)
		os.Exit(1)
	}
}

// names is what the file holds.
type names struct {
	Functions []string            // exported by netx
	Constants []string            // exported by netx, variables included
	Types     map[string][]string // exported by netx, with the exported fields of structures
	Services  map[string][]string // C services, with what each argument is; see argument
	Numbers   []string            // C constants of the inventory
	Switches  []string            // options of a C build
}

// generate returns the file, one name to a line.
func generate() ([]byte, error) {
	var n names
	if err := n.exported(); err != nil {
		return nil, err
	}
	if err := n.recorded(); err != nil {
		return nil, err
	}
	data, err := json.MarshalIndent(n, "", " ")
	return append(data, '\n'), err
}

// exported reads package netx.
func (n *names) exported() error {
	loaded, err := packages.Load(&packages.Config{Mode: packages.NeedName | packages.NeedTypes | packages.NeedImports | packages.NeedDeps | packages.NeedSyntax | packages.NeedTypesInfo}, "netxsim/netx")
	if err != nil {
		return err
	}
	if len(loaded) != 1 || len(loaded[0].Errors) > 0 {
		return fmt.Errorf("netxsim/netx: %v", loaded[0].Errors)
	}
	n.Types = map[string][]string{}
	scope := loaded[0].Types.Scope()
	for _, name := range scope.Names() { // sorted
		if !ast.IsExported(name) {
			continue
		}
		switch object := scope.Lookup(name).(type) {
		case *types.Func:
			n.Functions = append(n.Functions, name)
		case *types.Const, *types.Var:
			n.Constants = append(n.Constants, name)
		case *types.TypeName:
			n.Types[name] = fields(object.Type())
		}
	}
	return nil
}

// fields are the exported fields of a structure.
func fields(t types.Type) []string {
	list := []string{}
	if s, ok := t.Underlying().(*types.Struct); ok {
		for f := range s.Fields() {
			if f.Exported() {
				list = append(list, f.Name())
			}
		}
	}
	slices.Sort(list)
	return list
}

// recorded reads the inventory.
func (n *names) recorded() error {
	services, err := inventory.LoadServices()
	if err != nil {
		return err
	}
	threadx, err := inventory.LoadThreadX()
	if err != nil {
		return err
	}
	n.Services = map[string][]string{}
	for _, s := range append(services, threadx.Services...) {
		list := []string{}
		for _, p := range s.Params {
			list = append(list, argument(p))
		}
		n.Services[s.Name] = list
	}
	sections, err := inventory.LoadSections()
	if err != nil {
		return err
	}
	for _, s := range sections {
		for _, c := range s.Constants {
			n.Numbers = append(n.Numbers, c.Name)
		}
	}
	slices.SortFunc(n.Numbers, cmp.Compare)
	n.Numbers = slices.Compact(n.Numbers)
	n.Switches, err = inventory.LoadSwitches()
	slices.Sort(n.Switches)
	return err
}

// argument says what kind of thing an argument is: "callback", "memory", "out", or "" for a value or a control block.
func argument(p inventory.Param) string {
	base := strings.ReplaceAll(p.Type, " ", "")
	switch {
	case strings.Contains(base, "(*)"):
		return "callback"
	case base == "VOID*" || base == "VOID**":
		return "memory"
	case p.Dir == "in":
		return ""
	case strings.HasSuffix(base, "**") || base == "UINT*" || base == "ULONG*" || base == "NXD_ADDRESS*":
		return "out"
	}
	return "" // a control block that is created
}
