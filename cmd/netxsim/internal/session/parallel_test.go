package session

import (
	"fmt"
	"testing"

	"netxsim/sim/mailbox"
)

// TestParallelSessions runs whole networks side by side in one process and
// wants of each the frames it sends alone.
func TestParallelSessions(t *testing.T) {
	for seed := range uint64(4) {
		o := options()
		o.Seed, o.Loss = seed, 0.03
		box := mailbox.Generate(seed, 10)
		want := fetchMail(t, o, box, nil).hash
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			if got := fetchMail(t, o, box, nil).hash; got != want {
				t.Errorf("frame hash %016x, alone %016x", got, want)
			}
		})
	}
}
