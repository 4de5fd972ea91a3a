package packetpool_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"netxsim/netx/status"
	"netxsim/packetpool"
)

// record watches a pool and returns the events so far, one a line.
func record(pool *packetpool.Pool) (text func() string, stop func()) {
	var b strings.Builder
	stop = pool.Watch(func(e packetpool.Event) { fmt.Fprintf(&b, "%v %v\n", e.At, e) })
	return b.String, stop
}

func TestWatchTellsEverything(t *testing.T) {
	k := &fakeKernel{name: "client"}
	var pool packetpool.Pool
	text, stop := record(&pool) // before it is created
	err := pool.Create(k, packetpool.Config{Name: "rx", Payload: 100, Size: packetpool.SizeFor(packetpool.ILP32, 100, 2)})
	if err != nil {
		t.Fatal(err)
	}
	p, q := mustAllocate(t, &pool, 0), mustAllocate(t, &pool, 0)
	k.now = time.Millisecond
	p.Hold(queue("receive queue"))
	p.Hold(queue("receive queue")) // no change
	_, _ = pool.Allocate(0, 0)

	k.name = "waiter"
	k.meanwhile = []func(){func() { k.name = "driver"; _ = q.TransmitRelease(); k.name = "waiter" }}
	q, _ = pool.Allocate(0, 5)
	k.now = 2 * time.Millisecond
	_, _ = pool.Allocate(0, 5) // nobody releases one
	_ = q.TransmitRelease()
	_ = p.Release()
	_ = p.Release()
	stop()
	mustAllocate(t, &pool, 0)

	want := `0s pool rx: allocate packet 0 for client, 1 of 2 free
0s pool rx: allocate packet 1 for client, 0 of 2 free
1ms pool rx: hold packet 0 from client for receive queue, 0 of 2 free
1ms pool rx: empty for client, 0 of 2 free
1ms pool rx: wait for waiter, 0 of 2 free, 1 waiting
1ms pool rx: hand-over packet 1 from client for waiter, 0 of 2 free
2ms pool rx: wait for waiter, 0 of 2 free, 1 waiting
2ms pool rx: give up for waiter, 0 of 2 free
2ms pool rx: transmit release packet 1 from waiter, 1 of 2 free
2ms pool rx: release packet 0 from receive queue, 2 of 2 free
2ms pool rx: misuse packet 0, 2 of 2 free: packetpool: release packet 0 of pool rx: it is free already; allocated by client: NX_PTR_ERROR
`
	if diff := cmp.Diff(want, text()); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

// The events that change the number of free packets are all there is to know
// about it.
func TestWatchAddsUp(t *testing.T) {
	pool := newPool(t, nil, 64, 12)
	free := pool.Total()
	pool.Watch(func(e packetpool.Event) {
		switch e.Cause {
		case packetpool.CauseAllocate:
			free--
		case packetpool.CauseRelease, packetpool.CauseTransmitRelease:
			free++
		}
		if e.Free != free || e.Free != pool.Available() {
			t.Errorf("%v: %d free by the events, %d by the pool", e, free, pool.Available())
		}
	})
	m := &ledgerModel{pool: pool}
	for i := range uint32(3000) {
		if err := m.step(i*7919, i*104729, i*31); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWatchersAreToldInOrderUntilTheyStop(t *testing.T) {
	pool := newPool(t, nil, 64, 2)
	var told []string
	watch := func(name string) func() {
		return pool.Watch(func(packetpool.Event) { told = append(told, name) })
	}
	stopA, stopB := watch("a"), watch("b")
	p := mustAllocate(t, pool, 0)
	stopA()
	_ = p.Release()
	stopB()
	stopB()
	mustAllocate(t, pool, 0)
	if diff := cmp.Diff([]string{"a", "b", "b"}, told); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
}

func TestGiveUpByDeletion(t *testing.T) {
	k := &fakeKernel{name: "client"}
	pool := newPool(t, k, 64, 1)
	mustAllocate(t, pool, 0)
	text, _ := record(pool)
	k.meanwhile = []func(){func() { _ = pool.Delete() }}
	if _, err := pool.Allocate(0, 5); err != status.PoolDeleted {
		t.Errorf("Allocate: %v", err)
	}
	if !strings.Contains(text(), "give up for client") {
		t.Errorf("events:\n%s", text())
	}
}

func TestCauseString(t *testing.T) {
	if got := packetpool.Cause(99).String(); got != "cause 99" {
		t.Errorf("cause 99 is %q", got)
	}
}

// BenchmarkWatchedAllocateRelease is AllocateRelease with somebody watching.
func BenchmarkWatchedAllocateRelease(b *testing.B) {
	pool := newPool(b, &fakeKernel{name: "bench"}, 1536, 8)
	events := 0
	pool.Watch(func(packetpool.Event) { events++ })
	b.ReportAllocs()
	for b.Loop() {
		p, _ := pool.Allocate(76, 0)
		_ = p.Release()
	}
}
