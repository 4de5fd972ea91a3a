package mailbox

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
)

// An mboxFile is an mbox file as it was when its messages were found.
type mboxFile struct {
	path string

	mu    sync.Mutex
	info  os.FileInfo
	parts []*mboxPart // messages still in the file, in its order
}

// An mboxPart is the place of one message in an mbox file, in bytes from its
// start: the separator line at from, the text from start to end, the next
// separator (or the end of the file) at next.
type mboxPart struct {
	file                   *mboxFile
	number                 int // counted from 1
	from, start, end, next int64
}

// loadMbox finds the messages of an mbox file. go-mbox is not used here: of
// two empty lines before a separator its reader keeps both, it says neither
// where a message lies nor in which line it stopped.
func loadMbox(path string) ([]*Message, remover, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	file := &mboxFile{path: path}
	if file.info, err = f.Stat(); err != nil {
		return nil, nil, err
	}
	parts, err := scanMbox(f)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	var msgs []*Message
	for _, p := range parts {
		p.file = file
		m, err := newMessage(p.name(), "", p)
		if err != nil {
			return nil, nil, err
		}
		msgs = append(msgs, m)
	}
	file.parts = parts
	return msgs, file.remove, nil
}

// An mboxScanner finds the separators of an mbox file.
type mboxScanner struct {
	r      *bufio.Reader
	parts  []*mboxPart
	pos    int64 // of the line at hand
	number int   // of the line at hand, from 1
	blank  int64 // length of the empty line before it, 0 if it was not empty
}

// scanMbox finds the messages in r. Errors say the line.
func scanMbox(r io.Reader) ([]*mboxPart, error) {
	s := &mboxScanner{r: bufio.NewReaderSize(r, wireBuffer), number: 1}
	for {
		head, n, err := s.line()
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("line %d: %w", s.number, err)
		}
		if n == 0 {
			s.finish()
			return s.parts, nil
		}
		if err := s.take(head, n); err != nil {
			return nil, fmt.Errorf("line %d: %w", s.number, err)
		}
		s.pos += n
		s.number++
	}
}

// line reads a line and returns its beginning, at most a buffer full, and its length.
func (s *mboxScanner) line() (head []byte, n int64, err error) {
	piece, err := s.r.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return piece, int64(len(piece)), err
	}
	head = bytes.Clone(piece)
	for n = int64(len(piece)); errors.Is(err, bufio.ErrBufferFull); n += int64(len(piece)) {
		piece, err = s.r.ReadSlice('\n')
	}
	return head, n, err
}

// take looks at one line of n bytes that begins with head.
func (s *mboxScanner) take(head []byte, n int64) error {
	empty := len(bytes.TrimRight(head, "\r\n")) == 0 && n <= 2
	switch {
	case bytes.HasPrefix(head, fromLine) && s.separates(head):
		s.finish()
		s.parts = append(s.parts, &mboxPart{number: len(s.parts) + 1, from: s.pos, start: s.pos + n})
		s.blank = 0
		return nil
	case len(s.parts) == 0 && !empty:
		return fmt.Errorf("%s is no separator: an mbox begins with a line \"From sender date\"", excerpt(bytes.TrimRight(head, "\r\n")))
	}
	s.blank = 0
	if empty {
		s.blank = n
	}
	return nil
}

var (
	hasTime = regexp.MustCompile(`\b[0-9]{1,2}:[0-9]{2}\b`)
	hasYear = regexp.MustCompile(`\b(19|20)[0-9]{2}\b`)
)

// separates reports whether line, which begins with "From ", separates messages:
// unquoted text may begin like that too.
func (s *mboxScanner) separates(line []byte) bool {
	if len(s.parts) == 0 {
		return true
	}
	signs := 0
	if hasTime.Match(line) && hasYear.Match(line) {
		signs++
	}
	if s.blank > 0 {
		signs++
	}
	// Looking ahead leaves line invalid, so it goes last.
	if signs == 1 && isHeaderField(peekLine(s.r)) {
		signs++
	}
	return signs >= 2
}

// finish ends the message at hand in front of the line at hand.
func (s *mboxScanner) finish() {
	if len(s.parts) == 0 {
		return
	}
	p := s.parts[len(s.parts)-1]
	p.next = s.pos
	p.end = s.pos - s.blank
}

func (p *mboxPart) name() string { return fmt.Sprintf("%s: message %d", p.file.path, p.number) }

// open implements source.
func (p *mboxPart) open() (io.ReadCloser, error) {
	p.file.mu.Lock()
	defer p.file.mu.Unlock()
	f, err := p.file.reopen()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.name(), err)
	}
	text := io.NewSectionReader(f, p.start, p.end-p.start)
	return &fileReader{wireReader: newWireReader(text, true), file: f}, nil
}

var errChanged = errors.New("the file was changed after it was opened")

// reopen opens the file if it is still the one that was scanned.
func (m *mboxFile) reopen() (*os.File, error) {
	f, err := os.Open(m.path)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && (info.Size() != m.info.Size() || !info.ModTime().Equal(m.info.ModTime())) {
		err = errChanged
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// remove writes the file anew without gone: once for all of them, so that either
// all are removed or none is.
func (m *mboxFile) remove(gone []*Message) []error {
	m.mu.Lock()
	defer m.mu.Unlock()
	err := m.rewrite(func(p *mboxPart) bool {
		return !slices.ContainsFunc(gone, func(g *Message) bool { return g.src == p })
	})
	return slices.Repeat([]error{err}, len(gone))
}

// rewrite writes the file anew with the messages that keep chooses.
func (m *mboxFile) rewrite(keep func(*mboxPart) bool) error {
	old, err := m.reopen()
	if err != nil {
		return err
	}
	defer old.Close()
	var left []*mboxPart
	var content []io.Reader
	for _, p := range m.parts {
		if keep(p) {
			left = append(left, p)
			content = append(content, io.NewSectionReader(old, p.from, p.next-p.from))
		}
	}
	info, err := replace(m.path, m.info.Mode(), io.MultiReader(content...))
	if err != nil {
		return err
	}
	m.info, m.parts = info, left
	var pos int64
	for _, p := range left {
		shift := p.from - pos
		p.from, p.start, p.end, p.next = pos, p.start-shift, p.end-shift, p.next-shift
		pos = p.next
	}
	return nil
}

// replace puts a file with the given content in the place of the one at path, in
// one step, and returns what it is then.
func replace(path string, mode os.FileMode, content io.Reader) (info os.FileInfo, err error) {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".netxsim-*")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(tmp.Name())
		}
	}()
	_, err = io.Copy(tmp, content)
	if err = errors.Join(err, tmp.Chmod(mode.Perm()), tmp.Sync(), tmp.Close()); err != nil {
		return nil, err
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return nil, err
	}
	return os.Stat(path)
}
