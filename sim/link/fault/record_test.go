package fault_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"netxsim/sim/link"
	"netxsim/sim/link/fault"
)

var texts = []struct {
	text string
	want fault.FrameFault
}{
	{"lan client>server 17 drop", fault.FrameFault{Wire: "lan", From: "client", To: "server", Number: 17}},
	{"lan a>b 18 delay 3ms", fault.FrameFault{Wire: "lan", From: "a", To: "b", Number: 18, Action: fault.Delayed, Delay: 3 * ms}},
	{"lan a>b 19+1 copy 200µs", fault.FrameFault{Wire: "lan", From: "a", To: "b", Number: 19, Copy: 1, Action: fault.Copied, Delay: 200 * time.Microsecond}},
	{"lan a>b 19+2 drop", fault.FrameFault{Wire: "lan", From: "a", To: "b", Number: 19, Copy: 2}},
	{"lan a>b 20 cut 34", fault.FrameFault{Wire: "lan", From: "a", To: "b", Number: 20, Action: fault.Cut, Length: 34}},
	{"lan a>b 21 flip 54:01 60:ff80", fault.FrameFault{Wire: "lan", From: "a", To: "b", Number: 21, Action: fault.Flipped,
		Flips: []fault.Flip{{Offset: 54, Bits: []byte{1}}, {Offset: 60, Bits: []byte{0xFF, 0x80}}}}},
	{`"" "client eth 1">"a>\"b\"" 1 drop`, fault.FrameFault{From: "client eth 1", To: `a>"b"`, Number: 1}},
	{`"caf\u00e9" a>b 1 delay -1ms`, fault.FrameFault{Wire: "café", From: "a", To: "b", Number: 1, Action: fault.Delayed, Delay: -ms}},
}

func TestFrameFaultText(t *testing.T) {
	for _, tt := range texts {
		got, err := fault.ParseFrameFault(tt.text)
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.text, diff)
		}
		if got.String() != tt.text {
			t.Errorf("%s is printed as %s", tt.text, got)
		}
		var back fault.FrameFault
		if text, err := json.Marshal(got); err != nil {
			t.Error(err)
		} else if err := json.Unmarshal(text, &back); err != nil || cmp.Diff(got, back) != "" {
			t.Errorf("JSON: %s, %v", text, err)
		}
	}
}

func TestFrameFaultErrors(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"", `has "" where the name of the wire belongs`},
		{"lan", `has "" where " " belongs`},
		{"lan a b 1 drop", `has " b 1 drop" where ">" belongs`},
		{"lan a> 1 drop", `has " 1 drop" where the name of the receiving port belongs`},
		{"lan a>b 0 drop", `has "0" where a number from 1 to 4611686018427387904 belongs`},
		{"lan a>b 1+0 drop", `has "0" where a number from 1 to 1000 belongs`},
		{"lan a>b 1 lose", `does "lose", which is none of drop, delay, copy, cut, flip`},
		{"lan a>b 1 drop 2", `has "2" behind its end`},
		{"lan a>b 1 delay", `has "" where a time like 3ms belongs`},
		{"lan a>b 1 copy 1ms", `makes a copy without a number: +1 for the first one`},
		{"lan a>b 1 cut 13", `has "13" where a number from 14 to 65536 belongs`},
		{"lan a>b 1 flip", `has "" where a number from 0 to 65536 belongs`},
		{"lan a>b 1 flip 3", `has "3:" where bits like 54:01 belong`},
		{"lan a>b 1 flip 3:0", `has "3:0" where bits like 54:01 belong`},
	} {
		_, err := fault.ParseFrameFault(tt.text)
		if want := fmt.Sprintf("frame fault %q: %s", tt.text, tt.want); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", tt.text, err, want)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("MustParse takes anything")
		}
	}()
	fault.MustParse("lan a>b 1 drop", "nonsense")
}

