// Package mail has the commands that fetch mail through the simulated network: fetch and demo.
package mail

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"

	"go.uber.org/zap/zapcore"

	"netxsim/cmd/netxsim/internal/cli"
	"netxsim/cmd/netxsim/internal/progress"
	"netxsim/cmd/netxsim/internal/session"
)

// Fetch is the command that fetches the user's own mail.
func Fetch(run session.Runner) *cli.Command {
	return &cli.Command{
		Name:  "fetch",
		Short: "fetch your own mail through the simulated network",
		Long: `Fetch serves a mailbox from a simulated POP3 server and fetches it with the NetX Duo POP3 client, over a simulated wire,
out of a packet pool of the size you give. It checks every message against the mailbox, prints what the pools did, and
with --out writes the messages as the server held them, byte for byte.

The same flags and the same mailbox give the same frames at the same virtual times, always; the report ends in their hash.

With --server it fetches from a real POP3 server instead, in real time: the simulated wire leads to an uplink that goes
on to the server with a socket of this machine. The messages stay on the server unless --delete is given, and are
checked by their size. Only servers on loopback and private addresses are reached.

The exit status is 1 when a message could not be fetched, for example because the pool is too small, and 2 when a flag is
wrong or the mailbox cannot be read.`,
		Examples: []string{
			"netxsim fetch --mail ~/Maildir",
			"netxsim fetch --mail inbox.mbox --apop --out fetched",
			"netxsim fetch --mail inbox.mbox --loss 5% --latency 20ms --seed 7",
			"netxsim fetch --mail inbox.mbox --pool packets=3 --pcap frames.pcapng --trace timeline.json",
			"netxsim fetch --mail letter.eml --pool payload=256,packets=6 --abi ilp32 --faithful",
			"netxsim fetch --server localhost:110 --user mrose --apop --out fetched",
			"netxsim fetch --server mail.home.arpa:995 --user mrose --tls --ca home.pem --password-file secret --pool packets=8",
		},
		Setup: func(flags *flag.FlagSet) func(cli.Streams, []string) error {
			o := defaults()
			flags.StringVar(&o.Mail, "mail", "", "mailbox to serve: a maildir, a `path` to an mbox or .eml file, or a folder of .eml files")
			flags.BoolVar(&o.APOP, "apop", o.APOP, "log in with APOP instead of USER and PASS")
			networkFlags(flags, &o)
			var server serverOptions
			server.define(flags)
			return func(s cli.Streams, _ []string) error {
				if err := server.check(flags); err != nil {
					return err
				}
				if o.Mail == "" && server.address == "" {
					return cli.WrongUse("--mail is missing: name a mailbox, or a real server with --server")
				}
				return start(s, o, &server, run)
			}
		},
	}
}

// Demo is the command that fetches a few messages which are part of the program.
func Demo(run session.Runner) *cli.Command {
	return &cli.Command{
		Name:  "demo",
		Short: "watch a POP3 client fetch a few messages; needs nothing",
		Long: `Demo fetches a few messages that are part of the program with APOP, over a 10 Mbit/s wire that loses a frame now and
then. It prints the POP3 dialogue, every message's size and check, virtual and wall time, and what each packet pool did.`,
		Examples: []string{
			"netxsim demo",
			"netxsim demo --seed 7 --loss 5%",
			"netxsim demo --pool payload=512,packets=6",
			"netxsim demo --pcap demo.pcapng && wireshark demo.pcapng",
		},
		Setup: func(flags *flag.FlagSet) func(cli.Streams, []string) error {
			o := defaults()
			o.APOP, o.Loss, o.ShowTalk, o.Seed = true, 0.01, true, demoSeed
			networkFlags(flags, &o)
			return func(s cli.Streams, _ []string) error { return start(s, o, nil, run) }
		},
	}
}

// demoSeed is one with which the wire loses a few frames, but no ARP request:
// NetX repeats those only after 10 s.
const demoSeed = 2

// defaults are the options when no flag is given.
func defaults() session.Options {
	return session.Options{
		Seed:      1,
		Latency:   time.Millisecond,
		Bandwidth: 10_000_000,
		Pool:      session.Pool{Payload: 1536, Packets: 16},
		ABI:       session.ILP32,
		Log:       zapcore.InvalidLevel,
	}
}

// networkFlags defines the flags that demo and fetch share.
func networkFlags(flags *flag.FlagSet, o *session.Options) {
	flags.Uint64Var(&o.Seed, "seed", o.Seed, "seed `N` of all chance; one seed, one run")
	flags.Var((*loss)(&o.Loss), "loss", "`share` of frames that the wire loses: 0.05 or 5%")
	flags.Var((*latency)(&o.Latency), "latency", "`time` a frame takes from end to end of the wire, at least 1us: 20ms")
	flags.Var((*bandwidth)(&o.Bandwidth), "bandwidth", "bits per second each way, as a `rate`: 64k, 10M, 1G; 0 for no limit")
	flags.Var((*pool)(&o.Pool), "pool", "`size` of the client's packet pool: bytes in a packet, and packets")
	flags.Var((*abi)(&o.ABI), "abi", "`target` whose packet header is paid for: ilp32 (32-bit pointers) or lp64")
	flags.StringVar(&o.Out, "out", "", "write the fetched messages into this `folder`")
	flags.StringVar(&o.Pcap, "pcap", "", "write the frames into this `file`, as pcapng: Wireshark shows what the pool did in comments")
	flags.StringVar(&o.Trace, "trace", "", "write a timeline of threads and pool into this `file`, for ui.perfetto.dev")
	flags.BoolVar(&o.Faithful, "faithful", false, "run the client with the C library's bugs and say which were hit")
	flags.BoolVar(&o.Twice, "twice", false, "run everything twice and print the first event that differs; status 1 if one does")
	flags.Var((*level)(&o.Log), "log", "log events of at least this `level`: debug, info, warn, error or none")
}

// start checks what the flags name and runs the session, which an interrupt ends.
func start(s cli.Streams, o session.Options, server *serverOptions, run session.Runner) (err error) {
	if err := checkPaths(o); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if server != nil && server.address != "" {
		if o.Server, err = server.server(ctx, s); err != nil {
			return err
		}
	}
	bar := progress.New(s.Err, "messages")
	defer bar.Clear()
	return run(ctx, session.Streams{Out: s.Out, Err: s.Err, Progress: bar.Set}, o)
}

// checkPaths reports a mailbox that is not there, and a folder for messages that is none.
func checkPaths(o session.Options) error {
	if o.Mail != "" {
		if _, err := os.Stat(o.Mail); err != nil {
			return cli.BadInput(fmt.Errorf("--mail: %w", err))
		}
	}
	if o.Out == "" {
		return nil
	}
	info, err := os.Stat(o.Out)
	if err == nil && !info.IsDir() {
		return cli.BadInput(fmt.Errorf("--out: %s is not a folder", o.Out))
	}
	return nil
}
