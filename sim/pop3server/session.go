package pop3server

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"

	"netxsim/sim/mailbox"
)

// A state is a state of a session (RFC 1939, section 3). UPDATE is no state here: QUIT runs through it.
type state byte

const (
	authorization state = 1 << iota
	transaction
)

// A session is one connection's dialogue.
type session struct {
	cfg    *Config
	number int
	stamp  string // with its brackets; empty = no APOP
	conn   net.Conn
	r      *bufio.Reader
	w      *replyWriter

	state    state
	user     string // given with USER, or logged in
	box      *mailbox.Mailbox
	items    []item
	bad      int // refused command lines
	failures int // failed logins
	over     error
}

// An item is a message of the mailbox as the session sees it.
type item struct {
	*mailbox.Message
	deleted bool
}

// errQuit ends a session as it should end.
var errQuit = errors.New("quit")

func newSession(cfg *Config, conn net.Conn, number int, stamp string) *session {
	return &session{
		cfg: cfg, number: number, stamp: stamp, conn: conn,
		r: bufio.NewReader(conn), w: newReplyWriter(cfg, conn),
		state: authorization,
	}
}

// run leads the dialogue and returns why it ended, nil for QUIT.
func (s *session) run() error {
	s.greet()
	for s.over == nil {
		line, err := s.next()
		switch {
		case errors.Is(err, errTooLong):
			s.trace(FromClient, "(line too long)")
			s.refuse("command line longer than %d octets", s.cfg.MaxCommand)
		case err != nil:
			return describe(err)
		default:
			s.obey(line)
		}
	}
	if err := s.w.flush(); err != nil {
		return describe(err)
	}
	if errors.Is(s.over, errQuit) {
		return nil
	}
	return s.over
}

// greet sends the greeting (RFC 1939, section 4), with the stamp for APOP.
func (s *session) greet() {
	if s.stamp == "" {
		s.ok("%s", s.cfg.Banner)
		return
	}
	s.ok("%s %s", s.cfg.Banner, s.stamp)
}

// next reads a command line. Before it has to wait it sends the replies gathered so far.
func (s *session) next() (string, error) {
	if !lineBuffered(s.r) {
		if err := s.w.flush(); err != nil {
			return "", err
		}
		if err := s.cfg.setDeadline(s.conn); err != nil {
			return "", err
		}
	}
	return readLine(s.r, s.cfg.MaxCommand)
}

// describe says in words what a failed read or write means.
func describe(err error) error {
	var timeout net.Error
	switch {
	case errors.Is(err, io.EOF):
		return fmt.Errorf("the client closed the connection without QUIT: %w", err)
	case errors.As(err, &timeout) && timeout.Timeout():
		return fmt.Errorf("the client was silent too long: %w", err)
	}
	return err
}

// obey carries out one command line.
func (s *session) obey(line string) {
	cmd := parseCommand(line)
	s.trace(FromClient, cmd.traced(line))
	rule, known := rules[cmd.verb]
	words := len(cmd.words())
	switch {
	case !known:
		s.refuse("unknown command")
	case rule.states&s.state == 0:
		s.refuse("%s is not valid %s", cmd.verb, s.state.phase())
	case !rule.line && (words < rule.min || words > rule.max), rule.line && !cmd.hasArg:
		s.refuse("usage: %s", rule.usage)
	default:
		rule.run(s, cmd)
	}
}

// phase tells a client what its state is.
func (s state) phase() string {
	if s == authorization {
		return "before login"
	}
	return "after login"
}

// ok sends a status line that begins with +OK.
func (s *session) ok(format string, args ...any) {
	s.send("+OK " + fmt.Sprintf(format, args...))
}

// fail sends a status line that begins with -ERR.
func (s *session) fail(format string, args ...any) {
	s.send("-ERR " + fmt.Sprintf(format, args...))
}

// refuse fails a command line for its form, and ends the session when there were
// too many of them.
func (s *session) refuse(format string, args ...any) {
	s.fail(format, args...)
	s.bad++
	if s.bad == s.cfg.MaxBadCommands {
		s.over = fmt.Errorf("too many bad commands (%d)", s.bad)
	}
}

// send writes one line.
func (s *session) send(text string) {
	line := statusLine(text)
	s.trace(FromServer, line[:len(line)-2])
	_, _ = s.w.Write([]byte(line)) // flush reports the error
}

// begin ends the status line of a reply of several lines.
func (s *session) begin() {
	if s.cfg.SplitReplies {
		_ = s.w.flush() // the flush before the next command reports the error
	}
}

// end ends a reply of several lines.
func (s *session) end() { s.send(".") }

func (s *session) trace(side Side, text string) {
	if s.cfg.Trace != nil {
		s.cfg.Trace(Line{Session: s.number, Side: side, Text: text})
	}
}

// unlock gives the mailbox back, if the session has one.
func (s *session) unlock() {
	if s.box != nil {
		s.box.Unlock()
		s.box = nil
	}
}
