package ipstack_test

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gvisor.dev/gvisor/pkg/tcpip/header"

	"netxsim/ipstack"
	"netxsim/sim"
	"netxsim/sim/link"
)

// sent returns the number of pieces in which a datagram of so many bytes leaves for an address.
func (n *network) sent(s *ipstack.UDPSocket, tap *tap6, to netip.Addr, size int) (pieces int, err error) {
	tap.take()
	if err := sendTo(s, to, 9, pattern(size)); err != nil {
		return 0, err
	}
	_ = n.kernel.Sleep(10)
	return len(tap.take()), nil
}

// throughRouter gives the first instance a router, with the tap's hardware address, by way of which it reaches far, and
// returns a socket to send from.
func (n *network) throughRouter() (*ipstack.UDPSocket, error) {
	_ = n.kernel.Sleep(500)
	if _, err := n.a.SetIPv6Address(0, netip.Addr{}, 10); err != nil {
		return nil, err
	}
	_ = n.kernel.Sleep(500)
	if err := n.a.AddIPv6Router(routerAddress, 5000, 0); err != nil {
		return nil, err
	}
	return udpSocket(n.a, 1000, 5)
}

// TestDestinationsFull sends to more addresses than the table of destinations holds: nothing is sent to the others until
// neighbours are forgotten.
func TestDestinationsFull(t *testing.T) {
	for _, test := range []struct{ destinations, want int }{{0, 8}, {2, 2}, {9, 9}} {
		t.Run(fmt.Sprint(test.destinations), func(t *testing.T) {
			n := newUDPNetwork(t, ipstack.Target{IPv6Destinations: test.destinations})
			tap := n.withTap6(t)
			n.thread(t, "app", func() error {
				_ = n.kernel.Sleep(500)
				s, err := udpSocket(n.a, 1000, 5)
				if err != nil {
					return err
				}
				for round := range 2 {
					got := 0
					for k := range 10 {
						pieces, err := n.sent(s, tap, netip.MustParseAddr(fmt.Sprintf("2001:db8::%x", 0x100+10*round+k)), 10)
						if err != nil {
							return err
						}
						got += pieces
					}
					if got != test.want {
						t.Errorf("%d of 10 got something, want %d", got, test.want)
					}
					n.a.InvalidateNeighbours()
				}
				return s.Unbind()
			})
			n.run(t)
			allFree(t, n.a)
		})
	}
}

// newUDPNetwork is a wire with one instance of a build that has UDP.
func newUDPNetwork(t testing.TB, target ipstack.Target) *network {
	t.Helper()
	n := &network{kernel: sim.New(sim.Config{Seed: 1, Horizon: time.Hour})}
	n.wire = link.New(n.kernel, link.Config{})
	n.a = n.newTargetIP(t, target, "A", "192.2.2.61/24", 0x61, 24)
	if err := n.a.EnableUDP(); err != nil {
		t.Fatal(err)
	}
	return n
}

// tooBig is a router's message that a packet to an address was too long.
func tooBig(mtu uint32, to netip.Addr) []byte {
	message := binary.BigEndian.AppendUint32([]byte{byte(header.ICMPv6PacketTooBig), 0, 0, 0}, mtu)
	return icmp6(tapAddress, ownAddress, append(message, frame6(ownAddress, to, 17, 64, make([]byte, 20))[14:]...))
}

// mtuOption is the option with an MTU of a router advertisement.
func mtuOption(mtu uint32) []byte { return binary.BigEndian.AppendUint32([]byte{5, 1, 0, 0}, mtu) }

