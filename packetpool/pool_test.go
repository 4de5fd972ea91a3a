package packetpool_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"netxsim/netx/status"
	"netxsim/packetpool"
)

func checked(t *testing.T, pool *packetpool.Pool) {
	t.Helper()
	if err := pool.Check(); err != nil {
		t.Error(err)
	}
}

func mustAllocate(t testing.TB, pool *packetpool.Pool, packetType uint32) *packetpool.Packet {
	t.Helper()
	p, err := pool.Allocate(packetType, 0)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestNewRefuses(t *testing.T) {
	tests := []struct {
		name string
		cfg  packetpool.Config
		want string
	}{
		{"no payload", packetpool.Config{Size: 1000}, "NX_SIZE_ERROR"},
		{"no memory", packetpool.Config{Payload: 100}, "NX_SIZE_ERROR"},
		{"a byte short", packetpool.Config{Payload: 100, Size: 159}, "NX_SIZE_ERROR"},
		{"endless division", packetpool.Config{Payload: 0xFFFFFFC4, Size: 1000}, "NX_SIZE_ERROR"},
		{"size beyond the memory", packetpool.Config{Name: "rx", Payload: 100, Memory: make([]byte, 500), Size: 501},
			"packetpool: pool rx: size 501 is more than the 500 bytes of memory: NX_SIZE_ERROR"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := packetpool.New(nil, test.cfg)
			if err == nil || err.Error() != test.want {
				t.Errorf("New: %v, want %s", err, test.want)
			}
		})
	}
}

func TestFreeListIsAStack(t *testing.T) {
	pool := newPool(t, nil, 100, 4)
	a, b, c := mustAllocate(t, pool, 0), mustAllocate(t, pool, 0), mustAllocate(t, pool, 0)
	if diff := cmp.Diff([]int{0, 1, 2}, []int{a.Index(), b.Index(), c.Index()}); diff != "" {
		t.Errorf("first packets (-want +got):\n%s", diff)
	}
	_, _ = a.Release(), c.Release()
	if got := mustAllocate(t, pool, 0); got != c {
		t.Errorf("got packet %d, want the one released last", got.Index())
	}
	checked(t, pool)
}

func TestAllocateErrors(t *testing.T) {
	var never packetpool.Pool
	deleted := newPool(t, nil, 100, 1)
	if err := deleted.Delete(); err != nil {
		t.Fatal(err)
	}
	empty := newPool(t, nil, 100, 1)
	mustAllocate(t, empty, 0)
	tests := []struct {
		name             string
		pool             *packetpool.Pool
		packetType, wait uint32
		want             error
	}{
		{"never created", &never, 0, 0, status.PtrError},
		{"deleted", deleted, 0, 0, status.PoolDeleted},
		{"header room beyond payload", empty, 104, 0, status.InvalidParameters},
		{"empty", empty, 0, 0, status.NoPacket},
		{"no kernel to wait on", empty, 0, 5, status.CallerError},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, err := test.pool.Allocate(test.packetType, test.wait); !errors.Is(err, test.want) {
				t.Errorf("Allocate: %v, want %v", err, test.want)
			}
		})
	}
}

func TestReleaseHandsOver(t *testing.T) {
	k := &fakeKernel{name: "holder"}
	pool := newPool(t, k, 100, 1)
	p := mustAllocate(t, pool, 0)
	k.name = "waiter"
	k.meanwhile = []func(){func() {
		if pool.Waiting() != 1 {
			t.Errorf("%d wait, want 1", pool.Waiting())
		}
		if err := p.Release(); err != nil {
			t.Error(err)
		}
	}}
	got, err := pool.Allocate(20, 10)
	if err != nil || got != p {
		t.Fatalf("Allocate: %v, %v", got, err)
	}
	if got.PrependPtr-got.DataStart != 20 || got.IpVersion != 0 {
		t.Errorf("header room %d, IP version %d; want 20 and 0", got.PrependPtr-got.DataStart, got.IpVersion)
	}
	if diff := cmp.Diff([]packetpool.HolderCount{{Name: "waiter", Packets: 1}}, pool.Holders()); diff != "" {
		t.Errorf("holders (-want +got):\n%s", diff)
	}
	want := packetpool.Info{Total: 1, EmptyRequests: 1, EmptySuspensions: 1}
	if diff := cmp.Diff(want, pool.Info()); diff != "" {
		t.Errorf("info (-want +got):\n%s", diff)
	}
	checked(t, pool)
}

