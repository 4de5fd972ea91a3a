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
//
// # Backward
//
// [Uplink.Expose] takes connections of real clients from a net.Listener, and
// continues each to a server on the wire, an NX_IP or any other. What it sees
// as the client's address is that of the uplink's host.
//
// # What is carried
//
// Bytes, in order; the end of each direction by itself (half-close); and
// resets. A reader that does not read stops the writer at the other end: beside
// the buffers of the two TCPs an uplink holds at most 128 KiB per direction.
//
// # Time
//
// Real peers live in real time: the kernel needs sim.Config.Clock, for example
// sim.RealTime. In virtual time a time-out passes in no time at all, before
// anybody outside can answer.
//
// # Goroutines
//
// Two goroutines per connection wait for the machine's socket. They know
// nothing of the simulation but sim.Kernel.Post. When the run ends the sockets
// are closed, and Run does not return before the goroutines have ended. What
// was on its way then is lost, as when a machine is switched off.
package uplink
