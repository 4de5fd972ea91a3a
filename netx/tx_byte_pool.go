package netx

import "netxsim/netx/status"

// TxBytePoolCreate makes pool, a zero or deleted control block, a pool of the
// poolSize bytes at poolStart, at least 100, from which pieces of any size can be
// taken. The memory belongs to the pool until it is deleted. Headers count as on the
// target; they are kept outside the memory. Unlike ThreadX, a poolSize beyond the
// end of poolStart is TX_SIZE_ERROR.
//
// Status: TX_SUCCESS, TX_POOL_ERROR, TX_PTR_ERROR, TX_SIZE_ERROR,
// TX_CALLER_ERROR.
// Callers: initialization, threads.
func TxBytePoolCreate(pool *TX_BYTE_POOL, name string, poolStart []byte, poolSize ULONG) UINT {
	k := current().Kernel
	switch {
	case pool == nil || exists(pool.Kernel()):
		return TX_POOL_ERROR
	case poolStart == nil:
		return TX_PTR_ERROR
	case poolSize < TX_BYTE_POOL_MIN || isShort(poolStart, poolSize):
		return TX_SIZE_ERROR
	case !txInitAndThreads(k):
		return TX_CALLER_ERROR
	}
	return status.Of(k.CreateBytePool(pool, name, poolStart[:poolSize]))
}

// TxByteAllocate takes memorySize bytes, rounded up as on the target, and stores them in
// *memory: nil if it fails, unchanged if a check does. It waits for at most
// waitOption ticks while there are not so many in one piece; TX_NO_WAIT returns
// TX_NO_MEMORY at once, TX_WAIT_FOREVER never times out.
//
// The search is that of ThreadX, first fit with merging on the way, so that offsets and
// fragments come out the same. The bytes are not cleared.
//
// Status: TX_SUCCESS, TX_NO_MEMORY, TX_POOL_ERROR, TX_PTR_ERROR,
// TX_SIZE_ERROR, TX_WAIT_ERROR, TX_CALLER_ERROR, TX_DELETED, TX_WAIT_ABORTED.
// Callers: initialization, threads.
func TxByteAllocate(pool *TX_BYTE_POOL, memory *[]byte, memorySize, waitOption ULONG) UINT {
	k := pool.Kernel()
	switch {
	case !exists(k):
		return TX_POOL_ERROR
	case memory == nil:
		return TX_PTR_ERROR
	case memorySize == 0 || memorySize > pool.Size():
		return TX_SIZE_ERROR
	case waitOption != TX_NO_WAIT && !txThreadsAndTimers(k):
		return TX_WAIT_ERROR
	case !txInitAndThreads(k):
		return TX_CALLER_ERROR
	}
	return status.Of(pool.AllocateInto(memory, memorySize, waitOption))
}

// TxByteRelease gives a piece back to the byte pool it came from, and serves the threads
// that wait there in order, as long as there is enough. memory is what
// TxByteAllocate has stored, or a slice that begins at the same byte.
//
// Status: TX_SUCCESS, TX_PTR_ERROR, TX_CALLER_ERROR.
// Callers: initialization, threads.
func TxByteRelease(memory []byte) UINT {
	if memory == nil {
		return TX_PTR_ERROR
	}
	k := current().Kernel
	if !txInitAndThreads(k) {
		return TX_CALLER_ERROR
	}
	return status.Of(k.BytesFrom(memory).Release())
}

// TxBytePoolDelete ends the pool. Threads that wait for it return TX_DELETED; its
// pieces cannot be released any more.
//
// Status: TX_SUCCESS, TX_POOL_ERROR, TX_CALLER_ERROR.
// Callers: threads.
func TxBytePoolDelete(pool *TX_BYTE_POOL) UINT {
	k := pool.Kernel()
	switch {
	case !exists(k):
		return TX_POOL_ERROR
	case !txThreadsOnly(k):
		return TX_CALLER_ERROR
	}
	return status.Of(pool.Delete())
}

// TxBytePoolInfoGet stores name, free bytes with the headers of free pieces, the
// number of pieces with the end mark, the first waiting thread, the number of waiting
// threads and the pool created next. A nil pointer skips its value.
//
// Status: TX_SUCCESS, TX_POOL_ERROR.
// Callers: initialization, threads, timers, ISRs.
func TxBytePoolInfoGet(pool *TX_BYTE_POOL, name *string, availableBytes, fragments *ULONG, firstSuspended **TX_THREAD,
	suspendedCount *ULONG, nextPool **TX_BYTE_POOL) UINT {
	if !exists(pool.Kernel()) {
		return TX_POOL_ERROR
	}
	info := pool.Info()
	store(name, info.Name)
	store(availableBytes, info.Available)
	store(fragments, info.Fragments)
	store(firstSuspended, info.First)
	store(suspendedCount, info.Waiting)
	store(nextPool, info.Next)
	return TX_SUCCESS
}

// TxBytePoolPrioritize moves the most urgent waiting thread to the front of the wait
// list and leaves the others in order. It wakes nobody.
//
// Status: TX_SUCCESS, TX_POOL_ERROR.
// Callers: initialization, threads, timers, ISRs.
func TxBytePoolPrioritize(pool *TX_BYTE_POOL) UINT {
	if !exists(pool.Kernel()) {
		return TX_POOL_ERROR
	}
	return status.Of(pool.Prioritize())
}
