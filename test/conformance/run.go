package conformance

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
)

// Options say how vectors are run. The zero Options are useful.
type Options struct {
	// Replayers run the vectors, by suite. The vectors of other suites are skipped.
	Replayers map[string]Replayer
	// Workers is how many vectors run at once; 0 means one for every core.
	Workers int
	// Limit is the wall time one vector may take before it counts as failed; 0 means a minute.
	Limit time.Duration
	// Progress, when not nil, is called after every vector with how many have ended; never twice at once.
	Progress func(done, total int)
}

// Run runs the vectors, many at once, and returns their results in the order of the cases.
func Run(cases []Case, opts Options) []Result {
	results := make([]Result, len(cases))
	var next, done atomic.Int64
	var workers sync.WaitGroup
	var progress sync.Mutex
	for range opts.workers(len(cases)) {
		workers.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(cases)); i = next.Add(1) - 1 {
				results[i] = opts.runOne(cases[i])
				if opts.Progress != nil {
					progress.Lock()
					opts.Progress(int(done.Add(1)), len(cases))
					progress.Unlock()
				}
			}
		})
	}
	workers.Wait()
	return results
}

func (o Options) workers(cases int) int {
	n := o.Workers
	if n <= 0 {
		n = runtime.GOMAXPROCS(0)
	}
	return min(n, cases)
}

// runOne runs one vector and turns whatever happens into a result.
func (o Options) runOne(c Case) Result {
	r := Result{Suite: c.Suite, Profile: c.Profile, Family: c.Family(), Name: c.Name, Source: c.Source()}
	replay := o.Replayers[c.Suite]
	if replay == nil {
		r.Verdict, r.Reason = Skipped, fmt.Sprintf("the model has no %s replayer yet", c.Suite)
		return r
	}
	answer := make(chan outcome, 1)
	go guarded(replay, c.Raw, answer)
	limit := o.Limit
	if limit <= 0 {
		limit = time.Minute
	}
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case got := <-answer:
		got.fill(&r)
	case <-timer.C:
		r.Verdict, r.Reason = Failed, fmt.Sprintf("still running after %v of wall time; left behind", limit)
	}
	return r
}

// An outcome is what a replayer returned, or how it panicked.
type outcome struct{ diff, skip, panicked string }

func (o outcome) fill(r *Result) {
	switch {
	case o.panicked != "":
		r.Verdict, r.Reason = Failed, o.panicked
	case o.skip != "":
		r.Verdict, r.Reason = Skipped, o.skip
	case o.diff != "":
		r.Verdict, r.Diff = Failed, o.diff
	default:
		r.Verdict = Passed
	}
}

// guarded calls replay and sends what it returned, or that it panicked or ended its goroutine.
func guarded(replay Replayer, raw []byte, answer chan<- outcome) {
	o := outcome{panicked: "the replayer ended its goroutine without returning"}
	defer func() {
		if p := recover(); p != nil {
			o.panicked = fmt.Sprintf("panic: %v\n\n%s", p, debug.Stack())
		}
		answer <- o
	}()
	diff, skip := replay(raw)
	o = outcome{diff: diff, skip: skip}
}
