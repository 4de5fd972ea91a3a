// Package link is the wire of the simulator: an Ethernet segment between the
// hosts of a kernel.
//
// # Frames
//
// A frame is an Ethernet frame without preamble and check sequence: 14 bytes
// of header (destination, source, type) and at most MTU bytes of payload. Sending
// copies it into a buffer of the wire; buffers are recycled, so a wire in use
// does not allocate.
//
// # Switch
//
// The wire is a switch with a port per host. A frame to the address of a
// port goes to that port alone, a broadcast or multicast frame to all other ports, and one to
// an unknown address to nobody.
//
// # Time
//
// The wire is full duplex. Every port sends its frames one after the other at the
// wire's bandwidth; a frame arrives a latency after its last bit has left. All ports that
// get a frame get it at the same instant, in the order in which they were attached.
//
// # Faults
//
// Every delivery is judged when the frame is sent: by the wire's rules in the order they were added, of which the first that does
// not pass decides (Rule), then by its faults, each of which may lose, delay, change and duplicate what the ones before it have
// left (Fault, Fate), last by the built-in loss, unless a rule has decided. Chance comes from the kernel's random stream "wire <name>".
// The usual faults are in package netxsim/sim/link/fault. A port can also be taken off the wire and put back (Port.Detach,
// Port.Reattach) and frozen for a while (Port.Freeze).
//
// # Hash
//
// The wire keeps a hash over all frames, the virtual times at which they were sent, and what became
// of them. Two runs that print the same hash have sent the same bytes at the same nanoseconds.
package link
