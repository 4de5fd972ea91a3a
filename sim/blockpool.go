package sim

import (
	"fmt"

	"netxsim/netx/status"
)

// A BlockPool hands out blocks of one size. The zero BlockPool belongs to no kernel; what does not exist
// answers status.TxPoolError.
type BlockPool struct {
	created place[BlockPool]
	k       *Kernel
	name    string
	memory  []byte
	size    uint32   // bytes of a block, rounded up
	stride  uint32   // bytes from one block to the next
	free    []uint32 // numbers of the free blocks, the next one last
	used    []bool
	waiters waitQueue
}

// NewBlockPool creates a pool of size bytes of the target's memory with blocks of so many bytes each. Error:
// status.TxSizeError if there is no room for one (tx_block_pool_create).
func (k *Kernel) NewBlockPool(name string, block, size uint32) (*BlockPool, error) {
	p := new(BlockPool)
	return p, k.CreateBlockPool(p, name, block, make([]byte, size))
}

// CreateBlockPool is NewBlockPool for a BlockPool, zero or deleted, and memory that the caller provides. The memory
// belongs to the pool until it is deleted. Error besides: status.TxPoolError if p exists already.
func (k *Kernel) CreateBlockPool(p *BlockPool, name string, block uint32, memory []byte) error {
	if taken(p.k) {
		return status.TxPoolError
	}
	unit := k.PointerSize()
	size := uint32(len(memory)) / unit * unit
	// In 64 bits: the sum wraps for blocks close to 4 GiB.
	rounded := (uint64(block) + uint64(unit) - 1) / uint64(unit) * uint64(unit)
	total := uint64(size) / (rounded + uint64(unit))
	if total == 0 {
		return status.TxSizeError
	}
	*p = BlockPool{
		k: k, name: name, memory: memory[:size],
		size: uint32(rounded), stride: uint32(rounded) + unit,
		free: make([]uint32, total), used: make([]bool, total),
	}
	p.waiters.key = p
	k.blockPools.add(&p.created, p)
	for i := range p.free {
		p.free[i] = uint32(total) - 1 - uint32(i)
	}
	return nil
}

// BlockSize returns the size of a block in bytes, rounded up as its target does.
func (p *BlockPool) BlockSize() uint32 { return p.size }

// Allocate takes a block, the one released last, and waits for at most ticks while there is none. Errors:
// status.TxNoMemory, status.TxDeleted, status.TxWaitAborted, status.TxWaitError if it had to wait outside
// threads (tx_block_allocate).
func (p *BlockPool) Allocate(ticks uint32) (Memory, error) {
	bytes := p.k.slot()
	err := p.AllocateInto(bytes, ticks)
	return p.piece(*bytes), err
}

// AllocateInto is Allocate with the block, or nil, in *bytes. If it waits, *bytes is set as soon as the block is there,
// before the waiting thread runs.
func (p *BlockPool) AllocateInto(bytes *[]byte, ticks uint32) error {
	k := p.k
	if k == nil {
		return status.TxPoolError
	}
	if n := len(p.free); n > 0 {
		i := p.free[n-1]
		p.free = p.free[:n-1]
		p.used[i] = true
		*bytes = p.block(i)
		k.poll()
		return nil
	}
	*bytes = nil
	if k.current != nil {
		k.current.wish.into = bytes
	}
	return k.waitFor(&p.waiters, BlockPoolWait, ticks, status.TxNoMemory)
}

// start returns the offset of the i-th block. Its header, a pointer, lies before it.
func (p *BlockPool) start(i uint32) uint32 { return (i+1)*p.stride - p.size }

// block returns the memory of the i-th block. That of an empty one lies at its header, since no slice can
// begin where the memory ends.
func (p *BlockPool) block(i uint32) []byte {
	start := p.start(i)
	if p.size == 0 {
		return p.memory[i*p.stride : i*p.stride : start]
	}
	return p.memory[start : start+p.size : start+p.size]
}

// release gives the block at offset to the first waiting thread, or makes it free.
func (p *BlockPool) release(offset uint32) error {
	k, i := p.k, (offset-1)/p.stride
	switch {
	case k == nil || !p.used[i]:
		return status.TxPtrError
	case p.waiters.head != nil:
		*p.waiters.head.wish.into = p.block(i)
		k.wake(&p.waiters, nil)
		k.check()
		return nil
	}
	p.used[i] = false
	p.free = append(p.free, i)
	k.poll()
	return nil
}

// Prioritize moves the best waiting thread to the front (tx_block_pool_prioritize).
func (p *BlockPool) Prioritize() error {
	if p.k == nil {
		return status.TxPoolError
	}
	p.waiters.prioritize()
	return nil
}

// Delete removes the pool. Whoever waits gets status.TxDeleted (tx_block_pool_delete).
func (p *BlockPool) Delete() error {
	k := p.k
	if k == nil {
		return status.TxPoolError
	}
	p.k = nil
	k.blockPools.remove(&p.created)
	k.wakeAll(&p.waiters, status.TxDeleted)
	k.check()
	return nil
}

// BlockPoolInfo is what tx_block_pool_info_get tells.
type BlockPoolInfo struct {
	Name      string
	Available uint32     // free blocks
	Total     uint32     // blocks
	First     *Thread    // first waiting thread, nil if none
	Waiting   uint32     // number of waiting threads
	Next      *BlockPool // the one created next, the first after the last
}

// Info returns the state of the pool (tx_block_pool_info_get).
func (p *BlockPool) Info() BlockPoolInfo {
	return BlockPoolInfo{p.name, uint32(len(p.free)), uint32(len(p.used)), p.waiters.head, p.waiters.len, p.created.following()}
}

// Name returns the name the pool was given.
func (p *BlockPool) Name() string { return p.name }

// Kernel returns the kernel of the pool, nil for a nil BlockPool and for one that was not created or is deleted.
func (p *BlockPool) Kernel() *Kernel {
	if p == nil {
		return nil
	}
	return p.k
}

// Exists reports whether the pool was created and not deleted.
func (p *BlockPool) Exists() bool { return p.k != nil }

// Waiters returns the waiting threads in order.
func (p *BlockPool) Waiters() []*Thread { return p.waiters.list() }

func (p *BlockPool) waitReason(*Thread) string {
	return fmt.Sprintf("a block of pool %s, %d of %d free", p.name, len(p.free), len(p.used))
}
