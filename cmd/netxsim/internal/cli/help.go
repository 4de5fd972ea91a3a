package cli

import (
	"flag"
	"fmt"
	"io"
	"runtime/debug"
	"strings"
	"text/tabwriter"
)

// usage prints the list of commands.
func (a *App) usage(w io.Writer) {
	fmt.Fprintf(w, "%s\n\nUsage:\n\n    %s COMMAND [flags]\n\nCommands:\n\n", a.About, a.Name)
	table := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	for _, c := range a.Commands {
		fmt.Fprintf(table, "    %s\t%s\n", c.Name, c.Short)
	}
	fmt.Fprintf(table, "    version\tprint the version of the program and of the network stack in it\n")
	fmt.Fprintf(table, "    help\tprint the help of a command\n")
	table.Flush()
	fmt.Fprintf(w, "\nRun '%s help COMMAND' or '%s COMMAND --help' for flags and examples.\n", a.Name, a.Name)
}

// help prints the help of the command named in args, or the list of commands.
func (a *App) help(s Streams, args []string) int {
	if len(args) == 0 || args[0] == "help" || args[0] == "version" {
		a.usage(s.Out)
		return StatusOK
	}
	c := a.find(args[0])
	if c == nil {
		return a.unknown(s, args[0])
	}
	a.commandUsage(s.Out, c)
	return StatusOK
}

// commandUsage prints what c does, its flags and examples.
func (a *App) commandUsage(w io.Writer, c *Command) {
	flags := newFlags(c)
	c.Setup(flags)
	line := []string{a.Name, c.Name}
	count := 0
	flags.VisitAll(func(*flag.Flag) { count++ })
	if count > 0 {
		line = append(line, "[flags]")
	}
	if c.Args != "" {
		line = append(line, c.Args)
	}
	fmt.Fprintf(w, "%s\n\nUsage:\n\n    %s\n", strings.TrimSpace(c.Long), strings.Join(line, " "))
	if count > 0 {
		fmt.Fprintf(w, "\nFlags:\n\n")
		flags.VisitAll(func(f *flag.Flag) { printFlag(w, f) })
	}
	fmt.Fprintf(w, "\nExamples:\n\n")
	for _, example := range c.Examples {
		fmt.Fprintf(w, "    %s\n", example)
	}
}

// printFlag prints one flag: its name and value's name, then what it means and its default.
func printFlag(w io.Writer, f *flag.Flag) {
	value, usage := flag.UnquoteUsage(f)
	dashes := "--"
	if len(f.Name) == 1 {
		dashes = "-"
	}
	fmt.Fprintf(w, "    %s\n", strings.TrimSpace(dashes+f.Name+" "+value))
	if f.DefValue != "" && f.DefValue != "false" {
		usage += " (default " + f.DefValue + ")"
	}
	for line := range strings.SplitSeq(usage, "\n") {
		fmt.Fprintf(w, "          %s\n", strings.TrimSpace(line))
	}
}

// version prints the versions of the program, of Go and of the network stack.
func (a *App) version(s Streams, args []string) int {
	if len(args) > 0 {
		fmt.Fprintf(s.Err, "%s version: unexpected argument %q\n", a.Name, args[0])
		return StatusUsage
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		fmt.Fprintf(s.Out, "%s, built without version information\n", a.Name)
		return StatusOK
	}
	fmt.Fprintf(s.Out, "%s %s\n%s\n", a.Name, info.Main.Version, info.GoVersion)
	for _, module := range info.Deps {
		if module.Path == "gvisor.dev/gvisor" {
			fmt.Fprintf(s.Out, "%s %s\n", module.Path, module.Version)
		}
	}
	return StatusOK
}
