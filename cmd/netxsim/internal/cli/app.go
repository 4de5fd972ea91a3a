// Package cli is the frame of the command line: subcommands with flags, help and exit statuses.
//
// # Exit statuses
//
// 0 when the command did what was asked, 1 when its run failed, 2 when it was called wrongly or could not read its
// input: see [WrongUse] and [BadInput]. Help that was asked for goes to standard output with status 0.
package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// The exit statuses.
const (
	StatusOK     = 0 // the command did what was asked
	StatusFailed = 1 // the run failed
	StatusUsage  = 2 // wrong use, or input that cannot be read
)

// Streams are a command's standard streams.
type Streams struct {
	Out io.Writer
	Err io.Writer
}

// A Command is one subcommand.
type Command struct {
	Name     string   // as typed
	Args     string   // what may follow the flags, such as "[PATH…]"; empty when nothing may
	Short    string   // one line for the list of commands
	Long     string   // what it does, wrapped, without the name in front
	Examples []string // command lines that work as they stand

	// Setup defines the command's flags and returns what runs after they are parsed, with the arguments behind them.
	// The error decides the exit status.
	Setup func(flags *flag.FlagSet) func(s Streams, args []string) error
}

// An App is a program of subcommands. It adds the commands help and version.
type App struct {
	Name     string
	About    string // one line
	Commands []*Command
}

// ErrFailed ends a run with status 1 and no message: the command has already said what failed.
var ErrFailed = errors.New("failed")

// A usageError is wrong use of the command line.
type usageError struct{ error }

// An inputError is input that cannot be read.
type inputError struct{ error }

// Unwrap is the error in front of which the mark stands.
func (e usageError) Unwrap() error { return e.error }

// Unwrap is the error in front of which the mark stands.
func (e inputError) Unwrap() error { return e.error }

// WrongUse makes an error about a flag or an argument: status 2, and a hint at the command's help.
func WrongUse(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// BadInput marks an error about a file or folder that the user named: status 2. A nil err stays nil.
func BadInput(err error) error {
	if err == nil {
		return nil
	}
	return inputError{err}
}

// Main runs the command that args name and returns the exit status.
func (a *App) Main(s Streams, args []string) int {
	if len(args) == 0 {
		a.usage(s.Err)
		return StatusUsage
	}
	switch name := args[0]; name {
	case "help", "-h", "-help", "--help":
		return a.help(s, args[1:])
	case "version", "-version", "--version":
		return a.version(s, args[1:])
	default:
		command := a.find(name)
		if command == nil {
			return a.unknown(s, name)
		}
		return a.run(command, s, args[1:])
	}
}

func (a *App) find(name string) *Command {
	for _, c := range a.Commands {
		if c.Name == name {
			return c
		}
	}
	return nil
}

func (a *App) unknown(s Streams, name string) int {
	kind := "command"
	if strings.HasPrefix(name, "-") {
		kind = "flag"
	}
	fmt.Fprintf(s.Err, "%s: unknown %s %q\nRun '%s help' for the commands.\n", a.Name, kind, name, a.Name)
	return StatusUsage
}

// run parses the flags of c and runs it.
func (a *App) run(c *Command, s Streams, args []string) int {
	flags := newFlags(c)
	body := c.Setup(flags)
	rest, err := parse(flags, args)
	if errors.Is(err, flag.ErrHelp) {
		a.commandUsage(s.Out, c)
		return StatusOK
	}
	if err != nil {
		err = WrongUse("%w", err)
	} else if c.Args == "" && len(rest) > 0 {
		err = WrongUse("unexpected argument %q", rest[0])
	} else {
		err = body(s, rest)
	}
	return a.status(c, s.Err, err)
}

// parse parses the flags among args, wherever they stand, and returns the other arguments. Behind -- all are others.
func parse(flags *flag.FlagSet, args []string) (rest []string, err error) {
	for {
		if err := flags.Parse(args); err != nil {
			return nil, err
		}
		left := flags.Args()
		parsed := args[:len(args)-len(left)]
		if len(left) == 0 || len(parsed) > 0 && parsed[len(parsed)-1] == "--" {
			return append(rest, left...), nil
		}
		rest, args = append(rest, left[0]), left[1:]
	}
}

// newFlags is an empty flag set that leaves messages to us.
func newFlags(c *Command) *flag.FlagSet {
	flags := flag.NewFlagSet(c.Name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.Usage = func() {}
	return flags
}

// status prints what err says to the user and returns the exit status it means.
func (a *App) status(c *Command, w io.Writer, err error) int {
	var usage usageError
	var input inputError
	switch {
	case err == nil:
		return StatusOK
	case errors.Is(err, ErrFailed):
		return StatusFailed
	case errors.As(err, &usage):
		fmt.Fprintf(w, "%s %s: %s\nRun '%s help %s' for its flags.\n", a.Name, c.Name, usage, a.Name, c.Name)
		return StatusUsage
	case errors.As(err, &input):
		fmt.Fprintf(w, "%s %s: %s\n", a.Name, c.Name, input)
		return StatusUsage
	}
	fmt.Fprintf(w, "%s %s: %v\n", a.Name, c.Name, err)
	return StatusFailed
}

// IsTerminal reports whether w is a terminal that a person looks at.
func IsTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
