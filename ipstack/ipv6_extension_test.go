package ipstack_test

import (
	"bytes"
	"fmt"
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"

	"netxsim/netx/status"
	"netxsim/sim/link"
)

// Extension headers of eight bytes; the first byte, what comes next, is set by chain.
var (
	padded      = []byte{0, 0, 1, 4, 0, 0, 0, 0}
	padded1     = []byte{0, 0, 0, 0, 0, 0, 0, 0}
	skipped     = []byte{0, 0, 0x3e, 4, 0, 0, 0, 0} // an option that may be skipped
	discarded   = []byte{0, 0, 0x7e, 4, 0, 0, 0, 0}
	reported    = []byte{0, 0, 0xbe, 4, 0, 0, 0, 0}
	reportedOne = []byte{0, 0, 0xfe, 4, 0, 0, 0, 0} // unless it is for many
	tooLong     = []byte{0, 9, 0xbe, 4, 0, 0, 0, 0}
	routed      = []byte{0, 0, 0, 1, 0, 0, 0, 0}
	arrived     = []byte{0, 0, 0, 0, 0, 0, 0, 0}
	atomic      = []byte{0, 0, 0, 0, 0, 0, 0, 1}
)

// extension is an extension header and its number.
type extension struct {
	number byte
	text   []byte
}

// chain joins extension headers and a payload, and returns the number of the first.
func chain(protocol byte, payload []byte, headers ...extension) (first byte, text []byte) {
	first = protocol
	for _, h := range slices.Backward(headers) {
		own := slices.Clone(h.text)
		own[0] = first
		first, payload = h.number, append(own, payload...)
	}
	return first, payload
}

// TestExtensionHeaders sends a datagram behind extension headers. What arrives is delivered; what does not may be
// reported with type, code and the offset of what is wrong.
func TestExtensionHeaders(t *testing.T) {
	const hop, dest, route, frag, auth, esp, none = 0, 60, 43, 44, 51, 50, 59
	for _, test := range []struct {
		name    string
		headers []extension
		to      netip.Addr
		arrives bool
		dropped bool // and counted
		errors  [][3]uint32
	}{
		{name: "none", arrives: true},
		{name: "hop by hop", headers: []extension{{hop, padded}}, arrives: true},
		{name: "padding byte by byte", headers: []extension{{hop, padded1}}, arrives: true},
		{name: "destination options", headers: []extension{{dest, padded}}, arrives: true},
		{name: "all in order", headers: []extension{{hop, padded}, {dest, padded}, {route, arrived}, {frag, atomic}, {dest, padded}}, arrives: true},
		{name: "an option that may be skipped", headers: []extension{{hop, skipped}}, arrives: true},
		{name: "an option that may not", headers: []extension{{hop, discarded}}, dropped: true},
		{name: "an option to be reported", headers: []extension{{hop, reported}}, dropped: true, errors: [][3]uint32{{4, 2, 42}}},
		{name: "in the second header", headers: []extension{{hop, padded}, {dest, reportedOne}}, dropped: true, errors: [][3]uint32{{4, 2, 50}}},
		{name: "for many", headers: []extension{{hop, reported}}, to: allNodes, dropped: true, errors: nil},
		{name: "a header longer than the packet", headers: []extension{{hop, tooLong}}, dropped: true, errors: [][3]uint32{{4, 2, 42}}},
		{name: "hop by hop twice", headers: []extension{{hop, padded}, {hop, padded}}, dropped: true, errors: [][3]uint32{{4, 1, 40}}},
		{name: "hop by hop late", headers: []extension{{dest, padded}, {hop, padded}}, dropped: true, errors: [][3]uint32{{4, 1, 40}}},
		{name: "three of destination options", headers: []extension{{dest, padded}, {dest, padded}, {dest, padded}}, dropped: true,
			errors: [][3]uint32{{4, 1, 48}}},
		{name: "by way of others", headers: []extension{{route, routed}}, dropped: true, errors: [][3]uint32{{4, 0, 42}}},
		{name: "two routing headers", headers: []extension{{route, arrived}, {route, arrived}}, dropped: true, errors: [][3]uint32{{4, 1, 40}}},
		{name: "two fragment headers", headers: []extension{{frag, atomic}, {frag, atomic}}, dropped: true, errors: [][3]uint32{{4, 1, 40}}},
		{name: "an unknown protocol", headers: []extension{{hop, padded}, {99, padded}}, dropped: true, errors: [][3]uint32{{4, 1, 40}}},
		{name: "authentication", headers: []extension{{auth, padded}}, dropped: true},
		{name: "encryption", headers: []extension{{esp, padded}}},
		{name: "nothing follows", headers: []extension{{none, padded}}, dropped: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			n := datagramNetwork(t, link.Config{}, 8)
			tap := n.withTap6(t)
			n.a.EnableFragmentation()
			to := test.to
			if !to.IsValid() {
				to = ownAddress
			}
			n.thread(t, "app", func() error {
				_ = n.kernel.Sleep(500)
				s, err := udpSocket(n.a, 7, 5)
				if err != nil {
					return err
				}
				before := n.a.Info()
				first, payload := chain(17, udp6(tapAddress, to, 7, []byte("data")), test.headers...)
				tap.port.Send(frame6(tapAddress, to, tcpip.TransportProtocolNumber(first), 64, payload))
				_ = n.kernel.Sleep(10)
				var want []string
				if test.arrives {
					want = []string{"data"}
				}
				if diff := cmp.Diff(want, drain(s)); diff != "" {
					t.Errorf("received (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff(test.errors, tap.errors()); diff != "" {
					t.Errorf("errors (-want +got):\n%s", diff)
				}
				if got := n.a.Info().ReceiveDropped - before.ReceiveDropped; (got == 1) != test.dropped {
					t.Errorf("%d packets counted as dropped", got)
				}
				allFree(t, n.a)
				return s.Unbind()
			})
			n.run(t)
		})
	}
}

