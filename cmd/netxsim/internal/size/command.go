// Package size is the command that finds the smallest packet pools for a scenario.
package size

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"

	"netxsim/cmd/netxsim/internal/cli"
	"netxsim/cmd/netxsim/internal/progress"
	"netxsim/sim/scenario"
	"netxsim/sim/sizing"
	"netxsim/sim/sweep"
)

// Name is the command's name, in result files too.
const Name = "size"

// Command finds the smallest packet pools for a scenario.
func Command() *cli.Command {
	return &cli.Command{
		Name:  Name,
		Args:  "FILE",
		Short: "find the smallest packet pools for a scenario",
		Long: `Size searches payload sizes and packet counts of the pools of a scenario for the least RAM on the target with which every
expectation is met at every seed, and then tries to break its answer with fresh seeds. It prints the rules that can be
judged before any run; the lines of C that create the pools; how few packets were free at the worst moment; why one packet
less is too few; and what more RAM would buy. Pools marked "fixed" are left alone.

When no size helps, because packets are lost for good, or threads wait for each other, or packets are not what is missing,
it says so, and the exit status is 1. It is 2 when the scenario cannot be read. Ctrl-C prints the best answer so far.

With --report it writes a page for browsers, which needs nothing else: charts of RAM against time, of payload and packets, and
of the runs that show why the answer is enough and one packet less is not. For that it makes some more runs.

With --shard k/n it makes one n-th of the runs, for 'netxsim merge'. With -o the runs are kept in a file; when the
command is run again it goes on where it was.`,
		Examples: []string{
			"netxsim size download.yaml",
			"netxsim size --seeds 50 --payloads 1536,768,512 download.yaml",
			"netxsim size --report download.html download.yaml",
			"netxsim size --json download.yaml | jq .pools",
			"netxsim size --shard 2/8 -o part2.jsonl download.yaml",
		},
		Setup: func(flags *flag.FlagSet) func(cli.Streams, []string) error {
			o := new(options)
			flags.IntVar(&o.Seeds, "seeds", 10, "seeds 1 to `N` must pass")
			flags.IntVar(&o.Fresh, "fresh", 20, "`N` more seeds try to break the answer; those that do join the others")
			flags.Func("payloads", "`list` of payloads to try for pools that name none, such as 1536,768; by default a choice\nthat suits the MTU", o.payloads)
			flags.IntVar(&o.Confirm, "confirm", 256, "when at most `N` cheaper sizes are left that need not be tried if more packets are never worse, try them all")
			flags.IntVar(&o.Window, "window", 2, "try sizes within `N` packets of those tried to see whether more packets are never worse")
			flags.IntVar(&o.Budget, "budget", 0, "stop after `N` runs; 0: any number")
			flags.IntVar(&o.workers, "workers", 0, "make `N` runs at once; 0: one for each core")
			flags.BoolVar(&o.Verbose, "v", false, "print the rules that hold too")
			flags.BoolVar(&o.json, "json", false, "print one JSON object")
			flags.Func("shard", "make only the runs of shard `k/n`; needs -o", func(text string) (err error) {
				o.shard, err = sweep.ParseShard(text)
				return err
			})
			flags.StringVar(&o.report, "report", "", "write charts and tables into this `file`, as HTML")
			flags.StringVar(&o.out, "o", "", "keep the runs in `FILE`, and take up those that are there")
			return o.run
		},
	}
}

// options are the command's flags. Those with names for JSON decide what is said.
type options struct {
	Seeds    int      `json:"seeds"`
	Fresh    int      `json:"fresh"`
	Payloads []uint32 `json:"payloads,omitempty"`
	Confirm  int      `json:"confirm"`
	Window   int      `json:"window"`
	Budget   int      `json:"budget"`
	Verbose  bool     `json:"verbose,omitempty"`

	workers int
	json    bool
	shard   sweep.Shard
	out     string
	report  string
}

func (o *options) payloads(text string) error {
	for word := range strings.SplitSeq(text, ",") {
		n, err := strconv.ParseUint(strings.TrimSpace(word), 10, 16)
		if err != nil || n == 0 {
			return fmt.Errorf("%q is no payload: want a list of 1 to 65535, such as 1536,768", word)
		}
		o.Payloads = append(o.Payloads, uint32(n))
	}
	return nil
}

