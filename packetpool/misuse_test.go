package packetpool_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"runtime"
	"testing"

	"netxsim/netx/status"
	"netxsim/packetpool"
)

// debugPool is a pool that knows call sites.
func debugPool(t *testing.T, k packetpool.Kernel, packets int) *packetpool.Pool {
	t.Helper()
	pool, err := packetpool.New(k, packetpool.Config{
		Name: "rx", Payload: 100, DebugInfo: true, Size: packetpool.SizeFor(packetpool.ILP32, 100, packets),
	})
	if err != nil {
		t.Fatal(err)
	}
	return pool
}

// get allocates in a line of its own, for the error texts.
func get(pool *packetpool.Pool) *packetpool.Packet {
	p, err := pool.Allocate(0, 0) // the line of get
	if err != nil {
		panic(err)
	}
	return p
}

func put(p *packetpool.Packet) error {
	return p.Release() // the line of put
}

func TestMisuse(t *testing.T) {
	tests := []struct {
		name   string
		misuse func(pool *packetpool.Pool, p *packetpool.Packet) error
		status error
		want   string
	}{
		{"release nothing", func(*packetpool.Pool, *packetpool.Packet) error {
			return put(nil)
		}, status.PtrError, "packetpool: release: there is no packet: NX_PTR_ERROR"},
		{"release the zero packet", func(*packetpool.Pool, *packetpool.Packet) error {
			return put(new(packetpool.Packet))
		}, status.PtrError, "packetpool: release: it belongs to no pool: NX_PTR_ERROR"},
		{"release twice", func(_ *packetpool.Pool, p *packetpool.Packet) error {
			_ = put(p)
			return put(p)
		}, status.PtrError, "packetpool: release packet 0 of pool rx: it is free already; " +
			"allocated by client at packetpool/misuse_test.go:get; released at packetpool/misuse_test.go:put: NX_PTR_ERROR"},
		{"release through a stale copy", func(pool *packetpool.Pool, p *packetpool.Packet) error {
			stale := p
			_ = put(p)
			p = get(pool) // the same one
			_ = put(stale)
			return p.TransmitRelease()
		}, status.PtrError, "packetpool: release packet 0 of pool rx: it is free already; " +
			"allocated by client at packetpool/misuse_test.go:get; released at packetpool/misuse_test.go:put: NX_PTR_ERROR"},
		{"release an enqueued packet", func(_ *packetpool.Pool, p *packetpool.Packet) error {
			p.UnionNext.TcpQueueNext = packetpool.Enqueued
			p.Hold(queue("transmit queue"))
			return put(p)
		}, status.PtrError, "packetpool: release packet 0 of pool rx: it is in a TCP queue; held by transmit queue; " +
			"allocated by client at packetpool/misuse_test.go:get: NX_PTR_ERROR"},
		{"release after the pool", func(pool *packetpool.Pool, p *packetpool.Packet) error {
			_ = pool.Delete()
			return put(p)
		}, status.PtrError, "packetpool: release packet 0 of pool rx: its pool is deleted; held by client; " +
			"allocated by client at packetpool/misuse_test.go:get: NX_PTR_ERROR"},
		{"release a circle", func(pool *packetpool.Pool, p *packetpool.Packet) error {
			p.Next, p.Last = get(pool), p
			p.Next.Next = p
			return put(p)
		}, status.PtrError, "packetpool: release packet 0 of pool rx: it is free already; " +
			"allocated by client at packetpool/misuse_test.go:get; released at packetpool/misuse_test.go:put: NX_PTR_ERROR"},
		{"release a chain with a foreign packet", func(_ *packetpool.Pool, p *packetpool.Packet) error {
			p.Next = new(packetpool.Packet)
			return put(p)
		}, status.PtrError, "packetpool: release: it belongs to no pool: NX_PTR_ERROR"},
		{"release a chain with a free packet", func(pool *packetpool.Pool, p *packetpool.Packet) error {
			p.Next = get(pool)
			_ = put(p.Next)
			return put(p)
		}, status.PtrError, "packetpool: release packet 1 of pool rx: it is free already; " +
			"allocated by client at packetpool/misuse_test.go:get; released at packetpool/misuse_test.go:put: NX_PTR_ERROR"},
		{"release a chain with a packet of a deleted pool", func(_ *packetpool.Pool, p *packetpool.Packet) error {
			other, _ := packetpool.New(nil, packetpool.Config{Name: "old", Payload: 8, Size: 80})
			p.Next = get(other)
			_ = other.Delete()
			return put(p)
		}, status.PtrError, "packetpool: release packet 0 of pool old: its pool is deleted; held by somebody: NX_PTR_ERROR"},
		{"write behind the end", func(_ *packetpool.Pool, p *packetpool.Packet) error {
			return p.Put(p.DataEnd-3, []byte("four"))
		}, status.Overflow, "packetpool: write packet 0 of pool rx: 4 bytes at offset 97 of a payload of 100; held by client; " +
			"allocated by client at packetpool/misuse_test.go:get: NX_OVERFLOW"},
		{"write in front of the payload", func(_ *packetpool.Pool, p *packetpool.Packet) error {
			return p.Put(p.PrependPtr-1, []byte("x"))
		}, status.Underflow, "packetpool: write packet 0 of pool rx: 1 bytes at offset -1 of a payload of 100; held by client; " +
			"allocated by client at packetpool/misuse_test.go:get: NX_UNDERFLOW"},
		{"append behind the end", func(pool *packetpool.Pool, p *packetpool.Packet) error {
			p.AppendPtr = p.DataEnd + 40
			return p.Append([]byte("data"), pool, 0)
		}, status.Overflow, "packetpool: write packet 0 of pool rx: 4 bytes at offset 140 of a payload of 100; held by client; " +
			"allocated by client at packetpool/misuse_test.go:get: NX_OVERFLOW"},
		{"append to a free packet", func(pool *packetpool.Pool, p *packetpool.Packet) error {
			_ = put(p)
			return p.Append([]byte("data"), pool, 0)
		}, status.PtrError, "packetpool: append to packet 0 of pool rx: it is free; " +
			"allocated by client at packetpool/misuse_test.go:get; released at packetpool/misuse_test.go:put: NX_PTR_ERROR"},
		{"append to a circle", func(pool *packetpool.Pool, p *packetpool.Packet) error {
			p.Next, p.Last = p, p
			return p.Append(make([]byte, 400), pool, 0)
		}, status.InvalidPacket, "packetpool: append to packet 0 of pool rx: its chain runs in a circle; held by client; " +
			"allocated by client at packetpool/misuse_test.go:get: NX_INVALID_PACKET"},
		{"copy a circle", func(pool *packetpool.Pool, p *packetpool.Packet) error {
			p.Next, p.Length = p, 10
			_, err := p.Copy(pool, 0)
			return err
		}, status.InvalidPacket, "packetpool: copy packet 0 of pool rx: its chain runs in a circle; held by client; " +
			"allocated by client at packetpool/misuse_test.go:get: NX_INVALID_PACKET"},
		{"retrieve from a circle", func(pool *packetpool.Pool, p *packetpool.Packet) error {
			p.Next = get(pool)
			p.Next.Next = p.Next
			_, err := p.Retrieve(make([]byte, 10))
			return err
		}, status.InvalidPacket, "packetpool: retrieve from packet 0 of pool rx: its chain runs in a circle; held by client; " +
			"allocated by client at packetpool/misuse_test.go:get: NX_INVALID_PACKET"},
		{"extract from a circle", func(_ *packetpool.Pool, p *packetpool.Packet) error {
			p.Next, p.Length = p, 10
			_, err := p.Extract(3, make([]byte, 10))
			return err
		}, status.InvalidPacket, "packetpool: extract from packet 0 of pool rx: its chain runs in a circle; held by client; " +
			"allocated by client at packetpool/misuse_test.go:get: NX_INVALID_PACKET"},
		{"adjust a free packet", func(_ *packetpool.Pool, p *packetpool.Packet) error {
			_ = put(p)
			return p.Adjust(4)
		}, status.PtrError, "packetpool: adjust packet 0 of pool rx: it is free; " +
			"allocated by client at packetpool/misuse_test.go:get; released at packetpool/misuse_test.go:put: NX_PTR_ERROR"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			pool := debugPool(t, &fakeKernel{name: "client"}, 3)
			err := test.misuse(pool, get(pool))
			if !errors.Is(err, test.status) {
				t.Errorf("status of %v is not %v", err, test.status)
			}
			if got := nameLines(t, err); got != test.want {
				t.Errorf("error:\n %s\nwant:\n %s", got, test.want)
			}
			checked(t, pool)
		})
	}
}

