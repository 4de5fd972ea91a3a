package netx

// The performance services. The default build of ThreadX keeps no such counts, and
// neither does this one: each returns TX_FEATURE_NOT_ENABLED, whatever its
// arguments, and stores nothing.

// TxThreadPerformanceInfoGet would store the counts kept for a thread. As in the
// default build of ThreadX it always returns TX_FEATURE_NOT_ENABLED and stores
// nothing.
//
// Status: TX_SUCCESS, TX_PTR_ERROR, TX_FEATURE_NOT_ENABLED.
// Callers: initialization, threads, timers, ISRs.
func TxThreadPerformanceInfoGet(thread *TX_THREAD, resumptions, suspensions, solicitedPreemptions, interruptPreemptions,
	priorityInversions, timeSlices, relinquishes, timeouts, waitAborts *ULONG,
	lastPreemptedBy **TX_THREAD) UINT {
	return TX_FEATURE_NOT_ENABLED
}

// TxThreadPerformanceSystemInfoGet would store the counts kept for all threads.
// As in the default build of ThreadX it always returns TX_FEATURE_NOT_ENABLED
// and stores nothing.
//
// Status: TX_SUCCESS, TX_FEATURE_NOT_ENABLED.
// Callers: initialization, threads, timers, ISRs.
func TxThreadPerformanceSystemInfoGet(resumptions, suspensions, solicitedPreemptions, interruptPreemptions, priorityInversions,
	timeSlices, relinquishes, timeouts, waitAborts, nonIdleReturns, idleReturns *ULONG) UINT {
	return TX_FEATURE_NOT_ENABLED
}

// TxSemaphorePerformanceInfoGet would store the counts kept for a semaphore. As
// in the default build of ThreadX it always returns TX_FEATURE_NOT_ENABLED and
// stores nothing.
//
// Status: TX_SUCCESS, TX_PTR_ERROR, TX_FEATURE_NOT_ENABLED.
// Callers: initialization, threads, timers, ISRs.
func TxSemaphorePerformanceInfoGet(semaphore *TX_SEMAPHORE, puts, gets, suspensions, timeouts *ULONG) UINT {
	return TX_FEATURE_NOT_ENABLED
}

// TxSemaphorePerformanceSystemInfoGet would store the counts kept for all
// semaphores. As in the default build of ThreadX it always returns
// TX_FEATURE_NOT_ENABLED and stores nothing.
//
// Status: TX_SUCCESS, TX_FEATURE_NOT_ENABLED.
// Callers: initialization, threads, timers, ISRs.
func TxSemaphorePerformanceSystemInfoGet(puts, gets, suspensions, timeouts *ULONG) UINT {
	return TX_FEATURE_NOT_ENABLED
}

// TxMutexPerformanceInfoGet would store the counts kept for a mutex. As in the
// default build of ThreadX it always returns TX_FEATURE_NOT_ENABLED and stores
// nothing.
//
// Status: TX_SUCCESS, TX_PTR_ERROR, TX_FEATURE_NOT_ENABLED.
// Callers: initialization, threads, timers, ISRs.
func TxMutexPerformanceInfoGet(mutex *TX_MUTEX, puts, gets, suspensions, timeouts, inversions, inheritances *ULONG) UINT {
	return TX_FEATURE_NOT_ENABLED
}

// TxMutexPerformanceSystemInfoGet would store the counts kept for all mutexes.
// As in the default build of ThreadX it always returns TX_FEATURE_NOT_ENABLED
// and stores nothing.
//
// Status: TX_SUCCESS, TX_FEATURE_NOT_ENABLED.
// Callers: initialization, threads, timers, ISRs.
func TxMutexPerformanceSystemInfoGet(puts, gets, suspensions, timeouts, inversions, inheritances *ULONG) UINT {
	return TX_FEATURE_NOT_ENABLED
}

// TxQueuePerformanceInfoGet would store the counts kept for a queue. As in the
// default build of ThreadX it always returns TX_FEATURE_NOT_ENABLED and stores
// nothing.
//
// Status: TX_SUCCESS, TX_PTR_ERROR, TX_FEATURE_NOT_ENABLED.
// Callers: initialization, threads, timers, ISRs.
func TxQueuePerformanceInfoGet(queue *TX_QUEUE, messagesSent, messagesReceived, emptySuspensions, fullSuspensions, fullErrors,
	timeouts *ULONG) UINT {
	return TX_FEATURE_NOT_ENABLED
}

// TxQueuePerformanceSystemInfoGet would store the counts kept for all queues. As
// in the default build of ThreadX it always returns TX_FEATURE_NOT_ENABLED and
// stores nothing.
//
// Status: TX_SUCCESS, TX_FEATURE_NOT_ENABLED.
// Callers: initialization, threads, timers, ISRs.
func TxQueuePerformanceSystemInfoGet(messagesSent, messagesReceived, emptySuspensions, fullSuspensions, fullErrors, timeouts *ULONG) UINT {
	return TX_FEATURE_NOT_ENABLED
}

