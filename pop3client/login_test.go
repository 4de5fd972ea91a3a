package pop3client

import (
	"crypto/md5"
	"encoding/hex"
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netxsim/netx/status"
)

// digestOf is the argument of APOP for a time stamp and the password of these
// tests.
func digestOf(stamp string) string {
	sum := md5.Sum([]byte(stamp + "tanstaaf"))
	return hex.EncodeToString(sum[:])
}

// text returns the text of err, "" for nil.
func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestLogin(t *testing.T) {
	const stamp = "<1896.697170952@dbc.mtview.ca.us>"
	long := "<" + strings.Repeat("t", 80) + ">"
	overlaid := "<" + strings.Repeat("t", 74) + "> <9.9@z>"
	apop := func(stamp string) string { return "APOP mrose " + digestOf(stamp) }
	password := []string{"USER mrose", "PASS tanstaaf"}
	tests := map[string]struct {
		apop    bool
		fixes   Fixes
		answers []answer
		sent    []string
		err     string
		hit     Quirk
		lost    uint32
	}{
		"user and pass": {
			answers: login(),
			sent:    password,
		},
		"pass refused": {
			answers: []answer{on("accept", "+OK\r\n"), on("USER", "+OK\r\n"), on("PASS", "-ERR no\r\n")},
			sent:    password,
			hit:     QuirkPassReject,
		},
		"pass refused, fixed": {
			fixes:   FixesOf(QuirkPassReject),
			answers: []answer{on("accept", "+OK\r\n"), on("USER", "+OK\r\n"), on("PASS", "-ERR no\r\n")},
			sent:    password,
			err:     "pop3: PASS: -ERR no",
			hit:     QuirkCreateFailOpen,
		},
		"user refused": {
			answers: []answer{on("accept", "+OK\r\n"), on("USER", "-ERR who\r\n")},
			sent:    password[:1],
			err:     "pop3: USER: -ERR who",
			hit:     QuirkCreateFailOpen,
		},
		"refused greeting": {
			answers: []answer{on("accept", "-ERR busy\r\n")},
			err:     "pop3: greeting: -ERR busy",
			hit:     QuirkCreateFailOpen,
		},
		"no greeting": {
			err: "pop3: greeting: no reply within 1000 ticks: NX_NO_PACKET",
			hit: QuirkTimeoutStatus,
		},
		"apop": {
			apop:    true,
			answers: []answer{on("accept", "+OK "+stamp+"\r\n"), on("APOP", "+OK\r\n")},
			sent:    []string{"APOP mrose c4c9334bac560ecc979e58001b3e22fb"},
			hit:     QuirkApopGreetingLeak,
			lost:    1,
		},
		"apop, fixed leak": {
			apop:    true,
			fixes:   FixesOf(QuirkApopGreetingLeak),
			answers: []answer{on("accept", "+OK "+stamp+"\r\n"), on("APOP", "+OK\r\n")},
			sent:    []string{apop(stamp)},
			hit:     QuirkApopManualWording,
		},
		"apop, all fixes": {
			apop:    true,
			fixes:   AllFixes,
			answers: []answer{on("accept", "+OK ", stamp, "\r", "\n"), on("APOP", "+O", "K\r\n")},
			sent:    []string{apop(stamp)},
			hit:     QuirkApopManualWording,
		},
		"apop refused": {
			apop:    true,
			answers: append([]answer{on("accept", "+OK "+stamp+"\r\n"), on("APOP", "-ERR\r\n")}, login()...),
			sent:    append([]string{apop(stamp)}, password...),
			hit:     QuirkApopManualWording,
		},
		"apop not answered": {
			apop:    true,
			answers: []answer{on("accept", "+OK "+stamp+"\r\n")},
			sent:    []string{apop(stamp)},
			err:     "pop3: APOP: no reply within 1000 ticks: NX_NO_PACKET",
			hit:     QuirkApopFallbackOnlyOnReply,
			lost:    1,
		},
		"no stamp": {
			apop:    true,
			fixes:   AllFixes,
			answers: login(),
			sent:    password,
		},
		"open stamp": {
			apop:    true,
			answers: []answer{on("accept", "+OK <1.2@x\r\n"), on("APOP", "+OK\r\n")},
			sent:    []string{apop("<1.2@x\r\n")},
			hit:     QuirkApopStampUnclosed,
			lost:    1,
		},
		"open stamp, fixed": {
			apop:    true,
			fixes:   FixesOf(QuirkApopStampUnclosed),
			answers: append([]answer{on("accept", "+OK <1.2@x\r\n")}, login()...),
			sent:    password,
		},
		"long stamp": {
			apop:    true,
			answers: []answer{on("accept", "+OK "+long+"\r\n"), on("APOP", "+OK\r\n")},
			sent:    []string{apop(long[:75])},
			hit:     QuirkApopStampCut,
			lost:    1,
		},
		"long stamp, fixed": {
			apop:    true,
			fixes:   FixesOf(QuirkApopStampCut),
			answers: []answer{on("accept", "+OK "+long+"\r\n"), on("APOP", "+OK\r\n")},
			sent:    []string{apop(long)},
			hit:     QuirkApopGreetingLeak,
			lost:    1,
		},
		"overlaid stamp": {
			apop:    true,
			answers: []answer{on("accept", "+OK "+overlaid+"\r\n"), on("APOP", "+OK\r\n")},
			sent:    []string{apop("<9.9@z>" + overlaid[7:75])},
			hit:     QuirkApopStampOverlay,
			lost:    1,
		},
		"overlaid stamp, fixed": {
			apop:    true,
			fixes:   FixesOf(QuirkApopStampOverlay),
			answers: []answer{on("accept", "+OK "+overlaid+"\r\n"), on("APOP", "+OK\r\n")},
			sent:    []string{apop(overlaid[:75])},
			hit:     QuirkApopStampCut,
			lost:    1,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, 1536, 8, tt.answers...)
			b.lost = tt.lost
			err := b.create(Config{User: "mrose", Password: "tanstaaf", APOP: tt.apop, Fixes: tt.fixes})
			if text(err) != tt.err {
				t.Errorf("error %q, want %q", text(err), tt.err)
			}
			if diff := cmp.Diff(tt.sent, b.server.sent); diff != "" {
				t.Error(diff)
			}
			if tt.hit != 0 && b.hits(tt.hit) != 1 {
				t.Errorf("%v hit %d times, want once", tt.hit, b.hits(tt.hit))
			}
		})
	}
}

