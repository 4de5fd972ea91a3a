package sim

import (
	"fmt"

	"netxsim/netx/status"
)

const (
	minSplit    = 20  // bytes, header included, that are worth a fragment of their own
	minBytePool = 100 // bytes, TX_BYTE_POOL_MIN
)

// A fragment is what the header in front of a piece of a byte pool says.
type fragment struct {
	next uint32 // offset of the next header
	kind uint8
}

// The kinds of a fragment. Offsets where never was a header have the kind noFragment; where there
// was one before a merge it stays behind, as in the memory of a real pool.
const (
	noFragment uint8 = iota
	freeFragment
	usedFragment
)

// A BytePool hands out pieces of any size, first fit, as ThreadX does: byte for byte the
// same offsets and fragments. The zero BytePool belongs to no kernel; what does not exist
// answers status.TxPoolError.
type BytePool struct {
	created   place[BytePool]
	k         *Kernel
	name      string
	memory    []byte
	header    uint32 // bytes in front of every piece
	unit      uint32 // bytes to which sizes are rounded up
	fragments []fragment
	count     uint32 // fragments, the end mark included
	available uint32 // free bytes, headers included
	search    uint32 // offset of the header where the next search starts
	waiters   waitQueue
}

// NewBytePool creates a pool of size bytes of the target's memory. Error:
// status.TxSizeError below 100 bytes (tx_byte_pool_create).
func (k *Kernel) NewBytePool(name string, size uint32) (*BytePool, error) {
	p := new(BytePool)
	return p, k.CreateBytePool(p, name, make([]byte, size))
}

// CreateBytePool is NewBytePool for a BytePool, zero or deleted, and memory that the caller provides. The memory belongs to the
// pool until it is deleted. Error besides: status.TxPoolError if p exists already.
func (k *Kernel) CreateBytePool(p *BytePool, name string, memory []byte) error {
	switch {
	case taken(p.k):
		return status.TxPoolError
	case len(memory) < minBytePool:
		return status.TxSizeError
	}
	unit := k.PointerSize()
	size := uint32(len(memory)) / unit * unit
	*p = BytePool{
		k: k, name: name, memory: memory[:size], unit: unit, header: 2 * unit,
		fragments: make([]fragment, size/unit), count: 2, available: size - 2*unit,
	}
	p.waiters.key = p
	k.bytePools.add(&p.created, p)
	end := size - p.header
	p.set(0, end, freeFragment)
	p.set(end, 0, usedFragment)
	return nil
}

func (p *BytePool) at(offset uint32) *fragment { return &p.fragments[offset/p.unit] }

func (p *BytePool) set(offset, next uint32, kind uint8) { *p.at(offset) = fragment{next, kind} }

// Size returns the size of the pool in bytes, rounded down as its target does.
func (p *BytePool) Size() uint32 { return uint32(len(p.memory)) }

// Allocate takes size bytes, rounded up as the target does, and waits for at most ticks while there are not so many in one piece.
// Errors: status.TxSizeError if size is 0 or above the pool's, status.TxNoMemory, status.TxDeleted, status.TxWaitAborted,
// status.TxWaitError if it had to wait outside threads (tx_byte_allocate).
func (p *BytePool) Allocate(size, ticks uint32) (Memory, error) {
	bytes := p.k.slot()
	err := p.AllocateInto(bytes, size, ticks)
	return p.piece(*bytes), err
}

// AllocateInto is Allocate with the memory, or nil, in *bytes. If it waits, *bytes is set as soon as the memory is there,
// before the waiting thread runs.
func (p *BytePool) AllocateInto(bytes *[]byte, size, ticks uint32) error {
	k := p.k
	switch {
	case k == nil:
		return status.TxPoolError
	case size == 0 || size > p.Size():
		return status.TxSizeError
	}
	size = (size + p.unit - 1) / p.unit * p.unit
	var ok bool
	if *bytes, ok = p.take(size); ok {
		k.poll()
		return nil
	}
	if k.current != nil {
		k.current.wish.size, k.current.wish.into = size, bytes
	}
	return k.waitFor(&p.waiters, BytePoolWait, ticks, status.TxNoMemory)
}

