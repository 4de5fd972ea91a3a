package regression_test

import (
	"testing"

	"netxsim/ipstack"
	. "netxsim/netx"
	"netxsim/sim/link"
)

// found returns the hardware address that the cache of a host has for a neighbour, and the status of asking.
func (h *netHost) found(address ULONG) (hardware ipstack.HardwareAddress, s UINT) {
	var msw, lsw ULONG
	s = NxArpHardwareAddressFind(h.ip, address, &msw, &lsw)
	return ipstack.HardwareAddressFrom(msw, lsw), s
}

// entries returns the number of dynamic and static entries.
func (h *netHost) entries() []ULONG {
	var dynamic, static ULONG
	h.lab.ok("ARP info", NxArpInfoGet(h.ip, nil, nil, nil, nil, &dynamic, &static, nil, nil))
	return []ULONG{dynamic, static}
}

// wantARP checks that the cache has an entry, in both directions.
func (h *netHost) wantARP(address ULONG, hardware ipstack.HardwareAddress) {
	h.lab.t.Helper()
	got, s := h.found(address)
	h.lab.ok("find hardware address", s)
	netEqual(h.lab.t, "hardware address", got, hardware)
	var back ULONG
	msw, lsw := hardware.Words()
	h.lab.ok("find IP address", NxArpIpAddressFind(h.ip, &back, msw, lsw))
	netEqual(h.lab.t, "IP address", back, address)
}

// setARP makes a dynamic entry.
func (h *netHost) setARP(address ULONG, hardware ipstack.HardwareAddress) UINT {
	msw, lsw := hardware.Words()
	return NxArpDynamicEntrySet(h.ip, address, msw, lsw)
}

// fixARP makes a static entry.
func (h *netHost) fixARP(address ULONG, hardware ipstack.HardwareAddress) UINT {
	msw, lsw := hardware.Words()
	return NxArpStaticEntryCreate(h.ip, address, msw, lsw)
}

// A message of a neighbour nobody asked for makes an entry.
func TestNetARPLearnsFromAnyMessage(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		h, tap := l.host(1), l.tap(9)
		l.thread("tap", func() {
			for n, op := range []uint16{netARPRequest, netARPReply} {
				sender, mac := netAddress(byte(20+n)), netHardware(byte(20+n))
				tap.sendTo(netEverybody, netTypeARP, netARP{op, mac, sender, [6]byte{}, netAddress(77)}.bytes())
				l.settle()
				h.wantARP(sender, mac)
			}
		})
	})
}

// Messages of a neighbour with a new hardware address change its entry and make no second one.
func TestNetARPNoDuplicateEntry(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		h, tap := l.host(1), l.tap(9)
		l.thread("tap", func() {
			neighbour := netAddress(20)
			for n, op := range []uint16{netARPRequest, netARPRequest, netARPReply} {
				mac := netHardware(byte(30 + n))
				tap.sendTo(netEverybody, netTypeARP, netARP{op, mac, neighbour, [6]byte{}, h.address}.bytes())
				l.settle()
				h.wantARP(neighbour, mac)
				netEqual(t, "dynamic, static entries", h.entries(), []ULONG{1, 0})
			}
			var address ULONG
			msw, lsw := netHardware(30).Words()
			l.status("find the old address", NxArpIpAddressFind(h.ip, &address, msw, lsw), NX_ENTRY_NOT_FOUND)
		})
	})
}

// The address of another host that claims ours is defended with one announcement in ten seconds.
func TestNetARPDefendsAddress(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		h, tap := l.host(1), l.tap(9)
		claim := func() int {
			tap.take(0)
			tap.sendTo(netEverybody, netTypeARP, netARP{netARPRequest, tap.port.MAC(), h.address, [6]byte{}, h.address}.bytes())
			l.settle()
			return len(tap.take(netTypeARP))
		}
		l.thread("rival", func() {
			netEqual(t, "answers to the first claim", claim(), 1)
			l.sleep(netSecond)
			netEqual(t, "answers to one a second later", claim(), 0)
			l.sleep(10 * netSecond)
			netEqual(t, "answers to one ten seconds later", claim(), 1)
			_, s := h.found(h.address)
			l.status("an entry for our address", s, NX_ENTRY_NOT_FOUND)
		})
	})
}

