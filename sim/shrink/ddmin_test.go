package shrink_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netxsim/sim/shrink"
)

// numbers returns 0 to n-1.
func numbers(n int) (list []int) {
	for i := range n {
		list = append(list, i)
	}
	return list
}

// has returns a run that fails with all of the numbers.
func has(needed ...int) func([]int) bool {
	return func(list []int) bool {
		return !slices.ContainsFunc(needed, func(n int) bool { return !slices.Contains(list, n) })
	}
}

func TestMinimize(t *testing.T) {
	for _, tt := range []struct {
		name    string
		list    []int
		run     func([]int) bool
		simpler func(int) []int
		o       shrink.Options
		want    shrink.Result[int]
	}{
		{"one of a thousand", numbers(1000), has(617), nil, shrink.Options{},
			shrink.Result[int]{List: []int{617}, Minimal: true}},
		{"three far apart", numbers(1000), has(3, 500, 999), nil, shrink.Options{},
			shrink.Result[int]{List: []int{3, 500, 999}, Minimal: true}},
		{"all of them", numbers(7), has(numbers(7)...), nil, shrink.Options{},
			shrink.Result[int]{List: numbers(7), Minimal: true}},
		{"none of them", numbers(50), func([]int) bool { return true }, nil, shrink.Options{},
			shrink.Result[int]{List: []int{}, Runs: 2, Minimal: true}},
		{"an empty list that fails", nil, func([]int) bool { return true }, nil, shrink.Options{},
			shrink.Result[int]{List: []int{}, Runs: 1, Minimal: true}},
		{"any three", numbers(100), func(list []int) bool { return len(list) >= 3 }, nil, shrink.Options{},
			shrink.Result[int]{List: []int{0, 1, 2}, Minimal: true}},
		{"an odd number of elements only: the shortest there is", numbers(9), func(list []int) bool { return len(list)%2 == 1 }, nil, shrink.Options{},
			shrink.Result[int]{List: []int{6}, Minimal: true}},
		{"smaller elements", []int{5, 90, 33}, func(list []int) bool {
			return slices.ContainsFunc(list, func(n int) bool { return n > 20 })
		}, func(n int) []int { return []int{n / 2, n - 1} }, shrink.Options{},
			shrink.Result[int]{List: []int{21}, Minimal: true}},
		{"a smaller element makes another one superfluous", []int{10, 7}, func(list []int) bool {
			return slices.Equal(list, []int{10, 7}) || slices.Equal(list, []int{4, 7}) || slices.Equal(list, []int{4})
		}, func(n int) []int { return []int{n - 6} }, shrink.Options{},
			shrink.Result[int]{List: []int{4}, Minimal: true}},
		{"the budget is used up", numbers(1000), has(3, 500, 999), nil, shrink.Options{Budget: 12},
			shrink.Result[int]{Runs: 12, Minimal: false}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			seen := map[string]bool{}
			calls := 0
			run := func(list []int) bool {
				calls++
				if key := fmt.Sprint(list); seen[key] && tt.simpler == nil {
					t.Errorf("%s was run twice", key)
				} else {
					seen[key] = true
				}
				failed := tt.run(list)
				clear(list) // it is the run's own
				return failed
			}
			last := shrink.Progress{}
			tt.o.Progress = func(p shrink.Progress) { last = p }
			got, err := shrink.Minimize(tt.list, run, tt.simpler, tt.o)
			if err != nil {
				t.Fatal(err)
			}
			if got.Runs != calls || last.Runs != calls || last.Best != len(got.List) || last.From != len(tt.list) {
				t.Errorf("%d runs; result %+v, progress %+v", calls, got, last)
			}
			if !tt.run(slices.Clone(got.List)) {
				t.Errorf("the result %v does not fail", got.List)
			}
			if tt.want.Runs == 0 {
				got.Runs = 0
			}
			if tt.want.List == nil {
				if len(got.List) >= len(tt.list) {
					t.Errorf("%d elements are left of %d", len(got.List), len(tt.list))
				}
				got.List = nil
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("result (-want +got):\n%s", diff)
			}
		})
	}
}

// TestOneMinimal checks what the method promises with runs that need pairs of elements.
func TestOneMinimal(t *testing.T) {
	for n := 2; n < 60; n++ {
		run := func(list []int) bool {
			pairs := 0
			for _, i := range list {
				if slices.Contains(list, (i*7+3)%n) {
					pairs++
				}
			}
			return pairs > 2 || len(list) == n
		}
		got, err := shrink.Minimize(numbers(n), run, nil, shrink.Options{Budget: 100_000})
		if err != nil || !got.Minimal || !run(got.List) {
			t.Fatalf("%d: %+v, %v", n, got, err)
		}
		for i := range got.List {
			if run(slices.Delete(slices.Clone(got.List), i, i+1)) {
				t.Errorf("%d: element %d of %v can be left out", n, i, got.List)
			}
		}
	}
}

// TestContext ends searches from outside.
func TestContext(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	got, err := shrink.Minimize(numbers(1000), has(617), nil, shrink.Options{Context: ctx, Progress: func(p shrink.Progress) {
		if p.Best < 100 {
			stop()
		}
	}})
	if err != nil || got.Minimal || len(got.List) >= 100 || !has(617)(got.List) {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := shrink.Minimize(numbers(3), has(1), nil, shrink.Options{Context: ctx}); !errors.Is(err, context.Canceled) || got.Runs != 0 {
		t.Errorf("after the end: %v, %v", got, err)
	}
	// A run that is cut off says that it passes, which need not be so.
	ctx, stop = context.WithCancel(t.Context())
	got, err = shrink.Minimize(numbers(2), func(list []int) bool {
		if len(list) == 2 {
			return true
		}
		stop()
		return false
	}, nil, shrink.Options{Context: ctx})
	if err != nil || got.Minimal || got.Runs != 2 {
		t.Errorf("cut off: %v, %v", got, err)
	}
}

func TestPasses(t *testing.T) {
	got, err := shrink.Minimize(numbers(3), func([]int) bool { return false }, nil, shrink.Options{})
	if !errors.Is(err, shrink.ErrPasses) || got.Runs != 1 {
		t.Errorf("%+v, %v", got, err)
	}
}
