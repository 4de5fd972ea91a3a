package pop3client

import (
	"strings"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

func TestQuirkNames(t *testing.T) {
	ids := map[string]bool{}
	for _, q := range Quirks() {
		if ids[q.String()] || !strings.HasPrefix(q.String(), "Q-") || q.Meaning() == "" {
			t.Errorf("quirk %d: id %q, meaning %q", q, q, q.Meaning())
		}
		ids[q.String()] = true
	}
	if len(ids) != 48 {
		t.Errorf("%d quirks, the notes have 48", len(ids))
	}
	if got := Quirk(0).String() + Quirk(200).String() + Quirk(0).Meaning() + Quirk(200).Meaning(); got != "no quirkno quirk" {
		t.Errorf("%q", got)
	}
}

func TestFixes(t *testing.T) {
	f := FixesOf(QuirkPassReject, QuirkNoUnstuff)
	if !f.Has(QuirkPassReject) || f.Has(QuirkReplyLate) || f.Without(QuirkPassReject) != NoFixes.With(QuirkNoUnstuff) {
		t.Errorf("set arithmetic: %v", f)
	}
	for set, want := range map[Fixes]string{NoFixes: "none", AllFixes: "all", f: "Q-PASS-REJECT,Q-NO-UNSTUFF"} {
		if set.String() != want {
			t.Errorf("%q, want %q", set, want)
		}
	}
	if QuirkApopManualWording.Fixable() || !QuirkPassReject.Fixable() || AllFixes.closed() != AllFixes {
		t.Error("AllFixes is not all that can be fixed")
	}
	for _, q := range Quirks() {
		if closed := FixesOf(q).closed(); closed.Has(q) != q.Fixable() || closed.closed() != closed {
			t.Errorf("%v: closed set %v", q, closed)
		}
	}
}

// TestQuirkLog checks that a quirk is counted each time and logged once a
// session.
func TestQuirkLog(t *testing.T) {
	core, logs := observer.New(zap.WarnLevel)
	b := newBench(t, 1536, 8, append(login(), login()...)...)
	for range 2 {
		if err := b.create(Config{Log: zap.New(core)}); err != nil {
			t.Fatal(err)
		}
		b.server.closed = true
		b.MailItemDelete(1)
		b.MailItemDelete(2)
		b.server.closed = false
		b.Delete()
	}
	if n := b.hits(QuirkCommandAfterServerClose); n != 4 {
		t.Errorf("counted %d times, want 4", n)
	}
	for _, entry := range logs.All() {
		if entry.ContextMap()["quirk"] != QuirkCommandAfterServerClose.String() {
			t.Errorf("logged %v", entry.ContextMap())
		}
	}
	if logs.Len() != 2 {
		t.Errorf("logged %d times, want 2", logs.Len())
	}
}