// take allocates size bytes, already rounded, if it finds them.
func (p *BytePool) take(size uint32) ([]byte, bool) {
	offset, length, ok := p.find(size)
	if !ok {
		return nil, false
	}
	if length-size >= minSplit {
		rest := offset + p.header + size
		p.set(rest, p.at(offset).next, freeFragment)
		p.at(offset).next = rest
		p.count++
		length = size
	}
	p.at(offset).kind = usedFragment
	p.available -= length + p.header
	if offset == p.search {
		p.search = p.at(offset).next
	}
	start := offset + p.header
	return p.memory[start : start+length : start+length], true
}

// find looks for a free fragment with room for size bytes. It starts at the search position, goes round once and
// merges free neighbours that it walks over. It returns the offset of the header and the room behind it.
func (p *BytePool) find(size uint32) (offset, room uint32, ok bool) {
	if size >= p.available+(p.count-2)*p.header {
		return 0, 0, false
	}
	at := p.search
	found := false
	for looks := int(p.count) + 1; looks > 0; looks-- {
		f := p.at(at)
		if f.kind != freeFragment {
			at = f.next
			continue
		}
		if !found {
			p.search = at
			found = true
		}
		if room := f.next - at - p.header; room >= size {
			return at, room, true
		}
		following := p.at(f.next)
		if following.kind == freeFragment {
			if p.search == f.next {
				p.search = at
			}
			f.next = following.next
			p.count--
			continue
		}
		at = following.next
		looks--
	}
	return 0, 0, false
}

// release frees the piece at offset and serves the waiting threads in order, up to the first for which there is not enough.
// Each may preempt before the next is looked at.
func (p *BytePool) release(offset uint32) error {
	if p.k == nil || offset < p.header || p.at(offset-p.header).kind != usedFragment {
		return status.TxPtrError
	}
	k := p.k
	p.free(offset - p.header)
	for p.waiters.head != nil {
		t := p.waiters.head
		m, ok := p.take(t.wish.size)
		if !ok {
			break
		}
		*t.wish.into = m
		k.wake(&p.waiters, nil)
		k.check()
	}
	k.check()
	return nil
}

func (p *BytePool) free(header uint32) {
	f := p.at(header)
	f.kind = freeFragment
	p.available += f.next - header
	p.search = min(p.search, header)
}

// Prioritize moves the best waiting thread to the front (tx_byte_pool_prioritize).
func (p *BytePool) Prioritize() error {
	if p.k == nil {
		return status.TxPoolError
	}
	p.waiters.prioritize()
	return nil
}

// Delete removes the pool. Whoever waits gets status.TxDeleted (tx_byte_pool_delete).
func (p *BytePool) Delete() error {
	k := p.k
	if k == nil {
		return status.TxPoolError
	}
	p.k = nil
	k.bytePools.remove(&p.created)
	k.wakeAll(&p.waiters, status.TxDeleted)
	k.check()
	return nil
}

// BytePoolInfo is what tx_byte_pool_info_get tells.
type BytePoolInfo struct {
	Name      string
	Available uint32    // free bytes, headers included
	Fragments uint32    // pieces, free ones and the end mark included
	First     *Thread   // first waiting thread, nil if none
	Waiting   uint32    // number of waiting threads
	Next      *BytePool // the one created next, the first after the last
}

// Info returns the state of the pool (tx_byte_pool_info_get).
func (p *BytePool) Info() BytePoolInfo {
	return BytePoolInfo{p.name, p.available, p.count, p.waiters.head, p.waiters.len, p.created.following()}
}

// Name returns the name the pool was given.
func (p *BytePool) Name() string { return p.name }

// Kernel returns the kernel of the pool, nil for a nil BytePool and for one that was not created or is deleted.
func (p *BytePool) Kernel() *Kernel {
	if p == nil {
		return nil
	}
	return p.k
}

// Exists reports whether the pool was created and not deleted.
func (p *BytePool) Exists() bool { return p.k != nil }

// Waiters returns the waiting threads in order.
func (p *BytePool) Waiters() []*Thread { return p.waiters.list() }

func (p *BytePool) waitReason(t *Thread) string {
	return fmt.Sprintf("%d bytes of byte pool %s, %d free in %d fragments", t.wish.size, p.name, p.available, p.count)
}
