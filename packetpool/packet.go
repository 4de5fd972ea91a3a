package packetpool

// A Packet is an NX_PACKET: a header and the place of its payload in the
// memory of the pool it was carved from. Data longer than one payload is a
// chain of packets, joined by Next; the first, the head, stands for all.
//
// The fields are those of the C structure, to be read and written like there.
// The four pointers are offsets in bytes into the pool's memory area; data lie
// from PrependPtr up to AppendPtr, within DataStart and DataEnd. [Packet.At]
// turns an offset into bytes.
//
// The zero Packet belongs to no pool and cannot be used. Packets come from
// [Pool.Allocate].
type Packet struct {
	PoolOwner *Pool   // nx_packet_pool_owner: where Release puts it
	Next      *Packet // nx_packet_next: the next packet of the chain, or nil
	Last      *Packet // nx_packet_last: in the head, the end of its chain; nil for a single packet

	PrependPtr int // nx_packet_prepend_ptr: the first byte of data
	AppendPtr  int // nx_packet_append_ptr: behind the last byte of data
	DataStart  int // nx_packet_data_start: the first byte of the payload
	DataEnd    int // nx_packet_data_end: behind the last byte of the payload

	QueueNext *Packet // nx_packet_queue_next: link of whatever queue holds the packet
	UnionNext struct {
		// TcpQueueNext is [Free], [Allocated], [Enqueued], or the next packet
		// of the TCP queue the packet is in (nx_packet_tcp_queue_next).
		TcpQueueNext *Packet
	}

	Length uint32 // nx_packet_length: in the head, bytes of data in the chain

	InterfaceIndex int32 // index of the interface (nx_packet_address), -1 for none
	IpVersion      uint8 // nx_packet_ip_version: 4 or 6; 0 in a packet that was waited for
	IdenticalCopy  uint8 // nx_packet_identical_copy: 1 when sent again unchanged
	IpHeaderLength uint8 // nx_packet_ip_header_length: bytes, of outgoing packets
	VlanPriority   uint8 // nx_packet_vlan_priority: 0 to 7, 255 for none
	IpHeader       int   // nx_packet_ip_header: offset of the IP header

	memory   []byte  // the pool's area up to the end of this packet's block
	home     *Pool   // the pool that counts it
	nextFree *Packet // link of the free list
	free     bool    // in the free list
	slot     uint32  // who holds it: an entry of home.ledger
	thread   string  // the thread that allocated it
	index    int     // position in the memory of the pool it was carved from
	debug    *debug  // call sites; nil without debug information
}

// Markers are the values of UnionNext.TcpQueueNext, and of QueueNext in
// DriverTxDone's case, that stand for a state instead of a packet.
var markers [4]Packet

var (
	Free         = &markers[0] // NX_PACKET_FREE: in its pool
	Allocated    = &markers[1] // NX_PACKET_ALLOCATED: held by the application or the stack
	Enqueued     = &markers[2] // NX_PACKET_ENQUEUED: in a TCP queue; in C only its tail
	DriverTxDone = &markers[3] // NX_DRIVER_TX_DONE: sent, kept for retransmission
)

const (
	ipVersion4     = 4
	noVlanPriority = 255
	noInterface    = -1
)

// fresh makes the packet look newly allocated, with room bytes in front.
func (p *Packet) fresh(room uint32) {
	p.QueueNext, p.Next, p.Last = nil, nil, nil
	p.UnionNext.TcpQueueNext = Allocated
	p.Length = 0
	p.PrependPtr = p.DataStart + int(room)
	p.AppendPtr = p.PrependPtr
	p.InterfaceIndex = noInterface
	p.IdenticalCopy = 0
	p.IpHeaderLength = 0
	p.VlanPriority = noVlanPriority
}

// Pool returns the pool that the packet goes back to: PoolOwner.
func (p *Packet) Pool() *Pool { return p.PoolOwner }

// Index returns the position of the packet in the memory of its pool, 0 for
// the first.
func (p *Packet) Index() int { return p.index }

// Released reports whether the packet is back in its pool: whoever still has
// a pointer to it must not use it.
func (p *Packet) Released() bool { return p.free }

// Bytes returns the data of this one packet of the chain, from PrependPtr up
// to AppendPtr. It is nil if the pointers are out of order. The bytes are the
// pool's memory: valid until the packet is released.
func (p *Packet) Bytes() []byte {
	data, _ := p.span(p.PrependPtr, p.AppendPtr)
	return data
}

// span returns the memory between two pointers, and whether they are in order.
func (p *Packet) span(from, to int) ([]byte, bool) {
	if from < 0 || from > to || to > len(p.memory) {
		return nil, false
	}
	return p.memory[from:to:to], true
}

// Area returns the whole payload, from DataStart up to DataEnd. The bytes are
// the pool's memory: valid until the packet is released.
func (p *Packet) Area() []byte { return p.At(p.DataStart) }

// At returns the payload from the pointer ptr up to DataEnd, to read or write
// as C does through nx_packet_prepend_ptr and nx_packet_append_ptr:
//
//	copy(p.At(p.AppendPtr), data)
//	p.AppendPtr += len(data)
//	p.Length += uint32(len(data))
//
// The slice ends with the payload, so nothing can be written past it. If ptr
// itself is outside the payload, where C would overwrite the header or the next
// packet, At panics with a [*MisuseError]; [Packet.Put] returns it instead.
func (p *Packet) At(ptr int) []byte {
	end := min(p.DataEnd, len(p.memory))
	if ptr < p.DataStart || ptr > end {
		panic(p.outside(ptr, 0))
	}
	return p.memory[ptr:end:end]
}

// Put copies data to the pointer ptr, as C does with memcpy. No pointer and no
// length changes. It returns a [*MisuseError] that wraps status.Overflow, or
// status.Underflow in front of the payload, and writes nothing if the data would
// leave the payload, where C would overwrite the header or the next packet.
func (p *Packet) Put(ptr int, data []byte) error {
	if end := min(p.DataEnd, len(p.memory)); ptr < p.DataStart || len(data) > end-ptr {
		return p.outside(ptr, len(data))
	}
	copy(p.memory[ptr:], data)
	return nil
}

// live reports whether there is a packet, and its owner is a pool that exists.
func (p *Packet) live() bool { return p != nil && p.PoolOwner.Created() }

// room returns the bytes from AppendPtr to DataEnd as the unsigned 32-bit
// number that C computes: huge if they are out of order.
func (p *Packet) room() uint32 { return uint32(p.DataEnd - p.AppendPtr) }

// write appends data to this one packet. It refuses what C would write past
// the packet's block.
func (p *Packet) write(data []byte) error {
	target, ok := p.span(p.AppendPtr, p.AppendPtr+len(data))
	if !ok {
		return p.outside(p.AppendPtr, len(data))
	}
	p.AppendPtr += copy(target, data)
	return nil
}
