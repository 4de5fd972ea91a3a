// Package uplink joins a simulated network to the sockets of the machine that
// runs it: clients on the wire reach real servers, and real clients reach
// servers on the wire.
//
// # Forward
//
// [Uplink.Forward] and [Uplink.ForwardAll] take TCP connections that simulated
// hosts open to the uplink's host, or through it as their gateway, and continue
// each on a socket of the machine. The client's SYN is answered when the
// machine has connected, and with a reset when it could not.
// [Uplink.ForwardUDP] and [Uplink.ForwardAllUDP] do so with datagrams.
//
// # Backward
//
// [Uplink.Expose] takes connections of real clients from a net.Listener, and
// continues each to a server on the wire, an NX_IP or any other. What it sees
// as the client's address is that of the uplink's host.
// [Uplink.ExposeUDP] does so with the datagrams of a net.PacketConn.
//
// # What is carried
//
// Of TCP: bytes, in order; the end of each direction by itself (half-close); and
// resets. A reader that does not read stops the writer at the other end: beside
// the buffers of the two TCPs an uplink holds at most 128 KiB per direction.
//
// Of UDP: datagrams, whole, up to 65507 bytes; on the wire they travel in fragments if
// need be, which an NX_IP puts together after EnableFragmentation. When nobody is at the port of the
// machine the client on the wire is sent ICMP port unreachable: an ordinary host tells its program
// so, NX_IP counts it and its programs hear nothing. Datagrams for which
// there is no room are dropped: on the way out when 256 KiB or 256 of them wait for the
// socket, on the way in by the machine, whose socket is not read faster than the simulation
// takes what comes. [Uplink.UDPCounters] counts them, except those that the machine drops.
//
// # Flows
//
// UDP has no connections. What a port on the wire sends to one address is a flow, with a connected socket of
// the machine: answers come back from that address only, so that protocols whose server answers from another port, such as TFTP,
// do not get through. What a client outside sends to an exposed port is a flow with a
// port of its own on the uplink's host. A flow ends when no datagram has passed for Config.FlowTimeout, and when
// there are Config.Flows and another one begins, in favour of which the one that was idle longest is closed.
// Until it ends the run waits for answers to it, rather than to end with a sim.DeadlockError.
//
// # Time
//
// Real peers live in real time: the kernel needs sim.Config.Clock, for example
// sim.RealTime. In virtual time a time-out passes in no time at all, before
// anybody outside can answer.
//
// # Goroutines
//
// Two goroutines per connection, flow or exposed port wait for the machine's socket. They know
// nothing of the simulation but sim.Kernel.Post. When the run ends the sockets
// are closed, and Run does not return before the goroutines have ended. What
// was on its way then is lost, as when a machine is switched off.
package uplink
