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

// BenchmarkChannel is the usual free list of a Go program: a buffered channel.
func BenchmarkChannel(b *testing.B) {
	free := make(chan *[1536]byte, 8)
	for range cap(free) {
		free <- new([1536]byte)
	}
	b.ReportAllocs()
	for b.Loop() {
		p := <-free
		free <- p
	}
}

// BenchmarkSyncPool is the standard library's, which has no limit and no
// waiting.
func BenchmarkSyncPool(b *testing.B) {
	free := sync.Pool{New: func() any { return new([1536]byte) }}
	b.ReportAllocs()
	for b.Loop() {
		p := free.Get()
		free.Put(p)
	}
}

// BenchmarkAllocateReleaseDebugInfo is AllocateRelease with call sites kept.
func BenchmarkAllocateReleaseDebugInfo(b *testing.B) {
	pool, err := packetpool.New(&fakeKernel{name: "bench"}, packetpool.Config{Payload: 1536, Size: 16384, DebugInfo: true})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		p, _ := pool.Allocate(76, 0)
		_ = p.Release()
	}
}

// BenchmarkAppend1400 against BenchmarkCopy1400 is what Append costs beyond the
// copy: both write the same bytes to the same place.
func BenchmarkAppend1400(b *testing.B) {
	pool := newPool(b, &fakeKernel{name: "bench"}, 1536, 8)
	p, data := mustAllocate(b, pool, 76), make([]byte, 1400)
	b.ReportAllocs()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if err := p.Append(data, pool, 0); err != nil {
			b.Fatal(err)
		}
		p.AppendPtr, p.Length = p.PrependPtr, 0
	}
}

// BenchmarkCopy1400 is the yardstick for Append: the copy alone.
func BenchmarkCopy1400(b *testing.B) {
	pool := newPool(b, &fakeKernel{name: "bench"}, 1536, 8)
	p, data := mustAllocate(b, pool, 76), make([]byte, 1400)
	area := p.Area()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		copy(area[76:], data)
	}
}
