package sim

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestObjects shows the hand-overs and what a Go program sees of them; the recorded programs cover the rest.
func TestObjects(t *testing.T) {
	tests := []struct {
		name string
		play func(j *journal)
		want []string
	}{
		{"a put with a waiter never shows in the count", func(j *journal) {
			s := j.k.NewSemaphore("s", 0)
			j.thread("a", 9, func() { j.add(s.Get(WaitForever)) })
			j.thread("main", 9, func() {
				_ = s.OnPut(func(s *Semaphore) { j.add("put notified, count ", s.Info().Count) })
				_ = s.Put()
				j.add(s.Get(0), ", ", s.CeilingPut(1), ", ", s.CeilingPut(1), ", ", s.CeilingPut(0))
			})
		}, []string{
			"0 main: put notified, count 0", "0 main: put notified, count 1",
			"0 main: TX_NO_INSTANCE, <nil>, TX_CEILING_EXCEEDED, TX_INVALID_CEILING", "0 a: <nil>",
		}},
		{"the owner of a mutex inherits the best waiter's priority until it puts", func(j *journal) {
			m := j.k.NewMutex("m", true)
			var low *Thread
			low = j.thread("low", 9, func() {
				_ = m.Get(0)
				j.thread("high", 2, func() { _ = m.Get(WaitForever); j.add("has it") })
				j.add("at ", low.Priority(), ", set ", low.Info().Priority)
				_ = m.Put()
				j.add("at ", low.Priority(), ", again: ", m.Put())
			})
		}, []string{"0 low: at 2, set 9", "0 high: has it", "0 low: at 9, again: TX_NOT_OWNED"}},
		{"a full queue takes the first waiting sender's message when one is received", func(j *journal) {
			q := must(j.k.NewQueue("q", 2, 16))
			j.thread("sender", 5, func() {
				for i := range uint32(3) {
					j.add("sent ", i, " ", q.Send([]uint32{i, 10 + i}, WaitForever))
				}
			})
			j.thread("front", 6, func() { j.add("front ", q.FrontSend([]uint32{9, 19}, WaitForever)) })
			j.thread("receiver", 7, func() {
				for m := []uint32{0, 0}; q.Receive(m, 1) == nil; {
					j.add(m, " ", q.Info().Enqueued)
				}
			})
		}, []string{
			"0 sender: sent 0 <nil>", "0 sender: sent 1 <nil>", "0 front: front <nil>",
			"0 receiver: [9 19] 2", "0 sender: sent 2 <nil>", "0 receiver: [0 10] 2", "0 receiver: [1 11] 1", "0 receiver: [2 12] 0",
		}},
		{"one set of event flags satisfies several before any are cleared", func(j *journal) {
			g := j.k.NewEventFlags("g")
			waiter := func() {
				got, err := g.Get(3, FlagOrClear, WaitForever)
				j.add(got, " ", err)
			}
			j.thread("a", 5, waiter)
			j.thread("b", 4, waiter)
			j.thread("main", 9, func() {
				j.add(g.Set(6, FlagOr), " ", g.Info().Flags)
				got, err := g.Get(6, FlagAnd, 1)
				j.add(got, " ", err, " ", g.Set(0, FlagOrClear))
			})
		}, []string{"0 b: 6 <nil>", "0 a: 6 <nil>", "0 main: <nil> 4", "1 main: 4 TX_NO_EVENTS TX_OPTION_ERROR"}},
		{"byte pool: offsets, release to a waiter, double release", func(j *journal) {
			p := must(j.k.NewBytePool("p", 120))
			j.thread("a", 5, func() {
				x, _ := p.Allocate(50, 0)
				j.add(x.Offset, " ", len(x.Bytes), " of ", p.Size(), ", left ", p.Info().Available)
				j.thread("b", 4, func() {
					y, err := p.Allocate(60, 5)
					j.add(y.Offset, " ", len(y.Bytes), " ", err)
				})
				j.add(x.Release())
				j.add(x.Release(), " ", Memory{}.Release())
			})
		}, []string{"0 a: 8 52 of 120, left 52", "0 b: 8 60 <nil>", "0 a: <nil>", "0 a: <nil> TX_PTR_ERROR"}},
		{"block pool: a block goes straight to the waiter", func(j *journal) {
			p := must(j.k.NewBlockPool("p", 10, 40))
			j.thread("a", 5, func() {
				x, _ := p.Allocate(0)
				y, _ := p.Allocate(0)
				_, err := p.Allocate(1)
				j.add(x.Offset, " ", y.Offset, " ", len(y.Bytes), " ", err)
				j.thread("b", 4, func() {
					z, err := p.Allocate(5)
					j.add(z.Offset, " ", err, " ", p.Info().Available)
				})
				j.add(y.Release(), " ", x.Release(), " ", x.Release())
			})
		}, []string{"1 a: 4 20 12 TX_NO_MEMORY or TX_START_ERROR", "1 b: 20 <nil> 0", "1 a: <nil> <nil> TX_PTR_ERROR"}},
		{"delete wakes all by priority", func(j *journal) {
			s, g, q, m := j.k.NewSemaphore("s", 0), j.k.NewEventFlags("g"), must(j.k.NewQueue("q", 1, 4)), j.k.NewMutex("m", false)
			j.thread("a", 5, func() { j.add(s.Get(WaitForever)) })
			j.thread("b", 4, func() { j.add(s.Get(WaitForever)) })
			j.thread("main", 9, func() {
				j.add(s.Delete())
				j.add(s.Delete(), " ", s.Put(), " ", s.Get(0))
				_, _, _ = g.Delete(), q.Delete(), m.Delete()
				j.add(g.Set(1, FlagOr), " ", q.Flush(), " ", m.Get(0))
			})
		}, []string{
			"0 b: TX_DELETED", "0 a: TX_DELETED", "0 main: <nil>",
			"0 main: TX_SEMAPHORE_ERROR TX_SEMAPHORE_ERROR TX_SEMAPHORE_ERROR",
			"0 main: TX_GROUP_ERROR TX_QUEUE_ERROR TX_MUTEX_ERROR",
		}},
		{"timers: change needs a rest, remaining ticks are kept", func(j *journal) {
			x := must(j.k.NewTimer(TimerConfig{Name: "x", Initial: 5, Reschedule: 50, Expired: func() { j.add("expires") }}))
			j.thread("main", 9, func() {
				_ = j.k.Sleep(2)
				_ = x.Change(1, 1)
				j.add(x.Activate(), " ", x.Info().Remaining)
				x.Deactivate()
				_ = j.k.Sleep(10)
				j.add(x.Activate(), " ", x.Info().Remaining)
				_ = j.k.Sleep(4)
				x.Delete()
				j.add(x.Exists())
			})
		}, []string{"2 main: TX_ACTIVATE_ERROR 3", "12 main: <nil> 3", "15 system timer: expires", "16 main: false"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, play(t, Config{}, tt.play)); diff != "" {
				t.Errorf("journal (-want +got):\n%s", diff)
			}
		})
	}
}

