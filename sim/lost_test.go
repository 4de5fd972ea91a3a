package sim

import (
	"errors"
	"runtime"
	"testing"
	"testing/synctest"
	"time"
)

// accidents are ways in which the function of an event or a timer does not return.
var accidents = []struct {
	name   string
	happen func()
}{
	{"panic", func() { panic(errAnswer) }},
	{"goexit", func() { runtime.Goexit() }},
}

// stages are where such a function runs: on the goroutine of a thread that waits, computes or has ended, or on the
// one that begins the run.
var stages = []struct {
	name   string
	define func(k *Kernel)
}{
	{"a waiting thread", func(k *Kernel) {
		must(k.NewThread(ThreadConfig{Name: "waiting", Priority: 5, Entry: func() { _ = k.Sleep(100) }}))
	}},
	{"an ended thread", func(k *Kernel) {
		must(k.NewThread(ThreadConfig{Name: "waiting", Priority: 5, Entry: func() { _ = k.Sleep(100) }}))
		must(k.NewThread(ThreadConfig{Name: "ended", Priority: 9, Entry: func() {}}))
	}},
	{"a terminated thread", func(k *Kernel) {
		var self *Thread
		must(k.NewThread(ThreadConfig{Name: "waiting", Priority: 5, Entry: func() { _ = k.Sleep(100) }}))
		self = must(k.NewThread(ThreadConfig{Name: "terminated", Priority: 9, Entry: func() { _ = self.Terminate() }}))
	}},
	{"an ended program", func(k *Kernel) {
		must(k.NewThread(ThreadConfig{Name: "waiting", Priority: 5, Entry: func() { _ = k.Sleep(100) }}))
		k.Go("program", func() {})
	}},
	{"a busy thread", func(k *Kernel) {
		must(k.NewThread(ThreadConfig{Name: "busy", Priority: 5, Entry: func() { k.Busy(time.Second) }}))
	}},
	{"no thread", func(*Kernel) {}},
}

// ways are what may bring the accident about, 1 ms after the start of the run or later.
var ways = []struct {
	name  string
	begin func(k *Kernel, happen func())
}{
	{"event", func(k *Kernel, happen func()) { k.After(time.Millisecond, happen) }},
	{"event of an event", func(k *Kernel, happen func()) {
		k.After(time.Millisecond, func() { k.After(0, happen) })
	}},
	{"timer", func(k *Kernel, happen func()) {
		must(k.NewTimer(TimerConfig{Name: "timer", Initial: 1, Expired: happen}))
	}},
	{"posted", func(k *Kernel, happen func()) { k.After(time.Millisecond, func() { k.Post(happen) }) }},
	{"posted twice", func(k *Kernel, happen func()) {
		k.After(time.Millisecond, func() { k.Post(happen); k.Post(func() { k.Wake("nobody", nil) }); k.Post(happen) })
	}},
	{"event of a posted function", func(k *Kernel, happen func()) {
		k.After(time.Millisecond, func() { k.Post(func() { k.After(0, happen) }) })
	}},
	{"posted from outside", func(k *Kernel, happen func()) {
		done := k.Outside()
		k.After(time.Millisecond, func() {
			go func() { k.Post(happen); done() }()
		})
	}},
	{"kernel call after a failure", func(k *Kernel, happen func()) {
		k.After(time.Millisecond, func() {
			defer k.Wake("nobody", nil)
			happen()
		})
	}},
}

// TestLostBaton has functions of events and timers that do not return, in every way and on every goroutine that may run them: the run ends
// with a PanicError, and all threads are unwound.
func TestLostBaton(t *testing.T) {
	for _, clock := range []string{"virtual", "real"} {
		for _, accident := range accidents {
			for _, stage := range stages {
				for _, way := range ways {
					t.Run(clock+"/"+accident.name+"/"+stage.name+"/"+way.name, func(t *testing.T) {
						synctest.Test(t, func(t *testing.T) {
							var cfg Config
							if clock == "real" {
								cfg.Clock = RealTime()
							}
							k := New(cfg)
							runLost(t, k, func() {
								stage.define(k)
								way.begin(k, accident.happen)
							})
						})
					})
				}
			}
		}
	}
}

// runLost runs k, which has to end with a PanicError.
func runLost(t *testing.T, k *Kernel, define func()) {
	t.Helper()
	// In a bubble, a baton that is lost is a StuckError at once.
	keep := k.KeepAlive()
	defer keep()
	unwound, ended := false, false
	returned := make(chan struct{})
	var report *Report
	err := errors.New("Run has not returned")
	go func() {
		defer close(returned)
		report, err = k.Run(func() {
			k.OnEnd(func() { ended = true })
			must(k.NewThread(ThreadConfig{Name: "daemon", Priority: 1, Daemon: true, Entry: func() {
				defer func() { unwound = true }()
				_ = k.Sleep(WaitForever)
			}}))
			define()
		})
	}()
	<-returned
	var p *PanicError
	if !errors.As(err, &p) {
		t.Fatalf("error %v, want a PanicError", err)
	}
	if report.End != EndPanic || report.Now > time.Second || !unwound || !ended {
		t.Errorf("end %v at %v, daemon unwound: %v, OnEnd called: %v", report.End, report.Now, unwound, ended)
	}
	<-k.Over()
	if k.Enter(func() {}) {
		t.Error("Enter after the end: alive")
	}
}

// TestLostStart has a run without threads fail beside goroutines: stopping it says so, and whoever enters comes back.
func TestLostStart(t *testing.T) {
	for _, accident := range accidents {
		t.Run(accident.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				k := New(Config{Clock: RealTime()})
				stop := k.Start(nil)
				if !k.Do(func() {}) || k.Do(accident.happen) {
					t.Error("Do does not say what has run")
				}
				k.Enter(func() { t.Error("what was entered behind a failure has run") })
				<-k.Over()
				report, err := stop()
				if p := (*PanicError)(nil); !errors.As(err, &p) || report.End != EndPanic {
					t.Errorf("%+v, %v, want a PanicError", report, err)
				}
			})
		})
	}
}

// TestStuckWithoutThreads wants the watchdog to look at a run in which no thread has ever run.
func TestStuckWithoutThreads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := New(Config{})
		defer k.KeepAlive()()
		k.Post(func() { time.Sleep(time.Hour) })
		_, err := k.Run(nil)
		if stuck := (*StuckError)(nil); !errors.As(err, &stuck) || stuck.Thread != "event" {
			t.Errorf("%v, want a StuckError of an event", err)
		}
		time.Sleep(2 * time.Hour) // the event comes back, and its goroutine ends
	})
}
