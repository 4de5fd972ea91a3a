package regression_test

import (
	"testing"

	"netxsim/ipstack"
	. "netxsim/netx"
	"netxsim/sim/link"
)

// netElsewhere is address n of the second network, 10.2.0.n.
func netElsewhere(n byte) ULONG { return netAddress(n) + 0x10000 }

// netTwoWires runs hosts on two wires: first and second on one each, and router on both.
func netTwoWires(t *testing.T, target ipstack.Target, f func(l *netLab, router, first, second *netHost)) {
	target.Interfaces = 2
	netRun(t, target, func(l *netLab) {
		wire := link.New(l.kernel, link.Config{Name: "second wire"})
		router, first := l.host(1), l.host(2)
		l.ok("attach", NxIpInterfaceAttach(router.ip, "second", netElsewhere(1), netMask, ipstack.Ethernet(wire, netHardware(101))))
		second := l.hostAt(netElsewhere(2), 102, l.pool("second host", netPayload, netPackets), wire)
		l.ok("gateway", NxIpGatewayAddressSet(first.ip, router.address))
		l.ok("gateway", NxIpGatewayAddressSet(second.ip, netElsewhere(1)))
		l.thread("test", func() {
			l.settle()
			f(l, router, first, second)
		})
	})
}

// dropped returns how many received packets a host has dropped.
func (h *netHost) dropped() ULONG {
	var dropped ULONG
	h.lab.ok("info", NxIpInfoGet(h.ip, nil, nil, nil, nil, nil, &dropped, nil, nil, nil, nil))
	return dropped
}

// Malformed IP packets of many kinds are dropped, counted, and do not leak.
func TestNetIPMalformedPackets(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		h, tap := l.host(1), l.tap(9)
		l.thread("tap", func() {
			good := netIPv4{From: tap.address, To: h.address, Protocol: netUDPProtocol, Data: netUDP(tap.address, h.address, 1, 2, "data")}
			send := func(change func(b []byte) []byte) {
				tap.sendTo(netHardware(1), netTypeIPv4, change(good.bytes()))
				l.settle()
			}
			for _, change := range []func(b []byte) []byte{
				func(b []byte) []byte { return b[:10] },                  // shorter than a header
				func(b []byte) []byte { return b[:len(b)-6] },            // shorter than it says
				func(b []byte) []byte { b[0] = 0x75; return b },          // version 7
				func(b []byte) []byte { b[0] = 0x44; return b },          // a header of 16 bytes
				func(b []byte) []byte { b[0] = 0x4f; return b },          // a header longer than the packet
				func(b []byte) []byte { b[10] ^= 1; return b },           // wrong checksum
				func(b []byte) []byte { b[2], b[3] = 0, 20; return b },   // no data
				func(b []byte) []byte { b[2], b[3] = 0xff, 0; return b }, // far longer than the frame
			} {
				send(change)
			}
			var invalid, wrong ULONG
			l.ok("info", NxIpInfoGet(h.ip, nil, nil, nil, nil, &invalid, nil, &wrong, nil, nil, nil))
			netEqual(t, "invalid, wrong checksums", []ULONG{invalid, wrong}, []ULONG{8, 1})
			netEqual(t, "free packets", h.pool.Available(), h.pool.Total())
			netEqual(t, "answers", len(tap.take(0)), 0)
		})
	})
}

// Padding of the frame behind an IP packet is cut off.
func TestNetIPFramePadding(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		h, tap := l.host(1), l.tap(9)
		server := h.bound(89)
		l.thread("tap", func() {
			p := netIPv4{From: tap.address, To: h.address, Protocol: netUDPProtocol, Data: netUDP(tap.address, h.address, 1, 89, "short")}
			tap.sendTo(netHardware(1), netTypeIPv4, append(p.bytes(), make([]byte, 20)...))
			l.settle()
			l.receive(server, NX_NO_WAIT, "short")
		})
	})
}

// The callback for a changed address is called for changes only, of the address or of the mask.
func TestNetIPAddressChangeNotify(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		h, changes := l.host(1), 0
		l.thread("changer", func() {
			l.ok("notify", NxIpAddressChangeNotify(h.ip, func(*NX_IP, any) { changes++ }, nil))
			for _, c := range []struct {
				address, mask ULONG
				changes       int
			}{
				{h.address, netMask, 0}, {netAddress(5), netMask, 1}, {netAddress(5), 0xFFFF0000, 2}, {netAddress(6), 0xFFFF0000, 3},
			} {
				l.ok("set", NxIpAddressSet(h.ip, c.address, c.mask))
				var address, mask ULONG
				l.ok("get", NxIpAddressGet(h.ip, &address, &mask))
				netEqual(t, "address, mask, changes", []any{address, mask, changes}, []any{c.address, c.mask, c.changes})
			}
			l.ok("no notify", NxIpAddressChangeNotify(h.ip, nil, nil))
			l.ok("set", NxIpInterfaceAddressSet(h.ip, 0, netAddress(7), netMask))
			netEqual(t, "changes", changes, 3)
		})
	})
}

