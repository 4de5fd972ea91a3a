package demomail_test

import (
	"bufio"
	"bytes"
	"crypto/md5"
	"fmt"
	"io"
	"mime"
	"net"
	"net/textproto"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/emersion/go-message"
	"github.com/emersion/go-message/mail"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"netxsim/cmd/netxsim/internal/demomail"
	"netxsim/sim/pop3server"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestSubjects(t *testing.T) {
	var got []string
	for _, m := range demomail.Messages() {
		got = append(got, fmt.Sprintf("%s: %s, %d octets", m.Name(), m.Subject(), m.Size()))
	}
	want := []string{
		"1-welcome.eml: Readings are in, thank you, 727 octets",
		"2-dots.eml: Dots, and nothing but dots, 605 octets",
		"3-utf8.eml: Grüße aus Åborg – привет, 你好, 916 octets",
		"4-empty.eml: alive, 177 octets",
		"5-long-lines.eml: Table of the month, one row a line, 8989 octets",
		"6-attachment.eml: Picture of the interference at the weir, 274357 octets",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
}

// content returns the wire bytes of message n, counted from 1, and its body.
func content(t *testing.T, n int) (wire []byte, body string) {
	t.Helper()
	wire, err := demomail.Messages()[n-1].Bytes()
	if err != nil {
		t.Fatal(err)
	}
	_, body, found := strings.Cut(string(wire), "\r\n\r\n")
	if !found {
		t.Fatalf("message %d has no end of the header", n)
	}
	return wire, body
}

// TestWhatTheyAreFor checks that each message is the difficulty it is there for.
func TestWhatTheyAreFor(t *testing.T) {
	_, dots := content(t, 2)
	lines := strings.Split(dots, "\r\n")
	for _, want := range []string{".", "..", "...", ".Lines that begin with a dot"} {
		if !slices.Contains(lines, want) {
			t.Errorf("no line %q", want)
		}
	}
	utf8Mail, text := content(t, 3)
	if !utf8.ValidString(text) || len(text) == utf8.RuneCountInString(text) || !bytes.Contains(utf8Mail, []byte("Encoding: 8bit\r\n")) {
		t.Error("message 3 is not UTF-8 in 8-bit encoding")
	}
	if _, body := content(t, 4); body != "" {
		t.Errorf("message 4 has the body %q", body)
	}
	_, long := content(t, 5)
	if !slices.ContainsFunc(strings.Split(long, "\r\n"), func(s string) bool { return len(s) > 3000 }) {
		t.Error("message 5 has no line of more than 3000 bytes")
	}
}

func TestAttachment(t *testing.T) {
	wire, _ := content(t, 6)
	r, err := mail.CreateReader(bytes.NewReader(wire))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.NextPart(); err != nil {
		t.Fatal(err)
	}
	part, err := r.NextPart()
	if err != nil {
		t.Fatal(err)
	}
	name, err := part.Header.(*mail.AttachmentHeader).Filename()
	if err != nil || name != "rings.pgm" {
		t.Errorf("attached is %q, error %v", name, err)
	}
	got, err := io.ReadAll(part.Body)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, demomail.Picture()) || len(got) != 200_015 {
		t.Errorf("attached are %d bytes that differ from the picture", len(got))
	}
}

// TestWellFormed reads all messages with a mail library.
func TestWellFormed(t *testing.T) {
	for i, m := range demomail.Messages() {
		wire, _ := content(t, i+1)
		entity, err := message.Read(bytes.NewReader(wire))
		if err != nil {
			t.Errorf("%s: %v", m.Name(), err)
			continue
		}
		if _, _, err := mime.ParseMediaType(entity.Header.Get("Content-Type")); err != nil && entity.Header.Has("Content-Type") {
			t.Errorf("%s: %v", m.Name(), err)
		}
		if date := (&mail.Header{Header: entity.Header}).Get("Date"); date == "" {
			t.Errorf("%s: no date", m.Name())
		}
	}
}

// TestByteExact fetches all demo messages with APOP and unstuffs them.
func TestByteExact(t *testing.T) {
	srv, err := pop3server.New(pop3server.Config{
		Users: []pop3server.User{{Name: "demo", Password: "secret", Mailbox: demomail.Mailbox()}},
	})
	if err != nil {
		t.Fatal(err)
	}
	clientEnd, serverEnd := net.Pipe()
	served := make(chan error)
	go func() { served <- srv.ServeConn(serverEnd) }()
	defer clientEnd.Close()
	c := session{t: t, Conn: textproto.NewConn(clientEnd)}
	greeting := c.reply()
	stamp := greeting[strings.Index(greeting, "<"):]
	c.do(fmt.Sprintf("APOP demo %x", md5.Sum([]byte(stamp+"secret"))))
	for i := range demomail.Messages() {
		want, _ := content(t, i+1)
		if got := c.do(fmt.Sprintf("RETR %d", i+1)); got != fmt.Sprintf("+OK %d octets", len(want)) {
			t.Errorf("reply %q", got)
		}
		if got := unstuff(t, c.R); !bytes.Equal(got, want) {
			t.Errorf("message %d (-want +got):\n%s", i+1, cmp.Diff(string(want), string(got)))
		}
	}
	c.do("QUIT")
	if err := <-served; err != nil {
		t.Error(err)
	}
}

// A session is the client's side of a dialogue.
type session struct {
	t *testing.T
	*textproto.Conn
}

func (s session) do(command string) string {
	s.t.Helper()
	if err := s.PrintfLine("%s", command); err != nil {
		s.t.Fatal(err)
	}
	return s.reply()
}

func (s session) reply() string {
	s.t.Helper()
	line, err := s.ReadLine()
	if err != nil || !strings.HasPrefix(line, "+OK") {
		s.t.Fatalf("reply %q, error %v", line, err)
	}
	return line
}

// unstuff reads lines up to the end mark.
func unstuff(t *testing.T, r *bufio.Reader) []byte {
	t.Helper()
	var out []byte
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if line == ".\r\n" {
			return out
		}
		out = append(out, strings.TrimPrefix(line, ".")...)
	}
}
