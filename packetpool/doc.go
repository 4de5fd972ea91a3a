// Package packetpool models the packets and packet pools of NetX Duo: a [Pool]
// is an NX_PACKET_POOL, a [Packet] an NX_PACKET.
//
// # Pools
//
// A pool is an area of memory divided into packets of one payload size. The
// division uses the arithmetic of the modelled device, a [Target], so that a
// memory size gives exactly as many packets as it does there. The area is one
// block of memory; allocating, appending and releasing allocate nothing.
//
// Free packets form a stack: the one released last is allocated first. When
// there is none, a thread may wait for one, in ticks; waiting threads are served
// first come, first served, and a released packet goes straight to the first of
// them without becoming free in between.
//
// # Packets
//
// A packet has header room in front of its data, where lower layers put their
// headers, and room behind them. Data that do not fit into one payload go into
// a chain of packets. Code may use the methods, or read and write the fields as
// C code does; the pointer fields are offsets into the pool's memory, and
// [Packet.At] turns one into bytes.
//
// Whoever allocated a packet owns it and has to release it, unless it is handed
// on: each function that takes a packet says who owns it afterwards.
//
// # Who holds what
//
// The pool knows at every moment who holds its packets: the thread that
// allocated them, or the [Holder] they were given to with [Packet.Hold].
// [Pool.Stats] tells how few packets were ever free, when that was, and who had
// the others. Free and held packets together are always the total; a lost packet
// panics.
//
// # Sizing in bytes
//
// On the device each packet costs its payload, rounded up to the alignment, and
// a header: [Target.HeaderSize], 60 bytes with 4-byte pointers and 104 with
// 8-byte ones. The control block, [Target.PoolSize], comes on top. [SizeFor]
// gives the bytes for a number of packets, [CountFor] the packets in a number
// of bytes:
//
//	payload  packets  bytes ILP32  bytes LP64  packets in 16384 bytes ILP32, LP64
//	    128       16         3008        3712   87  70
//	    256       16         5056        5760   51  45
//	    576        8         5088        5440   25  24
//	   1518        8        12640       12992   10  10
//	   1536        8        12768       13120   10   9
//
// # Kernels
//
// The package imports no kernel. It declares in two methods, [Kernel], what it
// needs in order to let threads wait. A pool has no lock: of the threads and
// events of its kernel one runs at a time.
//
// # Where C would corrupt memory
//
// What a C program can observe is the same here, the statuses included. What
// would silently destroy memory there is caught: a write past the end of a
// packet or of a buffer is an error that wraps status.Overflow, and a pointer
// outside its payload panics in [Packet.At].
package packetpool
