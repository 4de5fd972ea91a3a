package dovecot

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netxsim/netx/status"
	"netxsim/pop3client"
	"netxsim/sim/mailbox"
)

// TestCapabilities wants what Dovecot announces, before and behind STLS.
func TestCapabilities(t *testing.T) {
	s := start(t, mailbox.New())
	n := newNetwork(t, s, 16)
	config := n.config()
	config.NoLogin = true
	n.session(config, func(c *pop3client.Client) error {
		for _, stls := range []bool{true, false} {
			list, err := c.Capabilities()
			if err != nil {
				return err
			}
			if _, ok := list.Lookup("STLS"); ok != stls {
				t.Errorf("STLS announced: %v, want %v: %v", ok, stls, list)
			}
			for _, name := range []string{"TOP", "UIDL", "RESP-CODES", "PIPELINING", "USER"} {
				if _, ok := list.Lookup(name); !ok {
					t.Errorf("no %s in %v", name, list)
				}
			}
			if mechanisms, _ := list.Lookup("SASL"); !slices.Contains(mechanisms, "PLAIN") {
				t.Errorf("no PLAIN in %v", list)
			}
			if !stls {
				break
			}
			if err := c.StartTLS(n.tls()); err != nil {
				return err
			}
		}
		return errors.Join(c.Login(), c.Quit())
	})
	n.checkPool()
}

// TestTop wants the header and the first lines of the body.
func TestTop(t *testing.T) {
	box := mailbox.Generate(5, 3, 20_000)
	s := start(t, box)
	n := newNetwork(t, s, 16)
	n.session(n.config(), func(c *pop3client.Client) error {
		for i, m := range box.Messages() {
			text, err := m.Bytes()
			if err != nil {
				return err
			}
			header, body, _ := bytes.Cut(text, []byte("\r\n\r\n"))
			lines := bytes.SplitAfterN(body, []byte("\n"), 4)
			want := slices.Concat(header, []byte("\r\n\r\n"), bytes.Join(lines[:3], nil))
			if err := c.Top(uint32(i+1), 3); err != nil {
				return err
			}
			got, err := io.ReadAll(c.MessageReader())
			if err != nil {
				return err
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("TOP %d 3: -want +got:\n%s", i+1, diff)
			}
		}
		return c.Quit()
	})
	n.checkPool()
}

// TestUniqueIDs wants ids that stay the same from session to session.
func TestUniqueIDs(t *testing.T) {
	s := start(t, mailbox.Generate(5, 300, 100))
	var sessions [2][]pop3client.UniqueID
	for i := range sessions {
		n := newNetwork(t, s, 16)
		n.session(n.config(), func(c *pop3client.Client) (err error) {
			if sessions[i], err = c.UniqueIDs(); err != nil {
				return err
			}
			one, err := c.UniqueID(300)
			if err == nil && one != sessions[i][299].ID {
				err = fmt.Errorf("UIDL 300 is %q, in the list %q", one, sessions[i][299].ID)
			}
			return errors.Join(err, c.Quit())
		})
		n.checkPool()
	}
	if len(sessions[0]) != 300 {
		t.Errorf("%d ids, want 300", len(sessions[0]))
	}
	if diff := cmp.Diff(sessions[0], sessions[1]); diff != "" {
		t.Error(diff)
	}
}

// TestReset wants RSET to take a deletion back.
func TestReset(t *testing.T) {
	box := mailbox.Generate(5, 3)
	s := start(t, box)
	n := newNetwork(t, s, 16)
	n.session(n.config(), func(c *pop3client.Client) error {
		return errors.Join(c.Noop(), c.MailItemDelete(1), c.Reset(), c.MailItemDelete(2), c.Quit())
	})
	n.checkPool()
	checkLeft(t, s, []*mailbox.Message{box.Messages()[0], box.Messages()[2]})
}

