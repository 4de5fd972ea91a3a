package scenario

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// expect holds a result against what the scenario expects.
func (w *world) expect(r *Result) {
	e := &w.s.Expect
	if e.Complete != nil && *e.Complete {
		w.expectComplete(r)
	}
	for i := range r.Workloads {
		w.expectWorkload(r, &r.Workloads[i], w.works[i])
	}
	for i := range r.Pools {
		w.expectPool(r, &r.Pools[i])
	}
	if e.AllocationFailures != nil {
		w.expectAllocations(r)
	}
	if end := w.lastEnd(r); e.Finish != nil && (r.End != EndFinished || end > time.Duration(*e.Finish)) {
		r.fail(Failure{
			Expect: "finish", Value: end.String(), Limit: e.Finish.String(), At: end,
			Text: fmt.Sprintf("the workloads ended at %v (%s)", end, r.End),
		})
	}
}

// fail adds a failure; the limit and the holders go into its text.
func (r *Result) fail(f Failure) {
	if f.Limit != "" && f.Expect != "complete" {
		f.Text += ", limit " + f.Limit
	}
	if len(f.Holders) > 0 {
		f.Text += "; held in pool " + f.Pool + " of " + f.Host + " by " + holderText(f.Holders)
	}
	r.Failures = append(r.Failures, f)
}

// holderText is a list for one line.
func holderText(holders []Holder) string {
	var parts []string
	for _, h := range holders {
		parts = append(parts, h.Name+" "+strconv.Itoa(h.Packets))
	}
	return strings.Join(parts, ", ")
}

// lastEnd is when the last session ended.
func (w *world) lastEnd(r *Result) time.Duration {
	var end time.Duration
	for _, k := range r.Workloads {
		for _, s := range k.Sessions {
			end = max(end, s.End)
			if !s.Ended {
				end = r.Virtual
			}
		}
	}
	return end
}

// expectComplete looks for a deadlock, and for sessions that failed or are
// missing.
func (w *world) expectComplete(r *Result) {
	if r.End == EndDeadlock {
		f := Failure{Expect: "complete", At: r.Virtual, Text: fmt.Sprintf("deadlock at %v: %s", r.Virtual, strings.Join(r.Deadlock, "; "))}
		if p := w.emptiest(r); p != nil {
			f.Host, f.Pool = p.Host, p.Name
		}
		r.fail(f)
	}
	for i, k := range w.works {
		bad, first := 0, -1
		for n, x := range k.sessions {
			if x.record.Error != "" || !x.record.Ended {
				if bad++; first < 0 {
					first = n
				}
			}
		}
		if all := k.Repeat * k.Clients; bad > 0 || len(k.sessions) < all {
			r.fail(k.incomplete(&r.Workloads[i], bad, first))
		}
	}
}

// incomplete describes the sessions that are not complete, by the first.
func (k *work) incomplete(result *WorkloadResult, bad, first int) Failure {
	all := k.Repeat * k.Clients
	bad += all - len(k.sessions)
	f := Failure{
		Expect: "complete", Workload: result.Name,
		Value: strconv.Itoa(all - bad), Limit: strconv.Itoa(all),
		Text: fmt.Sprintf("%s: %d of %d sessions are complete", result.Name, all-bad, all),
	}
	if first < 0 {
		f.At = k.w.kernel.Now()
		return f
	}
	x := k.sessions[first]
	f.At = x.record.End
	what := x.record.Error
	if !x.record.Ended {
		what, f.At = "was going on when the run ended", k.w.kernel.Now()
	}
	f.Text += fmt.Sprintf("; session %d, begun at %v: %s", first+1, x.record.Start, what)
	if x.emptiest != nil {
		f.Host, f.Pool, f.Holders = x.emptiest.config.Host, x.emptiest.config.Name, x.holders
	}
	return f
}

