package pop3client

import (
	"fmt"
	"strings"

	"go.uber.org/zap"
)

// Fixes is a set of quirks that the client is to avoid. The zero Fixes leaves
// the behaviour of the C library as it is.
type Fixes uint64

// NoFixes is the behaviour of the C library, bugs included.
const NoFixes Fixes = 0

// AllFixes avoids every quirk that can be avoided. A client with all fixes
// follows RFC 1939.
const AllFixes = Fixes(1<<quirkEnd-2) &^ unfixable

// unfixable are the quirks without a second behaviour: the manual is wrong, or
// the cause lies elsewhere, or C crashes and this package always does the safe
// thing.
const unfixable = 1<<QuirkApopFallbackOnlyOnReply | 1<<QuirkApopManualWording |
	1<<QuirkNxdBadVersion | 1<<QuirkTcpNotEnabled | 1<<QuirkConnectTimeout |
	1<<QuirkReplyTiny | 1<<QuirkTimeoutStatus | 1<<QuirkOutputs |
	1<<QuirkShortOverread | 1<<QuirkUseAfterDelete | 1<<QuirkPayloadManual

// lineFixes are those that reading replies by lines brings along.
const lineFixes Fixes = 1<<QuirkReplyOnePacket | 1<<QuirkReplyChain |
	1<<QuirkRetrSplit | 1<<QuirkRetrHeldLost | 1<<QuirkRetrStaleBody

// endFixes find the end of a message wherever it is.
const endFixes Fixes = 1<<QuirkTermSplit | 1<<QuirkTermMid |
	1<<QuirkTermShortPrefix | 1<<QuirkTermFalse | 1<<QuirkChainFinal

// textFixes change the bytes that are handed out.
const textFixes Fixes = 1<<QuirkTermCounted | 1<<QuirkNoUnstuff

// FixesOf returns the set of the given quirks.
func FixesOf(quirks ...Quirk) Fixes {
	var f Fixes
	for _, q := range quirks {
		f |= f.bit(q)
	}
	return f
}

func (Fixes) bit(q Quirk) Fixes { return 1 << q }

// Has reports whether f avoids q.
func (f Fixes) Has(q Quirk) bool { return f&f.bit(q) != 0 }

// With returns f and q.
func (f Fixes) With(q Quirk) Fixes { return f | f.bit(q) }

// Without returns f without q.
func (f Fixes) Without(q Quirk) Fixes { return f &^ f.bit(q) }

// Fixable reports whether there is another behaviour than that of C.
func (q Quirk) Fixable() bool { return AllFixes.Has(q) }

// String lists the ids of the set, or "none" or "all".
func (f Fixes) String() string {
	switch f {
	case NoFixes:
		return "none"
	case AllFixes:
		return "all"
	}
	var ids []string
	for q := Quirk(1); q < quirkEnd; q++ {
		if f.Has(q) {
			ids = append(ids, q.String())
		}
	}
	return strings.Join(ids, ",")
}

// closed returns f with what its members cannot do without: a late reply is
// told from the right one by counting lines; dots can be removed and the end
// mark cut off only where the end is known.
func (f Fixes) closed() Fixes {
	if f.Has(QuirkReplyLate) || f.Has(QuirkRetrSplit) {
		f |= 1 << QuirkReplyOnePacket
	}
	if f.Has(QuirkReplyOnePacket) {
		f |= lineFixes
	}
	if f&textFixes != 0 {
		f |= endFixes
	}
	return f & AllFixes
}

// fixed reports whether the client avoids q. If not, it has run into it.
func (c *Client) fixed(q Quirk) bool {
	if c.fixes.Has(q) {
		return true
	}
	c.hit(q)
	return false
}

// hit counts a quirk and logs the first of a session.
func (c *Client) hit(q Quirk) {
	c.quirks.counts[q]++
	if c.quirks.logged.Has(q) || c.log == nil {
		return
	}
	c.quirks.logged = c.quirks.logged.With(q)
	c.log.Warn("pop3 quirk", zap.Stringer("quirk", q), zap.String("means", q.Meaning()))
}

// ParseFixes reads what String writes: "none", "all", or ids with commas
// between them, of which "-" in front takes one away: "all,-Q-TERM-COUNTED".
func ParseFixes(text string) (Fixes, error) {
	var f Fixes
	for id := range strings.SplitSeq(text, ",") {
		name, without := strings.CutPrefix(strings.TrimSpace(id), "-")
		set, ok := fixesNamed(name)
		switch {
		case !ok:
			return 0, fmt.Errorf("no fix %q", name)
		case without:
			f &^= set
		default:
			f |= set
		}
	}
	return f, nil
}

// fixesNamed returns the set that a name stands for.
func fixesNamed(name string) (set Fixes, ok bool) {
	switch name {
	case "none":
		return NoFixes, true
	case "all":
		return AllFixes, true
	}
	for _, q := range Quirks() {
		if q.String() == name {
			return FixesOf(q), true
		}
	}
	return 0, false
}
