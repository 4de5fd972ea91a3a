package run

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"netxsim/packetpool"
	"netxsim/sim/scenario"
)

// printJSON prints a result in a line.
func printJSON(w io.Writer, r *scenario.Result) error { return json.NewEncoder(w).Encode(r) }

// printResult prints all of a result.
func printResult(w io.Writer, r *scenario.Result) {
	fmt.Fprintf(w, "scenario %s, seed %d: %s at %v of virtual time\n\n", r.Scenario, r.Seed, r.End, r.Virtual)
	reportWorkloads(w, r)
	reportPools(w, r)
	reportHosts(w, r)
	for _, wire := range r.Wires {
		fmt.Fprintf(w, "wire %s: %d frames, %d bytes, %d delivered, %d lost", wire.Name, wire.Frames, wire.Bytes, wire.Delivered, wire.Lost)
		for _, f := range wire.Faults {
			fmt.Fprintf(w, ", %s %d", f.Name, f.Hits)
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "frame hash %s, scenario hash %s\n\n", r.FrameHash, r.Hash)
	for _, line := range r.Deadlock {
		fmt.Fprintf(w, "deadlock: %s\n", line)
	}
	for _, f := range r.Failures {
		fmt.Fprintf(w, "FAILED %s: %s\n", f.Expect, f.Text)
	}
	if r.Passed() {
		fmt.Fprintln(w, "everything expected held")
	}
}

// table prints rows; all columns but the first are right-aligned.
func table(w io.Writer, rows [][]string) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, row := range rows {
		fmt.Fprintln(t, strings.Join(row, "\t")+"\t")
	}
	t.Flush()
	fmt.Fprintln(w)
}

func reportWorkloads(w io.Writer, r *scenario.Result) {
	rows := [][]string{{"workload", "kind", "sessions", "complete", "intact", "longest", "bytes", "sent", "received"}}
	for _, k := range r.Workloads {
		var complete, intact int
		var longest time.Duration
		var bytes int64
		for _, s := range k.Sessions {
			if s.Ended && s.Error == "" {
				complete++
			}
			if s.Intact {
				intact++
			}
			longest = max(longest, s.End-s.Start)
			bytes += s.Bytes
		}
		rows = append(rows, []string{
			k.Name, k.Kind, strconv.Itoa(len(k.Sessions)), strconv.Itoa(complete), strconv.Itoa(intact), round(longest),
			strconv.FormatInt(bytes, 10), strconv.Itoa(k.Sent), strconv.Itoa(k.Received),
		})
	}
	table(w, rows)
}

func reportPools(w io.Writer, r *scenario.Result) {
	if len(r.Pools) == 0 {
		return
	}
	rows := [][]string{{"host", "pool", "payload", "packets", "RAM bytes", "lowest free", "at", "failed requests", "waits", "longest wait", "missing"}}
	for _, p := range r.Pools {
		rows = append(rows, []string{
			p.Host, p.Name, strconv.Itoa(p.Payload), strconv.Itoa(p.Packets), strconv.Itoa(p.RAM), strconv.Itoa(p.Lowest), round(p.LowestAt),
			strconv.Itoa(p.EmptyRequests), strconv.Itoa(p.Suspensions), round(p.LongestSuspension), strconv.Itoa(p.Leaked),
		})
	}
	table(w, rows)
	for _, p := range r.Pools {
		if len(p.LowestHolders) > 0 {
			fmt.Fprintf(w, "pool %s of %s at its lowest, held by: %s\n", p.Name, p.Host, packetpool.FormatHolders(p.LowestHolders))
		}
		if p.Leaked > 0 {
			fmt.Fprintf(w, "pool %s of %s at the end, missing: %s\n", p.Name, p.Host, packetpool.FormatHolders(p.LeakedHolders))
		}
	}
}

// reportHosts prints what hosts have lost for want of something.
func reportHosts(w io.Writer, r *scenario.Result) {
	for _, h := range r.Hosts {
		var parts []string
		for _, c := range []struct {
			n    int
			what string
		}{
			{h.Retransmissions, "retransmissions"},
			{h.ReceiveNoPacket, "frames lost for want of packets"},
			{h.ReceiveEmpty, "frames lost for want of receive descriptors"},
			{h.TransmitFull, "frames lost for want of transmit descriptors"},
			{h.SendNoPacket, "messages not sent for want of packets"},
			{h.SendNoRoom, "messages not sent for too small a payload"},
			{h.ChecksumErrors, "segments with a wrong checksum"},
		} {
			if c.n > 0 {
				parts = append(parts, fmt.Sprintf("%d %s", c.n, c.what))
			}
		}
		if len(parts) > 0 {
			fmt.Fprintf(w, "host %s: %s\n", h.Name, strings.Join(parts, ", "))
		}
	}
}

// round returns a time to the microsecond.
func round(d time.Duration) string { return d.Round(time.Microsecond).String() }
