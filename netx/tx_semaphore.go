package netx

import (
	"netxsim/netx/status"
)

// TxSemaphoreCreate makes semaphore, a zero or deleted control block, a
// counting semaphore with initialCount instances. It never waits.
//
// Status: TX_SUCCESS, TX_SEMAPHORE_ERROR, TX_CALLER_ERROR.
// Callers: initialization, threads.
func TxSemaphoreCreate(semaphore *TX_SEMAPHORE, name string, initialCount ULONG) UINT {
	k := current().Kernel
	switch {
	case semaphore == nil || exists(semaphore.Kernel()):
		return TX_SEMAPHORE_ERROR
	case !txInitAndThreads(k):
		return TX_CALLER_ERROR
	}
	return status.Of(k.CreateSemaphore(semaphore, name, initialCount))
}

// TxSemaphoreGet takes an instance. While there is none it waits, for at most
// waitOption ticks; TX_NO_WAIT returns TX_NO_INSTANCE at once, TX_WAIT_FOREVER
// never times out. Waiting threads are served first come first served.
//
// Status: TX_SUCCESS, TX_NO_INSTANCE, TX_SEMAPHORE_ERROR, TX_WAIT_ERROR,
// TX_DELETED, TX_WAIT_ABORTED.
// Callers: initialization, threads, timers, ISRs.
func TxSemaphoreGet(semaphore *TX_SEMAPHORE, waitOption ULONG) UINT {
	k := semaphore.Kernel()
	switch {
	case !exists(k):
		return TX_SEMAPHORE_ERROR
	case !threadToWait(k, waitOption):
		return TX_WAIT_ERROR
	}
	return status.Of(semaphore.Get(waitOption))
}

// TxSemaphorePut hands an instance to the first waiting thread, which runs
// before the call returns if it is more urgent, or adds it to the count. The count
// has no limit and wraps at 2^32.
//
// Status: TX_SUCCESS, TX_SEMAPHORE_ERROR.
// Callers: initialization, threads, timers, ISRs.
func TxSemaphorePut(semaphore *TX_SEMAPHORE) UINT {
	if !exists(semaphore.Kernel()) {
		return TX_SEMAPHORE_ERROR
	}
	return status.Of(semaphore.Put())
}

// TxSemaphoreCeilingPut is TxSemaphorePut for a count below ceiling.
//
// Status: TX_SUCCESS, TX_SEMAPHORE_ERROR, TX_INVALID_CEILING,
// TX_CEILING_EXCEEDED.
// Callers: initialization, threads, timers, ISRs.
func TxSemaphoreCeilingPut(semaphore *TX_SEMAPHORE, ceiling ULONG) UINT {
	switch {
	case !exists(semaphore.Kernel()):
		return TX_SEMAPHORE_ERROR
	case ceiling == 0:
		return TX_INVALID_CEILING
	}
	return status.Of(semaphore.CeilingPut(ceiling))
}

// TxSemaphoreDelete ends the semaphore. Threads that wait for it return
// TX_DELETED.
//
// Status: TX_SUCCESS, TX_SEMAPHORE_ERROR, TX_CALLER_ERROR.
// Callers: threads.
func TxSemaphoreDelete(semaphore *TX_SEMAPHORE) UINT {
	k := semaphore.Kernel()
	switch {
	case !exists(k):
		return TX_SEMAPHORE_ERROR
	case !txThreadsOnly(k):
		return TX_CALLER_ERROR
	}
	return status.Of(semaphore.Delete())
}

// TxSemaphoreInfoGet stores name, count, the first waiting thread, the number of
// waiting threads and the semaphore created next. A nil pointer skips its value.
//
// Status: TX_SUCCESS, TX_SEMAPHORE_ERROR.
// Callers: initialization, threads, timers, ISRs.
func TxSemaphoreInfoGet(semaphore *TX_SEMAPHORE, name *string, currentValue *ULONG, firstSuspended **TX_THREAD,
	suspendedCount *ULONG, nextSemaphore **TX_SEMAPHORE) UINT {
	if !exists(semaphore.Kernel()) {
		return TX_SEMAPHORE_ERROR
	}
	info := semaphore.Info()
	store(name, info.Name)
	store(currentValue, info.Count)
	store(firstSuspended, info.First)
	store(suspendedCount, info.Waiting)
	store(nextSemaphore, info.Next)
	return TX_SUCCESS
}

// TxSemaphorePrioritize moves the most urgent waiting thread to the front of
// the wait list and leaves the others in order. It wakes nobody.
//
// Status: TX_SUCCESS, TX_SEMAPHORE_ERROR.
// Callers: initialization, threads, timers, ISRs.
func TxSemaphorePrioritize(semaphore *TX_SEMAPHORE) UINT {
	if !exists(semaphore.Kernel()) {
		return TX_SEMAPHORE_ERROR
	}
	return status.Of(semaphore.Prioritize())
}

// TxSemaphorePutNotify sets the function that is called after every successful
// put, in the context of the putter and after a woken thread that is more urgent
// has run. Nil removes it. TX_FEATURE_NOT_ENABLED is what C answers when
// notifications are compiled out; it does not come here.
//
// Status: TX_SUCCESS, TX_SEMAPHORE_ERROR, TX_FEATURE_NOT_ENABLED.
// Callers: initialization, threads, timers, ISRs.
func TxSemaphorePutNotify(semaphore *TX_SEMAPHORE, semaphorePutNotify func(notifySemaphore *TX_SEMAPHORE)) UINT {
	if !exists(semaphore.Kernel()) {
		return TX_SEMAPHORE_ERROR
	}
	return status.Of(semaphore.OnPut(semaphorePutNotify))
}
