package scenario

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// parsed returns a scenario whose text must be right.
func parsed(t testing.TB, text string) *Scenario {
	t.Helper()
	s, err := Load("test", []byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return s
}

// run runs a scenario that can be run.
func run(t testing.TB, s *Scenario, o Options) *Result {
	t.Helper()
	r, err := Run(s, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// encode returns the JSON of a result.
func encode(t testing.TB, r *Result) string {
	t.Helper()
	text, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestExamples runs every example: what it expects must hold, and each run with
// one seed must give the same bytes, whatever else goes on.
func TestExamples(t *testing.T) {
	for _, file := range examples(t) {
		s, err := LoadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		before := s.Hash()
		for seed := range uint64(3) {
			o := Options{Seed: seed, Series: true, Sequence: true}
			first := run(t, s, o)
			if !first.Passed() {
				t.Errorf("%s, seed %d: %v", file, seed, first.Failures)
			}
			want := encode(t, first)
			for _, processors := range []int{1, 2, 4} {
				before := runtime.GOMAXPROCS(processors)
				got := encode(t, run(t, s, o))
				runtime.GOMAXPROCS(before)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Fatalf("%s, seed %d on %d processors: -first +second:\n%s", file, seed, processors, diff)
				}
			}
		}
		if s.Hash() != before {
			t.Errorf("%s: running it has changed it", file)
		}
	}
}

// TestRunSeeds checks that seeds that run in parallel give what they give alone,
// in order, and that the end can be early.
func TestRunSeeds(t *testing.T) {
	s, err := LoadFile("testdata/pop3.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var got []uint64
	err = RunSeeds(s, Options{}, 5, 12, 4, func(r *Result) bool {
		got = append(got, r.Seed)
		if r.Seed%4 == 0 && encode(t, r) != encode(t, run(t, s, Options{Seed: r.Seed})) {
			t.Errorf("seed %d differs from a run alone", r.Seed)
		}
		return true
	})
	if want := []uint64{5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	n := 0
	if err := RunSeeds(s, Options{}, 0, 1000, 2, func(*Result) bool { n++; return n < 3 }); err != nil || n != 3 {
		t.Errorf("%d results, %v", n, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err = RunSeeds(s, Options{Context: ctx}, 0, 1000, 2, func(*Result) bool { cancel(); return true })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
	bad := s.Clone()
	bad.Hosts = nil
	if err := RunSeeds(bad, Options{}, 0, 10, 2, func(*Result) bool { return true }); err == nil {
		t.Error("a bad scenario runs")
	}
}

// TestCanceled checks that a context ends a run from outside.
func TestCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := parsed(t, strings.Replace(small, "to: b}", "to: b, size: 1GiB, read_pause: 1ms}", 1))
	if r, err := Run(s, Options{Context: ctx}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, %v", r, err)
	}
}

// TestCanceledAnywhere checks that it does so wherever the run is just then.
func TestCanceledAnywhere(t *testing.T) {
	s, err := LoadFile("testdata/pop3.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for i := range 60 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i*137%9000)*time.Microsecond)
		if _, err := Run(s, Options{Seed: uint64(i), Context: ctx}); err != nil && !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		cancel()
	}
}

// running is small with so many packets that what is unacknowledged leaves some
// for the acknowledgements.
var running = strings.Replace(small, "packets: 8", "packets: 30", 1)

// pool replaces the pool of running.
func pool(text string) func(string) string {
	return func(s string) string { return strings.Replace(s, "payload: 1536, packets: 30", text, 1) }
}

// workload replaces the workload of running.
func workload(text string) func(string) string {
	return func(s string) string { return strings.Replace(s, "kind: tcp, from: a, to: b", text, 1) }
}

// netx makes the plain host of running a netx one.
func netx(pool string) func(string) string {
	return func(s string) string {
		return strings.Replace(s, "{name: b, kind: plain}", "{name: b, pools: [{"+pool+"}]}", 1)
	}
}

// expects adds expectations to running.
func expects(text string) func(string) string {
	return func(s string) string { return s + "expect: {" + text + "}\n" }
}

// twoPools has few packets for what the application sends.
const twoPools = "payload: 1536, packets: 8, use: [default]}, {name: tx, payload: 1536, packets: 2, use: [application]"

// TestFailures checks which expectations fail when something goes wrong, and
// what is said about it.
func TestFailures(t *testing.T) {
	for _, tc := range []struct {
		name    string
		changes []func(string) string
		want    string // the failed expectations
		says    string // in the text of the first
	}{
		{"nothing", nil, "", ""},
		{"one packet", []func(string) string{pool("payload: 1536, packets: 1")}, "complete leaks", "connect: NX_NOT_CONNECTED; held in pool a of a by ip a ARP queue 1"},
		{"a payload too small for headers", []func(string) string{pool("payload: 50, packets: 8")}, "complete", "connect"},
		{"slow", []func(string) string{workload("kind: tcp, from: a, to: b, think: 1s"), expects("session: 3s, finish: 5s")}, "session finish", "tcp: session 1 took 44"},
		{"no one listens on an idle wire", []func(string) string{workload("kind: ping, from: a, to: b, count: 3, wait: 1s"),
			func(s string) string {
				return "settle: 10m\n" + strings.Replace(s, "name: lan", "{name: lan, loss: 100%}", 1)
			}}, "ping_loss", "3 of 3 pings were lost, limit 0%"},
		{"too many datagrams", []func(string) string{workload("kind: udp, from: b, to: a, count: 50, burst: 50, size: 1000, read_pause: 20ms"), pool("payload: 1536, packets: 4"), expects("udp_loss: 10%, allocation_failures: 0")},
			"udp_loss allocation_failures", "of 50 datagrams were lost, limit 10%"},
		{"an application waits for packets", []func(string) string{pool(twoPools), expects("suspension: 0s, session: 10s")},
			"suspension", "thread tcp waited"},
		{"cut off", []func(string) string{workload("kind: idle, from: a, length: 2h"), expects("finish: 3h")}, "complete finish", "was going on when the run ended"},
		{"the pool of a server that does not read", []func(string) string{netx("payload: 1536, packets: 6"),
			workload("kind: tcp, from: a, to: b, window: 20000, read_pause: 2s, size: 100kB, direction: send"), expects("allocation_failures: 0")},
			"complete allocation_failures", "socket tcp server receive queue"},
		{"a greeting that the C client forgets", []func(string) string{workload("kind: pop3, from: a, to: b, apop: true, fixes: none, repeat: 3, mailbox: {messages: 1}")},
			"leaks", "packets missing at the end: 3, limit 0; held in pool a of a by"},
		{"deadlock", []func(string) string{pool("payload: 1536, packets: 4"), netx("payload: 1536, packets: 4"),
			workload("kind: tcp, from: a, to: b, direction: echo, window: 20000, size: 50kB, wait: forever")}, "complete", "behind byte"},
	} {
		text := running
		for _, change := range tc.changes {
			text = change(text)
		}
		r := run(t, parsed(t, text), Options{Seed: 1})
		var failed []string
		for _, f := range r.Failures {
			if !slices.Contains(failed, f.Expect) {
				failed = append(failed, f.Expect)
			}
			if f.Text == "" || strings.Contains(f.Text, "\n") {
				t.Errorf("%s: %q is no line", tc.name, f.Text)
			}
		}
		if got := strings.Join(failed, " "); got != tc.want {
			t.Errorf("%s: failed %q, want %q: %v", tc.name, got, tc.want, r.Failures)
		} else if tc.says != "" && !strings.Contains(r.Failures[0].Text, tc.says) {
			t.Errorf("%s: %q does not say %q", tc.name, r.Failures[0].Text, tc.says)
		}
	}
}

// TestDeadlock checks that threads that wait for what can never happen are named.
func TestDeadlock(t *testing.T) {
	text := workload("kind: ping, from: a, to: b, wait: forever")(running)
	r := run(t, parsed(t, strings.Replace(text, "name: lan", "{name: lan, loss: 100%}", 1)), Options{})
	if r.End != EndDeadlock || len(r.Deadlock) != 1 || !strings.HasPrefix(r.Deadlock[0], "thread ping: ") {
		t.Errorf("%s: %q", r.End, r.Deadlock)
	}
	if r.Passed() || !strings.Contains(r.Failures[0].Text, "deadlock at") {
		t.Errorf("%v", r.Failures)
	}
}

// TestLeak checks that a leak shows in the quiet points between sessions, and
// with its holder.
func TestLeak(t *testing.T) {
	s := parsed(t, workload("kind: pop3, from: a, to: b, apop: true, fixes: none, repeat: 4, rest: 10s, mailbox: {messages: 1}")(running))
	p := run(t, s, Options{}).Pools[0]
	var free []int
	for _, q := range p.Quiet {
		free = append(free, q.Free)
	}
	if !slices.Equal(free, []int{30, 29, 28, 27, 26}) || p.Leaked != 4 || len(p.LeakedHolders) == 0 {
		t.Errorf("free at quiet points %v, %d missing, held by %v", free, p.Leaked, p.LeakedHolders)
	}
}

// TestSuspension checks that a wait for a packet is measured and has its
// thread, and that the series of free packets says the same.
func TestSuspension(t *testing.T) {
	s := parsed(t, pool(twoPools)(running))
	p := run(t, s, Options{Series: true}).Pools[1]
	if p.Suspensions == 0 || p.LongestSuspension <= 0 || p.LongestSuspensionThread != "tcp" || len(p.LongestSuspensionHolders) == 0 {
		t.Errorf("%+v", p)
	}
	lowest, at := p.Packets, time.Duration(-1)
	for _, point := range p.Series {
		if point.At <= at {
			t.Fatalf("%v behind %v", point.At, at)
		}
		lowest, at = min(lowest, point.Free), point.At
	}
	if lowest != p.Lowest || p.Series[len(p.Series)-1].Free != p.Packets {
		t.Errorf("the series has a low of %d and ends with %v, the pool had %d", lowest, p.Series[len(p.Series)-1], p.Lowest)
	}
}

// TestReceiveDescriptors checks that a driver's packets are out of the pool but
// not missing.
func TestReceiveDescriptors(t *testing.T) {
	driver := func(s string) string {
		return strings.Replace(s, "  - name: a\n", "  - name: a\n    driver: {receive: 4, transmit: 2}\n", 1)
	}
	p := run(t, parsed(t, driver(running)), Options{Series: true}).Pools[0]
	if last := p.Series[len(p.Series)-1]; last.Free != 26 || p.Leaked != 0 || p.Quiet[len(p.Quiet)-1].Free != 30 {
		t.Errorf("%d free, %d missing, quiet %v", last.Free, p.Leaked, p.Quiet)
	}
}

// TestSequence checks the segments of a connection.
func TestSequence(t *testing.T) {
	r := run(t, parsed(t, workload("kind: tcp, from: a, to: b, size: 3000")(running)), Options{Sequence: true})
	if len(r.Sequence) != 1 || r.Sequence[0].To != "192.168.1.2:5000" {
		t.Fatalf("%+v", r.Sequence)
	}
	var data uint32
	for i, s := range r.Sequence[0].Segments {
		if i == 0 && (s.Flags != "S" || s.Sequence != 0 || !s.FromClient) || i == 1 && (s.Flags != "SA" || s.Acknowledge != 1 || s.FromClient) {
			t.Errorf("segment %d: %+v", i, s)
		}
		if s.FromClient && s.Length > 0 {
			if s.Sequence != data+1 {
				t.Errorf("segment %d: sequence %d behind %d bytes", i, s.Sequence, data)
			}
			data += s.Length
		}
	}
	if data != 3000 {
		t.Errorf("%d bytes", data)
	}
}

// TestPcap checks that the frames are captured, the same each time.
func TestPcap(t *testing.T) {
	var files [2]bytes.Buffer
	for i := range files {
		run(t, parsed(t, running), Options{Pcap: &files[i]})
	}
	if files[0].Len() < 64<<10 || !bytes.Equal(files[0].Bytes(), files[1].Bytes()) {
		t.Errorf("%d and %d bytes", files[0].Len(), files[1].Len())
	}
}

// TestRouter checks that hosts on two wires reach each other by way of a netx
// host that forwards.
func TestRouter(t *testing.T) {
	r := run(t, parsed(t, `
wires: [{name: left}, {name: right, latency: 3ms}]
hosts:
  - {name: a, wire: left, gateway: 192.168.1.9, pools: [{payload: 1536, packets: 20}]}
  - {name: router, wire: left, address: 192.168.1.9/24, interfaces: [{wire: right, address: 192.168.2.9/24}], forward: true, pools: [{payload: 1536, packets: 30}]}
  - {name: b, kind: plain, wire: right, gateway: 192.168.2.9}
workloads:
  - {kind: tcp, from: a, to: b, direction: both, size: 20kB}
  - {kind: ping, from: a, to: b, start: 1s}
`), Options{})
	if !r.Passed() || r.Wires[1].Delivered < 30 {
		t.Errorf("%v %v", r.Failures, r.Wires)
	}
}

// TestFaults checks that each fault of a wire happens, and that data arrive all
// the same.
func TestFaults(t *testing.T) {
	r := run(t, parsed(t, `
wires:
  - {name: lan, rate: 10Mbit/s, latency: 1ms, jitter: 300us, duplicate: 2%, reorder: 2%, corrupt: 1%, burst: {enter: 0.3%, leave: 30%},
     queue: 32KiB, bottleneck: {rate: 5Mbit/s, queue: 16KiB}, outages: [{at: 100ms, for: 50ms}, {at: 1s, for: 20ms, every: 500ms}]}
hosts:
  - {name: a, pools: [{payload: 1536, packets: 60}]}
  - {name: b, kind: plain}
workloads:
  - {kind: tcp, from: a, to: b, direction: both, size: 300kB, window: 8760}
`), Options{Seed: 3})
	hits := map[string]uint64{}
	for _, f := range r.Wires[0].Faults {
		hits[f.Name] = f.Hits
	}
	for _, name := range []string{"outage 1", "outage 2", "burst", "corrupt", "duplicate", "jitter", "reorder", "bottleneck"} {
		if hits[name] == 0 {
			t.Errorf("no %s: %v", name, hits)
		}
	}
	if !r.Passed() {
		t.Error(r.Failures)
	}
}

// TestTickRate checks that the stack's timers last as long whatever the rate of
// the ticks: a second until the first lost segment is sent again.
func TestTickRate(t *testing.T) {
	for _, rate := range []string{"10", "100", "1000"} {
		text := "target: {ticks_per_second: " + rate + "}\nfaults: [lan a>b 4 drop]\n" + workload("kind: tcp, from: a, to: b, size: 100")(running)
		r := run(t, parsed(t, text), Options{})
		if end := r.Workloads[0].Sessions[0].End; !r.Passed() || end < 900*time.Millisecond || end > 1300*time.Millisecond {
			t.Errorf("%s ticks a second: over after %v: %v", rate, end, r.Failures)
		}
	}
}

// TestIdle checks that nothing costs nothing: a day in which little happens.
func TestIdle(t *testing.T) {
	s := parsed(t, "duration: 48h\n"+workload("kind: ping, from: a, to: b, count: 24, think: 1h")(running))
	if r := run(t, s, Options{}); !r.Passed() || r.Virtual < 23*time.Hour {
		t.Errorf("%v: %v", r.Virtual, r.Failures)
	}
}

// TestMemory checks that runs leave nothing behind.
func TestMemory(t *testing.T) {
	s, err := LoadFile("testdata/transfer.yaml")
	if err != nil {
		t.Fatal(err)
	}
	runs := 600
	if testing.Short() {
		runs = 100
	}
	heap := func() int64 {
		for range runs {
			run(t, s, Options{Seed: 7})
		}
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	routines := runtime.NumGoroutine()
	first := heap()
	if second := heap(); second > first+first/4+256<<10 {
		t.Errorf("%d bytes after %d runs, %d after as many more", first, runs, second)
	}
	if now := runtime.NumGoroutine(); now > routines+2 {
		t.Errorf("%d goroutines before, %d after", routines, now)
	}
}
