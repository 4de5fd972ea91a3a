package scenario

import (
	"flag"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the table of keys in doc.go anew")

// TestKeys checks that the table of keys in the package comment is that of the
// types.
func TestKeys(t *testing.T) {
	text, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "// workloads that have the key.\n//\n", "package scenario\n"
	head, rest, ok := strings.Cut(string(text), begin)
	if !ok {
		t.Fatal("doc.go has no place for the table")
	}
	table, _, _ := strings.Cut(rest, end)
	want := keyTable()
	if *update {
		if err := os.WriteFile("doc.go", []byte(head+begin+want+end), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, table); diff != "" {
		t.Errorf("go test -run TestKeys -update writes the table anew: -want +doc.go:\n%s", diff)
	}
}

// keyTable returns the comment lines of all keys.
func keyTable() string {
	var rows [][3]string
	addKeys(&rows, "", reflect.TypeFor[Scenario]())
	var widths [2]int
	for _, row := range rows {
		for i := range widths {
			widths[i] = max(widths[i], utf8.RuneCountInString(row[i]))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		fmt.Fprintf(&b, "//\t%-*s  %-*s  %s\n", widths[0], row[0], widths[1], row[1], row[2])
	}
	return b.String()
}

func addKeys(rows *[][3]string, path string, t reflect.Type) {
	for _, f := range fieldsOf(t) {
		name := path + f.name
		help := f.description()
		if f.enum != nil {
			help += ": " + strings.Join(f.enum, ", ")
		}
		mark := name
		if f.required {
			mark += "!"
		}
		*rows = append(*rows, [3]string{mark, f.standard, help})
		inner := element(f.typ)
		if !isGroup(inner) {
			continue
		}
		if f.typ.Kind() == reflect.Slice {
			name += "[]"
		}
		addKeys(rows, name+".", inner)
	}
}
