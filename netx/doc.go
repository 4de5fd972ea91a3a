// Package netx gives the native packages the names of the C programming
// interface, so that a C file written for NetX Duo and ThreadX becomes Go by a mechanical
// rename and then returns the same statuses.
//
// # The rule
//
// Upper-case C names stay as they are. In lower-case C names the underscores go
// and each word is capitalised, nothing else: nx_packet_allocate is
// [NxPacketAllocate], _nx_ram_network_driver is [NxRamNetworkDriver]. Structure
// fields first lose the prefix of their structure: packet_ptr -> nx_packet_length
// is packet.Length. Arguments keep the order and number they have in C. The
// package may be dot-imported, so that a ported file reads like the C it came
// from. `netxsim port FILE.c…` lists the names of a program with their Go names
// and says what is missing.
//
// # Pointers and results
//
// A result is stored through a pointer, as in C: NxPacketAllocate(&pool, &packet,
// …). The variable must have the type of the parameter, since Go does not convert
// pointers: UINT and ULONG are both uint32 here, so the two mix. NX_NULL and
// TX_NULL are nil; where C may pass a null string, [NX_NULL_STRING] stands for it.
// Statuses are numbers: if status != NX_SUCCESS, and status += …, stay as they are.
// if (status) becomes if status != 0.
//
// # Control blocks
//
// A control block is a variable of its type with the zero value, as a static one
// is in C: var ip NX_IP. Its address is what services take. It must not be copied.
// One that is left over from a program whose run is over counts as not created.
//
// # Memory areas
//
// A pointer to memory is a []byte, followed by the size in bytes that C passes.
// pointer = pointer + 2048 becomes pointer = pointer[2048:], and text becomes
// []UCHAR("hello"). Where C would run past the end, the service returns an error;
// its comment says which. Messages of queues are slices of 32-bit words, []ULONG.
// What a byte or block pool hands out is a []byte.
//
// # Fields of packets
//
// The four pointers of a packet are offsets in bytes into its pool's memory. They
// are compared, added to and subtracted as in C; packet.At(packet.PrependPtr) is
// the bytes from there on. packet.Length, packet.Next and the others have the
// meaning they have in C.
//
// # Callbacks
//
// A callback is a Go function with the parameters of the C one, with a thread's
// entry function as the example: func thread_0_entry(input ULONG). Nil takes it
// away again.
//
// # sizeof
//
// Go's unsafe.Sizeof tells sizes in the simulator. [Sizeof] tells those in C on
// the program's target: Sizeof[NX_PACKET](). It needs a running program, so what
// C computes in a macro becomes a function, and an array of that size becomes a
// slice that is made in tx_application_define. For text, sizeof counts the zero
// at its end: len("…\x00").
//
// # A program and its twin
//
// This C program sends itself a datagram through the RAM driver:
//
//	#include <stdio.h>
//	#include "tx_api.h"
//	#include "nx_api.h"
//
//	#define STACK 1024
//	#define SIZE  ((sizeof(NX_PACKET) + 128) * 4)
//
//	TX_THREAD      sender, receiver;
//	NX_PACKET_POOL pool;
//	NX_IP          ip;
//	NX_UDP_SOCKET  out, in;
//	UCHAR          memory[SIZE];
//
//	VOID _nx_ram_network_driver(NX_IP_DRIVER *request);
//
//	VOID arrived(NX_UDP_SOCKET *socket)
//	{
//	    printf("one for port %u\n", socket == &in ? 7 : 0);
//	}
//
//	VOID send_entry(ULONG input)
//	{
//	    NX_PACKET *packet;
//	    UINT       status;
//
//	    nx_udp_socket_create(&ip, &out, "out", NX_IP_NORMAL, NX_FRAGMENT_OKAY, NX_IP_TIME_TO_LIVE, 5);
//	    nx_udp_socket_bind(&out, NX_ANY_PORT, NX_NO_WAIT);
//	    status = nx_packet_allocate(&pool, &packet, NX_UDP_PACKET, NX_WAIT_FOREVER);
//	    status += nx_packet_data_append(packet, "hello", 5, &pool, NX_NO_WAIT);
//	    if (status == NX_SUCCESS)
//	        status = nx_udp_socket_send(&out, packet, IP_ADDRESS(10, 0, 0, 1), 7);
//	    if (status != NX_SUCCESS)
//	        nx_packet_release(packet);
//	}
//
//	VOID receive_entry(ULONG input)
//	{
//	    NX_PACKET *packet = NX_NULL;
//
//	    nx_udp_socket_create(&ip, &in, "in", NX_IP_NORMAL, NX_FRAGMENT_OKAY, NX_IP_TIME_TO_LIVE, 5);
//	    nx_udp_socket_bind(&in, 7, NX_NO_WAIT);
//	    nx_udp_socket_receive_notify(&in, arrived);
//	    while (nx_udp_socket_receive(&in, &packet, 2 * NX_IP_PERIODIC_RATE) == NX_SUCCESS)
//	    {
//	        printf("%lu bytes: %.5s\n", (unsigned long)packet -> nx_packet_length, packet -> nx_packet_prepend_ptr);
//	        nx_packet_release(packet);
//	    }
//	}
//
//	VOID tx_application_define(VOID *first_unused_memory)
//	{
//	    CHAR *pointer = (CHAR *)first_unused_memory;
//
//	    tx_thread_create(&receiver, "receiver", receive_entry, 0, pointer, STACK, 3, 3, TX_NO_TIME_SLICE, TX_AUTO_START);
//	    pointer = pointer + STACK;
//	    tx_thread_create(&sender, "sender", send_entry, 0, pointer, STACK, 4, 4, TX_NO_TIME_SLICE, TX_AUTO_START);
//	    pointer = pointer + STACK;
//	    nx_packet_pool_create(&pool, "pool", 128, memory, SIZE);
//	    nx_ip_create(&ip, "ip", IP_ADDRESS(10, 0, 0, 1), 0xFFFFFF00UL, &pool, _nx_ram_network_driver, pointer, STACK, 1);
//	    nx_udp_enable(&ip);
//	}
//
//	int main(void)
//	{
//	    tx_kernel_enter();
//	    return 0;
//	}
//
// and this is what it becomes, with netx dot-imported:
//
//	const STACK = 1024
//
//	func SIZE() ULONG { return (Sizeof[NX_PACKET]() + 128) * 4 }
//
//	var (
//		sender, receiver TX_THREAD
//		pool             NX_PACKET_POOL
//		ip               NX_IP
//		out, in          NX_UDP_SOCKET
//		memory           []UCHAR
//	)
//
//	func arrived(socket *NX_UDP_SOCKET) {
//		if socket == &in {
//			fmt.Println("one for port 7")
//		}
//	}
//
//	func send_entry(input ULONG) {
//		var packet *NX_PACKET
//
//		NxUdpSocketCreate(&ip, &out, "out", NX_IP_NORMAL, NX_FRAGMENT_OKAY, NX_IP_TIME_TO_LIVE, 5)
//		NxUdpSocketBind(&out, NX_ANY_PORT, NX_NO_WAIT)
//		status := NxPacketAllocate(&pool, &packet, NX_UDP_PACKET, NX_WAIT_FOREVER)
//		status += NxPacketDataAppend(packet, []UCHAR("hello"), 5, &pool, NX_NO_WAIT)
//		if status == NX_SUCCESS {
//			status = NxUdpSocketSend(&out, packet, IP_ADDRESS(10, 0, 0, 1), 7)
//		}
//		if status != NX_SUCCESS {
//			NxPacketRelease(packet)
//		}
//	}
//
//	func receive_entry(input ULONG) {
//		var packet *NX_PACKET
//
//		NxUdpSocketCreate(&ip, &in, "in", NX_IP_NORMAL, NX_FRAGMENT_OKAY, NX_IP_TIME_TO_LIVE, 5)
//		NxUdpSocketBind(&in, 7, NX_NO_WAIT)
//		NxUdpSocketReceiveNotify(&in, arrived)
//		for NxUdpSocketReceive(&in, &packet, 2*NX_IP_PERIODIC_RATE) == NX_SUCCESS {
//			fmt.Printf("%d bytes: %.5s\n", packet.Length, packet.At(packet.PrependPtr))
//			NxPacketRelease(packet)
//		}
//	}
//
//	func tx_application_define(first_unused_memory []byte) {
//		pointer := first_unused_memory
//
//		TxThreadCreate(&receiver, "receiver", receive_entry, 0, pointer, STACK, 3, 3, TX_NO_TIME_SLICE, TX_AUTO_START)
//		pointer = pointer[STACK:]
//		TxThreadCreate(&sender, "sender", send_entry, 0, pointer, STACK, 4, 4, TX_NO_TIME_SLICE, TX_AUTO_START)
//		pointer = pointer[STACK:]
//		memory = make([]UCHAR, SIZE())
//		NxPacketPoolCreate(&pool, "pool", 128, memory, SIZE())
//		NxIpCreate(&ip, "ip", IP_ADDRESS(10, 0, 0, 1), 0xFFFFFF00, &pool, NxRamNetworkDriver, pointer, STACK, 1)
//		NxUdpEnable(&ip)
//	}
//
//	func main() {
//		program := &Program{
//			Kernel:              sim.New(sim.Config{}),
//			TxApplicationDefine: tx_application_define,
//			FirstUnusedMemory:   make([]byte, 4096),
//		}
//		if _, err := program.Boot(nil); err != nil {
//			fmt.Println(err)
//		}
//	}
//
// Both texts are tested: testdata/guide.c by a C compiler, the Go program as the
// example "guide". Longer twins, of NetX Duo's samples, are in cmd/samples.
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
// # What differs, and why
//
// Computing takes no virtual time. A loop that calls services which do not wait
// goes on for ever at one instant; in C it would be interrupted. Such a loop needs
// a TxThreadSleep. The kernel's watchdog ends a run in which a thread does not
// give way for 30 s of wall time (TestStuckInKernelCalls in package sim; cmd/samples/udp).
//
// A time slice is used up by computing, so it matters only to a thread that does so
// with sim.Kernel.Busy (TestTimeSlice).
//
// TxKernelEnter ends the C main function, since a simulation ends and a target
// does not: Program.Boot returns then (ExampleProgram_Boot).
//
// Several programs can run at once, each with its own list of pools, stacks and
// options, which a C image has once (TestProgramsAreSeparate). So services that
// have no other way to know find the program by the goroutine that calls.
//
// A released packet counts as null everywhere, because Go cannot clear the
// caller's variable (TestReleasedPacketIsNull).
//
// Sizes that do not fit the memory are errors, because Go knows where a slice
// ends (TestShortMemory).
//
// A thread's Go code does not run on the stack that the program hands over, which
// is tested and accounted all the same (TestStacksOverlap).
//
// The RAM driver's wire takes time for a frame (TestRamNetworkDriver).
//
// The POP3 client returns where the C library crashes or never comes back
// (TestPop3Checks).
//
// # Checks
//
// A service tests its arguments and its caller in the order of the C checking
// layer and then calls the native package; it has no other logic. Below,
// statuses are Go errors; here they are numbers again.
//
// Target.DisableErrorChecking of the [Program] is NX_DISABLE_ERROR_CHECKING,
// TxDisableErrorChecking is TX_DISABLE_ERROR_CHECKING. Then what a C program
// survives is let through: any caller may call anything that does not wait,
// addresses need not be those of hosts, and of the packet services packet types
// need not be multiples of four, an append of no bytes succeeds, and packet
// pointers may be out of order. Unlike in C, which crashes, null pointers,
// control blocks that do not exist, waits outside threads and numbers beyond the
// end of a table have the status that the check gives them
// (TestNothingCrashesWithoutChecks): of what is left, nothing panics.
// # Released packets
//
// In C a checked release sets the caller's packet variable to null. Go cannot
// do that, so a packet that is back in its pool counts as null everywhere: the
// services return NX_PTR_ERROR for it. Unlike NetX Duo, a second release through
// the same variable is counted as an invalid release of the pool, as C does for
// a second variable.
package netx

//go:generate go run netxsim/test/inventory/gencodes -netx constants_gen.go
