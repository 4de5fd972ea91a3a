package pop3server_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netxsim/sim/mailbox"
	"netxsim/sim/pop3server"
)

// A recorder is a connection with all commands there at once, that keeps each Write.
type recorder struct {
	io.Reader
	net.Conn
	writes []string
}

func (r *recorder) Read(p []byte) (int, error) { return r.Reader.Read(p) }
func (r *recorder) Write(p []byte) (int, error) {
	r.writes = append(r.writes, string(p))
	return len(p), nil
}
func (r *recorder) Close() error { return nil }

// record gives the commands one at a time to a session and returns what it wrote.
func record(t *testing.T, srv *pop3server.Server, commands ...string) []string {
	t.Helper()
	var readers []io.Reader
	for _, c := range commands {
		readers = append(readers, strings.NewReader(c+"\r\n"))
	}
	conn := &recorder{Reader: io.MultiReader(readers...)}
	if err := srv.ServeConn(conn); err != nil {
		t.Fatal(err)
	}
	return conn.writes
}

func TestWrites(t *testing.T) {
	newBox := func() *mailbox.Mailbox { return mailbox.New(message(strings.Repeat("x", 22) + "\n.\n")) }
	session := []string{"USER u\r\nPASS p", "RETR 1", "STAT", "QUIT"}
	for _, test := range []struct {
		name   string
		change func(*pop3server.Config)
		want   []string
	}{
		{"whole replies", nil, []string{
			"+OK POP3 server ready\r\n",
			"+OK send PASS\r\n+OK maildrop has 1 message (27 octets)\r\n",
			"+OK 27 octets\r\nxxxxxxxxxxxxxxxxxxxxxx\r\n..\r\n.\r\n",
			"+OK 1 27\r\n", "+OK bye, 0 deleted\r\n",
		}},
		{"split replies", func(c *pop3server.Config) { c.SplitReplies = true }, []string{
			"+OK POP3 server ready\r\n",
			"+OK send PASS\r\n+OK maildrop has 1 message (27 octets)\r\n",
			"+OK 27 octets\r\n", "xxxxxxxxxxxxxxxxxxxxxx\r\n..\r\n.\r\n",
			"+OK 1 27\r\n", "+OK bye, 0 deleted\r\n",
		}},
		{"small writes", func(c *pop3server.Config) { c.WriteSize = 15 }, []string{
			"+OK POP3 server", " ready\r\n",
			"+OK send PASS\r\n", "+OK maildrop ha", "s 1 message (27", " octets)\r\n",
			"+OK 27 octets\r\n", "xxxxxxxxxxxxxxx", "xxxxxxx\r\n..\r\n.\r", "\n",
			"+OK 1 27\r\n", "+OK bye, 0 dele", "ted\r\n",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, record(t, newServer(t, newBox(), test.change), session...)); diff != "" {
				t.Errorf("writes (-want +got):\n%s", diff)
			}
		})
	}
}

// TestByteExact fetches 200 generated messages, and compares what it unstuffs with the mailbox.
func TestByteExact(t *testing.T) {
	box := mailbox.Generate(11, 200)
	for _, size := range []int{0, 1, 1460} {
		srv := newServer(t, box, func(c *pop3server.Config) { c.WriteSize = size })
		session := []string{"USER u", "PASS p"}
		for i := range box.Messages() {
			session = append(session, fmt.Sprintf("RETR %d", i+1))
		}
		out := strings.Join(record(t, srv, append(session, "QUIT")...), "")
		r := textproto.NewReader(bufio.NewReader(strings.NewReader(out)))
		for range 3 {
			if _, err := r.ReadLine(); err != nil {
				t.Fatal(err)
			}
		}
		for i, m := range box.Messages() {
			want, err := m.Bytes()
			if err != nil {
				t.Fatal(err)
			}
			if line, err := r.ReadLine(); err != nil || line != fmt.Sprintf("+OK %d octets", len(want)) {
				t.Fatalf("message %d: %q, %v", i+1, line, err)
			}
			if got := unstuff(t, r); !bytes.Equal(got, want) {
				t.Fatalf("message %d, writes of %d: %s", i+1, size, cmp.Diff(string(want), string(got)))
			}
		}
	}
}

// unstuff reads the lines of a reply up to the end mark.
func unstuff(t *testing.T, r *textproto.Reader) []byte {
	t.Helper()
	var out []byte
	for {
		line, err := r.R.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if line == ".\r\n" {
			return out
		}
		out = append(out, strings.TrimPrefix(line, ".")...)
	}
}

// FuzzSession sends any bytes. The server must not fail in another way than by ending
// the session, and every line it sends is at most 512 bytes long.
func FuzzSession(f *testing.F) {
	f.Add([]byte("USER u\r\nPASS p\r\nSTAT\r\nLIST\r\nRETR 1\r\nTOP 1 0\r\nUIDL\r\nDELE 1\r\nRSET\r\nQUIT\r\n"))
	f.Add([]byte("APOP u c4c9334bac560ecc979e58001b3e22fb\r\nCAPA\r\n"))
	f.Add([]byte("\n \n\r\n\x00\nUSER \nPASS\n" + strings.Repeat("x", 5000) + "\nQUIT\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		box := mailbox.New(message("A: b\n\n.\n"))
		srv := newServer(t, box, nil)
		conn := &recorder{Reader: bytes.NewReader(data)}
		err := srv.ServeConn(conn)
		out := strings.Join(conn.writes, "")
		for line := range strings.Lines(out) {
			if len(line) > 512 || !strings.HasSuffix(line, "\r\n") {
				t.Errorf("line of %d bytes: %q", len(line), line)
			}
		}
		if !box.TryLock() {
			t.Error("the mailbox is still locked")
		}
		if err != nil && len(box.Messages()) != 1 {
			t.Error("deleted without QUIT")
		}
		if err == nil && !slices.ContainsFunc(strings.Split(out, "\r\n"), func(s string) bool { return strings.Contains(s, "bye") }) {
			t.Error("no error and no QUIT")
		}
	})
}

// A sink is a connection that takes replies and forgets them.
type sink struct {
	io.Reader
	net.Conn
}

func (s *sink) Read(p []byte) (int, error)  { return s.Reader.Read(p) }
func (s *sink) Write(p []byte) (int, error) { return len(p), nil }
func (s *sink) Close() error                { return nil }

func BenchmarkRetr(b *testing.B) {
	box := mailbox.Generate(1, 1, 1<<20)
	srv, err := pop3server.New(pop3server.Config{Users: []pop3server.User{{Name: "u", Password: "p", Mailbox: box}}})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(box.Size())
	b.ReportAllocs()
	for b.Loop() {
		if err := srv.ServeConn(&sink{Reader: strings.NewReader("USER u\r\nPASS p\r\nRETR 1\r\nQUIT\r\n")}); err != nil {
			b.Fatal(err)
		}
	}
}
