package packetpool_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netxsim/packetpool"
)

// The table under "Sizing in bytes" is what the arithmetic gives.
func TestSizingTable(t *testing.T) {
	text, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "packets in 16384 bytes ILP32, LP64\n")
	table, _, _ = strings.Cut(table, "//\n")
	if table == "" {
		t.Fatal("doc.go has no table")
	}
	var want strings.Builder
	for line := range strings.Lines(table) {
		var payload uint32
		var packets int
		if _, err := fmt.Sscan(strings.TrimPrefix(line, "//"), &payload, &packets); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&want, "//\t%7d  %7d  %11d  %10d   %2d  %2d\n", payload, packets,
			packetpool.SizeFor(packetpool.ILP32, payload, packets), packetpool.SizeFor(packetpool.LP64, payload, packets),
			packetpool.CountFor(packetpool.ILP32, payload, 16384), packetpool.CountFor(packetpool.LP64, payload, 16384))
	}
	if diff := cmp.Diff(want.String(), table); diff != "" {
		t.Errorf("the table in doc.go is wrong (-computed +written):\n%s", diff)
	}
}
