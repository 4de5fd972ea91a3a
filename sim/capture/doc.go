// Package capture writes what goes over the wires of a simulation into a pcapng
// file, for Wireshark, tshark and whatever else reads one.
//
// # Frames
//
// Every frame is in the capture when its sender gave it to the wire, also
// if it never arrives; what a fault has changed or doubled on the way is there a second time, when it arrives, at the interface
// of the port that got it; frames that a wire refuses, such as those too long for it,
// are not. Each port of a wire is an interface, numbered by first use and named as
// the port is, which is after its host: a frame belongs to the interface of the port that sent it, apart from those copies.
//
// # Time
//
// Simulations start on 2000-01-01 at midnight UTC. Stamps are in nanoseconds and
// exact: one seed, one file, byte for byte.
//
// # Comments
//
// What a frame's bytes do not show stands beside it as packet comments, which the
// filter frame.comment finds:
//
//   - "lost on the way to server: burst": the wire dropped it for this receiver, and which fault it was, if one. A frame
//     that nobody has the address of says so too.
//   - "delayed by 3ms on the way to server", "changed on the way to server", "copied on the way to server": what else
//     a fault or rule has done. "as it arrived at server" stands at what is there a second time.
//   - "lost at client: no packet in pool client": it arrived, and there was no
//     packet to receive it.
//   - "pool client at a new low: ...": the pool has never had so few packets free.
//   - "pool client is empty: ...": somebody asked in vain, or waits.
//
// A comment about a pool stands at the frame that was arriving, else at the last
// frame sent before, which need not have to do with it; it names its own time.
package capture
