package regression_test

import (
	"strings"
	"testing"

	"netxsim/ipstack"
	. "netxsim/netx"
)

// netAddress6 is the address 2001::n.
func netAddress6(n ULONG) *NXD_ADDRESS {
	a := &NXD_ADDRESS{IpVersion: NX_IP_VERSION_V6}
	a.IpAddress.V6 = [4]ULONG{0x20010000, 0, 0, n}
	return a
}

// host6 adds host number n with IPv6, its link-local address and 2001::n.
func (l *netLab) host6(n byte) *netHost {
	h := l.host(n)
	l.ok("enable IPv6", NxdIpv6Enable(h.ip))
	l.ok("enable ICMPv6", NxdIcmpEnable(h.ip))
	l.ok("set link-local address", NxdIpv6AddressSet(h.ip, 0, nil, 10, nil))
	l.ok("set global address", NxdIpv6AddressSet(h.ip, 0, netAddress6(ULONG(n)), 64, nil))
	return h
}

// ping6 has a host ping an address by IPv6.
func (h *netHost) ping6(to *NXD_ADDRESS, data string, wait ULONG) UINT {
	h.lab.t.Helper()
	var answer *NX_PACKET
	s := NxdIcmpPing(h.ip, to, []byte(data), ULONG(len(data)), &answer, wait)
	if s == NX_SUCCESS {
		netEqual(h.lab.t, "data of the answer", h.lab.take(answer), data)
	}
	return s
}

// Hosts ping each other by IPv6, once duplicate address detection has passed; nobody answers for an unknown address.
func TestNetIPv6Ping(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		a, b := l.host6(1), l.host6(2)
		l.thread("pinger", func() {
			l.sleep(5 * netSecond)
			l.ok("ping", a.ping6(netAddress6(2), "alphabet", netSecond))
			l.ok("ping back", b.ping6(netAddress6(1), "alphabet", netSecond))
			l.status("ping of nobody", a.ping6(netAddress6(99), "alphabet", netSecond), NX_NO_RESPONSE)
			netEqual(t, "sent, timed out, waiting, answered", a.pings(), []ULONG{2, 1, 0, 1})
		})
	})
}

// Data of a ping that fill several packets come back.
func TestNetIPv6PingLongData(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		a, _ := l.host6(1), l.host6(2)
		l.thread("pinger", func() {
			l.sleep(5 * netSecond)
			for _, n := range []int{1, 100, 1000, 1400} {
				l.ok("ping", a.ping6(netAddress6(2), strings.Repeat("x", n), netSecond))
			}
		})
	})
}

// Addresses are set, read and deleted by number; bad ones, doubles and bad numbers are refused.
func TestNetIPv6Addresses(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		h := l.host(1)
		l.ok("enable IPv6", NxdIpv6Enable(h.ip))
		l.thread("setter", func() {
			var number, index UINT
			var prefix ULONG
			var got NXD_ADDRESS
			l.ok("set", NxdIpv6AddressSet(h.ip, 0, netAddress6(7), 64, &number))
			l.ok("get", NxdIpv6AddressGet(h.ip, number, &got, &prefix, &index))
			netEqual(t, "address", got, *netAddress6(7))
			netEqual(t, "prefix, interface", []ULONG{prefix, index}, []ULONG{64, 0})
			l.status("set again", NxdIpv6AddressSet(h.ip, 0, netAddress6(7), 64, nil), NX_DUPLICATED_ENTRY)
			l.status("set one of IPv4", NxdIpv6AddressSet(h.ip, 0, &NXD_ADDRESS{IpVersion: NX_IP_VERSION_V4}, 64, nil), NX_IP_ADDRESS_ERROR)
			group := netAddress6(1)
			group.IpAddress.V6[0] = 0xFF020000
			l.status("set a group", NxdIpv6AddressSet(h.ip, 0, group, 64, nil), NX_IP_ADDRESS_ERROR)
			l.status("set on no interface", NxdIpv6AddressSet(h.ip, 9, netAddress6(8), 64, nil), NX_INVALID_INTERFACE)
			l.ok("delete", NxdIpv6AddressDelete(h.ip, number))
			l.status("get", NxdIpv6AddressGet(h.ip, number, &got, &prefix, &index), NX_NO_INTERFACE_ADDRESS)
			l.status("delete again", NxdIpv6AddressDelete(h.ip, number), NX_NO_INTERFACE_ADDRESS)
			l.status("delete one beyond all", NxdIpv6AddressDelete(h.ip, 99), NX_NO_INTERFACE_ADDRESS)
		})
	})
}

// An address that another host has already is not kept.
func TestNetIPv6DuplicateAddress(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		a, b := l.host6(1), l.host6(2)
		l.thread("setter", func() {
			l.sleep(5 * netSecond)
			var number, index UINT
			var prefix ULONG
			var got NXD_ADDRESS
			l.ok("set the address of the other", NxdIpv6AddressSet(b.ip, 0, netAddress6(1), 64, &number))
			l.sleep(5 * netSecond)
			l.status("get", NxdIpv6AddressGet(b.ip, number, &got, &prefix, &index), NX_NO_INTERFACE_ADDRESS)
			l.ok("ping of the owner", b.ping6(netAddress6(1), "alphabet", netSecond))
			netEqual(t, "pings of the owner", a.pings(), []ULONG{0, 0, 0, 0})
		})
	})
}

// Disabling IPv6, which may be done twice, takes the addresses and ICMPv6 away and leaves IPv4 as it is.
func TestNetIPv6Disable(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		a, b := l.host6(1), l.host6(2)
		l.thread("switcher", func() {
			l.sleep(5 * netSecond)
			l.status("enable again", NxdIpv6Enable(a.ip), NX_ALREADY_ENABLED)
			l.ok("ping", a.ping6(netAddress6(2), "alphabet", netSecond))
			l.ok("disable", NxdIpv6Disable(b.ip))
			l.status("ping", a.ping6(netAddress6(2), "alphabet", netSecond), NX_NO_RESPONSE)
			l.ok("ping by IPv4", a.ping(b.address, "alphabet", netSecond))
			l.ok("disable again", NxdIpv6Disable(b.ip))
			l.ok("enable", NxdIpv6Enable(b.ip))
			l.ok("enable ICMPv6", NxdIcmpEnable(b.ip))
			l.ok("set address", NxdIpv6AddressSet(b.ip, 0, netAddress6(2), 64, nil))
			l.sleep(5 * netSecond)
			l.ok("ping", a.ping6(netAddress6(2), "alphabet", netSecond))
		})
	})
}

// Datagrams travel by IPv6 and say where they came from; a packet needs room for the longer header.
func TestNetIPv6UDP(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		a, b := l.host6(1), l.host6(2)
		client, server := a.bound(88), b.bound(89)
		l.thread("sender", func() {
			l.sleep(5 * netSecond)
			for _, c := range []struct{ room, want UINT }{{64, NX_SUCCESS}, {28, NX_UNDERFLOW}} {
				p := a.packet(c.room, []byte("alphabet"))
				l.status("send", NxdUdpSocketSend(client, p, netAddress6(2), 89), c.want)
				if c.want != NX_SUCCESS {
					l.ok("release", NxPacketRelease(p))
					continue
				}
				var got *NX_PACKET
				l.ok("receive", NxUdpSocketReceive(server, &got, netSecond))
				var from NXD_ADDRESS
				var port UINT
				l.ok("source", NxdUdpSourceExtract(got, &from, &port))
				netEqual(t, "source", from, *netAddress6(1))
				netEqual(t, "port", port, 88)
				netEqual(t, "data", l.take(got), "alphabet")
			}
		})
	})
}
