package netstack

import (
	"encoding/binary"
	"math/rand/v2"
	"sync"
)

// random is one stream of the kernel's seed in the two shapes gVisor asks for,
// a rand.Source of the first math/rand and a reader of "secure" bytes. gVisor
// requires it to be safe for concurrent use.
type random struct {
	mu     sync.Mutex
	stream *rand.Rand
}

// Uint64 returns the next 64 bits.
func (r *random) Uint64() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stream.Uint64()
}

// Int63 implements rand.Source.
func (r *random) Int63() int64 { return int64(r.Uint64() >> 1) }

// Seed implements rand.Source. The kernel's seed is the only one there is.
func (r *random) Seed(int64) {}

// Read implements io.Reader; it never fails.
func (r *random) Read(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := 0; i < len(p); i += 8 {
		var word [8]byte
		binary.LittleEndian.PutUint64(word[:], r.stream.Uint64())
		copy(p[i:], word[:])
	}
	return len(p), nil
}
