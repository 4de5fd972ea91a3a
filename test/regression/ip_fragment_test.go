package regression_test

import (
	"slices"
	"strings"
	"testing"

	"netxsim/ipstack"
	. "netxsim/netx"
	"netxsim/sim/link"
)

// netLong is a datagram of four fragments on an Ethernet.
var netLong = strings.Repeat("abcdefghijklmnopqrstuvwxyz", 200)

// fragments makes a datagram from the tap to host 1 into fragments of so many bytes.
func (t *netTap) fragments(id uint16, size int, data string) []netIPv4 {
	whole := netUDP(t.address, netAddress(1), 88, 89, data)
	var pieces []netIPv4
	for at := 0; at < len(whole); at += size {
		end := min(at+size, len(whole))
		pieces = append(pieces, netIPv4{
			From: t.address, To: netAddress(1), Protocol: netUDPProtocol, ID: id, Offset: at, More: end < len(whole), Data: whole[at:end],
		})
	}
	return pieces
}

// netFragmentRun runs a tap against a host that puts fragments together, with a socket on port 89.
func netFragmentRun(t *testing.T, f func(l *netLab, h *netHost, tap *netTap, server *NX_UDP_SOCKET)) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		h, tap := l.host(1), l.tap(9)
		h.ip.EnableFragmentation()
		server := h.bound(89)
		l.thread("tap", func() { f(l, h, tap, server) })
	})
}

// A long datagram is sent in fragments, in sequence and with one identification, and arrives whole.
func TestNetFragmentation(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		a, b, tap := l.host(1), l.host(2), l.tap(9)
		a.ip.EnableFragmentation()
		b.ip.EnableFragmentation()
		server, client := b.bound(89), a.bound(88)
		l.thread("sender", func() {
			for range 5 {
				a.send(client, b.address, 89, netLong)
				l.receive(server, netSecond, netLong)
			}
			var sent, received ULONG
			l.ok("info", NxIpInfoGet(a.ip, nil, nil, nil, nil, nil, nil, nil, nil, &sent, nil))
			l.ok("info", NxIpInfoGet(b.ip, nil, nil, nil, nil, nil, nil, nil, nil, nil, &received))
			netEqual(t, "fragments sent and received", []ULONG{sent, received}, []ULONG{20, 20})
			a.send(client, tap.address, 89, netLong)
			l.settle()
			next, id := 0, uint16(0)
			for n, raw := range tap.take(netTypeIPv4) {
				p := netParseIPv4(raw)
				if n == 0 {
					id = p.ID
				}
				netEqual(t, "fragment", []any{p.ID, p.Offset, p.More}, []any{id, next, n < 3})
				next += len(p.Data)
			}
			netEqual(t, "length", next, len(netLong)+8)
		})
	})
}

// Each fragment needs packets of the default pool, two of these: with none or one free the rest of the datagram is given
// up, and nothing leaks.
func TestNetFragmentWithoutPackets(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		pool := l.pool("eight packets", 1000, 8)
		a, b := l.hostOn(1, pool, l.wire), l.host(2)
		a.ip.EnableFragmentation()
		b.ip.EnableFragmentation()
		server, client := b.bound(89), a.bound(88)
		l.thread("sender", func() {
			l.ok("ARP", a.setARP(b.address, netHardware(2)))
			for _, c := range []struct{ held, dropped ULONG }{{2, 1}, {1, 2}, {0, 2}} {
				p := a.packet(NX_UDP_PACKET, []byte(netLong))
				netEqual(t, "free packets", pool.Available(), 2)
				var held []*NX_PACKET
				for range c.held {
					var other *NX_PACKET
					l.ok("allocate", NxPacketAllocate(pool, &other, 0, NX_NO_WAIT))
					held = append(held, other)
				}
				l.ok("send", NxUdpSocketSend(client, p, b.address, 89))
				l.settle()
				if c.held > 0 {
					l.nothing(server)
				} else {
					l.receive(server, NX_NO_WAIT, netLong)
				}
				for _, other := range held {
					l.ok("release", NxPacketRelease(other))
				}
				netEqual(t, "free packets", pool.Available(), 8)
				var dropped ULONG
				l.ok("info", NxIpInfoGet(a.ip, nil, nil, nil, nil, nil, nil, nil, &dropped, nil, nil))
				netEqual(t, "packets dropped", dropped, c.dropped)
			}
		})
	})
}

