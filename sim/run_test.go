package sim

import (
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

type parcel struct{ from string }

func (p *parcel) WaitReason() string { return "a parcel from " + p.from }

func TestDeadlock(t *testing.T) {
	tests := []struct {
		name   string
		cfg    Config
		define func(k *Kernel)
		want   string
	}{
		{"two threads wait", Config{}, func(k *Kernel) {
			must(k.NewThread(ThreadConfig{Name: "client", Priority: 3, Entry: func() {
				_ = k.Sleep(12)
				_ = k.Wait(&parcel{"home"}, WaitForever, errTimeout)
			}}))
			must(k.NewThread(ThreadConfig{Name: "done", Entry: func() {}}))
			must(k.NewThread(ThreadConfig{Name: "server", Priority: 3, Entry: func() {
				_ = k.Wait(7, WaitForever, errTimeout)
			}}))
			must(k.NewThread(ThreadConfig{Name: "daemon", Daemon: true, Entry: func() {
				_ = k.Wait("work", WaitForever, errTimeout)
			}}))
			k.Go("program", func() { _ = k.WaitDeadline("more", -1, errTimeout) })
			k.After(time.Second, func() {})
		}, `sim: deadlock at 1s: nothing is left to happen and 2 threads wait
thread client: a parcel from home (since 120ms)
thread server: a wake-up on int (since 0s)`},
		{"suspended, asleep", Config{Horizon: time.Second}, func(k *Kernel) {
			must(k.NewThread(ThreadConfig{Name: "idle", DontStart: true, Entry: func() {}}))
			sleeper := must(k.NewThread(ThreadConfig{Name: "asleep", Entry: func() { _ = k.Sleep(WaitForever) }}))
			must(k.NewThread(ThreadConfig{Name: "main", Entry: func() { _ = sleeper.Suspend() }}))
		}, `sim: deadlock at 0s: nothing is left to happen and 2 threads wait
thread idle: suspended until somebody resumes it (since 0s)
thread asleep: sleep for ever, and suspended (since 0s)`},
		{"Go programs alone", Config{}, func(k *Kernel) {
			k.Go("one", func() { _ = k.WaitDeadline("news", time.Second, errTimeout) })
			k.Go("two", func() { _ = k.WaitDeadline("news", -1, errTimeout) })
		}, `sim: deadlock at 1s: nothing is left to happen and 1 thread waits
thread two: news (since 0s)`},
		{"daemons alone", Config{}, func(k *Kernel) {
			must(k.NewThread(ThreadConfig{Name: "daemon", Daemon: true, Entry: func() {
				_ = k.Wait("work", WaitForever, errTimeout)
			}}))
		}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			k := New(tt.cfg)
			_, err := k.Run(func() { tt.define(k) })
			got := ""
			if err != nil {
				got = err.Error()
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEnds(t *testing.T) {
	tests := []struct {
		name   string
		cfg    Config
		define func(k *Kernel)
		want   Report
	}{
		{"nothing to do", Config{Seed: 9}, func(*Kernel) {}, Report{Seed: 9}},
		{"all threads done", Config{}, func(k *Kernel) {
			must(k.NewThread(ThreadConfig{Entry: func() { _ = k.Sleep(5) }}))
			must(k.NewThread(ThreadConfig{Daemon: true, Entry: func() { _ = k.Sleep(500) }}))
			k.After(time.Hour, func() {})
		}, Report{Now: 50 * time.Millisecond, Ticks: 5, Switches: 3}},
		{"horizon first", Config{Horizon: 45 * time.Millisecond}, func(k *Kernel) {
			must(k.NewThread(ThreadConfig{Entry: func() { _ = k.Sleep(5) }}))
		}, Report{End: EndHorizon, Now: 45 * time.Millisecond, Ticks: 4, Switches: 1}},
		{"the horizon's own instant", Config{Horizon: 50 * time.Millisecond}, func(k *Kernel) {
			must(k.NewThread(ThreadConfig{Daemon: true, Entry: func() { _ = k.Sleep(5) }}))
			must(k.NewThread(ThreadConfig{Entry: func() { _ = k.Sleep(6) }}))
		}, Report{End: EndHorizon, Now: 50 * time.Millisecond, Ticks: 5, Switches: 3}},
		{"until the horizon", Config{Horizon: time.Second, UntilHorizon: true}, func(k *Kernel) {
			must(k.NewThread(ThreadConfig{Entry: func() { _ = k.Sleep(WaitForever) }}))
			k.After(10*time.Second, func() {})
		}, Report{End: EndHorizon, Now: time.Second, Ticks: 100, Switches: 1}},
		{"busy past the horizon", Config{Horizon: time.Second}, func(k *Kernel) {
			must(k.NewThread(ThreadConfig{Entry: func() { k.Busy(time.Hour) }}))
		}, Report{End: EndHorizon, Now: time.Second, Ticks: 100, Switches: 1}},
		{"tick rate", Config{TicksPerSecond: 1000}, func(k *Kernel) {
			must(k.NewThread(ThreadConfig{Entry: func() { _ = k.Sleep(5) }}))
		}, Report{Now: 5 * time.Millisecond, Ticks: 5, Switches: 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			k := New(tt.cfg)
			r, err := k.Run(func() { tt.define(k) })
			if err != nil {
				t.Fatal(err)
			}
			r.Events = 0
			if diff := cmp.Diff(tt.want, *r); diff != "" {
				t.Errorf("report (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPanic(t *testing.T) {
	boom := errors.New("boom")
	tests := []struct {
		name   string
		define func(k *Kernel)
		want   string
	}{
		{"thread", func(k *Kernel) {
			must(k.NewThread(ThreadConfig{Name: "client", Entry: func() { _ = k.Sleep(2); panic(boom) }}))
		}, "sim: panic in client: boom"},
		{"event", func(k *Kernel) {
			must(k.NewThread(ThreadConfig{Name: "client", Entry: func() {
				defer func() { _ = recover() }() // the thread cannot swallow it
				_ = k.Sleep(2)
			}}))
			k.After(time.Millisecond, func() { panic(boom) })
		}, "sim: panic in event: boom"},
		{"timer", func(k *Kernel) {
			must(k.NewThread(ThreadConfig{Name: "client", Entry: func() { _ = k.Sleep(2) }}))
			must(k.NewTimer(TimerConfig{Name: "blink", Initial: 1, Expired: func() { panic(boom) }}))
		}, "sim: panic in timer blink: boom"},
		{"goexit in an event", func(k *Kernel) {
			must(k.NewThread(ThreadConfig{Name: "client", Entry: func() { _ = k.Sleep(2) }}))
			k.After(time.Millisecond, func() { runtime.Goexit() })
		}, "sim: panic in event: runtime.Goexit called outside a thread"},
		{"deferred function of a terminated thread", func(k *Kernel) {
			victim := must(k.NewThread(ThreadConfig{Name: "victim", Entry: func() {
				defer func() { panic(boom) }()
				_ = k.Sleep(2)
			}}))
			must(k.NewThread(ThreadConfig{Name: "client", Priority: 1, Entry: func() { _ = victim.Terminate() }}))
		}, "sim: panic in victim: boom"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			k := New(Config{})
			unwound := false
			_, err := k.Run(func() {
				must(k.NewThread(ThreadConfig{Name: "other", Priority: 9, Entry: func() {
					defer func() { unwound = true }()
					_ = k.Sleep(WaitForever)
				}}))
				tt.define(k)
			})
			var p *PanicError
			if !errors.As(err, &p) {
				t.Fatalf("error %v, want a PanicError", err)
			}
			first, stack, _ := strings.Cut(p.Error(), "\n\n")
			if first != tt.want {
				t.Errorf("error %q, want %q", first, tt.want)
			}
			if !strings.Contains(stack, "run_test.go") {
				t.Errorf("no useful stack:\n%s", stack)
			}
			if !unwound && k.Now() > 0 {
				t.Error("the other thread was not unwound")
			}
		})
	}
}

func TestOnEnd(t *testing.T) {
	k := New(Config{})
	var got []string
	add := func(s string) func() { return func() { got = append(got, s) } }
	_, err := k.Run(func() {
		k.OnEnd(add("first"))
		k.OnEnd(add("second"))
		must(k.NewThread(ThreadConfig{Daemon: true, Entry: func() {
			defer add("unwound")()
			_ = k.Sleep(WaitForever)
		}}))
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"unwound", "second", "first"}, got); diff != "" {
		t.Error(diff)
	}
}