// TxEventFlagsPerformanceInfoGet would store the counts kept for an event flags
// group. As in the default build of ThreadX it always returns
// TX_FEATURE_NOT_ENABLED and stores nothing.
//
// Status: TX_SUCCESS, TX_PTR_ERROR, TX_FEATURE_NOT_ENABLED.
// Callers: initialization, threads, timers, ISRs.
func TxEventFlagsPerformanceInfoGet(group *TX_EVENT_FLAGS_GROUP, sets, gets, suspensions, timeouts *ULONG) UINT {
	return TX_FEATURE_NOT_ENABLED
}

// TxEventFlagsPerformanceSystemInfoGet would store the counts kept for all event
// flags groups. As in the default build of ThreadX it always returns
// TX_FEATURE_NOT_ENABLED and stores nothing.
//
// Status: TX_SUCCESS, TX_FEATURE_NOT_ENABLED.
// Callers: initialization, threads, timers, ISRs.
func TxEventFlagsPerformanceSystemInfoGet(sets, gets, suspensions, timeouts *ULONG) UINT {
	return TX_FEATURE_NOT_ENABLED
}

// TxTimerPerformanceInfoGet would store the counts kept for a timer. As in the
// default build of ThreadX it always returns TX_FEATURE_NOT_ENABLED and stores
// nothing.
//
// Status: TX_SUCCESS, TX_PTR_ERROR, TX_FEATURE_NOT_ENABLED.
// Callers: initialization, threads, timers, ISRs.
func TxTimerPerformanceInfoGet(timer *TX_TIMER, activates, reactivates, deactivates, expirations, expirationAdjusts *ULONG) UINT {
	return TX_FEATURE_NOT_ENABLED
}

// TxTimerPerformanceSystemInfoGet would store the counts kept for all timers. As
// in the default build of ThreadX it always returns TX_FEATURE_NOT_ENABLED and
// stores nothing.
//
// Status: TX_SUCCESS, TX_FEATURE_NOT_ENABLED.
// Callers: initialization, threads, timers, ISRs.
func TxTimerPerformanceSystemInfoGet(activates, reactivates, deactivates, expirations, expirationAdjusts *ULONG) UINT {
	return TX_FEATURE_NOT_ENABLED
}

// TxBytePoolPerformanceInfoGet would store the counts kept for a byte pool. As
// in the default build of ThreadX it always returns TX_FEATURE_NOT_ENABLED and
// stores nothing.
//
// Status: TX_SUCCESS, TX_PTR_ERROR, TX_FEATURE_NOT_ENABLED.
// Callers: initialization, threads, timers, ISRs.
func TxBytePoolPerformanceInfoGet(pool *TX_BYTE_POOL, allocates, releases, fragmentsSearched, merges, splits, suspensions,
	timeouts *ULONG) UINT {
	return TX_FEATURE_NOT_ENABLED
}

// TxBytePoolPerformanceSystemInfoGet would store the counts kept for all byte
// pools. As in the default build of ThreadX it always returns
// TX_FEATURE_NOT_ENABLED and stores nothing.
//
// Status: TX_SUCCESS, TX_FEATURE_NOT_ENABLED.
// Callers: initialization, threads, timers, ISRs.
func TxBytePoolPerformanceSystemInfoGet(allocates, releases, fragmentsSearched, merges, splits, suspensions, timeouts *ULONG) UINT {
	return TX_FEATURE_NOT_ENABLED
}

// TxBlockPoolPerformanceInfoGet would store the counts kept for a block pool. As
// in the default build of ThreadX it always returns TX_FEATURE_NOT_ENABLED and
// stores nothing.
//
// Status: TX_SUCCESS, TX_PTR_ERROR, TX_FEATURE_NOT_ENABLED.
// Callers: initialization, threads, timers, ISRs.
func TxBlockPoolPerformanceInfoGet(pool *TX_BLOCK_POOL, allocates, releases, suspensions, timeouts *ULONG) UINT {
	return TX_FEATURE_NOT_ENABLED
}

// TxBlockPoolPerformanceSystemInfoGet would store the counts kept for all block
// pools. As in the default build of ThreadX it always returns
// TX_FEATURE_NOT_ENABLED and stores nothing.
//
// Status: TX_SUCCESS, TX_FEATURE_NOT_ENABLED.
// Callers: initialization, threads, timers, ISRs.
func TxBlockPoolPerformanceSystemInfoGet(allocates, releases, suspensions, timeouts *ULONG) UINT {
	return TX_FEATURE_NOT_ENABLED
}
