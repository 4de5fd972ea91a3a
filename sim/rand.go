package sim

import (
	"math/rand/v2"

	"github.com/cespare/xxhash/v2"
)

// Rand returns the random stream of that name. Its numbers depend on the seed
// and the name only, so what one part of a program draws does not change what
// another part gets. All calls with one name share one stream. It is not safe
// for goroutines that do not hold the baton.
func (k *Kernel) Rand(stream string) *rand.Rand {
	r := k.streams[stream]
	if r == nil {
		r = rand.New(rand.NewPCG(k.cfg.Seed, xxhash.Sum64String(stream)))
		k.streams[stream] = r
	}
	return r
}
