package mailbox

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Options say how [OpenWith] opens a mailbox. The zero Options are those of [Open].
type Options struct {
	// Remove lets [Mailbox.Delete] remove messages from disk: their files,
	// or their place in the mbox file. False: deleted in memory only, the files
	// are never changed.
	Remove bool
}

// Open opens the mailbox at path for reading: a maildir, a folder of .eml files,
// an mbox file or a single message. Errors name the path, and for an mbox
// file the line or the message. The mailbox holds no file open.
func Open(path string) (*Mailbox, error) { return OpenWith(path, Options{}) }

// OpenWith opens the mailbox at path as [Open] does, with options.
func OpenWith(path string, opts Options) (*Mailbox, error) {
	b := New()
	b.path = path
	msgs, remove, err := load(path)
	if err != nil {
		return nil, fmt.Errorf("mailbox: %w", err)
	}
	b.Add(msgs...)
	if opts.Remove {
		b.remove = remove
	}
	return b, nil
}

// load reads what stands at path, and returns how to remove messages of it.
func load(path string) ([]*Message, remover, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, err
	}
	switch {
	case info.IsDir() && (isDir(path, "cur") || isDir(path, "new")):
		return loadMaildir(path)
	case info.IsDir():
		return loadFolder(path)
	case info.Mode().IsRegular():
		return loadFile(path)
	}
	return nil, nil, fmt.Errorf("%s: neither a file nor a folder", path)
}

// loadFolder reads the .eml files of a folder.
func loadFolder(path string) ([]*Message, remover, error) {
	names, err := fileNames(path)
	if err != nil {
		return nil, nil, err
	}
	names = slices.DeleteFunc(names, func(name string) bool { return !hasExt(name, ".eml") })
	if len(names) == 0 {
		return nil, nil, fmt.Errorf("%s: no mailbox: the folder has neither cur nor new (a maildir) nor a file *.eml", path)
	}
	var msgs []*Message
	for _, name := range names {
		m, err := loadMessage(filepath.Join(path, name))
		if err != nil {
			return nil, nil, err
		}
		msgs = append(msgs, m)
	}
	return msgs, each(removeFile), nil
}

// loadFile reads an mbox file or a single message.
func loadFile(path string) ([]*Message, remover, error) {
	if !hasExt(path, ".eml") {
		line, err := firstLine(path)
		if err != nil {
			return nil, nil, err
		}
		if hasExt(path, ".mbox") || len(line) == 0 || bytes.HasPrefix(line, fromLine) {
			return loadMbox(path)
		}
		if !isHeaderField(line) {
			return nil, nil, fmt.Errorf("%s: no mailbox: the first line %s begins neither with \"From \" (an mbox) nor with a header field (a message)", path, excerpt(line))
		}
	}
	m, err := loadMessage(path)
	if err != nil {
		return nil, nil, err
	}
	return []*Message{m}, each(removeFile), nil
}

// firstLine returns the beginning of the first line that is not empty.
func firstLine(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	head := make([]byte, 4096)
	n, err := io.ReadFull(f, head)
	if err != nil && n == 0 && err != io.EOF {
		return nil, err
	}
	head = bytes.TrimLeft(head[:n], "\r\n")
	line, _, _ := bytes.Cut(head, crlf[1:])
	return bytes.TrimSuffix(line, crlf[:1]), nil
}

// A fileSource is a message in a file of its own.
type fileSource string

func (path fileSource) open() (io.ReadCloser, error) {
	f, err := os.Open(string(path))
	if err != nil {
		return nil, err
	}
	return &fileReader{wireReader: newWireReader(f, false), file: f}, nil
}

// A fileReader is a wireReader that closes its file.
type fileReader struct {
	*wireReader
	file *os.File
}

func (r *fileReader) Close() error { return r.file.Close() }

func loadMessage(path string) (*Message, error) {
	return newMessage(path, "", fileSource(path))
}

func removeFile(m *Message) error { return os.Remove(m.name) }

// isHeaderField reports whether line begins with the name of a header field and
// a colon (RFC 5322, section 2.2).
func isHeaderField(line []byte) bool {
	name, _, found := bytes.Cut(line, []byte(":"))
	name = bytes.TrimRight(name, " \t")
	if !found || len(name) == 0 {
		return false
	}
	return !slices.ContainsFunc(name, func(c byte) bool { return c <= ' ' || c > '~' })
}

// fileNames returns the names of the regular files in dir that do not begin with
// a dot, in natural order.
func fileNames(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		info, err := os.Stat(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		if info.Mode().IsRegular() {
			names = append(names, e.Name())
		}
	}
	slices.SortFunc(names, compareNatural)
	return names, nil
}

// compareNatural orders names with runs of digits as numbers.
func compareNatural(a, b string) int {
	x, y := a, b
	for x != "" && y != "" {
		dx, dy := digits(x), digits(y)
		if dx == "" || dy == "" {
			if x[0] != y[0] {
				return cmp.Compare(x[0], y[0])
			}
			x, y = x[1:], y[1:]
			continue
		}
		x, y = x[len(dx):], y[len(dy):]
		dx, dy = strings.TrimLeft(dx, "0"), strings.TrimLeft(dy, "0")
		if c := cmp.Or(cmp.Compare(len(dx), len(dy)), cmp.Compare(dx, dy)); c != 0 {
			return c
		}
	}
	return cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(a, b))
}

// digits returns the digits that s begins with.
func digits(s string) string {
	n := 0
	for n < len(s) && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	return s[:n]
}

func isDir(path ...string) bool {
	info, err := os.Stat(filepath.Join(path...))
	return err == nil && info.IsDir()
}

func hasExt(name, ext string) bool { return strings.EqualFold(filepath.Ext(name), ext) }

// excerpt quotes the beginning of a line for an error.
func excerpt(line []byte) string {
	const limit = 40
	if len(line) > limit {
		return fmt.Sprintf("%q...", line[:limit])
	}
	return fmt.Sprintf("%q", line)
}

// peekLine returns the beginning of the next line without reading it.
func peekLine(r *bufio.Reader) []byte {
	head, _ := r.Peek(256)
	line, _, _ := bytes.Cut(head, crlf[1:])
	return line
}
