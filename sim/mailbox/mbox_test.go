package mailbox_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-mbox"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"netxsim/sim/mailbox"
)

func TestMbox(t *testing.T) {
	long := strings.Repeat("y", 20_000)
	for _, test := range []struct {
		name, in string
		want     []string
	}{
		{"two", "From a\nA: 1\n\none\n\nFrom b\nB: 2\n\ntwo\n\n", []string{"A: 1\r\n\r\none\r\n", "B: 2\r\n\r\ntwo\r\n"}},
		{"CRLF", "From a\r\nA: 1\r\n\r\none\r\n\r\nFrom b\r\nB: 2\r\n", []string{"A: 1\r\n\r\none\r\n", "B: 2\r\n"}},
		{"one empty line goes, two stay one", "From a\nA: 1\n\n\nFrom b\nB: 2\n\n\n\n", []string{"A: 1\r\n\r\n", "B: 2\r\n\r\n\r\n"}},
		{"no text at all", "From a\n\nFrom b 10:20 2020\n", []string{"", ""}},
		{"last line not ended", "From a\nA: 1\n\none", []string{"A: 1\r\n\r\none\r\n"}},
		{"quoted", "From a\nA: 1\n\n>From x\n>>From y\n> From z\n>Fromage\n", []string{"A: 1\r\n\r\nFrom x\r\n>From y\r\n> From z\r\n>Fromage\r\n"}},
		{"unquoted in a paragraph", "From a\nA: 1\n\none\nFrom here on\nB: 2\n", []string{"A: 1\r\n\r\none\r\nFrom here on\r\nB: 2\r\n"}},
		{"unquoted at the start of one", "From a\nA: 1\n\none\n\nFrom here on\nwe walk\n", []string{"A: 1\r\n\r\none\r\n\r\nFrom here on\r\nwe walk\r\n"}},
		{"no empty line before", "From a\nA: 1\n\none\nFrom - Fri Jul  8 12:08:34 2011\nB: 2\n", []string{"A: 1\r\n\r\none\r\n", "B: 2\r\n"}},
		{"no header after", "From a\nA: 1\n\none\n\nFrom - Fri Jul  8 12:08:34 2011\n\ntwo\n", []string{"A: 1\r\n\r\none\r\n", "\r\ntwo\r\n"}},
		{"long lines", "From " + long + "\n" + long + "\nFrom x\n" + long, []string{long + "\r\nFrom x\r\n" + long + "\r\n"}},
		{"leading empty lines", "\n\nFrom a\nA: 1\n", []string{"A: 1\r\n"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := write(t, map[string]string{"inbox": test.in})
			got := contents(t, mustOpen(t, filepath.Join(dir, "inbox"), mailbox.Options{}))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("messages (-want +got):\n%s", diff)
			}
		})
	}
}

// TestMboxRoundTrip writes generated messages with go-mbox and reads them back.
func TestMboxRoundTrip(t *testing.T) {
	box := mailbox.Generate(5, 40)
	want := contents(t, box)
	path := filepath.Join(t.TempDir(), "x.mbox")
	if err := os.WriteFile(path, writeMbox(t, want), 0o600); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, contents(t, mustOpen(t, path, mailbox.Options{}))); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
}

func writeMbox(t *testing.T, messages []string) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := mbox.NewWriter(&buf)
	for _, m := range messages {
		mw, err := w.CreateMessage("sender@example.com", time.Unix(1e9, 0))
		if err != nil {
			t.Fatal(err)
		}
		// The writer ends the last line itself.
		if _, err := io.WriteString(mw, strings.TrimSuffix(m, "\r\n")); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// FuzzMbox reads any bytes as an mbox. What comes out is wire bytes, survives
// being written by go-mbox, and go-mbox's own reader agrees where it is exact.
func FuzzMbox(f *testing.F) {
	f.Add([]byte(""))
	f.Add([]byte("From a\nA: 1\n\none\n\nFrom b\nB: 2\n\ntwo\n\n"))
	f.Add([]byte("From a 12:08 2011\n>From b\n\n\nFrom c 12:08 2011\r\n\r\n>>From d"))
	f.Add([]byte("\nFrom \n\nFrom \n:\n\n"))
	f.Add([]byte("no mbox"))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "x.mbox")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		box, err := mailbox.OpenWith(path, mailbox.Options{Remove: true})
		if err != nil {
			return
		}
		want := contents(t, box)
		for i, wire := range want {
			checkWire(t, i, wire)
		}
		checkOracle(t, data, want)
		msgs := box.Messages()
		if len(msgs) == 0 {
			return
		}
		if err := box.Delete(msgs[0]); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want[1:], contents(t, mustOpen(t, path, mailbox.Options{})), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("after deletion of the first (-want +got):\n%s", diff)
		}
	})
}

// checkWire checks that each line of a message ends in CRLF.
func checkWire(t *testing.T, i int, wire string) {
	t.Helper()
	if wire != "" && !strings.HasSuffix(wire, "\r\n") {
		t.Errorf("message %d ends in %q", i, wire[len(wire)-1:])
	}
	if strings.Count(wire, "\n") != strings.Count(wire, "\r\n") {
		t.Errorf("message %d has an LF without CR", i)
	}
}

// checkOracle compares with go-mbox's reader, which keeps both of two empty lines
// before a separator, takes every "From " line for one, and knows one ">" only.
func checkOracle(t *testing.T, data []byte, got []string) {
	t.Helper()
	flat := "\n" + strings.ReplaceAll(string(data), "\r", "")
	if strings.Contains(string(data), "\r") || strings.Contains(flat, "\n\n\n") || strings.Contains(flat, ">>From ") ||
		!strings.HasPrefix(flat, "\nFrom ") || strings.Count(flat, "\nFrom ") != len(got) || len(data) > 4000 {
		return
	}
	var want []string
	r := mbox.NewReader(bytes.NewReader(data))
	for {
		m, err := r.NextMessage()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(m)
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, string(text))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%q: go-mbox (-) and mailbox (+) differ:\n%s", data, diff)
	}
}
