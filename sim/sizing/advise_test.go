package sizing

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"netxsim/packetpool"
	"netxsim/sim/scenario"
	"netxsim/sim/sweep"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// example loads one of the worked examples.
func example(t testing.TB, name string) *scenario.Scenario {
	t.Helper()
	s, err := scenario.LoadFile(filepath.Join("examples", name+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// small are scenarios whose sizes can all be tried.
var small = []string{`
wires: [{name: lan, rate: 10Mbit/s, latency: 5ms}]
hosts:
  - {name: device, pools: [{payload: 1536, packets: 12, payloads: [1536, 760]}]}
  - {name: server, kind: plain}
workloads: [{kind: tcp, from: device, to: server, direction: receive, size: 60kB, window: 16KiB, read_pause: 3ms}]
`, `
wires: [{name: lan, rate: 10Mbit/s, latency: 1ms, loss: 3%}]
hosts:
  - {name: device, pools: [{payload: 512, packets: 8, payloads: [256, 512, 1516]}]}
  - {name: server, kind: plain}
workloads:
  - {name: file, kind: tcp, from: device, to: server, direction: receive, size: 20kB, window: 2920}
  - {name: ask, kind: request, from: device, to: server, count: 5, size: 300, think: 20ms}
expect: {finish: 20s}
`, `
wires: [{name: lan, rate: 10Mbit/s, latency: 1ms, loss: 1%}]
hosts:
  - name: device
    pools:
      - {name: default, payload: 1516, packets: 6, use: [default], payloads: [1516]}
      - {name: commands, payload: 128, packets: 3, use: [pop3], payloads: [128, 200]}
  - {name: server, kind: plain}
workloads: [{kind: pop3, from: device, to: server, window: 5840, mailbox: {messages: 2, sizes: [4000]}}]
expect: {session: 10s}
`, `
wires: [{name: lan, rate: 10Mbit/s, latency: 5ms}]
hosts:
  - {name: device, pools: [{payload: 1536, packets: 12, payloads: [1536]}]}
  - {name: server, kind: plain}
workloads: [{kind: tcp, from: device, to: server, direction: receive, size: 200kB, window: 32KiB, read_pause: 3ms}]
expect: {finish: 2s}
`}

// TestSmallScenarios compares the adviser with trying all sizes there are, on real runs, which are not always monotone.
func TestSmallScenarios(t *testing.T) {
	holes := 0
	for i, text := range small {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			s := parse(t, text)
			o := Options{Seeds: 3, Fresh: -1}
			search := o.search(s)
			v, err := search.Run(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if v.Answer == nil {
				t.Fatal("no answer")
			}
			want, tried := exhaustive(t, &search, v)
			holes += len(v.Holes)
			if diff := cmp.Diff(want, v.Answer.Sizes); diff != "" {
				t.Errorf("-least of %d sizes +search:\n%s", tried, diff)
			}
			t.Logf("%v is the least of %d sizes; the search made %d runs, %s, %d holes", want, tried, v.Runs, v.Proof, len(v.Holes))
		})
	}
	if holes == 0 {
		t.Error("in none of the scenarios are more packets ever worse")
	}
}

// exhaustive tries all sizes up to what the workload ever uses, and returns the least that pass.
func exhaustive(t *testing.T, search *Search, v *Verdict) (best Sizes, tried int) {
	for _, r := range v.References {
		for _, s := range everything(r.Sizes, counts(r.top())) {
			tried++
			if best != nil && compare(search.Space.Target, s, best) >= 0 {
				continue
			}
			passes := func(seed uint64) bool {
				o, err := search.Evaluate(t.Context(), s, seed)
				if err != nil {
					t.Fatal(err)
				}
				return o.Passed()
			}
			if !slices.ContainsFunc(search.Seeds, func(seed uint64) bool { return !passes(seed) }) {
				best = s
			}
		}
	}
	return best, tried
}

// TestAmpleIsPlenty checks what the search takes for granted: a pool in which as many packets as were ever used cannot be
// told from a larger one.
func TestAmpleIsPlenty(t *testing.T) {
	for i, text := range small {
		s := parse(t, text)
		o := Options{Seeds: 2, Fresh: -1}
		search := o.search(s)
		v, err := search.Run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range v.References {
			for _, seed := range search.Seeds {
				frames := map[string]bool{}
				for _, sizes := range []Sizes{r.Sizes, r.top()} {
					result, err := sweep.Simulate(t.Context(), Resize(s, sizes), seed)
					if err != nil {
						t.Fatal(err)
					}
					frames[result.FrameHash] = true
				}
				if r.Passed && len(frames) > 1 {
					t.Errorf("scenario %d, seed %d: %v and %v send different frames", i, seed, r.Sizes, r.top())
				}
			}
		}
	}
}

// TestKinds checks what is told apart, on real runs.
func TestKinds(t *testing.T) {
	limited := example(t, "window")
	limited.Pools()[0].MaxPackets = 10
	slow := example(t, "payload")
	slow.Expect.Finish = new(scenario.Duration(1000))
	leaky := example(t, "leak")
	leaky.Expect.Leaks = new(100)
	for _, tc := range []struct {
		name     string
		scenario *scenario.Scenario
		kind     string
		reasons  []string // parts
		warnings []string
	}{
		{"download", example(t, "download"), KindSized, nil, nil},
		{"leak", example(t, "leak"), KindLeak, []string{
			"pool device does not get its packets back: 8 missing at the end, held by tcp server 8",
			"free packets of device while no session ran: 64 63 62 61 60 59 58 57 56", "a larger pool only lasts longer"}, nil},
		{"leak that is allowed", leaky, KindSized, nil, []string{"pool device does not get its packets back"}},
		{"deadlock", example(t, "deadlock"), KindDeadlock, []string{"seed 1 fails with 1536 x 128: tcp:",
			"no pool ever runs empty and no frame is lost: each side waits for the other to read"}, nil},
		{"limits", limited, KindLimited, []string{"seed 1 fails with 1536 x 10: tcp:", "pool device may have 10 packets at most"}, nil},
		{"time", slow, KindOther, []string{"seed 1 fails with 1536 x 64:", "packets free at the worst moment", "more packets change nothing"}, nil},
	} {
		a, err := Advise(t.Context(), tc.scenario, Options{Seeds: 2, Fresh: -1, Confirm: 30})
		if err != nil {
			t.Errorf("%s: %v", tc.name, err)
			continue
		}
		if a.Kind != tc.kind {
			t.Errorf("%s: kind %q, want %q: %q", tc.name, a.Kind, tc.kind, a.Reason)
		}
		contains(t, tc.name+": reason", a.Reason, tc.reasons)
		contains(t, tc.name+": warning", a.Warnings, tc.warnings)
	}
}

// contains checks that lines are as many as parts, or more, and have the parts in their order.
func contains(t *testing.T, what string, lines, parts []string) {
	t.Helper()
	for i, part := range parts {
		if i >= len(lines) || !strings.Contains(lines[i], part) {
			t.Errorf("%s %d: want %q in %q", what, i, part, lines)
		}
	}
	if len(parts) == 0 && len(lines) > 0 {
		t.Errorf("%s: %q", what, lines)
	}
}

// TestPoolDeadlock recognises a pool that both directions share and that is empty at every size that is tried.
func TestPoolDeadlock(t *testing.T) {
	s := parse(t, `
duration: 2m
wires: [{name: lan, rate: 10Mbit/s, latency: 1ms}]
hosts:
  - {name: client, kind: plain}
  - {name: device, pools: [{payload: 256, packets: 16, payloads: [256]}]}
workloads: [{kind: tcp, from: client, to: device, direction: echo, size: 60kB, write: 16, window: 65535, wait: 5s, read_pause: 2ms}]
`)
	o := Options{Seeds: 1, Fresh: -1, Confirm: -1}
	search := o.search(s)
	search.Ceiling = 128
	v, err := search.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	kind, reason := classify(&search, v)
	if kind != KindDeadlock {
		t.Errorf("kind %q", kind)
	}
	contains(t, "reason", reason, []string{"seed 1 fails with 256 x 64 and 256 x 128 alike: tcp:",
		"pool device runs empty at any size", "both directions share pool device"})
}

// TestMerged makes the runs of a search in shards, joins them, and gets the same advice from them, byte for byte, with few
// runs left to make.
func TestMerged(t *testing.T) {
	s := parse(t, small[0])
	dir := t.TempDir()
	header := sweep.Header{Command: "size", Hash: s.Hash(), Version: scenario.Version(), Seeds: 6}
	advise := func(store *sweep.Store, shard sweep.Shard, made *int) []byte {
		counting := func(ctx context.Context, s *scenario.Scenario, seed uint64) (*scenario.Result, error) {
			*made++
			return sweep.Simulate(ctx, s, seed)
		}
		a, err := Advise(t.Context(), s, Options{Seeds: 6, Fresh: 6, Shard: shard, Workers: 1, Run: store.Runner(counting)})
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := a.WriteText(&b, TextOptions{Colour: true, Rules: true}); err != nil {
			t.Fatal(err)
		}
		data, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		return append(b.Bytes(), data...)
	}
	memory, err := sweep.Open("", header)
	if err != nil {
		t.Fatal(err)
	}
	alone := 0
	want := advise(memory, sweep.Shard{}, &alone)
	var paths []string
	for k := 1; k <= 3; k++ {
		header.Shard = sweep.Shard{Number: k, Of: 3}
		paths = append(paths, filepath.Join(dir, fmt.Sprint(k)))
		store, err := sweep.Open(paths[k-1], header)
		if err != nil {
			t.Fatal(err)
		}
		made := 0
		advise(store, header.Shard, &made)
		if err := store.Close(); err != nil || made >= alone {
			t.Errorf("shard %d made %d of %d runs, %v", k, made, alone, err)
		}
	}
	joined, err := sweep.Read(paths...)
	if err != nil {
		t.Fatal(err)
	}
	left := 0
	if got := advise(joined, sweep.Shard{}, &left); !bytes.Equal(got, want) {
		t.Errorf("-one machine +merged:\n%s", cmp.Diff(string(want), string(got)))
	}
	t.Logf("%d runs on one machine, %d left to make after 3 shards", alone, left)
	if left > alone/2 {
		t.Errorf("%d of %d runs were left to make", left, alone)
	}
}

// TestPayloads checks the payloads that are tried.
func TestPayloads(t *testing.T) {
	noChains := packetpool.Target{PointerSize: 4, DisablePacketChain: true}
	for _, tc := range []struct {
		target packetpool.Target
		mtu    int
		today  uint32
		want   []uint32
	}{
		{packetpool.ILP32, 1500, 1536, []uint32{128, 256, 380, 508, 760, 1516, 1536}},
		{packetpool.ILP32, 576, 512, []uint32{128, 148, 200, 256, 296, 512, 592}},
		{packetpool.Target{PointerSize: 8, Alignment: 32}, 1500, 1568, []uint32{128, 256, 384, 512, 768, 1536, 1568}},
		{noChains, 1500, 1518, []uint32{1516, 1518}},
	} {
		if diff := cmp.Diff(tc.want, Payloads(tc.target, tc.mtu, tc.today)); diff != "" {
			t.Errorf("%+v, mtu %d: -want +got:\n%s", tc.target, tc.mtu, diff)
		}
	}
}

// TestSpace checks what may be changed about pools: nothing of fixed ones, only what the scenario allows of others, and
// fewer candidates when there are many pools.
func TestSpace(t *testing.T) {
	s := parse(t, `
wires: [{name: lan}]
hosts:
  - name: device
    pools:
      - {name: a, payload: 1536, packets: 9, use: [default], fixed: true}
      - {name: b, payload: 512, packets: 4, use: [pop3], payloads: [512, 256], min_packets: 2, max_packets: 7}
      - {name: c, payload: 1536, packets: 4, use: [application]}
  - {name: pc, kind: plain}
workloads: [{kind: tcp, from: device, to: pc}]
`)
	want := []PoolSpace{{"device a", []uint32{1536}, 9, 9}, {"device b", []uint32{256, 512}, 2, 7}, {"device c", []uint32{128, 256, 380, 508, 760, 1516, 1536}, 0, 0}}
	if diff := cmp.Diff(want, spaceOf(s, nil).Pools); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	want[2].Payloads = []uint32{100, 200}
	if diff := cmp.Diff(want, spaceOf(s, []uint32{200, 100}).Pools); diff != "" {
		t.Errorf("with a list: -want +got:\n%s", diff)
	}
	for i := range s.Hosts[0].Pools {
		p := &s.Hosts[0].Pools[i]
		p.Fixed, p.Payloads = false, nil
	}
	for _, p := range spaceOf(s, nil).Pools {
		if len(p.Payloads) > 4 {
			t.Errorf("three pools, one with %d payloads", len(p.Payloads))
		}
	}
	if _, err := Advise(t.Context(), parse(t, strings.ReplaceAll(small[0], "packets: 12", "packets: 12, fixed: true")), Options{}); err == nil ||
		err.Error() != "sizing: test has no pool that is not fixed" {
		t.Errorf("error %v", err)
	}
}
