package scenario

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// small is a scenario in which nothing is wrong, with a place for more.
const small = `wires:
  - name: lan
hosts:
  - name: a
    pools: [{payload: 1536, packets: 8}]
  - {name: b, kind: plain}
workloads:
  - {kind: tcp, from: a, to: b}
`

// TestErrors checks what each mistake is called, and where it is.
func TestErrors(t *testing.T) {
	for _, tc := range []struct {
		name, text, want string
	}{
		{"empty", "", "x:1:1: the file is empty"},
		{"no mapping", "- 1\n", "x:1:1: want a scenario: keys and values, wires, hosts and workloads among them"},
		{"two documents", small + "---\na: 1\n", "x:1:1: the file has more than one document"},
		{"nothing", "name: x\n", "x:1:1: wires: is missing\nx:1:1: hosts: is missing\nx:1:1: workloads: is missing"},
		{"unknown key", small + "expext: {}\n", "x:9:1: expext: unknown key; did you mean expect?"},
		{"unknown key, unlike any", small + "expect: {fast: true}\n", "x:9:10: expect.fast: unknown key; the keys here are complete, intact, " +
			"leaks, allocation_failures, session, finish, suspension, udp_loss, ping_loss"},
		{"duplicate key", small + "duration: 1s\nduration: 2s\n", "x:10:1: duration: the key stands in line 9 already"},
		{"no unit", small + "duration: 5\n", "x:9:11: duration: \"5\" is no time: want a number with a unit, such as 500us, 20ms, 1.5s or 2m"},
		{"wrong unit", strings.Replace(small, "name: lan", "{name: lan, rate: 10MB}", 1), "x:2:23: wires[0].rate: \"10MB\" is no rate: " +
			"want one such as 9600bit/s, 64kbit/s, 10Mbit/s or 1Gbit/s"},
		{"no share", strings.Replace(small, "name: lan", "{name: lan, loss: 0.1}", 1), "x:2:23: wires[0].loss: \"0.1\" is no share: want one such as 2% or 0.5%"},
		{"out of range", strings.Replace(small, "name: lan", "{name: lan, loss: 101%, mtu: 60}", 1),
			"x:2:23: wires[0].loss: 101% is out of range: want 0% to 100%\nx:2:34: wires[0].mtu: 60 is out of range: want 68 to 65535"},
		{"zero where there is a default", small + "settle: 0\n", "x:9:9: settle: 0s is out of range: want 1ms to 24h"},
		{"negative", small + "duration: -1s\n", "x:9:11: duration: -1s is out of range: want 1ms to 8760h"},
		{"octal", strings.Replace(small, "packets: 8", "packets: 010", 1), "x:5:38: hosts[0].pools[0].packets: \"010\" is no whole number"},
		{"huge", strings.Replace(small, "packets: 8", "packets: 99999999999999999999", 1), "x:5:38: hosts[0].pools[0].packets: want a whole number, not text"},
		{"text for a number", strings.Replace(small, "packets: 8", "packets: many", 1), "x:5:38: hosts[0].pools[0].packets: want a whole number, not text"},
		{"number for text", strings.Replace(small, "name: lan", "name: 3", 1), "x:2:11: wires[0].name: want text, not a number"},
		{"no list", "wires: lan\nhosts: []\nworkloads: []\n", "x:1:8: wires: want a list, not text\nx:2:8: hosts: is missing\nx:3:12: workloads: is missing"},
		{"no value", small + "duration:\n", "x:9:11: duration: the value is missing"},
		{"no wire", strings.Replace(small, "name: b", "name: b, wire: wan", 1), "x:6:21: hosts[1].wire: there is no wire \"wan\""},
		{"no host", strings.Replace(small, "to: b", "to: c", 1), "x:8:30: workloads[0].to: there is no host \"c\""},
		{"same host", strings.Replace(small, "to: b", "to: a", 1), "x:8:30: workloads[0].to: is the same host"},
		{"name taken", strings.Replace(small, "name: b", "name: a", 1), "x:6:12: hosts[1].name: the name \"a\" is taken already\n" +
			"x:8:30: workloads[0].to: there is no host \"b\""},
		{"key of another kind", strings.Replace(small, "kind: plain", "kind: plain, arp: 3", 1), "x:6:33: hosts[1].arp: one of kind plain has no such key"},
		{"workload's key of another kind", strings.Replace(small, "to: b", "to: b, count: 3", 1), "x:8:40: workloads[0].count: one of kind tcp has no such key"},
		{"unknown kind", strings.Replace(small, "kind: tcp", "kind: ftp", 1), "x:8:12: workloads[0].kind: \"ftp\" is none of pop3, tcp, request, udp, ping, idle"},
		{"mail the wrong way", strings.Replace(small, "kind: tcp, from: a, to: b", "kind: pop3, from: b, to: a", 1),
			"x:8:12: workloads[0].kind: a netx host fetches mail from a plain host, no other way round"},
		{"no pool", strings.Replace(small, "    pools: [{payload: 1536, packets: 8}]\n", "", 1), "x:4:5: hosts[0].pools: is missing: a netx host has one pool at least"},
		{"pools without use", strings.Replace(small, "packets: 8}", "packets: 8}, {name: c, payload: 256, packets: 8}", 1),
			"x:5:12: hosts[0].pools: none of the pools is for default use\nx:5:14: hosts[0].pools[0].use: is missing: with more than one pool each needs it\n" +
				"x:5:43: hosts[0].pools[1].use: is missing: with more than one pool each needs it"},
		{"address", strings.Replace(small, "name: b", "name: b, address: 192.168.1.1/24", 1), "x:6:24: hosts[1].address: 192.168.1.1 is the address of two interfaces"},
		{"network's address", strings.Replace(small, "name: b", "name: b, address: 10.0.0.0/8", 1), "x:6:24: hosts[1].address: 10.0.0.0/8 is not the address of a host"},
		{"no address", strings.Replace(small, "name: b", "name: b, address: here", 1), "x:6:24: hosts[1].address: \"here\" is no address with a network: want one such as 192.168.0.2/24"},
		{"bursts for ever", strings.Replace(small, "name: lan", "{name: lan, burst: {enter: 1%}}", 1), "x:2:25: wires[0].burst.leave: is missing: bursts would never end"},
		{"alias without anchor", small + "name: *x\n", "x:9:7: name: no anchor &x before this alias"},
		{"no mailbox", strings.Replace(small, "kind: tcp, from: a, to: b", "kind: pop3, from: a, to: b, mailbox: {path: nowhere}", 1),
			"x:8:50: workloads[0].mailbox.path: stat nowhere: no such file or directory"},
		{"shared port", small + "  - {kind: request, from: a, to: b, port: 5000}\n", "x:9:43: workloads[1].port: port 5000 of b is that of the workload \"tcp\""},
		{"syntax", "wires: [\n", "x:1:8: sequence end token ']' not found"},
	} {
		_, err := Load("x", []byte(tc.text))
		got := ""
		if err != nil {
			got = err.Error()
		}
		if tc.want != got {
			t.Errorf("%s: got\n%s\nwant\n%s", tc.name, got, tc.want)
		}
	}
}

