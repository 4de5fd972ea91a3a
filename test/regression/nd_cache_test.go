package regression_test

import (
	"testing"

	"netxsim/ipstack"
	. "netxsim/netx"
	"netxsim/sim/link"
)

// twoWires6 adds host 1 with two interfaces and an IPv6 address on each, numbers 0 and 1.
func (l *netLab) twoWires6() *netHost {
	h := l.host(1)
	second := link.New(l.kernel, link.Config{Name: "second wire"})
	l.ok("attach", NxIpInterfaceAttach(h.ip, "second", netAddress(1)+0x10000, netMask, ipstack.Ethernet(second, netHardware(101))))
	l.ok("enable IPv6", NxdIpv6Enable(h.ip))
	l.ok("set address", NxdIpv6AddressSet(h.ip, 0, netAddress6(1), 64, nil))
	l.ok("set address", NxdIpv6AddressSet(h.ip, 1, netAddress6(101), 64, nil))
	return h
}

// Neighbours entered on two interfaces are found by either address, deleted one by one, and all forgotten at once.
func TestNetNDCacheEntries(t *testing.T) {
	netRun(t, ipstack.Target{Interfaces: 2}, func(l *netLab) {
		h := l.twoWires6()
		l.thread("test", func() {
			l.settle()
			for n := range ULONG(4) {
				mac := netHardware(byte(n))
				l.ok("enter", NxdNdCacheEntrySet(h.ip, &netAddress6(50+n).IpAddress.V6, UINT(n/2), mac[:]))
			}
			for n := range ULONG(4) {
				msw, lsw := netHardware(byte(n)).Words()
				netEqual(t, "neighbour", h.neighbour(netAddress6(50+n)), netNeighbour{NX_SUCCESS, msw, lsw, UINT(n / 2)})
				var address NXD_ADDRESS
				var index UINT
				l.ok("find by hardware address", NxdNdCacheIpAddressFind(h.ip, &address, msw, lsw, &index))
				netEqual(t, "address", address, *netAddress6(50 + n))
				netEqual(t, "interface", index, UINT(n/2))
			}
			l.status("delete a stranger", NxdNdCacheEntryDelete(h.ip, &netAddress6(99).IpAddress.V6), NX_ENTRY_NOT_FOUND)
			l.ok("delete", NxdNdCacheEntryDelete(h.ip, &netAddress6(50).IpAddress.V6))
			netEqual(t, "deleted", h.neighbour(netAddress6(50)), netNeighbour{Status: NX_ENTRY_NOT_FOUND})
			l.ok("forget all", NxdNdCacheInvalidate(h.ip))
			for n := range ULONG(4) {
				netEqual(t, "forgotten", h.neighbour(netAddress6(50+n)), netNeighbour{Status: NX_ENTRY_NOT_FOUND})
				var address NXD_ADDRESS
				var index UINT
				msw, lsw := netHardware(byte(n)).Words()
				l.status("find by hardware address", NxdNdCacheIpAddressFind(h.ip, &address, msw, lsw, &index), NX_ENTRY_NOT_FOUND)
			}
		})
	})
}

// Detaching an interface takes its neighbours out of the cache, and leaves the others.
func TestNetNDCacheInterfaceDetach(t *testing.T) {
	netRun(t, ipstack.Target{Interfaces: 2}, func(l *netLab) {
		h := l.twoWires6()
		l.thread("test", func() {
			l.settle()
			for n := range ULONG(4) {
				mac := netHardware(byte(n))
				l.ok("enter", NxdNdCacheEntrySet(h.ip, &netAddress6(50+n).IpAddress.V6, UINT(n/2), mac[:]))
			}
			l.ok("detach", NxIpInterfaceDetach(h.ip, 1))
			for n, want := range []UINT{NX_SUCCESS, NX_SUCCESS, NX_ENTRY_NOT_FOUND, NX_ENTRY_NOT_FOUND} {
				netEqual(t, "neighbour", h.neighbour(netAddress6(50+ULONG(n))).Status, want)
			}
		})
	})
}

