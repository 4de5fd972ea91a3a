package run

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"netxsim/cmd/netxsim/internal/cli"
	"netxsim/cmd/netxsim/internal/progress"
	"netxsim/sim/scenario"
	"netxsim/sim/sweep"
)

// runKept runs many seeds, or a shard of them, and keeps the results in a file.
func runKept(ctx context.Context, s cli.Streams, o options, file string, made *scenario.Scenario) error {
	source, err := os.ReadFile(file)
	if err != nil {
		return cli.BadInput(err)
	}
	store, err := sweep.Open(o.out, sweep.Header{
		Command: Name, File: file, Source: string(source), Hash: made.Hash(), Version: scenario.Version(),
		First: o.seed, Seeds: o.seeds, Shard: o.shard,
	})
	if err != nil {
		return cli.BadInput(err)
	}
	seeds := o.shard.Seeds(sweep.Seeds(o.seed, o.seeds))
	bar := progress.New(s.Err, "seeds")
	results, err := sweep.Run(ctx, made, seeds, 0, store.Runner(sweep.Simulate), bar.Set)
	bar.Clear()
	if err := errors.Join(err, store.Close()); err != nil {
		return fmt.Errorf("%w; %d of %d seeds are in %s: run the command again to go on", err, store.Len(), len(seeds), o.out)
	}
	if o.shard.Of > 1 {
		_, err := fmt.Fprintf(s.Out, "shard %v of %s: %d runs in %s\n", o.shard, made.Name, store.Len(), o.out)
		return err
	}
	return o.printAll(ctx, s.Out, file, made, results)
}

// Merged prints what the command would have printed for the sweep whose results store has.
func Merged(s cli.Streams, made *scenario.Scenario, store *sweep.Store, asJSON bool) error {
	h := store.Header()
	results, missing, err := store.Results(sweep.Seeds(h.First, h.Seeds))
	if err != nil {
		return cli.BadInput(err)
	}
	if len(missing) > 0 {
		return cli.BadInput(fmt.Errorf("%d of %d seeds are missing, %d the first: a shard is not complete or not named", len(missing), h.Seeds, missing[0]))
	}
	return (&options{json: asJSON}).printAll(context.Background(), s.Out, h.File, made, results)
}

// printAll prints the results of many seeds, or what they sum up to.
func (o *options) printAll(ctx context.Context, w io.Writer, file string, made *scenario.Scenario, results []*scenario.Result) error {
	sum := summary{o: o, file: file, name: made.Name}
	for _, r := range results {
		sum.Add(r)
		if o.json {
			if err := printJSON(w, r); err != nil {
				return err
			}
		}
	}
	if err := o.writeSum(ctx, &sum, made); err != nil {
		return err
	}
	if !o.json {
		sum.print(w, len(results))
	}
	if sum.Failed > 0 {
		return cli.ErrFailed
	}
	return nil
}