// TestAnchors checks that a part of a file may stand for others.
func TestAnchors(t *testing.T) {
	s, err := Load("x", []byte(strings.Replace(small, "wires:\n  - name: lan", "wires:\n  - {name: lan, loss: &l 2%, duplicate: *l}", 1)))
	if err != nil || s.Wires[0].Duplicate != 2 {
		t.Errorf("%v, %v", s, err)
	}
}

// TestDefaults checks that every default is a value the key takes, and that a
// zero that a file gives is never taken for a missing value.
func TestDefaults(t *testing.T) {
	eachField(reflect.TypeFor[Scenario](), func(f field) {
		if f.help == "" {
			t.Errorf("%s has no help", f.name)
		}
		v := reflect.New(element(f.typ)).Elem()
		if isGroup(v.Type()) {
			return
		}
		for _, text := range []string{f.min, f.max, f.standard} {
			if text == "" {
				continue
			}
			if err := errors.Join(setText(v, text), f.checkValue(v)); err != nil {
				t.Errorf("%s: %s: %v", f.name, text, err)
			}
		}
		number := v.Kind() == reflect.Int || v.Kind() == reflect.Int64 || v.Kind() == reflect.Float64
		if number && f.standard != "" && f.typ.Kind() != reflect.Pointer && f.min == "" {
			t.Errorf("%s: the default %s has a zero beside it that means the same", f.name, f.standard)
		}
	})
}

// eachField calls f with every key, those of nested groups included.
func eachField(t reflect.Type, f func(field)) {
	for _, key := range fieldsOf(t) {
		f(key)
		if inner := element(key.typ); isGroup(inner) {
			eachField(inner, f)
		}
	}
}

