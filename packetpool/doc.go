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
// the others. Free and held packets together are always the total; [Pool.Check]
// counts them.
//
// # Watching
//
// [Pool.Watch] tells everything that happens to a pool: each packet that is
// allocated, released, handed to a thread that waited, or moved to another
// holder, each request that finds the pool empty, each wait and each misuse, with
// the virtual time, who has the packet, and how many are free. A pool that nobody watches
// pays one test for it. Package poolvar builds on it what a monitor may read
// while the simulation runs.
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
// would silently destroy memory, or never come back, is caught: a second release
// through a stale copy, a release of a packet of a deleted pool or of a TCP
// queue, use of a free packet, a write past the end of a packet or of a buffer,
// a chain that runs in a circle or holds a foreign packet. Such a call returns a
// [*MisuseError]. It wraps the status C has for it, or the nearest one, and names
// the packet, who holds it and who allocated it; with Config.DebugInfo or a
// target with EnablePacketDebugInfo also the lines that allocated and released
// it, which [Pool.DebugInfo] gives for every packet at any time:
//
//	packetpool: release packet 3 of pool rx: it is free already; allocated by client
//	at mail/fetch.go:41; released at mail/fetch.go:57: NX_PTR_ERROR
//
// A stale copy of a packet that has been allocated again cannot be told from the
// new one, as in C: the release by the new owner is the one that fails, and names
// the line of the other. [Packet.At] alone panics, with the same error, as an
// index out of range does; [Packet.Put] returns it.
package packetpool
