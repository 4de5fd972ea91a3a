package pop3server

import (
	"fmt"
	"strings"
)

// A Side is one end of a session.
type Side byte

// The two sides, by the letters RFC 1939 marks examples with.
const (
	FromClient Side = 'C'
	FromServer Side = 'S'
)

// A Line is one line of a dialogue, as [Config].Trace gets it. The content of a
// message is not traced line by line: one Line with Content set stands for it.
type Line struct {
	// Session is the number of the session, counted from 1 for each server.
	Session int
	// Side is who sent the line.
	Side Side
	// Text is the line without CRLF. The argument of PASS is replaced by "****".
	// Empty if the line stands for the content of a message.
	Text string
	// Content is true if the line stands for the content of a message.
	Content bool
	// Lines and Octets count the content, before dot-stuffing and without the end mark.
	Lines  int
	Octets int64
}

// String returns the line as "C: text" or "S: text", with control characters and 8-bit bytes escaped.
func (l Line) String() string {
	if l.Content {
		return fmt.Sprintf("%c: (%d lines, %d octets)", l.Side, l.Lines, l.Octets)
	}
	text := l.Text
	if strings.ContainsFunc(text, func(r rune) bool { return r != ' ' && !printable(r) }) {
		text = fmt.Sprintf("%+q", text)
	}
	return fmt.Sprintf("%c: %s", l.Side, text)
}
