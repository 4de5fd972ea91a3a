package session

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"netxsim/ipstack"
	"netxsim/packetpool"
	"netxsim/pop3client"
	"netxsim/sim/link"
)

// result is what came of a simulated session.
type result struct {
	fetched  []fetched
	total    int  // messages in the mailbox
	real     bool // the mailbox is a real server's, and so is the time
	faithful bool // the client had the C library's bugs
	quirks   []pop3client.QuirkCount

	pool packetpool.Stats
	ip   ipstack.Stats
	wire link.Counters
	hash uint64
	seed uint64

	virtual, wall time.Duration
	failure       error // why not every message arrived as it was
	serverStopped error // why, if it did
}

// printReport prints a session's messages, time, pools and frames.
func printReport(w io.Writer, o Options, r *result) {
	if o.ShowTalk {
		fmt.Fprintln(w)
	}
	printMessages(w, r)
	printTime(w, r)
	printPool(w, r)
	printQuirks(w, o, r)
	fmt.Fprintf(w, "\nwire: %d frames, %d bytes, %d lost", r.wire.Frames, r.wire.Bytes, r.wire.Lost)
	if !r.real { // what happens in real time does not repeat
		fmt.Fprintf(w, "; seed %d, frame hash %016x", r.seed, r.hash)
	}
	fmt.Fprintln(w)
}

// printTime prints how long the session took.
func printTime(w io.Writer, r *result) {
	virtual, wall := r.virtual.Round(time.Microsecond), r.wall.Round(time.Millisecond)
	if r.real {
		fmt.Fprintf(w, "\nreal time %v\n\n", virtual)
		return
	}
	fmt.Fprintf(w, "\nvirtual time %v, wall time %v\n\n", virtual, wall)
}

// shownMessages is how many messages a report lists one by one.
const shownMessages = 20

// printMessages prints a line per message, and how many there are.
func printMessages(w io.Writer, r *result) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "message\tbytes\tpackets\tCRC-32\t  check\t")
	var counts [checks]int
	bytes := 0
	for i, m := range r.fetched {
		counts[m.check]++
		bytes += m.bytes
		if i < shownMessages || m.check.bad() {
			fmt.Fprintf(table, "%d\t%d\t%d\t%08x\t  %v\t\n", m.number, m.bytes, m.packets, m.sum, m.check)
		}
	}
	table.Flush()
	if r.real {
		fmt.Fprintf(w, "%d of %d messages as long as the server says", counts[whole], r.total)
	} else {
		fmt.Fprintf(w, "%d of %d messages intact", counts[intact], r.total)
	}
	if counts[asSent] > 0 {
		fmt.Fprintf(w, ", %d as sent, with doubled dots and end mark", counts[asSent])
	}
	fmt.Fprintf(w, ", %d bytes\n", bytes)
}

// printPool prints what the client's pool did.
func printPool(w io.Writer, r *result) {
	p := r.pool
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "pool\tpayload\tpackets\tRAM bytes\tlowest free\tat\tempty requests\tsuspensions\t")
	fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%d\t%v\t%d\t%d\t\n", p.Name, p.Payload, p.Total, p.Bytes,
		p.Lowest, p.LowestAt.Round(time.Microsecond), p.EmptyRequests, p.EmptySuspensions)
	table.Flush()
	fmt.Fprintf(w, "held at the lowest point: %s\n", holders(p.LowestHolders))
	if lost := r.ip.ReceiveNoPacket; lost > 0 {
		fmt.Fprintf(w, "lost because the pool was empty: %s\n", count(lost, "received frame"))
	}
	if unsent := r.ip.SendNoPacket; unsent > 0 {
		fmt.Fprintf(w, "not sent because the pool was empty: %s of the stack's own (SYN, ACK, ARP, ...)\n", count(unsent, "message"))
	}
}

// holders puts who held packets into words.
func holders(list []packetpool.HolderCount) string {
	if len(list) == 0 {
		return "none"
	}
	var words []string
	for _, h := range list {
		words = append(words, fmt.Sprintf("%s %d", h.Name, h.Packets))
	}
	return strings.Join(words, ", ")
}

// printQuirks prints which of the C library's bugs the session hit.
func printQuirks(w io.Writer, o Options, r *result) {
	if !o.Faithful {
		return
	}
	if len(r.quirks) == 0 {
		fmt.Fprintln(w, "\nquirks of the C client hit: none")
		return
	}
	fmt.Fprintln(w, "\nquirks of the C client hit:")
	for _, q := range r.quirks {
		fmt.Fprintf(w, "  %s, %s: %s\n", q.Quirk, count(q.Count, "time"), q.Quirk.Meaning())
	}
}
