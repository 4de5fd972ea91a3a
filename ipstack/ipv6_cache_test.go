package ipstack_test

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gvisor.dev/gvisor/pkg/tcpip/header"

	"netxsim/sim/link"
)

// neighbourAdvertisement is the router's answer about an address.
func neighbourAdvertisement(target netip.Addr, flags byte) []byte {
	message := make([]byte, 24, 32)
	message[0], message[4] = byte(header.ICMPv6NeighborAdvert), flags
	copy(message[8:], target.AsSlice())
	return append(message, append([]byte{2, 1}, routerMAC[:]...)...)
}

// toFirst addresses a frame to the first instance.
func toFirst(frame []byte) []byte {
	copy(frame, []byte{0, 0x11, 0x22, 0x33, 0x44, 0x61})
	return frame
}

// TestNeighbourIsProbed has a neighbour fall silent: what it was last sent is
// followed by three questions to it alone, then three to everybody.
func TestNeighbourIsProbed(t *testing.T) {
	const solicited, override = 0x40, 0x20
	n := datagramNetwork(t, link.Config{}, 8)
	router, _ := n.withIPv6(t)
	own, err := n.a.SetIPv6Address(0, netip.Addr{}, 10)
	if err != nil {
		t.Fatal(err)
	}
	watching := false
	heard := n.hears(func(f []byte) string {
		if !watching || f[12] != 0x86 || [6]byte(f[6:12]) == routerMAC {
			return ""
		}
		what := "datagram"
		if header.IPv6(f[14:]).NextHeader() == uint8(header.ICMPv6ProtocolNumber) {
			what = "question"
		}
		to := "router"
		if f[0] == 0x33 {
			to = "everybody"
		}
		return fmt.Sprintf("%d %s to %s", n.kernel.Ticks(), what, to)
	})
	n.thread(t, "app", func() error {
		_ = n.kernel.Sleep(1950) // all routers have been asked for
		local, _, _, err := n.a.IPv6Address(own)
		if err != nil {
			return err
		}
		tx, err := udpSocket(n.a, 1000, 5)
		if err != nil {
			return err
		}
		watching = true
		if err := sendTo(tx, routerAddress, 1, []byte("asks")); err != nil {
			return err
		}
		_ = n.kernel.Sleep(10)
		router.Send(toFirst(icmp6(routerAddress, local, neighbourAdvertisement(routerAddress, solicited|override))))
		_ = n.kernel.Sleep(2000) // still reachable
		if err := sendTo(tx, routerAddress, 1, []byte("known")); err != nil {
			return err
		}
		_ = n.kernel.Sleep(1500) // stale
		if err := sendTo(tx, routerAddress, 1, []byte("stale")); err != nil {
			return err
		}
		_ = n.kernel.Sleep(1500) // forgotten
		if err := sendTo(tx, routerAddress, 1, []byte("asks again")); err != nil {
			return err
		}
		_ = n.kernel.Sleep(1000)
		return tx.Unbind()
	})
	n.run(t)
	wanted := []string{
		"1950 question to everybody", "1960 datagram to router",
		"3960 datagram to router", "5460 datagram to router",
		"5910 question to router", "6020 question to router", "6130 question to router",
		"6960 question to everybody", "7070 question to everybody", "7180 question to everybody",
	}
	if diff := cmp.Diff(wanted, *heard); diff != "" {
		t.Errorf("heard (-want +got):\n%s", diff)
	}
	allFree(t, n.a)
}