// Datagrams of a socket that may not fragment, or longer than the frame without fragmentation, are dropped.
func TestNetFragmentationForbidden(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		a, b := l.host(1), l.host(2)
		b.ip.EnableFragmentation()
		server, client := b.bound(89), a.bound(88)
		whole := new(NX_UDP_SOCKET)
		l.ok("create", NxUdpSocketCreate(a.ip, whole, "whole", NX_IP_NORMAL, NX_DONT_FRAGMENT, 0x80, 5))
		a.sockets = append(a.sockets, whole)
		l.thread("sender", func() {
			l.ok("bind", NxUdpSocketBind(whole, 99, NX_NO_WAIT))
			l.ok("ARP", a.setARP(b.address, netHardware(2)))
			a.send(client, b.address, 89, netLong)
			a.ip.EnableFragmentation()
			a.send(whole, b.address, 89, netLong)
			l.settle()
			l.nothing(server)
			netEqual(t, "free packets", a.pool.Available(), a.pool.Total())
			a.send(client, b.address, 89, netLong)
			l.receive(server, netSecond, netLong)
			l.ok("disable", NxIpFragmentDisable(a.ip))
			a.send(client, b.address, 89, netLong)
			l.settle()
			l.nothing(server)
		})
	})
}

// Fragments may arrive in any order.
func TestNetFragmentsInAnyOrder(t *testing.T) {
	netFragmentRun(t, func(l *netLab, _ *netHost, tap *netTap, server *NX_UDP_SOCKET) {
		for id, order := range [][]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
			pieces := tap.fragments(uint16(id), 1000, netLong[:2500])
			for _, n := range order {
				l.nothing(server)
				tap.send(1, pieces[n])
			}
			l.receive(server, NX_NO_WAIT, netLong[:2500])
		}
	})
}

// A fragment that arrives twice does no harm.
func TestNetFragmentTwice(t *testing.T) {
	netFragmentRun(t, func(l *netLab, h *netHost, tap *netTap, server *NX_UDP_SOCKET) {
		pieces := tap.fragments(1, 1000, netLong[:2500])
		for _, n := range []int{0, 1, 1, 0, 2} {
			tap.send(1, pieces[n])
		}
		l.receive(server, NX_NO_WAIT, netLong[:2500])
		netEqual(t, "free packets", h.pool.Available(), h.pool.Total())
	})
}

// Fragments of several datagrams, mixed, find their own.
func TestNetFragmentsOfSeveralDatagrams(t *testing.T) {
	netFragmentRun(t, func(l *netLab, _ *netHost, tap *netTap, server *NX_UDP_SOCKET) {
		first, second := tap.fragments(1, 1000, netLong[:2500]), tap.fragments(2, 1000, netLong[7:2507])
		for n := range first {
			tap.send(1, first[n])
			tap.send(1, second[n])
		}
		l.receive(server, NX_NO_WAIT, netLong[:2500])
		l.receive(server, NX_NO_WAIT, netLong[7:2507])
	})
}

// A fragment held up on the wire for a second completes the datagram when it comes.
func TestNetFragmentDelayed(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		a, b := l.host(1), l.host(2)
		a.ip.EnableFragmentation()
		b.ip.EnableFragmentation()
		server, client := b.bound(89), a.bound(88)
		l.wire.AddRule(func(d link.Delivery) link.Verdict {
			if netTypeOf(d.Frame) == netTypeIPv4 && netParseIPv4(d.Frame[14:]).Offset == 0 {
				return link.Deliver(netSecond * l.kernel.TickDuration())
			}
			return link.Pass
		})
		l.thread("sender", func() {
			a.send(client, b.address, 89, netLong)
			l.sleep(netSecond / 2)
			l.nothing(server)
			l.receive(server, netSecond, netLong)
		})
	})
}

