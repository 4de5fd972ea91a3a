// Package inventory holds the recorded facts about the C programming
// interface that generators and tests need: names, values, parameters,
// statuses and allowed callers of every NetX Duo and ThreadX service.
//
// The files are embedded and compressed, so a fresh clone has all of them;
// README.md says where they were recorded and how they are refreshed.
package inventory

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
)

//go:generate go run ./refresh

//go:embed *.json.gz
var files embed.FS

// Files lists the names of the recorded files, without the ".gz".
var Files = []string{"constants.json", "services.json", "threadx.json"}

// Read returns the recorded file, decompressed.
func Read(name string) ([]byte, error) {
	packed, err := files.ReadFile(name + ".gz")
	if err != nil {
		return nil, err
	}
	unzip, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("inventory: %s: %w", name, err)
	}
	return io.ReadAll(unzip)
}

// Constant is a C name and its value.
type Constant struct {
	Name     string `json:"name"`
	Value    uint32 `json:"value"`
	Reserved bool   `json:"reserved"` // an unused code
	About    string `json:"about"`
}

// Default is the value of a compile-time option that a build may override.
type Default struct {
	Name    string `json:"name"`
	Default uint32 `json:"default"`
	Unit    string `json:"unit"`
}

// PacketType is a C packet type: bytes of header room in front of the data.
type PacketType struct {
	Name      string `json:"name"`
	IPv6Build uint32 `json:"ipv6_build"` // value in a build with IPv6, the default
	IPv4Build uint32 `json:"ipv4_build"` // value in a build without IPv6
	For       string `json:"for"`
}

// NetX is the part of constants.json that code is generated from.
type NetX struct {
	Status      []Constant   `json:"status"`
	POP3Status  []Constant   `json:"pop3_status"`
	PacketTypes []PacketType `json:"packet_types"`
	WaitOptions []Constant   `json:"wait_options"`
	General     []Constant   `json:"general"`
	TCPStates   []Constant   `json:"tcp_states"`
	IPVersions  []Constant   `json:"ip_versions"`

	StatusBits    []Constant `json:"ip_status_bits"`
	TypeOfService []Constant `json:"type_of_service"`
	Fragment      []Constant `json:"fragment"`
	TimeToLive    []Constant `json:"time_to_live"`
	Protocols     []Constant `json:"protocols"`
	LinkCommands  []Constant `json:"link_commands"`

	// ControlBlockSizes maps a profile ("cortex_32bit_ipv6",
	// "linux_64bit_ipv4_only", …) to bytes per control block.
	ControlBlockSizes map[string]json.RawMessage `json:"control_block_sizes"`
}

// ThreadX is the part of threadx.json that code is generated from.
type ThreadX struct {
	Status           []Constant `json:"status"`
	WaitOptions      []Constant `json:"wait_options"`
	EventFlagOptions []Constant `json:"event_flag_options"`
	MessageSizes     []Constant `json:"message_sizes"`
	General          []Constant `json:"general"`
	ThreadStates     []Constant `json:"thread_states"`
	Config           []Default  `json:"config"`
	Services         []Service  `json:"services"`
}

// Service is one C function.
type Service struct {
	Name        string   `json:"name"`
	Family      string   `json:"family"`
	Params      []Param  `json:"params"`
	Returns     []Return `json:"returns"`
	AllowedFrom string   `json:"allowed_from"` // contexts the manual allows, joined by a bar
	CallerCheck string   `json:"caller_check"` // contexts the checks accept, empty when they do not look
	CheckOrder  []string `json:"check_order"`
	Tier        int      `json:"tier"`
	AliasOf     string   `json:"alias_of"`
}

// Param is one parameter of a Service, in C order.
type Param struct {
	Name string `json:"name"`
	Type string `json:"type"`
	Dir  string `json:"dir"` // in, out or inout
	Unit string `json:"unit"`
}

// Return is one status a Service can return.
type Return struct {
	Code  string `json:"code"`
	Value uint32 `json:"value"`
	When  string `json:"when"`
	Layer string `json:"layer"` // checks, core, both, nested, or manual (never returned)
}

// A Section is a list of the constants of one subject.
type Section struct {
	Name      string // as in the recorded file, such as "tcp_states"
	Constants []Constant
}

// LoadSections returns every recorded list of names with numbers: what is fixed, and what a build sets, with the
// default. The lists are in the order of their names, those of NetX Duo first.
func LoadSections() ([]Section, error) {
	var all []Section
	for _, file := range []string{"constants.json", "threadx.json"} {
		parts, err := load[map[string]json.RawMessage](file)
		if err != nil {
			return nil, err
		}
		for _, name := range slices.Sorted(maps.Keys(parts)) {
			if list := numbers(parts[name]); len(list) > 0 {
				all = append(all, Section{name, list})
			}
		}
	}
	return all, nil
}

// numbers are the entries of a list that have a name and a number.
func numbers(raw json.RawMessage) (list []Constant) {
	var entries []struct {
		Name       string
		About, For string
		Value      any
		Default    any
		IPv6Build  any `json:"ipv6_build"`
	}
	if json.Unmarshal(raw, &entries) != nil {
		return nil // not a list of names
	}
	for _, e := range entries {
		for _, value := range []any{e.Value, e.Default, e.IPv6Build} {
			if n, ok := value.(float64); ok {
				list = append(list, Constant{Name: e.Name, Value: uint32(n), About: cmp.Or(e.About, e.For)})
				break
			}
		}
	}
	return list
}

// LoadSwitches returns the names of the options that a build has or has not, all off by default.
func LoadSwitches() (names []string, err error) {
	parts, err := load[struct{ Switches []Constant }]("constants.json")
	for _, s := range parts.Switches {
		names = append(names, s.Name)
	}
	return names, err
}

// LoadNetX returns the constants of NetX Duo.
func LoadNetX() (*NetX, error) { return load[*NetX]("constants.json") }

// LoadThreadX returns the constants and services of ThreadX.
func LoadThreadX() (*ThreadX, error) { return load[*ThreadX]("threadx.json") }

// LoadServices returns the services of NetX Duo.
func LoadServices() ([]Service, error) { return load[[]Service]("services.json") }

func load[T any](name string) (v T, err error) {
	raw, err := Read(name)
	if err != nil {
		return v, err
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		return v, fmt.Errorf("inventory: %s: %w", name, err)
	}
	return v, nil
}
