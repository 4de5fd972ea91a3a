// Package run has the command that runs scenarios.
package run

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"

	"netxsim/cmd/netxsim/internal/cli"
	"netxsim/sim/link/fault"
	"netxsim/sim/report"
	"netxsim/sim/scenario"
	"netxsim/sim/sizing"
	"netxsim/sim/sweep"
)

// Name is the command's name, in result files too.
const Name = "run"

// options are the flags.
type options struct {
	seed  uint64
	seeds int
	pcap  string
	json  bool
	shard sweep.Shard
	out   string

	faults []fault.FrameFault // in place of chance; nil: chance
	shrink bool
	budget int
	report string
	pools  sizing.Sizes
}

// Command is netxsim run.
func Command() *cli.Command {
	return &cli.Command{
		Name:  Name,
		Args:  "FILE",
		Short: "run a scenario, with one seed or many",
		Long: `Run builds the network of a scenario file, lets its hosts do what the file says, on virtual time, and reports what the packet
pools went through and which expectations failed. The same file and seed give the same frames at the same times, always.

With --seeds it runs many seeds, on all processors, and sums them up; for every kind of failure it prints a seed and the command
that replays it. An interrupt ends it with what is known so far. See 'netxsim scenario' for the files.

With -o the results are kept in a file; when the command is run again it goes on where it was. With --shard k/n too it runs
every n-th seed only, from the k-th on, and 'netxsim merge' joins the files of all shards.

With --report it writes a page for browsers, which needs nothing else: charts of the pools and of the worst session's TCP
connection, and tables of everything. Of many seeds it draws the one that is worth looking at first.

With --shrink it finds out why a seed fails, or the first of many that does: it records what the wires did to single frames,
and finds as little of that as possible with which the same expectation fails. It prints that for a scenario, for a Go
test and as a command. An interrupt ends the search with the best so far. With --fault the wires do to frames what it says,
and nothing by chance.

The exit status is 1 when an expectation fails, and 2 when a flag or the file is wrong.`,
		Examples: []string{
			"netxsim run mine.yaml",
			"netxsim run mine.yaml --seed 7 --pcap frames.pcapng",
			"netxsim run mine.yaml --report mine.html",
			"netxsim run mine.yaml --seeds 1000",
			"netxsim run mine.yaml --seeds 100 --json > results.jsonl",
			"netxsim run mine.yaml --seeds 1000 --shard 2/8 -o part2.jsonl",
			"netxsim run mine.yaml --seeds 1000 --shrink",
			"netxsim run mine.yaml --seed 7 --fault 'lan client>server 17 drop'",
		},
		Setup: func(flags *flag.FlagSet) func(cli.Streams, []string) error {
			var o options
			flags.Uint64Var(&o.seed, "seed", 1, "seed `N` of all chance, or the first of many; one seed, one run")
			flags.IntVar(&o.seeds, "seeds", 0, "run `N` seeds in parallel and sum them up; 0 runs one and reports all of it")
			flags.StringVar(&o.pcap, "pcap", "", "write the frames of the one run into this `file`, as pcapng")
			flags.BoolVar(&o.json, "json", false, "print results as JSON, one line for each seed")
			flags.Func("shard", "run only the seeds of shard `k/n`; needs --seeds and -o", func(text string) (err error) {
				o.shard, err = sweep.ParseShard(text)
				return err
			})
			flags.BoolVar(&o.shrink, "shrink", false, "find a shortest list of frame faults with which a failing run still fails")
			flags.IntVar(&o.budget, "budget", 1000, "shrink with at most `N` runs")
			flags.Func("fault", "what happens to a single `frame`, such as 'lan a>b 17 drop', in place of all that the wires do by chance;\nmay be given again; none: nothing happens", o.fault)
			flags.StringVar(&o.report, "report", "", "write charts and tables into this `file`, as HTML")
			flags.Func("pools", "`sizes` in place of the file's, in its order: payload and packets of each pool, such as 1536x12,256x4", func(text string) (err error) {
				o.pools, err = sizing.ParseSizes(text)
				return err
			})
			flags.StringVar(&o.out, "o", "", "keep the results of many seeds in `FILE`, and take up those that are there")
			return func(s cli.Streams, args []string) error { return start(s, o, args) }
		},
	}
}

