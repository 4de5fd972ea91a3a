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

	"netxsim/cmd/netxsim/internal/cli"
	"netxsim/sim/scenario"
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

The exit status is 1 when an expectation fails, and 2 when a flag or the file is wrong.`,
		Examples: []string{
			"netxsim run mine.yaml",
			"netxsim run mine.yaml --seed 7 --pcap frames.pcapng",
			"netxsim run mine.yaml --seeds 1000",
			"netxsim run mine.yaml --seeds 100 --json > results.jsonl",
			"netxsim run mine.yaml --seeds 1000 --shard 2/8 -o part2.jsonl",
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
			flags.StringVar(&o.out, "o", "", "keep the results of many seeds in `FILE`, and take up those that are there")
			return func(s cli.Streams, args []string) error { return start(s, o, args) }
		},
	}
}

func start(s cli.Streams, o options, args []string) error {
	switch {
	case len(args) != 1:
		return cli.WrongUse("want one scenario file")
	case o.seeds < 0:
		return cli.WrongUse("--seeds %d: want 1 or more", o.seeds)
	case o.seeds > 0 && o.pcap != "":
		return cli.WrongUse("--pcap is for one seed: leave --seeds out")
	case o.out != "" && o.seeds == 0:
		return cli.WrongUse("-o is for many seeds: say how many with --seeds")
	case o.shard.Of > 0 && o.out == "":
		return cli.WrongUse("--shard needs -o FILE")
	case o.shard.Of > o.seeds:
		return cli.WrongUse("--shard: %d shards of %d seeds", o.shard.Of, o.seeds)
	}
	made, err := scenario.LoadFile(args[0])
	if err != nil {
		return cli.BadInput(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
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
	r, err := scenario.Run(made, scenario.Options{Seed: o.seed, Pcap: pcap, Context: ctx})
	if err := errors.Join(err, closePcap()); err != nil {
		return err
	}
	if o.json {
		err = printJSON(s.Out, r)
	} else {
		report(s.Out, r)
	}
	if err == nil && !r.Passed() {
		if !o.json {
			fmt.Fprintf(s.Out, "replay: %s\n", replay(file, r.Seed))
		}
		err = cli.ErrFailed
	}
	return err
}

// replay is the command that runs a seed again.
func replay(file string, seed uint64) string {
	return fmt.Sprintf("netxsim run %s --seed %d", quote(file), seed)
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
