package sim

import (
	"unsafe"

	"netxsim/netx/status"
)

// Memory is a piece of a pool's memory. The zero Memory is none.
type Memory struct {
	Bytes  []byte // the piece itself; for a BytePool it may be longer than asked for
	Offset uint32 // of its first byte in the pool's memory

	bytePool  *BytePool
	blockPool *BlockPool
}

// Release gives the memory back to the pool it came from, and serves whoever waits for it. Error:
// status.TxPtrError if it is no memory of an existing pool, or is free already (tx_byte_release,
// tx_block_release).
func (m Memory) Release() error {
	switch {
	case m.bytePool != nil:
		return m.bytePool.release(m.Offset)
	case m.blockPool != nil:
		return m.blockPool.release(m.Offset)
	}
	return status.TxPtrError
}

// FromBlockPool reports whether the memory is a block of a BlockPool.
func (m Memory) FromBlockPool() bool { return m.blockPool != nil }

// BytesFrom returns the piece of a byte pool of k that bytes, however many, begin; the zero Memory if there is none. Of pools
// within pools it is the innermost that counts.
func (k *Kernel) BytesFrom(bytes []byte) Memory {
	var best *BytePool
	k.bytePools.each(func(p *BytePool) {
		if _, ok := within(p.memory, bytes); ok && (best == nil || p.Size() < best.Size()) {
			best = p
		}
	})
	if best == nil {
		return Memory{}
	}
	return best.piece(bytes)
}

// BlockFrom returns the block of a block pool of k that bytes, however many, begin; the zero Memory if there is none.
func (k *Kernel) BlockFrom(bytes []byte) Memory {
	var best *BlockPool
	k.blockPools.each(func(p *BlockPool) {
		if _, ok := within(p.memory, bytes); ok && (best == nil || len(p.memory) < len(best.memory)) {
			best = p
		}
	})
	if best == nil {
		return Memory{}
	}
	return best.piece(bytes)
}

// piece describes the memory that begins with bytes, if it can be a piece of the pool.
func (p *BytePool) piece(bytes []byte) Memory {
	offset, ok := within(p.memory, bytes)
	if !ok || offset%p.unit != 0 || offset < p.header {
		return Memory{}
	}
	return Memory{Bytes: bytes, Offset: offset, bytePool: p}
}

// piece describes the memory that begins with bytes, if it is a block of the pool.
func (p *BlockPool) piece(bytes []byte) Memory {
	offset, ok := within(p.memory, bytes)
	if !ok {
		return Memory{}
	}
	i := offset / p.stride
	if i >= uint32(len(p.used)) || offset != p.start(i) && (p.size > 0 || offset != i*p.stride) {
		return Memory{}
	}
	return Memory{Bytes: bytes, Offset: p.start(i), blockPool: p}
}

// within reports whether bytes begin in memory, and at which offset.
func within(memory, bytes []byte) (offset uint32, ok bool) {
	if bytes == nil {
		return 0, false
	}
	at := uintptr(unsafe.Pointer(unsafe.SliceData(bytes))) - uintptr(unsafe.Pointer(unsafe.SliceData(memory)))
	return uint32(at), at < uintptr(len(memory))
}
