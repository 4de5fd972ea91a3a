package regression_test

import (
	"testing"

	"netxsim/ipstack"
	. "netxsim/netx"
	"netxsim/sim"
)

// Room for headers is made by moving the data back within the packet, or the end of them into a new packet of the chain.
// More room than a payload cannot be made, nor an odd number of bytes if that takes a new packet.
func TestNetPacketAdjust(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		pool := l.pool("pool", 256, 4)
		l.thread("caller", func() {
			for _, test := range []struct {
				name         string
				room, data   ULONG
				header       ULONG
				status       UINT
				packets      ULONG
				first, start int // bytes in the first packet, and where they start
			}{
				{"room that is there", 128, 100, 128, NX_SUCCESS, 1, 100, 128},
				{"data moved back", 16, 100, 128, NX_SUCCESS, 1, 100, 128},
				{"more than a payload", 0, 0, 512, NX_UNDERFLOW, 1, 0, 0},
				{"an odd number in a full packet", 128, 256, 255, NX_NOT_SUPPORTED, 2, 128, 128},
				{"a whole payload", 128, 256, 256, NX_SUCCESS, 3, 0, 256},
				{"part of the data into a new packet", 128, 256, 200, NX_SUCCESS, 3, 56, 200},
			} {
				var p *NX_PACKET
				l.ok("allocate", NxPacketAllocate(pool, &p, test.room, NX_NO_WAIT))
				if test.data > 0 {
					l.ok("append", NxPacketDataAppend(p, []byte(netLong), test.data, pool, NX_NO_WAIT))
				}
				l.status(test.name, NxPacketDataAdjust(p, test.header), test.status)
				netEqual(t, test.name+": packets", pool.Total()-pool.Available(), test.packets)
				netEqual(t, test.name+": bytes, start", []int{p.AppendPtr - p.PrependPtr, p.PrependPtr - p.DataStart}, []int{test.first, test.start})
				netEqual(t, test.name+": data", l.take(p), netLong[:test.data])
			}
		})
	})
}

// A driver that gives a packet back twice is refused the second time, and the pool counts it.
func TestNetPacketTransmitReleaseTwice(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		pool := l.pool("pool", 256, 2)
		l.thread("driver", func() {
			var p *NX_PACKET
			l.ok("allocate", NxPacketAllocate(pool, &p, 0, NX_NO_WAIT))
			l.ok("transmit release", NxPacketTransmitRelease(p))
			l.status("transmit release again", NxPacketTransmitRelease(p), NX_PTR_ERROR)
			netEqual(t, "free packets, invalid releases", l.poolCounts(pool), []ULONG{2, 1})
		})
	})
}

// poolCounts returns the free packets of a pool and the releases it refused.
func (l *netLab) poolCounts(pool *NX_PACKET_POOL) []ULONG {
	var free, invalid ULONG
	l.ok("info", NxPacketPoolInfoGet(pool, nil, &free, nil, nil, &invalid))
	return []ULONG{free, invalid}
}

// A packet that is in a TCP queue, or whose pool is gone or was never there, cannot be released. In a chain those in
// front of it are. Only a pool that exists counts it.
func TestNetPacketReleaseBrokenPool(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		pool := l.pool("pool", 256, 2)
		l.thread("caller", func() {
			var p, second, stray *NX_PACKET
			l.ok("allocate", NxPacketAllocate(pool, &p, 0, NX_NO_WAIT))
			l.ok("allocate", NxPacketAllocate(pool, &second, 0, NX_NO_WAIT))
			p.UnionNext.TcpQueueNext = NX_PACKET_ENQUEUED
			l.status("release of an enqueued packet", NxPacketRelease(p), NX_PTR_ERROR)
			netEqual(t, "free packets, invalid releases", l.poolCounts(pool), []ULONG{0, 1})
			p.UnionNext.TcpQueueNext = NX_PACKET_ALLOCATED
			p.PoolOwner = nil
			l.status("release without a pool", NxPacketRelease(p), NX_PTR_ERROR)
			p.PoolOwner = pool

			p.Next, p.Last = second, second
			second.UnionNext.TcpQueueNext, second.PoolOwner = NX_PACKET_ENQUEUED, nil
			l.status("release of a chain with such a packet", NxPacketRelease(p), NX_PTR_ERROR)
			netEqual(t, "free packets, invalid releases", l.poolCounts(pool), []ULONG{1, 1})
			second.UnionNext.TcpQueueNext, second.PoolOwner = NX_PACKET_ALLOCATED, pool
			l.ok("release", NxPacketRelease(second))

			gone := new(NX_PACKET_POOL)
			l.ok("create", NxPacketPoolCreate(gone, "gone", 256, make([]byte, 1000), 1000))
			l.ok("allocate", NxPacketAllocate(gone, &stray, 0, NX_NO_WAIT))
			l.ok("delete", NxPacketPoolDelete(gone))
			l.status("release to a deleted pool", NxPacketRelease(stray), NX_PTR_ERROR)
			l.status("transmit release to a deleted pool", NxPacketTransmitRelease(stray), NX_PTR_ERROR)
		})
	})
}

