package regression_test

import (
	"testing"

	"netxsim/ipstack"
	. "netxsim/netx"
	"netxsim/packetpool"
)

// Data longer than a payload make a chain that holds them in order; what was appended comes back, whole or from an
// offset.
func TestNetPacketChains(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		pool := l.pool("small", 128, 10)
		l.thread("appender", func() {
			var p *NX_PACKET
			l.ok("allocate", NxPacketAllocate(pool, &p, 16, NX_NO_WAIT))
			data := []byte(netLong[:500])
			for at := 0; at < len(data); at += 100 {
				l.ok("append", NxPacketDataAppend(p, data[at:], 100, pool, NX_NO_WAIT))
			}
			netEqual(t, "length, free packets", []ULONG{p.Length, pool.Available()}, []ULONG{500, 5})
			part, copied := make([]byte, 60), ULONG(0)
			l.ok("extract", NxPacketDataExtractOffset(p, 90, part, 60, &copied))
			netEqual(t, "extracted", string(part[:copied]), string(data[90:150]))
			l.ok("extract the end", NxPacketDataExtractOffset(p, 480, part, 60, &copied))
			netEqual(t, "extracted", string(part[:copied]), string(data[480:]))
			l.status("extract behind the end", NxPacketDataExtractOffset(p, 500, part, 60, &copied), NX_PACKET_OFFSET_ERROR)
			var other *NX_PACKET
			l.ok("copy", NxPacketCopy(p, &other, pool, NX_NO_WAIT))
			netEqual(t, "copy", l.take(other), string(data))
			netEqual(t, "data", l.take(p), string(data))
		})
	})
}

// An append or a copy for which the pool has too few packets fails, leaves the packet as it was, and takes nothing.
func TestNetPacketAppendWithoutPackets(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		pool := l.pool("small", 128, 3)
		l.thread("appender", func() {
			var p, other *NX_PACKET
			l.ok("allocate", NxPacketAllocate(pool, &p, 0, NX_NO_WAIT))
			data := []byte(netLong)
			l.status("append too much", NxPacketDataAppend(p, data, 1000, pool, 10), NX_NO_PACKET)
			netEqual(t, "length, free packets", []ULONG{p.Length, pool.Available()}, []ULONG{0, 2})
			l.ok("append", NxPacketDataAppend(p, data, 200, pool, NX_NO_WAIT))
			l.status("copy", NxPacketCopy(p, &other, pool, NX_NO_WAIT), NX_NO_PACKET)
			netEqual(t, "free packets", pool.Available(), 1)
			netEqual(t, "data", l.take(p), string(data[:200]))
			l.ok("allocate", NxPacketAllocate(pool, &p, 0, NX_NO_WAIT))
			l.ok("append three payloads", NxPacketDataAppend(p, data, 3*128, pool, NX_NO_WAIT))
			netEqual(t, "free packets", pool.Available(), 0)
			netEqual(t, "data", l.take(p), string(data[:3*128]))
		})
	})
}

// Threads that wait for a packet get one in the order in which they came; one whose time is over does not.
func TestNetPacketSuspension(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		pool := l.pool("one packet", 128, 1)
		var order []string
		var held *NX_PACKET
		l.ok("allocate", NxPacketAllocate(pool, &held, 0, NX_NO_WAIT))
		for _, name := range []string{"first", "second", "third"} {
			l.thread(name, func() {
				var p *NX_PACKET
				if name == "second" {
					l.status("allocate", NxPacketAllocate(pool, &p, 0, 10), NX_NO_PACKET)
					return
				}
				l.ok("allocate", NxPacketAllocate(pool, &p, 0, NX_WAIT_FOREVER))
				order = append(order, name)
				l.sleep(20)
				l.ok("release", NxPacketRelease(p))
			})
		}
		l.thread("owner", func() {
			l.sleep(50)
			netEqual(t, "threads that wait", pool.Waiting(), 2)
			var requests, suspensions ULONG
			l.ok("info", NxPacketPoolInfoGet(pool, nil, nil, &requests, &suspensions, nil))
			netEqual(t, "empty requests, suspensions", []ULONG{requests, suspensions}, []ULONG{3, 3})
			l.ok("release", NxPacketRelease(held))
			l.sleep(50)
			netEqual(t, "order", order, []string{"first", "third"})
		})
	})
}

// Pools whose payload is not a multiple of the alignment carry data like any other.
func TestNetPacketPayloadSize(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		a, b := l.hostOn(1, l.pool("odd", 201, 20), l.wire), l.hostOn(2, l.pool("odder", 203, 20), l.wire)
		client, server := a.bound(88), b.bound(89)
		l.thread("UDP", func() {
			for _, n := range []int{1, 199, 200, 201, 202, 203, 1000, 1400} {
				a.send(client, b.address, 89, netLong[:n])
				l.receive(server, netSecond, netLong[:n])
			}
		})
		l.thread("TCP server", func() {
			s := b.acceptTCP(12)
			netEqual(t, "data", l.takeTCP(s), netLong[:300])
			b.closeTCP(s, 12)
		})
		l.thread("TCP client", func() {
			s := a.connectTCP(b.address, 12)
			l.ok("send", NxTcpSocketSend(s, a.packet(NX_TCP_PACKET, []byte(netLong[:300])), netSecond))
			l.sleep(netSecond)
			a.disconnectTCP(s)
		})
	})
}

// Memory that is not aligned loses the bytes in front of the first address that is: one packet needs that many more.
func TestNetPacketMemoryUnaligned(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		var pool NX_PACKET_POOL
		one := packetpool.SizeFor(l.program.Target, 512, 1)
		memory := make([]byte, one+4)[3:]
		l.thread("caller", func() {
			l.status("create without them", NxPacketPoolCreate(&pool, "pool", 512, memory, one), NX_SIZE_ERROR)
			l.ok("create", NxPacketPoolCreate(&pool, "pool", 512, memory, one+1))
			netEqual(t, "packets", pool.Total(), 1)
			l.ok("delete", NxPacketPoolDelete(&pool))
		})
	})
}
