// Package port has the command that looks at a C program before it is ported: which names of NetX Duo and ThreadX it
// uses, what they are called in Go, what package netx has of them, and how many lines there are to touch.
//
// # How names are found
//
// Sources go through the tokenizer of a C compiler front end, line by line and not through its preprocessor: headers need
// not be there, macros are not expanded, and both sides of a condition count, except what #if 0 leaves out. A name of the
// interface is one that begins as theirs do (nx_, nxd_, tx_ and the same in capitals). Names that the program defines
// itself, in any of the files given, are its own and not reported: macros, functions with a body or static, variables,
// parameters, members, typedefs and tags.
//
// Headers of add-ons are reported as missing, since what they declare need not begin that way: nxd_bsd.h has socket().
//
// # What is modelled
//
// names.json is generated from the source of package netx and from the recorded inventory of the C interface; a test
// generates it anew. approximations.txt says in a line each what netx has but not in all as C has it.
//
// # The estimate
//
// It counts lines with code, not hours. A line is to be touched if a service is called on it, an argument is one that the
// inventory calls an out-parameter, a callback or a memory area, a callback is defined there, the pointer to a memory
// area is moved on, or a member, a type, a null pointer or sizeof stands there. Other lines of C (declarations of plain
// variables, loops, printf) need Go's spelling too, which the estimate leaves out.
package port

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"

	"netxsim/cmd/netxsim/internal/cli"
)

// Command is the command.
func Command() *cli.Command {
	return &cli.Command{
		Name:  "port",
		Args:  "FILE.c…",
		Short: "say what a C program uses of NetX Duo and ThreadX, and what there is of it in Go",
		Long: `Port reads the C sources of a program and lists every function, type, constant and structure member of NetX Duo and
ThreadX that they use: its name in Go, whether package netx models it, only approximates it (with what differs) or lacks
it, how often it is used and where first. It ends in an estimate of the lines to touch. Headers need not be there.

Give all files of a program at once: what one of them defines is not missing in another.

The exit status is 1 when something is missing, and 2 when a file cannot be read as C; the message names file and line.`,
		Examples: []string{
			"netxsim port main.c net.c",
			"netxsim port --json *.c",
		},
		Setup: func(flags *flag.FlagSet) func(cli.Streams, []string) error {
			asJSON := flags.Bool("json", false, "print the report as JSON")
			return func(s cli.Streams, args []string) error { return run(s, args, *asJSON) }
		},
	}
}

func run(s cli.Streams, args []string, asJSON bool) error {
	if len(args) == 0 {
		return cli.WrongUse("name a C file")
	}
	var sources []Source
	for _, name := range args {
		data, err := os.ReadFile(name)
		if err != nil {
			return cli.BadInput(err)
		}
		sources = append(sources, Source{name, data})
	}
	report, err := Survey(sources)
	if err != nil {
		return cli.BadInput(err)
	}
	if asJSON {
		out := json.NewEncoder(s.Out)
		out.SetIndent("", "  ")
		if err := out.Encode(report); err != nil {
			return err
		}
	} else {
		report.Write(s.Out)
	}
	if report.Counts.Missing == 0 {
		return nil
	}
	if asJSON {
		fmt.Fprintf(s.Err, "netxsim port: %d names are missing\n", report.Counts.Missing)
	}
	return cli.ErrFailed
}
