package pop3server_test

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/textproto"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"netxsim/sim/mailbox"
	"netxsim/sim/pop3server"
)

// newServer returns a server with one user, "u" with password "p".
func newServer(t *testing.T, box *mailbox.Mailbox, change func(*pop3server.Config)) *pop3server.Server {
	t.Helper()
	cfg := pop3server.Config{NoAPOP: true, Users: []pop3server.User{{Name: "u", Password: "p", Mailbox: box}}}
	if change != nil {
		change(&cfg)
	}
	srv, err := pop3server.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return srv
}

// A client is one end of a session, with the reply lines it has read.
type client struct {
	t *testing.T
	*textproto.Conn
	served <-chan error
}

func dial(t *testing.T, srv *pop3server.Server) *client {
	t.Helper()
	conn, served := connect(srv)
	c := &client{t: t, Conn: textproto.NewConn(conn), served: served}
	t.Cleanup(func() { c.Close() })
	c.want("+OK POP3 server ready")
	return c
}

// do sends a command and checks the status line.
func (c *client) do(command, want string) {
	c.t.Helper()
	if err := c.PrintfLine("%s", command); err != nil {
		c.t.Fatalf("%s: %v", command, err)
	}
	c.want(want)
}

func (c *client) want(want string) {
	c.t.Helper()
	got, err := c.ReadLine()
	if err != nil || got != want {
		c.t.Fatalf("reply %q, error %v, want %q", got, err, want)
	}
}

func (c *client) login(messages string) {
	c.t.Helper()
	c.do("USER u", "+OK send PASS")
	c.do("PASS p", "+OK maildrop has "+messages)
}

// end waits for the end of the session and checks why it ended.
func (c *client) end(want string) {
	c.t.Helper()
	if got := fmt.Sprint(<-c.served); got != want {
		c.t.Errorf("ServeConn() = %s, want %s", got, want)
	}
}

func message(text string) *mailbox.Message { return mailbox.NewMessage("m", []byte(text)) }

func TestServeConnEnds(t *testing.T) {
	srv := newServer(t, mailbox.New(), func(c *pop3server.Config) { c.MaxLoginFailures = 1 })
	c := dial(t, srv)
	c.do("QUIT", "+OK bye")
	c.end("<nil>")

	c = dial(t, srv)
	c.Close()
	c.end("pop3 server: session 2: the client closed the connection without QUIT: EOF")

	c = dial(t, srv)
	c.do("USER u", "+OK send PASS")
	c.do("PASS x", "-ERR [AUTH] wrong user name or password")
	c.end("pop3 server: session 3: too many failed logins (1)")

	c = dial(t, srv)
	if err := srv.Close(); err != nil {
		t.Error(err)
	}
	c.end("pop3 server: closed")

	conn, served := connect(srv)
	if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("read after Close: %v, want EOF", err)
	}
	if err := <-served; !errors.Is(err, pop3server.ErrServerClosed) {
		t.Errorf("ServeConn() after Close = %v", err)
	}
}

func TestLock(t *testing.T) {
	srv := newServer(t, mailbox.New(message("x")), nil)
	one, two := dial(t, srv), dial(t, srv)
	one.login("1 message (3 octets)")
	two.do("USER u", "+OK send PASS")
	two.do("PASS p", "-ERR [IN-USE] another session has the maildrop")
	one.do("DELE 1", "+OK message 1 deleted")
	one.do("QUIT", "+OK bye, 1 deleted")
	two.login("0 messages (0 octets)")
	two.Close()
	<-two.served
	three := dial(t, srv)
	three.login("0 messages (0 octets)")
}

// An unwinder ends the goroutine that reads, as a simulated kernel does with threads
// that are terminated.
type unwinder struct {
	net.Conn
	reads int
}

func (u *unwinder) Read(p []byte) (int, error) {
	if u.reads++; u.reads == 3 {
		runtime.Goexit()
	}
	return u.Conn.Read(p)
}

