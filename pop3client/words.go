package pop3client

import (
	"bytes"
	"math"
)

// cBufferSize is the size of the buffer in which C takes the words of a reply.
const cBufferSize = 10

// A cBuffer is that buffer. What a longer word left behind shows through when
// a shorter one follows ([QuirkStatStaleDigits]); nothing ends a word that
// fills it.
type cBuffer [cBufferSize]byte

// store copies a word as C does: the first byte is cleared, the word is copied
// as far as there is room, nothing ends it.
func (b *cBuffer) store(word []byte) {
	b[0] = 0
	copy(b[:], word)
}

// clear clears the five bytes that C clears between words.
func (b *cBuffer) clear() { clear(b[:5]) }

// digits returns the digits at the start of b.
func digits(b []byte) []byte {
	for i, c := range b {
		if !isDigit(c) {
			return b[:i]
		}
	}
	return b
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// firstWordC returns the first word of a reply as C sees it: up to a blank or
// a '-', at most ten bytes, without a line end that closes the reply.
func firstWordC(reply []byte) []byte {
	end := 0
	for end < len(reply) && reply[end] != ' ' && (reply[end] != '-' || end == 0) && end < cBufferSize {
		end++
	}
	word := reply[:end]
	if end == len(reply) {
		word = bytes.TrimSuffix(word, []byte("\r\n"))
	}
	return word
}

// wordC returns word n, from 2 on, as C sees it: every blank ends a word, so
// does the first '-' if no blank came before; the line end ends them all.
func wordC(reply []byte, n int) []byte {
	line, _, _ := bytes.Cut(reply, []byte("\r\n"))
	start, seen := 0, 0
	for i, c := range line {
		if c != ' ' && (c != '-' || seen > 0) {
			continue
		}
		if seen++; seen == n {
			return line[start:i]
		}
		start = i + 1
	}
	if seen != n-1 {
		return nil
	}
	return line[start:]
}

// word returns word n, from 1 on, of the first line as RFC 1939 means it:
// words are set apart by blanks.
func word(reply []byte, n int) []byte {
	line, _, _ := bytes.Cut(reply, []byte("\n"))
	for {
		line = bytes.TrimLeft(line, " \t")
		end := bytes.IndexAny(line, " \t\r")
		if end < 0 {
			end = len(line)
		}
		if n--; n == 0 {
			return line[:end]
		}
		line = line[end:]
		if len(line) == 0 || line[0] == '\r' {
			return nil
		}
	}
}

// decimal returns the value of a string of digits, at most math.MaxUint64.
func decimal(digits []byte) uint64 {
	var n uint64
	for _, c := range digits {
		if n > (math.MaxUint64-9)/10 {
			return math.MaxUint64
		}
		n = n*10 + uint64(c-'0')
	}
	return n
}

// accepted reports whether a reply says +OK.
func (c *Client) accepted(reply []byte) bool {
	const ok = "+OK"
	if len(reply) < len(ok) {
		if len(reply) > 0 && bytes.HasPrefix([]byte(ok), reply) {
			c.hit(QuirkReplyTiny)
		}
		return false
	}
	if !bytes.HasPrefix(reply, []byte(ok)) {
		return false
	}
	return len(reply) == len(ok) || bytes.IndexByte([]byte(" \t\r\n"), reply[len(ok)]) >= 0 ||
		!c.fixed(QuirkReplyPrefix)
}

// A numberReader takes numbers out of one reply, with C's left-over digits.
type numberReader struct {
	c     *Client
	reply []byte
	buf   cBuffer
	stale Quirk // that of left-over digits
}

// number returns the number that is word n of the reply.
func (r *numberReader) number(n int) (value uint32, ok bool) {
	own := r.word(n)
	r.buf.store(own)
	if len(own) == 0 || !isDigit(own[0]) {
		return 0, false
	}
	return r.c.uint32(decimal(r.digits(own)))
}

// word returns word n, and counts the quirk if C finds another number there
// than RFC 1939 means.
func (r *numberReader) word(n int) []byte {
	ours := word(r.reply, n)
	if len(digits(ours)) < len(ours) {
		ours = nil
	}
	if r.c.fixes.Has(QuirkReplyWords) {
		return ours
	}
	theirs := wordC(r.reply, n)
	number := len(ours) > 0 || len(digits(theirs)) > 0
	if number && !bytes.Equal(bytes.TrimRight(theirs, "\r\n"), ours) {
		r.c.hit(QuirkReplyWords)
	}
	return theirs
}

// digits returns the digits that are read for the word own: at most ten, and
// those left in the buffer behind it. Each of these has its fix.
func (r *numberReader) digits(own []byte) []byte {
	clean := digits(own)
	if len(clean) > cBufferSize {
		if r.c.fixed(QuirkNumber10Digits) {
			return clean
		}
		clean = clean[:cBufferSize]
	}
	if read := digits(r.buf[:]); len(read) > len(clean) && !r.c.fixed(r.stale) {
		return read
	}
	return clean
}

// uint32 turns a number into what fits the target's ULONG: LP64 keeps the low
// 32 bits, ILP32 gives the largest value.
func (c *Client) uint32(n uint64) (value uint32, ok bool) {
	switch {
	case n <= math.MaxUint32:
		return uint32(n), true
	case c.fixed(QuirkNumber10Digits):
		return 0, false
	case c.config.Pool.Target().PointerSize == 8:
		return uint32(n), true
	}
	return math.MaxUint32, true
}
