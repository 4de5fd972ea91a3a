package soak

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"netxsim/sim/hostfault"
	"netxsim/sim/link"
	"netxsim/sim/link/fault"
)

const ms = time.Millisecond

// An Excuse is a set of reasons for which a program may fail under the faults of a row. The zero Excuse means that
// everything has to succeed, but for datagrams and pings where frames get lost.
type Excuse uint

// The excuses.
const (
	LostFrames Excuse = 1 << iota // datagrams and pings may be lost
	Copies                        // datagrams may arrive more than once
	TimeOuts                      // connections may time out, and what waits for them
	Resets                        // connections may be reset or refused
	NoPackets                     // there may be no packet to be had
	Disorder                      // frames may overtake one another
)

// A Row is one line of the matrix: a kind of fault.
type Row struct {
	Name   string
	Excuse Excuse
	// wire returns the faults of a wire, drawn from r. Nil means none.
	wire func(r *rand.Rand) []fault.Fault
	// hosts returns what goes wrong with the machines. Nil means nothing.
	hosts func(r *rand.Rand, w *world) []hostfault.Fault
	// tiny says that devices have few packets, and maybe short ones.
	tiny bool
	// outage says that connections have to survive a time without any frame: several of these together may be too long, and too
	// much may be lost by several others.
	outage bool
}

// between draws a duration.
func between(r *rand.Rand, from, to time.Duration) time.Duration {
	return from + time.Duration(r.Int64N(int64(to-from)+1)).Round(ms)
}

// share draws a probability.
func share(r *rand.Rand, from, to float64) float64 { return from + (to-from)*r.Float64() }

// rows are the kinds of faults.
var rows = []Row{
	{Name: "none"},
	{Name: "loss", Excuse: LostFrames, wire: func(r *rand.Rand) []fault.Fault {
		return []fault.Fault{fault.Loss(share(r, 0.005, 0.04))}
	}},
	{Name: "burst-loss", Excuse: LostFrames, wire: func(r *rand.Rand) []fault.Fault {
		burst := fault.Bursts(share(r, 0.01, 0.05), share(r, 2, 3))
		burst.Bad = 0.6 // or a sender that is alone loses all its tries in one burst
		return []fault.Fault{fault.BurstLoss(burst)}
	}},
	{Name: "long-bursts", Excuse: LostFrames | TimeOuts | Resets, wire: func(r *rand.Rand) []fault.Fault {
		return []fault.Fault{fault.BurstLoss(fault.Bursts(share(r, 0.01, 0.1), share(r, 5, 20)))}
	}},
	{Name: "reordering", Excuse: Disorder, wire: func(r *rand.Rand) []fault.Fault {
		return []fault.Fault{fault.Reorder(share(r, 0.02, 0.2), between(r, ms, 40*ms)), fault.Jitter(between(r, 0, 10*ms), r.IntN(2) == 0)}
	}},
	{Name: "duplication", Excuse: Copies, wire: func(r *rand.Rand) []fault.Fault {
		return []fault.Fault{fault.Duplication(share(r, 0.01, 0.2), between(r, 0, 30*ms))}
	}},
	{Name: "corruption", Excuse: LostFrames, wire: func(r *rand.Rand) []fault.Fault {
		// On one wire only: two changed bits of one segment may cancel out in its checksum.
		return []fault.Fault{fault.Corruption(share(r, 0.005, 0.03)).When(onFirst, fault.Not(arp))}
	}},
	{Name: "bad-arp", Excuse: LostFrames | TimeOuts | Resets, wire: func(r *rand.Rand) []fault.Fault { // ARP has no checksum: neighbours move away
		return []fault.Fault{fault.Corruption(share(r, 0.1, 0.5)).When(arp)}
	}},
	{Name: "arp-loss", Excuse: LostFrames | TimeOuts | Resets, wire: func(r *rand.Rand) []fault.Fault { // NetX asks again after 10 s
		return []fault.Fault{fault.Loss(share(r, 0.1, 0.5)).When(arp)}
	}},
	{Name: "truncation", Excuse: LostFrames, wire: func(r *rand.Rand) []fault.Fault {
		return []fault.Fault{{Name: "truncate", If: fault.Chance(share(r, 0.005, 0.03)), Do: fault.Truncate{Random: true}}}
	}},
	{Name: "bottleneck", Excuse: LostFrames, wire: func(r *rand.Rand) []fault.Fault {
		return []fault.Fault{fault.Bottleneck(int64(share(r, 200_000, 4_000_000)), 6+r.IntN(15))}
	}},
	{Name: "flap", Excuse: LostFrames, outage: true, wire: func(r *rand.Rand) []fault.Fault {
		// No more than one wire: two may be up in turns, for as long as NetX, which tries every second, has patience.
		f := fault.Flap(between(r, 1300*ms, 4*time.Second), between(r, 50*ms, time.Second))
		return []fault.Fault{f.When(onFirst)}
	}},
	{Name: "partition", Excuse: LostFrames, outage: true, wire: func(r *rand.Rand) []fault.Fault {
		at := between(r, 0, 2*time.Second)
		return []fault.Fault{fault.Partition([]string{"router", "router lan2"}, []string{"alpha", "beta"}, []string{"hugo", "ida"}).Between(at, at+between(r, time.Second, 6*time.Second))}
	}},
	{Name: "long-partition", Excuse: LostFrames | TimeOuts | Resets, wire: func(r *rand.Rand) []fault.Fault {
		at := between(r, 0, 2*time.Second)
		return []fault.Fault{fault.Partition([]string{"router", "router lan2"}, []string{"alpha", "beta"}, []string{"hugo", "ida"}).Between(at, at+between(r, 12*time.Second, time.Minute))}
	}},
	{Name: "freeze", Excuse: LostFrames, outage: true, hosts: func(r *rand.Rand, w *world) (list []hostfault.Fault) {
		for range 1 + r.IntN(3) {
			wire, port := w.somebody(r)
			list = append(list, hostfault.Fault{At: between(r, 0, 4*time.Second), For: between(r, 100*ms, 1500*ms), Every: 20 * time.Second,
				Do: hostfault.Freeze{Wire: wire, Ports: []string{port}, Drop: r.IntN(2) == 0}})
		}
		return list
	}},
	{Name: "reboot", Excuse: LostFrames | TimeOuts | Resets, hosts: func(r *rand.Rand, w *world) (list []hostfault.Fault) {
		for range 1 + r.IntN(2) {
			wire, port := w.somebody(r)
			list = append(list, hostfault.Fault{At: between(r, 50*ms, 4*time.Second), For: between(r, 100*ms, 5*time.Second),
				Do: hostfault.Reboot{Wire: wire, Ports: []string{port}, Stop: func() { w.crash(port) }}})
		}
		return list
	}},
	{Name: "exhaustion", Excuse: LostFrames | NoPackets | TimeOuts, outage: true, hosts: func(r *rand.Rand, w *world) (list []hostfault.Fault) {
		for _, d := range w.devices() {
			list = append(list, hostfault.Fault{At: between(r, 0, 3*time.Second), For: between(r, 100*ms, 2*time.Second), Every: 10 * time.Second,
				Do: hostfault.Exhaust{Pool: d.Pool, Leave: uint32(r.IntN(3))}})
		}
		return list
	}},
	{Name: "tiny-pools", Excuse: LostFrames | NoPackets | TimeOuts | Resets, tiny: true},
	{Name: "clock-step", hosts: func(r *rand.Rand, w *world) (list []hostfault.Fault) {
		for _, h := range w.hosts() {
			list = append(list, hostfault.Fault{At: between(r, 0, 3*time.Second), Every: 3 * time.Second,
				Do: hostfault.ClockStep{Name: h.Name(), Clock: h, By: time.Duration(r.Int64N(int64(2*time.Hour))) - time.Hour}})
		}
		return append(list, hostfault.Fault{At: between(r, 0, 3*time.Second), Every: 5 * time.Second, Do: hostfault.TickStep{By: int32(r.Uint32())}})
	}},
}

