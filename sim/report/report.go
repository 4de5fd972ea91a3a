package report

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"

	"netxsim/sim/scenario"
	"netxsim/sim/sizing"
	"netxsim/sim/sweep"
)

// A Report is what a page is made of. Scenario is needed; all else is shown if it is there.
type Report struct {
	// Scenario is what was run or sized, as [scenario.Load] returns it.
	Scenario *scenario.Scenario
	// File is the scenario's file, for commands that run something again; empty means that there is none.
	File string
	// Advice is what sizing says, Maps are maps of its pools.
	Advice *sizing.Advice
	Maps   []*sizing.Map
	// Sweep is the sum of the runs with many seeds.
	Sweep *sweep.Summary
	// Runs are drawn one by one.
	Runs []Run
}

// A Run is a run to be drawn.
type Run struct {
	// Title and Text say why it is drawn; an empty Title names the seed.
	Title, Text string
	// Sizes are those of the pools, if the run had others than the scenario.
	Sizes sizing.Sizes
	// Result is what came of it, with Series and Sequence for the charts.
	Result *scenario.Result
}

// WriteHTML writes the report as one HTML file that needs nothing else. The same report gives the same bytes.
func (r *Report) WriteHTML(w io.Writer) error {
	var b bytes.Buffer
	if err := page.Execute(&b, r.view()); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// A view is what the template shows.
type view struct {
	Title       string
	Description string
	Verdict     verdict
	Facts       []fact
	Advice      *adviceView
	Sweep       *sweepView
	Runs        []runView
	Scenario    scenarioView
}

// A verdict is the result in a line.
type verdict struct {
	Good bool
	Text string
}

// A fact is a name and what it stands for.
type fact struct{ Name, Value string }

func (r *Report) view() *view {
	v := &view{Title: r.Scenario.Name, Description: strings.TrimSpace(r.Scenario.Description), Scenario: newScenarioView(r.Scenario)}
	if r.Advice != nil {
		v.Advice = r.adviceView()
	}
	if r.Sweep != nil {
		v.Sweep = r.sweepView()
	}
	for i := range r.Runs {
		v.Runs = append(v.Runs, r.runView(i))
	}
	v.Verdict, v.Facts = r.verdict(), r.facts()
	return v
}

// verdict is the line under the title.
func (r *Report) verdict() verdict {
	switch {
	case r.Advice != nil:
		return verdict{r.Advice.Kind == sizing.KindSized, r.Advice.Title()}
	case r.Sweep != nil:
		return verdict{r.Sweep.Failed == 0, fmt.Sprintf("%d of %s passed", r.Sweep.Runs-r.Sweep.Failed, plural(r.Sweep.Runs, "seed", "seeds"))}
	case len(r.Runs) == 0:
		return verdict{true, "Nothing was run"}
	}
	failures := 0
	for i := range r.Runs {
		failures += len(r.Runs[i].Result.Failures)
	}
	if failures > 0 {
		return verdict{false, plural(failures, "expectation", "expectations") + " failed"}
	}
	return verdict{true, "Everything expected held"}
}

// facts are those by which the report can be made again.
func (r *Report) facts() []fact {
	version := ""
	var list []fact
	if len(r.Runs) > 0 {
		version = r.Runs[0].Result.Version
	}
	if a := r.Advice; a != nil {
		version = a.Version
		list = append(list, fact{"Runs", count(a.Runs)}, fact{"Seeds", fmt.Sprintf("%d, and %d fresh ones", len(a.Seeds), len(a.Fresh))})
	}
	if r.Sweep != nil {
		list = append(list, fact{"Runs", count(r.Sweep.Runs)}, fact{"Virtual time", seconds(r.Sweep.Virtual)})
	}
	if r.File != "" {
		list = append(list, fact{"File", r.File})
	}
	list = append(list, fact{"Scenario hash", r.Scenario.Hash()})
	if version != "" {
		list = append(list, fact{"netxsim", version})
	}
	return list
}

// replay is the command that makes a run again.
func (r *Report) replay(seed uint64, sizes sizing.Sizes) string { return Replay(r.File, seed, sizes) }

// Replay returns the command that runs a scenario's file with a seed, and with other sizes of its pools if there are some.
func Replay(file string, seed uint64, sizes sizing.Sizes) string {
	if file == "" {
		file = "FILE"
	}
	command := "netxsim run " + quote(file) + " --seed " + strconv.FormatUint(seed, 10)
	if sizes != nil {
		words := make([]string, len(sizes))
		for i, p := range sizes {
			words[i] = fmt.Sprintf("%dx%d", p.Payload, p.Packets)
		}
		command += " --pools " + strings.Join(words, ",")
	}
	return command
}
