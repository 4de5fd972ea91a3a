package report

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"netxsim/sim/scenario"
)

// A runView is a run on a page.
type runView struct {
	ID           string
	Title, Text  string
	Good         bool
	Facts        []fact
	Replay       string
	Deadlock     []string
	Failures     table
	Expectations table
	Pools        []figure
	PoolTable    table
	Waits        table
	Sequence     []figure
	Connections  table
	Sessions     table
	Hosts, Wires table
}

func (r *Report) runView(i int) runView {
	run := &r.Runs[i]
	result := run.Result
	id := fmt.Sprintf("run%d", i+1)
	v := runView{ID: id, Title: run.Title, Text: run.Text, Good: result.Passed(), Replay: r.replay(result.Seed, run.Sizes), Deadlock: result.Deadlock}
	if v.Title == "" {
		v.Title = fmt.Sprintf("The run with seed %d", result.Seed)
	}
	v.Facts = []fact{
		{"Seed", fmt.Sprint(result.Seed)}, {"End", result.End + " at " + seconds(result.Virtual)}, {"Frame hash", result.FrameHash},
	}
	if run.Sizes != nil {
		v.Facts = append(v.Facts, fact{"Pools", run.Sizes.String()})
	}
	v.Failures, v.Expectations = failureTable(result), expectationTable(r.Scenario, result)
	end := lastChange(result)
	for n := range result.Pools {
		if p := &result.Pools[n]; len(p.Series) > 0 {
			chart, name := newPoolChart(p, end), fmt.Sprintf("%s-pool%d", id, n+1)
			v.Pools = append(v.Pools, chart.figure(name))
			if near := chart.closeUp(); near != nil {
				v.Pools = append(v.Pools, near.figure(name+"-close"))
			}
		}
	}
	v.PoolTable, v.Waits, v.Sessions = poolTable(result), waitTable(result), sessionTable(result)
	v.Hosts, v.Wires = hostTable(result), wireTable(result)
	v.addSequence(r.Scenario, result)
	for n, t := range []*table{&v.Failures, &v.Expectations, &v.PoolTable, &v.Waits, &v.Connections, &v.Sessions, &v.Hosts, &v.Wires} {
		t.ID = id + "-" + []string{"failures", "expectations", "pools", "waits", "connections", "sessions", "hosts", "wires"}[n]
	}
	return v
}

// lastChange is the end of a run, without the time in which nothing happened any more.
func lastChange(r *scenario.Result) time.Duration {
	var last time.Duration
	for _, p := range r.Pools {
		if n := len(p.Series); n > 0 {
			last = max(last, p.Series[n-1].At, p.LongestSuspensionAt+p.LongestSuspension, p.FirstEmptyAt)
		}
	}
	for _, k := range r.Workloads {
		for _, s := range k.Sessions {
			last = max(last, s.End)
		}
	}
	if last == 0 {
		last = r.Virtual
	}
	return last + last/50
}

// addSequence draws the worst session's connection and lists all.
func (v *runView) addSequence(s *scenario.Scenario, r *scenario.Result) {
	if len(r.Sequence) == 0 {
		return
	}
	if w := findWorst(s, r); w != nil {
		v.Sequence = sequenceFigures(v.ID+"-sequence", w.trace, w.title())
	}
	v.Connections = connectionTable(r)
}

// maxConnections is how many connections are listed.
const maxConnections = 50

func connectionTable(r *scenario.Result) table {
	t := table{Caption: "TCP connections"}
	list := r.Sequence
	if len(list) > maxConnections {
		t.Note = fmt.Sprintf("The first %d of %s.", maxConnections, count(len(list)))
		list = list[:maxConnections]
	}
	t.Columns = heads("client", "server", ">begun", ">segments", ">with data", ">sent again", ">lost", ">longest without progress")
	for i := range list {
		trace := newTrace(&list[i])
		t.add(list[i].From, list[i].To, seconds(trace.begin()), count(len(list[i].Segments)), count(len(trace.sent)), count(trace.again), count(trace.lost), seconds(trace.pause.length()))
	}
	return t
}

func failureTable(r *scenario.Result) table {
	t := table{Caption: "What failed", Columns: heads("expectation", ">at", "what", "held then by")}
	for _, f := range r.Failures {
		t.add(cell{"✕ " + f.Expect, "bad"}, seconds(f.At), f.Text, holders(f.Holders))
	}
	return t
}

