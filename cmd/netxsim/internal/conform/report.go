package conform

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"netxsim/test/conformance"
)

// A report is what a run of vectors showed.
type report struct {
	Counts  conformance.Counts   `json:"counts"`
	Groups  []group              `json:"groups"` // by suite, profile and family
	Results []conformance.Result `json:"results"`
}

// A group counts the results of one family, or of all families when Family is empty.
type group struct {
	Suite   string `json:"suite"`
	Profile string `json:"profile"`
	Family  string `json:"family"`
	conformance.Counts
}

func newReport(results []conformance.Result) report {
	r := report{Results: results, Groups: groups(results, true)}
	for _, result := range results {
		r.Counts.Add(result.Verdict)
	}
	return r
}

// groups counts results by suite and profile, and by family when asked, in that order.
func groups(results []conformance.Result, byFamily bool) []group {
	var list []group
	at := map[group]int{}
	for _, r := range results {
		key := group{Suite: r.Suite, Profile: r.Profile}
		if byFamily {
			key.Family = r.Family
		}
		i, ok := at[key]
		if !ok {
			i = len(list)
			at[key], list = i, append(list, key)
		}
		list[i].Add(r.Verdict)
	}
	slices.SortFunc(list, func(a, b group) int {
		return cmp.Or(cmp.Compare(a.Suite, b.Suite), cmp.Compare(a.Profile, b.Profile), cmp.Compare(a.Family, b.Family))
	})
	return list
}

// writeJSON prints the report as one JSON object.
func (r report) writeJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	return enc.Encode(r)
}

// write prints the report for people: failures, skips, counts, and the closing line. Verbose counts by family and shows
// all failures, else only as many as diffs says are shown.
func (r report) write(w io.Writer, verbose bool, diffs int) error {
	out := bufio.NewWriter(w)
	if verbose {
		diffs = len(r.Results)
	}
	r.writeFailures(out, diffs)
	r.writeSkips(out)
	r.writeTable(out, verbose)
	fmt.Fprintln(out, r.Counts)
	return out.Flush()
}

func (r report) writeFailures(w io.Writer, limit int) {
	shown := 0
	for _, result := range r.Results {
		if result.Verdict != conformance.Failed {
			continue
		}
		if shown == limit {
			break
		}
		shown++
		fmt.Fprintf(w, "FAILED %s %s %s (%s)\n%s\n", result.Suite, result.Profile, result.Name, result.Source, indent(result.Reason+result.Diff))
	}
	if more := r.Counts.Failed - shown; more > 0 {
		fmt.Fprintf(w, "%d more failed; -v shows all.\n\n", more)
	}
}

// indent moves text four columns to the right.
func indent(text string) string {
	var b strings.Builder
	for line := range strings.Lines(strings.TrimRight(text, "\n") + "\n") {
		b.WriteString("    " + line)
	}
	return b.String()
}

// writeSkips prints every reason for skips once, with how many vectors of each suite and profile it kept from running.
func (r report) writeSkips(w io.Writer) {
	type key struct{ suite, profile, reason string }
	var order []key
	count := map[key]int{}
	for _, result := range r.Results {
		if result.Verdict != conformance.Skipped {
			continue
		}
		k := key{result.Suite, result.Profile, result.Reason}
		if count[k] == 0 {
			order = append(order, k)
		}
		count[k]++
	}
	for _, k := range order {
		fmt.Fprintf(w, "skipped %d of %s %s: %s\n", count[k], k.suite, k.profile, k.reason)
	}
	if len(order) > 0 {
		fmt.Fprintln(w)
	}
}

// writeTable prints the counts of every suite and profile, and of every family when asked.
func (r report) writeTable(w io.Writer, byFamily bool) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprint(table, "suite\tprofile\t")
	if byFamily {
		fmt.Fprint(table, "family\t")
	}
	fmt.Fprint(table, "passed\tfailed\tskipped\n")
	for _, g := range groups(r.Results, byFamily) {
		fmt.Fprintf(table, "%s\t%s\t", g.Suite, g.Profile)
		if byFamily {
			fmt.Fprintf(table, "%s\t", g.Family)
		}
		fmt.Fprintf(table, "%6d\t%6d\t%7d\n", g.Passed, g.Failed, g.Skipped)
	}
	table.Flush()
	fmt.Fprintln(w)
}
