package sim

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// clockProgram has two threads, a timer and an event, and returns what they did
// and at which tick.
func clockProgram(k *Kernel) (log []string, err error) {
	note := func(what string) { log = append(log, fmt.Sprintf("%d %s", k.Ticks(), what)) }
	_, err = k.Run(func() {
		must(k.NewThread(ThreadConfig{Name: "a", Priority: 5, Entry: func() {
			for range 3 {
				_ = k.Sleep(2)
				note("a")
			}
			k.Wake("go on", nil)
		}}))
		must(k.NewThread(ThreadConfig{Name: "b", Priority: 4, Entry: func() {
			note(fmt.Sprint("b: ", k.Wait("go on", 3, errTimeout)))
			note(fmt.Sprint("b: ", k.Wait("go on", WaitForever, errTimeout)))
		}}))
		must(k.NewTimer(TimerConfig{Name: "t", Initial: 5, Expired: func() { note("timer") }}))
	})
	return log, err
}

// TestClocks runs one program in virtual time and on the real clock, whose time
// passes at once in a bubble of testing/synctest, and wants the same log.
func TestClocks(t *testing.T) {
	want := []string{"2 a", "3 b: timeout", "4 a", "5 timer", "6 a", "6 b: <nil>"}
	run := func(t *testing.T, clock Clock) {
		t.Helper()
		got, err := clockProgram(New(Config{Clock: clock}))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
	t.Run("virtual", func(t *testing.T) { run(t, nil) })
	t.Run("bubble", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) { run(t, RealTime()) })
	})
}

// TestBubble mixes a thread with an ordinary goroutine of the bubble: an hour
// passes for both.
func TestBubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := New(Config{Clock: RealTime()})
		done := k.Outside()
		go func() {
			time.Sleep(time.Hour)
			k.Post(func() {
				k.Wake("news", nil)
				done()
			})
		}()
		began, woken := time.Now(), time.Duration(0)
		must(k.NewThread(ThreadConfig{Name: "a", Priority: 5, Entry: func() {
			if err := k.Wait("news", WaitForever, errTimeout); err != nil {
				t.Error(err)
			}
			woken = k.Now()
		}}))
		if _, err := k.Run(nil); err != nil {
			t.Fatal(err)
		}
		if passed := time.Since(began); passed != time.Hour || woken != time.Hour {
			t.Errorf("%v passed in the bubble, %v in the kernel; want an hour", passed, woken)
		}
	})
}

// TestOutside waits for somebody outside, and no longer than there is one.
func TestOutside(t *testing.T) {
	k := New(Config{})
	done := k.Outside()
	must(k.NewThread(ThreadConfig{Name: "a", Priority: 5, Entry: func() {
		go k.Post(func() { k.Wake("news", nil) })
		_ = k.Wait("news", WaitForever, errTimeout)
		go done()
		_ = k.Wait("more", WaitForever, errTimeout)
	}}))
	_, err := k.Run(nil)
	deadlock := (*DeadlockError)(nil)
	if !errors.As(err, &deadlock) || len(deadlock.Waiting) != 1 || deadlock.Waiting[0].Thread != "a" {
		t.Errorf("Run: %v, want a deadlock of thread a", err)
	}
}

// TestBusyRealTime wants a tick to interrupt a thread that computes.
func TestBusyRealTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log []string
		k := New(Config{Clock: RealTime()})
		must(k.NewThread(ThreadConfig{Name: "urgent", Priority: 1, Entry: func() {
			_ = k.Sleep(2)
			log = append(log, fmt.Sprint("urgent ", k.Now()))
		}}))
		must(k.NewThread(ThreadConfig{Name: "busy", Priority: 9, Entry: func() {
			k.Busy(50 * time.Millisecond)
			log = append(log, fmt.Sprint("busy ", k.Now()))
		}}))
		if _, err := k.Run(nil); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"urgent 20ms", "busy 50ms"}, log); diff != "" {
			t.Error(diff)
		}
	})
}

// TestWokenBeforeWaiting has an event that wakes a thread come due while the
// thread computes, on the real clock: it must not wait for ever then.
func TestWokenBeforeWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := New(Config{Clock: RealTime()})
		var results []error
		must(k.NewThread(ThreadConfig{Name: "a", Priority: 5, Entry: func() {
			wait := func(f func() error) {
				k.After(time.Millisecond, func() { k.Wake("key", errAnswer) })
				time.Sleep(2 * time.Millisecond)
				results = append(results, f())
			}
			wait(func() error { return k.Wait("key", WaitForever, errTimeout) })
			wait(func() error { return k.WaitDeadline("key", -1, errTimeout) })
			wait(func() error { return k.WaitDeadline("key", time.Nanosecond, errTimeout) })
		}}))
		if _, err := k.Run(nil); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]error{errAnswer, errAnswer, errAnswer}, results, cmpopts.EquateErrors()); diff != "" {
			t.Error(diff)
		}
	})
}

// TestKeepAlive wants a run without threads to go on until it is told otherwise, and what was posted before that to happen.
func TestKeepAlive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := New(Config{Clock: RealTime()})
		var log []string
		if !k.Enter(func() { log = append(log, k.Context().String()) }) {
			t.Error("Enter before the run: not alive")
		}
		stop := k.Start(nil)
		time.Sleep(time.Hour)
		for i := range 3 {
			k.Enter(func() { log = append(log, fmt.Sprint(i, " ", k.Context(), " ", k.Now())) })
		}
		report, err := stop()
		if err != nil || report.End != EndDone {
			t.Errorf("run: %v, %v", report.End, err)
		}
		<-k.Over()
		if k.Enter(func() { t.Error("ran after the run") }) {
			t.Error("Enter after the run: alive")
		}
		want := []string{"initialization", "0 event 1h0m0s", "1 event 1h0m0s", "2 event 1h0m0s"}
		if diff := cmp.Diff(want, log); diff != "" {
			t.Error(diff)
		}
	})
}

// TestShared wants one value for a key.
func TestShared(t *testing.T) {
	k := New(Config{})
	type key struct{}
	made := 0
	create := func() any { made++; return made }
	if a, b := k.Shared(key{}, create), k.Shared(key{}, create); a != 1 || b != 1 {
		t.Errorf("shared values %v and %v", a, b)
	}
	if other := New(Config{}).Shared(key{}, create); other != 2 {
		t.Errorf("another kernel shares %v", other)
	}
}

// TestWakeWhileSuspending wakes a thread by an event that is due as it begins to wait, and by a tick.
func TestWakeWhileSuspending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := New(Config{Clock: RealTime()})
		must(k.NewThread(ThreadConfig{Name: "a", Priority: 5, Entry: func() {
			k.After(0, func() { k.Wake("news", nil) })
			if err := k.Wait("news", 100, errTimeout); err != nil {
				t.Errorf("the wake-up was lost: %v at %v", err, k.Now())
			}
			if err := k.Wait("nothing", 100, errTimeout); err != errTimeout || k.Now() != time.Second {
				t.Errorf("a later wait: %v at %v, want a time-out at 1s", err, k.Now())
			}
		}}))
		if _, err := k.Run(nil); err != nil {
			t.Fatal(err)
		}
	})
}
