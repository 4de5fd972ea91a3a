package regression_test

import (
	"strings"
	"testing"

	"netxsim/ipstack"
	. "netxsim/netx"
)

// A thousand datagrams, alternately with and without a checksum, all arrive and are counted on both sides.
func TestNetUDPCountsDatagrams(t *testing.T) {
	const count, text = 1000, "twenty-six letters or so.."
	netRun(t, ipstack.Target{}, func(l *netLab) {
		a, b := l.host(1), l.host(2)
		server := b.bound(89)
		l.thread("receiver", func() {
			for range count {
				l.receive(server, 2*netSecond, text)
			}
			l.nothing(server)
			var packets, bytes, queued, dropped, wrong ULONG
			l.ok("info", NxUdpSocketInfoGet(server, nil, nil, &packets, &bytes, &queued, &dropped, &wrong))
			netEqual(t, "received", []ULONG{packets, bytes, queued, dropped, wrong}, []ULONG{count, count * uint32(len(text)), 0, 0, 0})
		})
		l.thread("sender", func() {
			client := a.bound(88)
			for n := range count {
				if n%2 == 0 {
					l.ok("without checksum", NxUdpSocketChecksumDisable(client))
				} else {
					l.ok("with checksum", NxUdpSocketChecksumEnable(client))
				}
				a.send(client, b.address, 89, text)
				l.settle()
			}
			var packets, bytes ULONG
			l.ok("info", NxUdpInfoGet(a.ip, &packets, &bytes, nil, nil, nil, nil, nil))
			netEqual(t, "sent", []ULONG{packets, bytes}, []ULONG{count, count * uint32(len(text))})
		})
	})
}

// A bind of a port in use waits its time and fails; the socket that gave up is not bound.
func TestNetUDPBindTimesOut(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		h := l.host(1)
		l.thread("owner", func() {
			owner, late, noWait := h.bound(88), h.socket(5), h.socket(5)
			began := l.kernel.Ticks()
			l.status("bind", NxUdpSocketBind(late, 88, 250), NX_PORT_UNAVAILABLE)
			netEqual(t, "ticks waited", l.kernel.Ticks()-began, 250)
			l.status("bind", NxUdpSocketBind(noWait, 88, NX_NO_WAIT), NX_PORT_UNAVAILABLE)
			l.ok("unbind the owner", NxUdpSocketUnbind(owner))
			l.status("unbind the late one", NxUdpSocketUnbind(late), NX_NOT_BOUND)
			l.ok("delete", NxUdpSocketDelete(late))
		})
	})
}

// A datagram whose computed checksum is zero goes out as 0xFFFF (RFC 768), not as "no checksum", and is received.
func TestNetUDPZeroChecksumIsSentAsOnes(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		a, b, tap := l.host(1), l.host(2), l.tap(9)
		client, server := a.bound(88), b.bound(89)
		l.thread("sender", func() {
			// The checksum of the datagram with two zero bytes, added as data, makes the sum of the whole zero.
			for _, to := range []ULONG{tap.address, b.address} {
				plain := netUDP(a.address, to, 88, 89, "\x00\x00")
				data := string(plain[6:8])
				a.send(client, to, 89, data)
				l.settle()
				if to == tap.address {
					packets := tap.take(netTypeIPv4)
					netEqual(t, "packets on the wire", len(packets), 1)
					netEqual(t, "checksum field", packets[0][26:28], []byte{0xff, 0xff})
				} else {
					l.receive(server, NX_NO_WAIT, data)
				}
			}
		})
	})
}

// The search for a free port starts where it is told, skips ports in use, wraps around behind the last one to 49152,
// and refuses what is no port.
func TestNetUDPFreePortFind(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		h := l.host(1)
		l.thread("finder", func() {
			for _, c := range []struct{ used, from, want UINT }{
				{0x88, 0x88, 0x89}, {0x8088, 0x8088, 0x8089}, {0xFFFF, 0xFFFF, 49152}, {0x90, 0x91, 0x91},
			} {
				var free UINT
				h.bound(c.used)
				l.ok("find", NxUdpFreePortFind(h.ip, c.from, &free))
				netEqual(t, "free port", free, c.want)
			}
			var free UINT
			l.status("find from 0", NxUdpFreePortFind(h.ip, 0, &free), NX_INVALID_PORT)
			l.status("find from 65536", NxUdpFreePortFind(h.ip, 0x10000, &free), NX_INVALID_PORT)
		})
	})
}

