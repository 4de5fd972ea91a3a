package packetpool

import (
	"fmt"

	"netxsim/netx/status"
)

// Allocate takes a packet out of the pool. packetType is the header room, in
// bytes, in front of the data. The caller owns the packet.
//
// If the pool is empty the calling thread waits for at most wait ticks; 0 does
// not wait and [WaitForever] never times out. Requests are served first come,
// first served, by the packets that are released.
//
// It mirrors nx_packet_allocate. Errors: status.NoPacket if there was none in
// time, status.InvalidParameters if the payload is smaller than packetType,
// status.PoolDeleted if the pool is deleted, status.PtrError if it was never
// created, status.TxWaitAborted if the wait was aborted.
func (pool *Pool) Allocate(packetType, wait uint32) (*Packet, error) {
	thread := pool.currentName()
	p := pool.free
	switch {
	case !pool.created:
		return nil, pool.notCreated()
	case pool.payload < packetType:
		return nil, status.InvalidParameters
	case p == nil:
		return pool.allocateEmpty(packetType, wait)
	}
	pool.free = p.nextFree
	p.free = false
	pool.available--
	p.fresh(packetType)
	p.IpVersion = ipVersion4
	p.thread = thread
	if !pool.ledger.addAgain(p) {
		pool.ledger.add(p)
	}
	if pool.available < pool.ledger.lowest {
		pool.newLow()
	}
	if pool.observed {
		pool.noteAllocate(p)
	}
	return p, nil
}

func (pool *Pool) notCreated() error {
	if pool.packets == nil {
		return status.PtrError
	}
	return status.PoolDeleted
}

// allocateEmpty serves a request that found no packet.
func (pool *Pool) allocateEmpty(packetType, wait uint32) (*Packet, error) {
	pool.count(&pool.emptyRequests)
	if wait == 0 {
		pool.tell(CauseEmpty, pool.currentName())
		return nil, status.NoPacket
	}
	if pool.kernel == nil {
		return nil, status.CallerError
	}
	pool.count(&pool.emptySuspensions)
	req := pool.waiting.push(pool, packetType, pool.currentName())
	defer pool.finish(req) // also when the thread is terminated
	pool.tell(CauseWait, req.thread)
	if err := pool.kernel.Wait(req, wait, status.NoPacket); err != nil {
		return nil, err
	}
	if pool.debugInfo {
		req.packet.noteAllocated()
	}
	return req.packet, nil
}

// finish ends a request in its own thread.
func (pool *Pool) finish(req *request) {
	thread, served := req.thread, req.served
	pool.waiting.done(req)
	if !served {
		pool.tell(CauseGiveUp, thread)
	}
}

// isOver reports whether a wait has ended although the request is still in the
// queue: the thread was aborted or has timed out, and has not run since.
func (pool *Pool) isOver(req *request) bool {
	k, ok := pool.kernel.(waitersOn)
	return ok && k.WaitersOn(req) == 0
}

// A request is a thread that waits for a packet, and the key it waits on.
type request struct {
	pool       *Pool
	packetType uint32  // header room asked for
	thread     string  // who asks
	packet     *Packet // the answer
	served     bool    // the answer was taken
	queued     bool
	next, prev *request
}

// WaitReason says what the thread waits for: "a packet of pool rx, 0 of 12
// free, held by: thread client 12".
func (req *request) WaitReason() string {
	pool := req.pool
	return fmt.Sprintf("a packet of pool %s, %d of %d free, held by: %s",
		pool.name, pool.available, pool.Total(), FormatHolders(pool.Holders()))
}

// A requestList is a first-in-first-out queue of requests. Used ones are kept
// for the next, so that waiting does not allocate for ever.
type requestList struct {
	first, last *request
	count       int
	idle        *request
}

func (l *requestList) push(pool *Pool, packetType uint32, thread string) *request {
	req := l.idle
	if req == nil {
		req = new(request)
	} else {
		l.idle = req.next
	}
	*req = request{pool: pool, packetType: packetType, thread: thread, queued: true, prev: l.last}
	if l.last == nil {
		l.first = req
	} else {
		l.last.next = req
	}
	l.last = req
	l.count++
	return req
}

// pop takes the longest-waiting request out, nil if there is none.
func (l *requestList) pop() *request {
	req := l.first
	if req != nil {
		l.unlink(req)
	}
	return req
}

func (l *requestList) unlink(req *request) {
	if req.prev == nil {
		l.first = req.next
	} else {
		req.prev.next = req.next
	}
	if req.next == nil {
		l.last = req.prev
	} else {
		req.next.prev = req.prev
	}
	req.next, req.prev, req.queued = nil, nil, false
	l.count--
}

// done ends a request, served or not, and keeps it for the next.
func (l *requestList) done(req *request) {
	if req.queued {
		l.unlink(req)
	}
	req.next = l.idle
	l.idle = req
}
