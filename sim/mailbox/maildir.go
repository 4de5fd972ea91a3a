package mailbox

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/emersion/go-maildir"
)

// loadMaildir reads the messages in new and cur. The library's own way of
// reading new moves the files to cur, which would change the user's mail.
func loadMaildir(path string) ([]*Message, remover, error) {
	var sources []*maildirSource
	for _, sub := range []string{"new", "cur"} {
		if !isDir(path, sub) {
			continue // one of the two is enough
		}
		names, err := fileNames(filepath.Join(path, sub))
		if err != nil {
			return nil, nil, err
		}
		for _, name := range names {
			// Only "name:2,flags" is standard; what follows the colon is no part of the name.
			key, _, _ := strings.Cut(name, ":")
			sources = append(sources, &maildirSource{dir: maildir.Dir(path), key: key, path: filepath.Join(path, sub, name)})
		}
	}
	slices.SortStableFunc(sources, func(a, b *maildirSource) int { return compareNatural(a.key, b.key) })
	var msgs []*Message
	for _, src := range sources {
		uid := src.key
		if !validUID(uid) {
			uid = "" // the hash of the content
		}
		m, err := newMessage(src.path, uid, src)
		if err != nil {
			return nil, nil, err
		}
		msgs = append(msgs, m)
	}
	return msgs, each(removeFromMaildir), nil
}

// A maildirSource is a message of a maildir. Its file is found again when another
// program has moved it from new to cur or changed its flags.
type maildirSource struct {
	dir  maildir.Dir
	key  string
	path string
}

func (s *maildirSource) open() (io.ReadCloser, error) {
	r, err := fileSource(s.path).open()
	if !errors.Is(err, fs.ErrNotExist) {
		return r, err
	}
	moved, lookErr := s.dir.MessageByKey(s.key)
	if lookErr != nil {
		return nil, err
	}
	return fileSource(moved.Filename()).open()
}

func removeFromMaildir(m *Message) error {
	src := m.src.(*maildirSource)
	err := os.Remove(src.path)
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	moved, lookErr := src.dir.MessageByKey(src.key)
	if lookErr != nil {
		return err
	}
	return moved.Remove()
}

// WriteMaildir writes the messages into a new maildir at dir, which may exist if
// it has no messages in it. The files hold the wire bytes; their names depend only on
// the order, so that the same mailbox is the same maildir each time.
func (b *Mailbox) WriteMaildir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("mailbox: %w", err)
	}
	d := maildir.Dir(dir)
	if err := d.Init(); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("mailbox: %w", err)
	}
	for _, sub := range []string{"new", "cur"} {
		names, err := fileNames(filepath.Join(dir, sub))
		if err != nil {
			return fmt.Errorf("mailbox: %w", err)
		}
		if len(names) > 0 {
			return fmt.Errorf("mailbox: write maildir %s: there are messages in it", dir)
		}
	}
	for i, m := range b.Messages() {
		// time, delivery and host, as the format asks for; no clock is read
		name := fmt.Sprintf("%d.M0P1Q%d.netxsim", 1_000_000_000+i, i+1)
		if err := deliver(dir, name, m); err != nil {
			return err
		}
	}
	return nil
}

// deliver writes one message to tmp and moves it to new.
func deliver(dir, name string, m *Message) error {
	wire, err := m.Bytes()
	if err != nil {
		return err
	}
	tmp := filepath.Join(dir, "tmp", name)
	if err := os.WriteFile(tmp, wire, 0o600); err != nil {
		return fmt.Errorf("mailbox: %w", err)
	}
	if err := os.Rename(tmp, filepath.Join(dir, "new", name)); err != nil {
		return fmt.Errorf("mailbox: %w", err)
	}
	return nil
}