// Fragments whose others never come are released after a while. The sender is told so if the first one is there, and
// only then.
func TestNetFragmentsTimeOut(t *testing.T) {
	netFragmentRun(t, func(l *netLab, h *netHost, tap *netTap, server *NX_UDP_SOCKET) {
		for _, c := range []struct {
			ttl     byte
			missing int
			seconds ULONG
			told    bool
		}{{1, 2, 15, true}, {1, 0, 15, false}, {60, 1, 60, true}} {
			for n, piece := range tap.fragments(1, 1000, netLong[:2500]) {
				if piece.TTL = c.ttl; n != c.missing {
					tap.send(1, piece)
				}
			}
			netEqual(t, "packets kept", h.pool.Total()-h.pool.Available(), 2)
			l.sleep((c.seconds - 1) * netSecond)
			netEqual(t, "packets kept", h.pool.Total()-h.pool.Available(), 2)
			l.sleep(3 * netSecond)
			netEqual(t, "packets kept", h.pool.Total()-h.pool.Available(), 0)
			l.nothing(server)
			got := tap.take(netTypeIPv4)
			netEqual(t, "told", len(got) == 1, c.told)
			if len(got) == 1 {
				netEqual(t, "type, code", netParseIPv4(got[0]).Data[:2], []byte{11, 1})
			}
		}
	})
}

// Switching fragmentation off releases the fragments that wait, and later ones are not kept.
func TestNetFragmentationDisable(t *testing.T) {
	netFragmentRun(t, func(l *netLab, h *netHost, tap *netTap, server *NX_UDP_SOCKET) {
		pieces := tap.fragments(1, 1000, netLong[:2500])
		tap.send(1, pieces[0])
		netEqual(t, "packets kept", h.pool.Total()-h.pool.Available(), 1)
		l.ok("disable", NxIpFragmentDisable(h.ip))
		netEqual(t, "packets kept", h.pool.Total()-h.pool.Available(), 0)
		for _, piece := range pieces {
			tap.send(1, piece)
		}
		netEqual(t, "packets kept", h.pool.Total()-h.pool.Available(), 0)
		l.nothing(server)
	})
}

// Fragments that differ in protocol, destination or source belong to different datagrams; one that is not the last and
// not a multiple of eight bytes long is dropped.
func TestNetFragmentsThatDoNotFit(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(p *netIPv4)
		kept  ULONG
	}{
		{"protocol", func(p *netIPv4) { p.Protocol = netICMPProtocol }, 2},
		{"destination", func(p *netIPv4) { p.To = netAddress(255) }, 2},
		{"source", func(p *netIPv4) { p.From++ }, 2},
		{"identification", func(p *netIPv4) { p.ID++ }, 2},
		{"foreign destination", func(p *netIPv4) { p.To = netAddress(3) }, 1},
		{"odd length", func(p *netIPv4) { p.More, p.Data = true, p.Data[:13] }, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			netFragmentRun(t, func(l *netLab, h *netHost, tap *netTap, server *NX_UDP_SOCKET) {
				pieces := tap.fragments(1, 1000, netLong[:1500])
				good := pieces[1]
				c.spoil(&pieces[1])
				tap.send(1, pieces[0])
				tap.send(1, pieces[1])
				l.nothing(server)
				netEqual(t, "packets kept", h.pool.Total()-h.pool.Available(), c.kept)
				tap.send(1, good)
				l.receive(server, NX_NO_WAIT, netLong[:1500])
			})
		})
	}
}

// Fragments with overlaps and gaps neither make a datagram nor damage the pool.
func TestNetFragmentsOverlap(t *testing.T) {
	netFragmentRun(t, func(l *netLab, h *netHost, tap *netTap, server *NX_UDP_SOCKET) {
		pieces := tap.fragments(1, 1000, netLong[:2500])
		pieces[1].Offset -= 16
		pieces[2].Offset += 8
		for _, piece := range slices.Backward(pieces) {
			tap.send(1, piece)
		}
		l.nothing(server)
		l.sleep(70 * netSecond)
		netEqual(t, "free packets", h.pool.Available(), h.pool.Total())
	})
}
