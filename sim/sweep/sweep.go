package sweep

import (
	"context"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"sync"

	"netxsim/sim/scenario"
)

// A Runner runs a scenario once with one seed. It is called from several goroutines at once.
type Runner = func(ctx context.Context, s *scenario.Scenario, seed uint64) (*scenario.Result, error)

// Simulate is the Runner that runs the scenario.
func Simulate(ctx context.Context, s *scenario.Scenario, seed uint64) (*scenario.Result, error) {
	return scenario.Run(s, scenario.Options{Seed: seed, Context: ctx})
}

// A Shard is one of equal parts of a list of seeds. The zero Shard is all of it.
type Shard struct {
	Number int `json:"number,omitempty"` // 1 to Of
	Of     int `json:"of,omitempty"`
}

// ParseShard reads a shard as "2/8".
func ParseShard(text string) (Shard, error) {
	number, of, ok := strings.Cut(text, "/")
	k, err := strconv.Atoi(number)
	n, err2 := strconv.Atoi(of)
	if !ok || err != nil || err2 != nil || k < 1 || n < k {
		return Shard{}, fmt.Errorf("%q is no shard: want k/n with k from 1 to n, such as 2/8", text)
	}
	return Shard{k, n}, nil
}

// String returns the shard as "2/8"; the zero Shard is "1/1".
func (s Shard) String() string { return fmt.Sprintf("%d/%d", max(s.Number, 1), max(s.Of, 1)) }

// Seeds returns the seeds of the list that are the shard's: every Of-th, from the Number-th on.
func (s Shard) Seeds(list []uint64) []uint64 {
	if s.Of <= 1 {
		return list
	}
	var part []uint64
	for i := s.Number - 1; i < len(list); i += s.Of {
		part = append(part, list[i])
	}
	return part
}

// Seeds lists n seeds from first on.
func Seeds(first uint64, n int) []uint64 {
	list := make([]uint64, n)
	for i := range list {
		list[i] = first + uint64(i)
	}
	return list
}

// Run runs s with every one of seeds, workers at once (0 means one for each core), and returns the results in the order of
// the seeds. progress, which may be nil, is called after each run, from one goroutine at a time. When ctx ends it returns what
// is there, nil for the rest, and the cause.
func Run(ctx context.Context, s *scenario.Scenario, seeds []uint64, workers int, run Runner, progress func(done, total int)) ([]*scenario.Result, error) {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	b := &batch{scenario: s, seeds: seeds, run: run, progress: progress, results: make([]*scenario.Result, len(seeds))}
	var group sync.WaitGroup
	for range min(workers, len(seeds)) {
		group.Go(func() { b.work(ctx) })
	}
	group.Wait()
	if b.err == nil && ctx.Err() != nil {
		b.err = context.Cause(ctx)
	}
	return b.results, b.err
}

// A batch is the runs of one scenario under way.
type batch struct {
	scenario *scenario.Scenario
	seeds    []uint64
	run      Runner
	progress func(done, total int)

	mutex   sync.Mutex
	next    int
	done    int
	results []*scenario.Result
	err     error // the first one
}

// take returns the index of the next seed.
func (b *batch) take(ctx context.Context) (i int, ok bool) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if b.next == len(b.seeds) || b.err != nil || ctx.Err() != nil {
		return 0, false
	}
	b.next++
	return b.next - 1, true
}

// work runs seeds until none is left.
func (b *batch) work(ctx context.Context) {
	for i, ok := b.take(ctx); ok; i, ok = b.take(ctx) {
		result, err := b.run(ctx, b.scenario, b.seeds[i])
		b.mutex.Lock()
		if err == nil {
			b.results[i] = result
			b.done++
			if b.progress != nil {
				b.progress(b.done, len(b.seeds))
			}
		} else if b.err == nil && ctx.Err() == nil {
			b.err = fmt.Errorf("seed %d: %w", b.seeds[i], err)
		}
		b.mutex.Unlock()
	}
}
