package regression_test

import (
	"encoding/binary"
	"strings"
	"testing"

	"netxsim/ipstack"
	. "netxsim/netx"
)

// routerAdvert6 is a router's advertisement with flags, a lifetime of 100 seconds and options.
func routerAdvert6(flags byte, options ...byte) []byte {
	return append([]byte{134, 0, 0, 0, 64, flags, 0, 100, 0, 0, 0, 0, 0, 0, 0, 0}, options...)
}

// prefix6 is the option with a prefix of 64 bits that makes addresses.
func prefix6(n ULONG, seconds uint32) []byte {
	option := []byte{3, 4, 64, 0xc0}
	option = binary.BigEndian.AppendUint32(option, seconds)
	option = binary.BigEndian.AppendUint32(option, seconds)
	return append(append(option, 0, 0, 0, 0, 0x20, 1, 0xd, 0xb8, 0, 0, 0, byte(n)), make([]byte, 8)...)
}

// The callback hears of the flags of every advertisement that is in order, and of no other.
func TestNetICMPv6RouterFlags(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		h := l.host6(1)
		tap := l.tap(9)
		l.thread("tap", func() {
			l.sleep(5 * netSecond)
			var heard []UINT
			l.status("set for no instance", NxdIcmpv6RaFlagCallbackSet(nil, nil), NX_PTR_ERROR)
			l.ok("set", NxdIcmpv6RaFlagCallbackSet(h.ip, func(_ *NX_IP, flags UINT) { heard = append(heard, flags) }))
			tap.send6(1, netICMPv6(netLocal6(9), netAllNodes6(), routerAdvert6(0xC0)))
			tap.send6(1, netICMPv6(netLocal6(9), netAllNodes6(), routerAdvert6(0)))
			tap.send6(1, netICMPv6(netAddress6(9), netAllNodes6(), routerAdvert6(0x40)))
			netEqual(t, "flags", heard, []UINT{0xC0, 0})
			l.ok("unset", NxdIcmpv6RaFlagCallbackSet(h.ip, nil))
			tap.send6(1, netICMPv6(netLocal6(9), netAllNodes6(), routerAdvert6(0x80)))
			netEqual(t, "flags", len(heard), 2)
		})
	})
}

// Addresses are made from advertised prefixes while that is switched on, which begins with a question for routers; they go
// with their prefix. The default build has no switch.
func TestNetIPv6Autoconfiguration(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		h := l.host6(1)
		l.thread("switcher", func() {
			l.status("enable", NxdIpv6StatelessAddressAutoconfigEnable(h.ip, 0), NX_NOT_SUPPORTED)
			l.status("disable", NxdIpv6StatelessAddressAutoconfigDisable(h.ip, 0), NX_NOT_SUPPORTED)
		})
	})
	netRun(t, ipstack.Target{IPv6AutoconfigControl: true}, func(l *netLab) {
		h := l.host(1)
		l.ok("enable IPv6", NxdIpv6Enable(h.ip))
		l.ok("enable ICMPv6", NxdIcmpEnable(h.ip))
		l.ok("disable", NxdIpv6StatelessAddressAutoconfigDisable(h.ip, 0))
		l.ok("disable again", NxdIpv6StatelessAddressAutoconfigDisable(h.ip, 0))
		l.status("disable on no interface", NxdIpv6StatelessAddressAutoconfigDisable(h.ip, 1), NX_INVALID_INTERFACE)
		l.status("disable of no instance", NxdIpv6StatelessAddressAutoconfigDisable(nil, 0), NX_PTR_ERROR)
		tap := l.tap(9)
		questions := func() (n int) {
			for _, p := range tap.take(netTypeIPv6) {
				if p[6] == netICMPv6Protocol && p[40] == 133 {
					n++
				}
			}
			return n
		}
		made := func() UINT {
			var address NXD_ADDRESS
			var prefix ULONG
			var index UINT
			return NxdIpv6AddressGet(h.ip, 1, &address, &prefix, &index)
		}
		l.thread("tap", func() {
			l.settle()
			l.ok("set link-local address", NxdIpv6AddressSet(h.ip, 0, nil, 10, nil))
			l.sleep(10 * netSecond)
			netEqual(t, "questions while off", questions(), 0)
			tap.send6(1, netICMPv6(netLocal6(9), netAllNodes6(), routerAdvert6(0, prefix6(1, 100)...)))
			l.sleep(5 * netSecond)
			l.status("address while off", made(), NX_NO_INTERFACE_ADDRESS)
			l.ok("enable", NxdIpv6StatelessAddressAutoconfigEnable(h.ip, 0))
			l.status("enable again", NxdIpv6StatelessAddressAutoconfigEnable(h.ip, 0), NX_ALREADY_ENABLED)
			l.sleep(2 * netSecond)
			netEqual(t, "questions", questions(), 1)
			tap.send6(1, netICMPv6(netLocal6(9), netAllNodes6(), routerAdvert6(0, prefix6(2, 100)...)))
			l.sleep(5 * netSecond)
			l.ok("address", made())
			tap.send6(1, netICMPv6(netLocal6(9), netAllNodes6(), routerAdvert6(0, prefix6(2, 0)...)))
			l.status("address without its prefix", made(), NX_NO_INTERFACE_ADDRESS)
		})
	})
}

