package regression_test

import (
	"strings"
	"testing"

	"netxsim/ipstack"
	. "netxsim/netx"
	"netxsim/sim/link"
)

const (
	netEchoReply   = 0
	netEchoRequest = 8
)

// pings returns the counters of pinging: sent, timed out, waiting, answered.
func (h *netHost) pings() []ULONG {
	var sent, timeouts, waiting, answers ULONG
	h.lab.ok("ICMP info", NxIcmpInfoGet(h.ip, &sent, &timeouts, &waiting, &answers, nil, nil))
	return []ULONG{sent, timeouts, waiting, answers}
}

// A ping needs packets for all of its data: without them it is not sent.
func TestNetPing(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		pool := l.pool("small", 256, 4)
		a, b := l.hostOn(1, pool, l.wire), l.host(2)
		l.thread("pinger", func() {
			l.ok("ping", a.ping(b.address, "alphabet", netSecond))
			var held [4]*NX_PACKET
			for n := range held {
				l.ok("allocate", NxPacketAllocate(pool, &held[n], 0, NX_NO_WAIT))
			}
			l.status("ping without packets", a.ping(b.address, "alphabet", netSecond), NX_NO_PACKET)
			for _, p := range held {
				l.ok("release", NxPacketRelease(p))
			}
			l.status("ping with too much data", a.ping(b.address, strings.Repeat("x", 2000), netSecond), NX_NO_PACKET)
			netEqual(t, "free packets", pool.Available(), 4)
			l.status("ping of nobody", a.ping(netAddress(99), "alphabet", netSecond), NX_NO_RESPONSE)
			netEqual(t, "sent, timed out, waiting, answered", a.pings(), []ULONG{2, 1, 0, 1})
		})
	})
}

// Pings of the own address and of 127.0.0.1 never reach the wire; without a packet for the copy there is no answer, and
// the loss is counted.
func TestNetPingLoopback(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		pool := l.pool("two packets", 256, 2)
		h := l.hostOn(1, pool, l.wire)
		l.thread("pinger", func() {
			l.ok("ping of the own address", h.ping(h.address, "to myself", netSecond))
			l.ok("ping of 127.0.0.1", h.ping(0x7F000001, "to myself", netSecond))
			var first, second *NX_PACKET
			data := []byte("alphabet")
			l.ok("ping", NxIcmpPing(h.ip, 0x7F000001, data, 8, &first, netSecond))
			netEqual(t, "free packets", pool.Available(), 1)
			l.status("ping", NxIcmpPing(h.ip, 0x7F000001, data, 8, &second, netSecond), NX_NO_RESPONSE)
			var dropped ULONG
			l.ok("info", NxIpInfoGet(h.ip, nil, nil, nil, nil, nil, nil, nil, &dropped, nil, nil))
			netEqual(t, "packets dropped", dropped, 1)
			l.ok("release", NxPacketRelease(first))
			netEqual(t, "frames on the wire", l.wire.Counters().Frames, 0)
		})
	})
}

// Threads that wait for answers end on their own: by time-out in the order of their time-outs, or aborted.
func TestNetPingCleanup(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		h := l.host(1)
		var ended []string
		pinger := func(name string, wait ULONG, want UINT) *TX_THREAD {
			l.threads++
			return l.start(name, netPriority, func() {
				l.status("ping of "+name, h.ping(netAddress(99), "alphabet", wait), want)
				ended = append(ended, name)
				if err := l.ended.Put(); err != nil {
					t.Error(err)
				}
			})
		}
		pinger("one second", netSecond, NX_NO_RESPONSE)
		aborted := pinger("five seconds", 5*netSecond, NX_WAIT_ABORTED)
		pinger("four seconds", 4*netSecond, NX_NO_RESPONSE)
		pinger("three seconds", 3*netSecond, NX_NO_RESPONSE)
		l.thread("aborter", func() {
			l.settle()
			netEqual(t, "sent, timed out, waiting, answered", h.pings(), []ULONG{4, 0, 4, 0})
			l.sleep(2 * netSecond)
			l.ok("abort", TxThreadWaitAbort(aborted))
			l.sleep(3 * netSecond)
			netEqual(t, "order", ended, []string{"one second", "five seconds", "three seconds", "four seconds"})
			netEqual(t, "sent, timed out, waiting, answered", h.pings(), []ULONG{4, 3, 0, 0})
		})
	})
}

