package pop3client

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netxsim/netx/status"
)

// part is what one call of Message gives.
type part struct {
	Text  string
	Bytes uint32
	Final bool
	Err   string
}

// download reads a message with Message until it is final or fails.
func (b *bench) download() []part {
	var parts []part
	for {
		packet, bytes, final, err := b.Message()
		if err != nil {
			return append(parts, part{Err: err.Error()})
		}
		parts = append(parts, part{Text: textOf(packet), Bytes: bytes, Final: final})
		packet.Release()
		if final {
			return parts
		}
	}
}

// retr asks for message 1 of a server that sends these segments.
func retr(t *testing.T, fixes Fixes, segments ...string) *bench {
	t.Helper()
	b := connected(t, fixes, on("STAT", "+OK 2 5000\r\n"), on("RETR", segments...), on("NOOP", "+OK\r\n"))
	if _, _, err := b.MailItems(); err != nil {
		t.Fatal(err)
	}
	if _, err := b.MailItem(1); err != nil {
		t.Fatal(err)
	}
	return b
}

func TestMessageFaithful(t *testing.T) {
	const timeout = "pop3: message: no reply within 1000 ticks: NX_NO_PACKET"
	tests := map[string]struct {
		send []string
		want []part
		hit  Quirk
	}{
		"end mark counted": {
			send: []string{"Hello\r\n.\r\n"},
			want: []part{{"Hello\r\n.\r\n", 10, true, ""}},
			hit:  QuirkTermCounted,
		},
		"end mark alone": {
			send: []string{"Hello", "\r\n.\r\n"},
			want: []part{{"Hello", 5, false, ""}, {"\r\n.\r\n", 0, true, ""}},
			hit:  QuirkTermCounted,
		},
		"cut": {
			send: []string{"Hello\r", "\n.\r\n"},
			want: []part{{"Hello\r", 6, false, ""}, {"\n.\r\n", 4, false, ""}, {Err: timeout}},
			hit:  QuirkTermSplit,
		},
		"in the middle": {
			send: []string{"Hello\r\n.\r\n+OK\r\n"},
			want: []part{{"Hello\r\n.\r\n+OK\r\n", 15, false, ""}, {Err: timeout}},
			hit:  QuirkTermMid,
		},
		"prefix": {
			send: []string{".\r\nXY"},
			want: []part{{".\r\nXY", 0, true, ""}},
			hit:  QuirkTermShortPrefix,
		},
		"false": {
			send: []string{"Hello", ".\r\n", "more\r\n.\r\n"},
			want: []part{{"Hello", 5, false, ""}, {".\r\n", 0, true, ""}},
			hit:  QuirkTermFalse,
		},
		"doubled dot": {
			send: []string{"..a\r\n.\r\n"},
			want: []part{{"..a\r\n.\r\n", 8, true, ""}},
			hit:  QuirkNoUnstuff,
		},
		"overread": {
			send: []string{"\r\n", "ab\r\n.\r\n"},
			want: []part{{"\r\n", 2, false, ""}, {"ab\r\n.\r\n", 7, true, ""}},
			hit:  QuirkShortOverread,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := retr(t, NoFixes, append([]string{"+OK\r\n"}, tt.send...)...)
			if diff := cmp.Diff(tt.want, b.download()); diff != "" {
				t.Error(diff)
			}
			if b.hits(tt.hit) != 1 {
				t.Errorf("%v hit %d times, want once", tt.hit, b.hits(tt.hit))
			}
		})
	}
}

// mails are messages as they are and as they go over the wire, without the end
// mark.
var mails = []struct{ text, wire string }{
	{"", ""},
	{"a\r\n", "a\r\n"},
	{"\r\n", "\r\n"},
	{".\r\n", "..\r\n"},
	{".\r\n.\r\n", "..\r\n..\r\n"},
	{"..\r\n", "...\r\n"},
	{".a\r\nb.\r\n", "..a\r\nb.\r\n"},
	{"a\r\n.\rb\r\n", "a\r\n..\rb\r\n"},
	{"a\n.\nb\r.\r\n", "a\n.\nb\r.\r\n"},
	{"a\r\r\n.\r\r\n", "a\r\r\n..\r\r\n"},
	{"\xff\x00\x80\r\n", "\xff\x00\x80\r\n"},
}

