package sim

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// bustle runs threads, timers, events and Go programs that do random things for a second and returns the journal.
func bustle(t *testing.T, seed uint64) []string {
	return play(t, Config{Seed: seed, Horizon: time.Second, UntilHorizon: true}, func(j *journal) {
		k := j.k
		s, m := k.NewSemaphore("s", 1), k.NewMutex("m", true)
		q := must(k.NewQueue("q", 1, 8))
		var threads []*Thread
		for i := range 8 {
			name := fmt.Sprint("t", i)
			r := k.Rand(name)
			threads = append(threads, j.thread(name, r.Uint32N(6), func() {
				defer j.add("ends")
				for range 60 {
					j.add(act(j, r, threads, s, m, q))
				}
			}))
		}
		for i := range 3 {
			name := fmt.Sprint("p", i)
			r := k.Rand(name)
			k.Go(name, func() {
				for range 50 {
					j.add(k.WaitDeadline(r.Uint32N(4), time.Duration(r.Int64N(int64(30*time.Millisecond))), errTimeout))
				}
			})
		}
		r := k.Rand("events")
		var e *Event
		e = k.NewEvent(func() {
			j.add(k.Wake(r.Uint32N(4), errAnswer), s.Put())
			e.Reset(time.Duration(r.Int64N(int64(20 * time.Millisecond))))
		})
		e.Reset(0)
		must(k.NewTimer(TimerConfig{Name: "x", Initial: 3, Reschedule: 5, Expired: func() { j.add(threads[r.IntN(8)].WaitAbort()) }}))
		must(k.NewTimer(TimerConfig{Name: "y", Initial: 4, Reschedule: 7, Expired: func() { j.add(restart(threads[r.IntN(8)])) }}))
		var strike *Event
		strike = k.NewEvent(func() {
			j.add(restart(threads[r.IntN(8)]))
			strike.Reset(time.Duration(r.Int64N(int64(90 * time.Millisecond))))
		})
		strike.Reset(tick)
	})
}

// restart ends a thread, whatever it does, and starts it anew.
func restart(t *Thread) string { return fmt.Sprint(t.Terminate(), t.Reset(), t.Resume()) }

// act does one random thing.
func act(j *journal, r *rand.Rand, threads []*Thread, s *Semaphore, m *Mutex, q *Queue) any {
	k, ticks, other := j.k, r.Uint32N(5), threads[r.IntN(len(threads))]
	message := []uint32{r.Uint32()}
	switch r.IntN(60) % 15 {
	case 0:
		return k.Sleep(ticks)
	case 1:
		return k.Wait(r.Uint32N(4), ticks, errTimeout)
	case 2:
		return k.Wake(r.Uint32N(4), errAnswer)
	case 3:
		return s.Get(ticks)
	case 4:
		return s.Put()
	case 5:
		return m.Get(ticks)
	case 6:
		return m.Put()
	case 7:
		return q.Send(message, ticks)
	case 8:
		return q.Receive(message, ticks)
	case 9:
		_, err := other.ChangePriority(r.Uint32N(8))
		return err
	case 10:
		_, err := other.ChangePreemption(r.Uint32N(8))
		return err
	case 11:
		k.Busy(time.Duration(r.Int64N(int64(3 * time.Millisecond))))
		return "busy"
	case 12:
		k.After(time.Duration(ticks)*time.Millisecond, func() { j.add(other.Resume()) })
		return other.Suspend()
	case 13:
		if ticks == 0 {
			return restart(other)
		}
		_ = m.Delete()
		return k.CreateMutex(m, "m", true)
	}
	k.Relinquish()
	return "relinquished"
}

func TestDeterminism(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for seed := range uint64(20) {
		runtime.GOMAXPROCS(1)
		want := bustle(t, seed)
		if len(want) < 400 {
			t.Errorf("seed %d: only %d entries", seed, len(want))
		}
		for _, n := range []int{2, 8} {
			runtime.GOMAXPROCS(n)
			if diff := cmp.Diff(want, bustle(t, seed)); diff != "" {
				t.Fatalf("seed %d, GOMAXPROCS %d (-1 +%d):\n%s", seed, n, n, diff)
			}
		}
	}
	if cmp.Equal(bustle(t, 1), bustle(t, 2)) {
		t.Error("the seed does not show")
	}
}

func TestRandStreams(t *testing.T) {
	a, b := New(Config{Seed: 7}), New(Config{Seed: 7})
	_ = b.Rand("other").Uint64() // does not disturb the stream
	for range 3 {
		if x, y := a.Rand("x").Uint64(), b.Rand("x").Uint64(); x != y {
			t.Errorf("stream x: %d and %d", x, y)
		}
	}
	if x, y := New(Config{Seed: 8}).Rand("x").Uint64(), New(Config{Seed: 7}).Rand("x").Uint64(); x == y {
		t.Error("the seed does not show")
	}
}

// TestParallelKernels runs kernels side by side, each with its own seed, and wants of
// each what it does alone.
func TestParallelKernels(t *testing.T) {
	for seed := range uint64(8) {
		want := bustle(t, seed)
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(want, bustle(t, seed)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
