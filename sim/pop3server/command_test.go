package pop3server

import (
	"bufio"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseCommand(t *testing.T) {
	for in, want := range map[string]command{
		"STAT":            {verb: "STAT"},
		"top 1 2":         {verb: "TOP", arg: "1 2", hasArg: true},
		"PASS  two words": {verb: "PASS", arg: " two words", hasArg: true},
		"PASS ":           {verb: "PASS", hasArg: true},
		"":                {},
		" STAT":           {arg: "STAT", hasArg: true},
		"ST\x00T":         {},
		"ST@T":            {},
		"ST[T":            {},
		"XYZZY 1":         {arg: "1", hasArg: true},
		"\xe9TAT":         {},
	} {
		if diff := cmp.Diff(want, parseCommand(in), cmp.AllowUnexported(command{})); diff != "" {
			t.Errorf("%q (-want +got):\n%s", in, diff)
		}
	}
}

func TestParseNumber(t *testing.T) {
	for in, want := range map[string]int{"0": 0, "1": 1, "007": 7, "": -1, "+1": -1, "-1": -1, "1x": -1, "٣": -1, " 1": -1} {
		got, ok := parseNumber(in)
		if ok != (want >= 0) || ok && got != want {
			t.Errorf("parseNumber(%q) = %d, %v, want %d", in, got, ok, want)
		}
	}
}

// readAll reads all lines, as texts and errors.
func readAll(input string, limit int) []string {
	r := bufio.NewReaderSize(strings.NewReader(input), 16)
	var lines []string
	for {
		line, err := readLine(r, limit)
		switch {
		case errors.Is(err, io.EOF):
			return lines
		case err != nil:
			line = "error: " + err.Error()
		}
		lines = append(lines, line)
	}
}

func TestReadLine(t *testing.T) {
	long := strings.Repeat("x", 98)
	for in, want := range map[string][]string{
		"":                             nil,
		"a\r\nb\n\r\n":                 {"a", "b", ""},
		"unfinished":                   nil,
		"a\rb\r\r\n":                   {"a\rb\r"},
		long + "\r\nb\r\n":             {long, "b"},
		long + "x\r\nb\r\n":            {"error: line too long", "b"},
		long + long + long + "\nb\r\n": {"error: line too long", "b"},
	} {
		if diff := cmp.Diff(want, readAll(in, 100)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", in, diff)
		}
	}
}

// FuzzReadLine compares with a slow second way to cut lines, and parses them.
func FuzzReadLine(f *testing.F) {
	f.Add("USER mrose\r\nPASS a b\nQUIT\r\n")
	f.Add("\r\r\n\n" + strings.Repeat("y", 40) + "\nTOP 1 2\r")
	f.Fuzz(func(t *testing.T, input string) {
		const limit = 30
		var want []string
		for line := range strings.Lines(input) {
			switch {
			case !strings.HasSuffix(line, "\n"):
			case len(line) > limit:
				want = append(want, "error: line too long")
			default:
				want = append(want, strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r"))
			}
		}
		got := readAll(input, limit)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", input, diff)
		}
		for _, line := range got {
			checkCommand(t, line)
		}
	})
}

// checkCommand checks what must hold for every parsed line.
func checkCommand(t *testing.T, line string) {
	t.Helper()
	cmd := parseCommand(line)
	if cmd.verb != "" {
		again := cmd.verb
		if cmd.hasArg {
			again += " " + cmd.arg
		}
		if !strings.EqualFold(again, line) {
			t.Errorf("%q became %q", line, again)
		}
	}
	for _, w := range cmd.words() {
		if n, ok := parseNumber(w); ok && n < 0 {
			t.Errorf("%q became %d", w, n)
		}
	}
	if cmd.verb == "PASS" && cmd.hasArg && cmd.traced(line)[5:] != "****" {
		t.Errorf("the password in %q is shown", line)
	}
}
