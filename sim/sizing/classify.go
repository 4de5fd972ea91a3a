package sizing

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// classify says what kind of answer the verdict is, and what that rests on.
func classify(s *Search, v *Verdict) (kind string, reason []string) {
	if v.Answer != nil {
		return KindSized, nil
	}
	r := firstReference(s, v)
	if r == nil {
		return KindUnknown, unknownReasons(v)
	}
	o := r.Worst
	switch leaks, empty := leakReasons(s, o), emptyPools(r); {
	case leaks != nil:
		return KindLeak, leaks
	case v.Stopped != nil:
		return KindUnknown, unknownReasons(v)
	case !o.Ended || len(o.Stuck) > 0 || growable(s, r, empty) || len(empty) == 0 && blocked(o):
		return KindDeadlock, deadlockReasons(s, r, empty)
	case len(empty) > 0:
		return KindLimited, limitReasons(s, r, empty)
	default:
		return KindOther, otherReasons(s, r)
	}
}

// firstReference is the reference run with today's payloads, else the first that failed.
func firstReference(s *Search, v *Verdict) *Reference {
	var first *Reference
	for i := range v.References {
		r := &v.References[i]
		if r.Worst != nil && (first == nil || s.First != nil && sameShape(r.Sizes, s.First)) {
			first = r
		}
	}
	return first
}

// unknownReasons says how far a search came that has no answer.
func unknownReasons(v *Verdict) []string {
	lines := []string{"the search ended before any sizes were known to pass every seed"}
	for _, r := range v.References {
		if r.Runs > 0 && r.Worst == nil {
			lines = append(lines, fmt.Sprintf("%v passed the %d of %d seeds that were run; packets in use at the worst moment: %s", r.Sizes, r.Runs, len(v.Seeds), numbers(r.Need)))
		}
	}
	return lines
}

// emptyPools are the pools that the failed run found empty.
func emptyPools(r *Reference) []int {
	var list []int
	for i, p := range r.Worst.Pools {
		if p.EmptyRequests > 0 {
			list = append(list, i)
		}
	}
	return list
}

// growable reports whether one of the pools was made larger and larger, without a limit of the scenario, and was found empty
// every time.
func growable(s *Search, r *Reference, pools []int) bool {
	return slices.ContainsFunc(pools, func(i int) bool { return s.Space.Pools[i].Max == 0 })
}

// full are how calls report that the other side took nothing for as long as they wait.
var full = regexp.MustCompile(`write .*i/o timeout|NX_WINDOW_OVERFLOW|NX_TX_QUEUE_DEPTH`)

// blocked reports whether a sender gave up although every frame arrived.
func blocked(o *Outcome) bool { return o.Lossless && slices.ContainsFunc(o.Errors, full.MatchString) }

// leakReasons says which packets are lost, and who has them; nil if none are.
func leakReasons(s *Search, o *Outcome) []string {
	var lines []string
	for i := range o.Pools {
		p := &o.Pools[i]
		if !p.leaks(o.Ended) {
			continue
		}
		line := fmt.Sprintf("pool %s does not get its packets back: %d missing at the end", s.Space.Pools[i].Name, p.Leaked)
		if p.LeakHolders != "" {
			line += ", held by " + p.LeakHolders
		}
		lines = append(lines, line)
		if len(p.Quiet) > 1 {
			lines = append(lines, fmt.Sprintf("free packets of %s while no session ran: %s", s.Space.Pools[i].Name, numbers(p.Quiet)))
		}
	}
	if lines != nil {
		lines = append(lines, "a larger pool only lasts longer: find who does not release them")
	}
	return lines
}

// numbers lists numbers, the middle of many left out.
func numbers(list []int) string {
	words := make([]string, 0, len(list))
	for _, n := range list {
		words = append(words, fmt.Sprint(n))
	}
	if len(words) > 12 {
		words = slices.Concat(words[:6], []string{"…"}, words[len(words)-5:])
	}
	return strings.Join(words, " ")
}

// deadlockReasons says who waits for whom.
func deadlockReasons(s *Search, r *Reference, empty []int) []string {
	o := r.Worst
	lines := []string{fmt.Sprintf("seed %d fails with %s: %s", r.Seed, tried(r.Tried), o.Failures[0].Text)}
	for _, i := range empty {
		p := &o.Pools[i]
		lines = append(lines, fmt.Sprintf("pool %s runs empty at any size, here at %s; held then: %s", s.Space.Pools[i].Name, seconds(p.EmptyAt), p.EmptyHolders))
		if bothWays(p.EmptyHolders) {
			lines = append(lines, fmt.Sprintf("both directions share pool %s: what has arrived fills it, and what would make room, sending, waits for a packet of it; "+
				"give applications a pool of their own, and bound what may arrive by the window", s.Space.Pools[i].Name))
		}
	}
	if len(empty) == 0 {
		lines = append(lines, "no pool ever runs empty and no frame is lost: each side waits for the other to read, and packets do not open a window")
	}
	return append(lines, o.Stuck...)
}

// bothWays reports whether holders have packets that arrived and packets that are sent.
func bothWays(holders string) bool {
	return strings.Contains(holders, "receive queue") && (strings.Contains(holders, "transmit queue") || strings.Contains(holders, "thread"))
}

// tried names sizes that were run.
func tried(list []Sizes) string {
	words := make([]string, len(list))
	for i, s := range list {
		words[i] = s.String()
	}
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1] + " alike"
	}
	return strings.Join(words, "")
}

// limitReasons says which limits of the scenario are too low.
func limitReasons(s *Search, r *Reference, empty []int) []string {
	lines := []string{fmt.Sprintf("seed %d fails with %v: %s", r.Seed, r.Sizes, r.Worst.Failures[0].Text)}
	for _, i := range empty {
		p, use := s.Space.Pools[i], &r.Worst.Pools[i]
		lines = append(lines, fmt.Sprintf("pool %s may have %d packets at most, and %d requests found it empty; held then: %s",
			p.Name, p.Max, use.EmptyRequests, use.EmptyHolders))
	}
	return lines
}

// otherReasons says that packets are not what is missing.
func otherReasons(s *Search, r *Reference) []string {
	lines := []string{fmt.Sprintf("seed %d fails with %v: %s", r.Seed, r.Sizes, r.Worst.Failures[0].Text)}
	for i, p := range r.Worst.Pools {
		lines = append(lines, fmt.Sprintf("pool %s has %d of %d packets free at the worst moment", s.Space.Pools[i].Name, p.Lowest, r.Sizes[i].Packets))
	}
	return append(lines, "more packets change nothing: look at the expectation, the wire, windows and times")
}

// warnings are what the reader of an answer should know besides.
func warnings(s *Search, v *Verdict) []string {
	var lines []string
	if len(v.Holes) > 0 {
		h := v.Holes[0]
		lines = append(lines, fmt.Sprintf("more packets are not always better here: %v passes, %v fails with seed %d (%d such pairs seen); everything cheaper than the answer was tried",
			h.Passes, h.Fails, h.Seed, len(v.Holes)))
		if v.Proof != ProofExhaustive {
			lines[0] = strings.TrimSuffix(lines[0], "; everything cheaper than the answer was tried")
		}
	}
	if v.Answer == nil {
		return lines
	}
	for n := range v.Answer.Outcomes {
		if leaks := leakReasons(s, &v.Answer.Outcomes[n]); leaks != nil {
			return append(lines, leaks...)
		}
	}
	return lines
}
