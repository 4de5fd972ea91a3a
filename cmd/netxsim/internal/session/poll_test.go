package session

import (
	"bytes"
	"testing"
	"time"

	"netxsim/pop3client"
	"netxsim/sim/mailbox"
)

// poll looks for mail every 10 s for an hour of virtual time and returns how
// often it did, and the network it was on.
func poll(t testing.TB) (polls int, n *network) {
	streams := Streams{Out: &bytes.Buffer{}, Err: &bytes.Buffer{}}
	n, err := newNetwork(streams, options(), mailbox.New(), nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = n.startClient(func() {
		for ; n.kernel.Now() < time.Hour; n.kernel.Sleep(1000) {
			client, err := pop3client.Create(pop3client.Config{
				IP: n.client, Server: serverAddress.Addr(), User: user, Password: password, Fixes: pop3client.AllFixes,
			})
			if err != nil {
				t.Errorf("poll %d: %v", polls, err)
				return
			}
			if _, _, err := client.MailItems(); err != nil {
				t.Errorf("poll %d: %v", polls, err)
			}
			client.Quit()
			client.Delete()
			polls++
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.kernel.Run(nil); err != nil {
		t.Fatal(err)
	}
	return polls, n
}

func TestHourOfPolling(t *testing.T) {
	polls, n := poll(t)
	if polls < 355 || polls > 360 {
		t.Errorf("%d polls in an hour, one every 10 s", polls)
	}
	if n.pool.Available() != n.pool.Total() {
		t.Errorf("%d of %d packets are free: %v", n.pool.Available(), n.pool.Total(), n.pool.Holders())
	}
}

// BenchmarkHourOfPolling measures the wall time of an hour of virtual time.
func BenchmarkHourOfPolling(b *testing.B) {
	for b.Loop() {
		poll(b)
	}
}
