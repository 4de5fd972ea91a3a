package sizing

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"netxsim/sim/scenario"
)

// mapped is a scenario that runs fast and needs a few packets.
const mapped = `
name: mapped
duration: 2m
wires: [{name: lan, rate: 10Mbit/s, latency: 1ms, loss: 1%}]
hosts:
  - {name: device, pools: [{payload: 1536, packets: 12, payloads: [1536, 760]}]}
  - {name: pc, kind: plain}
workloads: [{kind: tcp, from: device, to: pc, direction: receive, size: 40kB, window: 5840}]
expect: {finish: 20s}
`

// TestMap compares the cells of a map with runs of their sizes.
func TestMap(t *testing.T) {
	s, err := scenario.Load("mapped.yaml", []byte(mapped))
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Seeds: 4, Fresh: -1}
	a, err := Advise(t.Context(), s, o)
	if err != nil {
		t.Fatal(err)
	}
	m, err := NewMap(t.Context(), s, a, 0, o)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]Trial{}
	for i, row := range m.Cells {
		for j, cell := range row {
			want := Sizes{{m.Payloads[i], m.Packets[j]}}
			if diff := cmp.Diff(want, cell.Sizes); diff != "" {
				t.Errorf("cell %d, %d: -want +got:\n%s", i, j, diff)
			}
			seen[cell.Sizes.String()] = cell
			if cell.Runs != 0 && cell.Runs != len(m.Seeds) {
				t.Errorf("%v: %d runs, want none or %d", cell.Sizes, cell.Runs, len(m.Seeds))
			}
		}
	}
	answer := seen[a.sizes().String()]
	if answer.Runs == 0 || answer.Failed != 0 {
		t.Errorf("the answer in the map: %+v", answer)
	}
	for _, r := range a.Smaller {
		if cell := seen[r.Sizes.String()]; cell.Failed == 0 || cell.Seed == 0 || cell.Failure == "" {
			t.Errorf("one packet less, %v, in the map: %+v; %d of %d seeds fail with it", r.Sizes, cell, r.Failed, r.Of)
		}
	}
	if _, err := NewMap(t.Context(), s, a, 1, o); err == nil {
		t.Error("a map of a pool that is not there")
	}
}

// TestTrials holds the list of all that was tried against the rest of an advice.
func TestTrials(t *testing.T) {
	s, err := scenario.Load("mapped.yaml", []byte(mapped))
	if err != nil {
		t.Fatal(err)
	}
	a, err := Advise(t.Context(), s, Options{Seeds: 4, Fresh: -1})
	if err != nil {
		t.Fatal(err)
	}
	runs, found := 0, 0
	for i, trial := range a.Tried {
		runs += trial.Runs
		if i > 0 && trial.RAM < a.Tried[i-1].RAM {
			t.Errorf("%v after %v", trial.Sizes, a.Tried[i-1].Sizes)
		}
		for _, r := range a.Smaller {
			if trial.Sizes.String() == r.Sizes.String() && trial.Failed == r.Failed && trial.Seed == r.Seed && trial.Failure == r.Failure.Text {
				found++
			}
		}
	}
	if runs != a.Runs || found != len(a.Smaller) || found == 0 {
		t.Errorf("%d runs in the list, %d were made; %d of %d sizes with one packet less are in it", runs, a.Runs, found, len(a.Smaller))
	}
}

// TestColumns checks which packet counts a map shows.
func TestColumns(t *testing.T) {
	for _, test := range []struct {
		name   string
		pool   PoolSpace
		answer PoolSize
		want   []int
	}{
		{"one payload", PoolSpace{Payloads: []uint32{1536}}, PoolSize{1536, 4}, []int{1, 2, 3, 4, 5, 6}},
		{"near the answer", PoolSpace{Payloads: []uint32{1536}}, PoolSize{1536, 28}, []int{1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 26, 27, 28, 29, 30, 32}},
		{"limits", PoolSpace{Payloads: []uint32{512, 1536}, Min: 3, Max: 9}, PoolSize{1536, 4}, []int{3, 4, 5, 6, 7, 8}},
	} {
		if diff := cmp.Diff(test.want, test.pool.columns(test.answer)); diff != "" {
			t.Errorf("%s: -want +got:\n%s", test.name, diff)
		}
	}
}

// TestParseSizes reads sizes in both forms.
func TestParseSizes(t *testing.T) {
	want := Sizes{{1536, 12}, {256, 4}}
	for _, text := range []string{want.String(), "1536x12,256x4", " 1536x12 , 256 x 4"} {
		got, err := ParseSizes(text)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%q: %v; -want +got:\n%s", text, err, diff)
		}
	}
	for _, text := range []string{"", "1536", "0x4", "4x0", "70000x1", "ax3"} {
		if got, err := ParseSizes(text); err == nil {
			t.Errorf("%q: %v, want an error", text, got)
		}
	}
}
