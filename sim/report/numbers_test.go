package report

import (
	"fmt"
	"maps"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"netxsim/sim/scenario"
)

// rows are the texts of a table's cells, by the heads of their columns.
func rows(t *testing.T, root *html.Node, id string) []map[string]string {
	t.Helper()
	table := byID(t, root)[id]
	if table == nil || table.Data != "table" {
		t.Fatalf("no table %s", id)
	}
	var list []map[string]string
	for _, tr := range all(table, "tr")[1:] {
		row := map[string]string{}
		for _, td := range all(tr, "td") {
			row[attr(td, "data-label")] = words(td)
		}
		list = append(list, row)
	}
	return list
}

// number reads what count writes, and the number in front of a unit.
func number(t *testing.T, text string) int64 {
	t.Helper()
	first, _, _ := strings.Cut(text, " ")
	n, err := strconv.ParseInt(strings.ReplaceAll(first, ",", ""), 10, 64)
	if err != nil {
		t.Errorf("%q is no number", text)
	}
	return n
}

// instant reads what seconds writes.
func instant(t *testing.T, text string) time.Duration {
	t.Helper()
	d, err := time.ParseDuration(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		t.Errorf("%q is no time", text)
	}
	return d
}

// micro is a time to the microsecond, as tables have it.
func micro(d time.Duration) time.Duration { return d.Round(time.Microsecond) }

// TestPoolNumbers compares the tables of pools with the results.
func TestPoolNumbers(t *testing.T) {
	m, root := whole(t)
	for i, run := range m.Runs {
		got := rows(t, root, fmt.Sprintf("run%d-pools", i+1))
		for n, more := range rows(t, root, fmt.Sprintf("run%d-waits", i+1)) {
			maps.Copy(got[n], more)
		}
		if len(got) != len(run.Result.Pools) {
			t.Fatalf("run %d: %d pools in the table, %d in the result", i+1, len(got), len(run.Result.Pools))
		}
		for n, p := range run.Result.Pools {
			row := got[n]
			want := []int64{int64(p.Payload), int64(p.Packets), int64(p.RAM), int64(p.Lowest), int64(p.EmptyRequests), int64(p.Suspensions), int64(p.Leaked)}
			var have []int64
			for _, column := range []string{"payload", "packets", "bytes of RAM", "lowest free", "failed requests", "waits", "missing at the end"} {
				have = append(have, number(t, row[column]))
			}
			if diff := cmp.Diff(want, have); diff != "" {
				t.Errorf("run %d, pool %s: -result +table:\n%s", i+1, p.Name, diff)
			}
			if at, wait := instant(t, row["at"]), instant(t, row["longest wait"]); at != micro(p.LowestAt) || wait != micro(p.LongestSuspension) {
				t.Errorf("run %d, pool %s: lowest at %v, longest wait %v; want %v, %v", i+1, p.Name, at, wait, p.LowestAt, p.LongestSuspension)
			}
			for _, h := range p.LowestHolders {
				if !strings.Contains(row["held then by"], fmt.Sprintf("%s %d", h.Name, h.Packets)) {
					t.Errorf("run %d, pool %s: %q does not name %v", i+1, p.Name, row["held then by"], h)
				}
			}
		}
	}
}

// TestSeriesNumbers compares the table behind the chart of a pool with the series.
func TestSeriesNumbers(t *testing.T) {
	m, root := whole(t)
	for i, run := range m.Runs {
		for n, p := range run.Result.Pools {
			lowest, changes := p.Packets, int64(0)
			for _, row := range rows(t, root, fmt.Sprintf("run%d-pool%d-table", i+1, n+1)) {
				column := "lowest"
				if row[column] == "" {
					column = "free"
				} else {
					changes += number(t, row["changes"])
				}
				lowest = min(lowest, int(number(t, row[column])))
			}
			if lowest != p.Lowest || changes != 0 && changes != int64(len(p.Series)) {
				t.Errorf("run %d, pool %s: lowest %d of %d changes in the table, want %d of %d", i+1, p.Name, lowest, changes, p.Lowest, len(p.Series))
			}
		}
	}
}

