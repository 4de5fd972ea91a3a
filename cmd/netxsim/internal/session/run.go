package session

import (
	"context"
	"errors"
	"fmt"
	"time"

	"netxsim/cmd/netxsim/internal/cli"
	"netxsim/cmd/netxsim/internal/demomail"
	"netxsim/sim/mailbox"
)

// Run is the Runner of the program: it opens the mailbox, simulates the
// session, once or twice, and prints what came of it.
func Run(ctx context.Context, s Streams, o Options) error {
	mail, err := readMail(o)
	if err != nil {
		return cli.BadInput(fmt.Errorf("--mail: %w", err))
	}
	out, err := newOutput(o.Out)
	if err != nil {
		return cli.BadInput(fmt.Errorf("--out: %w", err))
	}
	var record *recording
	if o.Twice {
		record = new(recording)
	}
	first, err := simulate(ctx, s, o, mail, out, record.observer())
	if err != nil {
		return err
	}
	printReport(s.Out, o, first)
	if first.failure != nil {
		return first.failure
	}
	if !o.Twice {
		return nil
	}
	return again(ctx, s, o, mail, record)
}

// source is a message as the server holds it.
type source struct {
	message *mailbox.Message
	text    []byte
}

// readMail reads the user's mailbox, or the demo's. That of a real server stays
// there.
func readMail(o Options) ([]source, error) {
	if o.Server != nil {
		return nil, nil
	}
	box := demomail.Mailbox()
	if o.Mail != "" {
		var err error
		if box, err = mailbox.Open(o.Mail); err != nil {
			return nil, err
		}
	}
	var mail []source
	for _, m := range box.Messages() {
		text, err := m.Bytes()
		if err != nil {
			return nil, err
		}
		mail = append(mail, source{m, text})
	}
	return mail, nil
}

// serve returns a mailbox of the mail for one session, which may delete it.
func serve(mail []source) *mailbox.Mailbox {
	box := mailbox.New()
	for _, m := range mail {
		box.Add(m.message)
	}
	return box
}

// again simulates the session once more and compares its frames with the
// recorded ones.
func again(ctx context.Context, s Streams, o Options, mail []source, record *recording) error {
	compare := &comparison{first: record}
	quiet := s
	quiet.Progress = nil
	o.ShowTalk, o.Pcap, o.Trace = false, "", ""
	second, err := simulate(ctx, quiet, o, mail, nil, compare.observe)
	if err != nil {
		return err
	}
	if difference := compare.difference(); difference != "" {
		return fmt.Errorf("the second run differs:\n%s", difference)
	}
	fmt.Fprintf(s.Out, "\nThe second run sent the same %d frames at the same times: hash %016x.\n", second.wire.Frames, second.hash)
	return second.failure
}

// simulate runs one session. The error is about the program's own files; what
// went wrong in the simulation is in the result.
func simulate(ctx context.Context, s Streams, o Options, mail []source, out *output, observe observer) (*result, error) {
	began := time.Now()
	files, err := newRecords(o)
	if err != nil {
		return nil, err
	}
	n, err := newNetwork(s, o, serve(mail), observe)
	if err != nil {
		return nil, err
	}
	files.begin(n)
	f := &fetcher{ctx: ctx, network: n, options: o, mail: mail, out: out, progress: s.Progress}
	thread, err := n.startClient(f.run)
	if err != nil {
		return nil, err
	}
	if o.Server != nil {
		defer n.abortOn(ctx, thread)()
	}
	report, err := n.kernel.Run(nil)
	r := &result{
		fetched:       f.fetched,
		total:         max(f.total, len(mail)),
		real:          o.Server != nil,
		faithful:      o.Faithful,
		quirks:        f.quirks,
		pool:          n.pool.Stats(),
		ip:            n.client.Stats(),
		wire:          n.wire.Counters(),
		hash:          n.wire.Hash(),
		seed:          report.Seed,
		virtual:       report.Now,
		wall:          time.Since(began),
		serverStopped: n.serverError,
	}
	if err := files.end(); err != nil {
		return nil, err
	}
	if f.outputErr != nil {
		return nil, cli.BadInput(fmt.Errorf("--out: %w", f.outputErr))
	}
	r.failure = r.explain(errors.Join(f.err, err))
	return r, nil
}
