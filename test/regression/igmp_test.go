package regression_test

import (
	"testing"

	"netxsim/ipstack"
	. "netxsim/netx"
	"netxsim/sim/link"
)

const (
	netQuery   = 0x11
	netReport1 = 0x12
	netReport2 = 0x16
	netLeave   = 0x17
)

// netGroup is the multicast group 224.0.0.n.
func netGroup(n byte) ULONG { return 0xE0000000 | ULONG(n) }

// groups returns the counters of IGMP: reports, queries, wrong checksums, groups joined.
func (h *netHost) groups() []ULONG {
	var reports, queries, wrong, joined ULONG
	h.lab.ok("IGMP info", NxIgmpInfoGet(h.ip, &reports, &queries, &wrong, &joined))
	return []ULONG{reports, queries, wrong, joined}
}

// netIGMPRun runs a tap against a host with IGMP.
func netIGMPRun(t *testing.T, f func(l *netLab, h *netHost, tap *netTap)) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		h, tap := l.host(1), l.tap(9)
		l.ok("enable IGMP", NxIgmpEnable(h.ip))
		l.thread("tap", func() {
			l.settle()
			f(l, h, tap)
		})
	})
}

// messages returns the IGMP messages a tap has got: type and group.
func (t *netTap) messages() [][2]ULONG {
	var all [][2]ULONG
	for _, raw := range t.take(netTypeIPv4) {
		p := netParseIPv4(raw)
		netEqual(t.lab.t, "header", []any{p.Protocol, p.TTL, p.BadSum, netSum(p.Data)}, []any{byte(netIGMPProtocol), byte(1), false, uint16(0)})
		all = append(all, [2]ULONG{ULONG(p.Data[0]), ULONG(p.Data[4])<<24 | ULONG(p.Data[5])<<16 | ULONG(p.Data[6])<<8 | ULONG(p.Data[7])})
	}
	return all
}

// Seven groups fit; joins of one are counted, and it is left when it was left as often.
func TestNetIGMPJoinAndLeave(t *testing.T) {
	netIGMPRun(t, func(l *netLab, h *netHost, _ *netTap) {
		for n := range byte(7) {
			l.ok("join", NxIgmpMulticastJoin(h.ip, netGroup(n+1)))
		}
		for range 4 {
			l.ok("join once more", NxIgmpMulticastJoin(h.ip, netGroup(4)))
		}
		netEqual(t, "reports, queries, wrong checksums, groups", h.groups(), []ULONG{0, 0, 0, 7})
		l.sleep(5 * netSecond)
		l.status("join an eighth", NxIgmpMulticastJoin(h.ip, netGroup(8)), NX_NO_MORE_ENTRIES)
		for n := range byte(7) {
			l.ok("leave", NxIgmpMulticastLeave(h.ip, netGroup(n+1)))
		}
		netEqual(t, "groups", h.groups()[3], 1)
		for range 4 {
			l.ok("leave", NxIgmpMulticastLeave(h.ip, netGroup(4)))
		}
		netEqual(t, "groups", h.groups()[3], 0)
	})
}

// A group that was not joined, or was left, cannot be left.
func TestNetIGMPLeaveTwice(t *testing.T) {
	netIGMPRun(t, func(l *netLab, h *netHost, _ *netTap) {
		l.ok("join", NxIgmpMulticastJoin(h.ip, netGroup(1)))
		l.ok("leave", NxIgmpMulticastLeave(h.ip, netGroup(1)))
		l.status("leave again", NxIgmpMulticastLeave(h.ip, netGroup(1)), NX_ENTRY_NOT_FOUND)
		l.status("leave another", NxIgmpMulticastLeave(h.ip, netGroup(2)), NX_ENTRY_NOT_FOUND)
	})
}

// A driver that cannot join refuses the group; later it may succeed.
func TestNetIGMPDriverRefusesJoin(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		ethernet, able := ipstack.Ethernet(l.wire, netHardware(1)), false
		pool := l.pool("pool", netPayload, 10)
		h := &netHost{lab: l, ip: new(NX_IP), pool: pool, address: netAddress(1)}
		h.create(func(r *NX_IP_DRIVER) {
			if ethernet(r); r.Command == NX_LINK_MULTICAST_JOIN && !able {
				r.Status = NX_UNHANDLED_COMMAND
			}
		}, "host")
		l.ok("enable IGMP", NxIgmpEnable(h.ip))
		l.thread("joiner", func() {
			l.settle()
			l.status("join", NxIgmpMulticastJoin(h.ip, netGroup(1)), NX_NO_MORE_ENTRIES)
			able = true
			l.ok("join", NxIgmpMulticastJoin(h.ip, netGroup(1)))
			l.ok("leave", NxIgmpMulticastLeave(h.ip, netGroup(1)))
		})
	})
}

// Joining is told to the routers within seconds, one group a second; leaving at once.
func TestNetIGMPReports(t *testing.T) {
	netIGMPRun(t, func(l *netLab, h *netHost, tap *netTap) {
		for n := range byte(3) {
			l.ok("join", NxIgmpMulticastJoin(h.ip, netGroup(n+3)))
		}
		l.sleep(4 * netSecond)
		netEqual(t, "messages", tap.messages(), [][2]ULONG{{netReport2, netGroup(3)}, {netReport2, netGroup(4)}, {netReport2, netGroup(5)}})
		netEqual(t, "reports, queries, wrong checksums, groups", h.groups(), []ULONG{3, 0, 0, 3})
		l.ok("join silently", NxIpv4MulticastInterfaceJoin(h.ip, netGroup(6), 0))
		l.sleep(2 * netSecond)
		l.ok("leave silently", NxIpv4MulticastInterfaceLeave(h.ip, netGroup(6), 0))
		l.ok("leave", NxIgmpMulticastLeave(h.ip, netGroup(4)))
		l.settle()
		netEqual(t, "messages", tap.messages(), [][2]ULONG{{netLeave, netGroup(4)}})
	})
}

