// Package regression_test ports what NetX Duo's own regression tests check, in its own words and code. NET.md lists
// which of them, TCP.md those of TCP, POP3.md those of the POP3 client.
package regression_test

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
