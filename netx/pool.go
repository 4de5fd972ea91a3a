package netx

import (
	"slices"

	"netxsim/netx/status"
	"netxsim/packetpool"
)

// NxPacketPoolCreate divides memory into packets of payloadSize bytes each and
// makes pool, a zero or deleted control block, ready for use.
//
// memorySize is in bytes. The memory belongs to the pool until it is deleted;
// bytes in front of the first address that is a multiple of
// NX_PACKET_ALIGNMENT, and behind the last whole packet, are lost. Unlike NetX
// Duo, a memorySize beyond the end of memory is NX_SIZE_ERROR.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_SIZE_ERROR, NX_CALLER_ERROR.
// Callers: initialization, threads.
func NxPacketPoolCreate(pool *NX_PACKET_POOL, name string, payloadSize ULONG, memory []byte, memorySize ULONG) UINT {
	if pool == nil || memory == nil {
		return NX_PTR_ERROR
	}
	program := current()
	cfg := packetpool.Config{
		Name: name, Payload: payloadSize, Target: program.Target, Memory: memory, Size: memorySize,
	}
	switch {
	case memorySize == 0 || cfg.Check() != nil:
		return NX_SIZE_ERROR
	case program.Target.DisableErrorChecking:
	case program.collides(pool, memory, memorySize):
		return NX_PTR_ERROR
	case !initAndThreads(program.Kernel):
		return NX_CALLER_ERROR
	}
	if err := pool.Create(program.Kernel, cfg); err != nil {
		return status.Of(err)
	}
	program.pools = append(program.pools, pool)
	return NX_SUCCESS
}

// collides reports whether the pool exists already, or its memory overlaps that
// of another pool.
func (p *Program) collides(pool *NX_PACKET_POOL, memory []byte, size ULONG) bool {
	p.pools = slices.DeleteFunc(p.pools, func(old *NX_PACKET_POOL) bool { return !old.Created() })
	return slices.ContainsFunc(p.pools, func(old *NX_PACKET_POOL) bool {
		return old == pool || old.Overlaps(memory, size)
	})
}

// NxPacketPoolDelete ends the pool. Threads that wait on it return
// NX_POOL_DELETED; its packets cannot be released any more.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR.
// Callers: threads.
func NxPacketPoolDelete(pool *NX_PACKET_POOL) UINT {
	switch {
	case pool.Unchecked():
	case !pool.Created():
		return NX_PTR_ERROR
	case !threadsOnly(pool.Kernel()):
		return NX_CALLER_ERROR
	}
	return status.Of(pool.Delete())
}

// NxPacketPoolInfoGet stores the number of packets in the pool, the number of
// free ones, how many requests found it empty, how many of these waited, and
// how many releases were refused. A nil pointer skips its value.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR.
// Callers: initialization, threads, timers.
func NxPacketPoolInfoGet(pool *NX_PACKET_POOL, totalPackets, freePackets, emptyPoolRequests,
	emptyPoolSuspensions, invalidPacketReleases *ULONG) UINT {
	switch {
	case pool.Unchecked():
	case !pool.Created():
		return NX_PTR_ERROR
	case !notISR(pool.Kernel()):
		return NX_CALLER_ERROR
	}
	info := pool.Info()
	store(totalPackets, info.Total)
	store(freePackets, info.Available)
	store(emptyPoolRequests, info.EmptyRequests)
	store(emptyPoolSuspensions, info.EmptySuspensions)
	store(invalidPacketReleases, info.InvalidReleases)
	return NX_SUCCESS
}

func store[T any](to *T, value T) {
	if to != nil {
		*to = value
	}
}

// NxPacketPoolLowWatermarkSet sets the number of free packets below which
// receiving should drop. It needs a target with EnableLowWatermark
// (NX_ENABLE_LOW_WATERMARK).
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_SUPPORTED.
// Callers: threads.
func NxPacketPoolLowWatermarkSet(pool *NX_PACKET_POOL, lowWaterMark ULONG) UINT {
	switch {
	case !current().Target.EnableLowWatermark:
		return NX_NOT_SUPPORTED
	case pool.Unchecked():
	case !pool.Created():
		return NX_PTR_ERROR
	case !threadsOnly(pool.Kernel()):
		return NX_CALLER_ERROR
	}
	return status.Of(pool.SetLowWatermark(lowWaterMark))
}
