package scenario

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// YAML returns the scenario as a file that Load reads: what has its default is
// left out.
func (s *Scenario) YAML() []byte {
	s = s.Clone()
	s.check(newProblems("")) // what is wrong stays so
	w := &writer{}
	w.group("", reflect.ValueOf(s).Elem())
	return []byte(w.b.String())
}

// Kinds returns the kinds of workloads, for [Template].
func Kinds() []string { return []string{POP3, TCP, Request, UDP, Ping, Idle} }

// Template returns a scenario with a workload of a kind as a file with comments:
// every key is in it, those that may be left out are commented out.
func Template(kind string) ([]byte, error) {
	if !slices.Contains(Kinds(), kind) {
		return nil, fmt.Errorf("scenario: no kind of workload %q: want one of %s", kind, strings.Join(Kinds(), ", "))
	}
	w := &writer{comments: true}
	w.group("", reflect.ValueOf(example(kind)).Elem())
	return []byte(w.b.String()), nil
}

// example is what the template of a kind shows.
func example(kind string) *Scenario {
	s := &Scenario{
		Name:   kind,
		Target: Target{ABI: "ilp32"},
		Wires:  []Wire{{Name: "lan", Rate: 10e6, Latency: 1e6, Loss: 1}},
		Hosts: []Host{
			{Name: "device", Kind: NetX, Pools: []Pool{{Name: "device", Payload: 1536, Packets: 20}}},
			{Name: "server", Kind: Plain},
		},
		Expect: Expect{Complete: new(true), Intact: new(true)},
	}
	work := Workload{Kind: kind, From: "device", To: "server"}
	switch kind {
	case POP3:
		work.Mailbox = Mailbox{Messages: 10, Sizes: []Bytes{1000, 20000}}
		s.Expect.Session = new(Duration(60e9))
	case TCP:
		work.Size, work.Direction, work.Window = 100e3, "receive", 5840
	case Request:
		work.Count, work.Think, work.Response = 10, 500e6, 2000
	case UDP:
		work.Count, work.Size, work.Rate = 100, 200, 64e3
		s.Expect.UDPLoss = new(Percent(5))
	case Ping:
		work.Count, work.Think, work.Wait = 10, 1e9, 1e9
		s.Expect.PingLoss = new(Percent(30))
	case Idle:
		work.Length = 60e9
	}
	s.Workloads = []Workload{work}
	return s
}

// writer writes a scenario as YAML.
type writer struct {
	b        strings.Builder
	comments bool
}

// commentColumn is where the comments begin.
const commentColumn = 36

// line writes one line; off says that it is commented out.
func (w *writer) line(indent, text string, off bool, comment string) {
	if off {
		text = "# " + text
	}
	text = indent + text
	if !w.comments || comment == "" {
		w.b.WriteString(text + "\n")
		return
	}
	for _, part := range wrap(comment, lineWidth-commentColumn) {
		w.b.WriteString(text + strings.Repeat(" ", max(1, commentColumn-utf8.RuneCountInString(text))) + "# " + part + "\n")
		text = ""
	}
}

// lineWidth is where comments are broken.
const lineWidth = 116

// wrap breaks text into lines between words.
func wrap(text string, width int) []string {
	var lines []string
	for word := range strings.FieldsSeq(text) {
		if n := len(lines); n > 0 && len(lines[n-1])+1+len(word) <= width {
			lines[n-1] += " " + word
		} else {
			lines = append(lines, word)
		}
	}
	return lines
}

// group writes the keys of a struct. What is not set is commented out, or left
// out without comments.
func (w *writer) group(indent string, v reflect.Value) {
	fields := fieldsOf(v.Type())
	for i := range fields {
		f := &fields[i]
		if f.applies(v) {
			w.key(indent, f, v.Field(f.index))
		}
	}
}

func (w *writer) key(indent string, f *field, v reflect.Value) {
	unset := v.IsZero() || !w.comments && f.isStandard(v)
	switch {
	case unset && !w.comments:
	case unset && isGroup(element(f.typ)):
		w.unsetGroup(indent, f)
	case unset:
		w.line(indent, f.name+": "+f.sample(), true, f.help)
	case isGroup(v.Type()):
		w.nested(indent, f, v)
	case v.Kind() == reflect.Slice && isGroup(v.Type().Elem()):
		w.line(indent, f.name+":", false, f.help)
		for i := range v.Len() {
			w.item(indent+"  ", v.Index(i))
		}
	case v.Kind() == reflect.Slice:
		w.line(indent, f.name+": "+listText(v), false, f.help)
	default:
		w.line(indent, f.name+": "+scalar(v), false, f.help)
	}
}

