package host_test

import (
	"bytes"
	"errors"
	"io"
	"net/netip"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"

	"netxsim/ipstack/host"
	"netxsim/sim"
	"netxsim/sim/link"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// pair is two hosts on one wire.
func pair(k *sim.Kernel, config link.Config) (a, b *host.Host) {
	wire := link.New(k, config)
	a = host.New(k, host.Config{Name: "a", Address: netip.MustParsePrefix("10.0.0.1/24"), Wire: wire, HardwareAddress: [6]byte{2, 0, 0, 0, 0, 1}})
	b = host.New(k, host.Config{Name: "b", Address: netip.MustParsePrefix("10.0.0.2/24"), Wire: wire, HardwareAddress: [6]byte{2, 0, 0, 0, 0, 2}})
	return a, b
}

func TestEcho(t *testing.T) {
	for _, loss := range []float64{0, 0.05} {
		k := sim.New(sim.Config{Seed: 1})
		a, b := pair(k, link.Config{Latency: time.Millisecond, Loss: loss})
		sent := bytes.Repeat([]byte("0123456789abcdef"), 20_000)
		var got []byte
		b.Go(func() {
			l, err := b.Listen("tcp", ":7")
			if err != nil {
				t.Error(err)
				return
			}
			c, err := l.Accept()
			if err != nil {
				t.Error(err)
				return
			}
			io.Copy(c, c)
			c.Close()
			l.Close()
		})
		a.Go(func() {
			c, err := a.Dial("tcp", "b:7")
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			a.Go(func() { c.Write(sent) })
			got = make([]byte, len(sent))
			if _, err := io.ReadFull(c, got); err != nil {
				t.Error(err)
			}
		})
		report, err := k.Run(func() {})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("loss %v: %v", loss, report.Now)
		if !bytes.Equal(sent, got) {
			t.Errorf("loss %v: the echo differs", loss)
		}
	}
}

func TestDeadline(t *testing.T) {
	k := sim.New(sim.Config{})
	a, b := pair(k, link.Config{})
	b.Go(func() {
		l, _ := b.Listen("tcp", ":7")
		c, _ := l.Accept()
		k.WaitDeadline("silence", time.Minute, nil)
		c.Close()
	})
	var err error
	var at time.Duration
	a.Go(func() {
		var c io.ReadCloser
		conn, dialErr := a.Dial("tcp", "b:7")
		if dialErr != nil {
			t.Error(dialErr)
			return
		}
		c = conn
		conn.SetReadDeadline(a.Now().Add(10 * time.Second))
		_, err = c.Read(make([]byte, 1))
		at = k.Now()
	})
	if _, err := k.Run(func() {}); err != nil {
		t.Fatal(err)
	}
	if !errors.Is(err, os.ErrDeadlineExceeded) || at < 10*time.Second || at > 10*time.Second+time.Millisecond {
		t.Errorf("read: %v at %v", err, at)
	}
}

func TestRefused(t *testing.T) {
	k := sim.New(sim.Config{})
	a, _ := pair(k, link.Config{})
	var err error
	a.Go(func() { _, err = a.Dial("tcp", "b:7") })
	if _, err := k.Run(func() {}); err != nil {
		t.Fatal(err)
	}
	const want = "dial tcp 10.0.0.2:7: connect: connection refused"
	if err == nil || err.Error() != want {
		t.Errorf("dial: %v, want %s", err, want)
	}
}
