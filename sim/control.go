package sim

import "netxsim/netx/status"

// Suspend stops the thread until Resume. A waiting or sleeping thread is suspended when
// its wait is over, and keeps the result. Suspensions do not nest. Error:
// status.TxSuspendError if the thread has ended, or is the caller and preemption is held
// (tx_thread_suspend).
func (t *Thread) Suspend() error {
	k := t.k
	switch t.state {
	case Ready:
		if t == k.current && k.Context() == ThreadContext && k.hold > 0 {
			return status.TxSuspendError
		}
		t.state = Suspended
		t.since = k.Now()
		k.makeUnready(t)
		k.check()
	case Completed, Terminated:
		return status.TxSuspendError
	case Suspended:
	default:
		t.suspendPending = true
	}
	return nil
}

// Resume makes a suspended thread ready. Of a thread that waits with a suspension
// pending it lifts that one and returns status.TxSuspendLifted; of any other it returns
// status.TxResumeError (tx_thread_resume).
func (t *Thread) Resume() error {
	switch {
	case t.state == Suspended:
		t.k.resume(t)
		return nil
	case t.suspendPending:
		t.suspendPending = false
		return status.TxSuspendLifted
	}
	return status.TxResumeError
}

// WaitAbort ends the wait or sleep of the thread; the call in which it waits returns
// status.TxWaitAborted. Error: status.TxWaitAbortError if it neither waits nor
// sleeps (tx_thread_wait_abort).
func (t *Thread) WaitAbort() error {
	if t.state < Sleeping {
		return status.TxWaitAbortError
	}
	t.leaveQueue()
	t.result = status.TxWaitAborted
	t.k.resume(t)
	return nil
}

// Terminate ends the thread for good, until a Reset. Its deferred functions run before
// Terminate returns, without being able to wait. A thread that terminates itself does not
// return. It is no error if the thread has ended already (tx_thread_terminate).
//
// When called by the function of a timer or an event that happens to run on the very goroutine of the
// thread, the deferred functions run as soon as that function has returned. The
// thread is out of all wait lists before, so that nothing can be handed to it.
func (t *Thread) Terminate() error {
	k := t.k
	k.wheel.cancel(&t.timer)
	if t.ended() {
		k.check()
		return nil
	}
	k.hold++
	wasReady := t.state == Ready
	t.state = Terminated
	t.leaveQueue()
	t.notify(ThreadExit)
	if wasReady {
		k.makeUnready(t)
	}
	k.bye(t)
	k.kill(t)
	k.hold--
	k.check()
	return nil
}

// complete ends the running thread t after its entry function has returned.
func (k *Kernel) complete(t *Thread) {
	k.releaseMutexes(t)
	k.hold++
	t.state = Completed
	t.notify(ThreadExit)
	k.makeUnready(t)
	k.bye(t)
	k.hold--
}

// bye drops an ended thread from the books.
func (k *Kernel) bye(t *Thread) {
	if t.state == Terminated {
		k.releaseMutexes(t)
	}
	k.count(t, -1)
	if t.program {
		k.created.remove(t)
	}
}

// Reset makes an ended thread suspended, as if newly created with the priority last
// set: Resume starts its entry function again. Error: status.TxNotDone if it has not
// ended (tx_thread_reset).
func (t *Thread) Reset() error {
	if !t.ended() || t == t.k.current {
		return status.TxNotDone
	}
	t.state = Suspended
	t.since = t.k.Now()
	t.k.count(t, 1)
	if t.program {
		t.k.created.push(t)
	}
	return nil
}

// Delete removes an ended thread from the kernel; its Thread may be created anew.
// Error: status.TxDeleteError if it has not ended (tx_thread_delete).
func (t *Thread) Delete() error {
	if !t.ended() {
		return status.TxDeleteError
	}
	if !t.program {
		t.k.created.remove(t)
	}
	t.k = nil
	return nil
}

// Relinquish lets the other ready threads of the caller's priority run first, or a
// better one that the caller's threshold held off. It does nothing outside threads
// (tx_thread_relinquish).
func (k *Kernel) Relinquish() {
	t := k.current
	if !k.preemptible() {
		return
	}
	k.slice = t.timeSlice
	if t.readyNext != t {
		k.ready.heads[t.priority] = t.readyNext
		k.next = t.readyNext
	}
	if best := k.ready.best(); best < t.priority {
		k.next = k.ready.heads[best]
	}
	k.check()
}

// ChangePriority gives the thread another priority, and the threshold that goes with it: none.
// It returns the priority set before. A ready thread goes to the end of the new
// priority's list. Error: status.TxPriorityError if there is no such priority
// (tx_thread_priority_change).
func (t *Thread) ChangePriority(priority uint32) (old uint32, err error) {
	if priority >= MaxPriorities {
		return 0, status.TxPriorityError
	}
	k := t.k
	old = t.userPriority
	if t.state != Ready {
		t.setPriority(priority)
		return old, nil
	}
	runner, before := k.next, t.priority
	k.makeUnready(t)
	t.setPriority(priority)
	t.state = Suspended
	k.makeReady(t)
	if t != k.next && t.priority <= k.next.priority && t == runner {
		k.next = t
		if before < priority {
			k.ready.heads[t.priority] = t
		}
	}
	k.check()
	return old, nil
}

// setPriority stores the user's priority; an inherited one that is better stays in effect.
func (t *Thread) setPriority(priority uint32) {
	t.userPriority, t.userThreshold = priority, priority
	t.priority = min(priority, t.inherited)
	t.threshold = t.priority
}

// ChangePreemption sets the preemption threshold and returns the one set before.
// Relaxing it lets in at once a ready thread that it held off. Error:
// status.TxThreshError if it is worse than the thread's priority
// (tx_thread_preemption_change).
func (t *Thread) ChangePreemption(threshold uint32) (old uint32, err error) {
	k := t.k
	if threshold > t.userPriority {
		return 0, status.TxThreshError
	}
	if threshold == t.userPriority && k.ready.heads[t.priority] == t {
		k.ready.claims &^= 1 << t.priority
	}
	old = t.userThreshold
	t.userThreshold = threshold
	t.threshold = min(threshold, t.inherited)
	if best := k.ready.best(); best < min(t.priority, threshold) && k.next == t {
		k.ready.claim(t)
		k.next = k.ready.heads[best]
		k.check()
	}
	return old, nil
}

// ChangeTimeSlice gives the thread another time slice, in ticks, a fresh one, and returns the
// one set before (tx_thread_time_slice_change).
func (t *Thread) ChangeTimeSlice(slice uint32) (old uint32) {
	old, t.timeSlice, t.sliceLeft = t.timeSlice, slice, slice
	if t.k.current == t {
		t.k.slice = slice
	}
	return old
}
