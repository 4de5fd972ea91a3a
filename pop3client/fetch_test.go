package pop3client_test

import (
	"bytes"
	"fmt"
	"io"
	"testing"
	"time"

	"netxsim/pop3client"
	"netxsim/sim/link"
	"netxsim/sim/mailbox"
)

// fetchAll reads all messages of n's server and compares them with box.
func fetchAll(n *network, box *mailbox.Mailbox, config pop3client.Config) error {
	want, err := contents(box)
	if err != nil {
		return err
	}
	config.IP, config.Server = n.target, n.host.Addr()
	config.User, config.Password, config.Fixes = "mrose", "tanstaaf", pop3client.AllFixes
	return n.run(func() error {
		client, err := pop3client.Create(config)
		if err != nil {
			return err
		}
		defer client.Delete()
		for i, text := range want {
			size, err := client.MailItem(uint32(i + 1))
			if err != nil {
				return err
			}
			got, err := io.ReadAll(client.MessageReader())
			if err != nil || !bytes.Equal(got, text) || size != uint32(len(text)) {
				return fmt.Errorf("message %d: %d bytes, size %d, want %d: %w", i+1, len(got), size, len(text), err)
			}
			if err := client.MailItemDelete(uint32(i + 1)); err != nil {
				return err
			}
		}
		if err := client.Quit(); err != nil {
			return err
		}
		if hit := client.Quirks(); len(hit) > 1 {
			return fmt.Errorf("quirks: %v", hit)
		}
		return nil
	})
}

// contents returns the messages of box.
func contents(box *mailbox.Mailbox) ([][]byte, error) {
	var all [][]byte
	for _, message := range box.Messages() {
		text, err := message.Bytes()
		if err != nil {
			return nil, err
		}
		all = append(all, text)
	}
	return all, nil
}

// TestFetch fetches messages of all sizes over clean and lossy wires with a
// pool of eight packets.
func TestFetch(t *testing.T) {
	for _, loss := range []float64{0, 0.05, 0.1} {
		for seed := range uint64(4) {
			t.Run(fmt.Sprintf("loss %v seed %d", loss, seed), func(t *testing.T) {
				box := mailbox.Generate(seed, 30, 0, 1, 100, 1459, 1460, 5000, 40000)
				wire := link.Config{Latency: time.Millisecond, Bandwidth: 10_000_000, Loss: loss}
				n, err := newNetwork(seed, wire, 8, box)
				if err != nil {
					t.Fatal(err)
				}
				if err := fetchAll(n, box, pop3client.Config{APOP: seed%2 == 1}); err != nil {
					t.Error(err)
				}
				if free := n.pool.Available(); free != n.pool.Total() || n.pool.Check() != nil {
					t.Errorf("%d of %d packets free: %v", free, n.pool.Total(), n.pool.Holders())
				}
			})
		}
	}
}