// The callback of an announcement hears of another host with our address, and owns the message.
func TestNetARPConflictCallback(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		h, tap := l.host(1), l.tap(9)
		l.thread("announcer", func() {
			conflicts := 0
			l.ok("announce", NxArpGratuitousSend(h.ip, func(_ *NX_IP, p *NX_PACKET) {
				conflicts++
				l.ok("release", NxPacketRelease(p))
			}))
			tap.sendTo(netEverybody, netTypeARP, netARP{netARPReply, tap.port.MAC(), h.address, netHardware(1), h.address}.bytes())
			l.settle()
			netEqual(t, "conflicts heard of", conflicts, 1)
		})
	})
}

// A gratuitous message is a broadcast request for our own address with ourselves as sender.
func TestNetARPGratuitous(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		h, tap := l.host(1), l.tap(9)
		l.thread("announcer", func() {
			l.ok("dynamic entry", h.setARP(tap.address, tap.port.MAC()))
			h.wantARP(tap.address, tap.port.MAC())
			l.ok("announce", NxArpGratuitousSend(h.ip, nil))
			l.settle()
			netEqual(t, "frames", len(tap.frames), 1)
			netEqual(t, "to", [6]byte(tap.frames[0][:6]), netEverybody)
			m := netParseARP(tap.frames[0])
			m.TargetHardware = [6]byte{}
			netEqual(t, "message", m, netARP{Op: netARPRequest, SenderHardware: netHardware(1), Sender: h.address, Target: h.address})
		})
	})
}

// What waits for neighbours that do not answer is released when ARP gives up, 18 retries of 10 seconds later.
func TestNetARPGivesUp(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		h := l.host(1)
		l.thread("pinger", func() {
			for _, n := range []byte{5, 37} {
				l.status("ping", h.ping(netAddress(n), "anybody there?", netSecond), NX_NO_RESPONSE)
			}
			netEqual(t, "packets kept", h.pool.Total()-h.pool.Available(), 2)
			l.sleep(19 * 10 * netSecond)
			netEqual(t, "packets kept", h.pool.Total()-h.pool.Available(), 0)
			netEqual(t, "entries", h.entries(), []ULONG{0, 0})
			var requests ULONG
			l.ok("info", NxArpInfoGet(h.ip, &requests, nil, nil, nil, nil, nil, nil, nil))
			netEqual(t, "requests sent", requests, 2*19)
		})
	})
}

// Invalidating the dynamic entries releases what waits for them. A neighbour that becomes known while a ping waits for
// it gets the ping.
func TestNetARPInvalidateReleasesPackets(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		h, peer := l.host(1), l.host(2)
		deaf := true
		l.wire.AddRule(func(d link.Delivery) link.Verdict {
			if deaf && netTypeOf(d.Frame) == netTypeARP {
				return link.Drop
			}
			return link.Pass
		})
		l.thread("pinger", func() {
			l.status("ping", h.ping(peer.address, "hello", netSecond), NX_NO_RESPONSE)
			netEqual(t, "packets kept", h.pool.Total()-h.pool.Available(), 1)
			l.ok("invalidate", NxArpDynamicEntriesInvalidate(h.ip))
			netEqual(t, "packets kept", h.pool.Total()-h.pool.Available(), 0)
			l.ok("ping", h.ping(peer.address, "hello again", 2*netSecond))
			var sent, timeouts, waiting, answers ULONG
			l.ok("info", NxIcmpInfoGet(h.ip, &sent, &timeouts, &waiting, &answers, nil, nil))
			netEqual(t, "sent, timed out, waiting, answered", []ULONG{sent, timeouts, waiting, answers}, []ULONG{2, 1, 0, 1})
		})
		l.thread("helper", func() {
			l.sleep(netSecond + netSecond/2)
			l.ok("entry", peer.setARP(h.address, netHardware(1)))
			l.ok("entry", h.setARP(peer.address, netHardware(2)))
			deaf = false
		})
	})
}

// An answer that comes late is still one: the ping goes out when it arrives.
func TestNetARPLateAnswer(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		h, peer := l.host(1), l.host(2)
		delayed := false
		l.wire.AddRule(func(d link.Delivery) link.Verdict {
			if !delayed && netTypeOf(d.Frame) == netTypeARP {
				delayed = true
				return link.Deliver(netSecond * l.kernel.TickDuration())
			}
			return link.Pass
		})
		l.thread("pinger", func() {
			l.ok("unknown entry", NxArpDynamicEntrySet(h.ip, peer.address, 0, 0))
			l.ok("ping", h.ping(peer.address, "Test", 2*netSecond))
		})
	})
}

