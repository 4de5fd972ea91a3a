package suites_test

import (
	"strings"
	"testing"

	"netxsim/test/conformance"
	"netxsim/test/conformance/suites"
)

// TestVectors runs every vector that the repository ships. It fails when the model differs from the C library where
// known.txt does not say so, skips where skips.txt does not, or no longer does what they say.
func TestVectors(t *testing.T) {
	cases, err := conformance.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	results := conformance.Run(cases, conformance.Options{Replayers: suites.All()})
	problems, err := conformance.Unaccounted(results)
	if err != nil {
		t.Fatal(err)
	}
	const shown = 20
	for i, problem := range problems {
		if i == shown {
			t.Errorf("… and %d more", len(problems)-shown)
			break
		}
		t.Error(problem)
	}
	var counts conformance.Counts
	for _, r := range results {
		counts.Add(r.Verdict)
	}
	t.Log(counts)
}

// TestFoundVectors runs vectors of the same kind that random programs led to: each was answered differently by the
// model once. testdata has what the C library answered.
func TestFoundVectors(t *testing.T) {
	cases, err := conformance.Load("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range conformance.Run(cases, conformance.Options{Replayers: suites.All()}) {
		if r.Verdict != conformance.Passed {
			t.Errorf("%s %s %s %v: %s%s", r.Suite, r.Profile, r.Name, r.Verdict, r.Reason, r.Diff)
		}
	}
}

// TestSuitesAreRecorded finds a replayer under a name that no vector has.
func TestSuitesAreRecorded(t *testing.T) {
	files, err := conformance.EmbeddedFiles()
	if err != nil {
		t.Fatal(err)
	}
	recorded := map[string]bool{}
	for _, f := range files {
		suite, _, _ := strings.Cut(f.Name, "/")
		recorded[suite] = true
	}
	for suite := range suites.All() {
		if !recorded[suite] {
			t.Errorf("no vectors for the replayer %q", suite)
		}
	}
}
