package scenario

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// maxNodes limits what a file may expand to by its aliases.
const maxNodes = 100_000

// decoder turns the nodes of a YAML file into a scenario. It goes on behind
// errors, so that all are found.
type decoder struct {
	problems *problems
	anchors  map[string]ast.Node
	nodes    int
}

// value decodes a node into v.
func (d *decoder) value(path string, node ast.Node, v reflect.Value, f *field) {
	node = d.resolve(path, node)
	if node == nil {
		return
	}
	d.problems.note(path, beginning(node))
	switch {
	case v.Kind() == reflect.Pointer && isGroup(v.Type().Elem()):
		v.Set(reflect.New(v.Type().Elem()))
		d.group(path, node, v.Elem())
	case isGroup(v.Type()):
		d.group(path, node, v)
	case v.Kind() == reflect.Slice:
		d.list(path, node, v, f)
	default:
		d.scalar(path, node, v, f)
	}
}

// beginning returns the first token of a node: of keys and values it is the
// first key.
func beginning(node ast.Node) *token.Token {
	if pairs, ok := pairsOf(node); ok && len(pairs) > 0 {
		return pairs[0].Key.GetToken()
	}
	return node.GetToken()
}

// resolve returns what stands behind anchors and aliases, nil behind an error.
func (d *decoder) resolve(path string, node ast.Node) ast.Node {
	if d.nodes++; d.nodes > maxNodes {
		if d.nodes == maxNodes+1 {
			d.problems.at(path, node, "the file is too large: more than %d values, those of aliases included", maxNodes)
		}
		return nil
	}
	switch n := node.(type) {
	case *ast.AnchorNode:
		if n.Name == nil || n.Value == nil {
			d.problems.at(path, node, "an anchor without a name or a value")
			return nil
		}
		d.anchors[n.Name.String()] = n.Value
		return d.resolve(path, n.Value)
	case *ast.AliasNode:
		return d.alias(path, n)
	case *ast.TagNode:
		d.problems.at(path, node, "tags are not used here")
		return nil
	case *ast.NullNode:
		d.problems.at(path, node, "the value is missing")
		return nil
	case nil:
		return nil
	}
	return node
}

func (d *decoder) alias(path string, n *ast.AliasNode) ast.Node {
	if n.Value == nil {
		d.problems.at(path, n, "an alias without a name")
		return nil
	}
	name := n.Value.String()
	target, ok := d.anchors[name]
	if !ok {
		d.problems.at(path, n, "no anchor &%s before this alias", name)
		return nil
	}
	if within(target, n) {
		d.problems.at(path, n, "the alias *%s stands in what it means", name)
		return nil
	}
	return d.resolve(path, target)
}

// within reports whether inner stands somewhere below outer.
func within(outer, inner ast.Node) bool {
	found := false
	ast.Walk(visitor(func(n ast.Node) { found = found || n == inner }), outer)
	return found
}

// visitor calls a function for every node.
type visitor func(ast.Node)

// Visit implements ast.Visitor.
func (v visitor) Visit(n ast.Node) ast.Visitor {
	v(n)
	return v
}

// group decodes a mapping into the struct v.
func (d *decoder) group(path string, node ast.Node, v reflect.Value) {
	pairs, ok := pairsOf(node)
	if !ok {
		d.problems.at(path, node, "want keys and values, not %s", describe(node))
		return
	}
	fields := fieldsOf(v.Type())
	seen := map[string]*token.Position{}
	for _, pair := range pairs {
		d.pair(path, pair, v, fields, seen)
	}
}

// pair decodes one key and its value.
func (d *decoder) pair(path string, pair *ast.MappingValueNode, v reflect.Value, fields []field, seen map[string]*token.Position) {
	key, ok := keyOf(pair)
	if !ok {
		d.problems.at(path, pair.Key, "want a plain key")
		return
	}
	if before := seen[key]; before != nil {
		d.problems.at(join(path, key), pair.Key, "the key stands in line %d already", before.Line)
		return
	}
	seen[key] = pair.Key.GetToken().Position
	d.problems.note(join(path, key), pair.Key.GetToken())
	for i := range fields {
		if f := &fields[i]; f.name == key {
			d.value(join(path, key), pair.Value, v.Field(f.index), f)
			return
		}
	}
	d.problems.at(join(path, key), pair.Key, "unknown key%s", suggest(key, fields))
}

func pairsOf(node ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := node.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	}
	return nil, false
}

func keyOf(pair *ast.MappingValueNode) (string, bool) {
	key, ok := pair.Key.(*ast.StringNode)
	if !ok || key == nil {
		return "", false
	}
	return key.Value, true
}

// list decodes a sequence into the slice v.
func (d *decoder) list(path string, node ast.Node, v reflect.Value, f *field) {
	sequence, ok := node.(*ast.SequenceNode)
	if !ok {
		d.problems.at(path, node, "want a list, not %s", describe(node))
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(sequence.Values), len(sequence.Values)))
	for i, item := range sequence.Values {
		d.value(fmt.Sprintf("%s[%d]", path, i), item, v.Index(i), f)
	}
}

// scalar decodes a single value.
func (d *decoder) scalar(path string, node ast.Node, v reflect.Value, f *field) {
	text, ok := scalarText(node, element(v.Type()))
	if !ok {
		d.problems.at(path, node, "want %s, not %s", wanted(v.Type()), describe(node))
		return
	}
	if err := setText(v, text); err != nil {
		d.problems.at(path, node, "%v", err)
		return
	}
	if err := f.checkValue(v); err != nil {
		d.problems.at(path, node, "%v", err)
	}
}

// scalarText returns the text of a scalar node that may become a t.
func scalarText(node ast.Node, t reflect.Type) (string, bool) {
	isWord := t.Kind() == reflect.String && !isText(t)
	switch n := node.(type) {
	case *ast.StringNode:
		return n.Value, isWord || isText(t)
	case *ast.LiteralNode:
		return strings.TrimSpace(n.Value.Value), isWord
	case *ast.BoolNode:
		return n.GetToken().Value, t.Kind() == reflect.Bool
	case *ast.IntegerNode, *ast.FloatNode:
		return n.GetToken().Value, t.Kind() != reflect.Bool && !isWord
	}
	return "", false
}

func wanted(t reflect.Type) string {
	t = element(t)
	switch {
	case isText(t):
		return "a " + strings.ToLower(t.Name())
	case t.Kind() == reflect.Bool:
		return "true or false"
	case t.Kind() == reflect.String:
		return "text"
	}
	return "a whole number"
}

// describe names a node's kind.
func describe(node ast.Node) string {
	switch node.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "keys and values"
	case *ast.SequenceNode:
		return "a list"
	case *ast.StringNode, *ast.LiteralNode:
		return "text"
	case *ast.BoolNode:
		return "true or false"
	case *ast.IntegerNode, *ast.FloatNode:
		return "a number"
	}
	return "this"
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
