package netx

import (
	"netxsim/netx/status"
	"netxsim/sim"
)

// TxThreadCreate makes thread, a zero or deleted control block, a thread that calls
// entryFunction with entryInput. With TX_AUTO_START it is ready at once, and runs
// before the call returns if it is more urgent than the caller; with TX_DONT_START
// it is suspended until TxThreadResume.
//
// priority is 0 (most urgent) to 31. While the thread runs, only threads better
// than preemptThreshold preempt it; the priority itself as threshold means
// ordinary preemption. timeSlice, in ticks, is how long the thread may compute
// (sim.Kernel.Busy; nothing else takes time) before others of its priority have
// their turn; TX_NO_TIME_SLICE is no limit.
//
// stackStart and stackSize, in bytes, are the stack of the C program. They are
// tested and accounted as in C (TX_PTR_ERROR when the stack overlaps that of
// another thread), but the Go code runs on a stack of its own. Unlike ThreadX, a
// stackSize beyond the end of stackStart is TX_SIZE_ERROR.
//
// Status: TX_SUCCESS, TX_THREAD_ERROR, TX_PTR_ERROR, TX_SIZE_ERROR,
// TX_PRIORITY_ERROR, TX_THRESH_ERROR, TX_START_ERROR, TX_CALLER_ERROR.
// Callers: initialization, threads.
func TxThreadCreate(thread *TX_THREAD, name string, entryFunction func(entryInput ULONG), entryInput ULONG,
	stackStart []byte, stackSize ULONG, priority, preemptThreshold UINT, timeSlice ULONG, autoStart UINT) UINT {
	program := current()
	stack := threadStack{owner: thread, memory: stackStart, size: stackSize}
	if s := program.checkStack(stack); s != TX_SUCCESS {
		return s
	}
	switch {
	case entryFunction == nil:
		return TX_PTR_ERROR
	case stackSize < TX_MINIMUM_STACK || isShort(stackStart, stackSize):
		return TX_SIZE_ERROR
	case priority >= TX_MAX_PRIORITIES:
		return TX_PRIORITY_ERROR
	case preemptThreshold > priority:
		return TX_THRESH_ERROR
	case autoStart > TX_AUTO_START:
		return TX_START_ERROR
	case !txInitAndThreads(program.Kernel):
		return TX_CALLER_ERROR
	}
	program.threadStacks = append(program.threadStacks, stack)
	return status.Of(program.Kernel.CreateThread(thread, sim.ThreadConfig{
		Name: name, Priority: priority, PreemptionThreshold: preemptThreshold, NoPreemption: preemptThreshold == 0,
		TimeSlice: timeSlice, DontStart: autoStart == TX_DONT_START, Entry: func() { entryFunction(entryInput) },
	}))
}

// TxThreadDelete ends the existence of a thread that has completed or was
// terminated; its control block and stack may be used again. Any other thread is
// TX_DELETE_ERROR, also one that was never started.
//
// Status: TX_SUCCESS, TX_CALLER_ERROR, TX_THREAD_ERROR, TX_DELETE_ERROR.
// Callers: threads, timers.
func TxThreadDelete(thread *TX_THREAD) UINT {
	switch {
	case !txThreadsAndTimers(current().Kernel):
		return TX_CALLER_ERROR
	case !exists(thread.Kernel()):
		return TX_THREAD_ERROR
	}
	if err := thread.Delete(); err != nil {
		return status.Of(err)
	}
	current().dropStack(thread)
	return TX_SUCCESS
}

// TxThreadSleep suspends the caller until the timerTicks-th timer interrupt from now:
// at most that many ticks, and more than one less. 0 returns at once and lets nobody
// else run. Unlike time.Sleep it takes no wall time.
//
// Status: TX_SUCCESS, TX_CALLER_ERROR, TX_WAIT_ABORTED.
// Callers: threads.
func TxThreadSleep(timerTicks ULONG) UINT { return status.Of(current().Kernel.Sleep(timerTicks)) }

// TxThreadRelinquish lets the other ready threads of the caller's priority run first.
// It returns when it is the caller's turn again, and does nothing outside threads.
//
// Callers: threads.
func TxThreadRelinquish() { current().Kernel.Relinquish() }

// TxThreadIdentify returns the running thread: nil in initialization, the system timer
// thread in timers, the interrupted thread or nil in ISRs.
//
// Callers: threads, ISRs.
func TxThreadIdentify() *TX_THREAD { return current().Kernel.Current() }

