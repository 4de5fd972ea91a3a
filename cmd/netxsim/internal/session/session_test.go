package session

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"go.uber.org/zap/zapcore"

	"netxsim/pop3client"
	"netxsim/sim/mailbox"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// options are those of fetch without flags.
func options() Options {
	return Options{
		Seed:      1,
		Latency:   time.Millisecond,
		Bandwidth: 10_000_000,
		Pool:      Pool{Payload: 1536, Packets: 8},
		ABI:       ILP32,
		Log:       zapcore.InvalidLevel,
	}
}

// fetchMail runs a session with a mailbox and checks that no packet leaked.
func fetchMail(t testing.TB, o Options, box *mailbox.Mailbox, out *output) *result {
	t.Helper()
	r, err := simulate(context.Background(), Streams{Out: &bytes.Buffer{}, Err: &bytes.Buffer{}}, o, sourcesOf(t, box), out, nil)
	if err != nil {
		t.Fatal(err)
	}
	leaked := uint32(0)
	for _, q := range r.quirks {
		if q.Quirk == pop3client.QuirkApopGreetingLeak {
			leaked += uint32(q.Count)
		}
	}
	if r.pool.Available+leaked != r.pool.Total {
		t.Errorf("%d of %d packets are free after the session, and %d leaked as in C", r.pool.Available, r.pool.Total, leaked)
	}
	return r
}

func sourcesOf(t testing.TB, box *mailbox.Mailbox) []source {
	t.Helper()
	var mail []source
	for _, m := range box.Messages() {
		text, err := m.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		mail = append(mail, source{m, text})
	}
	return mail
}

// TestMaildir fetches 200 messages through 8 packets and compares the files
// with the mailbox.
func TestMaildir(t *testing.T) {
	dir := t.TempDir()
	if err := mailbox.Generate(7, 200).WriteMaildir(dir); err != nil {
		t.Fatal(err)
	}
	box, err := mailbox.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, loss := range []float64{0, 0.05} {
		for _, apop := range []bool{false, true} {
			t.Run(fmt.Sprintf("loss %v apop %v", loss, apop), func(t *testing.T) {
				o := options()
				o.Loss, o.APOP = loss, apop
				folder := t.TempDir()
				r := fetchMail(t, o, box, &output{folder})
				if r.failure != nil {
					t.Fatal(r.failure)
				}
				for i, m := range sourcesOf(t, box) {
					got, err := os.ReadFile(filepath.Join(folder, fmt.Sprintf("%04d.eml", i+1)))
					if err != nil {
						t.Fatal(err)
					}
					if !bytes.Equal(got, m.text) {
						t.Errorf("message %d differs: %s", i+1, cmp.Diff(string(m.text), string(got)))
					}
				}
			})
		}
	}
}

// TestSameSeedSameFrames runs one session at several GOMAXPROCS, beside work
// that keeps the processors busy, and wants the same frames at the same times.
func TestSameSeedSameFrames(t *testing.T) {
	var stop atomic.Bool
	defer stop.Store(true)
	for range 2 {
		go func() {
			for !stop.Load() {
				_ = stuffed([]byte("\r\n."))
			}
		}()
	}
	o := options()
	o.Loss, o.APOP = 0.05, true
	box := mailbox.Generate(7, 40)
	want := fetchMail(t, o, box, nil).hash
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, procs := range []int{1, 2, 8} {
		runtime.GOMAXPROCS(procs)
		for range 4 {
			if got := fetchMail(t, o, box, nil).hash; got != want {
				t.Errorf("GOMAXPROCS %d: frame hash %016x, want %016x", procs, got, want)
			}
		}
	}
	o.Seed++
	if got := fetchMail(t, o, box, nil).hash; got == want {
		t.Errorf("seeds %d and %d give the same frames with 5 %% loss", o.Seed-1, o.Seed)
	}
}

