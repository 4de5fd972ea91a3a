package port

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
)

//go:generate go run netxsim/test/inventory/gennames -o names.json

//go:embed names.json
var namesFile []byte

//go:embed approximations.txt
var approximationsFile string

// A table knows the names of package netx and those of the C interface.
type table struct {
	functions, constants set
	types                map[string]set      // with their fields
	services             map[string][]string // what the arguments of a C service are
	numbers, switches    set
	reasons              map[string]string // why a name is only approximated
	structures           []string          // types by falling length of name
}

type set map[string]bool

func setOf(list []string) set {
	s := make(set, len(list))
	for _, name := range list {
		s[name] = true
	}
	return s
}

// known is the table; it is read once.
var known = sync.OnceValue(readTable)

func readTable() *table {
	var file struct {
		Functions, Constants, Numbers, Switches []string
		Types, Services                         map[string][]string
	}
	if err := json.Unmarshal(namesFile, &file); err != nil {
		panic(fmt.Sprintf("port: names.json: %v", err)) // part of the program
	}
	t := &table{
		functions: setOf(file.Functions), constants: setOf(file.Constants), services: file.Services,
		numbers: setOf(file.Numbers), switches: setOf(file.Switches), types: map[string]set{}, reasons: map[string]string{},
	}
	for name, fields := range file.Types {
		t.types[name] = setOf(fields)
	}
	for line := range strings.Lines(approximationsFile) {
		if name, why, ok := strings.Cut(strings.TrimSpace(line), " "); ok && !strings.HasPrefix(line, "#") {
			t.reasons[name] = strings.TrimSpace(why)
		}
	}
	t.structures = slices.SortedFunc(maps.Keys(t.types), func(a, b string) int {
		if d := len(b) - len(a); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return t
}

// interfaceName matches the names this is about.
var interfaceName = regexp.MustCompile(`^_{0,2}(?:(?:nx|nxd|nxe|nxde|tx|txe)_[a-z0-9]|(?:NX|NXD|TX)_[A-Z0-9])`)

// GoName is the name in Go of a C function: its words, capitalised.
func GoName(c string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(strings.Trim(c, "_"), "_") {
		if word != "" {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return b.String()
}

// The states of a name.
const (
	Modelled     = "modelled"
	Approximated = "approximated" // there, but not in all as in C; Why says what differs
	Missing      = "missing"
	Option       = "option" // of the C build: nothing to rename, a field of Program or a decision of the porter
	Own          = "own"    // the program's own
)

// A Name is a name of the C interface that a program uses.
type Name struct {
	C     string `json:"c"`
	Go    string `json:"go,omitempty"` // empty when there is none
	Kind  string `json:"kind"`         // function, type, constant, field, option or header
	State string `json:"state"`
	Why   string `json:"why,omitempty"` // what differs, or what is known about a missing name
	First string `json:"first"`         // file:line
	Uses  int    `json:"uses"`
}

// special are names that the rule does not cover, because Go has something of its own.
var special = map[string]Name{
	"NX_NULL":               {Go: "nil", Kind: "constant", State: Modelled},
	"TX_NULL":               {Go: "nil", Kind: "constant", State: Modelled},
	"tx_application_define": {Go: "Program.TxApplicationDefine", Kind: "function", State: Modelled},
}

// function looks up what is written in small letters.
func (t *table) function(c string) Name {
	n := Name{C: c, Kind: "function", Go: GoName(c), State: Modelled}
	_, recorded := t.services[c]
	switch {
	case t.functions[n.Go]:
	case recorded:
		n.Go, n.State, n.Why = "", Missing, "a service that package netx does not have"
	case strings.HasPrefix(c, "_"):
		n.Go, n.State, n.Why = "", Missing, "internal to the C library"
	default:
		n.Go, n.State, n.Why = "", Missing, "no service of NetX Duo's core, its POP3 client or ThreadX"
	}
	return t.reason(n)
}

// word looks up what is written in capitals; asType says that it stands where a type does.
func (t *table) word(c string, asType bool) Name {
	n := Name{C: c, Kind: "constant", Go: c, State: Modelled}
	structure := strings.TrimSuffix(c, "_STRUCT")
	switch {
	case t.constants[c]:
	case t.types[structure] != nil:
		n.Kind, n.Go = "type", structure
	case t.functions[c]:
		n.Kind = "function"
	case t.switches[c]:
		n.Kind, n.Go, n.State = "option", "", Option
	case t.numbers[c]:
		n.Go, n.State, n.Why = "", Missing, "a constant that package netx does not have"
	default:
		n.Go, n.State, n.Why = "", Missing, "no name of NetX Duo's core, its POP3 client or ThreadX"
		if asType {
			n.Kind = "type"
		}
	}
	return t.reason(n)
}

// addOn matches headers of NetX Duo and ThreadX; coreHeaders are those whose names this package knows.
var (
	addOn       = regexp.MustCompile(`^(?:nxd?|txd?|nx_secure)_[a-z0-9_]+\.h$`)
	coreHeaders = []string{"tx_api.h", "tx_port.h", "nx_api.h", "nx_port.h", "nx_user.h", "tx_user.h", "nxd_pop3_client.h", "nx_md5.h", "nx_arp.h",
		"nx_icmp.h", "nx_icmpv4.h", "nx_icmpv6.h", "nx_igmp.h", "nx_ip.h", "nx_ipv4.h", "nx_ipv6.h", "nx_nd_cache.h", "nx_packet.h", "nx_rarp.h",
		"nx_system.h", "nx_tcp.h", "nx_udp.h"}
)

// header looks up a header: those of add-ons declare names that need not begin as the interface's do, such as socket().
func (t *table) header(c string) (n Name, relevant bool) {
	if !addOn.MatchString(c) || slices.Contains(coreHeaders, c) {
		return Name{}, false
	}
	return Name{C: c, Kind: "header", State: Missing, Why: "an add-on or an internal header: what it declares is not modelled"}, true
}

// field looks up a member of a structure by the rule: it loses the prefix that its structure gives it.
func (t *table) field(c string) Name {
	n := Name{C: c, Kind: "field", State: Modelled}
	for _, structure := range t.structures {
		rest, ok := strings.CutPrefix(c, fieldPrefix(structure))
		if !ok || rest == "" || len(t.types[structure]) == 0 {
			continue
		}
		if name := GoName(rest); t.types[structure][name] {
			n.Go = structure + "." + name
			return t.reason(n)
		}
	}
	n.State, n.Why = Missing, "no field of a control block or packet in Go: ask the service that tells it"
	return t.reason(n)
}

// fieldPrefix is what the names of a structure's members begin with in C.
func fieldPrefix(structure string) string {
	if structure == "NXD_ADDRESS" {
		return "nxd_"
	}
	return strings.ToLower(structure) + "_"
}

func (t *table) reason(n Name) Name {
	if why, ok := t.reasons[n.C]; ok && n.State != Missing {
		n.State, n.Why = Approximated, why
	}
	return n
}
