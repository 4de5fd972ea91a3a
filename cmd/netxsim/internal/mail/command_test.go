package mail

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap/zapcore"

	"netxsim/cmd/netxsim/internal/cli"
	"netxsim/cmd/netxsim/internal/session"
)

// TestOptions checks which options the flags make.
func TestOptions(t *testing.T) {
	box := filepath.Join(t.TempDir(), "box.mbox")
	if err := os.WriteFile(box, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		args string
		want func(o *session.Options)
	}{
		{"fetch --mail BOX", func(o *session.Options) { o.Mail = box }},
		{"fetch --mail BOX --apop --faithful --twice --out new --seed 7 --abi lp64", func(o *session.Options) {
			o.Mail, o.APOP, o.Faithful, o.Twice, o.Out, o.Seed, o.ABI = box, true, true, true, "new", 7, session.LP64
		}},
		{"fetch --mail BOX --loss 5% --latency 20ms --bandwidth 64k --log debug", func(o *session.Options) {
			o.Mail, o.Loss, o.Latency, o.Bandwidth, o.Log = box, 0.05, 20*time.Millisecond, 64_000, zapcore.DebugLevel
		}},
		{"fetch -mail=BOX -loss=0.25 -bandwidth=1.5G -log=none", func(o *session.Options) {
			o.Mail, o.Loss, o.Bandwidth = box, 0.25, 1_500_000_000
		}},
		{"fetch --mail BOX --pool packets=8 --bandwidth 0", func(o *session.Options) {
			o.Mail, o.Pool.Packets, o.Bandwidth = box, 8, 0
		}},
		{"demo", func(o *session.Options) { o.APOP, o.Loss, o.ShowTalk, o.Seed = true, 0.01, true, demoSeed }},
		{"demo --pcap frames.pcapng --trace timeline.json", func(o *session.Options) {
			o.APOP, o.Loss, o.ShowTalk, o.Seed = true, 0.01, true, demoSeed
			o.Pcap, o.Trace = "frames.pcapng", "timeline.json"
		}},
		{"demo --pool payload=512,packets=6 --loss 0", func(o *session.Options) {
			o.APOP, o.ShowTalk, o.Seed, o.Pool = true, true, demoSeed, session.Pool{Payload: 512, Packets: 6}
		}},
	} {
		var got session.Options
		record := func(_ context.Context, _ session.Streams, o session.Options) error {
			got = o
			return nil
		}
		args := strings.Fields(strings.ReplaceAll(tc.args, "BOX", box))
		if status, messages := try(record, args); status != cli.StatusOK || messages != "" {
			t.Errorf("%s: status %d, %s", tc.args, status, messages)
			continue
		}
		want := defaults()
		tc.want(&want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", tc.args, diff)
		}
	}
}

// TestStatus checks what the user sees when a session fails.
func TestStatus(t *testing.T) {
	for _, tc := range []struct {
		err    error
		status int
		stderr string
	}{
		{nil, 0, ""},
		{errors.New("pool rx is too small"), 1, "netxsim demo: pool rx is too small\n"},
		{cli.ErrFailed, 1, ""},
		{cli.BadInput(errors.New("box.mbox: no message")), 2, "netxsim demo: box.mbox: no message\n"},
		{cli.WrongUse("--pool: no"), 2, "netxsim demo: --pool: no\nRun 'netxsim help demo' for its flags.\n"},
	} {
		run := func(context.Context, session.Streams, session.Options) error { return tc.err }
		if status, messages := try(run, []string{"demo"}); status != tc.status || messages != tc.stderr {
			t.Errorf("%v: status %d %q, want %d %q", tc.err, status, messages, tc.status, tc.stderr)
		}
	}
}

// TestDefaultsAreLegal sets every flag to the default that its help prints.
func TestDefaultsAreLegal(t *testing.T) {
	want := defaults()
	l, d, b, p, a, v := loss(want.Loss), latency(want.Latency), bandwidth(want.Bandwidth), pool(want.Pool), abi(want.ABI), level(want.Log)
	for _, value := range []interface {
		String() string
		Set(string) error
	}{&l, &d, &b, &p, &a, &v} {
		before := value.String()
		if err := value.Set(before); err != nil || value.String() != before {
			t.Errorf("%T: %q becomes %q, %v", value, before, value.String(), err)
		}
	}
}

func try(run session.Runner, args []string) (status int, messages string) {
	app := cli.App{Name: "netxsim", Commands: []*cli.Command{Demo(run), Fetch(run)}}
	var out, errs bytes.Buffer
	status = app.Main(cli.Streams{Out: &out, Err: &errs}, args)
	return status, errs.String()
}
