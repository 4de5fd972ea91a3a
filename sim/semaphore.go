package sim

import (
	"fmt"

	"netxsim/netx/status"
)

// A Semaphore is a counting semaphore. The zero Semaphore belongs to no kernel; what
// does not exist answers status.TxSemaphoreError.
type Semaphore struct {
	created place[Semaphore]
	k       *Kernel
	name    string
	count   uint32
	waiters waitQueue
	onPut   func(*Semaphore)
}

// NewSemaphore creates a semaphore (tx_semaphore_create).
func (k *Kernel) NewSemaphore(name string, count uint32) *Semaphore {
	s := new(Semaphore)
	_ = k.CreateSemaphore(s, name, count)
	return s
}

// CreateSemaphore is NewSemaphore for a Semaphore that the caller provides, zero or deleted.
// Error: status.TxSemaphoreError if s exists already.
func (k *Kernel) CreateSemaphore(s *Semaphore, name string, count uint32) error {
	if taken(s.k) {
		return status.TxSemaphoreError
	}
	*s = Semaphore{k: k, name: name, count: count}
	s.waiters.key = s
	k.semaphores.add(&s.created, s)
	return nil
}

// Get takes one from the count, and waits for at most ticks while it is 0. Errors:
// status.TxNoInstance, status.TxDeleted, status.TxWaitAborted, status.TxWaitError if it
// had to wait outside threads (tx_semaphore_get).
func (s *Semaphore) Get(ticks uint32) error {
	k := s.k
	switch {
	case k == nil:
		return status.TxSemaphoreError
	case s.count > 0:
		s.count--
		k.poll()
		return nil
	}
	return k.waitFor(&s.waiters, SemaphoreWait, ticks, status.TxNoInstance)
}

// Put hands one to the first waiting thread, or adds it to the count (tx_semaphore_put).
func (s *Semaphore) Put() error { return s.put(0xFFFFFFFF, false) }

// CeilingPut is Put for a count below ceiling. Errors: status.TxCeilingExceeded,
// status.TxInvalidCeiling if ceiling is 0 (tx_semaphore_ceiling_put).
func (s *Semaphore) CeilingPut(ceiling uint32) error {
	if s.k != nil && ceiling == 0 {
		return status.TxInvalidCeiling
	}
	return s.put(ceiling, true)
}

func (s *Semaphore) put(ceiling uint32, limited bool) error {
	k := s.k
	switch {
	case k == nil:
		return status.TxSemaphoreError
	case s.waiters.head != nil:
		notify := s.onPut
		k.wake(&s.waiters, nil)
		k.check()
		if notify != nil {
			notify(s)
		}
		return nil
	case limited && s.count >= ceiling:
		return status.TxCeilingExceeded
	}
	s.count++
	if s.onPut != nil {
		s.onPut(s)
	}
	k.poll()
	return nil
}

// Prioritize moves the best waiting thread to the front (tx_semaphore_prioritize).
func (s *Semaphore) Prioritize() error {
	if s.k == nil {
		return status.TxSemaphoreError
	}
	s.waiters.prioritize()
	return nil
}

// OnPut sets the function that is called after every successful put, in the putter's context.
// Nil removes it (tx_semaphore_put_notify).
func (s *Semaphore) OnPut(f func(*Semaphore)) error {
	if s.k == nil {
		return status.TxSemaphoreError
	}
	s.onPut = f
	return nil
}

// Delete removes the semaphore. Whoever waits gets status.TxDeleted (tx_semaphore_delete).
func (s *Semaphore) Delete() error {
	k := s.k
	if k == nil {
		return status.TxSemaphoreError
	}
	s.k = nil
	k.semaphores.remove(&s.created)
	k.wakeAll(&s.waiters, status.TxDeleted)
	k.check()
	return nil
}

// SemaphoreInfo is what tx_semaphore_info_get tells.
type SemaphoreInfo struct {
	Name    string
	Count   uint32
	First   *Thread    // first waiting thread, nil if none
	Waiting uint32     // number of waiting threads
	Next    *Semaphore // the one created next, the first after the last
}

// Info returns the state of the semaphore (tx_semaphore_info_get).
func (s *Semaphore) Info() SemaphoreInfo {
	return SemaphoreInfo{s.name, s.count, s.waiters.head, s.waiters.len, s.created.following()}
}

// Name returns the name the semaphore was given.
func (s *Semaphore) Name() string { return s.name }

// Kernel returns the kernel of the semaphore, nil for a nil Semaphore and for one that was not created or is deleted.
func (s *Semaphore) Kernel() *Kernel {
	if s == nil {
		return nil
	}
	return s.k
}

// Exists reports whether the semaphore was created and not deleted.
func (s *Semaphore) Exists() bool { return s.k != nil }

// Waiters returns the waiting threads in order.
func (s *Semaphore) Waiters() []*Thread { return s.waiters.list() }

func (s *Semaphore) waitReason(*Thread) string {
	return fmt.Sprintf("semaphore %s, count %d", s.name, s.count)
}
