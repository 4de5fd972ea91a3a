package regression_test

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"netxsim/ipstack"
	. "netxsim/netx"
)

// A long ping goes out in fragments. It is answered if the other side puts them together, and all of them arrive.
func TestNetIPv6Fragmentation(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		a, b := l.host6(1), l.host6(2)
		l.ok("enable fragmentation", NxIpFragmentEnable(a.ip))
		l.thread("pinger", func() {
			l.sleep(5 * netSecond)
			data := strings.Repeat("alphabet", 4500/8)
			l.status("ping of one that does not put together", a.ping6(netAddress6(2), data, netSecond), NX_NO_RESPONSE)
			l.ok("enable fragmentation", NxIpFragmentEnable(b.ip))
			l.ok("ping", a.ping6(netAddress6(2), data, netSecond))
			l.ok("disable fragmentation", NxIpFragmentDisable(b.ip))
			l.status("ping of one that no longer does", a.ping6(netAddress6(2), data, netSecond), NX_NO_RESPONSE)
			l.ok("enable fragmentation", NxIpFragmentEnable(b.ip))
			l.ok("ping", a.ping6(netAddress6(2), data, netSecond))
		})
	})
}

// A ping that needs more packets than there are is not sent, and one whose fragments do is lost; nothing leaks.
func TestNetIPv6FragmentWithoutPackets(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		a := l.hostOn(1, l.pool("small", 1536, 2), l.wire)
		l.ok("enable IPv6", NxdIpv6Enable(a.ip))
		l.ok("enable ICMPv6", NxdIcmpEnable(a.ip))
		l.ok("set address", NxdIpv6AddressSet(a.ip, 0, netAddress6(1), 64, nil))
		l.host6(2)
		l.thread("pinger", func() {
			l.sleep(5 * netSecond)
			l.ok("ping", a.ping6(netAddress6(2), "alphabet", netSecond))
			l.status("ping with three packets of data", a.ping6(netAddress6(2), strings.Repeat("x", 4000), netSecond), NX_OVERFLOW)
			l.status("ping in two fragments", a.ping6(netAddress6(2), strings.Repeat("x", 2000), netSecond), NX_NO_RESPONSE)
			l.ok("ping", a.ping6(netAddress6(2), "alphabet", netSecond))
		})
	})
}

// A ping behind options for routers is answered, also when the answer needs fragments.
func TestNetIPv6HopByHopPing(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		h := l.host6(1)
		tap := l.tap(9)
		l.thread("tap", func() {
			l.sleep(5 * netSecond)
			h.known(netAddress6(9), tap)
			echo := netICMPv6(netAddress6(9), netAddress6(1), append([]byte{128, 0, 0, 0, 0, 1, 0, 1}, make([]byte, 1400)...))
			tap.take(0)
			echo.Next, echo.Data = 0, append([]byte{netICMPv6Protocol, 0, 1, 4, 0, 0, 0, 0}, echo.Data...)
			tap.send6(1, echo)
			netEqual(t, "answers", tap.messages6(), [][2]byte{{129, 0}})
			l.ok("set MTU", NxIpInterfaceMtuSet(h.ip, 0, 512))
			tap.send6(1, echo)
			var data []byte
			for k, p := range tap.take(netTypeIPv6) {
				netEqual(t, "next header", p[6], 44)
				netEqual(t, "protocol", p[40], netICMPv6Protocol)
				netEqual(t, "offset", int(binary.BigEndian.Uint16(p[42:])&^7), k*464)
				data = append(data, p[48:]...)
			}
			if len(data) != 1408 || data[0] != 129 || !bytes.Equal(data[8:], echo.Data[16:]) {
				t.Errorf("the answer has %d bytes", len(data))
			}
		})
	})
}

