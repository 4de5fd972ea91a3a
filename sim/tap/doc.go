// Package tap joins a simulated wire to the network of a Linux machine: frames
// go to and come from a TAP device, and the kernel's own TCP/IP talks to NX_IP
// instances and hosts of the simulation.
//
// # The device
//
// A TAP device is an Ethernet interface whose cable is a file. [Open] takes one by its
// name and makes it if there is none, which needs CAP_NET_ADMIN in the
// network namespace of the calling thread. Somebody without it can use a device that was made for
// them:
//
//	sudo ip tuntap add dev nx0 mode tap user $USER
//	sudo ip address add 192.2.2.1/24 dev nx0
//	sudo ip link set nx0 up
//
// # On the wire
//
// [Device.Join] gives the device a port on a wire, under the hardware address that
// Linux uses for it. What the simulation sends to that address, or to a group or everybody, Linux receives; what Linux
// sends, the wire carries, with the latency, bandwidth and faults that it has.
//
// # Time
//
// Linux lives in real time: the simulation needs the clock [sim.RealTime], and
// a run with a device is not reproducible. A joined device is somebody outside
// the simulation (see [sim.Kernel.Outside]): with nothing left to happen inside the run
// waits for frames. It ends when its threads do.
//
// # Losses
//
// A frame that Linux has no room for, or while its interface is down, is lost, as on a card with a full ring; [Device.Counters] counts it. One longer
// than the MTU of the wire is lost too, and counted by [link.Wire.Counters] as too long: give a wire of another MTU than 1500
// the same one in Linux ("ip link set nx0 mtu 9000"), before [Open] or later.
package tap