// onFirst selects the frames of the first wire.
var onFirst = fault.Check{Text: "on lan1", F: func(f *link.Fate, _ int) bool { return f.Wire.Name() == "lan1" }}

// arp selects the frames of ARP.
var arp = fault.Match{Protocol: fault.ARP}

// combined is the name of the row that has several others at once, drawn by seed.
const combined = "combination"

// Matrix returns the names of all rows.
func Matrix() (names []string) {
	for _, r := range rows {
		names = append(names, r.Name)
	}
	return append(names, combined)
}

// A Case is one run: a row of the matrix with a seed.
type Case struct {
	Fault string // the name of the row
	Seed  uint64
}

// String returns the flags that select the case.
func (c Case) String() string { return fmt.Sprintf("-fault %s -first %d -seeds 1", c.Fault, c.Seed) }

// random returns the random numbers that a part of the case is drawn from.
func (c Case) random(part string) *rand.Rand {
	h := uint64(14695981039346656037)
	for _, b := range []byte(c.Fault + "/" + part) {
		h = (h ^ uint64(b)) * 1099511628211
	}
	return rand.New(rand.NewPCG(c.Seed, h))
}

// row returns the row of a case.
func (c Case) row() (Row, error) {
	for _, r := range rows {
		if r.Name == c.Fault {
			return r, nil
		}
	}
	if c.Fault != combined {
		return Row{}, fmt.Errorf("soak: no fault is called %q, only %s", c.Fault, strings.Join(Matrix(), ", "))
	}
	return combine(c.random("rows")), nil
}

// combine draws two to four rows and makes them one.
func combine(r *rand.Rand) Row {
	var parts []Row
	outages, losses := 0, 0
	all := Row{Name: combined}
	for _, i := range r.Perm(len(rows) - 1)[:2+r.IntN(3)] {
		part := rows[1+i] // not "none"
		parts = append(parts, part)
		all.Name += " " + part.Name
		all.Excuse |= part.Excuse
		all.tiny = all.tiny || part.tiny
		if part.outage {
			outages++
		} else if part.Excuse&LostFrames != 0 {
			losses++
		}
	}
	if outages > 1 || losses > 1 {
		all.Excuse |= TimeOuts | Resets
	}
	all.wire = func(r *rand.Rand) (list []fault.Fault) {
		for _, part := range parts {
			if part.wire != nil {
				list = append(list, part.wire(r)...)
			}
		}
		return list
	}
	all.hosts = func(r *rand.Rand, w *world) (list []hostfault.Fault) {
		for _, part := range parts {
			if part.hosts != nil {
				list = append(list, part.hosts(r, w)...)
			}
		}
		return list
	}
	return all
}