func TestWaitEndsWithoutPacket(t *testing.T) {
	tests := []struct {
		name      string
		meanwhile func(*fakeKernel, *packetpool.Pool)
		want      error
	}{
		{"time-out", func(*fakeKernel, *packetpool.Pool) {}, status.NoPacket},
		{"abort", func(k *fakeKernel, _ *packetpool.Pool) { k.abort(status.TxWaitAborted) }, status.TxWaitAborted},
		{"delete", func(_ *fakeKernel, pool *packetpool.Pool) { _ = pool.Delete() }, status.PoolDeleted},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			k := &fakeKernel{}
			pool := newPool(t, k, 100, 1)
			mustAllocate(t, pool, 0)
			k.meanwhile = []func(){func() { test.meanwhile(k, pool) }}
			if _, err := pool.Allocate(0, 10); !errors.Is(err, test.want) {
				t.Errorf("Allocate: %v, want %v", err, test.want)
			}
			if pool.Waiting() != 0 {
				t.Errorf("%d still wait", pool.Waiting())
			}
			checked(t, pool)
		})
	}
}

// A wait that is over must not be given a packet, even if its thread has not
// run since.
func TestReleaseSkipsFinishedWaits(t *testing.T) {
	k := &fakeKernel{}
	pool := newPool(t, k, 100, 1)
	p := mustAllocate(t, pool, 0)
	k.meanwhile = []func(){func() {
		k.abort(status.TxWaitAborted)
		_ = p.Release()
	}}
	if _, err := pool.Allocate(0, 10); !errors.Is(err, status.TxWaitAborted) {
		t.Errorf("Allocate: %v", err)
	}
	if pool.Available() != 1 {
		t.Errorf("%d packets free, want 1", pool.Available())
	}
	checked(t, pool)
}

func TestDeleteWakesUnderHeldPreemption(t *testing.T) {
	k := &fakeKernel{}
	pool := newPool(t, k, 100, 1)
	mustAllocate(t, pool, 0)
	k.meanwhile = []func(){func() { _ = pool.Delete() }}
	_, _ = pool.Allocate(0, 10)
	if len(k.woken) != 1 || k.held != 0 {
		t.Errorf("%d woken while preemption was held, %d holds left; want 1 and 0", len(k.woken), k.held)
	}
}

func TestReleaseRefuses(t *testing.T) {
	pool := newPool(t, nil, 100, 2)
	free := mustAllocate(t, pool, 0)
	_ = free.Release()
	queued := mustAllocate(t, pool, 0)
	queued.UnionNext.TcpQueueNext = packetpool.Enqueued
	dead := newPool(t, nil, 100, 1)
	orphan := mustAllocate(t, dead, 0)
	_ = dead.Delete()
	for name, p := range map[string]*packetpool.Packet{
		"nil": nil, "zero": new(packetpool.Packet), "free": free, "queued": queued, "of a deleted pool": orphan,
	} {
		if err := p.Release(); !errors.Is(err, status.PtrError) {
			t.Errorf("release of a packet that is %s: %v, want NX_PTR_ERROR", name, err)
		}
	}
	checked(t, pool)
}

func TestTransmitReleaseKeepsQueuedPackets(t *testing.T) {
	pool := newPool(t, nil, 200, 1)
	p := mustAllocate(t, pool, 56)
	_ = p.Append(make([]byte, 50), pool, 0)
	p.UnionNext.TcpQueueNext = packetpool.Enqueued
	p.PrependPtr -= 20
	p.Length += 20
	p.IpHeaderLength = 20
	if err := p.TransmitRelease(); err != nil {
		t.Fatal(err)
	}
	if p.QueueNext != packetpool.DriverTxDone || p.Length != 50 || pool.Available() != 0 {
		t.Errorf("length %d, %d free; want a packet of 50 bytes marked as sent", p.Length, pool.Available())
	}
}

func TestCreateAgain(t *testing.T) {
	memory := make([]byte, packetpool.SizeFor(packetpool.ILP32, 100, 3))
	var pool packetpool.Pool
	cfg := packetpool.Config{Name: "rx", Payload: 100, Memory: memory}
	if err := pool.Create(nil, cfg); err != nil {
		t.Fatal(err)
	}
	if err := pool.Create(nil, cfg); !errors.Is(err, status.PtrError) {
		t.Errorf("create of an existing pool: %v, want NX_PTR_ERROR", err)
	}
	stale := mustAllocate(t, &pool, 0)
	_ = pool.Delete()
	if err := pool.Create(nil, cfg); err != nil {
		t.Fatal(err)
	}
	if err := stale.Release(); !errors.Is(err, status.PtrError) || pool.Info().InvalidReleases != 1 {
		t.Errorf("release of a packet of the former pool: %v, %+v", err, pool.Info())
	}
	checked(t, &pool)
}

