package netx

import "netxsim/netx/status"

// TxMutexCreate makes mutex, a zero or deleted control block, a free mutex. With
// TX_INHERIT its owner runs at the priority of the most urgent thread that waits
// for it; with TX_NO_INHERIT it does not. It never waits.
//
// Status: TX_SUCCESS, TX_MUTEX_ERROR, TX_INHERIT_ERROR, TX_CALLER_ERROR.
// Callers: initialization, threads.
func TxMutexCreate(mutex *TX_MUTEX, name string, inherit UINT) UINT {
	k := current().Kernel
	switch {
	case mutex == nil || exists(mutex.Kernel()):
		return TX_MUTEX_ERROR
	case inherit > TX_INHERIT:
		return TX_INHERIT_ERROR
	case !txInitAndThreads(k):
		return TX_CALLER_ERROR
	}
	return status.Of(k.CreateMutex(mutex, name, inherit == TX_INHERIT))
}

// TxMutexGet takes the mutex, once more if the caller owns it. While another
// thread owns it, it waits for at most waitOption ticks; TX_NO_WAIT returns
// TX_NOT_AVAILABLE at once, TX_WAIT_FOREVER never times out.
//
// Unlike a Go mutex it belongs to a thread: each get needs a put by the same
// thread, and what a thread owns is released when it ends.
//
// Status: TX_SUCCESS, TX_NOT_AVAILABLE, TX_MUTEX_ERROR, TX_WAIT_ERROR,
// TX_CALLER_ERROR, TX_DELETED, TX_WAIT_ABORTED.
// Callers: initialization, threads, timers.
func TxMutexGet(mutex *TX_MUTEX, waitOption ULONG) UINT {
	k := mutex.Kernel()
	switch {
	case !exists(k):
		return TX_MUTEX_ERROR
	case !threadToWait(k, waitOption):
		return TX_WAIT_ERROR
	case !txNotISR(k):
		return TX_CALLER_ERROR
	}
	return status.Of(mutex.Get(waitOption))
}

// TxMutexPut undoes one get. The last one hands the mutex to the first waiting
// thread, with inheritance to the most urgent one, which runs before the call
// returns if it is more urgent than the caller.
//
// Status: TX_SUCCESS, TX_NOT_OWNED, TX_MUTEX_ERROR, TX_CALLER_ERROR.
// Callers: initialization, threads, timers.
func TxMutexPut(mutex *TX_MUTEX) UINT {
	k := mutex.Kernel()
	switch {
	case !exists(k):
		return TX_MUTEX_ERROR
	case !txNotISR(k):
		return TX_CALLER_ERROR
	}
	return status.Of(mutex.Put())
}

// TxMutexDelete ends the mutex. Its owner loses it; threads that wait for it
// return TX_DELETED.
//
// Status: TX_SUCCESS, TX_MUTEX_ERROR, TX_CALLER_ERROR.
// Callers: threads.
func TxMutexDelete(mutex *TX_MUTEX) UINT {
	k := mutex.Kernel()
	switch {
	case !exists(k):
		return TX_MUTEX_ERROR
	case !txThreadsOnly(k):
		return TX_CALLER_ERROR
	}
	return status.Of(mutex.Delete())
}

// TxMutexInfoGet stores name, how often the owner has taken it, the owner, the
// first waiting thread, the number of waiting threads and the mutex created next.
// A nil pointer skips its value.
//
// Status: TX_SUCCESS, TX_MUTEX_ERROR.
// Callers: initialization, threads, timers, ISRs.
func TxMutexInfoGet(mutex *TX_MUTEX, name *string, count *ULONG, owner, firstSuspended **TX_THREAD,
	suspendedCount *ULONG, nextMutex **TX_MUTEX) UINT {
	if !exists(mutex.Kernel()) {
		return TX_MUTEX_ERROR
	}
	info := mutex.Info()
	store(name, info.Name)
	store(count, info.Count)
	store(owner, info.Owner)
	store(firstSuspended, info.First)
	store(suspendedCount, info.Waiting)
	store(nextMutex, info.Next)
	return TX_SUCCESS
}

// TxMutexPrioritize moves the most urgent waiting thread to the front of the
// wait list and leaves the others in order. It wakes nobody.
//
// Status: TX_SUCCESS, TX_MUTEX_ERROR.
// Callers: initialization, threads, timers, ISRs.
func TxMutexPrioritize(mutex *TX_MUTEX) UINT {
	if !exists(mutex.Kernel()) {
		return TX_MUTEX_ERROR
	}
	return status.Of(mutex.Prioritize())
}