// An instance's datagram to itself, by its own address, is received with the right source.
func TestNetUDPLoopback(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		h := l.host(1)
		l.thread("talker", func() {
			client, server := h.bound(88), h.bound(89)
			for _, to := range []ULONG{h.address, 0x7F000001} {
				h.send(client, to, 89, "to myself")
				var p *NX_PACKET
				l.ok("receive", NxUdpSocketReceive(server, &p, netSecond))
				var from ULONG
				var port UINT
				l.ok("source", NxUdpSourceExtract(p, &from, &port))
				netEqual(t, "source", []ULONG{from, port}, []ULONG{to, 88})
				netEqual(t, "data", l.take(p), "to myself")
			}
			netEqual(t, "frames on the wire", l.wire.Counters().Frames, 0)
		})
	})
}

// Datagrams to four ports reach the right two of three sockets; those to a port of nobody are dropped and counted.
func TestNetUDPMultiplePorts(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		a, b := l.host(1), l.host(2)
		first, second := b.bound(89), b.bound(0x8089) // which share a slot of C's port table
		notified := 0
		l.ok("notify", NxUdpSocketReceiveNotify(first, func(*NX_UDP_SOCKET) { notified++ }))
		l.thread("sender", func() {
			client := a.bound(88)
			for range 50 {
				for _, port := range []UINT{89, 0x8089, 90, 91} {
					a.send(client, b.address, port, "x")
				}
				l.settle()
				l.receive(first, NX_NO_WAIT, "x")
				l.receive(second, NX_NO_WAIT, "x")
			}
			var received, dropped ULONG
			l.ok("info", NxUdpInfoGet(b.ip, nil, nil, &received, nil, nil, &dropped, nil))
			netEqual(t, "received, dropped, notified", []ULONG{received, dropped, ULONG(notified)}, []ULONG{200, 100, 50})
		})
	})
}

// Before a socket is bound nothing works that needs the port. Afterwards more datagrams than its queue holds push out
// the oldest.
func TestNetUDPReceiveQueue(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		a, b := l.host(1), l.host(2)
		l.thread("receiver", func() {
			server, client := b.socket(3), a.bound(88)
			var p *NX_PACKET
			var port UINT
			l.status("port", NxUdpSocketPortGet(server, &port), NX_NOT_BOUND)
			l.status("receive", NxUdpSocketReceive(server, &p, 10), NX_NOT_BOUND)
			l.status("checksum off", NxUdpSocketChecksumDisable(server), NX_NOT_BOUND)
			l.status("checksum on", NxUdpSocketChecksumEnable(server), NX_NOT_BOUND)
			l.ok("bind", NxUdpSocketBind(server, 89, NX_NO_WAIT))
			a.send(client, b.address, 89, "0") // finds the neighbour
			l.settle()
			l.receive(server, NX_NO_WAIT, "0")
			for _, text := range []string{"1", "2", "3", "4", "5"} {
				a.send(client, b.address, 89, text)
			}
			l.settle()
			var dropped, queued ULONG
			l.ok("info", NxUdpSocketInfoGet(server, nil, nil, nil, nil, &queued, &dropped, nil))
			netEqual(t, "queued, dropped", []ULONG{queued, dropped}, []ULONG{3, 2})
			for _, text := range []string{"3", "4", "5"} {
				l.receive(server, NX_NO_WAIT, text)
			}
			l.nothing(server)
			began := l.kernel.Ticks()
			l.status("receive", NxUdpSocketReceive(server, &p, 2*netSecond), NX_NO_PACKET)
			netEqual(t, "ticks waited", l.kernel.Ticks()-began, 2*netSecond)
		})
	})
}

// A datagram that says to be longer than its packet is malformed; one with a wrong checksum is dropped when the
// application comes for it.
func TestNetUDPMalformedDatagrams(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		h, tap := l.host(1), l.tap(9)
		server := h.bound(89)
		l.thread("sender", func() {
			send := func(change func(d []byte) []byte) {
				d := change(netUDP(tap.address, h.address, 88, 89, "datagram"))
				tap.send(1, netIPv4{From: tap.address, To: h.address, Protocol: netUDPProtocol, Data: d})
			}
			send(func(d []byte) []byte { d[4] = 0xff; return d })
			send(func(d []byte) []byte { return d[:6] })
			l.nothing(server)
			send(func(d []byte) []byte { d[9] ^= 1; return d })
			l.nothing(server)
			send(func(d []byte) []byte { d[6], d[7] = 0, 0; return d })
			l.receive(server, NX_NO_WAIT, "datagram")
			send(func(d []byte) []byte { return d })
			l.receive(server, NX_NO_WAIT, "datagram")
			var invalid, wrong ULONG
			l.ok("info", NxUdpInfoGet(h.ip, nil, nil, nil, nil, &invalid, nil, &wrong))
			netEqual(t, "invalid, wrong checksums", []ULONG{invalid, wrong}, []ULONG{3, 1})
		})
	})
}

