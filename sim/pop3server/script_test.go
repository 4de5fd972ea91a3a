package pop3server_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"netxsim/sim/mailbox"
	"netxsim/sim/pop3server"
)

// A script is a txtar file: "config" has JSON for fields of Config, "*.eml" are
// the messages, and each "session" is a dialogue of lines
//
//	C: a line from the client, with \xNN escapes; CRLF is added
//	C- a line that is sent without its CRLF
//	S: a line the server must send, exactly
//	S. the server must close the connection
//	X: the client closes the connection
//
// The mailbox of mrose (password tanstaaf) stays the same through all sessions.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { runScript(t, file) })
	}
}

func runScript(t *testing.T, file string) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var cfg pop3server.Config
	box := mailbox.New()
	var sessions []string
	for _, f := range archive.Files {
		switch {
		case f.Name == "config":
			if err := json.Unmarshal(f.Data, &cfg); err != nil {
				t.Fatal(err)
			}
		case strings.HasSuffix(f.Name, ".eml"):
			box.Add(mailbox.NewMessage(f.Name, f.Data))
		default:
			sessions = append(sessions, string(f.Data))
		}
	}
	cfg.Users = []pop3server.User{
		{Name: "mrose", Password: "tanstaaf", Mailbox: box},
		{Name: "twin", Password: "two words", Mailbox: box},
		{Name: "nobody", Mailbox: mailbox.New()},
	}
	srv, err := pop3server.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range sessions {
		got := dialogue(t, srv, s)
		if diff := cmp.Diff(strings.Split(s, "\n"), strings.Split(got, "\n")); diff != "" {
			t.Errorf("session %d (-want +got):\n%s", i+1, diff)
		}
	}
}

// dialogue sends the client's lines of a script and returns the script as it went.
func dialogue(t *testing.T, srv *pop3server.Server, script string) string {
	t.Helper()
	conn, served := connect(srv)
	r := bufio.NewReader(conn)
	var got strings.Builder
	for line := range strings.Lines(script) {
		text := strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(text, "C"):
			out := unescape(t, strings.TrimPrefix(text[2:], " "))
			if text[1] == ':' {
				out += "\r\n"
			}
			if _, err := io.WriteString(conn, out); err != nil {
				line = "C! " + err.Error() + "\n"
			}
		case strings.HasPrefix(text, "S:"):
			reply, err := r.ReadString('\n')
			line = "S: " + escape(strings.TrimSuffix(reply, "\r\n")) + "\n"
			if err != nil {
				line = "S! " + err.Error() + "\n"
			}
		case text == "S.":
			if reply, err := r.ReadString('\n'); !errors.Is(err, io.EOF) {
				line = fmt.Sprintf("S! %q, error %v\n", reply, err)
			}
		case text == "X:":
			conn.Close()
		case text != "":
			t.Fatalf("script line %q", text)
		}
		got.WriteString(line)
	}
	conn.Close()
	<-served
	return got.String()
}

// connect begins a session and returns the client's end and a channel for what
// ServeConn returns.
func connect(srv *pop3server.Server) (net.Conn, <-chan error) {
	client, server := net.Pipe()
	served := make(chan error, 1)
	go func() { served <- srv.ServeConn(server) }()
	return client, served
}

// escape writes bytes that do not show as \xNN.
func escape(s string) string {
	var out strings.Builder
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			fmt.Fprintf(&out, `\x%02x`, s[i])
			continue
		}
		out.WriteByte(s[i])
	}
	return out.String()
}

// unescape undoes escape.
func unescape(t *testing.T, s string) string {
	t.Helper()
	for {
		before, after, found := strings.Cut(s, `\x`)
		if !found {
			return s
		}
		var b byte
		if _, err := fmt.Sscanf(after[:2], "%02x", &b); err != nil {
			t.Fatal(err)
		}
		s = before + string([]byte{b}) + after[2:]
	}
}
