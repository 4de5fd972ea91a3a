package scenario

import (
	"encoding"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// field is a key of a scenario's file: what the tags of a struct's field say.
type field struct {
	name     string
	help     string
	index    int
	typ      reflect.Type
	standard string   // text of the default, "" for none
	enum     []string // of the value, or of a list's elements
	min, max string   // of the value, or of a list's elements; "" for none
	required bool
	kinds    []string // of the host or workload; nil for all
}

// fieldsOf returns the keys of a struct in order.
func fieldsOf(t reflect.Type) []field {
	if known, ok := fieldCache.Load(t); ok {
		return known.([]field)
	}
	var fields []field
	for i := range t.NumField() {
		f := t.Field(i)
		name := f.Tag.Get("yaml")
		if name == "" || name == "-" {
			continue
		}
		fields = append(fields, field{
			name: name, index: i, typ: f.Type,
			help: f.Tag.Get("help"), standard: f.Tag.Get("default"),
			enum: words(f.Tag.Get("enum")), kinds: words(f.Tag.Get("kinds")),
			min: f.Tag.Get("min"), max: f.Tag.Get("max"),
			required: f.Tag.Get("required") == "true",
		})
	}
	fieldCache.Store(t, fields)
	return fields
}

// fieldCache keeps the fields of each type of struct.
var fieldCache sync.Map

func words(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, "|")
}

// applies reports whether a key makes sense in v, which is the struct that has
// it: some are for some kinds of hosts or workloads only. With a kind that does
// not exist all do.
func (f *field) applies(v reflect.Value) bool {
	if f.kinds == nil {
		return true
	}
	kind := v.FieldByName("Kind").String()
	return slices.Contains(f.kinds, kind) || !slices.Contains(kinds, kind)
}

// kinds are those of hosts and workloads.
var kinds = append(Kinds(), NetX, Plain)

// textType is that of types which read themselves from text.
var textType = reflect.TypeFor[encoding.TextUnmarshaler]()

// isText reports whether values of t read themselves from text.
func isText(t reflect.Type) bool { return reflect.PointerTo(t).Implements(textType) }

// isGroup reports whether t is a struct with keys of its own.
func isGroup(t reflect.Type) bool { return t.Kind() == reflect.Struct && !isText(t) }

// element returns the type behind pointers and lists.
func element(t reflect.Type) reflect.Type {
	for !isText(t) && (t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice) {
		t = t.Elem()
	}
	return t
}
