package sim

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestSchedule plays small programs and compares what happened, line by line, with what the C kernel would do.
func TestSchedule(t *testing.T) {
	tests := []struct {
		name string
		play func(j *journal)
		want []string
	}{
		{"a better thread preempts inside the call that readies it, an equal one does not", func(j *journal) {
			s := j.k.NewSemaphore("s", 0)
			waiter := func() { _ = s.Get(WaitForever); j.add("got it") }
			j.thread("better", 4, waiter)
			j.thread("equal", 5, waiter)
			j.thread("putter", 5, func() {
				_ = s.Put()
				j.add("put once")
				_ = s.Put()
				j.add("put twice")
			})
		}, []string{"0 better: got it", "0 putter: put once", "0 putter: put twice", "0 equal: got it"}},
		{"a resumed thread goes to the end, a preempted one stays in front", func(j *journal) {
			c := j.sleeper("c", 5, 1)
			a := j.thread("a", 5, func() {
				j.thread("urgent", 1, func() { _ = c.WaitAbort(); j.add("aborts c") })
				j.add("goes on")
			})
			j.thread("b", 5, func() { j.add("runs") })
			_ = a
		}, []string{"0 urgent: aborts c", "0 a: goes on", "0 b: runs", "0 c: TX_WAIT_ABORTED"}},
		{"relinquish goes behind equals, or lets a held-off better one in", func(j *journal) {
			j.with(ThreadConfig{Name: "a", Priority: 5, PreemptionThreshold: 2, Entry: func() {
				j.thread("better", 3, func() { j.add("runs") })
				j.add("held it off")
				j.k.Relinquish()
				j.add("back")
				j.k.Relinquish()
				j.add("back again")
			}})
			j.thread("b", 5, func() { j.add("runs") })
		}, []string{"0 a: held it off", "0 better: runs", "0 b: runs", "0 a: back", "0 a: back again"}},
		{"relinquish alone and sleep of 0 return at once", func(j *journal) {
			j.thread("a", 5, func() {
				j.k.Relinquish()
				_ = j.k.Sleep(0)
				j.add("here")
				_ = j.k.Sleep(0)
				j.add("still here")
			})
			j.thread("b", 5, func() { j.add("runs") })
		}, []string{"0 b: runs", "0 a: here", "0 a: still here"}},
		{"equal to the threshold is not enough", func(j *journal) {
			j.with(ThreadConfig{Name: "a", Priority: 9, PreemptionThreshold: 5, Entry: func() {
				j.thread("at", 5, func() { j.add("runs") })
				j.thread("beyond", 4, func() { j.add("runs") })
				j.add("ends")
			}})
		}, []string{"0 beyond: runs", "0 a: ends", "0 at: runs"}},
		{"a preempted thread keeps its threshold until it runs again", func(j *journal) {
			j.with(ThreadConfig{Name: "a", Priority: 9, PreemptionThreshold: 5, Entry: func() {
				j.thread("urgent", 2, func() {
					j.thread("between", 7, func() { j.add("runs") })
					j.add("ends")
				})
				j.add("ends")
			}})
		}, []string{"0 urgent: ends", "0 a: ends", "0 between: runs"}},
		{"the claim is gone when the thread is suspended meanwhile", func(j *journal) {
			var a *Thread
			a = j.with(ThreadConfig{Name: "a", Priority: 9, PreemptionThreshold: 5, Entry: func() {
				j.thread("urgent", 2, func() {
					j.thread("between", 7, func() { j.add("runs") })
					_ = a.Suspend()
					_ = a.Resume()
					j.add("ends")
				})
				j.add("ends")
			}})
		}, []string{"0 urgent: ends", "0 between: runs", "0 a: ends"}},
		{"woken together, plain priority decides", func(j *journal) {
			j.with(ThreadConfig{Name: "a", Priority: 9, PreemptionThreshold: 1, Entry: func() { _ = j.k.Sleep(3); j.add("runs") }})
			j.thread("b", 5, func() { _ = j.k.Sleep(3); j.add("runs") })
		}, []string{"3 b: runs", "3 a: runs"}},
		{"relaxing the threshold lets a held-off thread in", func(j *journal) {
			var a *Thread
			a = j.with(ThreadConfig{Name: "a", Priority: 9, NoPreemption: true, Entry: func() {
				j.thread("b", 5, func() { j.add("runs") })
				j.add("held it off")
				old, err := a.ChangePreemption(9)
				j.add("was ", old, " ", err)
				_, err = a.ChangePreemption(10)
				j.add(err)
			}})
		}, []string{"0 a: held it off", "0 b: runs", "0 a: was 0 <nil>", "0 a: TX_THRESH_ERROR"}},
		{"in the definition function thresholds do not count", func(j *journal) {
			j.with(ThreadConfig{Name: "a", Priority: 9, NoPreemption: true, Entry: func() { j.add("runs") }})
			j.thread("b", 5, func() { j.add("runs") })
		}, []string{"0 b: runs", "0 a: runs"}},
		{"a new priority resets the threshold", func(j *journal) {
			var a *Thread
			a = j.with(ThreadConfig{Name: "a", Priority: 9, NoPreemption: true, Entry: func() {
				old, err := a.ChangePriority(8)
				j.add("was ", old, " ", err, ", threshold ", a.PreemptionThreshold())
				_, err = a.ChangePriority(32)
				j.add(err)
			}})
		}, []string{"0 a: was 9 <nil>, threshold 8", "0 a: TX_PRIORITY_ERROR"}},
		{"a ready thread goes to the end of the priority it is given, even its own", func(j *journal) {
			j.thread("main", 1, func() {
				a := j.thread("a", 5, func() { j.add("runs") })
				j.thread("b", 5, func() { j.add("runs") })
				_, _ = a.ChangePriority(5)
			})
		}, []string{"0 b: runs", "0 a: runs"}},
		{"the running thread lowers itself below others", func(j *journal) {
			var a *Thread
			a = j.thread("a", 3, func() {
				j.thread("b", 5, func() { j.add("runs") })
				_, _ = a.ChangePriority(4)
				j.add("still better")
				_, _ = a.ChangePriority(5)
				j.add("not worse")
				_, _ = a.ChangePriority(6)
				j.add("worse")
			})
		}, []string{"0 a: still better", "0 a: not worse", "0 b: runs", "0 a: worse"}},
		{"a changed priority does not move a waiting thread", func(j *journal) {
			s := j.k.NewSemaphore("s", 0)
			waiter := func() { _ = s.Get(WaitForever); j.add("got it") }
			j.thread("a", 3, waiter)
			b := j.thread("b", 4, waiter)
			j.thread("main", 9, func() {
				_, _ = b.ChangePriority(1)
				_ = s.Put()
				_ = s.Put()
			})
		}, []string{"0 a: got it", "0 b: got it"}},
		{"sleep ends on the n-th tick after the call", func(j *journal) {
			j.thread("a", 3, func() {
				_ = j.k.WaitDeadline("never", 3*time.Millisecond, errTimeout)
				_ = j.k.Sleep(2)
				j.add("awake")
				_ = j.k.Sleep(2)
				j.add("awake")
			})
		}, []string{"2 a: awake", "4 a: awake"}},
		{"within a tick the first to be put into its slot is the first out", func(j *journal) {
			// The 40-tick sleep gets into slot 40 on tick 32: before the 8-tick sleep begun then, behind
			// the 9-tick sleep begun on tick 31.
			j.thread("forty", 5, func() { _ = j.k.Sleep(40); j.add("awake") })
			j.thread("nine", 5, func() { _ = j.k.Sleep(31); _ = j.k.Sleep(9); j.add("awake") })
			j.thread("eight", 5, func() { _ = j.k.Sleep(32); _ = j.k.Sleep(8); j.add("awake") })
		}, []string{"40 nine: awake", "40 forty: awake", "40 eight: awake"}},
		{"all expirations of a tick come before the threads they wake", func(j *journal) {
			j.thread("a", 0, func() { _ = j.k.Sleep(2); j.add("awake") })
			for _, name := range []string{"one", "two"} {
				must(j.k.NewTimer(TimerConfig{Name: name, Initial: 2, Expired: func() { j.add(name, " expires") }}))
			}
			j.thread("b", 1, func() { _ = j.k.Sleep(2); j.add("awake") })
		}, []string{"2 system timer: one expires", "2 system timer: two expires", "2 a: awake", "2 b: awake"}},
		{"a thread that wakes on the tick of a time-out is too late to prevent it, a timer is not", func(j *journal) {
			s := j.k.NewSemaphore("s", 0)
			wait := func() { j.add(s.Get(3)) }
			j.thread("putter", 1, func() { _ = j.k.Sleep(3); _ = s.Put(); j.add("put") })
			j.thread("a", 5, wait)
			j.thread("later", 6, func() {
				_ = j.k.Sleep(4)
				_ = s.Get(0)
				must(j.k.NewTimer(TimerConfig{Initial: 3, Expired: func() { _ = s.Put() }}))
				wait()
			})
		}, []string{"3 putter: put", "3 a: TX_NO_INSTANCE", "7 later: <nil>"}},
		{"ticks that pass while the timer thread is kept out are lost", func(j *journal) {
			j.thread("sleeper", 5, func() { _ = j.k.Sleep(2); j.add("awake"); _ = j.k.Sleep(2); j.add("awake") })
			j.with(ThreadConfig{Name: "busy", Priority: 6, NoPreemption: true, Entry: func() {
				j.k.Busy(4 * tick)
				j.add("clock ", j.k.Ticks())
			}})
		}, []string{"4 busy: clock 4", "4 sleeper: awake", "6 sleeper: awake"}},
		{"a busy thread is preempted and takes so much longer", func(j *journal) {
			j.thread("busy", 6, func() { j.k.Busy(3 * tick); j.add("through") })
			j.thread("other", 5, func() { _ = j.k.Sleep(1); j.k.Busy(2 * tick); j.add("through") })
		}, []string{"3 other: through", "5 busy: through"}},
		{"an interrupt preempts when it ends", func(j *journal) {
			s := j.k.NewSemaphore("s", 0)
			j.thread("waiter", 1, func() { _ = s.Get(WaitForever); j.add("got it") })
			j.thread("a", 5, func() {
				j.k.Interrupt(func() { _ = s.Put(); j.add(s.Get(1)) })
				j.add("goes on")
			})
		}, []string{"0 event: TX_WAIT_ERROR", "0 waiter: got it", "0 a: goes on"}},
		{"events of an instant: by order of scheduling, after its tick", func(j *journal) {
			j.k.After(2*tick, func() { j.add("first") })
			j.k.After(2*tick, func() { j.add("second"); j.k.After(0, func() { j.add("third") }) })
			j.k.After(-1, func() { j.add("now") })
			j.thread("a", 5, func() { _ = j.k.Sleep(2); j.add("awake"); _ = j.k.Sleep(1) })
		}, []string{"0 event: now", "2 a: awake", "2 event: first", "2 event: second", "2 event: third"}},
		{"Go programs run below all threads", func(j *journal) {
			j.k.Go("program", func() {
				j.add("begins")
				j.thread("late", 31, func() { j.add("runs") })
				j.add("ends")
			})
			j.thread("thread", 31, func() { j.add("runs") })
		}, []string{"0 thread: runs", "0 program: begins", "0 late: runs", "0 program: ends"}},
		{"the clock is a number that wraps", func(j *journal) {
			j.thread("a", 5, func() {
				j.k.SetTicks(0xFFFFFFFF)
				_ = j.k.Sleep(2)
				j.add(j.k.Ticks())
			})
		}, []string{"2 a: 1"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, play(t, Config{}, tt.play)); diff != "" {
				t.Errorf("journal (-want +got):\n%s", diff)
			}
		})
	}
}
