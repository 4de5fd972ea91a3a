package trace_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netxsim/sim"
	"netxsim/sim/trace"
)

// record runs two threads, the better one woken by the other.
func record(t testing.TB) *trace.Recorder {
	t.Helper()
	k, r := sim.New(sim.Config{}), new(trace.Recorder)
	r.Record(k)
	for _, c := range []sim.ThreadConfig{
		{Name: "consumer", Priority: 4, Entry: func() {
			if err := k.Wait("goods", sim.WaitForever, nil); err != nil {
				t.Error(err)
			}
		}},
		{Name: "producer", Priority: 5, Entry: func() {
			if err := k.Sleep(3); err != nil {
				t.Error(err)
			}
			r.Count("free", 2)
			k.Wake("goods", nil)
		}},
	} {
		if _, err := k.NewThread(c); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := k.Run(nil); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestText(t *testing.T) {
	const want = `0.000000000  consumer: ready, by initialization
0.000000000  producer: ready, by initialization
0.000000000  consumer: runs
0.000000000  consumer: stops: goods
0.000000000  producer: runs
0.000000000  producer: stops: sleep
0.000000000  idle
0.030000000  system timer: ready, by event
0.030000000  system timer: runs
0.030000000  producer: ready, by system timer
0.030000000  system timer: stops: suspended
0.030000000  producer: runs
0.030000000  free = 2
0.030000000  consumer: ready, by producer
0.030000000  consumer: runs
0.030000000  consumer: stops: completed
0.030000000  producer: runs
0.030000000  producer: stops: completed
0.030000000  idle
`
	var got bytes.Buffer
	if err := record(t).WriteText(&got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Error(diff)
	}
}

// TestJSON wants valid JSON in which every slice that begins ends, in every
// row, and time does not go back.
func TestJSON(t *testing.T) {
	var out bytes.Buffer
	if err := record(t).WriteJSON(&out); err != nil {
		t.Fatal(err)
	}
	var events []struct {
		Name  string
		Phase string  `json:"ph"`
		Time  float64 `json:"ts"`
		TID   int
	}
	if err := json.Unmarshal(out.Bytes(), &events); err != nil {
		t.Fatalf("%v in\n%s", err, out.String())
	}
	depth, last, names := map[int]int{}, 0.0, map[string]bool{}
	for _, e := range events {
		names[e.Name] = true
		switch e.Phase {
		case "B":
			depth[e.TID]++
		case "E":
			depth[e.TID]--
		}
		if depth[e.TID] < 0 || depth[e.TID] > 1 {
			t.Errorf("row %d has %d open slices at %v", e.TID, depth[e.TID], e.Time)
		}
		if e.Time < last {
			t.Errorf("time goes back from %v to %v", last, e.Time)
		}
		last = e.Time
	}
	for row, d := range depth {
		if d != 0 {
			t.Errorf("row %d ends with %d open slices", row, d)
		}
	}
	for _, want := range []string{"consumer", "producer", "goods", "sleep", "woken by producer", "free"} {
		if !names[want] {
			t.Errorf("no event named %q", want)
		}
	}
}

func Example() {
	k, r := sim.New(sim.Config{}), new(trace.Recorder)
	r.Record(k)
	k.NewThread(sim.ThreadConfig{Name: "blink", Priority: 9, Entry: func() { k.Sleep(20) }})
	if _, err := k.Run(nil); err != nil {
		fmt.Println(err)
	}
	r.WriteText(os.Stdout)
	// Output:
	// 0.000000000  blink: ready, by initialization
	// 0.000000000  blink: runs
	// 0.000000000  blink: stops: sleep
	// 0.000000000  idle
	// 0.200000000  system timer: ready, by event
	// 0.200000000  system timer: runs
	// 0.200000000  blink: ready, by system timer
	// 0.200000000  system timer: stops: suspended
	// 0.200000000  blink: runs
	// 0.200000000  blink: stops: completed
	// 0.200000000  idle
}
