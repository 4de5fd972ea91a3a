// Package conformance compares the model with what the C library did.
//
// # Vectors
//
// A vector is one line of JSON: a small program against the NetX Duo or ThreadX services, and what every call of it
// returned when the C library ran it. Its header names it: suite ("packet", "pop3", "threadx", "socket"), profile (the
// target it was recorded on, as "ilp32" or "lp64") and name ("family/case", unique within suite and profile). The rest
// is the suite's own; the FORMAT.md beside the vectors describes it.
//
// # Running them
//
// [Load] reads files and folders, [Embedded] the vectors that the repository ships. [Run] gives each to the
// [Replayer] of its suite and collects a [Result] for every one: Passed, Failed with a diff, or Skipped with the
// reason why the model cannot run it. Nothing is left out silently: a suite without a replayer is skipped too.
package conformance

import (
	"fmt"
	"strings"
)

// A Replayer runs one vector, given as its line, and compares what the model does with what is recorded. diff is empty
// when they agree, else it shows what differs (- recorded, + model). skip, when not empty, says why the model cannot run
// the vector. It must be safe for concurrent use.
type Replayer func(raw []byte) (diff string, skip string)

// A Case is one vector and where it was read.
type Case struct {
	Suite   string // suite it belongs to, such as "pop3"
	Profile string // target it was recorded on, such as "ilp32"
	Name    string // "family/case"
	File    string // file it was read from
	Line    int    // line in that file, from 1
	Raw     []byte // the line itself
}

// Family is the part of the name in front of its first slash: what the case is about.
func (c Case) Family() string {
	family, _, _ := strings.Cut(c.Name, "/")
	return family
}

// Source is where the case was read: "file:line".
func (c Case) Source() string { return fmt.Sprintf("%s:%d", c.File, c.Line) }

// A Verdict says how a vector ended. The zero Verdict is none.
type Verdict int

// The verdicts.
const (
	Passed  Verdict = iota + 1 // the model did what is recorded
	Failed                     // it did not
	Skipped                    // the model cannot run the vector
)

// String is the verdict in lower case.
func (v Verdict) String() string {
	switch v {
	case Passed:
		return "passed"
	case Failed:
		return "failed"
	case Skipped:
		return "skipped"
	}
	return fmt.Sprintf("Verdict(%d)", int(v))
}

// MarshalText writes the verdict as String does.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// A Result is what became of one vector.
type Result struct {
	Suite   string  `json:"suite"`
	Profile string  `json:"profile"`
	Family  string  `json:"family"`
	Name    string  `json:"name"`
	Source  string  `json:"source"` // "file:line" of the vector
	Verdict Verdict `json:"verdict"`
	Reason  string  `json:"reason,omitempty"` // why it was skipped, or why it failed without a diff
	Diff    string  `json:"diff,omitempty"`   // - recorded, + model
}

// Counts are numbers of vectors by verdict.
type Counts struct {
	Passed  int `json:"passed"`
	Failed  int `json:"failed"`
	Skipped int `json:"skipped"`
}

// Add counts one more verdict.
func (c *Counts) Add(v Verdict) {
	switch v {
	case Passed:
		c.Passed++
	case Failed:
		c.Failed++
	case Skipped:
		c.Skipped++
	}
}

// String is the closing line of a run: "N passed, N failed, N skipped".
func (c Counts) String() string {
	return fmt.Sprintf("%d passed, %d failed, %d skipped", c.Passed, c.Failed, c.Skipped)
}
