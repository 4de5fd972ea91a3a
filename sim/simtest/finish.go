package simtest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"netxsim/packetpool"
)

const (
	// settleStep and settleLimit say how long the end of a live test waits for connections to close and packets to come back.
	settleStep       = 100 * time.Millisecond
	settleLimit      = 5 * time.Second
	settleLimitFaked = 10 * time.Minute // of a bubble's time, which costs nothing: NetX retransmits for a minute
)

// finish ends the network and checks what it leaves behind. It runs after the test and its other cleanup functions.
func (n *Net) finish() {
	n.t.Helper()
	if n.tryEnter(n.calm) && n.live {
		n.settle()
	}
	if n.live {
		if _, err := n.stop(); err != nil {
			n.t.Errorf("simtest: %v", err)
		}
	}
	for _, problem := range n.left() {
		n.t.Errorf("simtest: %s", problem)
	}
	for _, problem := range n.strangers() {
		n.t.Errorf("simtest: %v", problem)
	}
	if problem := n.goroutinesLeft(); problem != "" {
		n.t.Errorf("simtest: %s", problem)
	}
	if n.t.Failed() && !n.quiet {
		n.explain()
	}
}

// calm ends the faults of hosts that still hold: what they have taken is not left over.
func (n *Net) calm() {
	for _, set := range n.disturbed {
		for _, f := range set.Counters() {
			set.Switch(f.Name, false)
		}
	}
}

// settle waits until nothing is left, as long as that may take.
func (n *Net) settle() {
	limit := settleLimit
	if n.bubble {
		limit = settleLimitFaked
	}
	for waited := time.Duration(0); waited < limit; waited += settleStep {
		var left []string
		if !n.tryEnter(func() { left = n.left() }) || left == nil {
			return
		}
		time.Sleep(settleStep) //netxlint:wallclock this is the time of the test's goroutines
	}
}

// left lists what machines have not given back.
func (n *Net) left() (problems []string) {
	for _, m := range n.machines {
		if p := m.pool; p != nil && p.Available() != p.Total() {
			problems = append(problems, fmt.Sprintf("%d of %d packets of pool %s are left over, held by %s",
				p.Total()-p.Available(), p.Total(), p.Name(), packetpool.FormatHolders(p.Holders())))
		}
		for _, open := range m.open() {
			problems = append(problems, fmt.Sprintf("%s of %s was not closed", open, m.name))
		}
	}
	return problems
}

// explain prints what there is to know about a failed test.
func (n *Net) explain() {
	n.t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "simtest: seed %d; to repeat: %s=%d go test -run '^%s$'\n", n.Seed(), SeedVariable, n.Seed(), n.t.Name())
	fmt.Fprintf(&b, "ended after %v of simulated time\n", n.kernel.Now())
	for _, m := range n.machines {
		if m.pool != nil {
			s := m.pool.Stats()
			now, then := packetpool.FormatHolders(m.pool.Holders()), packetpool.FormatHolders(s.LowestHolders)
			fmt.Fprintf(&b, "pool %s: %d of %d packets free, held by %s; fewest %d at %v, then held by %s; %d requests in vain\n",
				s.Name, s.Available, s.Total, now, s.Lowest, s.LowestAt, then, s.EmptyRequests)
		}
	}
	for _, w := range n.wires {
		c := w.Counters()
		fmt.Fprintf(&b, "wire %s: %d frames, %d lost\n", w.Name(), c.Frames, c.Lost)
		for _, f := range w.Faults.Counters() {
			fmt.Fprintf(&b, "  fault %s: %d of %d frames\n", f.Name, f.Hits, f.Seen)
		}
	}
	for _, set := range n.disturbed {
		for _, f := range set.Counters() {
			fmt.Fprintf(&b, "fault %s: happened %d times\n", f.Name, f.Begun)
		}
	}
	n.frames.print(&b)
	n.t.Log(b.String())
	if n.capture != nil {
		n.save()
	}
}

// save writes the capture into the artifact directory.
func (n *Net) save() {
	n.t.Helper()
	if err := n.capture.Close(); err != nil {
		n.t.Errorf("simtest: capture: %v", err)
		return
	}
	path := filepath.Join(n.t.ArtifactDir(), fmt.Sprintf("seed-%d.pcapng", n.Seed()))
	if err := os.WriteFile(path, n.pcap.Bytes(), 0o666); err != nil {
		n.t.Errorf("simtest: capture: %v", err)
		return
	}
	n.t.Logf("simtest: all frames are in %s (go test -artifacts keeps it)", path)
}