// A thread whose wait for a packet ends otherwise leaves the queue wherever it stands in it, and the others get theirs in
// order. One that has been handed a packet cannot be aborted any more; one whose pool is deleted is told.
func TestNetPacketWaitCleanup(t *testing.T) {
	waiters := []string{"one", "two", "three"}
	for how, end := range map[string]func(*TX_THREAD) UINT{"abort": TxThreadWaitAbort, "terminate": TxThreadTerminate} {
		for n := range waiters {
			t.Run(how+" "+waiters[n], func(t *testing.T) {
				packetWaitRun(t, waiters, func(l *netLab, w *packetWaiters) {
					l.ok("end the wait", end(w.threads[n]))
					netEqual(t, "threads that wait", w.pool.Waiting(), 2)
					l.status("end it again", end(w.threads[n]), map[string]UINT{"abort": TX_WAIT_ABORT_ERROR, "terminate": TX_SUCCESS}[how])
					l.ok("release", NxPacketRelease(w.held))
					l.sleep(netSecond)
					want := map[string]UINT{waiters[(n+1)%3]: NX_SUCCESS, waiters[(n+2)%3]: NX_SUCCESS}
					if how == "abort" {
						want[waiters[n]] = NX_WAIT_ABORTED
					}
					netEqual(t, "statuses", w.statuses, want)
				})
			})
		}
		t.Run(how+" the only one", func(t *testing.T) {
			packetWaitRun(t, waiters[:1], func(l *netLab, w *packetWaiters) {
				l.ok("end the wait", end(w.threads[0]))
				netEqual(t, "threads that wait", w.pool.Waiting(), 0)
				l.ok("release", NxPacketRelease(w.held))
				netEqual(t, "free packets", w.pool.Available(), 1)
			})
		})
	}
	t.Run("abort one with a packet", func(t *testing.T) {
		packetWaitRun(t, waiters, func(l *netLab, w *packetWaiters) {
			l.ok("release", NxPacketRelease(w.held))
			l.status("abort", TxThreadWaitAbort(w.threads[0]), TX_WAIT_ABORT_ERROR)
			l.sleep(netSecond)
			netEqual(t, "statuses", w.statuses, map[string]UINT{"one": NX_SUCCESS, "two": NX_SUCCESS, "three": NX_SUCCESS})
			netEqual(t, "order", w.order, waiters)
		})
	})
	t.Run("delete the pool", func(t *testing.T) {
		packetWaitRun(t, waiters, func(l *netLab, w *packetWaiters) {
			l.ok("delete", NxPacketPoolDelete(w.pool))
			l.sleep(netSecond)
			netEqual(t, "statuses", w.statuses, map[string]UINT{"one": NX_POOL_DELETED, "two": NX_POOL_DELETED, "three": NX_POOL_DELETED})
			l.status("release", NxPacketRelease(w.held), NX_PTR_ERROR)
		})
	})
}

// packetWaiters are threads that wait for the only packet of a pool.
type packetWaiters struct {
	pool     *NX_PACKET_POOL
	held     *NX_PACKET
	threads  []*sim.Thread
	statuses map[string]UINT
	order    []string
}

// packetWaitRun has a thread do something while others wait for the packet that it holds.
func packetWaitRun(t *testing.T, names []string, do func(l *netLab, w *packetWaiters)) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		w := &packetWaiters{pool: new(NX_PACKET_POOL), statuses: map[string]UINT{}}
		l.ok("create", NxPacketPoolCreate(w.pool, "one packet", 256, make([]byte, 400), 400))
		l.ok("allocate", NxPacketAllocate(w.pool, &w.held, 0, NX_NO_WAIT))
		for _, name := range names {
			w.threads = append(w.threads, l.start(name, netPriority, func() {
				var p *NX_PACKET
				w.statuses[name] = NxPacketAllocate(w.pool, &p, 0, NX_WAIT_FOREVER)
				w.order = append(w.order, name)
				if p != nil {
					l.ok("release", NxPacketRelease(p))
				}
			}))
		}
		l.thread("owner", func() {
			l.sleep(10)
			netEqual(t, "threads that wait", w.pool.Waiting(), len(names))
			do(l, w)
			if w.pool.Created() {
				netEqual(t, "free packets in the end", w.pool.Available(), 1)
				l.ok("delete", NxPacketPoolDelete(w.pool))
			}
		})
	})
}

// A packet that TCP has sent is TCP's until the peer has acknowledged it: releasing it again is refused, and the data
// arrive.
func TestNetPacketReleaseAfterSend(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		a, b := l.host(1), l.host(2)
		l.thread("server", func() {
			s := b.acceptTCP(12)
			netEqual(t, "data", l.takeTCP(s), "data")
			b.closeTCP(s, 12)
		})
		l.thread("client", func() {
			s := a.connectTCP(b.address, 12)
			p := a.packet(NX_TCP_PACKET, []byte("data"))
			before := l.poolCounts(a.pool)
			l.ok("send", NxTcpSocketSend(s, p, NX_NO_WAIT))
			l.status("release after the send", NxPacketRelease(p), NX_PTR_ERROR)
			l.ok("transmit release after the send", NxPacketTransmitRelease(p))
			netEqual(t, "mark of a driver that has sent it", p.QueueNext == NX_DRIVER_TX_DONE, true)
			netEqual(t, "free packets, invalid releases", l.poolCounts(a.pool), []ULONG{before[0], 1})
			l.sleep(netSecond)
			netEqual(t, "free packets after the acknowledgement", a.pool.Available(), before[0]+1)
			a.disconnectTCP(s)
		})
	})
}
