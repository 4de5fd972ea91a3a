package pop3server

import (
	"errors"
	"fmt"
	"io"
	"strconv"

	"go.uber.org/zap"

	"netxsim/sim/mailbox"
)

// total counts the messages that are not marked, and their bytes.
func (s *session) total() (count int, size int64) {
	for _, it := range s.items {
		if !it.deleted {
			count++
			size += it.Size()
		}
	}
	return count, size
}

// pick returns the message that a number names, with its number, or fails the
// command.
func (s *session) pick(word string) (*item, int) {
	n, ok := parseNumber(word)
	switch {
	case !ok:
		s.refuse("a message number is wanted")
	case n < 1 || n > len(s.items):
		s.fail("no such message, there are %d", len(s.items))
	case s.items[n-1].deleted:
		s.fail("message %d is deleted", n)
	default:
		return &s.items[n-1], n
	}
	return nil, 0
}

// stat obeys STAT.
func (s *session) stat(command) {
	count, size := s.total()
	s.ok("%d %d", count, size)
}

// list obeys LIST.
func (s *session) list(cmd command) {
	count, size := s.total()
	s.listing(cmd, octetsText(count, size), func(m *mailbox.Message) string { return strconv.FormatInt(m.Size(), 10) })
}

// uidl obeys UIDL.
func (s *session) uidl(cmd command) {
	s.listing(cmd, "unique-id listing follows", (*mailbox.Message).UID)
}

// listing sends the number and a fact of one message, or of all that are not marked.
func (s *session) listing(cmd command, status string, fact func(*mailbox.Message) string) {
	if words := cmd.words(); len(words) == 1 {
		if it, n := s.pick(words[0]); it != nil {
			s.ok("%d %s", n, fact(it.Message))
		}
		return
	}
	s.ok("%s", status)
	s.begin()
	for i, it := range s.items {
		if !it.deleted {
			s.send(fmt.Sprintf("%d %s", i+1, fact(it.Message)))
		}
	}
	s.end()
}

// retr obeys RETR.
func (s *session) retr(cmd command) {
	it, _ := s.pick(cmd.words()[0])
	if it == nil {
		return
	}
	s.content(it, fmt.Sprintf("%d octets", it.Size()), func(dst io.Writer, src io.Reader) error {
		n, err := io.Copy(dst, io.LimitReader(src, it.Size()+1))
		if err == nil && n != it.Size() {
			err = errors.New("its size has changed")
		}
		return err
	})
}

// top obeys TOP.
func (s *session) top(cmd command) {
	words := cmd.words()
	it, _ := s.pick(words[0])
	if it == nil {
		return
	}
	lines, ok := parseNumber(words[1])
	if !ok {
		s.refuse("a number of lines is wanted")
		return
	}
	s.content(it, "top of message follows", func(dst io.Writer, src io.Reader) error {
		return copyTop(dst, src, lines)
	})
}

// content sends (a part of) a message. If it cannot be opened, the command fails;
// if reading fails later, the session ends without the end mark, since
// POP3 has no other way to say so.
func (s *session) content(it *item, status string, copyTo func(io.Writer, io.Reader) error) {
	src, err := it.Open()
	if err != nil {
		s.cfg.Log.Warn("pop3 message", zap.Int("session", s.number), zap.Error(err))
		s.fail("[SYS/TEMP] the message cannot be read")
		return
	}
	defer src.Close()
	s.ok("%s", status)
	s.begin()
	dst := &stuffer{w: s.w}
	if err := copyTo(dst, src); err != nil {
		s.over = fmt.Errorf("%s: %w", it.Name(), err)
		return
	}
	if s.cfg.Trace != nil {
		s.cfg.Trace(Line{Session: s.number, Side: FromServer, Content: true, Lines: dst.lines, Octets: dst.octets})
	}
	s.end()
}

// dele obeys DELE.
func (s *session) dele(cmd command) {
	if it, n := s.pick(cmd.words()[0]); it != nil {
		it.deleted = true
		s.ok("message %d deleted", n)
	}
}

// noop obeys NOOP.
func (s *session) noop(command) { s.ok("nothing done") }

// rset obeys RSET.
func (s *session) rset(command) {
	for i := range s.items {
		s.items[i].deleted = false
	}
	count, size := s.total()
	s.ok("maildrop has %s", octetsText(count, size))
}

// quit obeys QUIT: in the TRANSACTION state the UPDATE state follows (RFC 1939,
// section 6). The mailbox is free again before the client sees the reply.
func (s *session) quit(command) {
	s.over = errQuit
	if s.state == authorization {
		s.ok("bye")
		return
	}
	var marked []*mailbox.Message
	for _, it := range s.items {
		if it.deleted {
			marked = append(marked, it.Message)
		}
	}
	err := s.box.Delete(marked...)
	s.unlock()
	if err != nil {
		s.cfg.Log.Warn("pop3 update", zap.Int("session", s.number), zap.Error(err))
		s.fail("[SYS/TEMP] some deleted messages were not removed")
		return
	}
	s.ok("bye, %d deleted", len(marked))
}
