package pop3client

import (
	"errors"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netxsim/netx/status"
)

// later makes an answer that comes only after so many ticks.
func later(command string, ticks uint32, text string) answer {
	return answer{command, []segment{{text: text, delay: ticks}}}
}

// TestLateReply has the first STAT answered after the time-out.
func TestLateReply(t *testing.T) {
	answers := []answer{later("STAT", 1200, "+OK 7 777\r\n"), on("STAT", "+OK 8 888\r\n"), on("STAT", "+OK 9 999\r\n")}
	tests := map[Fixes][]numbers{
		NoFixes:                  {"error 0 0", "7 777", "8 888"},
		FixesOf(QuirkReplyLate):  {"error 0 0", "8 888", "9 999"},
		AllFixes:                 {"error 0 0", "8 888", "9 999"},
		AllFixes &^ lineFixes:    {"error 0 0", "8 888", "9 999"}, // ReplyLate brings them along
		FixesOf(QuirkReplyChain): {"error 0 0", "7 777", "8 888"},
	}
	for fixes, want := range tests {
		for _, sleep := range []uint32{0, 300} { // the reply comes behind the next command, or before
			b := connected(t, fixes, answers...)
			got := []numbers{b.stat()}
			b.server.pass(sleep)
			got = append(got, b.stat(), b.stat())
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("fixes %v, sleep %d: %s", fixes, sleep, diff)
			}
			late := b.hits(QuirkReplyLate) > 0
			if late != (fixes&FixesOf(QuirkReplyLate) == 0) {
				t.Errorf("fixes %v: %d late replies", fixes, b.hits(QuirkReplyLate))
			}
		}
	}
}

// TestSilentServer checks that a reply that never comes costs one time-out per
// call, and no call takes the answer of another for its own.
func TestSilentServer(t *testing.T) {
	b := connected(t, AllFixes, on("STAT"), on("STAT", "+OK 1 1\r\n"))
	for range 3 {
		before := b.server.now
		if got := b.stat(); got != "error 0 0" {
			t.Errorf("STAT: %q", got)
		}
		if passed := b.server.now - before; passed > DefaultReplyWait {
			t.Errorf("took %d ticks", passed)
		}
	}
}

// TestSplitReplies cuts each reply of a session after every byte.
func TestSplitReplies(t *testing.T) {
	split := func(text string) []string {
		var parts []string
		for _, c := range []byte(text) {
			parts = append(parts, string(c))
		}
		return parts
	}
	b := newBench(t, 1536, 8,
		on("accept", split("+OK <1.2@x> ready\r\n")...), on("APOP", split("+OK\r\n")...),
		on("STAT", split("+OK 2 320\r\n")...), on("LIST", split("+OK 1 120\r\n")...),
		on("RETR", split("+OK 120\r\na\r\n..b\r\n.\r\n")...), on("DELE", split("+OK\r\n")...), on("QUIT", split("+OK\r\n")...))
	if err := b.create(Config{User: "u", Password: "p", APOP: true, Fixes: AllFixes}); err != nil {
		t.Fatal(err)
	}
	if got := b.stat(); got != "2 320" {
		t.Errorf("STAT: %q", got)
	}
	if got := b.list(1); got != "120" {
		t.Errorf("LIST: %q", got)
	}
	if size, err := b.MailItem(1); size != 120 || err != nil {
		t.Errorf("RETR: %d, %v", size, err)
	}
	if text, err := io.ReadAll(b.MessageReader()); string(text) != "a\r\n.b\r\n" || err != nil {
		t.Errorf("message %q, %v", text, err)
	}
	if err := b.MailItemDelete(1); err != nil {
		t.Error(err)
	}
	if err := b.Quit(); err != nil {
		t.Error(err)
	}
	if hit := b.Quirks(); len(hit) != 1 || hit[0].Quirk != QuirkApopManualWording {
		t.Errorf("quirks with all fixes: %v", hit)
	}
}

