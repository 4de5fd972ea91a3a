package sim

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestEventHeap compares the heap with a sorted list through many random schedules, moves and stops.
func TestEventHeap(t *testing.T) {
	k := New(Config{Seed: 3})
	r := k.Rand("test")
	type entry struct {
		at  time.Duration
		seq int
	}
	events := make([]*Event, 300)
	pending := map[int]entry{}
	var got []int
	for i := range events {
		events[i] = k.NewEvent(func() { got = append(got, i) })
	}
	_, err := k.Run(func() {
		for seq := range 20000 {
			i, d := r.IntN(len(events)), time.Duration(r.IntN(50))
			_, was := pending[i]
			if r.IntN(3) == 0 {
				if events[i].Stop() != was {
					t.Fatalf("Stop of an event that is pending: %v", was)
				}
				delete(pending, i)
			} else {
				if events[i].Reset(d) != was {
					t.Fatalf("Reset of an event that is pending: %v", was)
				}
				pending[i] = entry{d, seq}
			}
			if _, is := pending[i]; events[i].Pending() != is {
				t.Fatalf("Pending is not %v", is)
			}
		}
		must(k.NewThread(ThreadConfig{Entry: func() { _ = k.Sleep(1) }}))
	})
	if err != nil {
		t.Fatal(err)
	}
	var want []int
	for i := range pending {
		want = append(want, i)
	}
	slices.SortFunc(want, func(a, b int) int {
		if d := pending[a].at - pending[b].at; d != 0 {
			return int(d)
		}
		return pending[a].seq - pending[b].seq
	})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("order of events (-want +got):\n%s", diff)
	}
}

func TestEventsDoNotAllocate(t *testing.T) {
	k := New(Config{})
	e := k.After(time.Second, func() {})
	if n := testing.AllocsPerRun(100, func() { e.Reset(time.Minute); e.Stop() }); n > 0 {
		t.Errorf("%v allocations per Reset and Stop", n)
	}
}

func TestWaitsDoNotAllocate(t *testing.T) {
	k := New(Config{Horizon: time.Hour})
	_, err := k.Run(func() {
		key := new(int)
		must(k.NewThread(ThreadConfig{Name: "waiter", Priority: 1, Daemon: true, Entry: func() {
			for {
				_ = k.Wait(key, 5, errTimeout)
			}
		}}))
		must(k.NewThread(ThreadConfig{Name: "waker", Priority: 2, Entry: func() {
			k.Wake(key, nil)
			if n := testing.AllocsPerRun(1000, func() { k.Wake(key, nil) }); n > 0 {
				t.Errorf("%v allocations per Wait and Wake", n)
			}
			if n := testing.AllocsPerRun(1000, func() { _ = k.WaitDeadline(k, time.Millisecond, nil) }); n > 0 {
				t.Errorf("%v allocations per WaitDeadline", n)
			}
		}}))
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestOldEventOfAWait has the deadline of a wait come while the thread, already woken, is suspended.
func TestOldEventOfAWait(t *testing.T) {
	got := play(t, Config{}, func(j *journal) {
		a := j.thread("a", 5, func() { j.add(j.k.WaitDeadline("key", time.Millisecond, errTimeout)) })
		j.thread("main", 9, func() {
			_ = a.Suspend()
			j.k.Wake("key", errAnswer)
			_ = j.k.Sleep(1)
			j.add(a.State())
			_ = a.Resume()
		})
	})
	want := []string{"1 main: suspended", "1 a: answer"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
