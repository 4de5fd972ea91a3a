package scenario

import (
	"context"
	"runtime"
	"sync"
)

// RunSeeds runs a scenario with count seeds from first on, several at a time,
// and has each called with the results, in the order of the seeds, from the
// calling goroutine. It ends early when each returns false, or with the first
// error.
//
// o is for all runs but for its seed; Pcap is not used. workers is how many go
// on at once; 0 means one for every processor.
func RunSeeds(s *Scenario, o Options, first uint64, count, workers int, each func(*Result) bool) error {
	if workers == 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	p, err := Prepare(s)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(contextOf(o))
	defer cancel()
	o.Context, o.Pcap = ctx, nil
	runs := startRuns(ctx, p, o, first, count, min(workers, count))
	defer runs.wait()
	defer cancel()
	for range count {
		outcome := <-runs.next()
		if outcome.err != nil {
			return outcome.err
		}
		if !each(outcome.result) {
			return nil
		}
	}
	return nil
}

func contextOf(o Options) context.Context {
	if o.Context == nil {
		return context.Background()
	}
	return o.Context
}

// outcome is what came of one seed.
type outcome struct {
	result *Result
	err    error
}

// runs are the runs that go on, and their outcomes in order.
type runs struct {
	ordered chan chan outcome
	group   sync.WaitGroup
}

// ahead is how many outcomes may wait, per worker, for one before them.
const ahead = 16

// startRuns starts the workers. They end with ctx.
func startRuns(ctx context.Context, p *Prepared, o Options, first uint64, count, workers int) *runs {
	r := &runs{ordered: make(chan chan outcome, ahead*workers)}
	type job struct {
		seed uint64
		out  chan outcome
	}
	jobs := make(chan job)
	r.group.Go(func() {
		defer close(jobs)
		for n := range count {
			j := job{first + uint64(n), make(chan outcome, 1)}
			r.ordered <- j.out // has room, or somebody takes from it: see wait
			jobs <- j
		}
	})
	for range workers {
		r.group.Go(func() {
			for j := range jobs {
				if err := ctx.Err(); err != nil {
					j.out <- outcome{nil, err}
					continue
				}
				o := o
				o.Seed = j.seed
				result, err := p.Run(o)
				j.out <- outcome{result, err}
			}
		})
	}
	return r
}

// next returns where the next outcome will be.
func (r *runs) next() <-chan outcome { return <-r.ordered }

// wait waits until all workers have ended; what they still had is dropped.
func (r *runs) wait() {
	done := make(chan struct{})
	go func() {
		r.group.Wait()
		close(done)
	}()
	for {
		select {
		case <-r.ordered:
		case <-done:
			return
		}
	}
}
