package sim

import (
	"time"

	"netxsim/netx/status"
)

// A waitQueue is a list of waiting threads, first come first served.
type waitQueue struct {
	head *Thread // the ring's first; nil if nobody waits
	len  uint32
	key  any        // what they wait for; a Reasoner says it in words
	next *waitQueue // itself if made by queueOf; the following one if unused
}

func (q *waitQueue) push(t *Thread) {
	if q.head == nil {
		t.queueNext, t.queuePrev = t, t
		q.head = t
	} else {
		tail := q.head.queuePrev
		tail.queueNext, q.head.queuePrev = t, t
		t.queuePrev, t.queueNext = tail, q.head
	}
	t.queue = q
	q.len++
}

func (q *waitQueue) remove(t *Thread) {
	if t.queueNext == t {
		q.head = nil
	} else {
		t.queueNext.queuePrev, t.queuePrev.queueNext = t.queuePrev, t.queueNext
		if q.head == t {
			q.head = t.queueNext
		}
	}
	t.queue = nil // the links stay: ThreadX shows the old next thread too
	q.len--
}

// leaveQueue takes t out of the list it waits in, if any.
func (t *Thread) leaveQueue() {
	q := t.queue
	if q == nil {
		return
	}
	q.remove(t)
	if t.deadline != nil {
		t.deadline.Stop()
	}
	if q.next == q {
		t.k.dropQueue(q)
	}
}

// timeOut ends the wait of t because its time is up.
func (k *Kernel) timeOut(t *Thread) {
	if t.queue == nil {
		return
	}
	t.leaveQueue()
	t.result = t.timeout
	k.makeReady(t)
}

// wait suspends the running thread in q, in the given state, for at most ticks. It
// returns what the thread was woken with, or timeout.
func (k *Kernel) wait(q *waitQueue, state State, ticks uint32, timeout error) error {
	t := k.current
	q.push(t)
	t.timeout = timeout
	return k.suspend(t, state, ticks)
}

// suspend takes the processor from the running thread t until somebody makes it ready.
func (k *Kernel) suspend(t *Thread, state State, ticks uint32) error {
	t.state = state
	t.result = nil
	k.makeUnready(t)
	if k.cfg.Clock != nil && k.preemptible() {
		k.hold++
		k.overtake() // which may wake it already
		k.hold--
	}
	t.since = k.Now()
	if t.state == state {
		k.wheel.start(&t.timer, ticks)
	}
	k.reschedule(t)
	return t.result
}

// wake ends the wait of the first thread in q, which must not be empty, with the given result. The
// caller follows up with check.
func (k *Kernel) wake(q *waitQueue, result error) *Thread {
	t := q.head
	t.leaveQueue()
	t.result = result
	k.makeReady(t)
	return t
}

// Sleep suspends the calling thread until the ticks-th timer interrupt from now. 0 returns at
// once and is no Relinquish; WaitForever sleeps until WaitAbort. Errors:
// status.TxWaitAborted, status.TxCallerError outside threads and while preemption
// is held (tx_thread_sleep).
func (k *Kernel) Sleep(ticks uint32) error {
	if k.current == nil || k.Context() != ThreadContext {
		return status.TxCallerError
	}
	if ticks == 0 {
		return nil
	}
	if k.hold > 0 {
		return status.TxCallerError
	}
	return k.suspend(k.current, Sleeping, ticks)
}

// Wait suspends the calling thread until Wake is called with an equal key, first come first served, for at
// most ticks. It returns the error given to Wake, timeout when the ticks are over (at once
// if ticks is 0 or preemption is held), status.TxWaitAborted after WaitAbort, and
// status.TxWaitError if ticks is not 0 outside threads.
//
// If key is a Reasoner, deadlock reports say what it says.
func (k *Kernel) Wait(key any, ticks uint32, timeout error) error {
	if ticks == 0 || !k.mayWait() {
		return k.waitNot(ticks, timeout)
	}
	return k.wait(k.queueOf(key), KeyWait, ticks, timeout)
}