// A path that a router calls narrow is used with smaller fragments for ten minutes; a router's MTU counts for what goes by
// way of it. The default build looks at neither.
func TestNetIPv6PathMTU(t *testing.T) {
	far := netAddress6(5)
	far.IpAddress.V6[1] = 7
	for _, target := range []ipstack.Target{{}, {IPv6PathMTU: true}} {
		netRun(t, target, func(l *netLab) {
			h := l.host6(1)
			tap := l.tap(9)
			s := h.bound(88)
			fragments := func() (n int) {
				p := h.packet(64, []byte(strings.Repeat("x", 1400)))
				tap.take(0)
				l.ok("send", NxdUdpSocketSend(s, p, far, 89))
				l.settle()
				return len(tap.take(netTypeIPv6))
			}
			after := func(narrow int) int {
				if target.IPv6PathMTU {
					return narrow
				}
				return 1
			}
			l.thread("tap", func() {
				l.sleep(5 * netSecond)
				h.known(netLocal6(9), tap)
				l.ok("add router", NxdIpv6DefaultRouterAdd(h.ip, netLocal6(9), 0xFFFF, 0))
				netEqual(t, "fragments", fragments(), 1)
				tooBig := []byte{2, 0, 0, 0, 0, 0, 5, 0}
				tooBig = append(tooBig, netIPv6{From: netAddress6(1), To: far, Next: netUDPProtocol, Data: make([]byte, 40)}.bytes()...)
				tap.send6(1, netICMPv6(netLocal6(9), netAddress6(1), tooBig[:40]))
				netEqual(t, "fragments after too big without a whole header", fragments(), 1)
				tap.send6(1, netICMPv6(netLocal6(9), netAddress6(1), tooBig[:60]))
				netEqual(t, "fragments after too big", fragments(), after(2))
				l.sleep(601 * netSecond)
				netEqual(t, "fragments ten minutes later", fragments(), 1)
				tap.send6(1, netICMPv6(netLocal6(9), netAllNodes6(), routerAdvert6(0, 5, 1, 0, 0, 0, 0, 5, 0)))
				netEqual(t, "fragments with the router's MTU", fragments(), after(2))
				tap.send6(1, netICMPv6(netLocal6(9), netAllNodes6(), routerAdvert6(0, 5, 1, 0, 0, 0xff, 0xff, 0xff, 0xff)))
				netEqual(t, "fragments with a router's MTU beyond reason", fragments(), 1)
			})
		})
	}
}

// A router hands a destination over to another one, or to the destination itself; nobody else can.
func TestNetICMPv6Redirect(t *testing.T) {
	far := netAddress6(5)
	far.IpAddress.V6[1] = 7
	redirect := func(from, target *NXD_ADDRESS, mac byte) netIPv6 {
		m := append([]byte{137, 0, 0, 0, 0, 0, 0, 0}, append(netWords(target), netWords(far)...)...)
		hardware := netHardware(mac)
		return netICMPv6(from, netAddress6(1), append(append(m, 2, 1), hardware[:]...))
	}
	netRun(t, ipstack.Target{}, func(l *netLab) {
		h := l.host6(1)
		taps := []*netTap{l.tap(9), l.tap(10), l.tap(11)}
		s := h.bound(88)
		got := func() (at []int) {
			for _, tap := range taps {
				tap.take(0)
			}
			l.ok("send", NxdUdpSocketSend(s, h.packet(64, []byte("alphabet")), far, 89))
			l.settle()
			for n, tap := range taps {
				if len(tap.take(netTypeIPv6)) > 0 {
					at = append(at, 9+n)
				}
			}
			return at
		}
		l.thread("taps", func() {
			l.sleep(5 * netSecond)
			h.known(netLocal6(9), taps[0])
			l.ok("add router", NxdIpv6DefaultRouterAdd(h.ip, netLocal6(9), 0xFFFF, 0))
			netEqual(t, "before", got(), []int{9})
			taps[1].send6(1, redirect(netLocal6(10), netLocal6(10), 10))
			netEqual(t, "of a stranger", got(), []int{9})
			taps[0].send6(1, redirect(netLocal6(9), netAddress6(10), 10))
			netEqual(t, "to no router", got(), []int{9})
			taps[0].send6(1, redirect(netLocal6(9), netLocal6(10), 10))
			netEqual(t, "to another router", got(), []int{10})
			taps[1].send6(1, redirect(netLocal6(10), far, 11))
			netEqual(t, "to the destination", got(), []int{11})
		})
	})
}
