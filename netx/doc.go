// Package netx gives the native packages the names of the C programming
// interface, so that a C file written for NetX Duo and ThreadX becomes Go by a mechanical
// rename and then returns the same statuses.
//
// # Names
//
// Upper-case C names stay as they are. In lower-case C names the underscores go
// and each word is capitalised: nx_packet_allocate is [NxPacketAllocate].
// Structure fields first lose the prefix of their structure: packet_ptr ->
// nx_packet_length is packet.Length. Arguments keep the order and number they
// have in C; memory is a []byte followed by the C size, results stay pointers,
// and nil is NX_NULL and TX_NULL. The package may be dot-imported.
//
// What the rule leaves open for ThreadX: messages of queues are slices of 32-bit
// words ([]ULONG), memory that a pool hands out is a []byte, and control blocks are
// zero values; one that is left over from a program whose run is over counts as such.
//
// # Programs
//
// A C image has its kernel, its list of pools and its compile-time options
// once. Here a [Program] has them. [Program.Boot] runs the C main function, which calls
// [TxKernelEnter], which calls the program's TxApplicationDefine; [Program.Run]
// is all of that for a definition function. The
// services called from the definition function, from any thread of its kernel
// and from their callbacks belong to that program. Any number of programs may
// run at once, each on a kernel of its own.
//
// # Checks
//
// A service tests its arguments and its caller in the order of the C checking
// layer and then calls the native package; it has no other logic. Below,
// statuses are Go errors; here they are numbers again.
//
// With DisableErrorChecking in the program's [Program.Target]
// (NX_DISABLE_ERROR_CHECKING) the packet services skip their checks, as C does
// then: null pointers crash the program, packet types need not be multiples of
// four, an append of no bytes succeeds, and packet pointers may be out of order.
// The native package still refuses what would corrupt memory.
//
// # Released packets
//
// In C a checked release sets the caller's packet variable to null. Go cannot
// do that, so a packet that is back in its pool counts as null everywhere: the
// services return NX_PTR_ERROR for it. Unlike NetX Duo, a second release through
// the same variable is counted as an invalid release of the pool, as C does for
// a second variable.
package netx

//go:generate go run netxsim/test/inventory/gencodes -netx constants_gen.go
