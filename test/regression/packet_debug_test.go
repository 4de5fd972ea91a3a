package regression_test

import (
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"netxsim/ipstack"
	. "netxsim/netx"
	"netxsim/packetpool"
	"netxsim/sim/link"
)

// debugUse says who used a packet last: a thread, "ISR" outside threads; and where: a file, or the queue that has it.
type debugUse struct{ Thread, Where string }

// uses returns that of all packets of a host that are not free.
func (h *netHost) uses() (uses []debugUse) {
	h.lab.t.Helper()
	for i := range h.pool.Total() {
		var state *NX_PACKET
		var thread, file string
		h.lab.ok("debug info", NxPacketDebugInfoGet(h.pool, i, nil, &state, &thread, &file, nil))
		if state != NX_PACKET_FREE {
			uses = append(uses, debugUse{thread, filepath.Base(file)})
		}
	}
	return uses
}

// debugRun is netRun for a device that keeps debug information, with two hosts.
func debugRun(t *testing.T, define func(l *netLab, a, b *netHost)) {
	netRunOn(t, packetpool.Target{EnablePacketDebugInfo: true}, ipstack.Target{}, func(l *netLab) {
		define(l, l.host(1), l.host(2))
	})
}

// debugHere is what debugUse says about packets that a test's own thread used last.
func debugHere(thread string) []debugUse { return []debugUse{{thread, "packet_debug_test.go"}} }

// onFirstFrame calls f when the first frame of host n, of any type or of one, is on the wire.
func (l *netLab) onFirstFrame(n byte, kind uint16, f func()) {
	done := false
	l.wire.AddRule(func(d link.Delivery) link.Verdict {
		if !done && d.From.MAC() == netHardware(n) && (kind == 0 || netTypeOf(d.Frame) == kind) {
			done = true
			f()
		}
		return link.Pass
	})
}

// The debug information of a packet is the thread, the file and the line that used it last: to allocate it, to append to
// it, to release it.
func TestNetPacketDebugInfo(t *testing.T) {
	debugRun(t, func(l *netLab, a, b *netHost) {
		l.thread("client", func() {
			for _, h := range []*netHost{a, b} {
				netEqual(t, "uses in the beginning", h.uses(), nil)
			}
			var p, found, state *NX_PACKET
			var thread, file string
			var line ULONG
			use := func(what string, wantState *NX_PACKET, got UINT) {
				t.Helper()
				l.ok(what, got)
				_, here, before, _ := runtime.Caller(1)
				l.ok("debug info", NxPacketDebugInfoGet(a.pool, 0, &found, &state, &thread, &file, &line))
				netEqual(t, what+": the packet, its state", []bool{found == p, state == wantState}, []bool{true, true})
				netEqual(t, what+": thread, file, line", []any{thread, file, int(line)}, []any{"client", here, before})
			}
			use("allocate", NX_PACKET_ALLOCATED, NxPacketAllocate(a.pool, &p, NX_TCP_PACKET, NX_NO_WAIT))
			use("append", NX_PACKET_ALLOCATED, NxPacketDataAppend(p, []byte("ABCD"), 4, a.pool, NX_NO_WAIT))
			use("release", NX_PACKET_FREE, NxPacketRelease(p))
			l.status("behind the last packet", NxPacketDebugInfoGet(a.pool, netPackets, nil, nil, nil, nil, nil), NX_INVALID_PARAMETERS)
		})
	})
}

// A packet that waits for a neighbour's hardware address is in the ARP queue, or that of neighbour discovery. The question
// and the answer are where the ping was called.
func TestNetPacketDebugNeighbours(t *testing.T) {
	t.Run("ARP", func(t *testing.T) {
		debugRun(t, func(l *netLab, a, b *netHost) {
			var asking []debugUse
			l.onFirstFrame(1, netTypeARP, func() { asking = a.uses() })
			l.thread("pinger", func() {
				var answer *NX_PACKET
				l.ok("ping", NxIcmpPing(a.ip, b.address, nil, 0, &answer, netSecond))
				netEqual(t, "uses while ARP asks", asking, append([]debugUse{{"pinger", NX_PACKET_ARP_WAITING_QUEUE}}, debugHere("pinger")...))
				netEqual(t, "uses with the answer", a.uses(), debugHere("pinger"))
				l.ok("release", NxPacketRelease(answer))
				netEqual(t, "uses in the end", [][]debugUse{a.uses(), b.uses()}, [][]debugUse{nil, nil})
			})
		})
	})
	t.Run("ND", func(t *testing.T) {
		netRunOn(t, packetpool.Target{EnablePacketDebugInfo: true}, ipstack.Target{}, func(l *netLab) {
			a := l.host6(1)
			l.host6(2)
			l.thread("pinger", func() {
				l.sleep(5 * netSecond)
				var asking []debugUse
				l.onFirstFrame(1, netTypeIPv6, func() { asking = a.uses() })
				l.ok("ping", a.ping6(netAddress6(2), "data", netSecond))
				netEqual(t, "uses while the neighbour is asked", asking, []debugUse{{"pinger", NX_PACKET_ND_WAITING_QUEUE}, {"pinger", "ipv6_test.go"}})
			})
		})
	})
}

