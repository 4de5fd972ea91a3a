package pop3server

import (
	"bytes"
	"fmt"
	"net"
)

// maxReply is the length limit of a status line in bytes, with CRLF (RFC 2449,
// section 4).
const maxReply = 512

// A replyWriter gathers replies into chunks for the connection. The first error
// stays.
type replyWriter struct {
	cfg  *Config
	conn net.Conn
	buf  []byte
	err  error
}

func newReplyWriter(cfg *Config, conn net.Conn) *replyWriter {
	return &replyWriter{cfg: cfg, conn: conn, buf: make([]byte, 0, cfg.WriteSize)}
}

// Write implements io.Writer.
func (w *replyWriter) Write(p []byte) (int, error) {
	done := 0
	for done < len(p) && w.err == nil {
		n := min(len(p)-done, cap(w.buf)-len(w.buf))
		w.buf = append(w.buf, p[done:done+n]...)
		done += n
		if len(w.buf) == cap(w.buf) {
			w.flush()
		}
	}
	return done, w.err
}

// flush writes what is gathered.
func (w *replyWriter) flush() error {
	if w.err != nil || len(w.buf) == 0 {
		return w.err
	}
	if w.err = w.cfg.setDeadline(w.conn); w.err == nil {
		_, w.err = w.conn.Write(w.buf)
	}
	w.buf = w.buf[:0]
	return w.err
}

// statusLine cuts a status line to what is allowed and ends it.
func statusLine(text string) string {
	if len(text) > maxReply-2 {
		text = text[:maxReply-2]
	}
	return text + "\r\n"
}

// A stuffer puts a dot in front of each line that begins with one (RFC 1939,
// section 3). What it is given are the wire bytes of a message, where each LF ends a line.
type stuffer struct {
	w      *replyWriter
	inLine bool
	lines  int
	octets int64
}

var dot = []byte(".")

// Write implements io.Writer.
func (s *stuffer) Write(p []byte) (int, error) {
	s.octets += int64(len(p))
	total := len(p)
	for len(p) > 0 {
		if !s.inLine && p[0] == '.' {
			_, _ = s.w.Write(dot) // the next Write reports the error
		}
		line := p
		if end := bytes.IndexByte(p, '\n'); end >= 0 {
			line = p[:end+1]
			s.lines++
		}
		s.inLine = line[len(line)-1] != '\n'
		if _, err := s.w.Write(line); err != nil {
			return 0, err
		}
		p = p[len(line):]
	}
	return total, nil
}

// octetsText returns the size of a list of messages for a status line.
func octetsText(count int, size int64) string {
	if count == 1 {
		return fmt.Sprintf("1 message (%d octets)", size)
	}
	return fmt.Sprintf("%d messages (%d octets)", count, size)
}
