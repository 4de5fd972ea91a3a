package sim

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestControl covers suspension, abort, termination, reset and the notifications.
func TestControl(t *testing.T) {
	tests := []struct {
		name string
		play func(j *journal)
		want []string
	}{
		{"a sleeping thread is suspended when it wakes", func(j *journal) {
			a := j.sleeper("a", 5, 3)
			j.thread("main", 9, func() {
				j.add(a.Suspend(), " ", a.State())
				_ = j.k.Sleep(4)
				j.add(a.State())
				_ = j.k.Sleep(4)
				j.add(a.Resume(), " ", a.Resume())
			})
		}, []string{"0 main: <nil> sleeping", "4 main: suspended", "8 a: <nil>", "8 main: <nil> TX_RESUME_ERROR"}},
		{"resume lifts a pending suspension", func(j *journal) {
			a := j.sleeper("a", 5, 3)
			j.thread("main", 9, func() {
				j.add(a.Resume())
				_ = a.Suspend()
				j.add(a.Resume())
			})
		}, []string{"0 main: TX_RESUME_ERROR", "0 main: TX_SUSPEND_LIFTED", "3 a: <nil>"}},
		{"suspensions do not nest", func(j *journal) {
			a := must(j.k.NewThread(ThreadConfig{Name: "a", Priority: 5, DontStart: true, Entry: func() { j.add("runs") }}))
			j.thread("main", 9, func() {
				_ = a.Suspend()
				_ = a.Suspend()
				_ = a.Resume()
				j.add(a.Suspend(), " ", a.State())
			})
		}, []string{"0 a: runs", "0 main: TX_SUSPEND_ERROR completed"}},
		{"a thread suspends itself", func(j *journal) {
			var a *Thread
			a = j.thread("a", 5, func() { j.add(a.Suspend()) })
			j.thread("main", 9, func() { j.add(a.State()); _ = a.Resume() })
		}, []string{"0 main: suspended", "0 a: <nil>"}},
		{"abort ends waits and sleeps, once", func(j *journal) {
			a := j.sleeper("a", 9, WaitForever)
			b := j.thread("b", 9, func() { j.add(j.k.Wait("key", WaitForever, errTimeout)) })
			j.thread("main", 9, func() {
				_ = j.k.Sleep(1)
				j.add(a.WaitAbort(), " ", a.WaitAbort(), " ", b.WaitAbort())
				j.add(j.k.Wake("key", nil))
			})
		}, []string{"1 main: <nil> TX_WAIT_ABORT_ERROR <nil>", "1 main: false", "1 a: TX_WAIT_ABORTED", "1 b: TX_WAIT_ABORTED"}},
		{"a second abort of a thread with a pending suspension", func(j *journal) {
			a := j.sleeper("a", 5, WaitForever)
			j.thread("main", 9, func() {
				_ = a.Suspend()
				j.add(a.WaitAbort(), " ", a.WaitAbort(), " ", a.State())
				_ = a.Resume()
			})
		}, []string{"0 main: <nil> TX_WAIT_ABORT_ERROR suspended", "0 a: TX_WAIT_ABORTED"}},
		{"deferred functions of a terminated thread run in its name before Terminate returns", func(j *journal) {
			a := j.thread("a", 5, func() {
				defer j.add("unwound")
				defer func() { j.add("may not wait: ", j.k.Sleep(1), ", ", j.k.Wait("key", 1, errTimeout)) }()
				_ = j.k.Wait("key", WaitForever, errTimeout)
			})
			j.thread("main", 9, func() {
				j.add(a.Terminate(), " ", a.State())
				j.add(j.k.Wake("key", nil), " ", a.Terminate())
			})
		}, []string{"0 a: may not wait: TX_CALLER_ERROR, timeout", "0 a: unwound", "0 main: <nil> terminated", "0 main: false <nil>"}},
		{"what a deferred function wakes runs after Terminate", func(j *journal) {
			a := j.thread("a", 5, func() {
				defer j.k.Wake("done", nil)
				_ = j.k.Sleep(WaitForever)
			})
			j.thread("better", 1, func() { j.add(j.k.Wait("done", WaitForever, errTimeout)) })
			j.thread("main", 9, func() { _ = a.Terminate(); j.add("terminated") })
		}, []string{"0 better: <nil>", "0 main: terminated"}},
		{"a thread terminates itself", func(j *journal) {
			var a *Thread
			a = j.thread("a", 5, func() {
				defer j.add("unwound")
				_ = a.Terminate()
				j.add("not reached")
			})
			j.thread("main", 9, func() { j.add(a.State()) })
		}, []string{"0 a: unwound", "0 main: terminated"}},
		{"runtime.Goexit completes a thread", func(j *journal) {
			a := j.thread("a", 5, goexit)
			j.thread("main", 9, func() { j.add(a.State()) })
		}, []string{"0 main: completed"}},
		{"a timer terminates the thread on whose goroutine it runs", func(j *journal) {
			a := j.thread("a", 5, func() {
				defer j.add("unwound")
				_ = j.k.Sleep(5)
			})
			must(j.k.NewTimer(TimerConfig{Initial: 3, Expired: func() { _ = a.Terminate(); j.add(a.State()) }}))
			must(j.k.NewTimer(TimerConfig{Initial: 3, Expired: func() { j.add("next timer") }}))
			j.thread("main", 4, func() { _ = j.k.Sleep(3); j.add("awake") })
		}, []string{"3 system timer: terminated", "3 a: unwound", "3 system timer: next timer", "3 main: awake"}},
		{"an event terminates and restarts the thread on whose goroutine it runs", func(j *journal) {
			a := j.thread("a", 5, func() {
				j.add("begins")
				defer j.add("unwound")
				_ = j.k.Sleep(5)
			})
			j.k.After(tick/2, func() { _ = a.Terminate(); j.add(a.Reset(), " ", a.Resume()) })
		}, []string{"0 a: begins", "0+5ms event: <nil> <nil>", "0+5ms a: unwound", "0+5ms a: begins", "5 a: unwound"}},
		{"an interrupt terminates the thread that it interrupts", func(j *journal) {
			var a *Thread
			a = j.thread("a", 5, func() {
				defer j.add("unwound")
				j.k.Interrupt(func() { _ = a.Terminate(); j.add(a.State()) })
				j.add("not reached")
			})
		}, []string{"0 event: terminated", "0 a: unwound"}},
		{"reset and delete need an ended thread", func(j *journal) {
			var a *Thread
			a = j.thread("a", 5, func() { j.add(a.Reset(), " ", a.Delete()) })
			j.thread("main", 9, func() {
				j.add(a.Reset(), " ", a.State(), " ", a.Delete())
				_ = a.Resume()
				j.add(a.Delete(), " ", a.Kernel() == nil)
			})
		}, []string{"0 a: TX_NOT_DONE TX_DELETE_ERROR", "0 main: <nil> suspended TX_DELETE_ERROR", "0 a: TX_NOT_DONE TX_DELETE_ERROR", "0 main: <nil> true"}},
		{"entry and exit are notified", func(j *journal) {
			a := j.sleeper("a", 5, 1)
			b := must(j.k.NewThread(ThreadConfig{Name: "b", Priority: 5, DontStart: true, Entry: func() {}}))
			for _, x := range []*Thread{a, b} {
				x.OnEntryExit(func(x *Thread, what EntryExit) { j.add(x.Name(), " ", what) })
			}
			j.thread("main", 9, func() {
				_ = b.Terminate()
				_ = j.k.Sleep(2)
				_ = a.Terminate()
			})
		}, []string{"0 a: a 0", "0 main: b 1", "1 a: <nil>", "1 a: a 1"}},
		{"completion gives up all mutexes before anybody preempts", func(j *journal) {
			m, n := j.k.NewMutex("m", false), j.k.NewMutex("n", false)
			j.thread("a", 9, func() {
				_, _, _ = m.Get(0), m.Get(0), n.Get(0)
				for i, x := range []*Mutex{m, n} {
					j.thread([]string{"first", "second"}[i], 5-uint32(i), func() { j.add(x.Get(WaitForever)) })
				}
			})
		}, []string{"0 second: <nil>", "0 first: <nil>"}},
		{"held preemption takes effect at the last AllowPreemption, and forbids waits", func(j *journal) {
			waiter := func() { _ = j.k.Wait("key", WaitForever, errTimeout); j.add("awake") }
			j.thread("a", 5, waiter)
			j.thread("b", 4, waiter)
			j.thread("main", 9, func() {
				j.k.HoldPreemption()
				j.k.HoldPreemption()
				j.add(j.k.Wake("key", nil), j.k.Wake("key", nil), " ", j.k.Wait("key", 5, errTimeout))
				j.k.AllowPreemption()
				j.add("still here")
				j.k.AllowPreemption()
				j.add("back")
			})
		}, []string{"0 main: true true timeout", "0 main: still here", "0 b: awake", "0 a: awake", "0 main: back"}},
		{"waits by key: first come first served, with both kinds of limit", func(j *journal) {
			j.thread("a", 5, func() { j.add(j.k.Wait("key", 3, errTimeout)) })
			j.thread("b", 4, func() { j.add(j.k.WaitDeadline("key", 25*time.Millisecond, errTimeout)) })
			j.thread("c", 3, func() { j.add(j.k.WaitDeadline("key", -1, errTimeout)) })
			j.thread("main", 9, func() {
				_ = j.k.Sleep(1)
				j.k.Wake("key", errAnswer)
				_ = j.k.Sleep(3)
				j.add(j.k.Wake("key", nil), " ", j.k.Wake("key", nil))
			})
		}, []string{"1 c: answer", "2+5ms b: timeout", "3 a: timeout", "4 main: false false"}},
		{"contexts that may not wait", func(j *journal) {
			try := func() {
				j.add(j.k.Context(), " ", j.k.Sleep(1), " ", j.k.Wait(1, 1, errTimeout), " ", j.k.Wait(1, 0, errTimeout))
			}
			try()
			j.k.After(1, try)
			must(j.k.NewTimer(TimerConfig{Initial: 1, Expired: try}))
			j.sleeper("a", 5, 1)
		}, []string{
			"0 initialization: initialization TX_CALLER_ERROR TX_WAIT_ERROR timeout",
			"0+1ns event: event TX_CALLER_ERROR TX_WAIT_ERROR timeout",
			"1 system timer: timer TX_CALLER_ERROR TX_WAIT_ERROR timeout",
			"1 a: <nil>",
		}},
		{"what NewThread refuses", func(j *journal) {
			nothing := func() {}
			for _, cfg := range []ThreadConfig{
				{}, {Entry: nothing, Priority: 32}, {Entry: nothing, Priority: 3, PreemptionThreshold: 4},
			} {
				_, err := j.k.NewThread(cfg)
				j.add(err)
			}
			a := j.thread("a", 5, nothing)
			j.add(j.k.CreateThread(a, ThreadConfig{Entry: nothing}))
		}, []string{
			"0 initialization: TX_PTR_ERROR", "0 initialization: TX_PRIORITY_ERROR",
			"0 initialization: TX_THRESH_ERROR", "0 initialization: TX_THREAD_ERROR",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, play(t, Config{}, tt.play)); diff != "" {
				t.Errorf("journal (-want +got):\n%s", diff)
			}
		})
	}
}