func TestCreateChecks(t *testing.T) {
	tests := map[string]struct {
		config Config
		want   status.Code
		fixed  status.Code // with all fixes
	}{
		"user of 41":     {Config{User: strings.Repeat("u", 41)}, status.Pop3ParamError, status.Pop3ParamError},
		"password of 21": {Config{Password: strings.Repeat("p", 21)}, status.Pop3ParamError, status.Pop3ParamError},
		"port 70000":     {Config{Port: 70000}, status.NotConnected, status.InvalidPort},
		"address 0":      {Config{Server: netip.IPv4Unspecified()}, status.IpAddressError, status.Pop3ParamError},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			for fixes, want := range map[Fixes]status.Code{NoFixes: tt.want, AllFixes: tt.fixed} {
				b := newBench(t, 1536, 8)
				b.server.refuse = status.IpAddressError
				config := tt.config
				config.Fixes = fixes
				if err := b.create(config); !errors.Is(err, want) {
					t.Errorf("fixes %v: %v, want %v", fixes, err, want)
				}
			}
		})
	}
	t.Run("no address", func(t *testing.T) {
		c := new(Client)
		if err := c.Create(Config{}); !errors.Is(err, status.Pop3ParamError) || c.quirks.counts[QuirkNxdBadVersion] != 1 {
			t.Errorf("%v, quirks %v", err, c.Quirks())
		}
	})
	t.Run("twice", func(t *testing.T) {
		b := connected(t, NoFixes)
		if err := b.create(Config{}); !errors.Is(err, status.PtrError) {
			t.Errorf("%v, want NX_PTR_ERROR", err)
		}
	})
}

// TestCreateFailure checks what is left of a client whose login failed.
func TestCreateFailure(t *testing.T) {
	refused := []answer{on("accept", "-ERR busy\r\n"), on("STAT", "+OK 1 10\r\n")}
	t.Run("open", func(t *testing.T) {
		b := newBench(t, 1536, 8, refused...)
		if err := b.create(Config{}); err == nil {
			t.Fatal("no error")
		}
		if n, _, err := b.MailItems(); n != 1 || err != nil {
			t.Errorf("STAT afterwards: %d, %v", n, err)
		}
	})
	t.Run("closed", func(t *testing.T) {
		b := newBench(t, 1536, 8, refused...)
		if err := b.create(Config{Fixes: FixesOf(QuirkCreateFailOpen)}); err == nil {
			t.Fatal("no error")
		}
		if b.socket != nil || !b.server.deleted {
			t.Error("the socket is still there")
		}
	})
}
