package ipstack_test

import (
	"errors"
	"net/netip"
	"testing"

	"netxsim/netx/status"
	"netxsim/sim/link"
)

// TestMaxPayload wants the header room and the largest payload of TCP and UDP over both protocols. For IPv6 the number is an
// address's, not an interface's.
func TestMaxPayload(t *testing.T) {
	n := newNetwork(t, 1, link.Config{}, 20)
	other := n.bothIPv6(t)
	n.run(t)
	four := n.b.Address().Addr()
	for _, test := range []struct {
		to          netip.Addr
		index       uint32
		tcp         bool
		room, bytes uint32
		err         error
	}{
		{four, 0, true, 56, 1460, nil},
		{four, 0, false, 44, 1472, nil},
		{four, 1, true, 0, 0, status.InvalidInterface},
		{other, 0, true, 76, 1440, nil},
		{other, 0, false, 64, 1452, nil},
		{other, 1, true, 0, 0, status.IpAddressError}, // no such address
		{other, 4, true, 0, 0, status.IpAddressError}, // none can be there
	} {
		room, bytes, err := n.a.MaxPayload(test.to, test.index, test.tcp)
		if room != test.room || bytes != test.bytes || !errors.Is(err, test.err) {
			t.Errorf("to %v by %d, TCP %v: %d, %d, %v", test.to, test.index, test.tcp, room, bytes, err)
		}
	}
}
