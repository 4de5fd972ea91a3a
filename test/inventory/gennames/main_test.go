package main

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestNamesAreThoseOfTheTree generates what `netxsim port` knows anew.
func TestNamesAreThoseOfTheTree(t *testing.T) {
	want, err := generate()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../../cmd/netxsim/internal/port/names.json")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("run go generate ./cmd/netxsim/internal/port (-tree +file):\n%s", diff)
	}
}
