package pop3client_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/google/go-cmp/cmp"

	"netxsim/pop3client"
	"netxsim/sim/link"
)

// session runs program as a client of a server with mail, with fixes and
// without, and checks that no packet is lost.
func session(t *testing.T, change func(*pop3client.Config), program func(*pop3client.Client) error) {
	t.Helper()
	for _, fixes := range []pop3client.Fixes{pop3client.AllFixes, pop3client.NoFixes} {
		n, err := newNetwork(1, link.Config{}, 8, samples())
		if err != nil {
			t.Fatal(err)
		}
		err = n.run(func() error {
			config := pop3client.Config{
				IP: n.target, Server: n.host.Addr(), User: "mrose", Password: "tanstaaf", Fixes: fixes,
			}
			change(&config)
			client, err := pop3client.Create(config)
			if err != nil {
				return err
			}
			defer client.Delete()
			if _, _, err := client.MailItems(); err != nil && !config.NoLogin {
				return err
			}
			return program(client)
		})
		if err != nil || n.pool.Available() != n.pool.Total() {
			t.Errorf("fixes %v: %v, %d of %d packets free", fixes, err, n.pool.Available(), n.pool.Total())
		}
	}
}

func asIs(*pop3client.Config) {}

// TestNoopReset takes a deletion back.
func TestNoopReset(t *testing.T) {
	session(t, asIs, func(c *pop3client.Client) error {
		if err := errors.Join(c.MailItemDelete(1), c.Noop()); err != nil {
			return err
		}
		if count, _, err := c.MailItems(); count != 1 || err != nil {
			t.Errorf("%d messages behind DELE, %v", count, err)
		}
		if err := c.Reset(); err != nil {
			return err
		}
		if count, _, err := c.MailItems(); count != 2 || err != nil {
			t.Errorf("%d messages behind RSET, %v", count, err)
		}
		return c.Quit()
	})
}

// TestUniqueIDs asks for all and for one.
func TestUniqueIDs(t *testing.T) {
	session(t, asIs, func(c *pop3client.Client) error {
		ids, err := c.UniqueIDs()
		if err != nil {
			return err
		}
		if len(ids) != 2 || ids[0].Item != 1 || ids[1].Item != 2 || ids[0].ID == ids[1].ID {
			t.Errorf("unique ids %v", ids)
		}
		if id, err := c.UniqueID(2); id != ids[1].ID || err != nil {
			t.Errorf("unique id %q, %v; want %q", id, err, ids[1].ID)
		}
		if _, err := c.UniqueID(3); err == nil {
			t.Error("a unique id for no message")
		}
		return c.Quit()
	})
}

// TestMailItemSizes asks for the sizes of all messages, before and after one is marked as deleted.
func TestMailItemSizes(t *testing.T) {
	session(t, asIs, func(c *pop3client.Client) error {
		for deleted := range uint32(2) {
			sizes, err := c.MailItemSizes()
			if err != nil {
				return err
			}
			count, total, err := c.MailItems()
			if err != nil {
				return err
			}
			var sum uint32
			for _, s := range sizes {
				sum += s.Bytes
			}
			if uint32(len(sizes)) != count || sum != total || sizes[0].Item != deleted+1 {
				t.Errorf("%d deleted: sizes %v; STAT says %d messages, %d bytes", deleted, sizes, count, total)
			}
			if deleted > 0 {
				break
			}
			if err := c.MailItemDelete(1); err != nil {
				return err
			}
		}
		return c.Quit()
	})
}

// TestTop reads the header and some lines.
func TestTop(t *testing.T) {
	for lines, want := range []string{"Subject: dots\r\n\r\n", "Subject: dots\r\n\r\n.one\r\n", "Subject: dots\r\n\r\n.one\r\n..two\r\n"} {
		session(t, asIs, func(c *pop3client.Client) error {
			if err := c.Top(1, uint32(lines)); err != nil {
				return err
			}
			if text, err := io.ReadAll(c.MessageReader()); string(text) != want || err != nil {
				t.Errorf("%d lines: %q, %v; want %q", lines, text, err, want)
			}
			if err := c.Top(3, 0); err == nil {
				t.Error("the top of no message")
			}
			return c.Quit()
		})
	}
}

// TestCapabilities asks before and behind the login.
func TestCapabilities(t *testing.T) {
	session(t, func(c *pop3client.Config) { c.NoLogin = true }, func(c *pop3client.Client) error {
		for range 2 {
			list, err := c.Capabilities()
			if err != nil {
				return err
			}
			mechanisms, ok := list.Lookup("sasl")
			if diff := cmp.Diff([]string{"PLAIN"}, mechanisms); !ok || diff != "" {
				t.Error(diff)
			}
			if _, ok := list.Lookup("STLS"); ok {
				t.Error("STLS without a certificate")
			}
			if err := c.Login(); err != nil && !strings.Contains(err.Error(), "after login") {
				return err
			}
		}
		return c.Quit()
	})
}

// A lateMechanism gives its response only when it is asked for.
type lateMechanism struct{ sasl.Client }

func (m lateMechanism) Start() (string, []byte, error) {
	name, _, err := m.Client.Start()
	return name, nil, err
}

func (m lateMechanism) Next([]byte) ([]byte, error) {
	_, response, err := m.Client.Start()
	return response, err
}

// TestAuthenticate logs in with PLAIN, with and without an initial response.
func TestAuthenticate(t *testing.T) {
	plain := func(password string) sasl.Client { return sasl.NewPlainClient("", "mrose", password) }
	for _, late := range []bool{false, true} {
		mechanism := func(password string) sasl.Client {
			if late {
				return lateMechanism{plain(password)}
			}
			return plain(password)
		}
		session(t, func(c *pop3client.Config) { c.SASL = mechanism("tanstaaf") }, (*pop3client.Client).Quit)
		session(t, func(c *pop3client.Config) { c.NoLogin = true }, func(c *pop3client.Client) error {
			err := c.Authenticate(mechanism("wrong"))
			if err == nil || err.Error() != "pop3: AUTH PLAIN: -ERR [AUTH] wrong user name or password" {
				t.Errorf("wrong password: %v", err)
			}
			err = c.Authenticate(sasl.NewAnonymousClient("x"))
			if err == nil || err.Error() != "pop3: AUTH ANONYMOUS: -ERR unknown mechanism" {
				t.Errorf("unknown mechanism: %v", err)
			}
			return errors.Join(c.Authenticate(mechanism("tanstaaf")), c.Quit())
		})
	}
}
