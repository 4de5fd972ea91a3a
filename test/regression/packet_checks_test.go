package regression_test

import (
	"testing"

	"netxsim/ipstack"
	. "netxsim/netx"
)

// The services of packets check their arguments; a second release is an invalid one.
func TestNetPacketChecks(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		pool, gone := l.pool("pool", 128, 4), new(NX_PACKET_POOL)
		l.thread("caller", func() {
			var p, other *NX_PACKET
			var n ULONG
			data := make([]byte, 200)
			l.ok("allocate", NxPacketAllocate(pool, &p, NX_UDP_PACKET, NX_NO_WAIT))
			for what, got := range map[string]UINT{
				"allocate without a pool":     NxPacketAllocate(nil, &p, NX_UDP_PACKET, netSecond),
				"allocate from no pool":       NxPacketAllocate(gone, &p, NX_UDP_PACKET, netSecond),
				"allocate to nowhere":         NxPacketAllocate(pool, nil, NX_UDP_PACKET, netSecond),
				"append to nothing":           NxPacketDataAppend(nil, data, 28, pool, netSecond),
				"append from nowhere":         NxPacketDataAppend(p, nil, 28, pool, netSecond),
				"append without a pool":       NxPacketDataAppend(p, data, 28, nil, netSecond),
				"append with no pool":         NxPacketDataAppend(p, data, 28, gone, netSecond),
				"copy nothing":                NxPacketCopy(nil, &other, pool, netSecond),
				"copy to nowhere":             NxPacketCopy(p, nil, pool, netSecond),
				"copy without a pool":         NxPacketCopy(p, &other, nil, netSecond),
				"copy with no pool":           NxPacketCopy(p, &other, gone, netSecond),
				"length of nothing":           NxPacketLengthGet(nil, &n),
				"length to nowhere":           NxPacketLengthGet(p, nil),
				"extract from nothing":        NxPacketDataExtractOffset(nil, 0, data, 200, &n),
				"extract to nowhere":          NxPacketDataExtractOffset(p, 0, nil, 200, &n),
				"extract without a count":     NxPacketDataExtractOffset(p, 0, data, 200, nil),
				"retrieve from nothing":       NxPacketDataRetrieve(nil, data, &n),
				"retrieve to nowhere":         NxPacketDataRetrieve(p, nil, &n),
				"retrieve without a count":    NxPacketDataRetrieve(p, data, nil),
				"release nothing":             NxPacketRelease(nil),
				"transmit release nothing":    NxPacketTransmitRelease(nil),
				"delete nothing":              NxPacketPoolDelete(nil),
				"delete no pool":              NxPacketPoolDelete(gone),
				"info of nothing":             NxPacketPoolInfoGet(nil, &n, &n, &n, &n, &n),
				"info of no pool":             NxPacketPoolInfoGet(gone, &n, &n, &n, &n, &n),
				"create nothing":              NxPacketPoolCreate(nil, "none", 128, data, 200),
				"create without memory":       NxPacketPoolCreate(gone, "none", 128, nil, 200),
				"create a pool that is there": NxPacketPoolCreate(pool, "again", 128, make([]byte, 200), 200),
			} {
				l.status(what, got, NX_PTR_ERROR)
			}
			l.status("memory for less than a packet", NxPacketPoolCreate(gone, "tiny", 256, data, 128), NX_SIZE_ERROR)
			l.status("no payload", NxPacketPoolCreate(gone, "none", 0, data, 200), NX_SIZE_ERROR)
			l.status("no memory", NxPacketPoolCreate(gone, "none", 128, data, 0), NX_SIZE_ERROR)
			l.status("append nothing", NxPacketDataAppend(p, data, 0, pool, NX_NO_WAIT), NX_SIZE_ERROR)
			l.status("type with a remainder", NxPacketAllocate(pool, &other, 5, NX_NO_WAIT), NX_OPTION_ERROR)
			l.status("type longer than the payload", NxPacketAllocate(pool, &other, 132, NX_NO_WAIT), NX_INVALID_PARAMETERS)
			l.ok("release", NxPacketRelease(p))
			l.status("release again", NxPacketRelease(p), NX_PTR_ERROR)
		})
	})
}