// isStandard reports whether v is the key's default.
func (f *field) isStandard(v reflect.Value) bool {
	if f.standard == "" {
		return false
	}
	standard := reflect.New(v.Type()).Elem()
	return setText(standard, f.standard) == nil && textOf(standard) == textOf(v)
}

// scalar returns a value as YAML has it; text may need quotes.
func scalar(v reflect.Value) string {
	if isText(v.Type()) || v.Kind() == reflect.String {
		return quoted(textOf(v))
	}
	return textOf(v)
}

// nested writes a group that has something set.
func (w *writer) nested(indent string, f *field, v reflect.Value) {
	inner := &writer{comments: w.comments}
	inner.group(indent+"  ", v)
	if inner.b.Len() > 0 {
		w.line(indent, f.name+":", false, f.help)
		w.b.WriteString(inner.b.String())
	}
}

// item writes an element of a list: "- " stands in front of its first key.
func (w *writer) item(indent string, v reflect.Value) {
	inner := &writer{comments: w.comments}
	inner.group(indent+"  ", v)
	text := inner.b.String()
	first := strings.Index(text, indent+"  ")
	if at := firstActive(text, indent+"  "); at >= 0 {
		first = at
	}
	if first < 0 {
		w.line(indent, "- {}", false, "")
		return
	}
	// Comments may stand in front of the first key.
	w.b.WriteString(text[:first] + indent + "- " + text[first+len(indent)+2:])
}

// firstActive returns where the first line begins that is not commented out.
func firstActive(text, indent string) int {
	at := 0
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, indent) && !strings.HasPrefix(line, indent+"#") {
			return at
		}
		at += len(line)
	}
	return -1
}

// unsetGroup writes the keys of a group, or of a list's element, commented out.
func (w *writer) unsetGroup(indent string, f *field) {
	w.line(indent, f.name+":", true, f.help)
	t := element(f.typ)
	dash := ""
	if f.typ.Kind() == reflect.Slice {
		dash = "- "
	}
	fields := fieldsOf(t)
	for i := range fields {
		inner := &fields[i]
		w.line(indent, "  "+dash+inner.name+": "+inner.sample(), true, inner.help)
		if dash != "" {
			dash = "  "
		}
	}
}

// sample returns a value for a key that is commented out: its default, or one
// that shows what it looks like.
func (f *field) sample() string {
	t := element(f.typ)
	text := ""
	switch {
	case f.standard != "":
		text = f.standard
	case f.enum != nil:
		text = f.enum[0]
	case isText(t):
		text = samples[t.Name()]
	case t.Kind() == reflect.Bool:
		text = "false"
	case t.Kind() == reflect.String:
		text = "text"
	default:
		text = "0"
		if f.min != "" {
			text = f.min
		}
	}
	if f.typ.Kind() == reflect.Slice {
		return "[" + text + "]"
	}
	return text
}

// samples are values of the types that read themselves.
var samples = map[string]string{
	"Duration": "0s", "Bytes": "0", "Rate": "0", "Percent": "0%",
	"Prefix": "192.168.1.1/24", "Addr": "192.168.1.254", "FrameFault": "lan client>server 17 drop",
}

func listText(v reflect.Value) string {
	var parts []string
	for i := range v.Len() {
		parts = append(parts, scalar(v.Index(i)))
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// quoted returns text as a YAML scalar.
func quoted(text string) string {
	plain := text != "" && strings.Trim(text, " ") == text && !strings.Contains(text, ": ") && !strings.Contains(text, " #") &&
		!strings.ContainsAny(text, "\n\t\"'\\{}[],&*|>@`%!") && !strings.HasPrefix(text, "- ") && !strings.HasPrefix(text, "#") &&
		!strings.HasSuffix(text, ":")
	switch text {
	case "true", "false", "null", "~", "yes", "no":
		plain = false
	}
	if plain || isQuantity(text) {
		return text
	}
	return strconv.Quote(text)
}

// isQuantity reports whether text is a number with a unit.
func isQuantity(text string) bool {
	return text != "" && text[0] >= '0' && text[0] <= '9' && !strings.ContainsAny(text, ": #,[]{}\"'")
}