// check reports flags that make no sense.
func (o *options) check(args []string) error {
	switch {
	case len(args) != 1:
		return cli.WrongUse("want one scenario, not %d", len(args))
	case o.Seeds < 1:
		return cli.WrongUse("--seeds: %d is not positive", o.Seeds)
	case o.Fresh < 0 || o.Confirm < 0 || o.Window < 0 || o.Budget < 0:
		return cli.WrongUse("--fresh, --confirm, --window and --budget cannot be negative")
	case o.shard.Of > 1 && o.out == "":
		return cli.WrongUse("--shard needs -o FILE")
	case o.shard.Of > 1 && o.report != "":
		return cli.WrongUse("--report is not for a shard")
	case o.shard.Of > o.Seeds:
		return cli.WrongUse("--shard: %d shards of %d seeds", o.shard.Of, o.Seeds)
	}
	return nil
}

func (o *options) run(s cli.Streams, args []string) error {
	if err := o.check(args); err != nil {
		return err
	}
	source, err := os.ReadFile(args[0])
	if err != nil {
		return cli.BadInput(err)
	}
	sc, err := scenario.LoadAs(args[0], source)
	if err != nil {
		return cli.BadInput(err)
	}
	settings, err := json.Marshal(o)
	if err != nil {
		return err
	}
	store, err := sweep.Open(o.out, sweep.Header{
		Command: Name, File: args[0], Source: string(source), Hash: sc.Hash(), Version: scenario.Version(),
		First: 1, Seeds: o.Seeds, Shard: o.shard, Options: settings,
	})
	if err != nil {
		return cli.BadInput(err)
	}
	return errors.Join(o.advise(s, args[0], sc, store), store.Close())
}

// Merged says what the command would have said for the sweep whose runs store has; what is missing is run.
func Merged(s cli.Streams, sc *scenario.Scenario, store *sweep.Store, asJSON bool) error {
	o := &options{json: asJSON}
	if err := json.Unmarshal(store.Header().Options, o); err != nil {
		return cli.BadInput(fmt.Errorf("options of the result files: %w", err))
	}
	return o.advise(s, store.Header().File, sc, store)
}

// advise searches, with a bar, until it is done or interrupted, and prints the advice.
func (o *options) advise(s cli.Streams, file string, sc *scenario.Scenario, store *sweep.Store) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	bar := progress.New(s.Err, "runs")
	search := sizing.Options{
		Seeds: o.Seeds, Fresh: orNone(o.Fresh), Payloads: o.Payloads, Confirm: orNone(o.Confirm), Window: orNone(o.Window),
		Budget: o.Budget, Workers: o.workers, Shard: o.shard, Run: store.Runner(sweep.Simulate),
		Progress: func(p sizing.Progress) {
			bar.Describe(p.Stage)
			bar.Set(p.Runs, max(p.Expected, p.Runs))
		},
	}
	advice, err := sizing.Advise(ctx, sc, search)
	if err == nil && o.report != "" {
		err = writePage(ctx, o.report, file, sc, advice, search)
	}
	bar.Clear()
	if err != nil {
		return cli.BadInput(err)
	}
	return o.print(s.Out, advice, store)
}

// orNone is n, or the number that stands for none.
func orNone(n int) int {
	if n == 0 {
		return -1
	}
	return n
}

func (o *options) print(w io.Writer, a *sizing.Advice, store *sweep.Store) (err error) {
	switch {
	case o.shard.Of > 1:
		state := "complete"
		if a.Stopped != "" {
			state = "stopped: " + a.Stopped
		}
		_, err = fmt.Fprintf(w, "shard %v of %s: %d runs in %s, %s\n", o.shard, a.Scenario, store.Len(), o.out, state)
		if err == nil && a.Stopped != "" {
			return cli.ErrFailed
		}
		return err
	case o.json:
		encoder := json.NewEncoder(w)
		encoder.SetIndent("", "  ")
		err = encoder.Encode(a)
	default:
		err = a.WriteText(w, sizing.TextOptions{Colour: cli.IsTerminal(w), Rules: o.Verbose})
	}
	if err == nil && (a.Kind != sizing.KindSized || a.Stopped != "") {
		err = cli.ErrFailed
	}
	return err
}