// TestAbandonedMessage asks for something else in the middle of a message.
func TestAbandonedMessage(t *testing.T) {
	answers := []answer{
		on("RETR", "+OK\r\n", "first\r\n", "+OK 9 9\r\n", ".\r\n"),
		on("STAT", "+OK 2 320\r\n"), on("RETR", "+OK\r\nother\r\n.\r\n"),
	}
	start := func(t *testing.T, fixes Fixes) *bench {
		b := connected(t, fixes.With(QuirkStatRequired), answers...)
		if _, err := b.MailItem(1); err != nil {
			t.Fatal(err)
		}
		packet, _, _, err := b.Message()
		if err != nil {
			t.Fatal(err)
		}
		packet.Release()
		return b
	}
	t.Run("faithful", func(t *testing.T) {
		b := start(t, NoFixes)
		if got := b.stat(); got != "9 9" || b.hits(QuirkReplyLate) != 1 {
			t.Errorf("STAT: %q, quirks %v", got, b.Quirks())
		}
	})
	t.Run("fixed", func(t *testing.T) {
		b := start(t, AllFixes)
		if got := b.stat(); got != "2 320" {
			t.Errorf("STAT: %q", got)
		}
		if _, _, _, err := b.Message(); !errors.Is(err, status.Pop3ClientInvalidState) {
			t.Errorf("Message: %v", err)
		}
	})
	t.Run("other message", func(t *testing.T) {
		b := start(t, AllFixes)
		if _, err := b.MailItem(2); err != nil {
			t.Fatal(err)
		}
		if text, err := io.ReadAll(b.MessageReader()); string(text) != "other\r\n" || err != nil {
			t.Errorf("%q, %v", text, err)
		}
	})
	t.Run("stalled", func(t *testing.T) {
		b := start(t, AllFixes)
		b.server.queue = nil
		if got := b.stat(); got != "error 0 0" || len(b.server.sent) != 3 {
			t.Errorf("STAT in a stalled message: %q, sent %q", got, b.server.sent)
		}
		b.server.queue = segments("rest\r\n.\r\n")
		if got := b.stat(); got != "2 320" {
			t.Errorf("STAT behind it: %q", got)
		}
	})
}

// TestLateMessage has a RETR answered, with its message, after the time-out.
func TestLateMessage(t *testing.T) {
	b := connected(t, AllFixes, later("RETR", 1500, "+OK\r\nlate\r\n.\r\n"), on("STAT", "+OK 2 320\r\n"))
	if _, err := b.MailItem(1); !errors.Is(err, status.NoPacket) {
		t.Fatal(err)
	}
	if got := b.stat(); got != "2 320" {
		t.Errorf("STAT: %q", got)
	}
}

// TestStrayBytes has the server send what nobody asked for.
func TestStrayBytes(t *testing.T) {
	b := connected(t, AllFixes, on("STAT", "+OK 2 320\r\nstray", " bytes\r\n+OK 5 5\r\n"), on("STAT", "+OK 3 400\r\n"))
	if got := []numbers{b.stat(), b.stat()}; got[0] != "2 320" || got[1] != "3 400" {
		t.Errorf("%q", got)
	}
}

// TestLongReplies reads replies larger than a packet and larger than RFC 1939
// allows.
func TestLongReplies(t *testing.T) {
	long := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = 'x'
		}
		return "+OK 2 320 " + string(b) + "\r\n"
	}
	for _, n := range []int{200, 490, 2000} {
		for _, fixes := range []Fixes{FixesOf(QuirkReplyChain), FixesOf(QuirkReplyOnePacket), AllFixes} {
			b := newBench(t, 256, 30, login(on("STAT", long(n)), on("STAT", "+OK 3 400\r\n"))...)
			if err := b.create(Config{Fixes: fixes}); err != nil {
				t.Fatal(err)
			}
			if got := []numbers{b.stat(), b.stat()}; got[0] != "2 320" || got[1] != "3 400" {
				t.Errorf("%d bytes, fixes %v: %q", n, fixes, got)
			}
		}
		b := newBench(t, 256, 30, login(on("STAT", long(n)))...)
		if err := b.create(Config{}); err != nil {
			t.Fatal(err)
		}
		if _, _, err := b.MailItems(); !errors.Is(err, status.InvalidPacket) || b.hits(QuirkReplyChain) != 1 {
			t.Errorf("%d bytes, faithful: %v", n, err)
		}
	}
}
