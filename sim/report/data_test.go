package report

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"netxsim/sim/scenario"
)

const ms = time.Millisecond

// lossy is a connection whose third segment is lost, and sent again half a second later.
func lossy() *scenario.Connection {
	c := &scenario.Connection{From: "10.0.0.1:1000", To: "10.0.0.2:80"}
	add := func(at time.Duration, client bool, flags string, sequence, length, acknowledge, window uint32, lost bool) {
		c.Segments = append(c.Segments, scenario.Segment{At: at, FromClient: client, Flags: flags, Sequence: sequence, Length: length, Acknowledge: acknowledge, Window: window, Lost: lost})
	}
	add(0, true, "S", 0, 0, 0, 1000, false)
	add(1*ms, false, "SA", 0, 0, 1, 5000, false)
	add(2*ms, true, "A", 1, 0, 1, 1000, false)
	add(2*ms, false, "PA", 1, 20, 1, 5000, false)
	add(3*ms, true, "A", 1, 100, 21, 1000, false)
	add(4*ms, true, "A", 101, 100, 21, 1000, true)
	add(5*ms, true, "A", 201, 100, 21, 1000, false)
	add(6*ms, false, "A", 21, 0, 101, 4900, false)
	add(7*ms, false, "A", 21, 0, 101, 4900, true)
	add(504*ms, true, "A", 101, 100, 21, 1000, false)
	add(505*ms, false, "A", 21, 0, 301, 5000, false)
	add(2*time.Second, true, "FA", 301, 0, 21, 1000, false)
	add(3500*ms, false, "A", 21, 0, 302, 5000, false)
	return c
}

// TestTrace looks at a short connection.
func TestTrace(t *testing.T) {
	trace := newTrace(lossy())
	if !trace.fromClient || trace.again != 1 || trace.lost != 2 || trace.highest != 302 || len(trace.sent) != 6 || len(trace.acks) != 6 {
		t.Errorf("%+v", trace)
	}
	if want := (pause{2 * time.Second, 3500 * ms}); trace.pause != want {
		t.Errorf("longest pause %v, want %v", trace.pause, want)
	}
	if want := (pause{6 * ms, 505 * ms}); trace.focus != want {
		t.Errorf("longest pause in which something was sent again %v, want %v", trace.focus, want)
	}
	if again := trace.sent[4]; !again.again || again.begin != 101 || again.end != 201 {
		t.Errorf("the segment that was sent again: %+v", again)
	}
	from, to := trace.closeUp(2, 3)
	if from != 4*ms || to != 504500*time.Microsecond {
		t.Errorf("close-up from %v to %v", from, to)
	}
}

// TestTraceWithoutData looks at connections with next to nothing in them.
func TestTraceWithoutData(t *testing.T) {
	for _, c := range []*scenario.Connection{
		{}, {Segments: []scenario.Segment{{At: ms, FromClient: true, Flags: "S"}}},
		{Segments: []scenario.Segment{{At: ms, FromClient: true, Flags: "S"}, {At: 2 * ms, Flags: "RA", Acknowledge: 1}}},
	} {
		trace := newTrace(c)
		if trace.again+trace.lost != 0 || trace.pause.length() > ms {
			t.Errorf("%+v", trace)
		}
	}
}

// TestNear checks sequence numbers across the end of their range.
func TestNear(t *testing.T) {
	for _, test := range []struct {
		known    int64
		sequence uint32
		want     int64
	}{
		{0, 0, 0}, {0, 1460, 1460}, {0, math.MaxUint32, -1}, {math.MaxUint32, 99, math.MaxUint32 + 100}, {1 << 32, math.MaxUint32, math.MaxUint32},
	} {
		if got := near(test.known, test.sequence); got != test.want {
			t.Errorf("near(%d, %d) = %d, want %d", test.known, test.sequence, got, test.want)
		}
	}
}

// TestCondense checks on chance series that what is left out of a chart is not seen.
func TestCondense(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var series []scenario.Point
		var at time.Duration
		for range rapid.IntRange(1, 500).Draw(t, "points") {
			series = append(series, scenario.Point{At: at, Free: rapid.IntRange(0, 40).Draw(t, "free")})
			at += time.Duration(rapid.IntRange(1, 1000).Draw(t, "gap")) * time.Microsecond
		}
		n := rapid.IntRange(8, 100).Draw(t, "n")
		got := condense(series, at, n)
		if len(got) > max(n, 4) && len(got) > len(series) || len(series) > n && len(got) > n+4 {
			t.Fatalf("%d points of %d, want about %d", len(got), len(series), n)
		}
		lowest := func(list []scenario.Point) (low, high int) {
			low = list[0].Free
			for _, p := range list {
				low, high = min(low, p.Free), max(high, p.Free)
			}
			return low, high
		}
		low, high := lowest(got)
		if wantLow, wantHigh := lowest(series); low != wantLow || high != wantHigh || got[0] != series[0] || got[len(got)-1] != series[len(series)-1] {
			t.Fatalf("%d to %d, %v to %v; want %d to %d, %v to %v", low, high, got[0], got[len(got)-1], wantLow, wantHigh, series[0], series[len(series)-1])
		}
		for i := 1; i < len(got); i++ {
			if got[i].At <= got[i-1].At {
				t.Fatalf("%v after %v", got[i], got[i-1])
			}
		}
	})
}

// TestTicks checks the numbers at axes.
func TestTicks(t *testing.T) {
	labels := func(u unit, low, high float64, n int) (list []string) {
		for _, tick := range ticks(u, low, high, n) {
			list = append(list, tick.Label)
		}
		return list
	}
	for _, test := range []struct {
		name string
		got  []string
		want []string
	}{
		{"seconds", labels(timeUnit(10*time.Second), 0, 10e9, 5), []string{"0", "2", "4", "6", "8", "10"}},
		{"a part of a second", labels(timeUnit(20*ms), 735e6, 755e6, 4), []string{"735", "740", "745", "750", "755"}},
		{"nothing below zero", labels(timeUnit(time.Second), -1e7, 1e9, 3), []string{"0", "500", "1000"}},
		{"hours", labels(timeUnit(4*time.Hour), 0, 4*3600e9, 4), []string{"0", "1", "2", "3", "4"}},
	} {
		if diff := cmp.Diff(test.want, test.got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", test.name, diff)
		}
	}
	for total, want := range map[int][]string{1: {"0", "1"}, 4: {"0", "1", "2", "3", "4"}, 27: {"0", "10", "20", "27"}, 60: {"0", "20", "40", "60"}, 11: {"0", "5", "11"}} {
		var got []string
		for _, tick := range packetTicks(total, 5) {
			got = append(got, tick.Label)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d packets: -want +got:\n%s", total, diff)
		}
	}
}

// TestFormats checks how numbers are written.
func TestFormats(t *testing.T) {
	for got, want := range map[string]string{
		count(0): "0", count(999): "999", count(1000): "1,000", count(-1234567): "-1,234,567", count(uint64(math.MaxUint64)): "18,446,744,073,709,551,615",
		three(0.1234): "0.12", three(1.985): "1.99", three(12.34): "12.3", three(99.94): "99.9", three(123.4): "123",
		seconds(0): "0 s", seconds(1500 * time.Microsecond): "0.001500 s", share(1, 3): "33.3%", share(1, 0): "100.0%",
		plural(1, "run", "runs"): "1 run", plural(1200, "run", "runs"): "1,200 runs",
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
