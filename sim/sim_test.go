package sim

import (
	"errors"
	"fmt"
	"runtime"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errTimeout, errAnswer = errors.New("timeout"), errors.New("answer")

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// A journal is a log of what happened when and to whom.
type journal struct {
	k     *Kernel
	lines []string
}

// add writes down the tick, the running thread and what.
func (j *journal) add(what ...any) {
	at := fmt.Sprint(uint64(j.k.Now() / j.k.TickDuration()))
	if rest := j.k.Now() % j.k.TickDuration(); rest != 0 {
		at += "+" + rest.String()
	}
	j.lines = append(j.lines, fmt.Sprintf("%s %s: %s", at, j.k.CurrentName(), fmt.Sprint(what...)))
}

// thread creates a thread that ends a test if it cannot be.
func (j *journal) thread(name string, priority uint32, entry func()) *Thread {
	return must(j.k.NewThread(ThreadConfig{Name: name, Priority: priority, Entry: entry}))
}

// with is thread for a whole configuration.
func (j *journal) with(cfg ThreadConfig) *Thread { return must(j.k.NewThread(cfg)) }

// sleeper creates a thread that sleeps so many ticks and notes how that went.
func (j *journal) sleeper(name string, priority, ticks uint32) *Thread {
	return j.thread(name, priority, func() {
		err := j.k.Sleep(ticks)
		j.add(err)
	})
}

func goexit() { runtime.Goexit() }

// play runs define on a new kernel and returns the journal.
func play(t *testing.T, cfg Config, define func(j *journal)) []string {
	t.Helper()
	j := &journal{k: New(cfg)}
	if _, err := j.k.Run(func() { define(j) }); err != nil {
		t.Fatal(err)
	}
	return j.lines
}

const tick = 10 * time.Millisecond
