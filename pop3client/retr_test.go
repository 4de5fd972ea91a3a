package pop3client

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netxsim/netx/status"
)

func TestRetrReplies(t *testing.T) {
	tests := []struct {
		reply    string
		faithful numbers
		hit      Quirk
		fixed    numbers
	}{
		{"+OK 120 octets\r\n", "120", 0, "120"},
		{"+OK message follows\r\n", "0", 0, "0"},
		{"+OK\r\n", "0", 0, "0"},
		{"-ERR no such message\r\n", "error 0", 0, "error 0"},
		{"+OK 123456789\r\n", "123456789", 0, "123456789"},
		{"+OK 1234567890\r\n", "123456789", QuirkRetrSize, "1234567890"},
		{"+OK 99999999999\r\n", "999999999", QuirkRetrSize, "0"},
		{"+OK  120\r\n", "0", QuirkReplyWords, "120"},
	}
	ask := func(b *bench) numbers {
		size, err := b.MailItem(1)
		if err != nil {
			return numbers("error 0")
		}
		return numbers(appendDecimal(nil, size))
	}
	for _, tt := range tests {
		t.Run(tt.reply, func(t *testing.T) {
			b := connected(t, NoFixes, on("STAT", "+OK 2 320\r\n"), on("RETR", tt.reply))
			b.stat()
			if got := ask(b); got != tt.faithful {
				t.Errorf("faithful: %q, want %q", got, tt.faithful)
			}
			if tt.hit != 0 && b.hits(tt.hit) == 0 {
				t.Errorf("%v not hit but %v", tt.hit, b.Quirks())
			}
			if got := ask(connected(t, AllFixes, on("RETR", tt.reply))); got != tt.fixed {
				t.Errorf("fixed: %q, want %q", got, tt.fixed)
			}
		})
	}
}

// TestRetrAgain asks for a second message while the first bytes of another are
// held.
func TestRetrAgain(t *testing.T) {
	tests := map[string]struct {
		fixes  Fixes
		second []string
		want   []part
		hit    Quirk
		lost   uint32
	}{
		"lost": {
			second: []string{"+OK\r\ndef\r\n.\r\n"},
			want:   []part{{"def\r\n.\r\n", 8, true, ""}},
			hit:    QuirkRetrHeldLost,
			lost:   1,
		},
		"lost, fixed": {
			fixes:  FixesOf(QuirkRetrHeldLost),
			second: []string{"+OK\r\ndef\r\n.\r\n"},
			want:   []part{{"def\r\n.\r\n", 8, true, ""}},
		},
		"stale": {
			second: []string{"+OK\r\n", "def\r\n.\r\n"},
			want:   []part{{"abc", 3, false, ""}, {"def\r\n.\r\n", 8, true, ""}},
			hit:    QuirkRetrStaleBody,
		},
		"stale, fixed": {
			fixes:  FixesOf(QuirkRetrStaleBody),
			second: []string{"+OK\r\n", "def\r\n.\r\n"},
			want:   []part{{"def\r\n.\r\n", 8, true, ""}},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := connected(t, tt.fixes, on("STAT", "+OK 2 9\r\n"), on("RETR 1", "+OK\r\nabc"), on("RETR 2", tt.second...))
			b.lost = tt.lost
			b.stat()
			for item := uint32(1); item <= 2; item++ {
				if _, err := b.MailItem(item); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(tt.want, b.download()); diff != "" {
				t.Error(diff)
			}
			if tt.hit != 0 && b.hits(tt.hit) != 1 {
				t.Errorf("%v hit %d times, want once", tt.hit, b.hits(tt.hit))
			}
		})
	}
}

// TestRetrSplit checks what is handed out behind a reply without line end.
func TestRetrSplit(t *testing.T) {
	b := connected(t, NoFixes, on("STAT", "+OK 2 9\r\n"), on("RETR", "+OK 12", "0 octets\r\nabc\r\n.\r\n"))
	b.stat()
	if size, err := b.MailItem(1); size != 12 || err != nil {
		t.Errorf("RETR: %d, %v", size, err)
	}
	want := []part{{}, {"0 octets\r\nabc\r\n.\r\n", 18, true, ""}}
	if diff := cmp.Diff(want, b.download()); diff != "" {
		t.Error(diff)
	}
	if b.hits(QuirkRetrSplit) != 1 {
		t.Errorf("quirks %v", b.Quirks())
	}
	fixed := connected(t, FixesOf(QuirkRetrSplit, QuirkStatRequired), on("RETR", "+OK 12", "0 octets\r\nabc\r\n.\r\n"))
	if size, err := fixed.MailItem(1); size != 120 || err != nil {
		t.Errorf("fixed: %d, %v", size, err)
	}
	if diff := cmp.Diff([]part{{"abc\r\n.\r\n", 8, true, ""}}, fixed.download()); diff != "" {
		t.Error(diff)
	}
}

