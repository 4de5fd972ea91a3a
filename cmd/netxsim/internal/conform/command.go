// Package conform is the command that runs conformance vectors.
package conform

import (
	"flag"
	"fmt"
	"regexp"
	"strings"

	"netxsim/cmd/netxsim/internal/cli"
	"netxsim/cmd/netxsim/internal/progress"
	"netxsim/test/conformance"
	"netxsim/test/conformance/suites"
)

// Command runs conformance vectors with the model's replayers.
func Command() *cli.Command { return command(suites.All()) }

func command(replayers map[string]conformance.Replayer) *cli.Command {
	return &cli.Command{
		Name:  "conform",
		Args:  "[PATH…]",
		Short: "compare the model with what the C library did",
		Long: `Conform runs conformance vectors: small programs whose every answer was recorded from the C library. PATH is a file
of vectors or a folder, which is searched for *.jsonl files; without PATH the vectors inside the program are run.

It prints how many vectors of every suite and profile passed, failed and were skipped, the first failures as diffs
(- recorded, + model), why vectors were skipped, and last "N passed, N failed, N skipped". The exit status is 1 when any
failed and 2 when a file cannot be read or holds a line that is no vector.`,
		Examples: []string{
			"netxsim conform",
			"netxsim conform -v ../shared/conformance/pop3",
			"netxsim conform --suite packet --run '^append'",
			"netxsim conform --json ../shared/conformance | jq .counts",
		},
		Setup: func(flags *flag.FlagSet) func(cli.Streams, []string) error {
			o := &options{replayers: replayers}
			flags.BoolVar(&o.verbose, "v", false, "count by family too, and show every failure")
			flags.BoolVar(&o.json, "json", false, "print one JSON object: counts, groups, and a result for every vector")
			flags.IntVar(&o.diffs, "diffs", 5, "show the first `N` failures; -v shows all")
			flags.StringVar(&o.suite, "suite", "", "run only the vectors of this `suite`: packet, pop3, threadx or socket")
			flags.StringVar(&o.pattern, "run", "", "run only the vectors whose name matches the regular `expression`")
			return o.run
		},
	}
}

// options are the command's flags.
type options struct {
	replayers map[string]conformance.Replayer
	verbose   bool
	json      bool
	diffs     int
	suite     string
	pattern   string
}

func (o *options) run(s cli.Streams, paths []string) error {
	if o.diffs < 0 {
		return cli.WrongUse("--diffs: %d is negative", o.diffs)
	}
	cases, err := o.load(paths)
	if err != nil {
		return err
	}
	bar := progress.New(s.Err, "vectors")
	results := conformance.Run(cases, conformance.Options{Replayers: o.replayers, Progress: bar.Set})
	bar.Clear()
	report := newReport(results)
	if o.json {
		err = report.writeJSON(s.Out)
	} else {
		err = report.write(s.Out, o.verbose, o.diffs)
	}
	if err == nil && report.Counts.Failed > 0 {
		err = cli.ErrFailed
	}
	return err
}

// load reads the vectors of paths, or those inside the program, and keeps the ones that the flags ask for.
func (o *options) load(paths []string) ([]conformance.Case, error) {
	match, err := regexp.Compile(o.pattern)
	if err != nil {
		return nil, cli.WrongUse("--run: %w", err)
	}
	var cases []conformance.Case
	if len(paths) == 0 {
		cases, err = conformance.Embedded()
	} else {
		cases, err = conformance.Load(paths...)
	}
	if err != nil {
		return nil, cli.BadInput(err)
	}
	if len(cases) == 0 {
		return nil, cli.BadInput(fmt.Errorf("no vector in %s", strings.Join(paths, ", ")))
	}
	var kept []conformance.Case
	for _, c := range cases {
		if (o.suite == "" || c.Suite == o.suite) && match.MatchString(c.Name) {
			kept = append(kept, c)
		}
	}
	if len(kept) == 0 {
		return nil, cli.WrongUse("none of the %d vectors matches --suite %q and --run %q", len(cases), o.suite, o.pattern)
	}
	return kept, nil
}
