package fault_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"netxsim/sim/link"
	"netxsim/sim/link/fault"
)

const ms = time.Millisecond

// TestFaults sends ten frames of 100 bytes from a to b, a millisecond apart, and for some also from b to a.
func TestFaults(t *testing.T) {
	odd := fault.Check{Text: "with an odd mark", F: func(f *link.Fate, _ int) bool { return f.Frame[14]%2 == 1 }}
	for _, tt := range []struct {
		name   string
		faults []fault.Fault
		text   string // of the last fault
		want   string // what b gets: mark, and @ the time if it is not that of sending and a millisecond
		hits   string
	}{
		{"nothing", []fault.Fault{{}}, "nothing: every frame passes", "0 1 2 3 4 5 6 7 8 9", "0/10"},
		{"the third", []fault.Fault{{If: fault.Nth(3), Do: fault.Drop{}}},
			"drop: a frame if it is number 3 is lost", "0 1 3 4 5 6 7 8 9", "1/10"},
		{"every fourth", []fault.Fault{{If: fault.Every(4), Do: fault.Drop{}}},
			"drop: a frame if it is one in 4 by count is lost", "0 1 2 4 5 6 8 9", "2/10"},
		{"every fourth, once", []fault.Fault{fault.Fault{If: fault.Every(4), Do: fault.Drop{}}.Limited(1)},
			"drop: a frame if it is one in 4 by count is lost, at most 1 times", "0 1 2 4 5 6 7 8 9", "1/10"},
		{"the second odd one", []fault.Fault{fault.Fault{Name: "odd", If: fault.Nth(2), Do: fault.Drop{}}.When(odd)},
			"odd: a frame with an odd mark if it is number 2 is lost", "0 1 2 4 5 6 7 8 9", "1/10"},
		{"the second, if it is even", []fault.Fault{{If: fault.All(fault.Nth(2), fault.Not(odd)), Do: fault.Drop{}}},
			"drop: a frame if it is number 2 not (with an odd mark) is lost", "0 1 2 3 4 5 6 7 8 9", "0/10"},
		{"any", []fault.Fault{{If: fault.Any(odd, fault.Nth(3), fault.Nth(9)), Do: fault.Drop{}}},
			"drop: a frame (with an odd mark or if it is number 3 or if it is number 9) is lost", "0 4 6", "7/10"},
		{"for a time", []fault.Fault{fault.Loss(1).Between(2*ms, 5*ms)},
			"loss: a frame between 2ms and 5ms with a probability of 100% is lost", "0 1 5 6 7 8 9", "3/10"},
		{"until", []fault.Fault{fault.Loss(1).Until(8 * ms)},
			"loss: a frame before 8ms with a probability of 100% is lost", "8 9", "8/10"},
		{"after", []fault.Fault{fault.Loss(1).When(fault.After(8 * ms))},
			"loss: a frame from 8ms on with a probability of 100% is lost", "0 1 2 3 4 5 6 7", "2/10"},
		{"outage", []fault.Fault{fault.Outage(ms, 3*ms)},
			"outage: a frame between 1ms and 4ms is lost", "0 4 5 6 7 8 9", "3/10"},
		{"flap", []fault.Fault{fault.Flap(3*ms, 2*ms)},
			"flap: a frame in the last 2ms of every 5ms is lost", "0 1 2 5 6 7", "4/10"},
		{"switched off", []fault.Fault{fault.Loss(1).SwitchedOff()},
			"loss: a frame with a probability of 100% is lost, once switched on", "0 1 2 3 4 5 6 7 8 9", "0/0"},
		{"the other direction", []fault.Fault{fault.Loss(1).When(fault.Path("b", "a"))},
			"loss: a frame from b to a with a probability of 100% is lost", "0 1 2 3 4 5 6 7 8 9", "0/10"},
		{"this direction", []fault.Fault{fault.Loss(1).When(fault.Path("a", "b"))},
			"loss: a frame from a to b with a probability of 100% is lost", "", "10/10"},
		{"a group apart", []fault.Fault{fault.Partition([]string{"a", "c"}, []string{"b"})},
			"partition: a frame between (a, c) and (b) is lost", "", "10/10"},
		{"groups that do not matter", []fault.Fault{fault.Partition([]string{"a"}, []string{"c"})},
			"partition: a frame between (a) and (c) is lost", "0 1 2 3 4 5 6 7 8 9", "0/10"},
		{"a black hole just large enough", []fault.Fault{fault.BlackHole(100)},
			"black hole: a frame of more than 100 bytes is lost", "0 1 2 3 4 5 6 7 8 9", "0/10"},
		{"a black hole", []fault.Fault{fault.BlackHole(99)},
			"black hole: a frame of more than 99 bytes is lost", "", "10/10"},
		{"delay in order", []fault.Fault{{If: fault.Nth(2), Do: fault.Delay{By: 5 * ms}}},
			"delay: a frame if it is number 2 arrives 5ms later, in order", "0 2 3 4 5 1@7 6 7 8 9", "1/10"},
		{"reorder", []fault.Fault{fault.Reorder(1, 2500*time.Microsecond).When(fault.Nth(3))},
			"reorder: a frame if it is number 3 with a probability of 100% arrives 2.5ms later", "0 1 3 4 2@5.5 5 6 7 8 9", "1/10"},
		{"twice", []fault.Fault{fault.Duplication(1, 1500*time.Microsecond).When(fault.Nth(9))},
			"duplicate: a frame if it is number 9 with a probability of 100% arrives again after 1.5ms", "0 1 2 3 4 5 6 7 8 9 8@10.5", "1/10"},
		{"three more", []fault.Fault{{If: fault.Nth(10), Do: fault.Duplicate{After: ms, Copies: 3}}},
			"duplicate: a frame if it is number 10 arrives 3 more times, every 1ms", "0 1 2 3 4 5 6 7 8 9 9@11 9@12 9@13", "1/10"},
		{"copies are frames to those behind", []fault.Fault{{If: fault.Nth(1), Do: fault.Duplicate{}}, {If: fault.Nth(2), Do: fault.Delay{By: 20 * ms}}},
			"delay: a frame if it is number 2 arrives 20ms later, in order", "0 1 2 3 4 5 6 7 8 9 0@21", "1/10 1/11"},
		{"a copy of a lost frame is none", []fault.Fault{fault.Loss(1), fault.Duplication(1, 0)},
			"duplicate: a frame with a probability of 100% arrives again after 0s", "", "10/10 0/0"},
		// 114 bytes at 91200 bit/s take 10 ms: the second waits for the first
		{"a bottleneck", []fault.Fault{fault.Bottleneck(91_200, 2)},
			"bottleneck: every frame passes at 91200 bit/s, from a queue of 2 frames", "0@11 1@21", "10/10"},
		{"a bottleneck by bytes", []fault.Fault{{Do: fault.Queue{Rate: 91_200, Bytes: 3*114 - 1}}},
			"queue: every frame passes at 91200 bit/s, from a queue of 341 bytes", "0@11 1@21", "10/10"},
		{"a bottleneck of any length", []fault.Fault{{Do: fault.Queue{Rate: 912_000}}},
			"queue: every frame passes at 912000 bit/s, from a queue of any length", "0@2 1@3 2@4 3@5 4@6 5@7 6@8 7@9 8@10 9@11", "10/10"},
		{"a bottleneck with a drain", []fault.Fault{{Do: fault.Queue{Rate: 456_000, Frames: 2, Bytes: 1000}}},
			"queue: every frame passes at 456000 bit/s, from a queue of 2 frames and 1000 bytes", "0@3 1@5 2@7 4@9 6@11 8@13", "10/10"},
		{"a sequence", fault.Sequence(ms,
			fault.Phase{For: 2 * ms, Faults: []fault.Fault{fault.Loss(1)}}, fault.Phase{For: 2 * ms},
			fault.Phase{For: 2 * ms, Faults: []fault.Fault{fault.Loss(1)}}),
			"loss: a frame between 5ms and 7ms with a probability of 100% is lost", "0 3 4 7 8 9", "2/10 2/8"},
		{"the program's own", []fault.Fault{{Do: fault.Func{Text: "loses its mark", F: func(f *link.Fate, i int) bool {
			f.Edit(i, "eraser")[14] = 0
			return f.Changed(i)
		}}}}, "change: every frame loses its mark", "0 0@2 0@3 0@4 0@5 0@6 0@7 0@8 0@9 0@10", "9/10"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(1)
			set := fault.Attach(w.wire, tt.faults...)
			w.run(t, func() {
				for mark := range 10 {
					w.kernel.After(time.Duration(mark)*ms, func() { w.send("a", "b", byte(mark), 100) })
				}
			})
			var got, hits []string
			for _, line := range w.log {
				var at, port string
				var mark int
				if _, err := fmt.Sscan(line, &at, &port, &mark); err != nil {
					t.Fatal(err)
				}
				text := fmt.Sprint(mark)
				if at != fmt.Sprint(time.Duration(mark+1)*ms) {
					text += "@" + strings.TrimSuffix(at, "ms")
				}
				got = append(got, text)
			}
			for _, c := range set.Counters() {
				hits = append(hits, fmt.Sprintf("%d/%d", c.Hits, c.Seen))
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("arrivals (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.hits, strings.Join(hits, " ")); diff != "" {
				t.Errorf("hits/seen (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.text, set.Faults()[len(tt.faults)-1].String()); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
		})
	}
}

// TestJitter checks that jitter in order keeps the order of each direction, and that it loses it when it may.
func TestJitter(t *testing.T) {
	for _, reorder := range []bool{false, true} {
		w := newWorld(4)
		fault.Attach(w.wire, fault.Jitter(5*ms, reorder))
		var marks []int
		w.wire.Observe(func(e link.FrameEvent) {
			if e.Kind == link.Delivered && e.To.Name() == "b" {
				marks = append(marks, int(e.Frame[14]))
			}
			if e.Kind == link.Delayed && (e.Delay < 0 || e.Delay > 5*ms) {
				t.Errorf("a delay of %v", e.Delay)
			}
		})
		w.run(t, func() {
			for mark := range 200 {
				w.kernel.After(time.Duration(mark)*ms, func() {
					w.send("a", "b", byte(mark), 46)
					w.send("c", "d", byte(mark), 46)
				})
			}
		})
		inversions := 0
		for i := range marks[1:] {
			if marks[i] > marks[i+1] {
				inversions++
			}
		}
		if len(marks) != 200 || (inversions > 0) != reorder {
			t.Errorf("reorder %v: %d frames, %d of them overtaken", reorder, len(marks), inversions)
		}
	}
}

// TestSwitch switches faults during a run, and checks names.
func TestSwitch(t *testing.T) {
	w := newWorld(1)
	set := fault.Attach(w.wire, fault.Loss(1).SwitchedOff(), fault.Loss(0), fault.Loss(1).Named("cut").SwitchedOff())
	w.run(t, func() {
		w.send("a", "b", 1, 46)
		if !set.Switch("cut", true) || set.Switch("nobody", true) {
			t.Error("Switch does not find what there is, or finds what there is not")
		}
		w.send("a", "b", 2, 46)
		set.Switch("cut", false)
		w.send("a", "b", 3, 46)
		set.Switch("loss", true)
		w.send("a", "b", 4, 46)
		set.Switch("loss", false)
		set.Add(fault.Fault{Name: "late", Do: fault.Duplicate{}})
		w.send("a", "b", 5, 46)
	})
	want := []fault.Counter{{Name: "loss", Seen: 1, Hits: 1}, {Name: "loss 2", Seen: 3}, {Name: "cut", Seen: 1, Hits: 1}, {Name: "late", Seen: 1, Hits: 1}}
	if diff := cmp.Diff(want, set.Counters()); diff != "" {
		t.Errorf("counters (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"1ms b 1", "1ms b 3", "1ms b 5", "1ms b 5"}, w.log); diff != "" {
		t.Errorf("arrivals (-want +got):\n%s", diff)
	}
}