// A packet needs room for the UDP and IP headers in front of its data; the sender keeps one that has too little.
func TestNetUDPHeaderRoom(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		a, b := l.host(1), l.host(2)
		server := b.bound(89)
		l.thread("sender", func() {
			client := a.bound(88)
			for _, c := range []struct{ room, want UINT }{{44, NX_SUCCESS}, {28, NX_SUCCESS}, {8, NX_UNDERFLOW}, {0, NX_UNDERFLOW}} {
				p := a.packet(c.room, []byte("alphabet"))
				l.status("send", NxUdpSocketSend(client, p, b.address, 89), c.want)
				if c.want != NX_SUCCESS {
					l.ok("release", NxPacketRelease(p))
					continue
				}
				l.receive(server, netSecond, "alphabet")
			}
		})
	})
}

// A datagram to a port of nobody is answered with port unreachable, also when somebody has a port of the same hash.
func TestNetUDPPortUnreachable(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		a, b := l.host(1), l.host(2)
		l.thread("sender", func() {
			client := a.bound(0x88)
			for want := range ULONG(2) {
				a.send(client, b.address, 0x89, strings.Repeat("z", 28))
				l.settle()
				var unhandled ULONG
				l.ok("info", NxIcmpInfoGet(a.ip, nil, nil, nil, nil, nil, &unhandled))
				netEqual(t, "errors received", unhandled, want+1)
				if want == 0 {
					b.bound(0x8089)
				}
			}
		})
	})
}

// A bound socket cannot be bound again; with all ports taken none is found and none can be bound.
func TestNetUDPPortsUsedUp(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		h := l.host(1)
		l.thread("hoarder", func() {
			first := h.bound(1234)
			l.status("bind again", NxUdpSocketBind(first, 1235, NX_NO_WAIT), NX_ALREADY_BOUND)
			l.ok("unbind", NxUdpSocketUnbind(first))
			for port := UINT(49152); port <= 0xFFFF; port++ {
				h.bound(port)
			}
			var free UINT
			l.status("find", NxUdpFreePortFind(h.ip, 49152, &free), NX_NO_FREE_PORTS)
			l.status("bind to any", NxUdpSocketBind(first, 0, NX_NO_WAIT), NX_NO_FREE_PORTS)
			l.ok("bind to one below", NxUdpSocketBind(first, 1234, NX_NO_WAIT))
		})
	})
}

// Sockets can be deleted in any order, unless they are bound.
func TestNetUDPDelete(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		h := l.host(1)
		l.thread("maker", func() {
			sockets := []*NX_UDP_SOCKET{h.socket(5), h.socket(5), h.socket(5), h.bound(99)}
			for _, n := range []int{1, 0, 2} {
				l.ok("delete", NxUdpSocketDelete(sockets[n]))
				l.status("delete again", NxUdpSocketDelete(sockets[n]), NX_PTR_ERROR)
			}
			l.status("delete the bound one", NxUdpSocketDelete(sockets[3]), NX_STILL_BOUND)
			l.status("delete the instance", NxIpDelete(h.ip), NX_SOCKETS_BOUND)
		})
	})
}

// A thread that waits for a datagram goes on when its socket is unbound.
func TestNetUDPUnbindWakesReceiver(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		h := l.host(1)
		socket := h.socket(5)
		l.thread("owner", func() {
			l.ok("bind", NxUdpSocketBind(socket, 80, NX_NO_WAIT))
			l.sleep(netSecond)
			l.ok("unbind", NxUdpSocketUnbind(socket))
			l.ok("delete", NxUdpSocketDelete(socket))
		})
		l.thread("receiver", func() {
			var p *NX_PACKET
			l.status("receive", NxUdpSocketReceive(socket, &p, 2*netSecond), NX_SOCKET_UNBOUND)
			netEqual(t, "ticks waited", l.kernel.Ticks(), netSecond)
		})
	})
}

// The threads that wait for a port get it one after the other, first come first served; one whose socket is unbound
// while it waits gives up.
func TestNetUDPUnbindHandsPortOver(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		h := l.host(1)
		owner := h.bound(100)
		var order []string
		waiter := func(name string) *NX_UDP_SOCKET {
			s := h.socket(5)
			l.thread(name, func() {
				got := NxUdpSocketBind(s, 100, 10*netSecond)
				order = append(order, name)
				if name == "quitter" {
					l.status("bind of the quitter", got, NX_PORT_UNAVAILABLE)
					return
				}
				l.ok("bind", got)
				l.sleep(netSecond)
				l.ok("unbind", NxUdpSocketUnbind(s))
			})
			return s
		}
		waiter("first")
		quitter := waiter("quitter")
		waiter("second")
		l.thread("owner", func() {
			l.sleep(netSecond)
			NxUdpSocketUnbind(quitter)
			l.sleep(netSecond)
			l.ok("unbind", NxUdpSocketUnbind(owner))
		})
	})
}