// Dynamic entries are for neighbours on the own network only, with a gateway or without one; the cache finds them by
// either address.
func TestNetARPDynamicEntrySet(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		h := l.host(1)
		l.thread("setter", func() {
			elsewhere := netAddress(5) + 0x100
			l.ok("entry", h.setARP(netAddress(5), netHardware(5)))
			h.wantARP(netAddress(5), netHardware(5))
			l.status("entry elsewhere", h.setARP(elsewhere, netHardware(6)), NX_IP_ADDRESS_ERROR)
			l.ok("gateway", NxIpGatewayAddressSet(h.ip, netAddress(254)))
			l.status("entry behind the gateway", h.setARP(elsewhere, netHardware(6)), NX_IP_ADDRESS_ERROR)
			l.ok("entry with a zero first half", h.setARP(netAddress(15), ipstack.HardwareAddress{5: 7}))
			h.wantARP(netAddress(15), ipstack.HardwareAddress{5: 7})
			_, s := h.found(elsewhere)
			l.status("find", s, NX_ENTRY_NOT_FOUND)
		})
	})
}

// Invalidating takes all dynamic entries out, and leaves the static ones.
func TestNetARPDynamicInvalidate(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		h := l.host(1)
		l.thread("setter", func() {
			for _, n := range []byte{5, 6, 7, 39, 37, 69} {
				l.ok("entry", h.setARP(netAddress(n), netHardware(n)))
			}
			l.ok("static entry", h.fixARP(netAddress(70), netHardware(70)))
			netEqual(t, "entries", h.entries(), []ULONG{6, 1})
			l.ok("invalidate", NxArpDynamicEntriesInvalidate(h.ip))
			netEqual(t, "entries", h.entries(), []ULONG{0, 1})
			_, s := h.found(netAddress(5))
			l.status("find", s, NX_ENTRY_NOT_FOUND)
			h.wantARP(netAddress(70), netHardware(70))
		})
	})
}

// An entry made by hand for a neighbour that was asked for sends what waits; a static one takes the place of a dynamic
// one, and the other way round the address is taken.
func TestNetARPEntriesReplaceOneAnother(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		h, tap := l.host(1), l.tap(9)
		tap.mute = true
		l.thread("setter", func() {
			l.status("ping", h.ping(tap.address, "1", netSecond), NX_NO_RESPONSE)
			netEqual(t, "pings", len(tap.take(netTypeIPv4)), 0)
			netEqual(t, "entries", h.entries(), []ULONG{1, 0})
			l.ok("dynamic entry", h.setARP(tap.address, tap.port.MAC()))
			l.settle()
			netEqual(t, "pings", len(tap.take(netTypeIPv4)), 1)
			l.status("ping", h.ping(tap.address, "2", 50), NX_NO_RESPONSE)
			netEqual(t, "pings", len(tap.take(netTypeIPv4)), 1)
			l.ok("static entry", h.fixARP(tap.address, tap.port.MAC()))
			netEqual(t, "entries", h.entries(), []ULONG{0, 1})
			l.status("ping", h.ping(tap.address, "3", 50), NX_NO_RESPONSE)
			netEqual(t, "pings and requests", len(tap.take(0)), 1)
			l.ok("delete", NxArpEntryDelete(h.ip, tap.address))
			netEqual(t, "entries", h.entries(), []ULONG{0, 0})
		})
	})
}

// Messages that are neither a request nor a reply are counted as invalid; so are short ones.
func TestNetARPInvalidMessages(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		h, tap := l.host(1), l.tap(9)
		l.thread("tap", func() {
			m := netARP{9, tap.port.MAC(), tap.address, [6]byte{}, h.address}.bytes()
			tap.sendTo(netHardware(1), netTypeARP, m)
			l.settle()
			m[7] = netARPRequest
			tap.sendTo(netHardware(1), netTypeARP, m[:20])
			l.settle()
			var invalid, requests ULONG
			l.ok("info", NxArpInfoGet(h.ip, nil, &requests, nil, nil, nil, nil, nil, &invalid))
			netEqual(t, "invalid messages, requests", []ULONG{invalid, requests}, []ULONG{2, 0})
			netEqual(t, "answers", len(tap.take(netTypeARP)), 0)
		})
	})
}