// A new address is answered from at once, and the old one no longer.
func TestNetIPAddressSet(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		a, b := l.host(1), l.host(2)
		l.thread("changer", func() {
			l.ok("ping", a.ping(b.address, "x", netSecond))
			l.ok("set", NxIpAddressSet(b.ip, netAddress(20), netMask))
			l.status("ping of the old address", a.ping(b.address, "x", netSecond), NX_NO_RESPONSE)
			l.ok("ping of the new one", a.ping(netAddress(20), "x", netSecond))
			l.ok("ping from the new one", b.ping(a.address, "x", netSecond))
		})
	})
}

// An instance with two interfaces reaches hosts on both wires and answers for each of its addresses.
func TestNetIPTwoInterfaces(t *testing.T) {
	netTwoWires(t, ipstack.Target{}, func(l *netLab, router, first, second *netHost) {
		l.ok("ping on the first wire", router.ping(first.address, "x", netSecond))
		l.ok("ping on the second wire", router.ping(second.address, "x", netSecond))
		l.ok("ping of the own second address", router.ping(netElsewhere(1), "x", netSecond))
		l.ok("ping from the first wire", first.ping(router.address, "x", netSecond))
		l.ok("ping from the second wire", second.ping(netElsewhere(1), "x", netSecond))
		l.status("attach a third", NxIpInterfaceAttach(router.ip, "third", netAddress(77)+0x20000, netMask, func(*NX_IP_DRIVER) {}), NX_NO_MORE_ENTRIES)
		var name string
		var address, mask, mtu, msw, lsw ULONG
		l.ok("info", NxIpInterfaceInfoGet(router.ip, 1, &name, &address, &mask, &mtu, &msw, &lsw))
		netEqual(t, "info", []any{name, address, mask, mtu, ipstack.HardwareAddressFrom(msw, lsw)},
			[]any{"second", netElsewhere(1), ULONG(netMask), ULONG(1500), netHardware(101)})
	})
}

// Detaching an interface takes its neighbours out of the ARP cache, dynamic and static, and leaves the others.
func TestNetInterfaceDetachARP(t *testing.T) {
	netTwoWires(t, ipstack.Target{}, func(l *netLab, router, first, second *netHost) {
		l.ok("ping", router.ping(second.address, "x", netSecond))
		l.ok("ping", router.ping(first.address, "x", netSecond))
		l.ok("static entry", router.fixARP(netAddress(10), netHardware(10)))
		l.ok("static entry", router.fixARP(netElsewhere(13), netHardware(13)))
		netEqual(t, "dynamic, static entries", router.entries(), []ULONG{2, 2})
		l.ok("detach", NxIpInterfaceDetach(router.ip, 1))
		netEqual(t, "dynamic, static entries", router.entries(), []ULONG{1, 1})
		router.wantARP(first.address, netHardware(2))
		router.wantARP(netAddress(10), netHardware(10))
		l.status("ping", router.ping(second.address, "x", netSecond), NX_IP_ADDRESS_ERROR)
	})
}

// Detaching the interface of the gateway forgets the gateway.
func TestNetInterfaceDetachGateway(t *testing.T) {
	netTwoWires(t, ipstack.Target{}, func(l *netLab, router, _, _ *netHost) {
		var gateway ULONG
		l.status("get", NxIpGatewayAddressGet(router.ip, &gateway), NX_NOT_FOUND)
		l.ok("set", NxIpGatewayAddressSet(router.ip, netElsewhere(9)))
		l.ok("get", NxIpGatewayAddressGet(router.ip, &gateway))
		netEqual(t, "gateway", gateway, netElsewhere(9))
		l.ok("detach", NxIpInterfaceDetach(router.ip, 1))
		l.status("get", NxIpGatewayAddressGet(router.ip, &gateway), NX_NOT_FOUND)
	})
}

// A gateway has to be on one of the networks; it can be cleared.
func TestNetGatewayAddress(t *testing.T) {
	netTwoWires(t, ipstack.Target{}, func(l *netLab, _, first, second *netHost) {
		l.status("set to a stranger", NxIpGatewayAddressSet(first.ip, netElsewhere(9)), NX_IP_ADDRESS_ERROR)
		l.status("ping without a router", first.ping(second.address, "x", netSecond), NX_NO_RESPONSE)
		l.ok("clear", NxIpGatewayAddressClear(first.ip))
		l.status("ping without a gateway", first.ping(second.address, "x", netSecond), NX_IP_ADDRESS_ERROR)
		var gateway ULONG
		l.status("get", NxIpGatewayAddressGet(first.ip, &gateway), NX_NOT_FOUND)
	})
}

