package sizing

import (
	"context"
	"fmt"
	"slices"

	"netxsim/sim/scenario"
)

// A Map is what runs do by payload and packets of one pool, while the others are as recommended.
type Map struct {
	Pool     int      `json:"pool"` // index in Advice.Pools and Scenario.Pools
	Host     string   `json:"host"`
	Name     string   `json:"name"`
	Payloads []uint32 `json:"payloads"` // ascending
	Packets  []int    `json:"packets"`  // ascending, with gaps
	Seeds    []uint64 `json:"seeds"`    // of the runs of every cell
	// Cells has a trial for each of Payloads and, in it, of Packets. One without runs was left out, because it takes much
	// more RAM than the answer.
	Cells [][]Trial `json:"cells"`
}

// mapSeeds is how many seeds are run for each cell of a map, mapRAM how many times the RAM of the recommended pool is still
// of interest.
const (
	mapSeeds = 3
	mapRAM   = 2.5
)

// NewMap makes the map of one pool around an advice about s. o is that of the advice. Of seeds it takes those that show why
// one packet less is too few, if there are such.
//
// Errors: the context's, and those of runs that cannot be made.
func NewMap(ctx context.Context, s *scenario.Scenario, a *Advice, pool int, o Options) (*Map, error) {
	if pool < 0 || pool >= len(a.Pools) {
		return nil, fmt.Errorf("sizing: a map of pool %d: the advice has %d", pool, len(a.Pools))
	}
	o.Budget = 0
	search := o.search(s)
	answer, space := a.Pools[pool], search.Space.Pools[pool]
	m := &Map{Pool: pool, Host: answer.Host, Name: answer.Name, Payloads: space.Payloads, Seeds: a.tellingSeeds(mapSeeds)}
	m.Packets = space.columns(PoolSize{answer.Payload, answer.Packets})
	f := &finder{Search: search, runs: newRuns(&search)}
	f.runs.seeds = m.Seeds
	f.runs.plan("drawing the map of "+space.Name, len(m.Payloads)*len(m.Packets)*len(m.Seeds))
	if err := f.runs.run(ctx, f.mapTasks(m, a)); err != nil {
		return nil, err
	}
	for row := range slices.Chunk(f.runs.sizes, len(m.Packets)) {
		var cells []Trial
		for _, e := range row {
			c := f.candidate(e)
			cells = append(cells, trialOf(&c))
		}
		m.Cells = append(m.Cells, cells)
	}
	return m, nil
}

// mapTasks are the runs of a map, after which the sizes of the runs are those of its cells.
func (f *finder) mapTasks(m *Map, a *Advice) []task {
	var tasks []task
	most := mapRAM * float64(a.Pools[m.Pool].Memory+a.Pools[m.Pool].Control)
	for _, payload := range m.Payloads {
		for _, packets := range m.Packets {
			sizes := a.sizes()
			sizes[m.Pool] = PoolSize{payload, packets}
			e := f.runs.of(sizes)
			if float64(sizes[m.Pool:m.Pool+1].RAM(f.Space.Target)) > most {
				continue
			}
			for _, seed := range m.Seeds {
				tasks = append(tasks, task{e, seed})
			}
		}
	}
	return tasks
}

// columns are packet counts worth showing in a map: every one up to 6 and those near the answer, beyond them fewer and fewer.
func (p *PoolSpace) columns(answer PoolSize) []int {
	top := int(1.25 * float64(answer.Payload) * float64(answer.Packets) / float64(p.Payloads[0]))
	top = max(top, answer.Packets+2)
	var list []int
	for n, step := 1, 1; n <= top; n += step {
		if n >= 8*step {
			step *= 2
		}
		list = append(list, n)
	}
	for n := answer.Packets - 2; n <= answer.Packets+2; n++ {
		list = append(list, n)
	}
	slices.Sort(list)
	return slices.DeleteFunc(slices.Compact(list), func(n int) bool { return n < max(p.Min, 1) || p.Max > 0 && n > p.Max })
}

// tellingSeeds returns n of the seeds of an advice, those first that fail with one packet less.
func (a *Advice) tellingSeeds(n int) []uint64 {
	var list []uint64
	for _, r := range a.Smaller {
		list = append(list, r.Seed)
	}
	list = append(list, a.Seeds...)
	seen := map[uint64]bool{}
	list = slices.DeleteFunc(list, func(seed uint64) bool {
		again := seen[seed]
		seen[seed] = true
		return again
	})
	return list[:min(n, len(list))]
}

// sizes are the recommended ones.
func (a *Advice) sizes() Sizes {
	var sizes Sizes
	for _, p := range a.Pools {
		sizes = append(sizes, PoolSize{p.Payload, p.Packets})
	}
	return sizes
}