// Four packets wait for a neighbour; each further one pushes out the oldest.
func TestNetARPQueueDepth(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		h := l.host(1)
		l.thread("pinger", func() {
			for n := range ULONG(7) {
				l.status("ping", h.ping(netAddress(5), "alphabet", 10), NX_NO_RESPONSE)
				netEqual(t, "packets kept", h.pool.Total()-h.pool.Available(), min(n+1, 4))
			}
			var dropped ULONG
			l.ok("info", NxIpInfoGet(h.ip, nil, nil, nil, nil, nil, nil, nil, &dropped, nil, nil))
			netEqual(t, "packets dropped", dropped, 3)
		})
	})
}

// All static entries can be deleted at once, and the dynamic ones stay.
func TestNetARPStaticEntriesDelete(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		h := l.host(1)
		l.thread("setter", func() {
			for _, n := range []byte{5, 6, 7, 39, 37} {
				l.ok("static entry", h.fixARP(netAddress(n), netHardware(n)))
				h.wantARP(netAddress(n), netHardware(n))
			}
			l.ok("static entry", h.fixARP(netAddress(69), ipstack.HardwareAddress{5: 69}))
			h.wantARP(netAddress(69), ipstack.HardwareAddress{5: 69})
			l.ok("dynamic entry", h.setARP(netAddress(70), netHardware(70)))
			netEqual(t, "entries", h.entries(), []ULONG{1, 6})
			l.ok("delete", NxArpStaticEntriesDelete(h.ip))
			netEqual(t, "entries", h.entries(), []ULONG{1, 0})
			_, s := h.found(netAddress(6))
			l.status("find", s, NX_ENTRY_NOT_FOUND)
		})
	})
}

// Static entries can fill the cache, also in the place of a dynamic one for the same neighbour; then there is no room
// for any other.
func TestNetARPStaticEntriesFillCache(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		h := l.host(1)
		l.thread("setter", func() {
			const total = 1024 / 52
			l.ok("gateway", NxIpGatewayAddressSet(h.ip, netAddress(254)))
			l.status("entry behind the gateway", h.fixARP(netAddress(5)+0x100, netHardware(5)), NX_IP_ADDRESS_ERROR)
			for n := range byte(total - 1) {
				l.ok("static entry", h.fixARP(netAddress(10+n), netHardware(10+n)))
			}
			last := byte(10 + total)
			l.ok("dynamic entry", h.setARP(netAddress(last), netHardware(last)))
			netEqual(t, "entries", h.entries(), []ULONG{1, total - 1})
			l.ok("static entry for the same", h.fixARP(netAddress(last), netHardware(last+1)))
			h.wantARP(netAddress(last), netHardware(last+1))
			netEqual(t, "entries", h.entries(), []ULONG{0, total})
			l.status("one more static entry", h.fixARP(netAddress(200), netHardware(200)), NX_NO_MORE_ENTRIES)
			l.status("one more dynamic entry", h.setARP(netAddress(200), netHardware(200)), NX_NO_MORE_ENTRIES)
			l.ok("delete", NxArpStaticEntriesDelete(h.ip))
			l.ok("static entry", h.fixARP(netAddress(200), netHardware(200)))
		})
	})
}

// A neighbour's messages do not change a static entry, even a wrong one.
func TestNetARPStaticEntryStays(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		h, peer := l.host(1), l.host(2)
		l.thread("setter", func() {
			wrong := netHardware(99)
			l.ok("static entry", h.fixARP(peer.address, wrong))
			l.status("ping from the peer", peer.ping(h.address, "alphabet", netSecond), NX_NO_RESPONSE)
			h.wantARP(peer.address, wrong)
			msw, lsw := wrong.Words()
			l.status("delete another address", NxArpStaticEntryDelete(h.ip, peer.address, msw, lsw+1), NX_ENTRY_NOT_FOUND)
			l.ok("delete", NxArpStaticEntryDelete(h.ip, peer.address, msw, lsw))
			l.status("delete again", NxArpStaticEntryDelete(h.ip, peer.address, msw, lsw), NX_ENTRY_NOT_FOUND)
			l.ok("ping from the peer", peer.ping(h.address, "alphabet", netSecond))
			h.wantARP(peer.address, netHardware(2))
		})
	})
}