// A packet with options that reach beyond it, or that may not be skipped, is dropped; its sender is told unless the option
// says otherwise.
func TestNetIPv6HopByHopErrors(t *testing.T) {
	for _, test := range []struct {
		name    string
		options []byte
		want    [][2]byte
	}{
		{"padding", []byte{59, 0, 1, 4, 0, 0, 0, 0}, nil},
		{"too long", []byte{59, 9, 1, 4, 0, 0, 0, 0}, nil},
		{"too long with an option to report", []byte{59, 9, 0xC5, 4, 0, 0, 0, 0}, [][2]byte{{4, 2}}},
		{"to skip", []byte{netICMPv6Protocol, 0, 0x05, 4, 0, 0, 0, 0}, [][2]byte{{129, 0}}},
		{"to drop", []byte{netICMPv6Protocol, 0, 0x45, 4, 0, 0, 0, 0}, nil},
		{"to report", []byte{netICMPv6Protocol, 0, 0x85, 4, 0, 0, 0, 0}, [][2]byte{{4, 2}}},
		{"to report to one", []byte{netICMPv6Protocol, 0, 0xC5, 4, 0, 0, 0, 0}, [][2]byte{{4, 2}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			netRun(t, ipstack.Target{}, func(l *netLab) {
				h := l.host6(1)
				tap := l.tap(9)
				l.thread("tap", func() {
					l.sleep(5 * netSecond)
					h.known(netAddress6(9), tap)
					echo := netICMPv6(netAddress6(9), netAddress6(1), []byte{128, 0, 0, 0, 0, 1, 0, 1})
					echo.Next, echo.Data = 0, append(test.options, echo.Data...)
					tap.take(0)
					tap.send6(1, echo)
					netEqual(t, "messages", tap.messages6(), test.want)
				})
			})
		})
	}
}

// Who sends a packet of an unknown protocol or to a port of nobody is told, but not by a host without an address in use.
func TestNetICMPv6Errors(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		h := l.host(1)
		l.ok("enable IPv6", NxdIpv6Enable(h.ip))
		l.ok("enable ICMPv6", NxdIcmpEnable(h.ip))
		tap := l.tap(9)
		l.thread("tap", func() {
			l.settle()
			unknown := netIPv6{From: netAddress6(9), To: netAddress6(1), Next: 200, Data: []byte("alphabet")}
			tap.send6(1, unknown)
			netEqual(t, "messages without an address", tap.messages6(), nil)
			l.ok("set address", NxdIpv6AddressSet(h.ip, 0, netAddress6(1), 64, nil))
			h.known(netAddress6(9), tap)
			tap.send6(1, unknown)
			netEqual(t, "messages before the address is in use", tap.messages6(), nil)
			l.sleep(5 * netSecond)
			tap.take(0)
			tap.send6(1, unknown)
			netEqual(t, "messages", tap.messages6(), [][2]byte{{4, 1}})
			datagram := netIPv6{From: netAddress6(9), To: netAddress6(1), Next: netUDPProtocol, Data: []byte{0, 1, 0, 2, 0, 8, 0, 0}}
			tap.send6(1, datagram)
			netEqual(t, "messages", tap.messages6(), [][2]byte{{1, 4}})
			datagram.To = netAllNodes6()
			tap.send6(1, datagram)
			netEqual(t, "messages about what was for many", tap.messages6(), nil)
			datagram.From, datagram.To = netAddress6(0), netAddress6(1)
			datagram.From.IpAddress.V6 = [4]ULONG{}
			tap.send6(1, datagram)
			netEqual(t, "messages to nobody", tap.messages6(), nil)
		})
	})
}

// Echo requests from nobody, or to an address not yet in use, are not answered; answers of that kind wake nobody.
func TestNetICMPv6Echo(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		h := l.host6(1)
		tap := l.tap(9)
		l.thread("tap", func() {
			nobody := &NXD_ADDRESS{IpVersion: NX_IP_VERSION_V6}
			h.known(netAddress6(9), tap)
			request, answer := []byte{128, 0, 0, 0, 0, 1, 0, 1}, []byte{129, 0, 0, 0, 0, 1, 0, 0}
			tap.send6(1, netICMPv6(netAddress6(9), netAddress6(1), request))
			netEqual(t, "answers before the address is in use", tap.messages6(), nil)
			l.sleep(5 * netSecond)
			tap.take(0)
			tap.send6(1, netICMPv6(nobody, netAddress6(1), request))
			netEqual(t, "answers to nobody", tap.messages6(), nil)
			short := netICMPv6(netAddress6(9), netAddress6(1), request)
			short.Data = short.Data[:6]
			tap.send6(1, short)
			netEqual(t, "answers to half a request", tap.messages6(), nil)
			tap.send6(1, netICMPv6(netAddress6(9), netAddress6(1), request))
			netEqual(t, "answers", tap.messages6(), [][2]byte{{129, 0}})
			tap.send6(1, netICMPv6(nobody, netAddress6(1), answer))
			tap.send6(1, netICMPv6(netAddress6(9), netAddress6(1), answer))
			netEqual(t, "sent, timed out, waiting, answered", h.pings(), []ULONG{0, 0, 0, 2})
		})
	})
}
