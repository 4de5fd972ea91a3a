package sim

import (
	"errors"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// A stopwatch is a wall clock whose periods pass as fast as the watchdog looks, while next
// says so.
type stopwatch struct{ next func() bool }

func (s stopwatch) After(time.Duration) (<-chan time.Time, func()) {
	c := make(chan time.Time, 1)
	if s.next() {
		c <- time.Time{}
	}
	return c, func() {}
}

// whenSet lets time pass from when b is set.
func whenSet(b *atomic.Bool) func() bool {
	return func() bool {
		for !b.Load() {
			runtime.Gosched()
		}
		return true
	}
}

func TestStuckInKernelCalls(t *testing.T) {
	tests := []struct {
		name   string
		define func(k *Kernel, looping *atomic.Bool)
		want   string
	}{
		{"thread", func(k *Kernel, looping *atomic.Bool) {
			must(k.NewThread(ThreadConfig{Name: "poller", Priority: 5, Entry: func() {
				_ = k.Sleep(2)
				looping.Store(true)
				for k.Wait("key", 0, errTimeout) != nil {
				}
			}}))
		}, "sim: stuck at 20ms: thread poller has not given up the baton for 1s"},
		{"event", func(k *Kernel, looping *atomic.Bool) {
			must(k.NewThread(ThreadConfig{Name: "main", Priority: 5, Entry: func() { _ = k.Sleep(2) }}))
			k.After(time.Millisecond, func() {
				looping.Store(true)
				for !k.Wake("key", nil) {
				}
			})
		}, "sim: stuck at 1ms: event has not given up the baton for 1s"},
		{"timer", func(k *Kernel, looping *atomic.Bool) {
			must(k.NewThread(ThreadConfig{Name: "main", Priority: 5, Entry: func() { _ = k.Sleep(2) }}))
			must(k.NewTimer(TimerConfig{Initial: 1, Expired: func() {
				looping.Store(true)
				for !k.Wake("key", nil) {
				}
			}}))
		}, "sim: stuck at 10ms: system timer has not given up the baton for 1s"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var k *Kernel
			var looping atomic.Bool
			// Time passes from when the loop runs until the alarm is given, so that the loop certainly notices it.
			clock := stopwatch{func() bool {
				return whenSet(&looping)() && k.run.alarm.Load() < alarmOver
			}}
			k = New(Config{StuckAfter: time.Second, WallClock: clock})
			unwound, ended := false, false
			r, err := k.Run(func() {
				k.OnEnd(func() { ended = true })
				must(k.NewThread(ThreadConfig{Name: "other", Entry: func() {
					defer func() { unwound = true }()
					_ = k.Sleep(WaitForever)
				}}))
				tt.define(k, &looping)
			})
			if err == nil || err.Error() != tt.want {
				t.Errorf("error %v, want %s", err, tt.want)
			}
			if r.End != EndStuck || !unwound || !ended {
				t.Errorf("end %v, other thread unwound: %v, OnEnd called: %v", r.End, unwound, ended)
			}
		})
	}
}

// TestStuckOutside has a thread that makes no kernel call for too long. Run gives up; when the thread comes back all are unwound.
func TestStuckOutside(t *testing.T) {
	var stay, looping atomic.Bool
	stay.Store(true)
	unwound := make(chan string, 2)
	k := New(Config{StuckAfter: time.Second, WallClock: stopwatch{whenSet(&looping)}})
	r, err := k.Run(func() {
		k.OnEnd(func() { t.Error("OnEnd called while the thread runs") })
		must(k.NewThread(ThreadConfig{Name: "other", Entry: func() {
			defer func() { unwound <- "other" }()
			_ = k.Sleep(WaitForever)
		}}))
		must(k.NewThread(ThreadConfig{Name: "loop", Priority: 1, Entry: func() {
			defer func() { unwound <- "loop" }()
			looping.Store(true)
			for stay.Load() {
			}
			_ = k.Sleep(1)
			t.Error("the stuck thread goes on")
		}}))
	})
	want := "sim: stuck at 0s: thread loop has not given up the baton for 1s"
	var stuck *StuckError
	if !errors.As(err, &stuck) || err.Error() != want || r.End != EndStuck {
		t.Errorf("end %v, error %v, want %s", r.End, err, want)
	}
	stay.Store(false)
	if a, b := <-unwound, <-unwound; a != "other" || b != "loop" {
		t.Errorf("unwound %s, then %s", a, b)
	}
}

// TestSlowIsNotStuck has the watchdog look between any two moves of the baton.
func TestSlowIsNotStuck(t *testing.T) {
	look := make(chan bool)
	k := New(Config{StuckAfter: time.Second, WallClock: stopwatch{func() bool { return <-look }}})
	_, err := k.Run(func() {
		must(k.NewThread(ThreadConfig{Name: "slow", Entry: func() {
			for range 10 {
				look <- true
				_ = k.Sleep(1)
			}
			look <- false
		}}))
	})
	if err != nil {
		t.Error(err)
	}
}

// TestTurns has threads, and events, take turns for ever at one instant. They never keep the baton, but virtual time stands still.
func TestTurns(t *testing.T) {
	for _, tt := range []struct {
		name   string
		define func(k *Kernel, looping *atomic.Bool)
		want   string
	}{
		{"threads", func(k *Kernel, looping *atomic.Bool) {
			for _, name := range []string{"ping", "pong"} {
				must(k.NewThread(ThreadConfig{Name: name, Priority: 5, Entry: func() {
					_ = k.Sleep(2)
					for looping.Store(true); ; {
						k.Relinquish()
					}
				}}))
			}
		}, "thread p"},
		{"events", func(k *Kernel, looping *atomic.Bool) {
			must(k.NewThread(ThreadConfig{Name: "main", Priority: 5, Entry: func() { _ = k.Sleep(WaitForever) }}))
			var again *Event
			again = k.NewEvent(func() {
				looping.Store(true)
				again.Reset(0)
			})
			again.Reset(20 * time.Millisecond)
		}, "event"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var k *Kernel
			var looping atomic.Bool
			clock := stopwatch{func() bool { // looks when the baton has moved since the last look, until it has found out
				whenSet(&looping)()
				for k.run.alarm.Load() == alarmAsked {
					runtime.Gosched()
				}
				return k.run.alarm.Load() == alarmQuiet
			}}
			k = New(Config{StuckAfter: time.Second, WallClock: clock})
			r, err := k.Run(func() { tt.define(k, &looping) })
			var stuck *StuckError
			if !errors.As(err, &stuck) || !stuck.Turns || stuck.Now != 20*time.Millisecond || r.End != EndStuck {
				t.Fatalf("end %v, error %v", r.End, err)
			}
			if want := "sim: stuck at 20ms: virtual time has not moved for 1s, in which " + tt.want; !strings.HasPrefix(err.Error(), want) {
				t.Errorf("error %v, want %s", err, want)
			}
		})
	}
}
