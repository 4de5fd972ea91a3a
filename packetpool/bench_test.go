package packetpool_test

import (
	"sync"
	"testing"

	"netxsim/packetpool"
)

func newPool(t testing.TB, k packetpool.Kernel, payload uint32, packets int) *packetpool.Pool {
	t.Helper()
	pool, err := packetpool.New(k, packetpool.Config{
		Name: "test", Payload: payload, Size: packetpool.SizeFor(packetpool.ILP32, payload, packets),
	})
	if err != nil {
		t.Fatal(err)
	}
	return pool
}

// BenchmarkMutex is the yardstick for the others: the cost of an uncontended
// lock and unlock on the same machine.
func BenchmarkMutex(b *testing.B) {
	var mu sync.Mutex
	n := 0
	for b.Loop() {
		mu.Lock()
		n++
		mu.Unlock()
	}
}

func BenchmarkAllocateRelease(b *testing.B) {
	pool := newPool(b, &fakeKernel{name: "bench"}, 1536, 8)
	b.ReportAllocs()
	for b.Loop() {
		p, err := pool.Allocate(76, 0)
		if err != nil {
			b.Fatal(err)
		}
		if err := p.Release(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAllocateAppend1400Release(b *testing.B) {
	pool := newPool(b, &fakeKernel{name: "bench"}, 1536, 8)
	data := make([]byte, 1400)
	b.ReportAllocs()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		p, _ := pool.Allocate(76, 0)
		if err := p.Append(data, pool, 0); err != nil {
			b.Fatal(err)
		}
		_ = p.Release()
	}
}

// BenchmarkCopy1400 is the yardstick for Append: the copy alone.
func BenchmarkCopy1400(b *testing.B) {
	data, area := make([]byte, 1400), make([]byte, 1536)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		copy(area[76:], data)
	}
}