// TestRefusals wants the errors of a wrong password, and of a server that is
// not to be trusted.
func TestRefusals(t *testing.T) {
	s := start(t, mailbox.New())
	for _, tc := range []struct {
		name string
		set  func(n *network, c *pop3client.Config)
		want string
	}{
		{"password", func(_ *network, c *pop3client.Config) { c.Password = "wrong" }, "pop3: PASS: -ERR [AUTH] Authentication failed."},
		{"apop", func(_ *network, c *pop3client.Config) { c.APOP, c.Password = true, "wrong" }, "pop3: PASS: -ERR [AUTH] Authentication failed."},
		{"certificate", func(n *network, c *pop3client.Config) {
			c.TLS = n.tls()
			c.TLS.RootCAs = nil
		}, "pop3: TLS: NX_POP3_SERVER_ERROR_STATUS: tls: failed to verify certificate: x509: certificate signed by unknown authority"},
		{"name", func(n *network, c *pop3client.Config) {
			c.TLS, c.ImplicitTLS = n.tls(), true
			c.TLS.ServerName = "mail.example.com"
		}, "pop3: TLS: NX_POP3_SERVER_ERROR_STATUS: tls: failed to verify certificate: x509: certificate is valid for localhost, not mail.example.com"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			n := newNetwork(t, s, 16)
			config := n.config()
			tc.set(n, &config)
			var got error
			n.try(config, func(err error) { got = err })
			if fmt.Sprint(got) != tc.want || !errors.Is(got, status.Pop3ServerErrorStatus) {
				t.Errorf("got  %v\nwant %s", got, tc.want)
			}
			n.checkPool()
		})
	}
}

// TestFaithful runs the client with the C library's bugs. What it meets of them
// depends on how Dovecot cuts its replies into segments: those below do not.
func TestFaithful(t *testing.T) {
	dotted := mailbox.NewMessage("dots", []byte("Subject: dots\n\n.one\n..two\nend\n"))
	s := start(t, mailbox.New(dotted))
	n := newNetwork(t, s, 16)
	config := n.config()
	config.Fixes, config.APOP, config.Window = pop3client.NoFixes, true, 0
	quirks := n.session(config, func(c *pop3client.Client) error {
		if _, _, err := c.MailItems(); err != nil {
			return err
		}
		if _, err := c.MailItem(1); err != nil {
			return err
		}
		var got []byte
		for final := false; !final; {
			packet, _, last, err := c.Message()
			if err != nil {
				return err
			}
			for p := packet; p != nil; p = p.Next {
				got = append(got, p.Bytes()...)
			}
			final = last
			if err := packet.Release(); err != nil {
				return err
			}
		}
		// As sent: the dots are doubled, and the end mark is part of the text.
		const want = "Subject: dots\r\n\r\n..one\r\n...two\r\nend\r\n.\r\n"
		if string(got) != want {
			t.Errorf("got %q, want %q", got, want)
		}
		return errors.Join(c.MailItemDelete(1), c.Quit())
	})
	lost := uint32(0)
	for _, want := range []pop3client.Quirk{
		pop3client.QuirkApopManualWording, pop3client.QuirkApopGreetingLeak, pop3client.QuirkNoUnstuff,
		pop3client.QuirkTermCounted, pop3client.QuirkQuitNoDisconnect,
	} {
		if !slices.ContainsFunc(quirks, func(q pop3client.QuirkCount) bool { return q.Quirk == want }) {
			t.Errorf("%v was not met; these were: %v", want, quirks)
		}
		if want == pop3client.QuirkApopGreetingLeak {
			lost++
		}
	}
	if n.pool.Available()+lost != n.pool.Total() {
		t.Errorf("%d of %d packets are free, and %d lost as in C", n.pool.Available(), n.pool.Total(), lost)
	}
	checkLeft(t, s, nil)
}

// TestFaithfulAcceptsRefusal has the client take a refused password for a
// login, as C does: it is the next command that fails.
func TestFaithfulAcceptsRefusal(t *testing.T) {
	s := start(t, mailbox.New())
	n := newNetwork(t, s, 16)
	config := n.config()
	config.Fixes, config.Password = pop3client.NoFixes, "wrong"
	quirks := n.session(config, func(c *pop3client.Client) error {
		if _, _, err := c.MailItems(); !errors.Is(err, status.Pop3ServerErrorStatus) {
			return fmt.Errorf("STAT: %v", err)
		}
		return nil
	})
	if !slices.ContainsFunc(quirks, func(q pop3client.QuirkCount) bool { return q.Quirk == pop3client.QuirkPassReject }) {
		t.Errorf("quirks: %v", quirks)
	}
	n.checkPool()
}
