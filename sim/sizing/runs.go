package sizing

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// errStopped ends a search whose budget of runs is used up.
var errStopped = errors.New("sizing: the budget of runs is used up")

// runs makes runs and remembers them. What it is asked for does not depend on how many goroutines work, so neither do the
// answers and the counts.
type runs struct {
	evaluate Evaluator
	workers  int
	budget   int // runs that may be made, 0: any number
	progress func(Progress)

	seeds []uint64               // what a size must pass, in the order in which they were added
	kills map[uint64]int         // sizes that failed with a seed: such seeds go first
	known map[string]*experience // by key
	sizes []*experience          // in the order in which they came
	stage Progress
}

// An experience is what is known about some sizes.
type experience struct {
	sizes    Sizes
	outcomes map[uint64]*Outcome
	failed   []uint64 // seeds, in the order of the runs
}

// key tells sizes apart.
func key(s Sizes) string {
	var b strings.Builder
	for _, p := range s {
		fmt.Fprintf(&b, "%d*%d ", p.Payload, p.Packets)
	}
	return b.String()
}

// of returns what is known about sizes, to be added to.
func (r *runs) of(s Sizes) *experience {
	k := key(s)
	e := r.known[k]
	if e == nil {
		e = &experience{sizes: slices.Clone(s), outcomes: map[uint64]*Outcome{}}
		r.known[k] = e
		r.sizes = append(r.sizes, e)
	}
	return e
}

// passed reports whether sizes passed every seed so far.
func (r *runs) passed(e *experience) bool {
	if len(e.failed) > 0 {
		return false
	}
	for _, seed := range r.seeds {
		if e.outcomes[seed] == nil {
			return false
		}
	}
	return true
}

// order is the seeds with those first that have failed most sizes.
func (r *runs) order() []uint64 {
	seeds := slices.Clone(r.seeds)
	slices.SortStableFunc(seeds, func(a, b uint64) int { return cmp.Compare(r.kills[b], r.kills[a]) })
	return seeds
}

// decide runs each of sizes with seed after seed until it fails or has passed them all: first one seed, then more and more
// at once. It reports which passed.
func (r *runs) decide(ctx context.Context, sizes []Sizes) ([]bool, error) {
	order := r.order()
	for begin, step := 0, 1; begin < len(order); begin, step = begin+step, min(step*4, 32) {
		var tasks []task
		for _, s := range sizes {
			if e := r.of(s); len(e.failed) == 0 {
				for _, seed := range order[begin:min(begin+step, len(order))] {
					tasks = append(tasks, task{e, seed})
				}
			}
		}
		if err := r.run(ctx, tasks); err != nil {
			return nil, err
		}
	}
	passed := make([]bool, len(sizes))
	for i, s := range sizes {
		passed[i] = r.passed(r.of(s))
	}
	return passed, nil
}

// all runs sizes with every one of seeds, whether it fails or not.
func (r *runs) all(ctx context.Context, sizes Sizes, seeds []uint64) (*experience, error) {
	e := r.of(sizes)
	tasks := make([]task, len(seeds))
	for i, seed := range seeds {
		tasks[i] = task{e, seed}
	}
	return e, r.run(ctx, tasks)
}

// A task is one run to be made.
type task struct {
	of   *experience
	seed uint64
}

// run makes the runs of tasks that are not known yet, on all cores, and notes their outcomes in order.
func (r *runs) run(ctx context.Context, tasks []task) error {
	tasks = slices.DeleteFunc(tasks, func(t task) bool { return t.of.outcomes[t.seed] != nil })
	if r.budget > 0 && r.stage.Runs+len(tasks) > r.budget {
		return errStopped
	}
	outcomes, err := r.parallel(ctx, tasks)
	for i, t := range tasks {
		o := outcomes[i]
		if o == nil || t.of.outcomes[t.seed] != nil {
			continue
		}
		t.of.outcomes[t.seed] = o
		r.stage.Runs++
		if !o.Passed() {
			t.of.failed = append(t.of.failed, t.seed)
			r.kills[t.seed]++
		}
	}
	return err
}

// parallel makes the runs of tasks; an outcome is nil where the run was not made. The error is that of the first task with
// one.
func (r *runs) parallel(ctx context.Context, tasks []task) ([]*Outcome, error) {
	outcomes, errs := make([]*Outcome, len(tasks)), make([]error, len(tasks))
	next, done := make(chan int), make(chan struct{}, len(tasks))
	var group sync.WaitGroup
	for range min(r.workers, len(tasks)) {
		group.Go(func() {
			for i := range next {
				o, err := r.evaluate(ctx, slices.Clone(tasks[i].of.sizes), tasks[i].seed)
				if errs[i] = err; err == nil {
					outcomes[i] = &o
				}
				done <- struct{}{}
			}
		})
	}
	finished := 0
	report := func() { r.tell(finished); finished++ }
	for i := range tasks {
		for sent := false; !sent && ctx.Err() == nil; {
			select {
			case next <- i:
				sent = true
			case <-done:
				report()
			}
		}
	}
	close(next)
	group.Wait()
	return outcomes, errors.Join(slices.DeleteFunc(append(errs[:len(errs):len(errs)], ctx.Err()), func(err error) bool { return err == nil })...)
}

// tell reports progress, with finished runs on top of the counted ones.
func (r *runs) tell(finished int) {
	if r.progress != nil {
		p := r.stage
		p.Runs += finished + 1
		r.progress(p)
	}
}

// plan says what comes now, and roughly how many runs it may take.
func (r *runs) plan(stage string, expected int) {
	r.stage.Stage, r.stage.Expected = stage, r.stage.Runs+expected
}

// newRuns prepares runs for s.
func newRuns(s *Search) *runs {
	workers := s.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	return &runs{
		evaluate: s.Evaluate, workers: workers, budget: s.Budget, progress: s.Progress,
		seeds: slices.Clone(s.Shard.Seeds(s.Seeds)), kills: map[uint64]int{}, known: map[string]*experience{},
	}
}
