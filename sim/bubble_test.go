package sim_test

import (
	"testing"
	"testing/synctest"
	"time"

	"netxsim/sim"
)

// TestClockOfABubbleOutside has a goroutine outside of a bubble, for which the kernel in it waits, schedule an event: it comes in
// the bubble's time.
func TestClockOfABubbleOutside(t *testing.T) {
	jobs, done := make(chan func()), make(chan struct{})
	go func() {
		for job := range jobs {
			job()
			done <- struct{}{}
		}
	}()
	defer close(jobs)
	synctest.Test(t, func(t *testing.T) {
		k := sim.New(sim.Config{Clock: sim.RealTime()})
		stop := k.Start(nil)
		begin := time.Now()
		happened := make(chan time.Duration)
		time.Sleep(time.Second)
		k.Post(func() {
			jobs <- func() {
				if now := k.Now(); now != time.Second {
					t.Errorf("the kernel's time is %v outside", now)
				}
				k.After(time.Minute, func() { happened <- time.Since(begin) })
			}
			<-done
		})
		if at := <-happened; at != time.Minute+time.Second {
			t.Errorf("the event has come at %v", at)
		}
		if _, err := stop(); err != nil {
			t.Error(err)
		}
	})
}
