package link

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"netxsim/sim"
)

const ms = time.Millisecond

// told runs play on a wire with a latency of a millisecond and returns what its observers are told.
func told(t *testing.T, play func(n *net)) (got []string, w *Wire) {
	t.Helper()
	n := newNet(sim.New(sim.Config{Horizon: time.Hour, UntilHorizon: true}), Config{Latency: ms})
	n.w.Observe(func(e FrameEvent) {
		line := fmt.Sprintf("%v %d", e.Time, e.Number)
		if e.To != nil {
			line += " " + e.To.Name()
		}
		line += fmt.Sprintf(" %v %d", e.Kind, len(e.Frame))
		if e.Copy > 0 {
			line += fmt.Sprintf(" copy %d", e.Copy)
		}
		if e.Changed {
			line += " changed"
		}
		if e.Delay != 0 {
			line += " by " + e.Delay.String()
		}
		if e.Cause != "" {
			line += ": " + e.Cause
		}
		got = append(got, line)
	})
	if _, err := n.k.Run(func() { play(n) }); err != nil {
		t.Fatal(err)
	}
	return got, n.w
}

func TestFates(t *testing.T) {
	for _, tt := range []struct {
		name   string
		faults []Fault
		want   []string
		left   Counters
	}{
		{"several on one frame", []Fault{
			func(f *Fate) { f.Duplicate(0, 2*ms, "twins") },
			func(f *Fate) { f.Delay(1, 3*ms, "snail"); f.Edit(0, "mice")[20] ^= 1 },
			func(f *Fate) { f.Truncate(f.Duplicate(0, ms, "more"), 30, "cutter") },
			func(f *Fate) { f.Drop(1, "hole") },
		}, []string{
			"0s 1 sent 60", "0s 1 b changed 60: mice",
			"0s 1 b duplicated 60 copy 1: twins", "0s 1 b lost 60 copy 1: hole",
			"0s 1 b duplicated 30 copy 2: more", "0s 1 b changed 30 copy 2: cutter", "0s 1 b delayed 30 copy 2 by 1ms: more",
			"1ms 1 b delivered 60 changed: mice", "2ms 1 b delivered 30 copy 2 changed: cutter",
		}, Counters{Frames: 1, Bytes: 60, Delivered: 2, Lost: 1, Duplicated: 2, Changed: 2, Delayed: 1}},
		{"changed and changed back", []Fault{
			func(f *Fate) { f.Edit(0, "one")[20] ^= 1 },
			func(f *Fate) { f.Edit(0, "two")[20] ^= 1; f.Truncate(0, 60, "long enough") },
		}, []string{"0s 1 sent 60", "1ms 1 b delivered 60"}, Counters{Frames: 1, Bytes: 60, Delivered: 1}},
		{"cut down to the header, not earlier than at all", []Fault{
			func(f *Fate) { f.Truncate(0, 3, "x"); f.Delay(0, -time.Hour, "y") },
		}, []string{
			"0s 1 sent 60", "0s 1 b changed 14: x", "0s 1 b delayed 14 by -1h0m0s: y", "1µs 1 b delivered 14 changed: x",
		}, Counters{Frames: 1, Bytes: 60, Delivered: 1, Changed: 1, Delayed: 1}},
		{"lost and changed", []Fault{
			func(f *Fate) { f.Truncate(0, 20, "x"); f.Drop(0, "y"); f.Duplicate(0, 0, "z") },
		}, []string{"0s 1 sent 60", "0s 1 b lost 60: y", "0s 1 b duplicated 20 copy 1: z", "0s 1 b lost 60 copy 1: y"},
			Counters{Frames: 1, Bytes: 60, Lost: 2, Duplicated: 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			sent := frame(macB, macA, 60)
			got, w := told(t, func(n *net) {
				for _, f := range tt.faults {
					n.w.AddFault(f)
				}
				n.a.Send(sent)
			})
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.left, w.Counters()); diff != "" {
				t.Errorf("counters (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(frame(macB, macA, 60), sent); diff != "" {
				t.Errorf("the sender's frame has changed:\n%s", diff)
			}
		})
	}
}

// TestFateOrder checks who is asked when: rules, faults, loss; or one instead of all.
func TestFateOrder(t *testing.T) {
	for _, tt := range []struct {
		name    string
		rule    Verdict
		instead Fault
		want    []string
	}{
		{"no rule has decided", Pass, nil, []string{
			"0s 1 sent 60", "0s 1 b lost 60: loss", "0s 1 b duplicated 60 copy 1: twins", "0s 1 b lost 60 copy 1: loss"}},
		{"a rule delivers: no loss", Deliver(ms), nil, []string{
			"0s 1 sent 60", "0s 1 b delayed 60 by 1ms", "0s 1 b duplicated 60 copy 1: twins", "0s 1 b delayed 60 copy 1 by 1ms",
			"2ms 1 b delivered 60", "2ms 1 b delivered 60 copy 1: twins"}},
		{"a rule drops: all are asked", Drop, nil, []string{
			"0s 1 sent 60", "0s 1 b lost 60", "0s 1 b duplicated 60 copy 1: twins", "0s 1 b lost 60 copy 1"}},
		{"instead", Drop, func(f *Fate) { f.Delay(0, ms, "replay") }, []string{
			"0s 1 sent 60", "0s 1 b delayed 60 by 1ms: replay", "2ms 1 b delivered 60"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			fates := 0
			got, _ := told(t, func(n *net) {
				n.w.AddRule(func(Delivery) Verdict { return tt.rule })
				n.w.AddFault(func(f *Fate) { f.Duplicate(0, 0, "twins") })
				n.w.SetLoss(1)
				n.w.Instead(tt.instead)
				n.w.ObserveFates(func(*Fate) { fates++ })
				n.a.Send(frame(macB, macA, 60))
			})
			if diff := cmp.Diff(tt.want, got); diff != "" || fates != 1 {
				t.Errorf("%d fates; events (-want +got):\n%s", fates, diff)
			}
		})
	}
}

