// Package golden compares what programs print with files that say what they should.
package golden

import (
	"bytes"
	"io"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Run runs a program and compares what it prints with the file at path. What differs, and an error of the program, is one of the test.
func Run(t *testing.T, path string, program func(io.Writer) error) {
	t.Helper()
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if err := program(&got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("%s and what was printed (-want +got):\n%s", path, diff)
	}
}