func TestUnwoundSession(t *testing.T) {
	box := mailbox.New()
	srv := newServer(t, box, nil)
	clientEnd, serverEnd := net.Pipe()
	go func() { _ = srv.ServeConn(&unwinder{Conn: serverEnd}) }()
	c := &client{t: t, Conn: textproto.NewConn(clientEnd)}
	c.want("+OK POP3 server ready")
	c.login("0 messages (0 octets)")
	if _, err := c.ReadLine(); !errors.Is(err, io.EOF) {
		t.Errorf("read %v, want EOF: the connection must be closed", err)
	}
	if !box.TryLock() {
		t.Error("the mailbox is still locked")
	}
}

func TestIdleTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box := mailbox.New(message("x"))
		srv := newServer(t, box, func(c *pop3server.Config) { c.IdleTimeout, c.Now = 10*time.Minute, time.Now })
		c := dial(t, srv)
		c.login("1 message (3 octets)")
		c.do("DELE 1", "+OK message 1 deleted")
		time.Sleep(9 * time.Minute)
		c.do("NOOP", "+OK nothing done")
		begin := time.Now()
		c.end("pop3 server: session 1: the client was silent too long: read pipe: i/o timeout")
		if got := time.Since(begin); got != 10*time.Minute {
			t.Errorf("closed after %v, want 10m", got)
		}
		if len(box.Messages()) != 1 {
			t.Error("the time-out deleted the message")
		}
	})
}

// pipeListener accepts the ends of pipes.
type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	select {
	case <-l.closed:
	default:
		close(l.closed)
	}
	return nil
}

func (l *pipeListener) Addr() net.Addr { return &net.IPAddr{} }

func (l *pipeListener) dial(t *testing.T) *client {
	clientEnd, serverEnd := net.Pipe()
	l.conns <- serverEnd
	c := &client{t: t, Conn: textproto.NewConn(clientEnd)}
	t.Cleanup(func() { c.Close() })
	c.want("+OK POP3 server ready")
	return c
}

func TestServe(t *testing.T) {
	for _, hook := range []bool{false, true} {
		t.Run(fmt.Sprintf("with a hook %v", hook), func(t *testing.T) {
			started := 0
			srv := newServer(t, mailbox.New(), func(c *pop3server.Config) {
				if hook {
					c.Go = func(f func()) { started++; go f() }
				}
			})
			l := &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
			served := make(chan error)
			go func() { served <- srv.Serve(l) }()
			one, two := l.dial(t), l.dial(t)
			one.login("0 messages (0 octets)")
			two.do("QUIT", "+OK bye")
			if err := srv.Close(); err != nil {
				t.Error(err)
			}
			if err := <-served; !errors.Is(err, pop3server.ErrServerClosed) {
				t.Errorf("Serve() = %v, want ErrServerClosed", err)
			}
			if hook && started != 2 {
				t.Errorf("the hook started %d sessions, want 2", started)
			}
			if err := srv.Serve(l); !errors.Is(err, pop3server.ErrServerClosed) {
				t.Errorf("Serve() after Close = %v, want ErrServerClosed", err)
			}
		})
	}
}

func TestServeAcceptFails(t *testing.T) {
	srv := newServer(t, mailbox.New(), nil)
	l := &pipeListener{closed: make(chan struct{})}
	l.Close()
	err := srv.Serve(l)
	if want := "pop3 server: use of closed network connection"; err == nil || err.Error() != want {
		t.Errorf("Serve() = %v, want %s", err, want)
	}
}

func TestUnreadableMessage(t *testing.T) {
	dir := t.TempDir()
	for i := range 3 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.eml", i+1)), []byte("text\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	box, err := mailbox.OpenWith(dir, mailbox.Options{Remove: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "1.eml")); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"2.eml": "longer than before\n", "3.eml": "\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	srv := newServer(t, box, nil)
	c := dial(t, srv)
	c.login("3 messages (18 octets)")
	c.do("RETR 1", "-ERR [SYS/TEMP] the message cannot be read")
	c.do("TOP 1 1", "-ERR [SYS/TEMP] the message cannot be read")
	c.do("DELE 1", "+OK message 1 deleted")
	c.do("DELE 2", "+OK message 2 deleted")
	c.do("QUIT", "-ERR [SYS/TEMP] some deleted messages were not removed")
	c.end("<nil>")

	c = dial(t, srv)
	c.login("2 messages (12 octets)")
	c.do("RETR 2", "+OK 6 octets")
	rest, err := io.ReadAll(c.R)
	if err != nil || string(rest) != "\r\n" {
		t.Errorf("read %q, %v, want no end mark", rest, err)
	}
	c.end("pop3 server: session 2: " + filepath.Join(dir, "3.eml") + ": its size has changed")
}

