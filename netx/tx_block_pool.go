package netx

import "netxsim/netx/status"

// TxBlockPoolCreate makes pool, a zero or deleted control block, a pool of blocks of
// blockSize bytes, carved out of the poolSize bytes at poolStart as on the target: a
// pointer in front of each block counts, and sizes are rounded to one. The memory
// belongs to the pool until it is deleted. Unlike ThreadX, a poolSize beyond the end
// of poolStart is TX_SIZE_ERROR.
//
// Status: TX_SUCCESS, TX_POOL_ERROR, TX_PTR_ERROR, TX_SIZE_ERROR,
// TX_CALLER_ERROR.
// Callers: initialization, threads.
func TxBlockPoolCreate(pool *TX_BLOCK_POOL, name string, blockSize ULONG, poolStart []byte, poolSize ULONG) UINT {
	k := current().Kernel
	switch {
	case pool == nil || exists(pool.Kernel()):
		return TX_POOL_ERROR
	case poolStart == nil:
		return TX_PTR_ERROR
	case !blockFits(uint64(k.PointerSize()), uint64(blockSize), uint64(poolSize)) || isShort(poolStart, poolSize):
		return TX_SIZE_ERROR
	case !txInitAndThreads(k):
		return TX_CALLER_ERROR
	}
	return status.Of(k.CreateBlockPool(pool, name, blockSize, poolStart[:poolSize]))
}

// blockFits is C's check that a block, rounded down, and its pointer fit the pool.
func blockFits(unit, block, pool uint64) bool {
	return block/unit*unit+unit <= pool/unit*unit
}

// TxBlockAllocate takes a block, the one released last, and stores it in *block: nil if it
// fails, unchanged if a check does. While there is none it waits for at most waitOption
// ticks; TX_NO_WAIT returns TX_NO_MEMORY at once, TX_WAIT_FOREVER never times out.
// The block is not cleared.
//
// Status: TX_SUCCESS, TX_NO_MEMORY, TX_POOL_ERROR, TX_PTR_ERROR,
// TX_WAIT_ERROR, TX_DELETED, TX_WAIT_ABORTED.
// Callers: initialization, threads, timers, ISRs.
func TxBlockAllocate(pool *TX_BLOCK_POOL, block *[]byte, waitOption ULONG) UINT {
	k := pool.Kernel()
	switch {
	case !exists(k):
		return TX_POOL_ERROR
	case block == nil:
		return TX_PTR_ERROR
	case !threadToWait(k, waitOption):
		return TX_WAIT_ERROR
	}
	return status.Of(pool.AllocateInto(block, waitOption))
}

// TxBlockRelease gives a block back to the block pool it came from, or to the first thread
// that waits there. block is what TxBlockAllocate has stored, or a slice that begins at the
// same byte.
//
// Status: TX_SUCCESS, TX_PTR_ERROR.
// Callers: initialization, threads, timers, ISRs.
func TxBlockRelease(block []byte) UINT {
	return status.Of(current().Kernel.BlockFrom(block).Release())
}

// TxBlockPoolDelete ends the pool. Threads that wait for it return TX_DELETED; its
// blocks cannot be released any more.
//
// Status: TX_SUCCESS, TX_POOL_ERROR, TX_CALLER_ERROR.
// Callers: threads.
func TxBlockPoolDelete(pool *TX_BLOCK_POOL) UINT {
	k := pool.Kernel()
	switch {
	case !exists(k):
		return TX_POOL_ERROR
	case !txThreadsOnly(k):
		return TX_CALLER_ERROR
	}
	return status.Of(pool.Delete())
}

// TxBlockPoolInfoGet stores name, the number of free blocks and of all, the first
// waiting thread, the number of waiting threads and the pool created next. A nil pointer
// skips its value.
//
// Status: TX_SUCCESS, TX_POOL_ERROR.
// Callers: initialization, threads, timers, ISRs.
func TxBlockPoolInfoGet(pool *TX_BLOCK_POOL, name *string, availableBlocks, totalBlocks *ULONG, firstSuspended **TX_THREAD,
	suspendedCount *ULONG, nextPool **TX_BLOCK_POOL) UINT {
	if !exists(pool.Kernel()) {
		return TX_POOL_ERROR
	}
	info := pool.Info()
	store(name, info.Name)
	store(availableBlocks, info.Available)
	store(totalBlocks, info.Total)
	store(firstSuspended, info.First)
	store(suspendedCount, info.Waiting)
	store(nextPool, info.Next)
	return TX_SUCCESS
}

// TxBlockPoolPrioritize moves the most urgent waiting thread to the front of the wait
// list and leaves the others in order. It wakes nobody.
//
// Status: TX_SUCCESS, TX_POOL_ERROR.
// Callers: initialization, threads, timers, ISRs.
func TxBlockPoolPrioritize(pool *TX_BLOCK_POOL) UINT {
	if !exists(pool.Kernel()) {
		return TX_POOL_ERROR
	}
	return status.Of(pool.Prioritize())
}