// TxThreadSuspend stops a thread until TxThreadResume; a thread that stops itself does
// not return before. One that waits goes on waiting and stops when its wait is over.
// Suspensions do not nest. A thread that has ended is TX_SUSPEND_ERROR.
//
// Status: TX_SUCCESS, TX_THREAD_ERROR, TX_SUSPEND_ERROR.
// Callers: initialization, threads, timers, ISRs.
func TxThreadSuspend(thread *TX_THREAD) UINT {
	if !exists(thread.Kernel()) {
		return TX_THREAD_ERROR
	}
	return status.Of(thread.Suspend())
}

// TxThreadResume makes a suspended thread ready. If it is more urgent than the caller
// it runs before the call returns. A suspension that has not begun because the thread
// waits is lifted, with TX_SUSPEND_LIFTED; any other thread is TX_RESUME_ERROR.
//
// Status: TX_SUCCESS, TX_THREAD_ERROR, TX_RESUME_ERROR, TX_SUSPEND_LIFTED.
// Callers: initialization, threads, timers, ISRs.
func TxThreadResume(thread *TX_THREAD) UINT {
	if !exists(thread.Kernel()) {
		return TX_THREAD_ERROR
	}
	return status.Of(thread.Resume())
}

// TxThreadWaitAbort ends the wait or sleep of a thread: the call in which it waits
// returns TX_WAIT_ABORTED. A thread that does not wait is TX_WAIT_ABORT_ERROR.
//
// Status: TX_SUCCESS, TX_THREAD_ERROR, TX_WAIT_ABORT_ERROR.
// Callers: initialization, threads, timers, ISRs.
func TxThreadWaitAbort(thread *TX_THREAD) UINT {
	if !exists(thread.Kernel()) {
		return TX_THREAD_ERROR
	}
	return status.Of(thread.WaitAbort())
}

// TxThreadTerminate ends a thread until TxThreadReset; what mutexes it owns are
// released. A thread that terminates itself does not return; one that has ended
// already is no error. Unlike in C, the deferred functions of the thread run.
//
// Status: TX_SUCCESS, TX_THREAD_ERROR, TX_CALLER_ERROR.
// Callers: threads, timers.
func TxThreadTerminate(thread *TX_THREAD) UINT {
	k := thread.Kernel()
	switch {
	case !exists(k):
		return TX_THREAD_ERROR
	case !txThreadsAndTimers(k):
		return TX_CALLER_ERROR
	}
	return status.Of(thread.Terminate())
}

// TxThreadReset makes a thread that has ended suspended, as if newly created:
// TxThreadResume starts its entry function again. Any other thread is TX_NOT_DONE.
//
// Status: TX_SUCCESS, TX_THREAD_ERROR, TX_CALLER_ERROR, TX_NOT_DONE.
// Callers: threads.
func TxThreadReset(thread *TX_THREAD) UINT {
	k := thread.Kernel()
	switch {
	case !exists(k):
		return TX_THREAD_ERROR
	case !txThreadsOnly(k):
		return TX_CALLER_ERROR
	}
	return status.Of(thread.Reset())
}

// TxThreadPriorityChange sets the priority, and the preemption threshold to the same
// value, and stores the priority set before. A ready thread goes to the end of the
// list of the new priority.
//
// Status: TX_SUCCESS, TX_THREAD_ERROR, TX_PTR_ERROR, TX_PRIORITY_ERROR,
// TX_CALLER_ERROR.
// Callers: threads, timers.
func TxThreadPriorityChange(thread *TX_THREAD, newPriority UINT, oldPriority *UINT) UINT {
	k := thread.Kernel()
	switch {
	case !exists(k):
		return TX_THREAD_ERROR
	case oldPriority == nil:
		return TX_PTR_ERROR
	case newPriority >= TX_MAX_PRIORITIES:
		return TX_PRIORITY_ERROR
	case !txThreadsAndTimers(k):
		return TX_CALLER_ERROR
	}
	*oldPriority = thread.Info().Priority // whom the change lets in sees it
	_, err := thread.ChangePriority(newPriority)
	return status.Of(err)
}

