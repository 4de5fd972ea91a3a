package conformance

import (
	"bufio"
	_ "embed" // holds the lists
	"fmt"
	"slices"
	"strings"
)

//go:embed known.txt
var knownText string

//go:embed skips.txt
var skipsText string

// An accepted line stands in known.txt or skips.txt: suite, profile, a name or a family, and why.
type accepted struct {
	file                 string
	line                 int
	suite, profile, name string
	used                 bool
}

// Unaccounted compares results with the repository's lists of accepted differences (known.txt, by name) and accepted
// skips (skips.txt, by family) and returns what they do not account for, one line each: a failure or a skip that is not
// listed, and a line of a list that nothing needs any more. It is empty when all is as expected.
func Unaccounted(results []Result) ([]string, error) {
	return unaccounted(results, knownText, skipsText)
}

func unaccounted(results []Result, knownText, skipsText string) ([]string, error) {
	known, err := parseAccepted("known.txt", knownText)
	if err != nil {
		return nil, err
	}
	skips, err := parseAccepted("skips.txt", skipsText)
	if err != nil {
		return nil, err
	}
	var problems []string
	for _, r := range results {
		switch r.Verdict {
		case Failed:
			if !accept(known, r, r.Name) {
				problems = append(problems, fmt.Sprintf("%s %s %s failed (%s):\n%s", r.Suite, r.Profile, r.Name, r.Source, r.Reason+r.Diff))
			}
		case Skipped:
			if !accept(skips, r, r.Family) {
				problems = append(problems, fmt.Sprintf("%s %s %s skipped, and skips.txt does not list the family %s: %s",
					r.Suite, r.Profile, r.Name, r.Family, r.Reason))
			}
		}
	}
	for _, a := range slices.Concat(known, skips) {
		if !a.used {
			problems = append(problems, fmt.Sprintf("%s:%d: %s %s %s no longer happens: take the line out", a.file, a.line, a.suite, a.profile, a.name))
		}
	}
	return problems, nil
}

// accept reports whether a line of list covers the result under this name or family, and marks the line as used.
func accept(list []*accepted, r Result, name string) bool {
	covered := false
	for _, a := range list {
		if matches(a.suite, r.Suite) && matches(a.profile, r.Profile) && matches(a.name, name) {
			a.used, covered = true, true
		}
	}
	return covered
}

func matches(pattern, value string) bool { return pattern == "*" || pattern == value }

// parseAccepted reads lines of "suite profile name  reason"; # begins a comment line and * stands for any.
func parseAccepted(file, text string) ([]*accepted, error) {
	var list []*accepted
	lines := bufio.NewScanner(strings.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.Fields(line)
		if len(fields) < 4 {
			return nil, fmt.Errorf("%s:%d: want suite, profile, name and a reason: %q", file, n, line)
		}
		list = append(list, &accepted{file: file, line: n, suite: fields[0], profile: fields[1], name: fields[2]})
	}
	return list, lines.Err()
}
