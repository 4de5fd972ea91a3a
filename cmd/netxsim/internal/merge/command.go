// Package merge is the command that joins the result files of shards.
package merge

import (
	"flag"
	"fmt"

	"netxsim/cmd/netxsim/internal/cli"
	"netxsim/sim/scenario"
	"netxsim/sim/sweep"
)

// A Printer says what a command would have said on one machine for the sweep whose results the store has, as text or as
// JSON.
type Printer func(s cli.Streams, sc *scenario.Scenario, store *sweep.Store, asJSON bool) error

// Command joins result files. The printers are those of the commands that write such files, by name.
func Command(printers map[string]Printer) *cli.Command {
	return &cli.Command{
		Name:  "merge",
		Args:  "FILE…",
		Short: "join the result files of shards",
		Long: `Merge joins the files that 'netxsim run' and 'netxsim size' wrote with --shard and -o, and prints what one machine would
have printed, byte for byte. A shard that was run twice does no harm; files of different scenarios, versions or flags, and
files that contradict each other, are refused with their names. The exit status is that of the joined command, and 2 when a
file cannot be joined or a run is missing.

For 'netxsim size', runs that no shard made are made now.`,
		Examples: []string{
			"netxsim merge part-*.jsonl",
			"netxsim merge --json part-*.jsonl > advice.json",
			"netxsim merge --scenario scenarios/download.yaml part-*.jsonl",
		},
		Setup: func(flags *flag.FlagSet) func(cli.Streams, []string) error {
			o := &options{printers: printers}
			flags.BoolVar(&o.json, "json", false, "print JSON")
			flags.StringVar(&o.scenario, "scenario", "", "where the scenario's `FILE` is on this machine, for mailboxes beside it;\nby default where it was")
			return o.run
		},
	}
}

// options are the command's flags.
type options struct {
	printers map[string]Printer
	json     bool
	scenario string
}

func (o *options) run(s cli.Streams, paths []string) error {
	if len(paths) == 0 {
		return cli.WrongUse("no result file")
	}
	store, err := sweep.Read(paths...)
	if err != nil {
		return cli.BadInput(err)
	}
	h := store.Header()
	print := o.printers[h.Command]
	if print == nil {
		return cli.BadInput(fmt.Errorf("%s: results of an unknown command %q", paths[0], h.Command))
	}
	file := h.File
	if o.scenario != "" {
		file = o.scenario
	}
	sc, err := scenario.LoadAs(file, []byte(h.Source))
	if err != nil {
		return cli.BadInput(err)
	}
	if sc.Hash() != h.Hash {
		return cli.BadInput(fmt.Errorf("%s: the scenario is not the one that the results are of: its mailboxes have changed, or this is another version of netxsim", file))
	}
	if v := scenario.Version(); v != h.Version {
		return cli.BadInput(fmt.Errorf("%s: results of netxsim %s, this is %s", paths[0], h.Version, v))
	}
	return print(s, sc, store, o.json)
}