// fault takes a frame fault from the command line.
func (o *options) fault(text string) error {
	o.faults = slices.Grow(o.faults, 1) // not nil any more
	if text == noFaults {
		return nil
	}
	f, err := fault.ParseFrameFault(text)
	if err == nil {
		o.faults = append(o.faults, f)
	}
	return err
}

// noFaults is the text for no frame fault at all.
const noFaults = "none"

// check reports flags that make no sense.
func (o *options) check(args []string) error {
	switch {
	case len(args) != 1:
		return cli.WrongUse("want one scenario file")
	case o.seeds < 0:
		return cli.WrongUse("--seeds %d: want 1 or more", o.seeds)
	case o.shrink && o.out != "":
		return cli.WrongUse("--shrink keeps no results: leave -o out")
	case o.shrink && o.report != "":
		return cli.WrongUse("--shrink draws no charts: replay what it finds with --report")
	case o.budget < 1:
		return cli.WrongUse("--budget %d: want 1 or more", o.budget)
	case o.seeds > 0 && o.pcap != "" && !o.shrink:
		return cli.WrongUse("--pcap is for one seed: leave --seeds out")
	case o.out != "" && o.seeds == 0:
		return cli.WrongUse("-o is for many seeds: say how many with --seeds")
	case o.shard.Of > 0 && o.out == "":
		return cli.WrongUse("--shard needs -o FILE")
	case o.shard.Of > 1 && o.report != "":
		return cli.WrongUse("--report is not for a shard")
	case o.pools != nil && o.out != "":
		return cli.WrongUse("--pools does not go with -o")
	case o.shard.Of > o.seeds:
		return cli.WrongUse("--shard: %d shards of %d seeds", o.shard.Of, o.seeds)
	case o.faults != nil && o.out != "":
		return cli.WrongUse("--fault is not kept in results: leave -o out, or write the faults into the scenario")
	}
	return nil
}

func start(s cli.Streams, o options, args []string) error {
	if err := o.check(args); err != nil {
		return err
	}
	made, err := scenario.LoadFile(args[0])
	if err != nil {
		return cli.BadInput(err)
	}
	if o.faults != nil {
		made.Faults = o.faults
		if err := made.Check(); err != nil {
			return cli.WrongUse("--fault: %w", err)
		}
	}
	if made, err = o.resize(made); err != nil {
		return cli.WrongUse("--pools: %v", err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if o.shrink {
		return runShrunk(ctx, s, o, args[0], made)
	}
	if o.out != "" {
		return runKept(ctx, s, o, args[0], made)
	}
	if o.seeds > 0 {
		return runMany(ctx, s, o, args[0], made)
	}
	return runOne(ctx, s, o, args[0], made)
}

// runOne runs one seed and reports it.
func runOne(ctx context.Context, s cli.Streams, o options, file string, made *scenario.Scenario) error {
	pcap, closePcap, err := create(o.pcap)
	if err != nil {
		return cli.BadInput(fmt.Errorf("--pcap: %w", err))
	}
	r, err := scenario.Run(made, scenario.Options{Seed: o.seed, Pcap: pcap, Context: ctx, Series: o.report != "", Sequence: o.report != ""})
	if err := errors.Join(err, closePcap()); err != nil {
		return err
	}
	if err := o.writeReport(&report.Report{Scenario: made, File: file, Runs: []report.Run{{Sizes: o.pools, Result: r}}}); err != nil {
		return err
	}
	if o.json {
		r.DropSeries()
		err = printJSON(s.Out, r)
	} else {
		printResult(s.Out, r)
	}
	if err == nil && !r.Passed() {
		if !o.json {
			fmt.Fprintf(s.Out, "replay: %s\n", o.replay(file, r.Seed, o.faults))
		}
		err = cli.ErrFailed
	}
	return err
}

// replay is the command that runs a seed again, by chance or with a list of frame faults.
func (o *options) replay(file string, seed uint64, faults []fault.FrameFault) string {
	text := report.Replay(file, seed, o.pools)
	if faults != nil && len(faults) == 0 {
		text += " --fault " + noFaults
	}
	for _, f := range faults {
		text += " --fault '" + strings.ReplaceAll(f.String(), "'", `'\''`) + "'"
	}
	return text
}

// create creates a file; nil for no name.
func create(name string) (io.Writer, func() error, error) {
	if name == "" {
		return nil, func() error { return nil }, nil
	}
	f, err := os.Create(name)
	if err != nil {
		return nil, nil, err
	}
	return f, f.Close, nil
}
