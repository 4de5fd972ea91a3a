// Package regression_test ports what NetX Duo's own regression tests check, in its own words and code. NET.md lists
// which of them, the ones of TCP excepted.
package regression_test

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