// Routers' queries are answered, unless the checksum is wrong or the group is not joined. A query of IGMPv1 makes the
// reports those of IGMPv1.
func TestNetIGMPQueries(t *testing.T) {
	netIGMPRun(t, func(l *netLab, h *netHost, tap *netTap) {
		l.ok("join", NxIgmpMulticastJoin(h.ip, netGroup(5)))
		l.sleep(3 * netSecond)
		tap.take(0)
		query := func(message []byte) [][2]ULONG {
			tap.sendTo([6]byte{1, 0, 0x5e, 0, 0, 1}, netTypeIPv4,
				netIPv4{From: tap.address, To: netGroup(1), Protocol: netIGMPProtocol, TTL: 1, Data: message}.bytes())
			l.sleep(20 * netSecond)
			return tap.messages()
		}
		damaged := netIGMP(netQuery, 100, 0)
		damaged[1]++
		var none [][2]ULONG
		netEqual(t, "answer to a damaged query", query(damaged), none)
		netEqual(t, "answer about another group", query(netIGMP(netQuery, 100, netGroup(6))), none)
		netEqual(t, "answer to a general query", query(netIGMP(netQuery, 100, 0)), [][2]ULONG{{netReport2, netGroup(5)}})
		netEqual(t, "answer about the group", query(netIGMP(netQuery, 100, netGroup(5))), [][2]ULONG{{netReport2, netGroup(5)}})
		netEqual(t, "answer to IGMPv1", query(netIGMP(netQuery, 0, 0)), [][2]ULONG{{netReport1, netGroup(5)}})
		netEqual(t, "reports, queries, wrong checksums, groups", h.groups(), []ULONG{4, 4, 1, 1})
	})
}

// With the loopback enabled an instance hears what it sends to groups joined from then on.
func TestNetIGMPLoopback(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		h := l.host(1)
		l.ok("enable IGMP", NxIgmpEnable(h.ip))
		l.thread("talker", func() {
			l.settle()
			client, server := h.bound(88), h.bound(89)
			l.ok("join", NxIgmpMulticastJoin(h.ip, netGroup(30)))
			l.ok("loopback", NxIgmpLoopbackEnable(h.ip))
			l.ok("join", NxIgmpMulticastJoin(h.ip, netGroup(31)))
			h.send(client, netGroup(31), 89, "to the group")
			l.receive(server, netSecond, "to the group")
			h.send(client, netGroup(30), 89, "to the others")
			l.settle()
			l.nothing(server)
		})
	})
}

// Datagrams to a group reach all who have joined it, and nobody else.
func TestNetMulticastReachesMembers(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		a, b, c := l.host(1), l.host(2), l.host(3)
		client, first, second := a.bound(88), b.bound(89), c.bound(89)
		group := netGroup(40)
		l.ok("enable IGMP", NxIgmpEnable(b.ip))
		l.thread("sender", func() {
			l.settle()
			l.ok("join", NxIgmpMulticastInterfaceJoin(b.ip, group, 0))
			a.send(client, group, 89, "hello")
			l.receive(first, netSecond, "hello")
			l.settle()
			l.nothing(second)
			l.ok("join", NxIpv4MulticastInterfaceJoin(c.ip, group, 0))
			a.send(client, group, 89, "hello again")
			l.receive(first, netSecond, "hello again")
			l.receive(second, netSecond, "hello again")
			l.ok("leave", NxIgmpMulticastInterfaceLeave(b.ip, group, 0))
			a.send(client, group, 89, "bye")
			l.receive(second, netSecond, "bye")
			l.nothing(first)
			l.status("join on no interface", NxIgmpMulticastInterfaceJoin(b.ip, group, 7), NX_INVALID_INTERFACE)
		})
	})
}

// What an interface has joined is left when it is detached.
func TestNetMulticastInterfaceDetach(t *testing.T) {
	netRun(t, ipstack.Target{Interfaces: 2}, func(l *netLab) {
		h := l.host(1)
		second := link.New(l.kernel, link.Config{Name: "second wire"})
		l.ok("attach", NxIpInterfaceAttach(h.ip, "second", netAddress(1)+0x10000, netMask, ipstack.Ethernet(second, netHardware(101))))
		l.ok("enable IGMP", NxIgmpEnable(h.ip))
		l.thread("joiner", func() {
			l.settle()
			for n := range byte(7) {
				l.ok("join", NxIgmpMulticastInterfaceJoin(h.ip, netGroup(n+1), 1))
			}
			l.ok("join once more", NxIgmpMulticastInterfaceJoin(h.ip, netGroup(4), 1))
			netEqual(t, "groups", h.groups()[3], 7)
			l.ok("detach", NxIpInterfaceDetach(h.ip, 1))
			netEqual(t, "groups", h.groups()[3], 0)
			for n := range byte(7) {
				l.ok("join", NxIgmpMulticastInterfaceJoin(h.ip, netGroup(n+1), 0))
			}
		})
	})
}