// An answer that nobody waits for is counted and released.
func TestNetPingUnexpectedReply(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		h, tap := l.host(1), l.tap(9)
		l.thread("tap", func() {
			tap.send(1, netIPv4{From: tap.address, To: h.address, Protocol: netICMPProtocol, Data: netICMP(netEchoReply, 0, 0x10002, []byte("answer"))})
			netEqual(t, "sent, timed out, waiting, answered", h.pings(), []ULONG{0, 0, 0, 1})
			netEqual(t, "free packets", h.pool.Available(), h.pool.Total())
		})
	})
}

// Two threads ping at once; the answer of the first comes late, and each gets its own.
func TestNetPingsAtOnce(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		a, b := l.host(1), l.host(2)
		replies := 0
		l.wire.AddRule(func(d link.Delivery) link.Verdict {
			if netTypeOf(d.Frame) != netTypeIPv4 || d.Frame[14+20] != netEchoReply {
				return link.Pass
			}
			if replies++; replies == 1 {
				return link.Deliver(netSecond * l.kernel.TickDuration())
			}
			return link.Pass
		})
		l.thread("first", func() {
			l.ok("ping", a.ping(b.address, "the slow one", 3*netSecond))
			netEqual(t, "ticks", l.kernel.Ticks() >= netSecond, true)
		})
		l.thread("second", func() {
			l.ok("ping", a.ping(b.address, "the fast one", 3*netSecond))
			netEqual(t, "ticks", l.kernel.Ticks() < netSecond, true)
			l.status("ping of nobody", a.ping(netAddress(7), "x", 2*netSecond), NX_NO_RESPONSE)
		})
	})
}

// Broadcasts to the network and to everybody, and pings of a group, are answered by those who hear them.
func TestNetPingBroadcast(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		a, b := l.host(1), l.host(2)
		l.thread("pinger", func() {
			l.ok("ping of the network", a.ping(netAddress(255), "alphabet", netSecond))
			l.ok("ping of everybody", a.ping(0xFFFFFFFF, "alphabet", netSecond))
			const group = 0xE00000FB
			l.status("ping of nobody's group", a.ping(group, "alphabet", netSecond), NX_NO_RESPONSE)
			l.ok("IGMP", NxIgmpEnable(b.ip))
			l.ok("join", NxIgmpMulticastJoin(b.ip, group))
			l.ok("ping of the group", a.ping(group, "alphabet", netSecond))
		})
	})
}

// A ping longer than a frame needs fragmentation on both sides.
func TestNetPingFragmented(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		a, b := l.host(1), l.host(2)
		long := strings.Repeat("fragment", 400)
		l.thread("pinger", func() {
			l.ok("short ping", a.ping(b.address, "Test", netSecond))
			l.status("long ping", a.ping(b.address, long, netSecond), NX_NO_RESPONSE)
			l.ok("enable", NxIpFragmentEnable(a.ip))
			l.status("long ping", a.ping(b.address, long, netSecond), NX_NO_RESPONSE)
			l.ok("enable", NxIpFragmentEnable(b.ip))
			l.ok("long ping", a.ping(b.address, long, netSecond))
			l.ok("long ping of the network", a.ping(netAddress(255), long, netSecond))
		})
	})
}

// Fragmentation that is switched off while ARP asks for the neighbour keeps a long ping from going out.
func TestNetPingFragmentationOffDuringARP(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		a, b := l.host(1), l.host(2)
		l.wire.AddRule(func(d link.Delivery) link.Verdict {
			if netTypeOf(d.Frame) == netTypeARP {
				a.ip.DisableFragmentation()
			}
			return link.Pass
		})
		l.thread("pinger", func() {
			for _, h := range l.hosts {
				l.ok("enable", NxIpFragmentEnable(h.ip))
			}
			long := strings.Repeat("fragment", 400)
			l.status("long ping", a.ping(b.address, long, netSecond), NX_NO_RESPONSE)
			l.ok("enable", NxIpFragmentEnable(a.ip))
			l.ok("long ping", a.ping(b.address, long, netSecond))
		})
	})
}

