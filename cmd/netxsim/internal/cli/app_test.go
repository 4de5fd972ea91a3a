package cli

import (
	"bytes"
	"flag"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// echo is a command that prints its flags and arguments.
var echo = &Command{
	Name: "echo", Args: "[WORD…]", Short: "print words", Long: "Echo prints words.\n", Examples: []string{"say echo -n 3 a b"},
	Setup: func(flags *flag.FlagSet) func(Streams, []string) error {
		n := flags.Int("n", 1, "print `N` times\nin a row")
		loud := flags.Bool("loud", false, "in capitals")
		return func(s Streams, args []string) error {
			fmt.Fprintln(s.Out, *n, *loud, strings.Join(args, ","))
			return nil
		}
	},
}

var quiet = &Command{
	Name: "quiet", Short: "do nothing", Long: "Quiet does nothing.", Examples: []string{"say quiet"},
	Setup: func(*flag.FlagSet) func(Streams, []string) error {
		return func(Streams, []string) error { return nil }
	},
}

// TestApp checks what each command line prints, where, and with which status.
func TestApp(t *testing.T) {
	const hint = "Run 'say help echo' for its flags.\n"
	for _, tc := range []struct {
		args        string
		status      int
		out, stderr string
	}{
		{"echo", 0, "1 false \n", ""},
		{"echo a b", 0, "1 false a,b\n", ""},
		{"echo -n 3 a", 0, "3 false a\n", ""},
		{"echo a --n=3 b --loud c", 0, "3 true a,b,c\n", ""},
		{"echo a -- --loud -- b", 0, "1 false a,--loud,--,b\n", ""},
		{"echo --n x", 2, "", "say echo: invalid value \"x\" for flag -n: parse error\n" + hint},
		{"echo a --shout", 2, "", "say echo: flag provided but not defined: -shout\n" + hint},
		{"quiet", 0, "", ""},
		{"quiet a", 2, "", "say quiet: unexpected argument \"a\"\nRun 'say help quiet' for its flags.\n"},
		{"help quiet", 0, "Quiet does nothing.\n\nUsage:\n\n    say quiet\n\nExamples:\n\n    say quiet\n", ""},
		{"help echo", 0, `Echo prints words.

Usage:

    say echo [flags] [WORD…]

Flags:

    --loud
          in capitals
    -n N
          print N times
          in a row (default 1)

Examples:

    say echo -n 3 a b
`, ""},
	} {
		app := App{Name: "say", About: "Say says.", Commands: []*Command{echo, quiet}}
		var out, stderr bytes.Buffer
		status := app.Main(Streams{Out: &out, Err: &stderr}, strings.Fields(tc.args))
		if status != tc.status {
			t.Errorf("%s: status %d, want %d", tc.args, status, tc.status)
		}
		if diff := cmp.Diff([]string{tc.out, tc.stderr}, []string{out.String(), stderr.String()}); diff != "" {
			t.Errorf("%s: -want +got:\n%s", tc.args, diff)
		}
	}
}
