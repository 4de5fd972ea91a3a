package main

import (
	"testing"

	"netxsim/test/golden"
)

// TestRun compares what the sample prints with a file. It runs once: C's variables keep their values.
func TestRun(t *testing.T) { golden.Run(t, "testdata/output.txt", run) }
