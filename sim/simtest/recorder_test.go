package simtest_test

import (
	"fmt"
	"strings"
	"testing"
)

// A recorder stands for a test that fails, to see what it prints.
type recorder struct {
	testing.TB
	failed   bool
	log      strings.Builder
	cleanups []func()
}

func (r *recorder) Helper()                   {}
func (r *recorder) Failed() bool              { return r.failed }
func (r *recorder) Cleanup(f func())          { r.cleanups = append(r.cleanups, f) }
func (r *recorder) Log(v ...any)              { fmt.Fprintln(&r.log, v...) }
func (r *recorder) Logf(f string, v ...any)   { fmt.Fprintf(&r.log, f+"\n", v...) }
func (r *recorder) Errorf(f string, v ...any) { r.failed = true; r.Logf(f, v...) }
func (r *recorder) Fatalf(f string, v ...any) { r.Errorf(f, v...); panic(r) }
func (r *recorder) Fatal(v ...any)            { r.Fatalf("%s", fmt.Sprintln(v...)) }
func (r *recorder) end() {
	for i := len(r.cleanups) - 1; i >= 0; i-- {
		r.cleanups[i]()
	}
}

// record runs a test and returns what it has printed, and whether it has failed.
func record(t *testing.T, test func(t testing.TB)) (log string, failed bool) {
	r := &recorder{TB: t}
	func() {
		defer func() {
			if p := recover(); p != nil && p != any(r) {
				panic(p)
			}
		}()
		test(r)
	}()
	r.end()
	return r.log.String(), r.failed
}