// TestSessionNumbers compares the tables of sessions and failures with the results.
func TestSessionNumbers(t *testing.T) {
	m, root := whole(t)
	for i, run := range m.Runs {
		r, k := run.Result, 0
		got := rows(t, root, fmt.Sprintf("run%d-sessions", i+1))
		for _, w := range r.Workloads {
			for n, s := range w.Sessions {
				row := got[k]
				k++
				if row["workload"] != w.Name || number(t, row["session"]) != int64(n+1) || number(t, row["bytes"]) != s.Bytes ||
					instant(t, row["start"]) != micro(s.Start) || instant(t, row["took"]) != micro(s.End-s.Start) ||
					!strings.Contains(row["end"], s.Error) || (row["intact"] == "yes") != s.Intact {
					t.Errorf("run %d, session %d of %s: %v, want %+v", i+1, n+1, w.Name, row, s)
				}
			}
		}
		if len(r.Failures) == 0 {
			continue
		}
		for n, row := range rows(t, root, fmt.Sprintf("run%d-failures", i+1)) {
			f := r.Failures[n]
			if row["what"] != f.Text || row["expectation"] != "✕ "+f.Expect || instant(t, row["at"]) != micro(f.At) {
				t.Errorf("run %d: failure %v, want %+v", i+1, row, f)
			}
		}
	}
}

// TestExpectationNumbers compares the table of expectations with scenario and result.
func TestExpectationNumbers(t *testing.T) {
	m, root := whole(t)
	for i, run := range m.Runs {
		failed := map[string]bool{}
		for _, f := range run.Result.Failures {
			failed[f.Expect] = true
		}
		values := map[string]map[string]string{}
		for _, row := range rows(t, root, fmt.Sprintf("run%d-expectations", i+1)) {
			values[row["expectation"]] = row
			if got := row["result"] == "✕ failed"; got != failed[row["expectation"]] {
				t.Errorf("run %d: %s: %q; the result says failed: %t", i+1, row["expectation"], row["result"], failed[row["expectation"]])
			}
		}
		for key, want := range map[string]string{
			"session": m.Scenario.Expect.Session.String(), "ping_loss": "100%", "leaks": "0", "finish": "–", "udp_loss": "–", "suspension": "–",
		} {
			if got := values[key]["limit"]; got != want {
				t.Errorf("run %d: limit of %s %q, want %q", i+1, key, got, want)
			}
		}
		var longest time.Duration
		complete := 0
		for _, w := range run.Result.Workloads {
			for _, s := range w.Sessions {
				longest = max(longest, s.End-s.Start)
				if s.Ended && s.Error == "" {
					complete++
				}
			}
		}
		if got := instant(t, values["session"]["value"]); got != micro(longest) {
			t.Errorf("run %d: longest session %v, want %v", i+1, got, longest)
		}
		if got, want := values["complete"]["value"], fmt.Sprintf("%d of 3", complete); got != want {
			t.Errorf("run %d: complete %q, want %q", i+1, got, want)
		}
	}
}

// TestAdviceNumbers compares what is said about sizes with the advice.
func TestAdviceNumbers(t *testing.T) {
	m, root := whole(t)
	a := m.Advice
	if got := words(all(byID(t, root)["advice"], "pre")[0]); got != strings.TrimSpace(a.C()) {
		t.Errorf("lines of C:\n%s\nwant:\n%s", got, a.C())
	}
	for i, row := range rows(t, root, "recommendation") {
		p := a.Pools[i]
		if number(t, row["payload"]) != int64(p.Payload) || number(t, row["packets"]) != int64(p.Packets) || number(t, row["lowest free"]) != int64(p.Lowest) || row["held then by"] != p.Holders {
			t.Errorf("recommendation %v, want %+v", row, p)
		}
	}
	var ram int64
	for _, row := range rows(t, root, "ram") {
		total := number(t, row["bytes of RAM"])
		ram += total
		if parts := number(t, row["control block"]) + number(t, row["headers"]) + number(t, row["payload used"]) + number(t, row["payload never used"]); parts != total {
			t.Errorf("the parts of %v are %d bytes", row, parts)
		}
	}
	if ram != int64(a.RAM) {
		t.Errorf("%d bytes of RAM in the table, want %d", ram, a.RAM)
	}
	for i, row := range rows(t, root, "smaller") {
		s := a.Smaller[i]
		if row["pools"] != s.Sizes.String() || row["seeds that fail"] != fmt.Sprintf("%d of %d", s.Failed, s.Of) || !strings.Contains(row["the first of them"], s.Failure.Text) ||
			row["run it again"] != Replay(m.File, s.Seed, s.Sizes) {
			t.Errorf("one packet less: %v, want %+v", row, s)
		}
	}
	for i, row := range rows(t, root, "frontier-table") {
		p := a.Frontier[i]
		if row["pools"] != p.Sizes.String() || number(t, row["bytes of RAM"]) != int64(p.RAM) || instant(t, row["slowest run"]) != micro(p.Complete) {
			t.Errorf("frontier: %v, want %+v", row, p)
		}
	}
	for i, row := range rows(t, root, "frontier-tableb") {
		p := a.Tried[i]
		if row["pools"] != p.Sizes.String() || number(t, row["seeds run"]) != int64(p.Runs) || number(t, row["failed"]) != int64(p.Failed) {
			t.Errorf("tried: %v, want %+v", row, p)
		}
	}
}

