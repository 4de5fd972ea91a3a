package sizing

import (
	"slices"
	"time"
)

// A Trial is sizes that were run, and what came of it.
type Trial struct {
	Sizes    Sizes         `json:"sizes"`
	RAM      uint32        `json:"ram"`
	Runs     int           `json:"runs"`              // seeds that were run
	Failed   int           `json:"failed"`            // of them, those that failed
	Complete time.Duration `json:"complete"`          // virtual time of the slowest run that passed; 0 if none did
	Seed     uint64        `json:"seed,omitempty"`    // the least seed that failed
	Failure  string        `json:"failure,omitempty"` // what failed then, in a line
}

// trialOf sums a candidate up.
func trialOf(c *Candidate) Trial {
	t := Trial{Sizes: c.Sizes, RAM: c.RAM, Runs: len(c.Seeds)}
	for i, o := range c.Outcomes {
		if o.Passed() {
			t.Complete = max(t.Complete, o.Completion)
			continue
		}
		if t.Failed++; t.Failed == 1 || c.Seeds[i] < t.Seed {
			t.Seed, t.Failure = c.Seeds[i], o.Failures[0].Text
		}
	}
	return t
}

// trials sums up all sizes that were run, cheapest first.
func (f *finder) trials() []Trial {
	list := []Trial{}
	for _, e := range f.runs.sizes {
		if c := f.candidate(e); len(c.Seeds) > 0 {
			list = append(list, trialOf(&c))
		}
	}
	slices.SortFunc(list, func(a, b Trial) int { return compare(f.Space.Target, a.Sizes, b.Sizes) })
	return list
}