// A router passes pings on in both directions, and is itself reached at each of its addresses from both sides.
func TestNetForwardPing(t *testing.T) {
	netTwoWires(t, ipstack.Target{}, func(l *netLab, router, first, second *netHost) {
		l.ok("enable", NxIpForwardingEnable(router.ip))
		l.ok("ping through", first.ping(second.address, "x", netSecond))
		l.ok("ping back", second.ping(first.address, "x", netSecond))
		l.ok("ping of the far address", first.ping(netElsewhere(1), "x", netSecond))
		l.ok("ping of the far address", second.ping(router.address, "x", netSecond))
		l.ok("disable", NxIpForwardingDisable(router.ip))
		l.status("ping through", first.ping(second.address, "x", netSecond), NX_NO_RESPONSE)
	})
}

// A router takes one off the time to live, and does not forward a packet that has only one left.
func TestNetForwardTTL(t *testing.T) {
	netTwoWires(t, ipstack.Target{}, func(l *netLab, router, first, second *netHost) {
		l.ok("enable", NxIpForwardingEnable(router.ip))
		server := second.bound(89)
		for _, c := range []struct {
			ttl     UINT
			arrives bool
		}{{2, true}, {1, false}} {
			s := new(NX_UDP_SOCKET)
			l.ok("create", NxUdpSocketCreate(first.ip, s, "socket", NX_IP_NORMAL, NX_FRAGMENT_OKAY, c.ttl, 5))
			first.sockets = append(first.sockets, s)
			l.ok("bind", NxUdpSocketBind(s, 0, NX_NO_WAIT))
			before := router.dropped()
			first.send(s, second.address, 89, "hello")
			l.sleep(2)
			if c.arrives {
				l.receive(server, NX_NO_WAIT, "hello")
			} else {
				l.nothing(server)
				netEqual(t, "dropped by the router", router.dropped()-before, 1)
			}
		}
	})
}

// A router does not pass on what is to or from a link-local address, nor what is for a group.
func TestNetForwardStaysLocal(t *testing.T) {
	netRun(t, ipstack.Target{Interfaces: 2}, func(l *netLab) {
		wire := link.New(l.kernel, link.Config{Name: "second wire"})
		router, tap := l.host(1), l.tap(9)
		l.ok("attach", NxIpInterfaceAttach(router.ip, "second", netElsewhere(1), netMask, ipstack.Ethernet(wire, netHardware(101))))
		l.ok("enable", NxIpForwardingEnable(router.ip))
		l.thread("tap", func() {
			l.ok("ARP", router.fixARP(netElsewhere(2), netHardware(102)))
			const local = 169<<24 | 254<<16 | 5
			for _, c := range []struct {
				from, to ULONG
				frames   uint64
			}{
				{tap.address, netElsewhere(2), 1}, {local, netElsewhere(2), 0}, {tap.address, local, 0}, {tap.address, netGroup(2), 0},
			} {
				before := wire.Counters().Frames
				tap.send(1, netIPv4{From: c.from, To: c.to, Protocol: netUDPProtocol, Data: netUDP(c.from, c.to, 1, 2, "x")})
				netEqual(t, "frames forwarded", wire.Counters().Frames-before, c.frames)
			}
		})
	})
}

// A datagram in fragments passes a router, piece by piece.
func TestNetForwardFragments(t *testing.T) {
	netTwoWires(t, ipstack.Target{}, func(l *netLab, router, first, second *netHost) {
		l.ok("enable", NxIpForwardingEnable(router.ip))
		l.ok("fragments", NxIpFragmentEnable(first.ip))
		l.ok("fragments", NxIpFragmentEnable(second.ip))
		client, server := first.bound(88), second.bound(89)
		first.send(client, second.address, 89, netLong)
		l.receive(server, netSecond, netLong)
		netEqual(t, "fragments kept by the router", router.pool.Available(), router.pool.Total())
	})
}

