package packetpool

import "netxsim/netx/status"

// Release gives the packet and all that are chained to it back, each to its
// own pool. A packet that a thread waits for goes straight to that thread,
// which may run before Release returns. The caller must not use them again.
//
// It mirrors nx_packet_release. Errors: status.PtrError if the packet is nil,
// belongs to no existing pool, or is not allocated (it is free already or in a
// TCP queue), which counts as an invalid release of its pool. Packets of the
// chain before the one at fault have been released then.
func (p *Packet) Release() error {
	if p == nil || !p.live() {
		return status.PtrError
	}
	for p != nil {
		if p.UnionNext.TcpQueueNext != Allocated || p.free || p.PoolOwner == nil {
			p.refuse()
			return status.PtrError
		}
		next := p.Next
		p.PoolOwner.give(p)
		p = next
	}
	return nil
}

// refuse counts an invalid release.
func (p *Packet) refuse() {
	if p.live() {
		p.PoolOwner.count(&p.PoolOwner.invalidReleases)
	}
}

// give hands the packet to the first thread that waits, or puts it into the
// free list.
func (pool *Pool) give(p *Packet) {
	for req := pool.waiting.pop(); req != nil; req = pool.waiting.pop() {
		if pool.handOver(p, req) {
			return
		}
	}
	pool.adopt(p)
	pool.drop(p)
	p.UnionNext.TcpQueueNext = Free
	p.free = true
	p.nextFree = pool.free
	pool.free = p
	pool.available++
	pool.assertBalance()
}

// handOver answers a request. It reports false if the wait has ended in
// another way and its thread has just not run yet.
func (pool *Pool) handOver(p *Packet, req *request) bool {
	pool.adopt(p)
	p.fresh(req.packetType)
	p.IpVersion = 0 // as in C: a packet that was waited for has no version yet
	p.thread = req.thread
	p.Hold(nil)
	req.packet = p
	return pool.kernel.Wake(req, nil)
}

// TransmitRelease is how a driver gives a packet back that it has sent. A
// packet in a TCP queue stays there for a retransmission: it is marked with
// [DriverTxDone], and its IP header is taken off. Any other is released.
//
// It mirrors nx_packet_transmit_release. Errors: those of Release.
func (p *Packet) TransmitRelease() error {
	if p == nil || !p.live() {
		return status.PtrError
	}
	if link := p.UnionNext.TcpQueueNext; link == Allocated || link == Free {
		return p.Release()
	}
	p.QueueNext = DriverTxDone
	p.PrependPtr += int(p.IpHeaderLength)
	p.Length -= uint32(p.IpHeaderLength)
	p.IpHeaderLength = 0
	return nil
}
