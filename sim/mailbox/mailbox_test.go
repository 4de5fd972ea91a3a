package mailbox_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netxsim/sim/mailbox"
)

// write makes files below a new folder and returns the folder.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func mustOpen(t *testing.T, path string, opts mailbox.Options) *mailbox.Mailbox {
	t.Helper()
	box, err := mailbox.OpenWith(path, opts)
	if err != nil {
		t.Fatal(err)
	}
	return box
}

// contents returns the wire bytes of all messages.
func contents(t *testing.T, box *mailbox.Mailbox) []string {
	t.Helper()
	var all []string
	for _, m := range box.Messages() {
		wire, err := m.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		if m.Size() != int64(len(wire)) {
			t.Errorf("%s: Size() = %d, want %d", m.Name(), m.Size(), len(wire))
		}
		all = append(all, string(wire))
	}
	return all
}

func uids(box *mailbox.Mailbox) []string {
	var all []string
	for _, m := range box.Messages() {
		all = append(all, m.UID())
	}
	return all
}

func TestNewMessage(t *testing.T) {
	long := strings.Repeat("x", 40_000)
	for _, test := range []struct{ name, in, want string }{
		{"empty", "", ""},
		{"LF", "a\nb\n", "a\r\nb\r\n"},
		{"CRLF", "a\r\nb\r\n", "a\r\nb\r\n"},
		{"mixed", "a\r\nb\n\r\n\n", "a\r\nb\r\n\r\n\r\n"},
		{"no last line end", "a\nb", "a\r\nb\r\n"},
		{"CR at the end", "a\r", "a\r\n"},
		{"CR in a line", "a\rb\n\rc\n", "a\rb\r\n\rc\r\n"},
		{"two CR", "a\r\r\n", "a\r\r\n"},
		{"8-bit and NUL", "\x00\xff\xc3\xa4\n", "\x00\xff\xc3\xa4\r\n"},
		{"dots stay", ".\n..\n.x\n", ".\r\n..\r\n.x\r\n"},
		{"From line stays", "From me\n>From you\n", "From me\r\n>From you\r\n"},
		{"long line", long + "\n", long + "\r\n"},
		{"long line without end", long, long + "\r\n"},
		{"CR at the end of a buffer", long[:1<<14-1] + "\r\nb", long[:1<<14-1] + "\r\nb\r\n"},
		{"CR ends a buffer in a line", long[:1<<14-1] + "\rb\n", long[:1<<14-1] + "\rb\r\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := contents(t, mailbox.New(mailbox.NewMessage("m", []byte(test.in))))
			if diff := cmp.Diff([]string{test.want}, got); diff != "" {
				t.Errorf("wire bytes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestOpen(t *testing.T) {
	for _, test := range []struct {
		name, path string
		files      map[string]string
		want       []string
		uids       []string // nil = not compared
	}{
		{
			name: "maildir",
			files: map[string]string{
				"cur/100.b:2,S":      "third\n",
				"cur/99.a:2,":        "second\n",
				"new/9.x":            "first\n",
				"new/1000":           "fifth\r\n",
				"cur/200.nostandard": "fourth",
				"cur/.hidden":        "no message\n",
				"tmp/1":              "no message\n",
			},
			want: []string{"first\r\n", "second\r\n", "third\r\n", "fourth\r\n", "fifth\r\n"},
			uids: []string{"9.x", "99.a", "100.b", "200.nostandard", "1000"},
		},
		{
			name:  "maildir with one key twice",
			files: map[string]string{"cur/1.a:2,S": "x\n", "new/1.a": "x\n"},
			want:  []string{"x\r\n", "x\r\n"},
			uids:  []string{"1.a", "1.a-2"},
		},
		{
			name:  "maildir with names that are no ids",
			files: map[string]string{"new/a b": "x\n", "new/" + strings.Repeat("n", 80): "\n"},
			want:  []string{"x\r\n", "\r\n"},
			uids:  []string{"b35e09fa2ced9ebcad9d16336fb96114", "7eb70257593da06f682a3ddda54a9d26"},
		},
		{
			name:  "empty maildir",
			files: map[string]string{"cur/.keep": ""},
		},
		{
			name: "folder",
			files: map[string]string{
				"10.eml": "A: 10\n", "9.EML": "A: 9\n", "notes.txt": "no message", "x/11.eml": "no message",
			},
			want: []string{"A: 9\r\n", "A: 10\r\n"},
		},
		{
			name: "one message", path: "a.eml",
			files: map[string]string{"a.eml": "From me\n\n.\n"},
			want:  []string{"From me\r\n\r\n.\r\n"},
		},
		{
			name: "one message by its header", path: "message",
			files: map[string]string{"message": "Subject: x\n"},
			want:  []string{"Subject: x\r\n"},
		},
		{
			name: "empty mbox", path: "inbox",
			files: map[string]string{"inbox": ""},
		},
		{
			name: "equal messages", path: ".",
			files: map[string]string{"1.eml": "A: b\n", "2.eml": "A: b\n", "3.eml": "A: b\n"},
			want:  []string{"A: b\r\n", "A: b\r\n", "A: b\r\n"},
			uids: []string{
				"aa3491d63fe76b46df32685f050a81d2", "aa3491d63fe76b46df32685f050a81d2-2", "aa3491d63fe76b46df32685f050a81d2-3",
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := write(t, test.files)
			box := mustOpen(t, filepath.Join(dir, test.path), mailbox.Options{})
			if diff := cmp.Diff(test.want, contents(t, box)); diff != "" {
				t.Errorf("contents (-want +got):\n%s", diff)
			}
			if test.uids == nil {
				return
			}
			if diff := cmp.Diff(test.uids, uids(box)); diff != "" {
				t.Errorf("unique ids (-want +got):\n%s", diff)
			}
		})
	}
}

func TestOpenErrors(t *testing.T) {
	for _, test := range []struct {
		path, want string
		files      map[string]string
	}{
		{"missing", "mailbox: stat DIR/missing: no such file or directory", nil},
		{"", `mailbox: DIR: no mailbox: the folder has neither cur nor new (a maildir) nor a file *.eml`, map[string]string{"readme": "x"}},
		{"x.jpg", `mailbox: DIR/x.jpg: no mailbox: the first line "\xff\xd8\xff\xe0" begins neither with "From " (an mbox) nor with a header field (a message)`,
			map[string]string{"x.jpg": "\xff\xd8\xff\xe0\r\n"}},
		{"x.mbox", `mailbox: DIR/x.mbox: line 3: "Subject: a" is no separator: an mbox begins with a line "From sender date"`,
			map[string]string{"x.mbox": "\n\nSubject: a\n"}},
		{"new/1", `mailbox: stat DIR/new/1: not a directory`, map[string]string{"new/1": "x", "x": ""}},
	} {
		t.Run(test.path, func(t *testing.T) {
			dir := write(t, test.files)
			path := filepath.Join(dir, test.path)
			if test.path == "new/1" {
				path = filepath.Join(path, "below")
				test.want = strings.Replace(test.want, "new/1", "new/1/below", 1)
			}
			_, err := mailbox.Open(path)
			if err == nil {
				t.Fatal("no error")
			}
			if diff := cmp.Diff(test.want, strings.ReplaceAll(err.Error(), dir, "DIR")); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

func TestUnreadable(t *testing.T) {
	dir := write(t, map[string]string{"cur/1:2,": "x"})
	if err := os.Symlink("nowhere", filepath.Join(dir, "cur", "2:2,")); err != nil {
		t.Skip(err)
	}
	_, err := mailbox.Open(dir)
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), filepath.Join(dir, "cur", "2:2,")) {
		t.Errorf("Open() = %v, want an error that names the file", err)
	}
}

func TestDelete(t *testing.T) {
	mbox := "From a\nA: 1\n\none\n\nFrom b\nB: 2\n\ntwo\n\nFrom c\nC: 3\n\nthree\n"
	for _, test := range []struct {
		name, path string
		files      map[string]string
	}{
		{"maildir", "", map[string]string{"new/1": "one", "cur/2:2,S": "two", "cur/3:2,": "three"}},
		{"folder", "", map[string]string{"1.eml": "one", "2.eml": "two", "3.eml": "three"}},
		{"mbox", "x.mbox", map[string]string{"x.mbox": mbox}},
	} {
		for _, remove := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, remove %v", test.name, remove), func(t *testing.T) {
				path := filepath.Join(write(t, test.files), test.path)
				box := mustOpen(t, path, mailbox.Options{Remove: remove})
				before := contents(t, box)
				msgs := box.Messages()
				if err := box.Delete(msgs[0], msgs[1]); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(before[2:], contents(t, box)); diff != "" {
					t.Errorf("in memory (-want +got):\n%s", diff)
				}
				onDisk := before
				if remove {
					onDisk = before[2:]
				}
				if diff := cmp.Diff(onDisk, contents(t, mustOpen(t, path, mailbox.Options{}))); diff != "" {
					t.Errorf("on disk (-want +got):\n%s", diff)
				}
				if err := box.Delete(msgs[2]); err != nil {
					t.Errorf("second deletion: %v", err)
				}
				err := box.Delete(msgs[0])
				if want := "mailbox: delete " + msgs[0].Name() + ": not in the mailbox"; err == nil || err.Error() != want {
					t.Errorf("deleted again: %v, want %s", err, want)
				}
			})
		}
	}
}

func TestDeleteFails(t *testing.T) {
	dir := write(t, map[string]string{"1.eml": "one", "2.eml": "two"})
	box := mustOpen(t, dir, mailbox.Options{Remove: true})
	if err := os.Remove(filepath.Join(dir, "1.eml")); err != nil {
		t.Fatal(err)
	}
	err := box.Delete(box.Messages()...)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Delete() = %v, want fs.ErrNotExist", err)
	}
	if got := box.Messages(); len(got) != 1 || got[0].Name() != filepath.Join(dir, "1.eml") {
		t.Errorf("%d messages are left, want the one that could not be removed", len(got))
	}
}

func TestChangedMbox(t *testing.T) {
	dir := write(t, map[string]string{"x.mbox": "From a\nA: 1\n\none\n"})
	path := filepath.Join(dir, "x.mbox")
	box := mustOpen(t, path, mailbox.Options{Remove: true})
	if err := os.WriteFile(path, []byte("From a\nA: 1\n\none\n\nFrom b\nB: 2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	m := box.Messages()[0]
	want := path + ": message 1: the file was changed after it was opened"
	if _, err := m.Open(); err == nil || err.Error() != "mailbox: "+want {
		t.Errorf("Open() = %v, want %s", err, want)
	}
	if err := box.Delete(m); err == nil || len(box.Messages()) != 1 {
		t.Errorf("Delete() = %v, %d messages left: new mail must not be destroyed", err, len(box.Messages()))
	}
}

func TestChangedMessage(t *testing.T) {
	dir := write(t, map[string]string{"1.eml": "one"})
	box := mustOpen(t, dir, mailbox.Options{})
	if err := os.WriteFile(filepath.Join(dir, "1.eml"), []byte("eleven"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := box.Messages()[0].Bytes()
	if want := "1.eml: 8 bytes, but 5 when the mailbox was opened: changed meanwhile"; err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("Bytes() = %v, want %s", err, want)
	}
}

func TestMovedInMaildir(t *testing.T) {
	dir := write(t, map[string]string{"new/1.a": "one", "cur/.keep": ""})
	box := mustOpen(t, dir, mailbox.Options{Remove: true})
	if err := os.Rename(filepath.Join(dir, "new", "1.a"), filepath.Join(dir, "cur", "1.a:2,RS")); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"one\r\n"}, contents(t, box)); diff != "" {
		t.Errorf("contents (-want +got):\n%s", diff)
	}
	if err := box.Delete(box.Messages()...); err != nil {
		t.Error(err)
	}
	if got := mustOpen(t, dir, mailbox.Options{}).Messages(); len(got) != 0 {
		t.Errorf("%d messages left, want none", len(got))
	}
}

func TestLock(t *testing.T) {
	box := mailbox.New()
	if !box.TryLock() || box.TryLock() {
		t.Error("the lock is not exclusive")
	}
	box.Unlock()
	if !box.TryLock() {
		t.Error("the lock was not given back")
	}
}

func TestUniqueIDs(t *testing.T) {
	m := mailbox.NewMessage("m", []byte("x"))
	box := mailbox.New(m, m)
	first := box.Messages()[0]
	if err := box.Delete(first); err != nil {
		t.Fatal(err)
	}
	box.Add(m)
	if diff := cmp.Diff([]string{m.UID() + "-2", m.UID() + "-3"}, uids(box)); diff != "" {
		t.Errorf("ids after a deletion (-want +got):\n%s", diff)
	}
}

func TestSubject(t *testing.T) {
	for in, want := range map[string]string{
		"Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=\n": "Grüße",
		"subject: a\n b\n\nSubject: c\n":         "a b",
		"From: x\n":                              "",
		"":                                       "",
	} {
		if got := mailbox.NewMessage("", []byte(in)).Subject(); got != want {
			t.Errorf("Subject() of %q = %q, want %q", in, got, want)
		}
	}
}

func TestLargeMessage(t *testing.T) {
	dir := t.TempDir()
	line := []byte(strings.Repeat("0123456789", 7) + "\n")
	text := append([]byte("A: b\n\n"), bytes.Repeat(line, 16<<20/len(line))...)
	if err := os.WriteFile(filepath.Join(dir, "1.eml"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	m := mustOpen(t, dir, mailbox.Options{}).Messages()[0]
	r, err := m.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	n, err := io.Copy(io.Discard, r)
	if want := int64(len(text) + bytes.Count(text, []byte("\n"))); err != nil || n != want || m.Size() != want {
		t.Errorf("read %d bytes, error %v, Size() %d, want %d", n, err, m.Size(), want)
	}
}