// The services of the neighbour cache check their arguments.
func TestNetNDCacheChecks(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		h := l.host6(1)
		l.thread("test", func() {
			var msw, lsw ULONG
			var index UINT
			a, mac, none := netAddress6(2), []byte{2, 0, 0, 0, 0, 1}, new(NX_IP)
			old := &NXD_ADDRESS{IpVersion: NX_IP_VERSION_V4}
			for _, c := range []struct {
				what      string
				got, want UINT
			}{
				{"delete of no instance", NxdNdCacheEntryDelete(nil, &a.IpAddress.V6), NX_PTR_ERROR},
				{"delete of one not created", NxdNdCacheEntryDelete(none, &a.IpAddress.V6), NX_PTR_ERROR},
				{"delete nothing", NxdNdCacheEntryDelete(h.ip, nil), NX_PTR_ERROR},
				{"set of no instance", NxdNdCacheEntrySet(none, &a.IpAddress.V6, 0, mac), NX_PTR_ERROR},
				{"set nothing", NxdNdCacheEntrySet(h.ip, nil, 0, mac), NX_PTR_ERROR},
				{"set to nothing", NxdNdCacheEntrySet(h.ip, &a.IpAddress.V6, 0, nil), NX_PTR_ERROR},
				{"set on no interface", NxdNdCacheEntrySet(h.ip, &a.IpAddress.V6, 1, mac), NX_INVALID_INTERFACE},
				{"find of no instance", NxdNdCacheHardwareAddressFind(none, a, &msw, &lsw, &index), NX_PTR_ERROR},
				{"find nothing", NxdNdCacheHardwareAddressFind(h.ip, nil, &msw, &lsw, &index), NX_PTR_ERROR},
				{"find into nothing", NxdNdCacheHardwareAddressFind(h.ip, a, nil, &lsw, &index), NX_PTR_ERROR},
				{"find into nothing", NxdNdCacheHardwareAddressFind(h.ip, a, &msw, nil, &index), NX_PTR_ERROR},
				{"find into nothing", NxdNdCacheHardwareAddressFind(h.ip, a, &msw, &lsw, nil), NX_PTR_ERROR},
				{"find by IPv4", NxdNdCacheHardwareAddressFind(h.ip, old, &msw, &lsw, &index), NX_INVALID_PARAMETERS},
				{"forget of no instance", NxdNdCacheInvalidate(none), NX_PTR_ERROR},
				{"find address of no instance", NxdNdCacheIpAddressFind(none, a, 1, 2, &index), NX_PTR_ERROR},
				{"find address into nothing", NxdNdCacheIpAddressFind(h.ip, nil, 1, 2, &index), NX_PTR_ERROR},
				{"find address into nothing", NxdNdCacheIpAddressFind(h.ip, a, 1, 2, nil), NX_PTR_ERROR},
				{"find no address", NxdNdCacheIpAddressFind(h.ip, a, 0, 0, &index), NX_INVALID_PARAMETERS},
				{"find a stranger", NxdNdCacheIpAddressFind(h.ip, a, 0, 1, &index), NX_ENTRY_NOT_FOUND},
			} {
				l.status(c.what, c.got, c.want)
			}
		})
	})
}

// advert6 is a neighbour's advertisement of its hardware address.
func advert6(target *NXD_ADDRESS, flags byte, mac [6]byte) []byte {
	return append(append(append([]byte{136, 0, 0, 0, flags, 0, 0, 0}, netWords(target)...), 2, 1), mac[:]...)
}

// Advertisements that break the rules change nothing: from afar, with a code, of a group, with an option without length, to
// everybody although asked for.
func TestNetICMPv6InvalidAdvertisements(t *testing.T) {
	const solicited, override = 0x40, 0x20
	mac := [6]byte{2, 0, 0, 0, 0, 99}
	netRun(t, ipstack.Target{}, func(l *netLab) {
		h := l.host6(1)
		tap := l.tap(9)
		l.thread("tap", func() {
			l.sleep(5 * netSecond)
			h.known(netAddress6(9), tap)
			before := h.neighbour(netAddress6(9))
			good := netICMPv6(netAddress6(9), netAddress6(1), advert6(netAddress6(9), solicited|override, mac))
			far := good
			far.HopLimit = 64
			coded := advert6(netAddress6(9), override, mac)
			coded[1] = 1
			endless := advert6(netAddress6(9), override, mac)
			endless[25] = 0
			for _, p := range []netIPv6{
				far,
				netICMPv6(netAddress6(9), netAddress6(1), coded),
				netICMPv6(netAddress6(9), netAddress6(1), endless),
				netICMPv6(netAddress6(9), netAddress6(1), advert6(netAllNodes6(), override, mac)),
				netICMPv6(netAddress6(9), netAllNodes6(), advert6(netAddress6(9), solicited|override, mac)),
			} {
				tap.send6(1, p)
				netEqual(t, "neighbour", h.neighbour(netAddress6(9)), before)
			}
			tap.send6(1, good)
			msw, lsw := ipstack.HardwareAddress(mac).Words()
			netEqual(t, "neighbour", h.neighbour(netAddress6(9)), netNeighbour{NX_SUCCESS, msw, lsw, 0})
		})
	})
}

// A question from nobody is one only if it goes to the group of who is asked, and tells no hardware address.
func TestNetICMPv6InvalidSolicitations(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		h := l.host6(1)
		tap := l.tap(9)
		l.thread("tap", func() {
			l.sleep(5 * netSecond)
			nobody := &NXD_ADDRESS{IpVersion: NX_IP_VERSION_V6}
			group := netAddress6(0)
			group.IpAddress.V6 = [4]ULONG{0xFF020000, 0, 1, 0xFF000001}
			question := append([]byte{135, 0, 0, 0, 0, 0, 0, 0}, netWords(netAddress6(1))...)
			mac := tap.port.MAC()
			told := append(append([]byte(nil), question...), append([]byte{1, 1}, mac[:]...)...)
			h.known(netAddress6(9), tap)
			for _, c := range []struct {
				p       netIPv6
				answers int
			}{
				{netICMPv6(nobody, netAddress6(1), question), 0},
				{netICMPv6(nobody, netAllNodes6(), question), 0},
				{netICMPv6(nobody, group, told), 0},
				{netICMPv6(nobody, group, question), 1},
				{netICMPv6(netAddress6(9), netAddress6(1), told), 1},
			} {
				tap.take(0)
				tap.send6(1, c.p)
				answers := 0
				for _, p := range tap.take(netTypeIPv6) {
					if p[6] == netICMPv6Protocol && p[40] == 136 {
						answers++
					}
				}
				netEqual(t, "answers", answers, c.answers)
			}
		})
	})
}
