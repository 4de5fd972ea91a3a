package soak

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// A recorder is the test of a network: it keeps what would fail it.
type recorder struct {
	testing.TB
	problems []Problem
	log      strings.Builder
	cleanups []func()
}

// Helper implements testing.TB.
func (r *recorder) Helper() {}

// Failed implements testing.TB.
func (r *recorder) Failed() bool { return len(r.problems) > 0 }

// Cleanup implements testing.TB.
func (r *recorder) Cleanup(f func()) { r.cleanups = append(r.cleanups, f) }

// Log implements testing.TB.
func (r *recorder) Log(v ...any) { fmt.Fprintln(&r.log, v...) }

// Logf implements testing.TB.
func (r *recorder) Logf(format string, v ...any) { fmt.Fprintf(&r.log, format+"\n", v...) }

var digits = regexp.MustCompile(`[0-9]+`)

// Errorf implements testing.TB. The beginning of the text, without its numbers, is the kind of the problem.
func (r *recorder) Errorf(format string, v ...any) {
	text := fmt.Sprintf(format, v...)
	kind, _, _ := strings.Cut(digits.ReplaceAllString(text, "#"), "\n")
	r.problems = append(r.problems, Problem{Kind: kind[:min(len(kind), 50)], Text: text})
}

// Fatalf implements testing.TB.
func (r *recorder) Fatalf(format string, v ...any) {
	r.Errorf(format, v...)
	panic(r)
}

// run runs a test, and what it has to be cleaned up with.
func (r *recorder) run(test func()) {
	defer func() {
		for i := len(r.cleanups) - 1; i >= 0; i-- {
			r.cleanups[i]()
		}
	}()
	defer func() {
		if p := recover(); p != nil && p != any(r) {
			panic(p)
		}
	}()
	test()
}
