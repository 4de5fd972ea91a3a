package host_test

import (
	"context"
	"net/netip"
	"os"
	"testing"
	"time"

	"netxsim/ipstack/host"
	"netxsim/sim/link"
	"netxsim/sim/link/fault"
)

// TestDialNextAddress dials names of which the first address, or every one, does not answer: each gets its share of the time.
func TestDialNextAddress(t *testing.T) {
	devices(t, link.Config{Latency: time.Millisecond}, 32, func(t *testing.T, n *network, c, d *host.Device) {
		gone, never := netip.MustParseAddr("10.0.0.98"), netip.MustParseAddr("10.0.0.99")
		names := host.NamesOf(n.kernel)
		names.Add("first-gone", gone, n.a.Addr())
		names.Add("all-gone", gone, never)
		n.kernel.Do(func() { // which answer ARP: it would find out before TCP's time is up
			n.host("", 98)
			n.host("", 99)
			for _, addr := range []netip.Addr{gone, never} {
				fault.Attach(n.wire, fault.Fault{If: fault.Match{Protocol: fault.TCP, Destination: netip.PrefixFrom(addr, 32)}, Do: fault.Drop{}})
			}
		})
		defer serve(t, n.a, ":7", echo)()
		for _, m := range []machine{n.b, c} {
			begin := time.Now()
			_, err := m.DialTimeout("tcp", "all-gone:7", 3*time.Second)
			wantError(t, err, "dial", context.DeadlineExceeded)
			wantError(t, err, "dial", os.ErrDeadlineExceeded) // of package net's two, which come by chance, both
			took(t, "DialTimeout", begin, 3*time.Second)
			conn, err := m.DialTimeout("tcp", "first-gone:7", 3*time.Second)
			if err != nil {
				t.Fatal(err)
			}
			conn.Close()
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			begin = time.Now()
			conn, err = m.DialContext(ctx, "tcp", "first-gone:7")
			if err != nil {
				t.Fatal(err)
			}
			conn.Close()
			if d := time.Since(begin).Truncate(100 * time.Millisecond); d != 5*time.Second {
				t.Errorf("the second address after %v, want half of the time", d)
			}
			cancel()
		}
	})
}