func TestStamps(t *testing.T) {
	greeting := func(seed uint64) string {
		srv := newServer(t, mailbox.New(), func(c *pop3server.Config) { c.NoAPOP, c.Rand = false, rand.NewPCG(seed, 1) })
		return record(t, srv, "QUIT")[0] + record(t, srv, "QUIT")[0]
	}
	if again := greeting(1); again != greeting(1) {
		t.Error("one seed, two stamps")
	}
	if greeting(1) == greeting(2) {
		t.Error("two seeds, one stamp")
	}
	if both := strings.SplitAfter(greeting(1), "\n"); both[0] == both[1] {
		t.Error("two sessions, one stamp")
	}
}

func TestTrace(t *testing.T) {
	var got []string
	srv := newServer(t, mailbox.New(message("A: b\n\n.\n")), func(c *pop3server.Config) {
		c.Trace = func(l pop3server.Line) { got = append(got, fmt.Sprintf("%d %v", l.Session, l)) }
		c.MaxCommand = 30
	})
	record(t, srv, "USER u", "PASS p", "LIST", "RETR 1", "\xff\x00", strings.Repeat("x", 30), "QUIT")
	want := []string{
		"1 S: +OK POP3 server ready",
		"1 C: USER u", "1 S: +OK send PASS",
		"1 C: PASS ****", "1 S: +OK maildrop has 1 message (11 octets)",
		"1 C: LIST", "1 S: +OK 1 message (11 octets)", "1 S: 1 11", "1 S: .",
		"1 C: RETR 1", "1 S: +OK 11 octets", "1 S: (3 lines, 11 octets)", "1 S: .",
		`1 C: "\xff\x00"`, "1 S: -ERR unknown command",
		"1 C: (line too long)", "1 S: -ERR command line longer than 30 octets",
		"1 C: QUIT", "1 S: +OK bye, 0 deleted",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("trace (-want +got):\n%s", diff)
	}
}

func TestConfigErrors(t *testing.T) {
	user := pop3server.User{Name: "u", Password: "p", Mailbox: mailbox.New()}
	for _, test := range []struct {
		cfg  pop3server.Config
		want string
	}{
		{pop3server.Config{Users: []pop3server.User{{}}}, `user 1: name "": want printable ASCII without spaces`},
		{pop3server.Config{Users: []pop3server.User{{Name: "a b"}}}, `user 1: name "a b": want printable ASCII without spaces`},
		{pop3server.Config{Users: []pop3server.User{{Name: "u", Password: "\n"}}}, "user u: a line end in the password"},
		{pop3server.Config{Users: []pop3server.User{{Name: "u"}}}, "user u: no mailbox"},
		{pop3server.Config{Users: []pop3server.User{user, user}}, "user u is there twice"},
		{pop3server.Config{Host: "a>b"}, `host "a>b": want printable ASCII without spaces, < > and @`},
		{pop3server.Config{Banner: "a\r\n"}, `banner "a\r\n": want printable ASCII without <`},
		{pop3server.Config{Banner: strings.Repeat("b", 300)}, "banner and host have 307 bytes: want at most 256"},
		{pop3server.Config{MaxCommand: 15}, "a command line of 15 bytes: want 16 or more"},
		{pop3server.Config{WriteSize: -1}, "negative write size -1"},
		{pop3server.Config{IdleTimeout: -1}, "negative idle time-out -1ns"},
		{pop3server.Config{IdleTimeout: 1}, "an idle time-out needs a clock (Config.Now)"},
		{pop3server.Config{NoAPOP: true, NoUser: true}, "neither APOP nor USER: nobody could log in"},
	} {
		_, err := pop3server.New(test.cfg)
		if err == nil || err.Error() != "pop3 server: "+test.want {
			t.Errorf("New() = %v, want %s", err, test.want)
		}
	}
}
