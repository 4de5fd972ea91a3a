package packetpool

// A Target says how the modelled device lays out its packets: the pointer
// size and the compile-time options of NetX Duo that change sizes or
// behaviour. The zero Target is a 32-bit device with all options at their C
// defaults.
type Target struct {
	PointerSize uint32 // bytes per pointer, 4 or 8; 0 means 4
	Alignment   uint32 // bytes, NX_PACKET_ALIGNMENT; 0 means 4, sizeof(ULONG)
	HeaderPad   uint32 // 32-bit words, NX_PACKET_HEADER_PAD_SIZE; 0 means none

	DisableErrorChecking      bool // NX_DISABLE_ERROR_CHECKING: package netx skips its checks
	DisableIPv6               bool // NX_DISABLE_IPV6
	DisableFragmentation      bool // NX_DISABLE_FRAGMENTATION
	DisablePacketChain        bool // NX_DISABLE_PACKET_CHAIN: data never span packets; C wants DisableFragmentation with it
	DisablePacketInfo         bool // NX_DISABLE_PACKET_INFO: no counters
	EnableLowWatermark        bool // NX_ENABLE_LOW_WATERMARK
	EnableVLAN                bool // NX_ENABLE_VLAN
	EnablePacketDebugInfo     bool // NX_ENABLE_PACKET_DEBUG_INFO: as Config.DebugInfo, with its size
	EnableInterfaceCapability bool // NX_ENABLE_INTERFACE_CAPABILITY: here, size only
	EnableIPsec               bool // NX_IPSEC_ENABLE: size only
	EnableThread              bool // NX_ENABLE_THREAD: size only
}

var (
	// ILP32 is a target with 4-byte pointers, such as a Cortex-M.
	ILP32 = Target{PointerSize: 4}
	// LP64 is the 64-bit Linux port: 8-byte pointers, 4-byte ULONG.
	LP64 = Target{PointerSize: 8}
)

func (t Target) pointer() uint32 {
	if t.PointerSize == 0 {
		return 4
	}
	return t.PointerSize
}

func (t Target) alignment() uint32 {
	if t.Alignment == 0 {
		return 4
	}
	return t.Alignment
}

// A layout adds up a C structure member by member, each at its own alignment.
type layout struct{ size, align uint32 }

func (l *layout) add(count, bytes uint32) {
	l.size = roundUp(l.size, bytes) + count*bytes
	l.align = max(l.align, bytes)
}

func (l *layout) addIf(present bool, count, bytes uint32) {
	if present {
		l.add(count, bytes)
	}
}

func (l *layout) total() uint32 { return roundUp(l.size, l.align) }

func roundUp(n, to uint32) uint32 { return (n + to - 1) / to * to }

// HeaderSize returns the bytes of an NX_PACKET on the target: what stands in
// front of every payload, before it is rounded to the alignment.
func (t Target) HeaderSize() uint32 {
	var l layout
	ptr := t.pointer()
	l.add(1, ptr)                          // pool owner
	l.addIf(!t.DisablePacketChain, 1, ptr) // next
	l.add(4, ptr)                          // prepend, append, data start, data end
	l.addIf(!t.DisablePacketChain, 1, ptr) // last
	l.add(2, ptr)                          // queue next, union next
	l.add(1, 4)                            // length
	l.addIf(!t.DisableFragmentation, 1, 4) // reassembly time
	l.addIf(!t.DisableIPv6, 2, 1)          // option state, destination header
	l.addIf(!t.DisableIPv6, 1, 2)          // option offset
	l.add(4, 1)                            // IP version, identical copy, header length, VLAN priority
	l.add(2, ptr)                          // interface, IP header
	l.addIf(t.EnableThread, 4, 1)          // packet type, signal strength, reserved
	l.addIf(t.EnableInterfaceCapability, 1, 4)
	l.addIf(t.EnableIPsec, 1, ptr)           // security association
	l.addIf(t.EnableIPsec, 2, 2)             // operation, state
	l.addIf(t.EnablePacketDebugInfo, 2, ptr) // thread, file
	l.addIf(t.EnablePacketDebugInfo, 1, 4)   // line
	l.addIf(t.HeaderPad > 0, t.HeaderPad, 4)
	return l.total()
}

// PoolSize returns the bytes of an NX_PACKET_POOL control block on the target.
func (t Target) PoolSize() uint32 {
	var l layout
	ptr := t.pointer()
	l.add(1, 4)   // id
	l.add(1, ptr) // name
	l.add(5, 4)   // available, total, three counters
	l.add(2, ptr) // free list, start
	l.add(2, 4)   // size, payload
	l.add(1, ptr) // suspension list
	l.add(1, 4)   // suspended
	l.add(2, ptr) // created list
	l.addIf(t.EnableLowWatermark, 1, 4)
	return l.total()
}

// header is the header rounded so that the payload behind it is aligned.
func (t Target) header() uint32 { return roundUp(t.HeaderSize(), t.alignment()) }

// stride returns the bytes from one packet to the next, with the 32-bit
// wrap-around of the C expression: a 64-bit target carries the rounding into
// the upper half before the result is cut to 32 bits.
func (t Target) stride(payload uint32) uint32 {
	header, align := t.header(), t.alignment()
	sum := header + payload
	if t.pointer() == 4 {
		return (sum + align - 1) / align * align
	}
	return uint32((uint64(sum) + uint64(align) - 1) / uint64(align) * uint64(align))
}

// SizeFor returns the bytes of an aligned memory area that holds exactly so
// many packets with payload bytes each on the target, the way
// nx_packet_pool_create divides it.
func SizeFor(t Target, payload uint32, packets int) uint32 {
	return t.stride(payload) * uint32(packets)
}

// CountFor returns how many packets with payload bytes each an aligned memory
// area of size bytes holds on the target; 0 if the area or the payload cannot
// be used at all. It is the inverse of [SizeFor].
func CountFor(t Target, payload, size uint32) int {
	g, err := t.divide(payload, 0, size)
	if err != nil {
		return 0
	}
	return int(g.count)
}
