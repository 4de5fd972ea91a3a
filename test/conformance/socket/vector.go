package socket

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"netxsim/netx"
)

// A testCase is one line of a vector file.
type testCase struct {
	Suite   string `json:"suite"`
	Name    string `json:"name"`
	Profile string `json:"profile"`
	Setup   struct {
		Pools ordered[poolSetup] `json:"pools"`
		IPs   ordered[ipSetup]   `json:"ips"`
	} `json:"setup"`
	Steps []step `json:"steps"`
}

// family is the part of the name in front of the slash.
func (c *testCase) family() string {
	family, _, _ := strings.Cut(c.Name, "/")
	return family
}

// poolSetup describes a packet pool: bytes per packet and number of packets.
type poolSetup struct {
	Payload uint32 `json:"payload"`
	Count   int    `json:"count"`
}

// ipSetup describes an IP instance, its one interface and what it has enabled.
type ipSetup struct {
	Address string   `json:"address"`
	Mask    string   `json:"mask"`
	Pool    string   `json:"pool"`
	MTU     int      `json:"mtu"`
	Enable  []string `json:"enable"`
}

// A step is one call and its answer.
type step struct {
	Op       string                `json:"op"`
	In       input                 `json:"in"`
	Out      map[string]any        `json:"out"`
	Observed map[string][2]float64 `json:"observed_range"`
}

// named is a member of a JSON object.
type named[T any] struct {
	name  string
	value T
}

// ordered is a JSON object whose members keep their order.
type ordered[T any] []named[T]

// UnmarshalJSON reads an object.
func (o *ordered[T]) UnmarshalJSON(raw []byte) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		member := named[T]{name: fmt.Sprint(key)}
		if err := d.Decode(&member.value); err != nil {
			return err
		}
		*o = append(*o, member)
	}
	return nil
}

// input is the arguments of an op, by name.
type input map[string]json.RawMessage

// isNull reports whether an argument is the null pointer.
func (in input) isNull(name string) bool { return string(in[name]) == "null" }

// has reports whether an argument is given.
func (in input) has(name string) bool { return in[name] != nil }

// number returns a numeric argument: otherwise when it is not given, the largest one for "forever".
func (in input) number(name string, otherwise uint32) uint32 {
	switch raw := string(in[name]); raw {
	case "":
		return otherwise
	case "null":
		return 0
	case `"forever"`:
		return netx.NX_WAIT_FOREVER
	default:
		n, err := strconv.ParseInt(raw, 10, 64)
		if err != nil {
			panic(fmt.Errorf("socket vector: %s: %w", name, err))
		}
		return uint32(n)
	}
}

// wait is the wait option, in ticks.
func (in input) wait() uint32 { return in.number("wait", netx.NX_NO_WAIT) }

// text returns a string argument, otherwise when it is null or not given.
func (in input) text(name, otherwise string) string {
	if !in.has(name) || in.isNull(name) {
		return otherwise
	}
	var s string
	in.decode(name, &s)
	return s
}

// decode reads an argument into what to points at.
func (in input) decode(name string, to any) {
	if err := json.Unmarshal(in[name], to); err != nil {
		panic(fmt.Errorf("socket vector: %s: %w", name, err))
	}
}

// pattern is the bytes that {"len":n,"fill":f} stands for.
func (in input) pattern(name string) []byte {
	var p struct{ Len, Fill int }
	in.decode(name, &p)
	data := make([]byte, p.Len)
	for i := range data {
		data[i] = byte(p.Fill + i)
	}
	return data
}