// TestFailures fetches with pools that are too small and compares the messages.
func TestFailures(t *testing.T) {
	for _, test := range []struct {
		name string
		edit func(*Options)
		want string
	}{
		{"one packet", func(o *Options) { o.Pool.Packets = 1 },
			"log in: pop3: connect: NX_NOT_CONNECTED\n" +
				"pool client (1 packet of 1536 bytes, 1596 bytes of RAM) ran empty, first at 0s, held by: ip client ARP queue 1; " +
				"0 received frames lost, 12 messages not sent: raise packets="},
		{"no room for headers", func(o *Options) { o.Pool.Payload = 64 },
			"log in: pop3: connect: NX_NOT_CONNECTED\n" +
				"pool client (8 packets of 64 bytes, 992 bytes of RAM): a payload is too small for the headers of a TCP segment: raise payload="},
		{"no room for the command", func(o *Options) { o.Pool.Payload, o.APOP = 100, true },
			"log in: pop3: APOP: NX_POP3_INSUFFICIENT_PACKET_PAYLOAD\n" +
				"pool client (8 packets of 100 bytes, 1280 bytes of RAM): a payload is too small for a command and its headers: raise payload="},
		{"chained reply", func(o *Options) { o.Pool.Payload, o.Faithful = 96, true },
			"log in: pop3: greeting: NX_INVALID_PACKET\n" +
				"pool client (8 packets of 96 bytes, 1248 bytes of RAM): a reply came as a chain of packets, which the C client refuses: raise payload="},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := options()
			test.edit(&o)
			r := fetchMail(t, o, mailbox.Generate(1, 3), nil)
			got := "<nil>"
			if r.failure != nil {
				got = r.failure.Error()
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestFaithful wants the mail as the C client hands it out, and the quirks.
func TestFaithful(t *testing.T) {
	o := options()
	o.Faithful, o.APOP = true, true
	r := fetchMail(t, o, mailbox.Generate(3, 3, 100, 2000, 5000), nil)
	if r.failure != nil {
		t.Fatal(r.failure)
	}
	hit := make(map[pop3client.Quirk]bool)
	for _, q := range r.quirks {
		hit[q.Quirk] = true
	}
	for _, q := range []pop3client.Quirk{pop3client.QuirkApopGreetingLeak, pop3client.QuirkTermCounted} {
		if !hit[q] {
			t.Errorf("%v was not hit: %v", q, r.quirks)
		}
	}
}

// TestTwice wants the second run of --twice to be the first one again, and a
// difference to be found where there is one.
func TestTwice(t *testing.T) {
	var out bytes.Buffer
	o := options()
	o.Twice, o.Loss = true, 0.02
	if err := Run(context.Background(), Streams{Out: &out, Err: &out}, o); err != nil {
		t.Fatal(err)
	}
	if want := regexp.MustCompile(`The second run sent the same \d+ frames at the same times: hash [0-9a-f]{16}\.\n$`); !want.Match(out.Bytes()) {
		t.Errorf("no word of the second run in:\n%s", out.String())
	}
	o.Loss = 0
	mail, record := sourcesOf(t, mailbox.Generate(1, 2)), new(recording)
	streams := Streams{Out: &out, Err: &out}
	if _, err := simulate(context.Background(), streams, o, mail, nil, record.observer()); err != nil {
		t.Fatal(err)
	}
	compare := &comparison{first: record}
	o.Latency *= 2
	if _, err := simulate(context.Background(), streams, o, mail, nil, compare.observe); err != nil {
		t.Fatal(err)
	}
	const want = "event 2\n" +
		"first run:     0.001034  delivered from client to server: ARP who has 192.2.2.89? tell 192.2.2.61\n" +
		"second run:    0.002034  delivered from client to server: ARP who has 192.2.2.89? tell 192.2.2.61"
	if diff := cmp.Diff(want, compare.difference()); diff != "" {
		t.Error(diff)
	}
}

// TestLog wants events with virtual time in the log.
func TestLog(t *testing.T) {
	var log bytes.Buffer
	o := options()
	o.Log = zapcore.DebugLevel
	mail := sourcesOf(t, mailbox.Generate(1, 1))
	if _, err := simulate(context.Background(), Streams{Out: &log, Err: &log}, o, mail, nil, nil); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"00:00:00.", "debug", "login",
		`pool: allocate  {"pool": "client", "packet": 0, "holder": "application", "free": 7}`,
		`pool: hold  {"pool": "client", "packet": 0, "from": "application", "holder": `,
	} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("no %q in the log:\n%s", want, log.String())
		}
	}
}