// TestWaitReasons has a thread wait for every kind of object in a run that cannot go on.
func TestWaitReasons(t *testing.T) {
	k := New(Config{})
	_, err := k.Run(func() {
		g, m, q := k.NewEventFlags("ready"), k.NewMutex("lock", false), must(k.NewQueue("mail", 1, 4))
		bytes, blocks := must(k.NewBytePool("heap", 100)), must(k.NewBlockPool("cells", 60, 100))
		_ = m.Get(0)
		_, _ = g.Set(4, FlagOr), q.Send([]uint32{1}, 0)
		_, _ = blocks.Allocate(0)
		for _, waiter := range []struct {
			name string
			wait func()
		}{
			{"a", func() { _ = k.NewSemaphore("slots", 0).Get(WaitForever) }},
			{"b", func() { _ = m.Get(WaitForever) }},
			{"c", func() { _ = q.Send([]uint32{2}, WaitForever) }},
			{"d", func() { _ = must(k.NewQueue("news", 1, 4)).Receive([]uint32{0}, WaitForever) }},
			{"e", func() { _, _ = g.Get(3, FlagAnd, WaitForever) }},
			{"f", func() { _, _ = bytes.Allocate(90, WaitForever) }},
			{"g", func() { _, _ = blocks.Allocate(WaitForever) }},
		} {
			must(k.NewThread(ThreadConfig{Name: waiter.name, Priority: 5, Entry: waiter.wait}))
		}
	})
	want := `sim: deadlock at 0s: nothing is left to happen and 7 threads wait
thread a: semaphore slots, count 0 (since 0s)
thread b: mutex lock (since 0s)
thread c: room in queue mail, 1 of 1 messages stored (since 0s)
thread d: a message in queue news (since 0s)
thread e: all of event flags 0x3 of group ready, 0x4 set (since 0s)
thread f: 92 bytes of byte pool heap, 92 free in 2 fragments (since 0s)
thread g: a block of pool cells, 0 of 1 free (since 0s)`
	if err == nil {
		t.Fatal("no deadlock")
	}
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
}
