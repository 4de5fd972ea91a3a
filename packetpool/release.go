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
func (p *Packet) Release() error { return p.release(CauseRelease) }

func (p *Packet) release(cause Cause) error {
	if p == nil {
		return p.refuse()
	}
	if p.Next != nil {
		return p.releaseChain(cause)
	}
	pool := p.PoolOwner
	if pool == nil || !pool.created || p.free || p.UnionNext.TcpQueueNext != Allocated {
		return p.refuse()
	}
	pool.give(p, cause)
	return nil
}

// releaseChain releases packets up to the first that cannot be. One that the
// chain comes to a second time cannot: meanwhile it may be somebody else's.
func (p *Packet) releaseChain(cause Cause) error {
	twice := p.uncircle()
	for p != nil {
		if !p.releasable() {
			return p.refuse()
		}
		next := p.Next
		p.PoolOwner.give(p, cause)
		p = next
	}
	if twice != nil {
		return twice.refuse()
	}
	return nil
}

// releasable reports whether the packet is held, and its owner exists.
func (p *Packet) releasable() bool {
	owner := p.PoolOwner
	return p.UnionNext.TcpQueueNext == Allocated && !p.free && owner != nil && owner.created
}

// refuse counts an invalid release and says why it is one.
func (p *Packet) refuse() error {
	if p.live() {
		p.PoolOwner.count(&p.PoolOwner.invalidReleases)
	}
	return p.misuse("release", p.whyNotReleasable(), status.PtrError)
}

// give hands the packet to the first thread that waits, or puts it into the
// free list.
func (pool *Pool) give(p *Packet, cause Cause) {
	if p.home != pool || pool.observed || pool.waiting.first != nil || pool.ledger.unsaved {
		pool.giveWithCare(p, cause)
		return
	}
	pool.putBack(p)
}

// giveWithCare is give where more than the free list may have to change.
func (pool *Pool) giveWithCare(p *Packet, cause Cause) {
	if p.home != pool {
		pool.adopt(p)
	}
	if pool.observed {
		pool.beforeRelease(p)
	}
	if pool.handOver(p) {
		return
	}
	pool.settle()
	pool.putBack(p)
	pool.tellOf(p, cause)
}

func (pool *Pool) putBack(p *Packet) {
	pool.ledger.remove(p)
	p.UnionNext.TcpQueueNext = Free
	p.free = true
	p.nextFree = pool.free
	pool.free = p
	pool.available++
}

// handOver answers the first request. It reports false if there is none left:
// a wait may have ended in another way and its thread just not have run yet.
func (pool *Pool) handOver(p *Packet) bool {
	for req := pool.waiting.pop(); req != nil; req = pool.waiting.pop() {
		if pool.isOver(req) {
			continue
		}
		p.fresh(req.packetType)
		p.IpVersion = 0 // as in C: a packet that was waited for has no version yet
		p.thread = req.thread
		p.hold(nil)
		req.packet, req.served = p, true
		pool.tellOf(p, CauseHandOver)
		if pool.kernel.Wake(req, nil) {
			return true
		}
		req.served = false
	}
	return false
}

// TransmitRelease is how a driver gives a packet back that it has sent. A
// packet in a TCP queue stays there for a retransmission: it is marked with
// [DriverTxDone], and its IP header is taken off. Any other is released.
//
// It mirrors nx_packet_transmit_release. Errors: those of Release.
func (p *Packet) TransmitRelease() error {
	if !p.live() {
		return p.refuse()
	}
	if link := p.UnionNext.TcpQueueNext; link == Allocated || link == Free {
		return p.release(CauseTransmitRelease)
	}
	p.used()
	p.QueueNext = DriverTxDone
	p.PrependPtr += int(p.IpHeaderLength)
	p.Length -= uint32(p.IpHeaderLength)
	p.IpHeaderLength = 0
	return nil
}
