// Package scenarios has the command that looks after scenario files.
package scenarios

import (
	"errors"
	"flag"
	"fmt"
	"strings"

	"netxsim/cmd/netxsim/internal/cli"
	"netxsim/sim/scenario"
	"netxsim/sim/sizing"
)

// Command is netxsim scenario.
func Command() *cli.Command {
	return &cli.Command{
		Name:  "scenario",
		Args:  "check FILE… | init | schema",
		Short: "check scenario files, begin one, or print their JSON schema",
		Long: `Scenario check reads scenario files and says what is wrong with them, all of it, each with its line and column; of one that
can be run it prints the rules about sizes that can be judged before any run. Scenario init
prints a scenario with every key in it, explained; --kind chooses what its hosts do. Scenario schema prints the JSON schema for
editors: with the YAML language server, put "# yaml-language-server: $schema=scenario.schema.json" into a file's first line.

The exit status is 2 when a file cannot be read or something is wrong in it.`,
		Examples: []string{
			"netxsim scenario init > mine.yaml",
			"netxsim scenario init --kind udp > telemetry.yaml",
			"netxsim scenario check mine.yaml telemetry.yaml",
			"netxsim scenario schema > scenario.schema.json",
		},
		Setup: func(flags *flag.FlagSet) func(cli.Streams, []string) error {
			kind := flags.String("kind", scenario.POP3, "`kind` of workload that init shows: "+strings.Join(scenario.Kinds(), ", "))
			return func(s cli.Streams, args []string) error { return start(s, *kind, args) }
		},
	}
}

// start carries out one of the three.
func start(s cli.Streams, kind string, args []string) error {
	if len(args) == 0 {
		return cli.WrongUse("say what: check FILE…, init or schema")
	}
	switch what, files := args[0], args[1:]; {
	case what == "check" && len(files) == 0:
		return cli.WrongUse("check which file?")
	case what == "check":
		return check(s, files)
	case len(files) > 0:
		return cli.WrongUse("unexpected argument %q", files[0])
	case what == "init":
		return initialize(s, kind)
	case what == "schema":
		_, err := s.Out.Write(scenario.Schema())
		return err
	default:
		return cli.WrongUse("unknown word %q: want check, init or schema", what)
	}
}

func initialize(s cli.Streams, kind string) error {
	text, err := scenario.Template(kind)
	if err != nil {
		return cli.WrongUse("--kind: %w", err)
	}
	_, err = s.Out.Write(text)
	return err
}

// check checks every file.
func check(s cli.Streams, files []string) error {
	bad := 0
	for _, file := range files {
		made, err := scenario.LoadFile(file)
		if err != nil {
			bad++
			fmt.Fprintln(s.Err, err)
			continue
		}
		fmt.Fprintf(s.Out, "%s: fine: %s\n%s", file, summary(made), sizing.Text(sizing.Check(made), true))
	}
	if bad > 0 {
		return cli.BadInput(errors.New(count(bad, "file is wrong", "files are wrong")))
	}
	return nil
}

// summary says in a line what a scenario is about.
func summary(s *scenario.Scenario) string {
	return strings.Join([]string{
		count(len(s.Wires), "wire", "wires"), count(len(s.Hosts), "host", "hosts"), count(len(s.Pools()), "pool", "pools"),
		count(len(s.Workloads), "workload", "workloads"), "hash " + s.Hash(),
	}, ", ")
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
