package pop3client

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
)

const (
	// digestSize is that of a digest in text, NX_POP3_MAX_ASCII_MD5.
	digestSize = 2 * md5.Size
	// stampSize is how many bytes C keeps of a time stamp,
	// NX_POP3_SERVER_PROCESS_ID_SIZE.
	stampSize = 75
)

// apop logs in with the digest of time stamp and password (RFC 1939, section
// 7).
func (c *Client) apop() error {
	c.hit(QuirkApopManualWording)
	var digest [digestSize]byte
	c.stamp.digest(digest[:], c.config.Password)
	return c.ask(c.newCall("APOP", c.config.User, string(digest[:])))
}

// A timeStamp is the part of a greeting in angle brackets.
type timeStamp struct {
	text [maxReply]byte
	len  int
}

// digest writes the digest of stamp and password in lower-case hexadecimal.
func (s *timeStamp) digest(to []byte, password string) {
	var clear [maxReply + MaxPassword]byte
	n := copy(clear[:], s.text[:s.len])
	n += copy(clear[n:], password)
	sum := md5.Sum(clear[:n])
	hex.Encode(to, sum[:])
}

// read takes the time stamp out of a greeting and reports whether there is one.
func (s *timeStamp) read(c *Client, greeting []byte) bool {
	right := findStamp(greeting)
	theirs, overlaid := s.readC(greeting)
	switch {
	case theirs && len(right) == 0:
		if c.fixed(QuirkApopStampUnclosed) {
			s.len = 0
		}
	case len(right) > stampSize:
		if c.fixed(QuirkApopStampCut) {
			s.len = copy(s.text[:], right)
		} else if overlaid && c.fixed(QuirkApopStampOverlay) {
			s.len = copy(s.text[:stampSize], right)
		}
	}
	return s.len > 0
}

// findStamp returns the first stamp in the first line, with its brackets.
func findStamp(greeting []byte) []byte {
	line, _, _ := bytes.Cut(greeting, []byte("\n"))
	start := bytes.IndexByte(line, '<')
	if start < 0 {
		return nil
	}
	end := bytes.IndexByte(line[start:], '>')
	if end < 0 {
		return nil
	}
	return line[start : start+end+1]
}

// readC takes the stamp as C does: at most 75 bytes from '<' on, up to '>' or
// to the end of the greeting. Without '>' in these bytes the search goes on
// behind the byte that follows them, and what it finds goes over the start of
// what was there. A zero byte ends the stamp.
func (s *timeStamp) readC(greeting []byte) (found, overlaid bool) {
	var kept [stampSize]byte
	for i := 0; i < len(greeting); i++ {
		if greeting[i] != '<' {
			continue
		}
		overlaid, found = found, true
		rest := greeting[i:min(len(greeting), i+stampSize)]
		if end := bytes.IndexByte(rest, '>'); end >= 0 {
			copy(kept[:], rest[:end+1])
			break
		}
		copy(kept[:], rest)
		i += len(rest)
	}
	s.len = copy(s.text[:], kept[:])
	if end := bytes.IndexByte(kept[:], 0); end >= 0 {
		s.len = end
	}
	return found, overlaid
}
