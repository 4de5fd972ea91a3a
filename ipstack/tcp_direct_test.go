package ipstack_test

import (
	"errors"
	"testing"
	"time"

	"netxsim/ipstack"
	"netxsim/netx/status"
	"netxsim/sim/link"
)

// TestReceiveEndsBehindCloseSend has a thread wait for more on a connection whose own direction it has closed: the peer's FIN ends the wait.
func TestReceiveEndsBehindCloseSend(t *testing.T) {
	for _, test := range []struct {
		name    string
		crossed bool // both FINs are on their way at once
	}{{"one after the other", false}, {"crossed", true}} {
		t.Run(test.name, func(t *testing.T) {
			n := newNetwork(t, 1, link.Config{Latency: 5 * time.Millisecond}, 20)
			var took time.Duration
			n.thread(t, "server", func() error {
				s, err := n.accept(8192)
				if err != nil {
					return err
				}
				if !test.crossed {
					if _, err := s.Receive(1000); !errors.Is(err, status.NotConnected) {
						return err
					}
				}
				if err := s.Disconnect(1000); err != nil {
					return err
				}
				return errors.Join(s.Unaccept(), n.b.Unlisten(80), s.Delete())
			})
			n.thread(t, "client", func() error {
				s, err := n.connect(8192)
				if err != nil {
					return err
				}
				if err := s.CloseSend(); err != nil {
					return err
				}
				begin := n.kernel.Now()
				if _, err := s.Receive(10_000); !errors.Is(err, status.NotConnected) {
					return errors.Join(errors.New("receive"), err)
				}
				took = n.kernel.Now() - begin
				if err := s.StateWait(ipstack.TCPTimedWait, 100); err != nil {
					return err
				}
				return errors.Join(s.Unbind(), s.Delete())
			})
			n.run(t)
			if took > 100*time.Millisecond {
				t.Errorf("the peer's FIN was noticed after %v", took)
			}
		})
	}
}