// TestPathMTU has routers tell of links that are narrower than the interface. In the default build they tell in vain.
func TestPathMTU(t *testing.T) {
	far := netip.MustParseAddr("2001:db9::1")
	for _, test := range []struct {
		name   string
		target ipstack.Target
		frame  []byte
		pieces []int // of a datagram of 1452 bytes, to the far address and to a neighbour
		later  int   // ten minutes after
	}{
		{"default build, too big", ipstack.Target{}, tooBig(1280, far), []int{1, 1}, 1},
		{"default build, advertised", ipstack.Target{}, icmp6(routerAddress, allNodes, advertisement(5000, 64, mtuOption(1300))), []int{1, 1}, 1},
		{"too big", ipstack.Target{IPv6PathMTU: true}, tooBig(1280, far), []int{2, 1}, 1},
		{"too big below the minimum", ipstack.Target{IPv6PathMTU: true}, tooBig(100, far), []int{2, 1}, 1},
		{"too big above the interface", ipstack.Target{IPv6PathMTU: true}, tooBig(9000, far), []int{1, 1}, 1},
		{"advertised", ipstack.Target{IPv6PathMTU: true}, icmp6(routerAddress, allNodes, advertisement(5000, 64, mtuOption(1300))), []int{2, 1}, 2},
		{"advertised above the interface", ipstack.Target{IPv6PathMTU: true}, icmp6(routerAddress, allNodes, advertisement(5000, 64, mtuOption(9000))), []int{1, 1}, 1},
		{"not advertised", ipstack.Target{IPv6PathMTU: true}, icmp6(routerAddress, allNodes, advertisement(5000, 64)), []int{1, 1}, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			n := newUDPNetwork(t, test.target)
			tap := n.withTap6(t)
			n.thread(t, "app", func() error {
				s, err := n.throughRouter()
				if err != nil {
					return err
				}
				if pieces, err := n.sent(s, tap, far, 1452); err != nil || pieces != 1 {
					return fmt.Errorf("%d pieces to begin with: %w", pieces, err)
				}
				tap.port.Send(test.frame)
				_ = n.kernel.Sleep(10)
				var got []int
				for _, to := range []netip.Addr{far, tapAddress} {
					pieces, err := n.sent(s, tap, to, 1452)
					if err != nil {
						return err
					}
					got = append(got, pieces)
				}
				if diff := cmp.Diff(test.pieces, got); diff != "" {
					t.Errorf("pieces (-want +got):\n%s", diff)
				}
				_ = n.kernel.Sleep(61_000)
				if pieces, err := n.sent(s, tap, far, 1452); err != nil || pieces != test.later {
					return fmt.Errorf("%d pieces after ten minutes: %w", pieces, err)
				}
				return s.Unbind()
			})
			n.run(t)
			allFree(t, n.a)
		})
	}
}

// redirect is a router's message that an address is better reached by way of another.
func redirect(from, target, to netip.Addr, options ...byte) []byte {
	message := append([]byte{byte(header.ICMPv6RedirectMsg), 7: 0}, target.AsSlice()...)
	return icmp6(from, ownAddress, append(append(message, to.AsSlice()...), options...))
}

// TestRedirect has the router of a destination hand over to another neighbour.
func TestRedirect(t *testing.T) {
	far := netip.MustParseAddr("2001:db9::1")
	other, stranger := netip.MustParseAddr("fe80::2"), netip.MustParseAddr("fe80::3")
	hardware := []byte{2, 1, 2, 0, 0, 0, 0, 9}
	cut := []byte{2, 0, 2, 0, 0, 0, 0, 9}
	for _, test := range []struct {
		name  string
		frame []byte
		to    [6]byte // where packets go afterwards
	}{
		{"to another router", redirect(routerAddress, other, far, hardware...), [6]byte{2, 0, 0, 0, 0, 9}},
		{"to the destination", redirect(routerAddress, far, far, hardware...), [6]byte{2, 0, 0, 0, 0, 9}},
		{"without a hardware address", redirect(routerAddress, other, far), routerMAC}, // the tap answers for everybody
		{"from somebody else", redirect(stranger, other, far, hardware...), routerMAC},
		{"not from a neighbour", redirect(tapAddress, other, far, hardware...), routerMAC},
		{"to no neighbour", redirect(routerAddress, tapAddress, far, hardware...), routerMAC},
		{"of a group", redirect(routerAddress, other, allNodes, hardware...), routerMAC},
		{"with a bad option", redirect(routerAddress, other, far, cut...), routerMAC},
	} {
		t.Run(test.name, func(t *testing.T) {
			n := datagramNetwork(t, link.Config{}, 12)
			tap := n.withTap6(t)
			var to [6]byte
			n.wire.Observe(func(e link.FrameEvent) {
				if e.Kind == link.Sent && e.Frame[12] == 0x86 && header.IPv6(e.Frame[14:]).NextHeader() == 17 {
					to = [6]byte(e.Frame[:6])
				}
			})
			n.thread(t, "app", func() error {
				s, err := n.throughRouter()
				if err != nil {
					return err
				}
				for range 2 {
					if _, err := n.sent(s, tap, far, 10); err != nil {
						return err
					}
					tap.port.Send(test.frame)
					_ = n.kernel.Sleep(10)
				}
				if to != test.to {
					t.Errorf("sent to % x, want % x", to, test.to)
				}
				return s.Unbind()
			})
			n.run(t)
			allFree(t, n.a)
		})
	}
}