// TxThreadPreemptionChange sets the preemption threshold and stores the one set
// before. One that is worse than the thread's priority is TX_THRESH_ERROR. A ready
// thread that the old threshold kept out runs before the call returns.
//
// Status: TX_SUCCESS, TX_THREAD_ERROR, TX_PTR_ERROR, TX_CALLER_ERROR,
// TX_THRESH_ERROR.
// Callers: threads, timers.
func TxThreadPreemptionChange(thread *TX_THREAD, newThreshold UINT, oldThreshold *UINT) UINT {
	k := thread.Kernel()
	switch {
	case !exists(k):
		return TX_THREAD_ERROR
	case oldThreshold == nil:
		return TX_PTR_ERROR
	case !txThreadsAndTimers(k):
		return TX_CALLER_ERROR
	case newThreshold > thread.Info().Priority:
		return TX_THRESH_ERROR
	}
	*oldThreshold = thread.Info().PreemptionThreshold // whom the change lets in sees it
	_, err := thread.ChangePreemption(newThreshold)
	return status.Of(err)
}

// TxThreadTimeSliceChange gives the thread another time slice, in ticks, and stores
// the one it had in *oldTimeSlice.
//
// Status: TX_SUCCESS, TX_THREAD_ERROR, TX_PTR_ERROR, TX_CALLER_ERROR.
// Callers: threads, timers.
func TxThreadTimeSliceChange(thread *TX_THREAD, newTimeSlice ULONG, oldTimeSlice *ULONG) UINT {
	k := thread.Kernel()
	switch {
	case !exists(k):
		return TX_THREAD_ERROR
	case oldTimeSlice == nil:
		return TX_PTR_ERROR
	case !txThreadsAndTimers(k):
		return TX_CALLER_ERROR
	}
	*oldTimeSlice = thread.ChangeTimeSlice(newTimeSlice)
	return TX_SUCCESS
}

// TxThreadInfoGet stores name, state, how often the scheduler has chosen the thread,
// priority and threshold as set (not inherited), time slice, the thread created next
// and the next one in the wait list it stands in. A nil pointer skips its value.
//
// Status: TX_SUCCESS, TX_THREAD_ERROR.
// Callers: initialization, threads, timers, ISRs.
func TxThreadInfoGet(thread *TX_THREAD, name *string, state *UINT, runCount *ULONG, priority, preemptionThreshold *UINT,
	timeSlice *ULONG, nextThread, nextSuspendedThread **TX_THREAD) UINT {
	if !exists(thread.Kernel()) {
		return TX_THREAD_ERROR
	}
	info := thread.Info()
	store(name, info.Name)
	store(state, UINT(info.State))
	store(runCount, info.RunCount)
	store(priority, info.Priority)
	store(preemptionThreshold, info.PreemptionThreshold)
	store(timeSlice, info.TimeSlice)
	store(nextThread, thread.NextCreated())
	store(nextSuspendedThread, info.NextSuspended)
	return TX_SUCCESS
}

// TxThreadEntryExitNotify sets the function that is called with TX_THREAD_ENTRY when the
// thread starts, also after a reset, and with TX_THREAD_EXIT when it has completed or
// was terminated, then by whoever terminates it. Nil removes it.
// TX_FEATURE_NOT_ENABLED is what C answers when notifications are compiled out; it
// does not come here.
//
// Status: TX_SUCCESS, TX_THREAD_ERROR, TX_FEATURE_NOT_ENABLED.
// Callers: initialization, threads, timers, ISRs.
func TxThreadEntryExitNotify(thread *TX_THREAD, threadEntryExitNotify func(notifyThread *TX_THREAD, id UINT)) UINT {
	if !exists(thread.Kernel()) {
		return TX_THREAD_ERROR
	}
	if threadEntryExitNotify == nil {
		thread.OnEntryExit(nil)
		return TX_SUCCESS
	}
	thread.OnEntryExit(func(t *TX_THREAD, what sim.EntryExit) { threadEntryExitNotify(t, UINT(what)) })
	return TX_SUCCESS
}

// TxThreadStackErrorNotify would set the function that is called when a stack has
// overflowed. As in the default build of ThreadX it always returns
// TX_FEATURE_NOT_ENABLED.
//
// Status: TX_SUCCESS, TX_FEATURE_NOT_ENABLED.
// Callers: initialization, threads, timers, ISRs.
func TxThreadStackErrorNotify(stackErrorHandler func(thread *TX_THREAD)) UINT {
	return TX_FEATURE_NOT_ENABLED
}
