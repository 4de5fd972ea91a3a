package sim

import (
	"runtime"
	"testing"
	"time"
)

// BenchmarkChannelPingPong is what BenchmarkPingPong is measured against: two goroutines and two
// unbuffered channels.
func BenchmarkChannelPingPong(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	ping, pong := make(chan struct{}), make(chan struct{})
	go func() {
		for range ping {
			pong <- struct{}{}
		}
		close(pong)
	}()
	for b.Loop() {
		ping <- struct{}{}
		<-pong
	}
	close(ping)
	<-pong
}

// BenchmarkPingPong passes the baton to another thread and back by two semaphores.
func BenchmarkPingPong(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	b.ReportAllocs()
	k := New(Config{})
	ping, pong := k.NewSemaphore("ping", 0), k.NewSemaphore("pong", 0)
	bench(b, k, func() {
		must(k.NewThread(ThreadConfig{Name: "echo", Priority: 5, Daemon: true, Entry: func() {
			for {
				_ = ping.Get(WaitForever)
				_ = pong.Put()
			}
		}}))
		must(k.NewThread(ThreadConfig{Name: "main", Priority: 5, Entry: func() {
			for b.Loop() {
				_ = ping.Put()
				_ = pong.Get(WaitForever)
			}
		}}))
	})
}

// BenchmarkPreemption wakes a better thread by key, which waits again.
func BenchmarkPreemption(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	b.ReportAllocs()
	k := New(Config{})
	bench(b, k, func() {
		key := new(int)
		must(k.NewThread(ThreadConfig{Name: "better", Priority: 4, Daemon: true, Entry: func() {
			for {
				_ = k.Wait(key, WaitForever, nil)
			}
		}}))
		must(k.NewThread(ThreadConfig{Name: "main", Priority: 5, Entry: func() {
			for b.Loop() {
				k.Wake(key, nil)
			}
		}}))
	})
}

func bench(b *testing.B, k *Kernel, define func()) {
	b.Helper()
	if _, err := k.Run(define); err != nil {
		b.Fatal(err)
	}
}

// pendingEvents returns a kernel with 100,000 events spread over an hour, and random delays.
func pendingEvents() (k *Kernel, events []*Event, delays []time.Duration) {
	k = New(Config{})
	r := k.Rand("bench")
	events = make([]*Event, 100_000)
	delays = make([]time.Duration, len(events))
	for i := range events {
		delays[i] = time.Duration(r.Int64N(int64(time.Hour)))
		events[i] = k.After(delays[i], func() {})
	}
	return k, events, delays
}

// BenchmarkEventStartCancel starts one more event among 100,000 and stops it again.
func BenchmarkEventStartCancel(b *testing.B) {
	k, _, delays := pendingEvents()
	b.ReportAllocs()
	e, i := k.NewEvent(func() {}), 0
	for b.Loop() {
		i = (i + 7919) % len(delays)
		e.Reset(delays[i])
		e.Stop()
	}
}

// BenchmarkEventMove moves one of 100,000 pending events to another time.
func BenchmarkEventMove(b *testing.B) {
	_, events, delays := pendingEvents()
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		i = (i + 7919) % len(events)
		events[i].Reset(delays[(i*31)%len(delays)])
	}
}

// BenchmarkEventFire is what it costs when an event among 100,000 comes due and is scheduled again.
func BenchmarkEventFire(b *testing.B) {
	k, events, delays := pendingEvents()
	b.ReportAllocs()
	fired := 0
	for i := range events {
		events[i].f = func() { fired++; events[i].Reset(delays[i]) }
	}
	bench(b, k, func() {
		must(k.NewThread(ThreadConfig{Entry: func() {
			for b.Loop() {
				for before := fired; fired == before; {
					_ = k.Sleep(1)
				}
			}
		}}))
	})
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(fired), "ns/event")
}

// BenchmarkSleepHour is an hour of virtual time in which one thread sleeps a tick at a time: 360,000 switches to itself.
func BenchmarkSleepHour(b *testing.B) {
	for b.Loop() {
		k := New(Config{Horizon: time.Hour})
		bench(b, k, func() {
			must(k.NewThread(ThreadConfig{Name: "main", Entry: func() {
				for {
					_ = k.Sleep(1)
				}
			}}))
		})
	}
}

// BenchmarkSleepersDay is a day of virtual time in which 1,000 threads sleep a random number of ticks, 1 to 10 seconds, again
// and again.
func BenchmarkSleepersDay(b *testing.B) {
	for b.Loop() {
		k := New(Config{Horizon: 24 * time.Hour})
		sleeps := 0
		bench(b, k, func() {
			for range 1000 {
				must(k.NewThread(ThreadConfig{Name: "sleeper", Priority: 5, Entry: func() {
					r := k.Rand("sleeps")
					for {
						sleeps++
						_ = k.Sleep(100 + r.Uint32N(900))
					}
				}}))
			}
		})
		b.ReportMetric(float64(sleeps)/b.Elapsed().Seconds()*float64(max(b.N, 1)), "sleeps/s")
	}
}
