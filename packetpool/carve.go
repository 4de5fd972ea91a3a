package packetpool

import (
	"unsafe"

	"netxsim/netx/status"
)

// A geometry is the division of a memory area into packets.
type geometry struct {
	pad    uint32 // bytes skipped to align the start
	size   uint32 // bytes from the aligned start, rounded down to the alignment
	header uint32 // bytes in front of each payload
	stride uint32 // bytes from one packet to the next
	count  uint32 // packets
}

// divide computes the geometry of size bytes at the given address.
//
// The tests are those of nxe_packet_pool_create. One more refuses a stride of
// zero, which an absurd payload can wrap round to: C divides such an area for
// ever.
func (t Target) divide(payload uint32, address uintptr, size uint32) (geometry, error) {
	align := t.alignment()
	if size <= align || payload == 0 {
		return geometry{}, status.SizeError
	}
	pad := (align - uint32(address%uintptr(align))) % align
	g := geometry{
		pad:    pad,
		size:   (size - pad) / align * align,
		header: t.header(),
		stride: t.stride(payload),
	}
	if g.stride == 0 || g.stride > g.size {
		return geometry{}, status.SizeError
	}
	g.count = g.size / g.stride
	return g, nil
}

// addressOf returns where the memory starts. Only its remainder by the
// alignment and its order against other areas are used.
func addressOf(memory []byte) uintptr {
	return uintptr(unsafe.Pointer(unsafe.SliceData(memory)))
}

// carve sets the packets up over area, which starts aligned. A pool that is
// created again over the same area in the same way gets its old packets back,
// as in C, where the headers lie in the area itself; otherwise the old packets
// are dead.
func (pool *Pool) carve(area []byte, g geometry) {
	if len(pool.packets) != int(g.count) || g.stride != pool.geometry.stride ||
		addressOf(area) != addressOf(pool.area) {
		for i := range pool.packets {
			pool.packets[i].UnionNext.TcpQueueNext = Free
		}
		pool.packets = make([]Packet, g.count)
	}
	pool.area, pool.geometry = area, g
	pool.free = nil
	for i := len(pool.packets) - 1; i >= 0; i-- {
		p := &pool.packets[i]
		pool.prepare(p, i)
		p.nextFree = pool.free
		pool.free = p
	}
}

// prepare writes what C writes into the i-th header of a new pool. The
// packet's memory ends with its block, so that nothing can be written past it.
func (pool *Pool) prepare(p *Packet, i int) {
	block := i * int(pool.geometry.stride)
	end := block + int(pool.geometry.stride)
	p.memory = pool.area[:end:end]
	p.PoolOwner, p.home = pool, pool
	p.Next = nil
	p.UnionNext.TcpQueueNext = Free
	p.free = true
	p.index = i
	p.debug = nil
	if pool.debugInfo {
		p.debug = new(debug)
	}
	p.DataStart = block + int(pool.geometry.header)
	p.DataEnd = p.DataStart + pool.target.distance(pool.payload)
}

// distance is what a pointer moves by when n is added to it: on a 32-bit
// target the address wraps, so more than half the address space is backwards.
func (t Target) distance(n uint32) int {
	if t.pointer() == 4 {
		return int(int32(n))
	}
	return int(n)
}
