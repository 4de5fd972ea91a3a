package netx_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	. "netxsim/netx"
	"netxsim/packetpool"
	"netxsim/sim"
	"netxsim/test/inventory"
)

// parameters returns name and type of the parameters of every service in the files that pattern names.
func parameters(t *testing.T, pattern string) map[string][]string {
	t.Helper()
	found := make(map[string][]string)
	files, err := filepath.Glob(pattern)
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
	found := parameters(t, "tx_*.go")
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

// otherTypes are parameters whose type the rule cannot tell: bytes that are no text, the words of an IPv6 address, and what
// a callback gets back as it was given.
var otherTypes = map[string]string{
	"data string": "data []byte", "mac string": "mac []byte", "destIp *ULONG": "destIp *[4]ULONG", "additionalInfo []byte": "additionalInfo any",
}

// isParameter reports whether got is the parameter want of the inventory. A name may leave out what the service's name
// says already (udpPacketsSent, packetsSent), and a parameter that is not used has none.
func isParameter(want, got string) bool {
	if other, ok := otherTypes[want]; ok {
		want = other
	}
	wantName, wantType, _ := strings.Cut(want, " ")
	gotName, gotType, _ := strings.Cut(got, " ")
	return wantType == gotType && (gotName == "_" || strings.HasSuffix(strings.ToLower(wantName), strings.ToLower(gotName)))
}

// TestNetXSignatures compares order, types and names of the parameters of the NetX Duo services with the inventory.
func TestNetXSignatures(t *testing.T) {
	services, err := inventory.LoadServices()
	if err != nil {
		t.Fatal(err)
	}
	found := parameters(t, "*.go")
	for _, s := range services {
		got, ok := found[goName(s.Name)]
		if !ok {
			continue // TestEveryServiceIsThere
		}
		want := []string{}
		for _, p := range s.Params {
			want = append(want, goParameter(p))
		}
		if !slices.EqualFunc(want, got, isParameter) {
			t.Errorf("%s: parameters (-inventory +code):\n%s", goName(s.Name), cmp.Diff(want, got))
		}
	}
}

// TestConstants compares names and values of the constants with the inventory.
func TestConstants(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "constants_gen.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]string{}
	for _, d := range file.Decls {
		for _, spec := range d.(*ast.GenDecl).Specs {
			v := spec.(*ast.ValueSpec)
			values[v.Names[0].Name] = types.ExprString(v.Values[0])
		}
	}
	sections, err := inventory.LoadSections()
	if err != nil {
		t.Fatal(err)
	}
	for _, section := range sections {
		for _, c := range section.Constants {
			if section.Name == "packet_markers" || strings.HasSuffix(c.Name, "_NULL") {
				continue // packets and nil in Go
			}
			got, err := strconv.ParseUint(values[c.Name], 0, 32)
			if err != nil || uint32(got) != c.Value {
				t.Errorf("%s is %q, want %d", c.Name, values[c.Name], c.Value)
			}
		}
	}
}

// TestSizes compares the sizes of control blocks with the inventory.
func TestSizes(t *testing.T) {
	recorded, err := inventory.LoadNetX()
	if err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]packetpool.Target{
		"cortex_32bit_ipv6": packetpool.ILP32, "cortex_32bit_ipv4_only": {PointerSize: 4, DisableIPv6: true},
		"linux_64bit_ipv6": packetpool.LP64, "linux_64bit_ipv4_only": {PointerSize: 8, DisableIPv6: true},
	} {
		var want map[string]uint32
		if err := json.Unmarshal(recorded.ControlBlockSizes[name], &want); err != nil {
			t.Fatal(err)
		}
		delete(want, "NX_ARP") // entries of the cache, which have no type
		runThread(t, target, func(*sim.Kernel) {
			got := map[string]uint32{
				"NX_PACKET": Sizeof[NX_PACKET](), "NX_PACKET_POOL": Sizeof[NX_PACKET_POOL](), "NXD_ADDRESS": Sizeof[NXD_ADDRESS](),
				"NX_UDP_SOCKET": Sizeof[NX_UDP_SOCKET](), "NX_TCP_SOCKET": Sizeof[NX_TCP_SOCKET](), "NX_IP": Sizeof[NX_IP](),
				"NX_POP3_CLIENT": Sizeof[NX_POP3_CLIENT](),
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-inventory +Sizeof):\n%s", name, diff)
			}
			if n := Sizeof[ULONG](); n != 4 {
				t.Errorf("sizeof(ULONG) is %d", n)
			}
		})
	}
}