func TestLowWatermarkNeedsItsOption(t *testing.T) {
	pool := newPool(t, nil, 100, 1)
	if err := pool.SetLowWatermark(2); !errors.Is(err, status.NotSupported) {
		t.Errorf("SetLowWatermark: %v, want NX_NOT_SUPPORTED", err)
	}
	with, err := packetpool.New(nil, packetpool.Config{
		Payload: 100, Size: 1000, Target: packetpool.Target{EnableLowWatermark: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := with.SetLowWatermark(2); err != nil || with.LowWatermark() != 2 {
		t.Errorf("SetLowWatermark: %v, watermark %d", err, with.LowWatermark())
	}
}

type queue string

func (q queue) HolderName() string { return string(q) }

func TestStatsNameTheHoldersAtTheLowPoint(t *testing.T) {
	k := &fakeKernel{name: "client"}
	pool := newPool(t, k, 100, 4)
	k.now = time.Second
	a, b, c := mustAllocate(t, pool, 0), mustAllocate(t, pool, 0), mustAllocate(t, pool, 0)
	a.Hold(queue("receive queue")) // at the same instant: counts
	b.Hold(queue("receive queue"))
	k.now = 2 * time.Second
	c.Hold(queue("late")) // afterwards: does not
	_ = a.Release()

	got := pool.Stats()
	want := packetpool.Stats{
		Name: "test", Payload: 100, Total: 4, Available: 2,
		Lowest: 1, LowestAt: time.Second,
		LowestHolders: []packetpool.HolderCount{{Name: "receive queue", Packets: 2}, {Name: "client", Packets: 1}},
		Bytes:         640, ControlBytes: 60,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("stats (-want +got):\n%s", diff)
	}
	now := []packetpool.HolderCount{{Name: "late", Packets: 1}, {Name: "receive queue", Packets: 1}}
	if diff := cmp.Diff(now, pool.Holders()); diff != "" {
		t.Errorf("holders now (-want +got):\n%s", diff)
	}
	c.Hold(nil)
	if got := c.HolderName(); got != "client" {
		t.Errorf("held by %q, want the thread that allocated it", got)
	}
	checked(t, pool)
}

func TestWaitReason(t *testing.T) {
	k := &fakeKernel{name: "client"}
	pool := newPool(t, k, 100, 2)
	p, q := mustAllocate(t, pool, 0), mustAllocate(t, pool, 0)
	q.Hold(queue("socket receive queue"))
	_ = p
	k.meanwhile = []func(){func() {
		for key := range k.waits {
			reason := key.(interface{ WaitReason() string }).WaitReason()
			want := "a packet of pool test, 0 of 2 free, held by: client 1, socket receive queue 1"
			if diff := cmp.Diff(want, reason); diff != "" {
				t.Errorf("reason (-want +got):\n%s", diff)
			}
		}
	}}
	_, _ = pool.Allocate(0, 5)
}

func TestAtRefusesToLeaveThePayload(t *testing.T) {
	pool := newPool(t, nil, 100, 2)
	p := mustAllocate(t, pool, 0)
	for _, ptr := range []int{p.DataStart - 1, p.DataEnd + 1} {
		func() {
			defer func() {
				var misuse *packetpool.MisuseError
				if err, _ := recover().(error); !errors.As(err, &misuse) || !strings.Contains(err.Error(), "of a payload of 100") {
					t.Errorf("At(%d) panics with %v", ptr, err)
				}
			}()
			p.At(ptr)
		}()
	}
	if got := len(p.At(p.DataEnd)); got != 0 {
		t.Errorf("%d bytes at the end", got)
	}
}

func TestNothingAllocates(t *testing.T) {
	k := &fakeKernel{name: "client"}
	pool := newPool(t, k, 100, 4)
	data := make([]byte, 150)
	n := testing.AllocsPerRun(100, func() {
		p, _ := pool.Allocate(20, 0)
		_ = p.Append(data, pool, 0)
		_ = p.Release()
	})
	if n != 0 {
		t.Errorf("allocate, append and release cost %v allocations", n)
	}
}