// Routes go to neighbours only; there is a limited number of them, longer masks first.
func TestNetStaticRoutes(t *testing.T) {
	netTwoWires(t, ipstack.Target{StaticRoutes: true}, func(l *netLab, router, first, second *netHost) {
		l.ok("enable", NxIpForwardingEnable(router.ip))
		l.ok("no gateway", NxIpGatewayAddressClear(first.ip))
		l.status("ping", first.ping(second.address, "x", netSecond), NX_IP_ADDRESS_ERROR)
		l.status("add over a stranger", NxIpStaticRouteAdd(first.ip, netElsewhere(0), netMask, netElsewhere(1)), NX_IP_ADDRESS_ERROR)
		l.ok("add", NxIpStaticRouteAdd(first.ip, netElsewhere(0), netMask, router.address))
		l.ok("ping", first.ping(second.address, "x", netSecond))
		l.status("delete another", NxIpStaticRouteDelete(first.ip, 0x0B000000, netMask), NX_NOT_SUCCESSFUL)
		l.ok("delete", NxIpStaticRouteDelete(first.ip, netElsewhere(0), netMask))
		l.status("ping", first.ping(second.address, "x", netSecond), NX_IP_ADDRESS_ERROR)
		for n := range byte(8) {
			l.ok("add", NxIpStaticRouteAdd(first.ip, netElsewhere(0)+ULONG(n)<<16, netMask, router.address))
		}
		l.status("add a ninth", NxIpStaticRouteAdd(first.ip, netElsewhere(0)+8<<16, netMask, router.address), NX_OVERFLOW)
	})
}

// Without the option there are no routes.
func TestNetStaticRoutesNotSupported(t *testing.T) {
	netTwoWires(t, ipstack.Target{}, func(l *netLab, router, first, _ *netHost) {
		l.status("add", NxIpStaticRouteAdd(first.ip, netElsewhere(0), netMask, router.address), NX_NOT_SUPPORTED)
		l.status("delete", NxIpStaticRouteDelete(first.ip, netElsewhere(0), netMask), NX_NOT_SUPPORTED)
	})
}

// The states of an instance can be waited for, and a missing one takes the whole wait.
func TestNetIPStatusCheck(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		h := l.host(1)
		l.thread("checker", func() {
			for _, state := range []ULONG{NX_IP_INITIALIZE_DONE, NX_IP_LINK_ENABLED, NX_IP_ARP_ENABLED, NX_IP_UDP_ENABLED, NX_IP_ADDRESS_RESOLVED} {
				var actual ULONG
				l.ok("check", NxIpStatusCheck(h.ip, state, &actual, netSecond))
				netEqual(t, "state", actual, state)
			}
			var actual ULONG
			began := l.kernel.Ticks()
			l.status("check", NxIpStatusCheck(h.ip, NX_IP_TCP_ENABLED|NX_IP_UDP_ENABLED, &actual, netSecond), NX_NOT_SUCCESSFUL)
			netEqual(t, "state, ticks", []ULONG{actual, l.kernel.Ticks() - began}, []ULONG{NX_IP_UDP_ENABLED, netSecond})
			l.status("check of no state", NxIpStatusCheck(h.ip, 0x8000, &actual, netSecond), NX_OPTION_ERROR)
		})
	})
}

// The room for headers and the largest payload follow from the interface and the protocol.
func TestNetMaxPayloadSize(t *testing.T) {
	netTwoWires(t, ipstack.Target{}, func(l *netLab, router, first, second *netHost) {
		l.ok("MTU", NxIpInterfaceMtuSet(router.ip, 1, 512))
		for _, c := range []struct {
			to       ULONG
			index    UINT
			protocol ULONG
			want     []ULONG
		}{
			{first.address, 0, NX_PROTOCOL_TCP, []ULONG{40 + 16, 1460}},
			{second.address, 1, NX_PROTOCOL_TCP, []ULONG{40 + 16, 472}},
			{second.address, 1, NX_PROTOCOL_UDP, []ULONG{28 + 16, 484}},
		} {
			to := NXD_ADDRESS{IpVersion: NX_IP_VERSION_V4}
			to.IpAddress.V4 = c.to
			var offset, length ULONG
			l.ok("find", NxIpMaxPayloadSizeFind(router.ip, &to, c.index, 80, 80, c.protocol, &offset, &length))
			netEqual(t, "offset, length", []ULONG{offset, length}, c.want)
			l.status("find", NxIpMaxPayloadSizeFind(router.ip, &to, 3, 80, 80, c.protocol, &offset, &length), NX_INVALID_INTERFACE)
		}
	})
}

// A link that is down carries nothing until it is up again.
func TestNetLinkDown(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		a, b := l.host(1), l.host(2)
		l.thread("switcher", func() {
			var answer ULONG
			l.ok("ping", a.ping(b.address, "x", netSecond))
			l.ok("disable", NxIpDriverDirectCommand(a.ip, NX_LINK_DISABLE, &answer))
			l.status("ping", a.ping(b.address, "x", netSecond), NX_IP_ADDRESS_ERROR)
			l.ok("enable", NxIpDriverDirectCommand(a.ip, NX_LINK_ENABLE, &answer))
			l.ok("ping", a.ping(b.address, "x", netSecond))
		})
	})
}