// A packet whose data begin in front of its payload, or end behind it, is refused by the services that read, write or
// release it.
func TestNetPacketPointers(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		pool := l.pool("pool", 128, 4)
		l.thread("caller", func() {
			var p, other *NX_PACKET
			l.ok("allocate", NxPacketAllocate(pool, &p, 16, NX_NO_WAIT))
			for _, service := range []struct {
				name string
				call func() UINT
			}{
				{"append", func() UINT { return NxPacketDataAppend(p, []byte("data"), 4, pool, NX_NO_WAIT) }},
				{"copy", func() UINT { return NxPacketCopy(p, &other, pool, NX_NO_WAIT) }},
				{"release", func() UINT { return NxPacketRelease(p) }},
				{"transmit release", func() UINT { return NxPacketTransmitRelease(p) }},
			} {
				before := *p
				p.PrependPtr = p.DataStart - 1
				l.status(service.name+" in front of the payload", service.call(), NX_UNDERFLOW)
				p.PrependPtr, p.AppendPtr = before.PrependPtr, p.DataEnd+1
				l.status(service.name+" behind the payload", service.call(), NX_OVERFLOW)
				*p = before
			}
			l.ok("release", NxPacketRelease(p))
		})
	})
}

// A length that is not that of the data is found out by those who read all of them. An empty packet has nothing at
// offset 0, which is no error.
func TestNetPacketWrongLength(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		pool := l.pool("pool", 128, 6)
		l.thread("caller", func() {
			var p, other *NX_PACKET
			var n ULONG
			buffer := make([]byte, 512)
			l.ok("allocate", NxPacketAllocate(pool, &p, 0, NX_NO_WAIT))
			copy(p.At(p.PrependPtr), netLong[:28])
			p.AppendPtr, p.Length = p.PrependPtr+28, 30
			l.status("copy", NxPacketCopy(p, &other, pool, NX_NO_WAIT), NX_INVALID_PACKET)
			l.status("retrieve", NxPacketDataRetrieve(p, buffer, &n), NX_INVALID_PACKET)
			l.status("extract from the end", NxPacketDataExtractOffset(p, 30, buffer, 512, &n), NX_PACKET_OFFSET_ERROR)
			p.Length = 0
			l.ok("extract from an empty packet", NxPacketDataExtractOffset(p, 0, buffer, 512, &n))
			netEqual(t, "bytes", n, 0)
			l.status("copy of an empty packet", NxPacketCopy(p, &other, pool, NX_NO_WAIT), NX_INVALID_PACKET)
			p.Length = 28
			l.ok("extract less than there is", NxPacketDataExtractOffset(p, 0, buffer, 26, &n))
			netEqual(t, "extracted", string(buffer[:n]), netLong[:26])
			l.ok("release", NxPacketRelease(p))

			l.ok("allocate", NxPacketAllocate(pool, &p, 0, NX_NO_WAIT))
			l.ok("append", NxPacketDataAppend(p, []byte(netLong), 256, pool, NX_NO_WAIT))
			p.Length = 3 * 128
			l.status("extract behind the data of a chain", NxPacketDataExtractOffset(p, 256, buffer, 512, &n), NX_PACKET_OFFSET_ERROR)
			p.Length = 256
			l.ok("extract from its second packet", NxPacketDataExtractOffset(p, 128, buffer, 512, &n))
			netEqual(t, "extracted", string(buffer[:n]), netLong[128:256])
			l.ok("release", NxPacketRelease(p))
			netEqual(t, "free packets, invalid releases", l.poolCounts(pool), []ULONG{6, 0})
		})
	})
}

