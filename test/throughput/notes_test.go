package throughput

// The words of the table.
const (
	heading = `TCP between two instances: %d bytes in segments of 1460, round trip %v, bandwidth unlimited, virtual time.
kB/s by the receiver's window in bytes and the loss both ways, mean time of %d seeds. "window/RTT" is one window per round
trip, "steady" what the receiver's acknowledgements let through of it.

`

	costs = `
Where the time goes without loss, in seconds: one window per round trip, and what is added to it.

`

	notes = `
left over: the receiver acknowledges, and opens the window, when half of it has been received and taken by the
    application, in whole segments: 2 of 3, 3 of 5.6, 6 of 11.2, 12 of 22.4, 23 of 44.9. The rest of the window is too
    little for a second acknowledgement in the same round trip: it waits at the receiver. Windows of 1 and 2
    segments have no rest.
delayed ACK: as long as the congestion window, 3 segments in the beginning, is smaller than half the window, no half ever
    fills, and each acknowledgement waits for the timer: up to 0.2 s.
slow start: each acknowledgement opens the congestion window by one segment, however many it covers. There is one or two of
    them per round trip, so it opens linearly: with 65535 bytes only after 20 round trips half the window is used.
loss: a lost segment with three behind it comes again after a round trip; with fewer, or if it is lost again, after NetX's
    fixed second. At 1 % a window of 32768 bytes is slower than one of 8192, at 5 % one of 16384 is: losses keep
    the congestion window below half of it, where every acknowledgement is delayed.
queue: the sender may have 100 packets unacknowledged here. With NetX's default of 20, windows beyond 29200 bytes are
    not used.
`
)
