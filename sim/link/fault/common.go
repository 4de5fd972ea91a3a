package fault

import "time"

// Loss loses frames with probability p, 0 to 1, each independently of the others.
func Loss(p float64) Fault { return Fault{Name: "loss", If: Chance(p), Do: Drop{}} }

// BurstLoss loses frames in bursts.
func BurstLoss(b Burst) Fault { return Fault{Name: "burst loss", If: b, Do: Drop{}} }

// Jitter delays every frame by a time between 0 and spread, uniformly distributed. With reorder set, frames may overtake one
// another; otherwise they keep their order in each direction.
func Jitter(spread time.Duration, reorder bool) Fault {
	return Fault{Name: "jitter", Do: Delay{Spread: spread, Reorder: reorder}}
}

// Reorder puts frames off by a time with probability p, so that those that come within that time overtake them.
func Reorder(p float64, by time.Duration) Fault {
	return Fault{Name: "reorder", If: Chance(p), Do: Delay{By: by, Reorder: true}}
}

// Duplication has frames arrive twice with probability p, the second time later by after.
func Duplication(p float64, after time.Duration) Fault {
	return Fault{Name: "duplicate", If: Chance(p), Do: Duplicate{After: after}}
}

// Corruption changes a bit of a frame, behind the Ethernet header and leaving checksums alone, with probability p.
func Corruption(p float64) Fault { return Fault{Name: "corrupt", If: Chance(p), Do: Corrupt{}} }

// BlackHole loses frames whose payload, the Ethernet header not counted, is longer than mtu bytes, and tells nobody: what happens when
// a router's message "fragmentation needed" is filtered out (RFC 2923, section 2.1).
func BlackHole(mtu int) Fault { return Fault{Name: "black hole", If: Longer(mtu), Do: Drop{}} }

// Partition loses the frames between ports of different groups. Ports that are in no group reach everybody.
func Partition(groups ...[]string) Fault {
	return Fault{Name: "partition", If: Apart(groups...), Do: Drop{}}
}

// Flap loses everything while a link is down: it is up for a time, then down for a time, and so on from the start of the run.
func Flap(up, down time.Duration) Fault {
	return Fault{Name: "flap", If: Cycle{Off: up, On: down}, Do: Drop{}}
}

// Outage loses everything for a time.
func Outage(at, length time.Duration) Fault {
	return Fault{Name: "outage", If: Between(at, at+length), Do: Drop{}}
}

// Bottleneck lets no more than rate bits a second through to each port, behind a queue of so many frames that drops what comes when it
// is full.
func Bottleneck(rate int64, frames int) Fault {
	return Fault{Name: "bottleneck", Do: Queue{Rate: rate, Frames: frames}}
}