// nameLines replaces the numbers of the lines of get and put by their names.
func nameLines(t *testing.T, err error) string {
	t.Helper()
	pool := debugPool(t, &fakeKernel{}, 1)
	p := get(pool)
	lines := make(map[string]string)
	info, _ := pool.DebugInfo(0)
	lines[fmt.Sprint(info.Line)] = "get"
	_ = put(p)
	info, _ = pool.DebugInfo(0)
	lines[fmt.Sprint(info.Line)] = "put"
	return regexp.MustCompile(`misuse_test\.go:\d+`).ReplaceAllStringFunc(fmt.Sprint(err), func(s string) string {
		const file = "misuse_test.go:"
		if name := lines[s[len(file):]]; name != "" {
			return file + name
		}
		return s
	})
}

// Where a thread waits, C would take a packet of a circle away from the thread
// that has just got it.
func TestReleaseOfACircleTakesNothingFromWaiters(t *testing.T) {
	k := &fakeKernel{name: "client"}
	pool := debugPool(t, k, 2)
	p, q := get(pool), get(pool)
	p.Next, q.Next = q, p
	var err error
	k.meanwhile = []func(){func() { err = p.Release() }}
	got, waited := pool.Allocate(0, 5)
	if waited != nil || got != p || got.Released() {
		t.Fatalf("the waiter got %v, %v", got, waited)
	}
	if !errors.Is(err, status.PtrError) || pool.Available() != 1 {
		t.Errorf("Release: %v, %d free; want NX_PTR_ERROR and 1", err, pool.Available())
	}
	checked(t, pool)
}

