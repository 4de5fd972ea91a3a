package simtest

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"testing"

	"netxsim/sim/link/fault"
)

// An attempt is one run of a test that is run many times: a testing.TB that keeps to itself what is said and whether it has failed. The
// rest is the test's own.
type attempt struct {
	testing.TB
	recorded []fault.FrameFault

	mu              sync.Mutex
	failed, skipped bool
	log             strings.Builder
	cleanups        []func()
}

// run runs f and the cleanup functions on a goroutine of its own, which f may end.
func (a *attempt) run(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer a.clean()
		defer a.caught()
		f()
	}()
	<-done
}

// clean calls the cleanup functions, the last one first, however they end.
func (a *attempt) clean() {
	a.mu.Lock()
	n := len(a.cleanups) - 1
	if n < 0 {
		a.mu.Unlock()
		return
	}
	f := a.cleanups[n]
	a.cleanups = a.cleanups[:n]
	a.mu.Unlock()
	defer a.clean()
	defer a.caught()
	f()
}

// caught makes a panic a failure.
func (a *attempt) caught() {
	if v := recover(); v != nil {
		a.Errorf("panic: %v\n\n%s", v, debug.Stack())
	}
}

// output is what was said so far.
func (a *attempt) output() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return strings.TrimSuffix(a.log.String(), "\n")
}

// Write implements io.Writer for Output.
func (a *attempt) Write(text []byte) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.log.Write(text)
}

func (a *attempt) set(what *bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	*what = true
}

func (a *attempt) is(what *bool) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return *what
}

// What follows implements testing.TB.

func (a *attempt) Cleanup(f func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.cleanups = append(a.cleanups, f)
}

func (a *attempt) Output() io.Writer              { return a }
func (a *attempt) Helper()                        {}
func (a *attempt) Log(args ...any)                { fmt.Fprintln(a, args...) }
func (a *attempt) Logf(format string, v ...any)   { a.Log(fmt.Sprintf(format, v...)) }
func (a *attempt) Fail()                          { a.set(&a.failed) }
func (a *attempt) Failed() bool                   { return a.is(&a.failed) }
func (a *attempt) FailNow()                       { a.Fail(); runtime.Goexit() }
func (a *attempt) Error(args ...any)              { a.Log(args...); a.Fail() }
func (a *attempt) Errorf(format string, v ...any) { a.Logf(format, v...); a.Fail() }
func (a *attempt) Fatal(args ...any)              { a.Log(args...); a.FailNow() }
func (a *attempt) Fatalf(format string, v ...any) { a.Logf(format, v...); a.FailNow() }
func (a *attempt) SkipNow()                       { a.set(&a.skipped); runtime.Goexit() }
func (a *attempt) Skipped() bool                  { return a.is(&a.skipped) }
func (a *attempt) Skip(args ...any)               { a.Log(args...); a.SkipNow() }
func (a *attempt) Skipf(format string, v ...any)  { a.Logf(format, v...); a.SkipNow() }
