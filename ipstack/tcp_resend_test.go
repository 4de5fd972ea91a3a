package ipstack_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"netxsim/ipstack"
	"netxsim/netx/status"
	"netxsim/sim"
	"netxsim/sim/link"
)

// talk connects two sockets, prepared by the caller, and sends data both ways.
func talk(t *testing.T, n *network, prepare func(*ipstack.TCPSocket)) {
	t.Helper()
	n.thread(t, "server", func() error {
		s, err := n.b.NewTCPSocket(ipstack.TCPSocketConfig{Name: "server", Window: 8192})
		if err != nil {
			return err
		}
		prepare(s)
		if err := n.b.Listen(80, s, 5, nil); err != nil {
			return err
		}
		if err := s.Accept(sim.WaitForever); err != nil {
			return fmt.Errorf("accept: %w", err)
		}
		data, _, err := receiveAll(s, 1000)
		if err != nil {
			return err
		}
		return send(s, n.b.DefaultPool(), data, 500)
	})
	n.thread(t, "client", func() error {
		s, err := n.a.NewTCPSocket(ipstack.TCPSocketConfig{Name: "client", Window: 8192})
		if err != nil {
			return err
		}
		prepare(s)
		if err := s.Bind(0, 0); err != nil {
			return err
		}
		if err := s.Connect(n.b.Address().Addr(), 80, sim.WaitForever); err != nil {
			return fmt.Errorf("connect: %w", err)
		}
		want := pattern(1000)
		if err := send(s, n.a.DefaultPool(), want, 500); err != nil {
			return err
		}
		n.kernel.Sleep(10000) // longer than receiveAll is patient
		got, _, err := receiveAll(s, len(want))
		if err == nil && !cmp.Equal(want, got) {
			err = errors.New("other data came back")
		}
		return err
	})
}

// TestPatientHandshake has each side wait longer for the other's answer than
// netstack would.
func TestPatientHandshake(t *testing.T) {
	for _, silent := range []string{"A", "B"} {
		t.Run("silent "+silent, func(t *testing.T) {
			n := newNetwork(t, 1, link.Config{}, 20)
			n.wire.AddRule(func(d link.Delivery) link.Verdict {
				tcp := len(d.Frame) > 23 && d.Frame[23] == 6
				// The client's first SYN passes; then A's ACK or B's SYN-ACK is lost.
				if tcp && d.From.Name() == silent && n.kernel.Now() > 0 && n.kernel.Now() < 180*time.Second &&
					(silent == "B" || d.Frame[47]&0x02 == 0) {
					return link.Drop
				}
				return link.Pass
			})
			talk(t, n, func(s *ipstack.TCPSocket) { s.ConfigureTransmit(20, 2000, 100, 0) })
			report := n.run(t)
			if report.Now < 180*time.Second {
				t.Errorf("ended after %v", report.Now)
			}
		})
	}
}

// TestResendTimes compares when a lost packet is sent again, and when the
// sender gives up, with the configured times.
func TestResendTimes(t *testing.T) {
	n := newNetwork(t, 1, link.Config{}, 20)
	var sent []time.Duration // seconds, rounded to a tenth: the clock of time-outs
	var connected time.Duration
	n.wire.Observe(func(e link.FrameEvent) {
		if e.Kind == link.Sent && e.From.Name() == "A" && connected > 0 && len(e.Frame) > 100 {
			sent = append(sent, (e.Time - connected).Round(100*time.Millisecond))
		}
	})
	loss := false
	n.wire.AddRule(func(d link.Delivery) link.Verdict {
		if loss {
			return link.Drop
		}
		return link.Pass
	})
	n.thread(t, "server", func() error {
		s, err := n.b.NewTCPSocket(ipstack.TCPSocketConfig{Name: "server", Window: 8192})
		if err != nil {
			return err
		}
		if err := n.b.Listen(80, s, 5, nil); err != nil {
			return err
		}
		return s.Accept(sim.WaitForever)
	})
	n.thread(t, "client", func() error {
		ended := false
		s, err := n.a.NewTCPSocket(ipstack.TCPSocketConfig{Name: "client", Window: 8192,
			Disconnected: func(*ipstack.TCPSocket) { ended = true }})
		if err != nil {
			return err
		}
		s.ConfigureTransmit(20, 100, 3, 1)
		if err := s.Bind(0, 0); err != nil {
			return err
		}
		if err := s.Connect(n.b.Address().Addr(), 80, 100); err != nil {
			return err
		}
		connected, loss = n.kernel.Now(), true
		if err := send(s, n.a.DefaultPool(), pattern(200), 200); err != nil {
			return err
		}
		if _, err := s.Receive(sim.WaitForever); !errors.Is(err, status.NotConnected) {
			return fmt.Errorf("receive: %v", err)
		}
		if !ended || s.State() != ipstack.TCPClosed || s.TransmitQueueLen() != 0 {
			t.Errorf("after the last retry: callback %v, state %v, %d packets", ended, s.State(), s.TransmitQueueLen())
		}
		if took := (n.kernel.Now() - connected).Round(100 * time.Millisecond); took != 15*time.Second {
			t.Errorf("gave up after %v", took)
		}
		return nil
	})
	n.run(t)
	want := []time.Duration{0, time.Second, 3 * time.Second, 7 * time.Second}
	if diff := cmp.Diff(want, sent); diff != "" {
		t.Errorf("times of sending (-want +got):\n%s", diff)
	}
}

// TestFastRetransmission loses one segment of several: the acknowledgements of
// the others bring it back without a time-out.
func TestFastRetransmission(t *testing.T) {
	n := newNetwork(t, 1, link.Config{}, 40)
	large := 0
	n.wire.AddRule(func(d link.Delivery) link.Verdict {
		if len(d.Frame) > 400 {
			if large++; large == 1 {
				return link.Drop
			}
		}
		return link.Pass
	})
	talkOneWay(t, n, 3000)
	if report := n.run(t); report.Now > 500*time.Millisecond {
		t.Errorf("took %v", report.Now)
	}
}

// talkOneWay sends n bytes in packets of 500 and ends when all have arrived.
func talkOneWay(t *testing.T, n *network, size int) {
	t.Helper()
	n.thread(t, "server", func() error {
		s, err := n.accept(8192)
		if err != nil {
			return err
		}
		_, sizes, err := receiveAll(s, size)
		for _, got := range sizes {
			if got != 500 {
				t.Errorf("packets of %d bytes", sizes)
				break
			}
		}
		return err
	})
	n.thread(t, "client", func() error {
		s, err := n.connect(8192)
		if err != nil {
			return err
		}
		return send(s, n.a.DefaultPool(), pattern(size), 500)
	})
}