// TestMapNumbers compares chart and table of a map with its cells.
func TestMapNumbers(t *testing.T) {
	m, root := whole(t)
	area, k := m.Maps[0], 0
	got := rows(t, root, "map1-table")
	labels := map[string]int{}
	for _, n := range all(all(byID(t, root)["map1"], "svg")[0], "text") {
		labels[words(n)]++
	}
	for i, row := range area.Cells {
		for j, cell := range row {
			if cell.Runs == 0 {
				continue
			}
			r := got[k]
			k++
			if number(t, r["payload"]) != int64(area.Payloads[i]) || number(t, r["packets"]) != int64(area.Packets[j]) || number(t, r["failed"]) != int64(cell.Failed) {
				t.Errorf("cell %v, want %+v", r, cell)
			}
			shown := three(cell.Complete.Seconds())
			if cell.Failed > 0 {
				shown = fmt.Sprintf("%d/%d", cell.Failed, cell.Runs)
			}
			if labels[shown]--; labels[shown] < 0 {
				t.Errorf("the chart does not show %q for %v", shown, cell.Sizes)
			}
		}
	}
	if k != len(got) || k < 4 {
		t.Errorf("%d rows, want %d", len(got), k)
	}
}

// TestSequenceNumbers compares the table of connections and that of segments with the result.
func TestSequenceNumbers(t *testing.T) {
	m, root := whole(t)
	for i, run := range m.Runs {
		for n, row := range rows(t, root, fmt.Sprintf("run%d-connections", i+1)) {
			c := run.Result.Sequence[n]
			lost := 0
			for _, s := range c.Segments {
				if s.Lost {
					lost++
				}
			}
			if row["client"] != c.From || row["server"] != c.To || number(t, row["segments"]) != int64(len(c.Segments)) || number(t, row["lost"]) != int64(lost) {
				t.Errorf("run %d: connection %v, want %s to %s with %d segments, %d lost", i+1, row, c.From, c.To, len(c.Segments), lost)
			}
		}
		w := findWorst(m.Scenario, run.Result)
		if w == nil || w.workload != "pop3" {
			t.Fatalf("run %d: the worst session is %+v, want one of pop3", i+1, w)
		}
		segments := map[string]scenario.Segment{}
		for _, s := range w.trace.connection.Segments {
			segments[seconds(s.At)+sender(&s)+count(s.Sequence)+s.Flags+count(s.Length)] = s
		}
		for _, row := range rows(t, root, fmt.Sprintf("run%d-sequence-table", i+1)) {
			s, known := segments[row["at"]+row["from"]+row["sequence"]+row["flags"]+row["bytes"]]
			if !known || number(t, row["bytes"]) != int64(s.Length) || number(t, row["window"]) != int64(s.Window) || number(t, row["acknowledges"]) != int64(s.Acknowledge) || strings.Contains(row["note"], "lost") != s.Lost {
				t.Errorf("run %d: segment %v, want %+v", i+1, row, s)
			}
		}
	}
}

// TestSweepNumbers compares the tables of many seeds with their sum.
func TestSweepNumbers(t *testing.T) {
	m, root := whole(t)
	for i, row := range rows(t, root, "sweep-pools") {
		p := m.Sweep.Pools[i]
		if number(t, row["most in use"]) != p.Used.Value || number(t, row["failed requests"]) != p.Failures.Value {
			t.Errorf("pool %v, want %+v", row, p)
		}
	}
	for i, row := range rows(t, root, "sweep-failures") {
		f := m.Sweep.Failures[i]
		if number(t, row["first seed"]) != int64(f.First) || row["what happened then"] != f.Text || row["run it again"] != Replay(m.File, f.First, nil) {
			t.Errorf("failure %v, want %+v", row, f)
		}
	}
}