// TestUnits checks the texts of values with units, both ways.
func TestUnits(t *testing.T) {
	for _, tc := range []struct {
		value interface {
			MarshalText() ([]byte, error)
		}
		text, want string // want: as it is written; "" for an error
	}{
		{new(Duration), "90s", "1m30s"}, {new(Duration), "1h", "1h"}, {new(Duration), "0", "0s"}, {new(Duration), "forever", "forever"}, {new(Duration), "1", ""},
		{new(Bytes), "64KiB", "64KiB"}, {new(Bytes), "1.5KiB", "1536"}, {new(Bytes), "100kB", "100kB"}, {new(Bytes), "0.3", ""},
		{new(Bytes), "1e3", ""}, {new(Bytes), "0x10", ""}, {new(Bytes), "9999999999GiB", ""}, {new(Bytes), "KiB", ""},
		{new(Rate), "10Mbit/s", "10Mbit/s"}, {new(Rate), "0", "0"}, {new(Rate), "1500", ""}, {new(Rate), "9600bit/s", "9600bit/s"},
		{new(Percent), "0.5%", "0.5%"}, {new(Percent), "0", "0%"}, {new(Percent), "2", ""}, {new(Percent), "nan%", ""},
	} {
		v := reflect.ValueOf(tc.value).Elem()
		err := setText(v, tc.text)
		got := textOf(v)
		if err != nil {
			got = ""
		}
		if got != tc.want {
			t.Errorf("%s %s: %s, %v, want %s", v.Type(), tc.text, got, err, tc.want)
		}
	}
}

// TestTemplates checks that every template can be loaded and run, has every key
// in it, and that what YAML writes means the same.
func TestTemplates(t *testing.T) {
	for _, kind := range Kinds() {
		text, err := Template(kind)
		if err != nil {
			t.Fatal(err)
		}
		s, err := Load(kind, text)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		eachField(reflect.TypeFor[Scenario](), func(f field) {
			if kind != POP3 && slices.Contains(mailKeys, f.name) {
				return
			}
			if (f.kinds == nil || strings.Contains(strings.Join(f.kinds, " "), kind)) && !bytes.Contains(text, []byte(f.name+":")) {
				t.Errorf("%s: no key %s", kind, f.name)
			}
		})
		again, err := Load(kind, s.YAML())
		if err != nil {
			t.Fatalf("%v\n%s", err, s.YAML())
		}
		if again.Hash() != s.Hash() {
			t.Errorf("%s: YAML writes something else:\n%s", kind, s.YAML())
		}
		r, err := Run(s, Options{Seed: 1})
		if err != nil || !r.Passed() {
			t.Errorf("%s: %v, %v", kind, r, err)
		}
	}
	if _, err := Template("ftp"); err == nil {
		t.Error("a template of no kind")
	}
}

// mailKeys are those of the group that only one kind has.
var mailKeys = func() (names []string) {
	for _, f := range fieldsOf(reflect.TypeFor[Mailbox]()) {
		names = append(names, f.name)
	}
	return names
}()

// TestSchema checks that the schema is JSON and knows the keys.
func TestSchema(t *testing.T) {
	var schema map[string]any
	if err := json.Unmarshal(Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	eachField(reflect.TypeFor[Scenario](), func(f field) {
		if !bytes.Contains(Schema(), []byte(`"`+f.name+`": {`)) {
			t.Errorf("no key %s", f.name)
		}
	})
}

// TestClone checks that a clone shares nothing with its original that may be
// changed, and means the same.
func TestClone(t *testing.T) {
	for _, file := range examples(t) {
		s, err := LoadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		c, before := s.Clone(), s.Hash()
		if c.Hash() != before {
			t.Errorf("%s: the clone means something else", file)
		}
		for _, p := range c.Pools() {
			p.Packets++
			p.Use[0] = "changed"
		}
		c.Wires[0].Loss++
		*c.Expect.Leaks++
		if s.Hash() != before {
			t.Errorf("%s: the clone shares something with the original", file)
		}
		if c.Hash() == before {
			t.Errorf("%s: the hash does not see the changes", file)
		}
	}
}

// TestHash checks what counts for the hash.
func TestHash(t *testing.T) {
	load := func(text string) string {
		s, err := Load("small", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return s.Hash()
	}
	base := load(small)
	if load("# a comment\ndescription: words\nduration: 60m\n"+small) != base {
		t.Error("comments, descriptions or written defaults count")
	}
	if load("duration: 61m\n"+small) == base {
		t.Error("the duration does not count")
	}
}

// examples returns the files of testdata.
func examples(t testing.TB) []string {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no examples: ", err)
	}
	return files
}

// FuzzLoad checks that no text makes Load panic, that errors have a place, and
// that what is loaded can be written and read again.
func FuzzLoad(f *testing.F) {
	f.Add([]byte(small))
	for _, file := range examples(f) {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	for _, text := range []string{"a: &a [*a]", "? x\n: y", "<<: {}", "!!map {}", "wires: &w\n- *w", "- - -", "a: |\n x", "\x00", "{", "*a", "&a"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := Load("x", text)
		if err != nil {
			if e, ok := errors.AsType[*Error](err); !ok || e.Line < 1 || e.Column < 1 {
				t.Fatalf("an error without a place: %v", err)
			}
			return
		}
		again, err := Load("x", s.YAML())
		if err != nil {
			t.Fatalf("%v\n%s", err, s.YAML())
		}
		if s.Hash() != again.Hash() {
			t.Fatalf("written and read it is another:\n%s", s.YAML())
		}
	})
}
