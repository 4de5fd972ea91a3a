package dovecot

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"slices"
	"testing"

	"netxsim/pop3client"
	"netxsim/sim/mailbox"
)

// bodies are body sizes around everything that is a border for somebody: empty,
// a byte, a packet, a segment, a buffer of the uplink.
var bodies = []int{1, 2, 10, 100, 512, 1000, 1400, 1458, 1459, 1460, 1461, 1462, 3000, 8192, 32_768, 60_000, 200_000}

// fiveHundred is a mailbox of 500 messages from 1 byte (and a line end) to 2 MB.
// None begins with a dot: Dovecot does not double one at the very beginning,
// where no header of a mail has one.
func fiveHundred() *mailbox.Mailbox {
	box := mailbox.Generate(89, 489, bodies...)
	box.Add(mailbox.Generate(90, 5, 2_000_000).Messages()...)
	for _, text := range []string{"x", "x.", "\n..", "a\nb", "\n.\n", "\n"} {
		box.Add(mailbox.NewMessage("tiny", []byte(text)))
	}
	return box
}

// fetchAll fetches every message and compares it with want.
func fetchAll(c *pop3client.Client, want []*mailbox.Message, each func(item uint32) error) error {
	items, octets, err := c.MailItems()
	if err != nil {
		return err
	}
	var total int64
	for _, m := range want {
		total += m.Size()
	}
	if int(items) != len(want) || int64(octets) != total {
		return fmt.Errorf("the server has %d messages of %d bytes, want %d of %d", items, octets, len(want), total)
	}
	var text bytes.Buffer
	for item := uint32(1); item <= items; item++ {
		if _, err := c.MailItem(item); err != nil {
			return err
		}
		text.Reset()
		if _, err := io.Copy(&text, c.MessageReader()); err != nil {
			return fmt.Errorf("message %d: %w", item, err)
		}
		if err := same(text.Bytes(), want[item-1]); err != nil {
			return fmt.Errorf("message %d: %w", item, err)
		}
		if err := each(item); err != nil {
			return err
		}
	}
	return nil
}

func same(got []byte, want *mailbox.Message) error {
	text, err := want.Bytes()
	if err != nil || bytes.Equal(got, text) {
		return err
	}
	return fmt.Errorf("%d bytes with hash %x, want %d with %x", len(got), sha256.Sum256(got), len(text), sha256.Sum256(text))
}

// nothing is done behind a message.
func nothing(uint32) error { return nil }

// checkLeft compares what the mailbox has on disk with want.
func checkLeft(t *testing.T, s *Server, want []*mailbox.Message) {
	t.Helper()
	left, err := s.Left(name)
	if err != nil {
		t.Fatal(err)
	}
	sums := func(list []*mailbox.Message) (sums []string) {
		for _, m := range list {
			text, err := m.Bytes()
			if err != nil {
				t.Fatal(err)
			}
			sums = append(sums, fmt.Sprintf("%x", sha256.Sum256(text)))
		}
		slices.Sort(sums)
		return sums
	}
	if got, want := sums(left), sums(want); !slices.Equal(got, want) {
		t.Errorf("%d messages are left on disk, or others than the %d that should", len(got), len(want))
	}
}

// checkPool wants every packet back.
func (n *network) checkPool() {
	n.t.Helper()
	if n.pool.Available() != n.pool.Total() {
		n.t.Errorf("%d of %d packets are free after the session", n.pool.Available(), n.pool.Total())
	}
}

// TestFetch fetches 500 messages and has every second one deleted. In short mode
// it is 100, and none of 2 MB.
func TestFetch(t *testing.T) {
	box := fiveHundred()
	if testing.Short() {
		box = mailbox.New(box.Messages()[:100]...)
	}
	s := start(t, box)
	n := newNetwork(t, s, 32)
	n.session(n.config(), func(c *pop3client.Client) error {
		began := n.kernel.Now()
		err := fetchAll(c, box.Messages(), func(item uint32) error {
			if item%2 == 1 {
				return c.MailItemDelete(item)
			}
			return nil
		})
		if err != nil {
			return err
		}
		t.Logf("%.1f MB in %v", float64(box.Size())/1e6, n.kernel.Now()-began)
		checkLeft(t, s, box.Messages()) // nothing is deleted before QUIT
		return c.Quit()
	})
	n.checkPool()
	var left []*mailbox.Message
	for i, m := range box.Messages() {
		if i%2 == 1 {
			left = append(left, m)
		}
	}
	checkLeft(t, s, left)
}

// TestLogins fetches a small mailbox by every way to log in.
func TestLogins(t *testing.T) {
	box := mailbox.Generate(7, 20)
	s := start(t, box)
	for _, tc := range []struct {
		name string
		set  func(n *network, c *pop3client.Config)
	}{
		{"user", func(*network, *pop3client.Config) {}},
		{"apop", func(_ *network, c *pop3client.Config) { c.APOP = true }},
		{"stls", func(n *network, c *pop3client.Config) { c.TLS = n.tls() }},
		{"stls and apop", func(n *network, c *pop3client.Config) { c.TLS, c.APOP = n.tls(), true }},
		{"tls", func(n *network, c *pop3client.Config) { c.TLS, c.ImplicitTLS = n.tls(), true }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			n := newNetwork(t, s, 16)
			config := n.config()
			tc.set(n, &config)
			n.session(config, func(c *pop3client.Client) error {
				if err := fetchAll(c, box.Messages(), nothing); err != nil {
					return err
				}
				return c.Quit()
			})
			n.checkPool()
		})
	}
	checkLeft(t, s, box.Messages())
}
