// Netxsim runs NetX Duo programs on a simulated network, on virtual time. Run it without arguments for its commands.
package main

import (
	"os"

	"netxsim/cmd/netxsim/internal/cli"
	"netxsim/cmd/netxsim/internal/conform"
	"netxsim/cmd/netxsim/internal/mail"
	"netxsim/cmd/netxsim/internal/merge"
	"netxsim/cmd/netxsim/internal/port"
	"netxsim/cmd/netxsim/internal/run"
	"netxsim/cmd/netxsim/internal/scenarios"
	"netxsim/cmd/netxsim/internal/session"
	"netxsim/cmd/netxsim/internal/size"
)

func main() { os.Exit(program(os.Args[1:])) }

// program is the whole program; it returns the exit status.
func program(args []string) int {
	return app().Main(cli.Streams{Out: os.Stdout, Err: os.Stderr}, args)
}

// app has all commands.
func app() *cli.App {
	return &cli.App{
		Name:  "netxsim",
		About: "NetX Duo's packet pools, sockets and POP3 client on a simulated network and virtual time.",
		Commands: []*cli.Command{
			mail.Demo(session.Run),
			mail.Fetch(session.Run),
			scenarios.Command(),
			run.Command(),
			size.Command(),
			merge.Command(map[string]merge.Printer{run.Name: run.Merged, size.Name: size.Merged}),
			conform.Command(),
			port.Command(),
		},
	}
}