// WaitDeadline is Wait with a limit of d in virtual time instead of ticks. A negative d means no limit.
func (k *Kernel) WaitDeadline(key any, d time.Duration, timeout error) error {
	if d == 0 || !k.mayWait() {
		return k.waitNot(uint32(min(d, 1)), timeout)
	}
	t := k.current
	if d > 0 {
		if t.deadline == nil {
			t.deadline = k.NewEvent(func() { k.timeOut(t) })
		}
		t.deadline.Reset(d)
	}
	return k.wait(k.queueOf(key), KeyWait, WaitForever, timeout)
}

// Wake ends the wait of the thread that has waited longest with an equal key: its Wait
// returns err. A more urgent thread runs before Wake returns. Wake reports whether there
// was one, and may be called in any context.
func (k *Kernel) Wake(key any, err error) bool {
	q := k.waits[key]
	if q == nil {
		k.poll()
		return false
	}
	k.wake(q, err)
	k.check()
	return true
}

// queueOf returns the list of those who wait with key.
func (k *Kernel) queueOf(key any) *waitQueue {
	q := k.waits[key]
	if q != nil {
		return q
	}
	if q = k.waitsFree; q != nil {
		k.waitsFree = q.next
	} else {
		q = new(waitQueue)
	}
	q.key, q.next = key, q
	k.waits[key] = q
	return q
}

// dropQueue forgets a list of queueOf that has become empty.
func (k *Kernel) dropQueue(q *waitQueue) {
	if q.head != nil {
		return
	}
	delete(k.waits, q.key)
	q.key, q.next = nil, k.waitsFree
	k.waitsFree = q
}

// waitFor is wait for whoever may be unable to.
func (k *Kernel) waitFor(q *waitQueue, state State, ticks uint32, timeout error) error {
	if ticks == 0 || !k.mayWait() {
		return k.waitNot(ticks, timeout)
	}
	t := k.current
	q.push(t)
	t.timeout = timeout
	return k.suspend(t, state, ticks)
}

// waitNot answers a wait of no ticks, or one that cannot be.
func (k *Kernel) waitNot(ticks uint32, timeout error) error {
	k.poll()
	if ticks == 0 || k.Context() == ThreadContext {
		return timeout
	}
	return status.TxWaitError
}

// wakeAll ends the wait of all threads in q with the same result. The caller follows up with check.
func (k *Kernel) wakeAll(q *waitQueue, result error) { k.wakeDrained(q.drain(), result) }

// A drained is the former content of a wait queue: a ring of threads that no longer stand in it.
type drained struct {
	first *Thread
	n     uint32
}

// drain empties q.
func (q *waitQueue) drain() drained {
	d := drained{q.head, q.len}
	for t, n := d.first, d.n; n > 0; t, n = t.queueNext, n-1 {
		t.queue = nil
	}
	q.head, q.len = nil, 0
	return d
}

// wakeDrained is wakeAll for a drained queue.
func (k *Kernel) wakeDrained(d drained, result error) {
	for t, n := d.first, d.n; n > 0; t, n = t.queueNext, n-1 {
		t.result = result
		k.makeReady(t)
	}
}

// list returns the threads in q in order.
func (q *waitQueue) list() []*Thread {
	if q.head == nil {
		return nil
	}
	threads := []*Thread{q.head}
	for t := q.head.queueNext; t != q.head; t = t.queueNext {
		threads = append(threads, t)
	}
	return threads
}

// prioritize moves the first of the best threads in q to the front.
func (q *waitQueue) prioritize() {
	if q.len < 2 {
		return
	}
	best := q.head
	for t := best.queueNext; t != q.head; t = t.queueNext {
		if t.priority < best.priority {
			best = t
		}
	}
	if best != q.head {
		q.remove(best)
		q.push(best)
		q.head = best
	}
}
