package sim

import (
	"fmt"

	"netxsim/netx/status"
)

// A Mutex is a mutual exclusion that its owner can take several times. With inheritance the owner
// runs at the priority of the best thread that waits for it. The zero Mutex belongs to no
// kernel; what does not exist answers status.TxMutexError.
type Mutex struct {
	created place[Mutex]
	k       *Kernel
	name    string
	inherit bool
	count   uint32 // times the owner has taken it
	owner   *Thread
	waiters waitQueue
	best    uint32 // best priority that has waited for it, with inheritance

	ownedNext, ownedPrev *Mutex // ring of the owner's mutexes
}

// NewMutex creates a mutex, with priority inheritance if inherit is set (tx_mutex_create).
func (k *Kernel) NewMutex(name string, inherit bool) *Mutex {
	m := new(Mutex)
	_ = k.CreateMutex(m, name, inherit)
	return m
}

// CreateMutex is NewMutex for a Mutex that the caller provides, zero or deleted. Error:
// status.TxMutexError if m exists already.
func (k *Kernel) CreateMutex(m *Mutex, name string, inherit bool) error {
	if taken(m.k) {
		return status.TxMutexError
	}
	*m = Mutex{k: k, name: name, inherit: inherit, best: MaxPriorities}
	m.waiters.key = m
	k.mutexes.add(&m.created, m)
	return nil
}

// Get takes the mutex, once more if the caller owns it, and waits for at most ticks while another
// thread does. Errors: status.TxNotAvailable, status.TxDeleted, status.TxWaitAborted,
// status.TxWaitError if it had to wait outside threads (tx_mutex_get).
func (m *Mutex) Get(ticks uint32) error {
	k := m.k
	switch {
	case k == nil:
		return status.TxMutexError
	case m.count == 0:
		m.count = 1
		m.setOwner(k.current)
		k.poll()
		return nil
	case m.owner == k.current:
		m.count++
		k.poll()
		return nil
	case ticks == 0 || !k.mayWait():
		return k.waitNot(ticks, status.TxNotAvailable)
	}
	t := k.current
	m.waiters.push(t)
	t.timeout = status.TxNotAvailable
	if m.inherit && m.owner != nil {
		m.boost(t)
	}
	return k.suspend(t, MutexWait, ticks)
}

// setOwner gives a mutex that nobody has to t, which is nil in the definition function.
func (m *Mutex) setOwner(t *Thread) {
	m.owner = t
	if t == nil {
		return
	}
	if m.inherit {
		m.best = MaxPriorities
	}
	if t.owned == nil {
		m.ownedNext, m.ownedPrev = m, m
		t.owned = m
		return
	}
	last := t.owned.ownedPrev
	last.ownedNext, t.owned.ownedPrev = m, m
	m.ownedPrev, m.ownedNext = last, t.owned
}

// disown takes the mutex off its owner's list.
func (m *Mutex) disown() {
	t := m.owner
	switch {
	case m.ownedNext == m:
		t.owned = nil
	default:
		m.ownedNext.ownedPrev, m.ownedPrev.ownedNext = m.ownedPrev, m.ownedNext
		if t.owned == m {
			t.owned = m.ownedNext
		}
	}
	m.ownedNext, m.ownedPrev = nil, nil
}

// boost lets the owner inherit the priority of t, which is about to wait.
func (m *Mutex) boost(t *Thread) {
	m.best = min(m.best, t.priority)
	m.owner.inherited = min(m.owner.inherited, t.priority)
	if m.owner.priority > t.priority {
		m.k.inherit(m.owner, t.priority)
	}
}

// Put undoes one Get. With the last one the mutex goes to the first waiting thread, with
// inheritance to the best one, and the caller loses what it has inherited through it. Error:
// status.TxNotOwned if the caller does not own it (tx_mutex_put).
func (m *Mutex) Put() error {
	k := m.k
	switch {
	case k == nil:
		return status.TxMutexError
	case m.count == 0 || m.owner != k.current:
		k.poll()
		return status.TxNotOwned
	}
	m.put()
	k.check()
	return nil
}