// The SYN of a client that nobody has accepted is in the listen queue.
func TestNetPacketDebugListenQueue(t *testing.T) {
	debugRun(t, func(l *netLab, a, b *netHost) {
		l.thread("client", func() {
			server, first, second := b.socketTCP("server"), a.socketTCP("first"), a.socketTCP("second")
			l.ok("listen", NxTcpServerSocketListen(b.ip, 12, server, 5, nil))
			for n, s := range []*NX_TCP_SOCKET{first, second} {
				l.ok("bind", NxTcpClientSocketBind(s, 12+UINT(n), NX_NO_WAIT))
				l.status("connect", NxTcpClientSocketConnect(s, b.address, 12, NX_NO_WAIT), NX_IN_PROGRESS)
			}
			l.settle()
			netEqual(t, "uses of the clients", a.uses(), nil)
			netEqual(t, "uses of the server", b.uses(), []debugUse{{"host 2 IP thread", NX_PACKET_TCP_LISTEN_QUEUE}})
			for _, s := range []*NX_TCP_SOCKET{first, second} {
				a.disconnectTCP(s)
			}
			l.settle()
			l.ok("unaccept", NxTcpServerSocketUnaccept(server))
			l.ok("unlisten", NxTcpServerSocketUnlisten(b.ip, 12))
			l.ok("delete", NxTcpSocketDelete(server))
			netEqual(t, "uses in the end", b.uses(), nil)
		})
	})
}

// What TCP has sent is the sender's until it is acknowledged; what it has received is in the receive queue until the
// application has it.
func TestNetPacketDebugTCPData(t *testing.T) {
	debugRun(t, func(l *netLab, a, b *netHost) {
		l.thread("server", func() {
			s := b.acceptTCP(12)
			l.sleep(50)
			netEqual(t, "uses of the receiver", b.uses(), []debugUse{{"host 2 IP thread", NX_PACKET_TCP_RECEIVE_QUEUE}})
			var p *NX_PACKET
			l.ok("receive", NxTcpSocketReceive(s, &p, NX_NO_WAIT))
			netEqual(t, "uses of the receiver", b.uses(), debugHere("server"))
			netEqual(t, "data", l.take(p), "ABCD")
			netEqual(t, "uses of the receiver", b.uses(), nil)
			b.closeTCP(s, 12)
		})
		l.thread("client", func() {
			s := a.connectTCP(b.address, 12)
			p := a.packet(NX_TCP_PACKET, []byte("ABCD"))
			l.ok("send", NxTcpSocketSend(s, p, NX_NO_WAIT))
			netEqual(t, "uses of the sender", a.uses(), debugHere("client"))
			netEqual(t, "state of the packet", p.UnionNext.TcpQueueNext == NX_PACKET_ENQUEUED, true)
			l.sleep(netSecond)
			netEqual(t, "uses of the sender", a.uses(), nil)
			a.disconnectTCP(s)
		})
	})
}

// Datagrams wait in the receive queue of their socket, fragments for each other, raw packets for whoever receives them.
func TestNetPacketDebugDatagrams(t *testing.T) {
	t.Run("UDP", func(t *testing.T) {
		debugRun(t, func(l *netLab, a, b *netHost) {
			client, server := a.bound(88), b.bound(89)
			l.thread("sender", func() {
				a.send(client, b.address, 89, "ABCD")
				l.settle()
				netEqual(t, "uses of the receiver", b.uses(), []debugUse{{"host 2 IP thread", NX_PACKET_UDP_RECEIVE_QUEUE}})
				var p *NX_PACKET
				l.ok("receive", NxUdpSocketReceive(server, &p, NX_NO_WAIT))
				netEqual(t, "uses of the receiver", b.uses(), debugHere("sender"))
				l.ok("release", NxPacketRelease(p))
				netEqual(t, "uses in the end", [][]debugUse{a.uses(), b.uses()}, [][]debugUse{nil, nil})
			})
		})
	})
	t.Run("fragments", func(t *testing.T) {
		debugRun(t, func(l *netLab, a, b *netHost) {
			client, server := a.bound(88), b.bound(89)
			l.ok("enable fragments", NxIpFragmentEnable(a.ip))
			l.ok("enable fragments", NxIpFragmentEnable(b.ip))
			l.thread("sender", func() {
				l.ok("find the neighbour", a.ping(b.address, "data", netSecond))
				late := true
				l.wire.AddRule(func(d link.Delivery) link.Verdict {
					if !late || d.From.MAC() != netHardware(1) {
						return link.Pass
					}
					late = false
					return link.Deliver(time.Second)
				})
				a.send(client, b.address, 89, netLong[:2048])
				l.sleep(netSecond / 2)
				netEqual(t, "uses of the receiver", b.uses(), []debugUse{{"host 2 IP thread", NX_PACKET_IP_FRAGMENT_QUEUE}})
				l.receive(server, netSecond, netLong[:2048])
				netEqual(t, "uses in the end", [][]debugUse{a.uses(), b.uses()}, [][]debugUse{nil, nil})
			})
		})
	})
	t.Run("raw", func(t *testing.T) {
		debugRun(t, func(l *netLab, a, b *netHost) {
			l.ok("enable", NxIpRawPacketEnable(a.ip))
			l.ok("enable", NxIpRawPacketEnable(b.ip))
			l.thread("sender", func() {
				a.raw(b.address, "ABCD")
				l.settle()
				netEqual(t, "uses of the receiver", b.uses(), []debugUse{{"host 2 IP thread", "raw.go"}})
				b.wantRaw(NX_NO_WAIT, "ABCD")
				netEqual(t, "uses in the end", b.uses(), nil)
			})
		})
	})
}
