// Package host gives ordinary Go programs a computer of their own on a
// simulated wire: the network with the functions and types of package net.
//
// # Machines
//
// A [Host] is the other end of what NetX talks to. It has as much memory as it
// wants, no packet pools, and TCP as a server has it, with window scaling,
// time stamps and selective acknowledgements for peers that know them.
//
// A [Device] is an instance of NetX Duo (package ipstack): its programs' connections
// are sockets of the instance and behave like those, and every byte is
// charged to its packet pools.
//
// Both have the methods of a [Net]: Listen, Dial, DialContext, DialTimeout, ListenPacket and a
// [Resolver] over the host table that all machines of a simulation share, [Names].
// So a program that takes a listener or a dial function, such as net/http, crypto/tls,
// gRPC or a database client, runs on a machine as it is.
//
// # Callers
//
// Who may call depends on the kernel's clock, unless the machine's configuration says
// otherwise ([Callers]).
//
// In virtual time the callers are the programs of the simulation (sim.Kernel.Go,
// and RTOS threads), which run one at a time, Go programs after all RTOS threads of an instant.
// A call that would block suspends the program, and virtual time goes on. Runs are
// reproducible, frame for frame. Deadlines are points of virtual time, which
// [Net.Now] tells; programs that start goroutines or read the time themselves cannot
// run like this.
//
// On a kernel with a clock (sim.RealTime) the callers are ordinary goroutines, any
// number of them. The kernel runs in a goroutine of its own (sim.Kernel.Start) and
// does the work of their calls, in the order they make them, when no RTOS thread is ready. Deadlines
// are those of package time. When the run is over all calls return net.ErrClosed. Wires, pools and
// RTOS objects belong to the kernel: use them in a function given to sim.Kernel.Enter.
//
// # Bubbles
//
// In a bubble of testing/synctest the clock is the bubble's, so that time passes at
// once wherever all wait: a handler that sleeps for half a minute and a client that
// gives up after ten seconds cost no time, and each happens at its exact nanosecond. The kernel
// and the machines must be made in the bubble, and the run be stopped before its end. The
// goroutines of the stacks are outside; the kernel's goroutine, which is inside, waits
// for them whenever it gives them work, and alone wakes the goroutines of the test. RTOS threads
// of the same kernel, with NX_IP and its clients, live in the bubble too. Several
// bubbles, each with its kernel, may run at the same time.
//
// Making a machine in a bubble costs a garbage collection, about a millisecond. Names
// and services are looked up in tables: Go's own net.Resolver, which programs may use in a bubble, asks the
// servers of the real network, and bubble time stands still until they answer.
//
// # Errors
//
// Errors are *net.OpError and wrap what package net's wrap: os.ErrDeadlineExceeded,
// net.ErrClosed, and, by way of *os.SyscallError, syscall.ECONNREFUSED, ECONNRESET, ETIMEDOUT,
// EPIPE, EADDRINUSE, EADDRNOTAVAIL, EHOSTUNREACH, ENETUNREACH, EMSGSIZE and EDESTADDRREQ. A test runs the same programs
// with package net on Linux, and wants their texts and fields to be the same.
//
// # Where it differs from package net
//
// Addr and LocalAddr of a port at every address have one address of the machine, which others
// can dial. A connection begins without keep-alive: SetKeepAlive switches it on. Close does not wait, whatever SetLinger
// says. On a device a port belongs to one listener, whatever its address, loopback is 127.0.0.1 only,
// and long datagrams need an instance that sends fragments.
//
// # Not modelled
//
// Unix sockets, raw sockets, multicast groups, router advertisements, local addresses of a Dial, and of
// *net.TCPConn and *net.UDPConn File, SyscallConn, ReadMsgUDP and WriteMsgUDP. A device has no keep-alive and tells a connected UDP port
// nothing of ICMP errors, and does not remember closed connections (TIME_WAIT), as
// programs for NetX Duo unbind their sockets.
package host
