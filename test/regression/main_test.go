// Package regression holds tests that port behaviours of NetX Duo's own regression tests. The tables in TCP.md and NET.md
// say which.
package regression_test

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
