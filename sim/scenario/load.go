package scenario

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	yaml "github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// maxFile is the largest file that is read.
const maxFile = 4 << 20

// LoadFile reads a scenario from a file, as Load does. Paths in it are relative
// to the file's folder.
func LoadFile(path string) (*Scenario, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return load(path, filepath.Dir(path), data)
}

// Load reads a scenario from YAML text; name is that of the file in messages.
// Paths in it are relative to the working directory.
//
// Errors: an [*Error] for everything that is wrong, joined, in the order of the
// text.
func Load(name string, data []byte) (*Scenario, error) { return load(name, "", data) }

func load(name, dir string, data []byte) (*Scenario, error) {
	p := newProblems(name)
	s := &Scenario{dir: dir}
	if !decode(data, s, p) {
		return nil, p.err()
	}
	if s.Name == "" {
		s.Name = strings.TrimSuffix(filepath.Base(name), filepath.Ext(name))
	}
	s.check(p)
	if err := p.err(); err != nil {
		return nil, err
	}
	return s, nil
}

// decode reads the text into s; it returns false if it is no YAML mapping at
// all.
func decode(data []byte, s *Scenario, p *problems) bool {
	if len(data) > maxFile {
		p.add("", "the file is larger than %d MiB", maxFile>>20)
		return false
	}
	body, err := parse(data)
	if err != nil {
		reportSyntax(p, err)
		return false
	}
	if _, ok := pairsOf(body); !ok {
		p.at("", body, "want a scenario: keys and values, wires, hosts and workloads among them")
		return false
	}
	d := &decoder{problems: p, anchors: map[string]ast.Node{}}
	d.value("", body, reflect.ValueOf(s).Elem(), nil)
	return true
}

// parse returns the one document of a YAML file.
func parse(data []byte) (body ast.Node, err error) {
	// The parser takes anything for a panic that it did not foresee.
	defer func() {
		if r := recover(); r != nil {
			body, err = nil, fmt.Errorf("no YAML: %v", r)
		}
	}()
	file, err := parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, err
	}
	for _, doc := range file.Docs {
		switch {
		case doc.Body == nil:
		case body != nil:
			return nil, errors.New("the file has more than one document")
		default:
			body = doc.Body
		}
	}
	if body == nil {
		return nil, errors.New("the file is empty")
	}
	return body, nil
}

// reportSyntax adds what the YAML parser found, with its position.
func reportSyntax(p *problems, err error) {
	var syntax *yaml.SyntaxError
	if errors.As(err, &syntax) && syntax.Token != nil {
		p.report("", syntax.Token.Position, syntax.Message)
		return
	}
	p.add("", "%v", err)
}