// TestRetrChain reads a reply and its message out of a chain.
func TestRetrChain(t *testing.T) {
	wire := "+OK\r\n" + string(make([]byte, 300)) + "\r\n.\r\n"
	for _, fixes := range []Fixes{FixesOf(QuirkReplyChain), FixesOf(QuirkReplyChain, QuirkChainFinal)} {
		b := newBench(t, 200, 12, login(on("STAT", "+OK 2 9\r\n"), on("RETR", wire))...)
		if err := b.create(Config{Fixes: fixes}); err != nil {
			t.Fatal(err)
		}
		b.stat()
		if _, err := b.MailItem(1); err != nil {
			t.Fatal(err)
		}
		packet, bytes, final, err := b.Message()
		if err != nil {
			t.Fatal(err)
		}
		if text := textOf(packet); text != wire[5:] || bytes != packet.Length || final != fixes.Has(QuirkChainFinal) {
			t.Errorf("fixes %v: %d bytes of %d, final %v", fixes, bytes, len(wire)-5, final)
		}
		packet.Release()
	}
}

// TestRetrEndsDownload asks for a message that is not there, in the middle of
// another.
func TestRetrEndsDownload(t *testing.T) {
	for fixes, want := range map[Fixes][]part{
		NoFixes:                        {{Err: "pop3: message: NX_POP3_CLIENT_INVALID_STATE"}},
		FixesOf(QuirkRetrEndsDownload): {{"abc\r\n.\r\n", 8, true, ""}},
	} {
		b := connected(t, fixes, on("STAT", "+OK 2 9\r\n"), on("RETR", "+OK\r\n", "abc\r\n.\r\n"))
		b.stat()
		if _, err := b.MailItem(1); err != nil {
			t.Fatal(err)
		}
		if _, err := b.MailItem(3); text(err) != "pop3: RETR 3: NX_POP3_INVALID_MAIL_ITEM" {
			t.Error(err)
		}
		if diff := cmp.Diff(want, b.download()); diff != "" {
			t.Errorf("fixes %v: %s", fixes, diff)
		}
	}
}

// TestMessageState loses the connection in the middle of a message.
func TestMessageState(t *testing.T) {
	for fixes, then := range map[Fixes]status.Code{
		NoFixes:                    status.NotConnected,
		FixesOf(QuirkMessageState): status.Pop3ClientInvalidState,
	} {
		b := connected(t, fixes, on("STAT", "+OK 2 9\r\n"), on("RETR", "+OK\r\n"))
		b.stat()
		if _, err := b.MailItem(1); err != nil {
			t.Fatal(err)
		}
		b.server.closed = true
		for _, want := range []status.Code{status.NotConnected, then} {
			if _, _, _, err := b.Message(); !errors.Is(err, want) {
				t.Errorf("fixes %v: %v, want %v", fixes, err, want)
			}
		}
	}
}

// TestEndFixesAlone checks each fix about the end of a message without the
// others: the mark is found, and still handed out.
func TestEndFixesAlone(t *testing.T) {
	tests := map[Quirk]struct {
		send []string
		want []part
	}{
		QuirkTermSplit: {
			[]string{"Hello\r", "\n.\r\n"},
			[]part{{"Hello\r", 6, false, ""}, {"\n.\r\n", 0, true, ""}},
		},
		QuirkTermMid: {
			[]string{"Hello\r\n.\r\n+OK\r\n"},
			[]part{{"Hello\r\n.\r\n", 10, true, ""}},
		},
		QuirkTermShortPrefix: {
			[]string{".\r\nXY"},
			[]part{{".\r\n", 0, true, ""}},
		},
		QuirkTermFalse: {
			[]string{"Hello", ".\r\n", "more\r\n.\r\n"},
			[]part{{"Hello", 5, false, ""}, {".\r\n", 3, false, ""}, {"more\r\n.\r\n", 9, true, ""}},
		},
		QuirkTermCounted: {
			[]string{"..a\r", "\n.\r\n"},
			[]part{{"..a\r", 4, false, ""}, {"\n", 1, true, ""}},
		},
		QuirkNoUnstuff: {
			[]string{"..a\r\n.", ".b\r", "\n.\r\n"},
			[]part{{".a\r\n", 4, false, ""}, {".b\r", 3, false, ""}, {"\n.\r\n", 0, true, ""}},
		},
	}
	for quirk, tt := range tests {
		t.Run(quirk.String(), func(t *testing.T) {
			b := retr(t, FixesOf(quirk), append([]string{"+OK\r\n"}, tt.send...)...)
			if diff := cmp.Diff(tt.want, b.download()); diff != "" {
				t.Error(diff)
			}
			if b.hits(quirk) != 0 {
				t.Errorf("%v hit", quirk)
			}
		})
	}
}
