package mailbox_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netxsim/sim/mailbox"
)

func TestGenerate(t *testing.T) {
	one, two := contents(t, mailbox.Generate(7, 200)), contents(t, mailbox.Generate(7, 200))
	if diff := cmp.Diff(one, two); diff != "" {
		t.Errorf("one seed, two mailboxes (-first +second):\n%s", diff)
	}
	if cmp.Equal(one, contents(t, mailbox.Generate(8, 200))) {
		t.Error("two seeds, one mailbox")
	}
	all := strings.Join(one, "")
	for _, want := range []string{"\r\n.\r\n", "\r\n..\r\n", "\r\n\r\n", "ü"} {
		if !strings.Contains(all, want) {
			t.Errorf("no %q in 200 messages", want)
		}
	}
	// The same on every machine and with every Go release.
	const want = "f2fc1c5c713c02f6"
	if got := fmt.Sprintf("%x", sha256.Sum256([]byte(all)))[:16]; got != want {
		t.Errorf("hash of all messages %s, want %s", got, want)
	}
}

func TestGenerateSizes(t *testing.T) {
	sizes := []int{0, 1, 2, 3, 77, 1460, 60000}
	want := []int{0, 2, 2, 3, 77, 1460, 60000, 0}
	var got []int
	for _, wire := range contents(t, mailbox.Generate(1, 8, sizes...)) {
		_, body, _ := strings.Cut(wire, "\r\n\r\n")
		got = append(got, len(body))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("body sizes (-want +got):\n%s", diff)
	}
}

func TestWriteMaildir(t *testing.T) {
	dir := t.TempDir()
	box := mailbox.Generate(3, 200)
	if err := box.WriteMaildir(dir); err != nil {
		t.Fatal(err)
	}
	read := mustOpen(t, dir, mailbox.Options{})
	if diff := cmp.Diff(contents(t, box), contents(t, read)); diff != "" {
		t.Errorf("written and read (-want +got):\n%s", diff)
	}
	if got, want := read.Messages()[199].UID(), "1000000199.M0P1Q200.netxsim"; got != want {
		t.Errorf("last id %s, want %s", got, want)
	}
	err := box.WriteMaildir(dir)
	if want := "mailbox: write maildir " + dir + ": there are messages in it"; err == nil || err.Error() != want {
		t.Errorf("second time: %v, want %s", err, want)
	}
}

// FuzzMessage checks the wire bytes of any content against a slow second way to make them.
func FuzzMessage(f *testing.F) {
	for _, seed := range []string{"", "a", "a\r", "a\r\r\n\n\r", ".\n", "\n", strings.Repeat("x", 1<<14) + "\r\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		want := bytes.ReplaceAll(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
		if len(want) > 0 && !bytes.HasSuffix(want, []byte("\n")) {
			want = append(bytes.TrimSuffix(want, []byte("\r")), "\r\n"...)
		}
		got := contents(t, mailbox.New(mailbox.NewMessage("m", data)))
		if diff := cmp.Diff(string(want), got[0]); diff != "" {
			t.Errorf("%q (-want +got):\n%s", data, diff)
		}
	})
}

func BenchmarkOpenMaildir(b *testing.B) {
	dir := b.TempDir()
	box := mailbox.Generate(1, 50)
	if err := box.WriteMaildir(dir); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(box.Size())
	for b.Loop() {
		if _, err := mailbox.Open(dir); err != nil {
			b.Fatal(err)
		}
	}
}
