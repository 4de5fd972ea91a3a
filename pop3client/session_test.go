package pop3client

import (
	"errors"
	"slices"
	"testing"

	"netxsim/netx/status"
)

func TestDele(t *testing.T) {
	tests := map[string]struct {
		fixes Fixes
		item  uint32
		sent  string // the last command
		err   string
	}{
		"in range":         {NoFixes, 2, "DELE 2", ""},
		"beyond":           {NoFixes, 3, "DELE 3", ""},
		"beyond, fixed":    {FixesOf(QuirkDeleNoRange), 3, "STAT", "pop3: DELE 3: NX_POP3_INVALID_MAIL_ITEM"},
		"9 digits":         {NoFixes, 999999999, "DELE 999999999", ""},
		"10 digits":        {NoFixes, 1000000000, "DELE ", ""},
		"10 digits, fixed": {FixesOf(QuirkIndex10Digits), 4294967295, "DELE 4294967295", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := connected(t, tt.fixes, on("STAT", "+OK 2 9\r\n"), on("DELE", "+OK\r\n"))
			b.stat()
			if err := b.MailItemDelete(tt.item); text(err) != tt.err {
				t.Errorf("%v, want %q", err, tt.err)
			}
			if sent := b.server.sent[len(b.server.sent)-1]; sent != tt.sent {
				t.Errorf("sent %q, want %q", sent, tt.sent)
			}
		})
	}
}

func TestQuit(t *testing.T) {
	for fixes, open := range map[Fixes]bool{NoFixes: true, FixesOf(QuirkQuitNoDisconnect): false} {
		for reply, want := range map[string]string{"+OK\r\n": "", "-ERR left\r\n": "pop3: QUIT: -ERR left"} {
			b := connected(t, fixes, on("QUIT", reply))
			if err := b.Quit(); text(err) != want {
				t.Errorf("%v, want %q", err, want)
			}
			if b.server.connected != open {
				t.Errorf("fixes %v: open %v behind QUIT", fixes, b.server.connected)
			}
		}
	}
}

// TestQuitUnanswered checks that a QUIT that was not answered can be repeated.
func TestQuitUnanswered(t *testing.T) {
	b := connected(t, AllFixes, later("QUIT", 1500, "+OK\r\n"), on("QUIT", "+OK bye\r\n"))
	if err := b.Quit(); !errors.Is(err, status.NoPacket) || !b.server.connected {
		t.Errorf("%v, open %v", err, b.server.connected)
	}
	if err := b.Quit(); err != nil || b.server.connected {
		t.Errorf("%v, open %v", err, b.server.connected)
	}
}

// TestUseAfterDelete makes the calls that crash in C, and those that do not.
func TestUseAfterDelete(t *testing.T) {
	for _, fixes := range []Fixes{NoFixes, AllFixes} {
		b := connected(t, fixes, on("STAT", "+OK 2 9\r\n"))
		b.stat()
		if err := b.Delete(); err != nil {
			t.Fatal(err)
		}
		_, _, stat := b.MailItems()
		_, list := b.MailItemSize(1)
		_, retr := b.MailItem(1)
		_, _, _, message := b.Message()
		for call, tt := range map[string]struct {
			err  error
			want status.Code
		}{
			"STAT":    {stat, status.PtrError},
			"LIST":    {list, status.Pop3InvalidMailItem},
			"RETR":    {retr, status.Pop3InvalidMailItem},
			"message": {message, status.Pop3ClientInvalidState},
			"DELE":    {b.MailItemDelete(1), status.PtrError},
			"QUIT":    {b.Quit(), status.PtrError},
			"delete":  {b.Delete(), status.PtrError},
		} {
			if !errors.Is(tt.err, tt.want) {
				t.Errorf("%s: %v, want %v", call, tt.err, tt.want)
			}
		}
		if b.hits(QuirkUseAfterDelete) != 4 {
			t.Errorf("hit %d times, want 4", b.hits(QuirkUseAfterDelete))
		}
	}
}

func TestCommandAfterServerClose(t *testing.T) {
	for fixes, sent := range map[Fixes]bool{NoFixes: true, FixesOf(QuirkCommandAfterServerClose): false} {
		b := connected(t, fixes)
		b.server.closed = true
		if err := b.MailItemDelete(1); !errors.Is(err, status.NotConnected) {
			t.Error(err)
		}
		if got := slices.Contains(b.server.sent, "DELE 1"); got != sent {
			t.Errorf("fixes %v: sent %v", fixes, got)
		}
	}
}

// TestPayload tries each command in packets that just hold it, with and
// without the spare byte.
func TestPayload(t *testing.T) {
	commands := map[string]struct {
		line  string
		spare uint32
		do    func(*bench) error
	}{
		"STAT": {"STAT\r\n", 1, func(b *bench) error { _, _, err := b.MailItems(); return err }},
		"DELE": {"DELE 12\r\n", 1, func(b *bench) error { return b.MailItemDelete(12) }},
		"QUIT": {"QUIT\r\n", 2, func(b *bench) error { return b.Quit() }},
	}
	for name, tt := range commands {
		t.Run(name, func(t *testing.T) {
			fits := ipv4CommandRoom + uint32(len(tt.line))
			for _, try := range []struct {
				payload uint32
				fixes   Fixes
				want    error
			}{
				{fits + tt.spare, NoFixes, nil},
				{fits + tt.spare - 1, NoFixes, status.Pop3InsufficientPacketPayload},
				{fits, FixesOf(QuirkPayloadSpareByte), nil},
				{fits - 1, FixesOf(QuirkPayloadSpareByte), status.Pop3InsufficientPacketPayload},
				{ipv4CommandRoom - 1, NoFixes, status.InvalidParameters},
				{ipv4CommandRoom - 1, FixesOf(QuirkPayloadHeaders), status.Pop3InsufficientPacketPayload},
			} {
				b := connected(t, try.fixes, on("STAT", "+OK 1 1\r\n"), on("DELE", "+OK\r\n"), on("QUIT", "+OK\r\n"))
				small := newBench(t, try.payload, 1)
				b.config.Pool = small.pool
				if err := tt.do(b); !errors.Is(err, try.want) {
					t.Errorf("payload %d, fixes %v: %v, want %v", try.payload, try.fixes, err, try.want)
				}
			}
		})
	}
}

// TestManualPayload logs in with APOP and the payload that the manual advises.
func TestManualPayload(t *testing.T) {
	b := newBench(t, 120, 8, on("accept", "+OK <1.2@x>\r\n"))
	b.lost = 1
	err := b.create(Config{User: "a name of twenty-four byt", APOP: true})
	if !errors.Is(err, status.Pop3InsufficientPacketPayload) || b.hits(QuirkPayloadManual) != 1 {
		t.Errorf("%v, quirks %v", err, b.Quirks())
	}
}
