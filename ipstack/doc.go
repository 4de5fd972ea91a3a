// Package ipstack is the TCP/IP of NetX Duo: NX_IP instances with their network
// interfaces, ARP caches, UDP and TCP sockets, on gVisor's netstack.
//
// # Who does what
//
// Of a TCP connection netstack has the handshake, the sequence numbers of the data
// that arrive, and the states of the two FINs. It sees the other side of a
// connection on which this side sends no data, and whose data it is told of seldom, many
// segments at once and without their bytes, which are in the packets of the
// receive queue. This package does what makes
// NetX NetX: every frame is paid for with packets of a pool and keeps them for
// as long as a target would; a SYN is answered when the application accepts;
// one segment sent is one packet received; what is sent, acknowledged and sent
// again when, follows NetX's windows and timers; waits, time-outs, callbacks
// and statuses are those of the C library.
//
// Frames pass this package on their way into and out of netstack (the "edge").
// A received segment is judged there as NetX would. What netstack is told of it
// has the sequence numbers, the window and, in a connection of the instance
// with itself, the addresses that netstack expects. Of what netstack sends only
// the SYN counts: it begins a connection.
//
// Whatever is not TCP stays outside netstack: the C library answers a ping in
// the packets it came in, keeps fragments in theirs and takes every other
// message from a pool, and that is what is done here. Of netstack it uses the
// headers and checksums. IPv6 addresses have stand-ins among IPv4 addresses,
// under which TCP and netstack know them; segments change their IP headers at
// the edge.
//
// # Interfaces
//
// The hardware of an interface is a [Driver]: a function that carries out one
// request, as a link driver of NetX is, so that one written in C becomes Go as
// easily as the rest. [Ethernet] is the driver of an interface on a wire of
// package link. The last interface of an instance is the loopback interface.
//
// # The IP thread
//
// As in C, each instance has a thread of its own. Received frames and timers
// of netstack are handled there, and so are the callbacks. An interface's
// driver receives in the context of an interrupt: it takes packets for the
// frame from the pool, without waiting, and leaves the rest to the IP thread.
//
// # IPv6
//
// Packets are received for the addresses of the interface they came in on, those
// of links and of all nodes included, behind extension headers in any order that
// makes sense. What is too long for an interface, or with [Target].IPv6PathMTU
// for a path, is sent in fragments, whether or not fragmentation is enabled;
// only putting together depends on that. As in C, where to send for an address
// is remembered in a small table, eight in the default build, until the neighbour
// or router it goes by is forgotten: while the table is full nothing is sent to
// any other address.
//
// # Packets
//
// A received segment stays in its packets while it waits in a socket's receive
// queue, out-of-order ones included; a sent packet stays in the socket's
// transmit queue until the peer has acknowledged all of it. Segments that
// TCP makes by itself (SYN, ACK, FIN, RST) and ARP and ICMP messages take a
// packet from the default pool, without waiting, until the driver has sent
// them; with the pool empty they are not sent, as in C.
//
// # Errors
//
// Services return nil or a [status.Code], the number the C service returns.
// What a C program could not survive is a panic.
package ipstack