func FuzzParseFrameFault(f *testing.F) {
	for _, tt := range texts {
		f.Add(tt.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		once, err := fault.ParseFrameFault(text)
		if err != nil {
			return
		}
		twice, err := fault.ParseFrameFault(once.String())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(once, twice); diff != "" || once.String() != twice.String() {
			t.Errorf("%q, printed and read: %s", text, diff)
		}
	})
}

func TestSnippets(t *testing.T) {
	list := fault.MustParse("lan a>b 1 drop", "lan a>b 2 flip 54:01", `"it's" a>b 3 delay 1.5µs`, "3 a>b 3 drop")
	wantGo := "fault.MustParse(\n\t\"lan a>b 1 drop\",\n\t\"lan a>b 2 flip 54:01\",\n\t\"\\\"it's\\\" a>b 3 delay 1.5µs\",\n\t\"3 a>b 3 drop\",\n)\n"
	wantYAML := "faults:\n  - lan a>b 1 drop\n  - lan a>b 2 flip 54:01\n  - '\"it''s\" a>b 3 delay 1.5µs'\n  - '3 a>b 3 drop'\n"
	if diff := cmp.Diff(wantGo, fault.GoSnippet(list)); diff != "" {
		t.Errorf("Go (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(wantYAML, fault.YAMLSnippet(list)); diff != "" {
		t.Errorf("YAML (-want +got):\n%s", diff)
	}
	if got := fault.YAMLSnippet(nil); got != "faults: []\n" {
		t.Errorf("YAML of nothing: %q", got)
	}
	if got := fault.GoSnippet(nil); got != "fault.MustParse()\n" || fault.MustParse() == nil {
		t.Errorf("Go of nothing: %q", got)
	}
}

// everything is a fault of each kind that chance has a hand in.
func everything() []fault.Fault {
	return []fault.Fault{
		fault.Duplication(0.1, 300*time.Microsecond),
		fault.Jitter(2*ms, true).When(fault.Chance(0.3)),
		fault.Reorder(0.1, 3*ms),
		fault.Corruption(0.1),
		{If: fault.Chance(0.05), Do: fault.Corrupt{Bytes: 5}},
		{If: fault.Chance(0.05), Do: fault.Truncate{To: 10, Random: true}},
		fault.BurstLoss(fault.Bursts(0.1, 3)),
		fault.Loss(0.05),
		fault.Bottleneck(10_000_000, 8),
	}
}

// chatter sends frames in all directions and returns what arrived, the hash and the counters.
func chatter(t *testing.T, seed uint64, prepare func(w *world)) (log []string, hash uint64, counters link.Counters) {
	w := newWorld(seed)
	prepare(w)
	w.run(t, func() {
		for i := range 400 {
			w.kernel.After(time.Duration(i/3)*100*time.Microsecond, func() {
				from, to := string(rune('a'+i%4)), string(rune('a'+(i+1+i/7%3)%4))
				if i%11 == 0 {
					to = "*"
				}
				w.send(from, to, byte(i), 20+i%50)
			})
		}
	})
	return w.log, w.wire.Hash(), w.wire.Counters()
}

// TestReplay records what faults, a rule and the loss of the wire do, and replays it in a run with another seed and other faults.
func TestReplay(t *testing.T) {
	var recording *fault.Recording
	wantLog, wantHash, wantCounters := chatter(t, 1, func(w *world) {
		w.wire.AddRule(func(d link.Delivery) link.Verdict {
			switch d.Number % 50 {
			case 3:
				return link.Drop
			case 4:
				return link.Deliver(5 * ms)
			}
			return link.Pass
		})
		fault.Attach(w.wire, everything()...)
		w.wire.SetLoss(0.03)
		recording = fault.Record(w.wire)
	})
	list := recording.Faults()
	kinds := map[fault.Action]int{}
	for _, f := range list {
		kinds[f.Action]++
	}
	if len(kinds) != 5 {
		t.Errorf("kinds of frame faults: %v", kinds)
	}
	var again *fault.Recording
	var replay *fault.Replaying
	gotLog, gotHash, gotCounters := chatter(t, 2, func(w *world) {
		fault.Attach(w.wire, fault.Loss(1))
		w.wire.SetLoss(0.5)
		again = fault.Record(w.wire)
		replay = fault.Replay(list, w.wire)
	})
	if diff := cmp.Diff(wantLog, gotLog); diff != "" || gotHash != wantHash {
		t.Errorf("hash %x, want %x; arrivals (-want +got):\n%s", gotHash, wantHash, diff)
	}
	if diff := cmp.Diff(wantCounters, gotCounters); diff != "" {
		t.Errorf("counters (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(list, again.Faults()); diff != "" {
		t.Errorf("recorded again (-want +got):\n%s", diff)
	}
	if left := replay.Unused(); left != nil {
		t.Errorf("not replayed: %v", left)
	}
	var lines []string
	for _, f := range list {
		lines = append(lines, f.String())
	}
	if diff := cmp.Diff(list, fault.MustParse(lines...)); diff != "" {
		t.Errorf("printed and read (-want +got):\n%s", diff)
	}
	plainLog, plainHash, _ := chatter(t, 1, func(*world) {})
	recordedLog, recordedHash, _ := chatter(t, 1, func(w *world) { fault.Record(w.wire) })
	if cmp.Diff(plainLog, recordedLog) != "" || plainHash != recordedHash {
		t.Error("recording changes a run without faults")
	}
}

// TestReplayOne replays single frame faults.
func TestReplayOne(t *testing.T) {
	for _, tt := range []struct {
		list   []string
		want   string
		unused string
	}{
		{nil, "1ms b 1, 1ms b 2, 1ms b 3, 1ms c 3, 1ms d 3", ""},
		{[]string{"lan a>b 2 drop"}, "1ms b 1, 1ms b 3, 1ms c 3, 1ms d 3", ""},
		{[]string{"lan a>c 1 drop"}, "1ms b 1, 1ms b 2, 1ms b 3, 1ms d 3", ""},
		{[]string{"lan a>c 2 drop", "lan b>a 1 drop", "wan a>b 1 drop"}, "1ms b 1, 1ms b 2, 1ms b 3, 1ms c 3, 1ms d 3",
			"lan a>c 2 drop, lan b>a 1 drop, wan a>b 1 drop"},
		{[]string{"lan a>b 1 delay 1ms", "lan a>b 1 delay 2ms"}, "1ms b 2, 1ms b 3, 1ms c 3, 1ms d 3, 4ms b 1", ""},
		{[]string{"lan a>b 1+3 flip 14:ff", "lan a>b 1+3 copy 1ms", "lan a>b 1 drop"}, "1ms b 2, 1ms b 3, 1ms c 3, 1ms d 3, 2ms b 254", ""},
		{[]string{"lan a>b 1+1 drop", "lan a>b 2 cut 1000", "lan a>b 3 flip 1000:01"}, "1ms b 1, 1ms b 2, 1ms b 3, 1ms c 3, 1ms d 3",
			"lan a>b 1+1 drop, lan a>b 2 cut 1000, lan a>b 3 flip 1000:01"},
	} {
		w := newWorld(1)
		replay := fault.Replay(fault.MustParse(tt.list...), w.wire)
		w.run(t, func() {
			w.send("a", "b", 1, 46)
			w.send("a", "b", 2, 46)
			w.send("a", "*", 3, 46)
		})
		if got := strings.Join(w.log, ", "); got != tt.want {
			t.Errorf("%v: %s, want %s", tt.list, got, tt.want)
		}
		var unused []string
		for _, f := range replay.Unused() {
			unused = append(unused, f.String())
		}
		if got := strings.Join(unused, ", "); got != tt.unused {
			t.Errorf("%v: unused %s, want %s", tt.list, got, tt.unused)
		}
	}
}
