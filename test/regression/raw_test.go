package regression_test

import (
	"testing"

	"netxsim/ipstack"
	. "netxsim/netx"
)

// raw sends a raw packet.
func (h *netHost) raw(to ULONG, data string) {
	h.lab.t.Helper()
	h.lab.ok("send raw", NxIpRawPacketSend(h.ip, h.packet(NX_IP_PACKET, []byte(data)), to, NX_IP_NORMAL))
}

// wantRaw checks that a raw packet with data comes within so many ticks.
func (h *netHost) wantRaw(wait ULONG, data string) {
	h.lab.t.Helper()
	var p *NX_PACKET
	h.lab.ok("receive raw", NxIpRawPacketReceive(h.ip, &p, wait))
	if p != nil {
		netEqual(h.lab.t, "raw data", h.lab.take(p), data)
	}
}

// Raw packets arrive in order, as sent; a receiver without one waits its time.
func TestNetRawPackets(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		a, b := l.host(1), l.host(2)
		l.thread("sender", func() {
			var p *NX_PACKET
			l.status("receive before", NxIpRawPacketReceive(b.ip, &p, NX_NO_WAIT), NX_NOT_ENABLED)
			early := a.packet(NX_IP_PACKET, []byte("early"))
			l.status("send before", NxIpRawPacketSend(a.ip, early, b.address, NX_IP_NORMAL), NX_NOT_ENABLED)
			l.ok("release", NxPacketRelease(early))
			l.ok("enable", NxIpRawPacketEnable(a.ip))
			l.ok("enable", NxIpRawPacketEnable(b.ip))
			for _, data := range []string{"one", "two", "three"} {
				a.raw(b.address, data)
			}
			l.settle()
			for _, data := range []string{"one", "two", "three"} {
				b.wantRaw(NX_NO_WAIT, data)
			}
			began := l.kernel.Ticks()
			l.status("receive", NxIpRawPacketReceive(b.ip, &p, 50), NX_NO_PACKET)
			netEqual(t, "ticks", l.kernel.Ticks()-began, 50)
			l.ok("disable", NxIpRawPacketDisable(b.ip))
			a.raw(b.address, "late")
			l.settle()
			netEqual(t, "free packets", b.pool.Available(), b.pool.Total())
		})
	})
}

// Raw packets to the own address arrive without the wire.
func TestNetRawLoopback(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		h := l.host(1)
		l.ok("enable", NxIpRawPacketEnable(h.ip))
		l.thread("sender", func() {
			for _, to := range []ULONG{h.address, 0x7F000001} {
				h.raw(to, "to myself")
				h.wantRaw(netSecond, "to myself")
			}
			netEqual(t, "frames on the wire", l.wire.Counters().Frames, 0)
		})
	})
}

// Raw packets beyond the limit of the queue are lost.
func TestNetRawQueueLimit(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		a, b := l.host(1), l.host(2)
		l.ok("enable", NxIpRawPacketEnable(a.ip))
		l.ok("enable", NxIpRawPacketEnable(b.ip))
		l.thread("sender", func() {
			l.ok("limit", NxIpRawReceiveQueueMaxSet(b.ip, 2))
			for _, data := range []string{"one", "two", "three"} {
				a.raw(b.address, data)
			}
			l.settle()
			b.wantRaw(NX_NO_WAIT, "one")
			b.wantRaw(NX_NO_WAIT, "two")
			var p *NX_PACKET
			l.status("receive", NxIpRawPacketReceive(b.ip, &p, netSecond), NX_NO_PACKET)
		})
	})
}

// A filter gets the packets with their protocol; those that it takes it owns, the others are refused.
func TestNetRawFilter(t *testing.T) {
	netRun(t, ipstack.Target{RawFilter: true}, func(l *netLab) {
		a, b := l.host(1), l.host(2)
		l.ok("enable", NxIpRawPacketEnable(a.ip))
		l.ok("enable", NxIpRawPacketEnable(b.ip))
		var seen []ULONG
		l.ok("filter", NxIpRawPacketFilterSet(b.ip, func(_ *NX_IP, protocol ULONG, p *NX_PACKET) UINT {
			seen = append(seen, protocol)
			if protocol != 100 {
				return NX_NOT_SUCCESSFUL
			}
			netEqual(t, "data", l.take(p), "data")
			return NX_SUCCESS
		}))
		l.thread("sender", func() {
			to := NXD_ADDRESS{IpVersion: NX_IP_VERSION_V4}
			to.IpAddress.V4 = b.address
			for _, protocol := range []ULONG{100, 101} {
				l.ok("send", NxdIpRawPacketSend(a.ip, a.packet(NX_IP_PACKET, []byte("data")), &to, protocol, 0x80, NX_IP_NORMAL))
			}
			l.settle()
			netEqual(t, "protocols", seen, []ULONG{100, 101})
			var p *NX_PACKET
			l.status("receive", NxIpRawPacketReceive(b.ip, &p, NX_NO_WAIT), NX_NO_PACKET)
		})
	})
}

// The services of raw packets check their arguments.
func TestNetRawChecks(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		h := l.host(1)
		l.ok("enable", NxIpRawPacketEnable(h.ip))
		l.thread("caller", func() {
			p := h.packet(NX_IP_PACKET, []byte("data"))
			l.status("no instance", NxIpRawPacketSend(nil, p, netAddress(2), NX_IP_NORMAL), NX_PTR_ERROR)
			l.status("no packet", NxIpRawPacketSend(h.ip, nil, netAddress(2), NX_IP_NORMAL), NX_PTR_ERROR)
			l.status("no address", NxIpRawPacketSend(h.ip, p, 0, NX_IP_NORMAL), NX_IP_ADDRESS_ERROR)
			l.status("no service", NxIpRawPacketSend(h.ip, p, netAddress(2), 1), NX_OPTION_ERROR)
			l.status("no interface", NxIpRawPacketSourceSend(h.ip, p, netAddress(2), 9, NX_IP_NORMAL), NX_INVALID_INTERFACE)
			l.status("no place for the packet", NxIpRawPacketReceive(h.ip, nil, NX_NO_WAIT), NX_PTR_ERROR)
			l.ok("release", NxPacketRelease(p))
			short := h.packet(0, []byte("data"))
			l.status("no room", NxIpRawPacketSend(h.ip, short, netAddress(2), NX_IP_NORMAL), NX_UNDERFLOW)
			l.ok("release", NxPacketRelease(short))
		})
	})
}
