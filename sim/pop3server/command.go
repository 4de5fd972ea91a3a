package pop3server

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
)

// A command is a command line in parts.
type command struct {
	verb   string // in capitals
	arg    string // what follows the first space, as it is
	hasArg bool   // there was a space
}

// parseCommand splits a line without its end (RFC 1939, section 3). Verbs are
// three or four letters in any case; anything else gives an empty verb.
func parseCommand(line string) command {
	verb, arg, hasArg := strings.Cut(line, " ")
	if len(verb) < 3 || len(verb) > 4 {
		verb = ""
	}
	if strings.ContainsFunc(verb, func(r rune) bool { return (r|0x20) < 'a' || (r|0x20) > 'z' }) {
		verb = ""
	}
	return command{verb: strings.ToUpper(verb), arg: arg, hasArg: hasArg}
}

// words splits the argument at spaces; several count as one.
func (c command) words() []string {
	return strings.FieldsFunc(c.arg, func(r rune) bool { return r == ' ' })
}

// traced returns the line for people to see.
func (c command) traced(line string) string {
	if c.verb == "PASS" && c.hasArg {
		return line[:len("PASS ")] + "****"
	}
	if words := c.words(); c.verb == "AUTH" && len(words) > 1 {
		return "AUTH " + words[0] + " ****"
	}
	return line
}

// parseNumber reads a decimal number without a sign. One that is too large for an
// int becomes the largest.
func parseNumber(s string) (int, bool) {
	if s == "" || strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' }) {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		n = math.MaxInt
	}
	return n, true
}

var errTooLong = errors.New("line too long")

// readLine reads a line of at most limit bytes with its end, CRLF or LF, and
// returns it without. A longer one is read to its end and gives errTooLong. The end of input
// in front of a line's end gives io.EOF.
func readLine(r *bufio.Reader, limit int) (string, error) {
	var line []byte
	length := 0
	for {
		piece, err := r.ReadSlice('\n')
		length += len(piece)
		if length <= limit {
			line = append(line, piece...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil {
			return "", err
		}
		if length > limit {
			return "", errTooLong
		}
		line = line[:len(line)-1]
		return string(bytes.TrimSuffix(line, []byte("\r"))), nil
	}
}

// lineBuffered reports whether a whole line can be read without waiting.
func lineBuffered(r *bufio.Reader) bool {
	buffered, _ := r.Peek(r.Buffered())
	return bytes.IndexByte(buffered, '\n') >= 0
}

// copyTop copies the header of a message, the empty line after it, and the first n
// lines of the body from src to dst (RFC 1939, section 7, TOP).
func copyTop(dst io.Writer, src io.Reader, n int) error {
	r := bufio.NewReader(src)
	body, midLine := false, false
	for {
		piece, err := r.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return ignoreEOF(err)
		}
		if body && !midLine {
			if n == 0 {
				return nil
			}
			n--
		}
		if _, err := dst.Write(piece); err != nil {
			return err
		}
		if !midLine && string(piece) == "\r\n" {
			body = true
		}
		midLine = err != nil
	}
}

func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