// put undoes one Get in the name of the owner. The caller follows up with check.
func (m *Mutex) put() {
	m.count--
	owner := m.owner
	if m.count > 0 || owner == nil {
		return
	}
	m.disown()
	m.owner = nil
	if m.inherit {
		owner.inherited = owner.bestWaiter()
		m.best = MaxPriorities
		m.waiters.prioritize()
	}
	next := m.waiters.head
	if next != nil {
		m.waiters.remove(next)
		m.count = 1
		m.setOwner(next)
		next.result = nil
	}
	if m.inherit {
		if m.waiters.head != nil {
			m.waiters.prioritize()
			m.best = m.waiters.head.priority
		}
		if fallback := min(owner.userPriority, owner.inherited); owner.priority != fallback {
			owner.k.inherit(owner, fallback)
		}
	}
	if next != nil {
		owner.k.makeReady(next)
	}
}

// bestWaiter returns the best priority that waits for an inheritance mutex of t.
func (t *Thread) bestWaiter() uint32 {
	best := uint32(MaxPriorities)
	for m := t.owned; m != nil; {
		if m.inherit {
			best = min(best, m.best)
		}
		if m = m.ownedNext; m == t.owned {
			break
		}
	}
	return best
}

// inherit changes the priority in effect of t, and the threshold unless the user's is better. Nobody is
// preempted yet.
func (k *Kernel) inherit(t *Thread, priority uint32) {
	before, runner := t.priority, k.next
	ready := t.state == Ready
	if ready {
		k.makeUnready(t)
	}
	t.priority = priority
	t.threshold = min(t.userThreshold, priority)
	if !ready {
		return
	}
	t.state = Suspended
	k.makeReady(t)
	next := k.next
	switch {
	case t == next:
		return
	case t.priority <= next.priority:
		if t != runner {
			return
		}
	case t.threshold >= t.priority:
		return
	case t.threshold > next.priority:
		k.ready.claims |= 1 << t.priority
		return
	}
	k.next = t
	if before < priority {
		k.ready.heads[priority] = t
	}
}

// releaseMutexes makes an ending thread give up all it owns. Nobody is preempted yet.
func (k *Kernel) releaseMutexes(t *Thread) {
	k.hold++
	for t.owned != nil {
		t.owned.count = 1
		t.owned.put()
	}
	k.hold--
}

// Prioritize moves the best waiting thread to the front (tx_mutex_prioritize).
func (m *Mutex) Prioritize() error {
	if m.k == nil {
		return status.TxMutexError
	}
	m.waiters.prioritize()
	return nil
}

// Delete removes the mutex. The owner loses it and what it has inherited through it; whoever waits gets
// status.TxDeleted (tx_mutex_delete).
func (m *Mutex) Delete() error {
	k := m.k
	if k == nil {
		return status.TxMutexError
	}
	m.k = nil
	k.mutexes.remove(&m.created)
	k.hold++
	waiters := m.waiters.drain()
	if m.owner != nil {
		m.count = 1
		m.put()
	}
	k.wakeDrained(waiters, status.TxDeleted)
	k.hold--
	k.check()
	return nil
}

// MutexInfo is what tx_mutex_info_get tells.
type MutexInfo struct {
	Name    string
	Count   uint32  // times the owner has taken it, 0 if it is free
	Owner   *Thread // nil if it is free, or was taken in the definition function
	First   *Thread // first waiting thread, nil if none
	Waiting uint32  // number of waiting threads
	Next    *Mutex  // the one created next, the first after the last
}

// Info returns the state of the mutex (tx_mutex_info_get).
func (m *Mutex) Info() MutexInfo {
	return MutexInfo{m.name, m.count, m.owner, m.waiters.head, m.waiters.len, m.created.following()}
}

// Name returns the name the mutex was given.
func (m *Mutex) Name() string { return m.name }

// Kernel returns the kernel of the mutex, nil for a nil Mutex and for one that was not created or is deleted.
func (m *Mutex) Kernel() *Kernel {
	if m == nil {
		return nil
	}
	return m.k
}

// Exists reports whether the mutex was created and not deleted.
func (m *Mutex) Exists() bool { return m.k != nil }

// Waiters returns the waiting threads in order.
func (m *Mutex) Waiters() []*Thread { return m.waiters.list() }

func (m *Mutex) waitReason(*Thread) string {
	if m.owner == nil {
		return "mutex " + m.name
	}
	return fmt.Sprintf("mutex %s, owned by thread %s", m.name, m.owner.name)
}
