package pop3client

import "bytes"

// A scanner follows the text of a message byte by byte and knows where it
// ends: at a line that holds a single dot (RFC 1939, section 3), however the
// text is cut into packets. Lines end with CRLF; a CR or LF alone is text.
//
// The zero scanner is behind the end.
type scanner struct {
	state  scanState
	dotted bool // the last scan saw a doubled dot
}

type scanState uint8

const (
	scanEnded scanState = iota
	scanLineStart
	scanDot    // a dot at the start of a line
	scanDotCR  // and a CR behind it
	scanText   // inside a line
	scanTextCR // behind a CR inside a line
)

// reset begins a message.
func (s *scanner) reset() { *s = scanner{state: scanLineStart} }

// ended reports whether the end mark has been seen.
func (s *scanner) ended() bool { return s.state == scanEnded }

// pending returns what has been seen of a line that may become the end mark:
// "", "." or ".CR".
func (s *scanner) pending() string {
	switch s.state {
	case scanDot:
		return "."
	case scanDotCR:
		return ".\r"
	}
	return ""
}

// scan reads b up to the end mark and returns how many bytes that were.
func (s *scanner) scan(b []byte) (n int) {
	s.dotted = false
	for n < len(b) && s.state != scanEnded {
		if s.state == scanText {
			n += s.skipText(b[n:])
			continue
		}
		s.step(b[n])
		n++
	}
	return n
}

// skipText reads up to and with the next CR, the only byte that matters.
func (s *scanner) skipText(b []byte) int {
	i := bytes.IndexByte(b, '\r')
	if i < 0 {
		return len(b)
	}
	s.state = scanTextCR
	return i + 1
}

// step reads one byte.
func (s *scanner) step(c byte) {
	switch s.state {
	case scanLineStart:
		if c == '.' {
			s.state = scanDot
			return
		}
	case scanDot:
		if c == '\r' {
			s.state = scanDotCR
			return
		}
		s.dotted = true
	case scanDotCR:
		if c == '\n' {
			s.state = scanEnded
			return
		}
		s.dotted = true
	case scanTextCR:
		if c == '\n' {
			s.state = scanLineStart
			return
		}
	}
	s.state = scanText
	if c == '\r' {
		s.state = scanTextCR
	}
}