// TestErrorsRepeatPacket looks at what an error message repeats of a packet, which is all that fits.
func TestErrorsRepeatPacket(t *testing.T) {
	for _, test := range []struct{ size, want int }{{0, 48}, {100, 148}, {1184, 1232}, {1400, 1232}} {
		n := datagramNetwork(t, link.Config{}, 8)
		tap := n.withTap6(t)
		n.thread(t, "app", func() error {
			_ = n.kernel.Sleep(500)
			frame := frame6(tapAddress, ownAddress, 17, 64, udp6(tapAddress, ownAddress, 7, pattern(test.size)))
			tap.port.Send(frame)
			_ = n.kernel.Sleep(10)
			got := tap.take()
			if len(got) != 1 {
				return fmt.Errorf("%d packets came back", len(got))
			}
			ip := header.IPv6(got[0])
			m := header.ICMPv6(ip.Payload())
			if m.Type() != header.ICMPv6DstUnreachable || m.Code() != header.ICMPv6PortUnreachable || ip.HopLimit() != 255 {
				t.Errorf("%v, code %d, hop limit %d", m.Type(), m.Code(), ip.HopLimit())
			}
			if quoted := []byte(m[8:]); len(quoted) != test.want || !bytes.Equal(quoted, frame[14:][:len(quoted)]) {
				t.Errorf("%d bytes: repeats %d, want %d", test.size, len(quoted), test.want)
			}
			return nil
		})
		n.run(t)
		allFree(t, n.a)
	}
}

// TestErrorsNotSent sends packets that deserve an error and must not get one.
func TestErrorsNotSent(t *testing.T) {
	unspecified := netip.IPv6Unspecified()
	for _, test := range []struct {
		name     string
		from, to netip.Addr
		packets  int // that are free
	}{
		{"to many", tapAddress, allNodes, 8},
		{"from nobody", unspecified, ownAddress, 8},
		{"without a packet", tapAddress, ownAddress, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			n := datagramNetwork(t, link.Config{}, 8)
			tap := n.withTap6(t)
			n.thread(t, "app", func() error {
				_ = n.kernel.Sleep(500)
				pool := n.a.DefaultPool()
				for pool.Available() > uint32(test.packets) {
					p, err := pool.Allocate(0, 0)
					if err != nil {
						return err
					}
					defer p.Release()
				}
				tap.port.Send(frame6(test.from, test.to, 17, 64, udp6(test.from, test.to, 7, nil)))
				_ = n.kernel.Sleep(10)
				if got := tap.take(); len(got) != 0 {
					t.Errorf("% x", got)
				}
				return nil
			})
			n.run(t)
			allFree(t, n.a)
		})
	}
}

// TestNotFor sends packets to addresses that are not the interface's, or not yet.
func TestNotFor(t *testing.T) {
	for _, test := range []struct {
		name  string
		to    string
		early bool
		want  []string
	}{
		{name: "own", to: "2001:db8::61", want: []string{"data"}},
		{name: "not yet in use", to: "2001:db8::61", early: true},
		{name: "another", to: "2001:db8::62"},
		{name: "all nodes", to: "ff02::1", want: []string{"data"}},
		{name: "asked for", to: "ff02::1:ff00:61", want: []string{"data"}},
		{name: "another asked for", to: "ff02::1:ff00:62"},
		{name: "a group not joined", to: "ff02::99"},
		{name: "DHCP", to: "ff02::1:2", want: []string{"data"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			n := datagramNetwork(t, link.Config{}, 8)
			tap := n.withTap6(t)
			n.thread(t, "app", func() error {
				_ = n.kernel.Sleep(500)
				if test.early {
					if err := n.a.DeleteIPv6Address(0); err != nil {
						return err
					}
					if _, err := n.a.SetIPv6Address(0, ownAddress, 64); err != nil {
						return err
					}
				}
				s, err := udpSocket(n.a, 7, 5)
				if err != nil {
					return err
				}
				to := netip.MustParseAddr(test.to)
				tap.port.Send(frame6(tapAddress, to, 17, 64, udp6(tapAddress, to, 7, []byte("data"))))
				_ = n.kernel.Sleep(10)
				if diff := cmp.Diff(test.want, drain(s)); diff != "" {
					t.Errorf("received (-want +got):\n%s", diff)
				}
				return s.Unbind()
			})
			n.run(t)
			allFree(t, n.a)
		})
	}
}

// TestPingWithoutPackets pings with more data than there are packets for.
func TestPingWithoutPackets(t *testing.T) {
	n := datagramNetwork(t, link.Config{}, 8)
	n.withTap6(t)
	n.thread(t, "app", func() error {
		_ = n.kernel.Sleep(500)
		_, err := n.a.Ping(tapAddress, make([]byte, 20_000), 10)
		if err := want("by IPv6", err, status.Overflow); err != nil {
			return err
		}
		_, err = n.a.Ping(n.b.Address().Addr(), make([]byte, 20_000), 10)
		return want("by IPv4", err, status.NoPacket)
	})
	n.run(t)
	allFree(t, n.a)
}
