package determinism_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"netxsim/cmd/netxlint/internal/determinism"
)

// TestAnalyzer compares what is reported in testdata with the want comments there, in engine packages and others.
func TestAnalyzer(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), determinism.Analyzer,
		"netxsim/sim/clock", "netxsim/sim/loops", "netxsim/simulator", "netxsim/cmd/tool")
}