// A packet of a protocol nobody handles is reported to its sender with the start of it, unless it was for many or came
// from nobody in particular.
func TestNetICMPErrors(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		h, tap := l.host(1), l.tap(9)
		l.thread("tap", func() {
			for _, c := range []struct {
				from, to ULONG
				offset   int
				reported bool
			}{
				{tap.address, h.address, 0, true},
				{tap.address, netAddress(255), 0, false},
				{tap.address, 0xFFFFFFFF, 0, false},
				{tap.address, 0xE0000001, 0, false},
				{0, h.address, 0, false},
				{0xE0000001, h.address, 0, false},
				{0x7F000001, h.address, 0, false},
			} {
				p := netIPv4{From: c.from, To: c.to, Protocol: 200, Data: []byte("some data")}
				tap.send(1, p)
				got := tap.take(netTypeIPv4)
				netEqual(t, "reported", len(got) == 1, c.reported)
				if len(got) == 1 {
					report := netParseIPv4(got[0])
					netEqual(t, "type, code", report.Data[:2], []byte{3, 2})
					netEqual(t, "quote", string(report.Data[28:]), "some dat")
				}
			}
		})
	})
}

// Messages with a wrong checksum are counted as such and not answered; ones of unknown type are counted as unhandled.
func TestNetICMPMalformed(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		h, tap := l.host(1), l.tap(9)
		l.thread("tap", func() {
			send := func(message []byte) {
				tap.send(1, netIPv4{From: tap.address, To: h.address, Protocol: netICMPProtocol, Data: message})
			}
			message := netICMP(netEchoRequest, 0, 1, []byte("ping"))
			message[9] ^= 1
			send(message)
			send(netICMP(42, 0, 0, nil))
			send(message[:4])
			netEqual(t, "answers", len(tap.take(netTypeIPv4)), 0)
			var wrong, unhandled ULONG
			l.ok("info", NxIcmpInfoGet(h.ip, nil, nil, nil, nil, &wrong, &unhandled))
			netEqual(t, "wrong checksums, unhandled", []ULONG{wrong, unhandled}, []ULONG{1, 1})
			send(netICMP(netEchoRequest, 0, 0xABCD0007, []byte("ping")))
			got := tap.take(netTypeIPv4)
			netEqual(t, "answers", len(got), 1)
			netEqual(t, "answer", netParseIPv4(got[0]).Data, netICMP(netEchoReply, 0, 0xABCD0007, []byte("ping")))
		})
	})
}

// A packet with options is received if they are in order. One with a bad timestamp option is dropped, and its sender
// told which byte is wrong; one whose option leaves the header is dropped without a word.
func TestNetIPv4Options(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		h, tap := l.host(1), l.tap(9)
		l.thread("tap", func() {
			const timestamp = 68
			for _, c := range []struct {
				name    string
				options []byte
				kind    byte // of the answer
				at      byte
			}{
				{"nothing and end", []byte{1, 1, 1, 0}, netEchoReply, 0},
				{"timestamp", []byte{timestamp, 8, 5, 0, 0, 0, 0, 0}, netEchoReply, 0},
				{"bad length", []byte{timestamp, 7, 5, 0, 0, 0, 0, 0}, 12, 22},
				{"bad offset", []byte{timestamp, 8, 4, 0, 0, 0, 0, 0}, 12, 23},
				{"overflow", []byte{timestamp, 8, 5, 0xf0, 0, 0, 0, 0}, 12, 24},
				{"bad flags", []byte{timestamp, 8, 5, 2, 0, 0, 0, 0}, 12, 24},
				{"two timestamps", []byte{timestamp, 8, 5, 0, 0, 0, 0, 0, timestamp, 8, 5, 0, 0, 0, 0, 0}, 12, 30},
				{"beyond the header", []byte{7, 12, 4, 0}, 255, 0},
			} {
				ping := netICMP(netEchoRequest, 0, 1, []byte("ping with options"))
				tap.send(1, netIPv4{From: tap.address, To: h.address, Protocol: netICMPProtocol, Options: c.options, Data: ping})
				kind, at := byte(255), byte(0)
				if got := tap.take(netTypeIPv4); len(got) == 1 {
					answer := netParseIPv4(got[0])
					kind, at = answer.Data[0], answer.Data[4]
				}
				netEqual(t, c.name+": type, byte", []byte{kind, at}, []byte{c.kind, c.at})
			}
		})
	})
}
