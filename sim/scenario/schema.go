package scenario

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
)

// Schema returns the JSON schema of scenario files (draft 2020-12), for editors
// that complete and check YAML. It is made from the types that Load reads, and
// says less than Load checks: nothing about names that have to exist.
func Schema() []byte {
	schema := groupSchema(reflect.TypeFor[Scenario]())
	schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	schema["title"] = "netxsim scenario"
	text, err := json.MarshalIndent(schema, "", "  ")
	if err != nil {
		panic(err) // strings, numbers and maps
	}
	return append(text, '\n')
}

type object = map[string]any

// groupSchema returns the schema of a struct.
func groupSchema(t reflect.Type) object {
	properties, required := object{}, []string{}
	for _, f := range fieldsOf(t) {
		properties[f.name] = f.schema()
		if f.required {
			required = append(required, f.name)
		}
	}
	return object{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
}

// schema returns the schema of a key.
func (f *field) schema() object {
	t := element(f.typ)
	var schema object
	switch {
	case isText(t):
		schema = textSchema(t)
	case isGroup(t):
		schema = groupSchema(t)
	case t.Kind() == reflect.String && f.enum != nil:
		schema = object{"type": "string", "enum": f.enum}
	case t.Kind() == reflect.String:
		schema = object{"type": "string"}
	case t.Kind() == reflect.Bool:
		schema = object{"type": "boolean"}
	default:
		schema = f.numberSchema()
	}
	if f.typ.Kind() == reflect.Slice {
		schema = object{"type": "array", "items": schema}
	}
	schema["description"] = f.description()
	if f.standard != "" {
		schema["default"] = f.defaultValue(t)
	}
	return schema
}

func (f *field) numberSchema() object {
	schema := object{"type": "integer"}
	for key, text := range map[string]string{"minimum": f.min, "maximum": f.max} { //netxlint:ordered each has a place of its own
		if n, err := strconv.Atoi(text); err == nil {
			schema[key] = n
		}
	}
	return schema
}

// defaultValue returns the default as JSON has it.
func (f *field) defaultValue(t reflect.Type) any {
	if isText(t) || t.Kind() == reflect.String {
		return f.standard
	}
	return json.RawMessage(f.standard)
}

// description says what a key means, for which workloads it is, and which
// values it takes.
func (f *field) description() string {
	text := f.help
	if f.kinds != nil && len(f.kinds) < 6 {
		text += " (" + strings.Join(f.kinds, ", ") + ")"
	}
	if limits := f.rangeText(element(f.typ)); limits != "" {
		text += "; " + limits
	}
	return text
}

// textSchema returns the schema of a value with a unit, or an address.
func textSchema(t reflect.Type) object {
	const number = `^[0-9]+(\.[0-9]+)?`
	pattern := ""
	switch t {
	case reflect.TypeFor[Duration]():
		pattern = `^(forever|([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+)$`
	case reflect.TypeFor[Bytes]():
		pattern = number + `(GiB|MiB|KiB|GB|MB|kB|B)?$`
	case reflect.TypeFor[Rate]():
		pattern = number + `(Gbit/s|Mbit/s|kbit/s|bit/s)$`
	case reflect.TypeFor[Percent]():
		pattern = number + `%$`
	default:
		return object{"type": "string"}
	}
	plain := object{"const": 0}
	if t == reflect.TypeFor[Bytes]() {
		plain = object{"type": "integer", "minimum": 0}
	}
	return object{"anyOf": []any{plain, object{"type": "string", "pattern": pattern}}}
}