// TestEndMarkEveryCut cuts each message at every two places, also inside the
// reply and the end mark, and reads it both ways.
func TestEndMarkEveryCut(t *testing.T) {
	ways := map[string]func(*bench) (string, error){
		"Message": func(b *bench) (string, error) {
			var text strings.Builder
			for {
				packet, n, final, err := b.Message()
				if err != nil {
					return text.String(), err
				}
				if n != packet.Length || n == 0 && !final {
					return text.String(), fmt.Errorf("%d bytes reported, %d in the packet", n, packet.Length)
				}
				text.WriteString(textOf(packet))
				packet.Release()
				if final {
					return text.String(), nil
				}
			}
		},
		"MessageReader": func(b *bench) (string, error) {
			text, err := io.ReadAll(b.MessageReader())
			return string(text), err
		},
	}
	for way, read := range ways {
		t.Run(way, func(t *testing.T) {
			for _, mail := range mails {
				wire := "+OK 12 octets\r\n" + mail.wire + ".\r\n"
				for i := 1; i <= len(wire); i++ {
					for j := i; j <= len(wire); j++ {
						cut := slices.DeleteFunc([]string{wire[:i], wire[i:j], wire[j:]}, func(s string) bool { return s == "" })
						text, err := read(retr(t, AllFixes, cut...))
						if text != mail.text || err != nil {
							t.Fatalf("%q: read %q, %v", cut, text, err)
						}
					}
				}
			}
		})
	}
}

// TestEndMarkInChains has the message arrive in one segment and small packets.
func TestEndMarkInChains(t *testing.T) {
	for payload := uint32(60); payload < 90; payload++ {
		for _, mail := range mails {
			text := strings.Repeat("Z", 40) + "\r\n" + mail.text
			wire := strings.Repeat("Z", 40) + "\r\n" + mail.wire + ".\r\n"
			b := newBench(t, payload+40, 12, append(login(), on("RETR", "+OK\r\n"+wire))...)
			if err := b.create(Config{User: "a", Password: "b", Fixes: AllFixes}); err != nil {
				t.Fatal(err)
			}
			if _, err := b.MailItem(1); err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(b.MessageReader())
			if string(got) != text || err != nil {
				t.Fatalf("payload %d: read %q, %v, want %q", payload+40, got, err, text)
			}
		}
	}
}

// TestReaderHoldsOnePacket reads a large message out of a pool with two
// packets: what is read, and a spare one for what arrives.
func TestReaderHoldsOnePacket(t *testing.T) {
	text := strings.Repeat(strings.Repeat("x", 70)+"\r\n.dot\r\n", 500)
	wire := "+OK\r\n" + strings.ReplaceAll(text, "\r\n.", "\r\n..") + ".\r\n"
	answer := answer{on: "RETR"}
	for chunk := range slices.Chunk([]byte(wire), 1460) {
		answer.send = append(answer.send, segment{text: string(chunk)})
	}
	b := newBench(t, 1536, 2, append(login(), answer)...)
	if err := b.create(Config{Fixes: AllFixes}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.MailItem(1); err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	n, err := b.MessageReader().WriteTo(&got)
	if got.String() != text || n != int64(len(text)) || err != nil {
		t.Errorf("read %d bytes, %v, want %d", n, err, len(text))
	}
	if lowest := b.pool.Stats().Lowest; lowest < 1 {
		t.Errorf("%d packets free at the lowest, want 1", lowest)
	}
}

func TestReaderErrors(t *testing.T) {
	t.Run("stall", func(t *testing.T) {
		b := retr(t, AllFixes, "+OK\r\n", "half")
		r := b.MessageReader()
		text, err := io.ReadAll(r)
		if string(text) != "half" || !errors.Is(err, status.NoPacket) {
			t.Errorf("read %q, %v", text, err)
		}
		b.server.queue = segments(" done\r\n.\r\n")
		if text, err = io.ReadAll(r); string(text) != " done\r\n" || err != nil {
			t.Errorf("then %q, %v", text, err)
		}
	})
	t.Run("closed", func(t *testing.T) {
		b := retr(t, AllFixes, "+OK\r\n", "half")
		b.server.closed = true
		text, err := io.ReadAll(b.MessageReader())
		if string(text) != "half" || !errors.Is(err, io.ErrUnexpectedEOF) || status.Of(err) != uint32(status.NotConnected) {
			t.Errorf("read %q, %v", text, err)
		}
	})
	t.Run("no message", func(t *testing.T) {
		b := connected(t, AllFixes)
		if _, err := b.MessageReader().Read(make([]byte, 1)); !errors.Is(err, status.Pop3ClientInvalidState) {
			t.Error(err)
		}
	})
	t.Run("close", func(t *testing.T) {
		b := retr(t, AllFixes, "+OK\r\n", "a long text\r\n", ".\r\n")
		r := b.MessageReader()
		if _, err := r.Read(make([]byte, 3)); err != nil {
			t.Fatal(err)
		}
		r.Close()
		if _, err := r.Read(make([]byte, 3)); !errors.Is(err, io.ErrClosedPipe) {
			t.Error(err)
		}
	})
}
