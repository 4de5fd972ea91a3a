package mailbox

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// wireBuffer is how much of a source is read at a time, in bytes.
const wireBuffer = 16 << 10

var (
	crlf     = []byte("\r\n")
	fromLine = []byte("From ")
)

// A wireReader turns the stored form of a message into its wire bytes: each line
// end becomes CRLF, and the last line gets one.
type wireReader struct {
	r       *bufio.Reader
	unquote bool // take the ">" from mbox lines that begin with ">From "
	inLine  bool // the last piece did not end its line
	last    byte // last byte handed out, 0 at the start
	ready   [2][]byte
	err     error
}

func newWireReader(r io.Reader, unquote bool) *wireReader {
	return &wireReader{r: bufio.NewReaderSize(r, wireBuffer), unquote: unquote}
}

// Read implements [io.Reader].
func (w *wireReader) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if len(w.ready[0]) == 0 {
			w.ready[0], w.ready[1] = w.ready[1], nil
			if len(w.ready[0]) == 0 && !w.fill() {
				break
			}
			continue
		}
		k := copy(p[n:], w.ready[0])
		w.ready[0] = w.ready[0][k:]
		n += k
	}
	if n == 0 && len(p) > 0 {
		return 0, w.err
	}
	return n, nil
}

// fill makes the next piece of a line ready and reports whether there is one.
// The piece is valid until the next call.
func (w *wireReader) fill() bool {
	if w.err != nil {
		return false
	}
	piece, err := w.r.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		err = nil
	case err != nil:
		w.err = err
	}
	if len(piece) > 0 {
		w.take(piece)
	}
	if errors.Is(err, io.EOF) && w.inLine {
		w.inLine = false
		w.ready[1] = w.lineEnd()
	}
	return len(w.ready[0])+len(w.ready[1]) > 0
}

// take makes piece ready, with its line end as CRLF.
func (w *wireReader) take(piece []byte) {
	if w.unquote && !w.inLine && quoted(piece) {
		piece = piece[1:]
	}
	w.inLine = piece[len(piece)-1] != '\n'
	if !w.inLine {
		piece = piece[:len(piece)-1]
	}
	if len(piece) > 0 {
		w.last = piece[len(piece)-1]
	}
	w.ready[0] = piece
	if !w.inLine {
		w.ready[1] = w.lineEnd()
	}
}

// lineEnd returns what is missing of a CRLF.
func (w *wireReader) lineEnd() []byte {
	missing := crlf
	if w.last == '\r' {
		missing = crlf[1:]
	}
	w.last = '\n'
	return missing
}

// quoted reports whether an mbox line is a quoted "From " line (mboxrd).
func quoted(line []byte) bool {
	return line[0] == '>' && bytes.HasPrefix(bytes.TrimLeft(line, ">"), fromLine)
}