func poolTable(r *scenario.Result) table {
	t := table{Caption: "Packet pools"}
	t.Columns = heads("pool", ">payload", ">packets", ">bytes of RAM", ">lowest free", ">at", "held then by")
	for _, p := range r.Pools {
		t.add(poolName(p.Host, p.Name), count(p.Payload), count(p.Packets), count(p.RAM), count(p.Lowest), seconds(p.LowestAt), holders(p.LowestHolders))
	}
	return t
}

// waitTable is what happened for want of packets.
func waitTable(r *scenario.Result) table {
	t := table{Caption: "Want of packets"}
	t.Columns = heads("pool", ">failed requests", "the first by", ">waits", ">longest wait", "of", ">missing at the end", "held by")
	for _, p := range r.Pools {
		first := orDash(p.FirstEmptyBy)
		if p.EmptyRequests > 0 {
			first += " at " + seconds(p.FirstEmptyAt)
		}
		t.add(poolName(p.Host, p.Name), count(p.EmptyRequests), first, count(p.Suspensions), seconds(p.LongestSuspension), orDash(p.LongestSuspensionThread),
			count(p.Leaked), orDash(holders(p.LeakedHolders)))
	}
	return t
}

// maxSessions is how many sessions are listed.
const maxSessions = 60

// sessionTable lists the sessions; of very many those that failed, and the longest.
func sessionTable(r *scenario.Result) table {
	type one struct {
		workload string
		number   int
		s        *scenario.Session
	}
	var list []one
	for w := range r.Workloads {
		for i := range r.Workloads[w].Sessions {
			list = append(list, one{r.Workloads[w].Name, i + 1, &r.Workloads[w].Sessions[i]})
		}
	}
	t := table{Caption: "Sessions"}
	if len(list) > maxSessions {
		t.Note = fmt.Sprintf("%d of %s: those that failed, then the longest.", maxSessions, count(len(list)))
		slices.SortStableFunc(list, func(a, b one) int {
			return cmp.Or(cmp.Compare(side(failed(a.s)), side(failed(b.s))), cmp.Compare(b.s.End-b.s.Start, a.s.End-a.s.Start))
		})
		list = list[:maxSessions]
	}
	t.Columns = heads("workload", ">session", ">start", ">took", ">bytes", ">messages", "intact", "end")
	for _, x := range list {
		t.add(x.workload, x.number, seconds(x.s.Start), seconds(x.s.End-x.s.Start), count(x.s.Bytes), count(x.s.Messages), yesNo(x.s.Intact), sessionEnd(x.s))
	}
	return t
}

func failed(s *scenario.Session) bool { return s.Error != "" || !s.Ended || !s.Intact }

// sessionEnd says how a session ended.
func sessionEnd(s *scenario.Session) cell {
	switch {
	case s.Error != "":
		return cell{"✕ " + s.Error, "bad"}
	case !s.Ended:
		return cell{"✕ was going on when the run ended", "bad"}
	}
	return cell{"✓ complete", "good"}
}

func hostTable(r *scenario.Result) table {
	t := table{Caption: "NetX hosts", Columns: heads("host", "what it counted", ">number")}
	for _, h := range r.Hosts {
		for _, c := range []struct {
			what string
			n    int
		}{
			{"frames received", h.FramesReceived},
			{"frames sent", h.FramesSent},
			{"retransmissions", h.Retransmissions},
			{"frames lost for want of packets", h.ReceiveNoPacket},
			{"frames lost for want of receive descriptors", h.ReceiveEmpty},
			{"frames lost for want of transmit descriptors", h.TransmitFull},
			{"messages not sent for want of packets", h.SendNoPacket},
			{"messages not sent for too small a payload", h.SendNoRoom},
			{"segments with a wrong checksum", h.ChecksumErrors},
		} {
			t.add(h.Name, c.what, count(c.n))
		}
	}
	return t
}

func wireTable(r *scenario.Result) table {
	t := table{Caption: "Wires"}
	t.Columns = heads("wire", ">frames", ">bytes", ">delivered", ">lost", ">duplicated", ">changed", ">delayed")
	for _, w := range r.Wires {
		t.add(w.Name, count(w.Frames), count(w.Bytes), count(w.Delivered), count(w.Lost), count(w.Duplicated), count(w.Changed), count(w.Delayed))
	}
	return t
}