// TestFateHash checks that everything a fault can do shows in the hash, and that one which does nothing does not.
func TestFateHash(t *testing.T) {
	seen := map[uint64]string{}
	for _, tt := range []struct {
		name  string
		fault Fault
		same  bool // as without
	}{
		{"none", nil, false},
		{"one that does nothing", func(f *Fate) { f.Edit(0, "") }, true},
		{"drop", func(f *Fate) { f.Drop(0, "") }, false},
		{"delay", func(f *Fate) { f.Delay(0, ms, "") }, false},
		{"longer delay", func(f *Fate) { f.Delay(0, 2*ms, "") }, false},
		{"copy", func(f *Fate) { f.Duplicate(0, 0, "") }, false},
		{"later copy", func(f *Fate) { f.Duplicate(0, ms, "") }, false},
		{"two copies", func(f *Fate) { f.Duplicate(0, 0, ""); f.Duplicate(0, 0, "") }, false},
		{"bit", func(f *Fate) { f.Edit(0, "")[40] ^= 1 }, false},
		{"another bit", func(f *Fate) { f.Edit(0, "")[40] ^= 2 }, false},
		{"the bit of a copy", func(f *Fate) { f.Edit(f.Duplicate(0, 0, ""), "")[40] ^= 1 }, false},
		{"cut", func(f *Fate) { f.Truncate(0, 50, "") }, false},
	} {
		_, w := told(t, func(n *net) {
			if tt.fault != nil {
				n.w.AddFault(tt.fault)
			}
			n.a.Send(frame(macB, macA, 60))
		})
		other, clash := seen[w.Hash()]
		if clash != tt.same {
			t.Errorf("%s has the hash of %q", tt.name, other)
		}
		seen[w.Hash()] = tt.name
	}
}

func TestFreeze(t *testing.T) {
	for _, tt := range []struct {
		name string
		play func(n *net)
		want []string
	}{
		{"frames queue", func(n *net) {
			n.b.Freeze(5*ms, false)
			n.a.Send(frame(macB, macA, 60))
			n.k.After(2*ms, func() { n.a.Send(frame(macB, macA, 61)) })
			n.k.After(3*ms, func() { n.sent(n.b.Send(frame(macA, macB, 62))) })
			n.k.After(6*ms, func() { n.a.Send(frame(macB, macA, 63)) })
		}, []string{"3ms sent in 2ms", "5ms b gets 60 bytes", "5ms b gets 61 bytes", "6ms a gets 62 bytes", "7ms b gets 63 bytes"}},
		{"frames are lost", func(n *net) {
			n.b.Freeze(5*ms, true)
			n.a.Send(frame(macB, macA, 60))
			n.k.After(3*ms, func() { n.sent(n.b.Send(frame(macA, macB, 62))) })
			n.k.After(4*ms, func() { n.a.Send(frame(macB, macA, 63)) })
		}, []string{"3ms sent in 0s", "5ms b gets 63 bytes"}},
		{"prolonged, then thawed", func(n *net) {
			n.b.Freeze(5*ms, false)
			n.a.Send(frame(macB, macA, 60))
			n.k.After(2*ms, func() { n.b.Freeze(8*ms, false) })
			n.k.After(3*ms, func() {
				n.b.Freeze(0, false)
				if left := n.b.Frozen(); left != 0 {
					t.Errorf("frozen for another %v", left)
				}
				n.sent(n.b.Send(frame(macA, macB, 61)))
				n.a.Send(frame(macB, macA, 62))
			})
			n.k.After(10*ms, func() {
				n.b.Freeze(2*ms, false)
				n.k.After(ms, func() { n.b.Freeze(2*ms, false) })
				if left := n.b.Frozen(); left != 2*ms {
					t.Errorf("frozen for another %v", left)
				}
				n.a.Send(frame(macB, macA, 63))
			})
		}, []string{"3ms sent in 0s", "4ms a gets 61 bytes", "4ms b gets 62 bytes", "5ms b gets 60 bytes", "13ms b gets 63 bytes"}},
		{"taken off and put back", func(n *net) {
			n.a.Send(frame(macB, macA, 60))
			n.b.Detach()
			n.a.Send(frame(macB, macA, 61))
			n.k.After(2*ms, func() {
				n.b.Reattach()
				n.b.Reattach()
				n.a.Send(frame(macB, macA, 62))
				n.a.Send(frame(broadcast, macA, 63))
			})
		}, []string{"3ms b gets 62 bytes", "3ms c gets 63 bytes", "3ms b gets 63 bytes"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := newNet(sim.New(sim.Config{Horizon: time.Hour, UntilHorizon: true}), Config{Latency: ms})
			if _, err := n.k.Run(func() { tt.play(n) }); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, n.log); diff != "" {
				t.Errorf("log (-want +got):\n%s", diff)
			}
		})
	}
}