// expectWorkload checks what is expected of each workload by itself.
func (w *world) expectWorkload(r *Result, result *WorkloadResult, k *work) {
	e := &w.s.Expect
	for n := range result.Sessions {
		s := &result.Sessions[n]
		if e.Intact != nil && *e.Intact && !s.Intact {
			r.fail(Failure{
				Expect: "intact", Workload: result.Name, At: s.End,
				Text: fmt.Sprintf("%s: session %d received other bytes than were sent", result.Name, n+1),
			})
		}
		if took := s.End - s.Start; e.Session != nil && s.Ended && took > time.Duration(*e.Session) {
			f := Failure{
				Expect: "session", Workload: result.Name, At: s.End, Value: took.String(), Limit: e.Session.String(),
				Text: fmt.Sprintf("%s: session %d took %v", result.Name, n+1, took),
			}
			if p := w.emptiest(r); p != nil && p.Lowest == 0 {
				f.Host, f.Pool, f.Holders = p.Host, p.Name, p.LowestHolders
			}
			r.fail(f)
		}
	}
	switch k.Kind {
	case UDP:
		r.expectLoss("udp_loss", result, e.UDPLoss, "datagrams")
	case Ping:
		r.expectLoss("ping_loss", result, e.PingLoss, "pings")
	}
}

// expectLoss checks the share that was lost.
func (r *Result) expectLoss(key string, result *WorkloadResult, limit *Percent, what string) {
	if limit == nil || result.Sent == 0 {
		return
	}
	if share := Percent(100 * float64(result.Lost) / float64(result.Sent)); share > *limit {
		r.fail(Failure{
			Expect: key, Workload: result.Name, At: r.Virtual, Value: share.String(), Limit: limit.String(),
			Text: fmt.Sprintf("%s: %d of %d %s were lost", result.Name, result.Lost, result.Sent, what),
		})
	}
}

// expectPool checks what is expected of each pool by itself.
func (w *world) expectPool(r *Result, p *PoolResult) {
	e := &w.s.Expect
	if e.Leaks != nil && p.Leaked > *e.Leaks && r.End == EndFinished {
		r.fail(Failure{
			Expect: "leaks", Host: p.Host, Pool: p.Name, At: r.Virtual, Holders: p.LeakedHolders,
			Value: strconv.Itoa(p.Leaked), Limit: strconv.Itoa(*e.Leaks),
			Text: fmt.Sprintf("pool %s of %s: packets missing at the end: %d", p.Name, p.Host, p.Leaked),
		})
	}
	if e.Suspension != nil && p.LongestSuspension > time.Duration(*e.Suspension) {
		r.fail(Failure{
			Expect: "suspension", Host: p.Host, Pool: p.Name, At: p.LongestSuspensionAt, Holders: p.LongestSuspensionHolders,
			Value: p.LongestSuspension.String(), Limit: e.Suspension.String(),
			Text: fmt.Sprintf("pool %s of %s: from %v on thread %s waited %v for a packet",
				p.Name, p.Host, p.LongestSuspensionAt, p.LongestSuspensionThread, p.LongestSuspension),
		})
	}
}

// expectAllocations checks how many requests for packets failed. What an
// auxiliary pool has not, the default pool gives.
func (w *world) expectAllocations(r *Result) {
	limit, all := *w.s.Expect.AllocationFailures, 0
	var worst *PoolResult
	for i, p := range w.pools {
		if p.pool == p.target.pools[UseAuxiliary] && p.pool != p.target.pools[UseDefault] {
			continue
		}
		all += p.failures
		if worst == nil || p.failures > worst.EmptyRequests {
			worst = &r.Pools[i]
		}
	}
	if all <= limit {
		return
	}
	r.fail(Failure{
		Expect: "allocation_failures", Host: worst.Host, Pool: worst.Name, At: worst.FirstEmptyAt, Holders: worst.FirstEmptyHolders,
		Value: strconv.Itoa(all), Limit: strconv.Itoa(limit),
		Text: fmt.Sprintf("%d requests for packets failed, the first in pool %s of %s at %v by %s",
			all, worst.Name, worst.Host, worst.FirstEmptyAt, worst.FirstEmptyBy),
	})
}

// emptiest returns the pool with the fewest free packets ever, nil if there are
// no pools.
func (w *world) emptiest(r *Result) *PoolResult {
	var least *PoolResult
	for i := range r.Pools {
		if least == nil || r.Pools[i].Lowest < least.Lowest {
			least = &r.Pools[i]
		}
	}
	return least
}
