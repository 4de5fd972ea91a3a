package report

import (
	"fmt"
	"slices"
	"time"

	"netxsim/sim/scenario"
)

// An expectation is one of a scenario, with what a run says about it.
type expectation struct {
	key, meaning string
	limit        string // empty: it is not asked for
	value        string
}

// expectationTable holds what a run did against everything that can be expected, also what the scenario does not ask for.
func expectationTable(s *scenario.Scenario, r *scenario.Result) table {
	t := table{Caption: "Expectations", Columns: heads("expectation", "meaning", ">limit", ">value", "result")}
	for _, e := range expectations(s, r) {
		verdict := cell{Text: "not asked"}
		if e.limit != "" {
			verdict = held(!slices.ContainsFunc(r.Failures, func(f scenario.Failure) bool { return f.Expect == e.key }))
		}
		t.add(code(e.key), e.meaning, orDash(e.limit), orDash(e.value), verdict)
	}
	return t
}

func orDash(text string) string {
	if text == "" {
		return "–"
	}
	return text
}

func expectations(s *scenario.Scenario, r *scenario.Result) []expectation {
	e := &s.Expect
	sum := sumSessions(s, r)
	all := fmt.Sprintf("%d of ", sum.expected)
	return []expectation{
		{"complete", "sessions that end without an error", when(e.Complete, all+fmt.Sprint(sum.expected)), fmt.Sprintf("%d of %d", sum.complete, sum.expected)},
		{"intact", "sessions with what was sent", when(e.Intact, fmt.Sprintf("%d of %d", len(sum.took), len(sum.took))), fmt.Sprintf("%d of %d", sum.intact, len(sum.took))},
		{"session", "longest session", limit(e.Session), longest(sum.took)},
		{"finish", "when the last session was over", limit(e.Finish), seconds(sum.end)},
		{"allocation_failures", "requests for packets that failed", limit(e.AllocationFailures), count(allocationFailures(r))},
		{"suspension", "longest wait for a packet", limit(e.Suspension), longest(suspensions(r))},
		{"leaks", "packets of a pool missing at the end", limit(e.Leaks), mostLeaked(r)},
		{"udp_loss", "datagrams lost of the worst flow", lossLimit(s, scenario.UDP, e.UDPLoss), worstLoss(r, scenario.UDP)},
		{"ping_loss", "pings lost of the worst workload", lossLimit(s, scenario.Ping, e.PingLoss), worstLoss(r, scenario.Ping)},
	}
}

// when is a limit's text if the expectation is asked for.
func when(asked *bool, text string) string {
	if asked == nil || !*asked {
		return ""
	}
	return text
}

// limit is a limit as the scenario has it.
func limit[T any](l *T) string {
	if l == nil {
		return ""
	}
	return fmt.Sprint(*l)
}

// lossLimit is the limit of losses of a kind of workload, if there are such.
func lossLimit(s *scenario.Scenario, kind string, l *scenario.Percent) string {
	if !slices.ContainsFunc(s.Workloads, func(w scenario.Workload) bool { return w.Kind == kind }) {
		return ""
	}
	return limit(l)
}

// sessionSum is what all sessions of a run did.
type sessionSum struct {
	expected, complete, intact int
	end                        time.Duration
	took                       []time.Duration
}

func sumSessions(s *scenario.Scenario, r *scenario.Result) sessionSum {
	var sum sessionSum
	for _, w := range s.Workloads {
		sum.expected += w.Repeat * w.Clients
	}
	for _, k := range r.Workloads {
		for _, x := range k.Sessions {
			if x.Ended && x.Error == "" {
				sum.complete++
			}
			if x.Intact {
				sum.intact++
			}
			sum.took = append(sum.took, x.End-x.Start)
			sum.end = max(sum.end, x.End)
			if !x.Ended {
				sum.end = r.Virtual
			}
		}
	}
	return sum
}

func longest(list []time.Duration) string {
	if len(list) == 0 {
		return ""
	}
	return seconds(slices.Max(list))
}

func suspensions(r *scenario.Result) []time.Duration {
	var list []time.Duration
	for _, p := range r.Pools {
		list = append(list, p.LongestSuspension)
	}
	return list
}

// allocationFailures counts requests that failed. What an auxiliary pool has not, the default pool gives.
func allocationFailures(r *scenario.Result) int {
	n := 0
	for _, p := range r.Pools {
		if !slices.Contains(p.Use, scenario.UseAuxiliary) || slices.Contains(p.Use, scenario.UseDefault) {
			n += p.EmptyRequests
		}
	}
	return n
}

func mostLeaked(r *scenario.Result) string {
	if len(r.Pools) == 0 {
		return ""
	}
	most := 0
	for _, p := range r.Pools {
		most = max(most, p.Leaked)
	}
	return count(most)
}

// worstLoss is the largest share that a workload of a kind has lost.
func worstLoss(r *scenario.Result, kind string) string {
	worst, text := -1.0, ""
	for _, k := range r.Workloads {
		if k.Kind != kind || k.Sent == 0 {
			continue
		}
		if part := float64(k.Lost) / float64(k.Sent); part > worst {
			worst, text = part, share(k.Lost, k.Sent)
		}
	}
	return text
}