func TestDebugInfo(t *testing.T) {
	k := &fakeKernel{name: "client"}
	pool := debugPool(t, k, 2)
	p := get(pool)
	k.name = ""
	_ = p.Append([]byte("x"), pool, 0)
	info, err := pool.DebugInfo(0)
	if err != nil || info.Packet != p || info.Thread != "ISR" || info.Line == 0 {
		t.Errorf("DebugInfo(0): %+v, %v", info, err)
	}
	if info, err := pool.DebugInfo(1); err != nil || info.Thread != "" || info.File != "" {
		t.Errorf("DebugInfo of an unused packet: %+v, %v", info, err)
	}
	plain := newPool(t, nil, 64, 1)
	deleted := debugPool(t, nil, 1)
	_ = deleted.Delete()
	for _, test := range []struct {
		pool  *packetpool.Pool
		index int
		want  error
	}{
		{pool, 2, status.InvalidParameters}, {pool, -1, status.InvalidParameters},
		{plain, 0, status.NotSupported}, {deleted, 0, status.PtrError},
	} {
		if _, err := test.pool.DebugInfo(test.index); !errors.Is(err, test.want) {
			t.Errorf("DebugInfo(%d): %v, want %v", test.index, err, test.want)
		}
	}
}

// A packet that was waited for was allocated where its thread waited.
func TestDebugInfoOfAHandOver(t *testing.T) {
	k := &fakeKernel{name: "client"}
	pool := debugPool(t, k, 1)
	p := get(pool)
	k.meanwhile = []func(){func() { _ = put(p) }}
	p, _ = pool.Allocate(0, 5)
	_ = p.Release()
	var misuse *packetpool.MisuseError
	if err := p.Release(); !errors.As(err, &misuse) || misuse.Allocated == "" || misuse.Allocated == misuse.Released {
		t.Errorf("%+v", misuse)
	}
}

// A packet in a queue that has a name is there, with the thread and the line that put it there; without a name it is at
// that line.
func TestDebugInfoOfAQueue(t *testing.T) {
	k := &fakeKernel{name: "client"}
	pool := debugPool(t, k, 1)
	p := get(pool)
	for _, test := range []struct {
		holder packetpool.Holder
		want   string
	}{
		{namedQueue("UDP receive queue"), "UDP receive queue"}, {namedQueue(""), "misuse_test.go"},
		{queue("driver"), "misuse_test.go"}, {nil, "misuse_test.go"},
	} {
		k.name = "IP thread"
		p.Hold(test.holder)
		_, _, line, _ := runtime.Caller(0)
		info, err := pool.DebugInfo(0)
		if err != nil || info.Thread != "IP thread" || filepath.Base(info.File) != test.want || info.Line != line-1 {
			t.Errorf("%v: %+v, %v, want %s:%d", test.holder, info, err, test.want, line-1)
		}
	}
	_ = p.Release()
	if info, _ := pool.DebugInfo(0); filepath.Base(info.File) != "misuse_test.go" {
		t.Errorf("after the release: %+v", info)
	}
}

type namedQueue string

func (q namedQueue) HolderName() string { return "socket client receive queue" }
func (q namedQueue) QueueName() string  { return string(q) }
