package soak_test

import (
	"flag"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"netxsim/sim/link"
	"netxsim/sim/link/fault"
	"netxsim/test/soak"
)

var (
	seeds   = flag.Uint64("seeds", 0, "run every row of the matrix with so many seeds; 0: the short form")
	first   = flag.Uint64("first", 1, "the first seed")
	only    = flag.String("fault", "", "run only this row")
	workers = flag.Int("workers", runtime.NumCPU(), "run so many networks at a time")
	within  = flag.Duration("for", 0, "begin no further case after this time; 0: all of them")
	budget  = flag.Int("shrink", 150, "shrink a failure with so many runs at most")
	replay  = flag.String("replay", "", "frame faults with semicolons between them, for TestReplay")
)

func TestMain(m *testing.M) {
	flag.Parse()
	goleak.VerifyTestMain(m)
}

// cases are those that the flags select.
func cases() (list []soak.Case) {
	n := max(*seeds, 1)
	for seed := *first; seed < *first+n; seed++ {
		for _, row := range soak.Matrix() {
			if *only == "" || *only == row {
				list = append(list, soak.Case{Fault: row, Seed: seed})
			}
		}
	}
	return list
}

// TestSoak runs the matrix of faults, and one case of fifty twice.
func TestSoak(t *testing.T) {
	list := cases()
	if len(list) == 0 {
		t.Fatalf("there is no fault %q, only %s", *only, strings.Join(soak.Matrix(), ", "))
	}
	begin := time.Now()
	s := sweep(t, list, func() bool { return *within > 0 && time.Since(begin) > *within })
	var b strings.Builder
	s.figures.Print(&b)
	t.Logf("%d of %d cases on %d workers took %v, %d of them a second time\n%s", s.figures.Runs, len(list), *workers, time.Since(begin).Round(time.Second), s.twice, b.String())
	for i, c := range s.failed {
		if i == 3 {
			t.Errorf("and %d more: %v", len(s.failed)-i, s.failed[i:])
			break
		}
		t.Errorf("%s", soak.Hunt(t, c, soak.Options{}, *budget))
	}
}

// A swept is cases that have been run.
type swept struct {
	figures soak.Figures
	failed  []soak.Case
	twice   int
}

// sweep runs cases on all workers, until the time is up.
func sweep(t *testing.T, list []soak.Case, up func() bool) (s swept) {
	var mu sync.Mutex
	var next atomic.Int64
	var wait sync.WaitGroup
	for range *workers {
		wait.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(list) || up() {
					return
				}
				result, err := soak.Run(t, list[i], soak.Options{})
				again := i%50 == 17
				if again {
					repeat(t, list[i], result.Digest)
				}
				mu.Lock()
				s.figures.Add(result.Figures)
				if s.figures.Runs%1000 == 0 {
					t.Logf("%d of %d cases, %d failed", s.figures.Runs, len(list), s.figures.Failed)
				}
				if again {
					s.twice++
				}
				if err != nil {
					t.Error(err)
				}
				if len(result.Problems) > 0 {
					s.failed = append(s.failed, list[i])
					t.Logf("%v:\n%v", list[i], result)
				}
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	slices.SortFunc(s.failed, func(a, b soak.Case) int { return int(a.Seed) - int(b.Seed) })
	return s
}

// repeat runs a case again and wants the same.
func repeat(t *testing.T, c soak.Case, want string) {
	result, err := soak.Run(t, c, soak.Options{})
	if err != nil || result.Digest != want {
		t.Errorf("%v is not reproducible: %v\n%s\n%s", c, err, want, result.Digest)
	}
}

// TestProcessors runs some cases on several numbers of processors and wants the same each time.
func TestProcessors(t *testing.T) {
	for i, row := range soak.Matrix() {
		if i%4 != 1 && *seeds == 0 {
			continue
		}
		c := soak.Case{Fault: row, Seed: *first}
		result, err := soak.Run(t, c, soak.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range []int{1, 3} {
			before := runtime.GOMAXPROCS(n)
			repeat(t, c, result.Digest)
			runtime.GOMAXPROCS(before)
		}
	}
}

// TestHunt has a case fail whose errors are not excused, and wants to be told which lost frames it takes.
func TestHunt(t *testing.T) {
	c := soak.Case{Fault: "long-partition", Seed: 1}
	text := soak.Hunt(t, c, soak.Options{Strict: true}, 10)
	for _, want := range []string{c.String(), "NX_NOT_CONNECTED", "the last 60 of", "frame faults are left after 10 runs", "fault.MustParse(\n\t\"lan", "faults:\n  - "} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in what it prints:\n%.2000s", want, text)
		}
	}
}

// TestReplay runs the one case that the flags select with the schedule of -replay in place of its faults of wires, and prints everything.
func TestReplay(t *testing.T) {
	if *replay == "" {
		t.Skip("there is no schedule to replay: -replay has none")
	}
	var list []fault.FrameFault
	for text := range strings.SplitSeq(*replay, ";") {
		list = append(list, fault.MustParse(strings.TrimSpace(text))...)
	}
	for _, c := range cases() {
		result, err := soak.Run(t, c, soak.Options{Explain: true, Wires: func(wires []*link.Wire) { fault.Replay(list, wires...) }})
		if err != nil || len(result.Problems) > 0 {
			t.Errorf("%v: %v\n%v%s", c, err, result, result.Log)
		}
	}
}