// A chain is copied between pools of any payload. A pool may be deleted and made again in the same memory, and has all
// its packets then; data may be appended to a chain whose end is not noted.
func TestNetPacketCopyBetweenPools(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		small, large := l.pool("small", 92, 8), l.pool("large", 256, 4)
		l.thread("caller", func() {
			memory, again := make([]byte, 2000), new(NX_PACKET_POOL)
			for range 2 {
				var p, q, r *NX_PACKET
				l.ok("create", NxPacketPoolCreate(again, "again", 92, memory, 2000))
				l.ok("allocate", NxPacketAllocate(again, &p, NX_UDP_PACKET, NX_NO_WAIT))
				l.ok("append", NxPacketDataAppend(p, []byte(netLong), 68, again, NX_NO_WAIT))
				next := p.Next
				p.Last = p
				l.ok("append to the chain", NxPacketDataAppend(p, []byte(netLong[68:]), 3, again, NX_NO_WAIT))
				netEqual(t, "the chain's second packet is still that", p.Next == next, true)
				l.ok("copy to small packets", NxPacketCopy(p, &q, small, NX_NO_WAIT))
				l.ok("copy to large ones", NxPacketCopy(q, &r, large, NX_NO_WAIT))
				netEqual(t, "the large copy is one packet", r.Next == nil, true)
				for _, chain := range []*NX_PACKET{p, q, r} {
					data, n := make([]byte, 100), ULONG(0)
					l.ok("retrieve", NxPacketDataRetrieve(chain, data, &n))
					netEqual(t, "data", string(data[:n]), netLong[:71])
					l.ok("transmit release", NxPacketTransmitRelease(chain))
				}
				netEqual(t, "free packets, invalid releases", l.poolCounts(again), []ULONG{again.Total(), 0})
				l.ok("delete", NxPacketPoolDelete(again))
			}
		})
	})
}

// A wait of an append or a copy ends like that of an allocation. What they had taken until then is given back, and the
// packet is as it was.
func TestNetPacketWaitOfAppendAndCopy(t *testing.T) {
	for name, call := range map[string]func(p *NX_PACKET, pool *NX_PACKET_POOL) UINT{
		"append": func(p *NX_PACKET, pool *NX_PACKET_POOL) UINT {
			return NxPacketDataAppend(p, []byte(netLong), 400, pool, NX_WAIT_FOREVER)
		},
		"copy": func(p *NX_PACKET, pool *NX_PACKET_POOL) UINT {
			var other *NX_PACKET
			return NxPacketCopy(p, &other, pool, NX_WAIT_FOREVER)
		},
	} {
		for end, status := range map[string]UINT{"abort": NX_WAIT_ABORTED, "delete": NX_POOL_DELETED} {
			t.Run(name+" "+end, func(t *testing.T) {
				netRun(t, ipstack.Target{}, func(l *netLab) {
					source, pool := l.pool("source", 512, 1), new(NX_PACKET_POOL)
					l.ok("create", NxPacketPoolCreate(pool, "pool", 128, make([]byte, 400), 400))
					var p *NX_PACKET
					l.ok("allocate", NxPacketAllocate(source, &p, 0, NX_NO_WAIT))
					l.ok("append", NxPacketDataAppend(p, []byte(netLong), 500, source, NX_NO_WAIT))
					waiter := l.start("waiter", netPriority, func() {
						l.status(name, call(p, pool), status)
						netEqual(t, "data", l.take(p), netLong[:500])
					})
					l.thread("owner", func() {
						l.sleep(10)
						netEqual(t, "free packets, threads that wait", []int{int(pool.Available()), pool.Waiting()}, []int{0, 1})
						if end == "delete" {
							l.ok("delete", NxPacketPoolDelete(pool))
							l.settle()
							return
						}
						l.ok("abort", TxThreadWaitAbort(waiter))
						l.settle()
						netEqual(t, "free packets", pool.Available(), pool.Total())
						l.ok("delete", NxPacketPoolDelete(pool))
					})
				})
			})
		}
	}
}
