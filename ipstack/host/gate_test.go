package host_test

import (
	"errors"
	"io"
	"net/netip"
	"slices"
	"syscall"
	"testing"
	"time"

	"netxsim/ipstack/host"
	"netxsim/sim"
	"netxsim/sim/link"
)

// gated is a pair of hosts, of which b has a gate that takes what comes to port
// 7. decide gets each request a second after its SYN.
func gated(t *testing.T, config link.Config, decide func(*host.ConnRequest)) (k *sim.Kernel, a, b *host.Host) {
	k = sim.New(sim.Config{Seed: 3})
	a, b = pair(k, config)
	b.Gate(func(r *host.ConnRequest) bool {
		if r.To().Port() != 7 {
			return false
		}
		k.After(time.Second, func() { b.Go(func() { decide(r) }) })
		return true
	})
	return k, a, b
}

// TestGateAccept wants a client to be connected when the gate has decided, and
// not before, on a wire that loses frames too.
func TestGateAccept(t *testing.T) {
	for _, loss := range []float64{0, 0.2} {
		k, a, _ := gated(t, link.Config{Latency: time.Millisecond, Loss: loss}, func(r *host.ConnRequest) {
			c, err := r.Accept()
			if err != nil {
				t.Error(err)
				return
			}
			if got := c.RemoteAddr().String(); got != r.From().String() {
				t.Errorf("connected with %s, want %v", got, r.From())
			}
			io.Copy(c, c)
			c.Close()
		})
		var got []byte
		a.Go(func() {
			c, err := a.Dial("tcp", "10.0.0.2:7")
			if err != nil {
				t.Error(err)
				return
			}
			if k.Now() < time.Second {
				t.Errorf("connected at %v, before the gate had decided", k.Now())
			}
			io.WriteString(c, "hello")
			c.(interface{ CloseWrite() error }).CloseWrite()
			got, err = io.ReadAll(c)
			if err != nil {
				t.Error(err)
			}
			c.Close()
		})
		if _, err := k.Run(nil); err != nil {
			t.Fatal(err)
		}
		if string(got) != "hello" {
			t.Errorf("loss %v: got %q", loss, got)
		}
	}
}

// TestGateRefuse wants the reset when the gate has decided, and what it does not
// take to be the stack's business.
func TestGateRefuse(t *testing.T) {
	k, a, b := gated(t, link.Config{}, (*host.ConnRequest).Refuse)
	var errs []error
	var at []time.Duration
	a.Go(func() {
		for _, port := range []uint16{7, 8, 9} {
			c, err := a.Dial("tcp", netip.AddrPortFrom(b.Addr(), port).String())
			if err == nil {
				c.Close()
			}
			errs, at = append(errs, err), append(at, k.Now().Truncate(100*time.Millisecond))
		}
	})
	b.Go(func() {
		l, err := b.Listen("tcp", ":9")
		if err != nil {
			t.Error(err)
			return
		}
		if c, err := l.Accept(); err != nil {
			t.Error(err)
		} else {
			c.Close()
		}
	})
	if _, err := k.Run(nil); err != nil {
		t.Fatal(err)
	}
	if !errors.Is(errs[0], syscall.ECONNREFUSED) || !errors.Is(errs[1], syscall.ECONNREFUSED) || errs[2] != nil {
		t.Errorf("dials: %v", errs)
	}
	if want := []time.Duration{time.Second, time.Second, time.Second}; !slices.Equal(at, want) {
		t.Errorf("at %v, want %v", at, want)
	}
}

// TestGateSilence has a client that goes away without a word between its SYN and
// the decision.
func TestGateSilence(t *testing.T) {
	var got error
	var after time.Duration
	var wire *link.Wire
	k := sim.New(sim.Config{})
	wire = link.New(k, link.Config{})
	a := host.New(k, host.Config{Name: "a", Address: netip.MustParsePrefix("10.0.0.1/24"), Wire: wire, HardwareAddress: [6]byte{2, 5: 1}})
	b := host.New(k, host.Config{Name: "b", Address: netip.MustParsePrefix("10.0.0.2/24"), Wire: wire, HardwareAddress: [6]byte{2, 5: 2}})
	b.Gate(func(r *host.ConnRequest) bool {
		wire.SetLoss(1)
		b.Go(func() {
			_, got = r.Accept()
			after = k.Now()
		})
		return true
	})
	a.Go(func() { a.Dial("tcp", "10.0.0.2:7") })
	if _, err := k.Run(nil); err != nil {
		t.Fatal(err)
	}
	const want = "accept tcp 10.0.0.2:7->10.0.0.1:"
	if !errors.Is(got, syscall.ETIMEDOUT) || got.Error()[:len(want)] != want || after.Truncate(time.Second) != 75*time.Second {
		t.Errorf("%v after %v", got, after)
	}
}
