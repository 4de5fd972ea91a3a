// Package soak runs thousands of small networks in which everything goes on at once and something goes wrong, and checks
// that nothing is lost that was promised.
//
// # A run
//
// A run is a [Case]: a seed and a row of the matrix of faults ([Matrix]). The network is always of the same shape, a NetX
// device and an ordinary host on each of two wires, with a NetX router between them; how fast the wires are, how many
// packets the devices have, who talks to whom, how much and in what pieces is drawn from the seed. The traffic
// is TCP between threads on NetX sockets, ordinary programs on hosts and ordinary programs on a device, POP3
// sessions, numbered UDP datagrams, some in fragments, and pings.
//
// # What is checked
//
// What a TCP reader gets is a beginning of what was sent, byte for byte, and all of it unless the connection ended with an
// error that the faults of the row excuse. Whoever was told that all has arrived is right.
// A mail that a client takes for whole is the server's. A datagram arrives at most once, unless the network doubles frames, and as
// it was sent. A ping brings its own data back. Every program ends in time; sockets can be deleted, pools are full
// again, instances can be deleted, and no goroutine is left. A [Digest] of a run is the same every time.
//
// # What NetX itself does not survive
//
// The programs keep out of four situations in which NetX Duo, whose behaviour the model has, fails without any fault:
//
//   - An answer to ARP that is lost is asked for again after ten seconds (NX_ARP_UPDATE_RATE), when the ten retries of a
//     connection are all but used up. Where ARP is not the fault, instances know their neighbours.
//   - A socket that is reset while its receive queue begins with a segment ahead of a missing one has its thread wait
//     on in nx_tcp_socket_receive, for ever if it may. Threads wait in steps.
//   - Two instances that both send into a closed window answer each other's segments for ever, and take none of them: each
//     has counted the other's window probe. They take turns.
//   - A window that a slow reader opens bit by bit is filled with ever shorter segments, each of which costs a packet. Slow
//     readers have large pools.
//
// # The long form
//
//	go test ./test/soak -run TestSoak -seeds 1000 -timeout 1h -v
//
// runs every row with so many seeds on all cores, which takes nine minutes on two of them, and prints figures. -first, -fault, -for and -workers narrow it down. Plain go test
// runs every row once.
//
// # Failures
//
// A failed run prints its seed, its faults and what simtest knows. It is run again with everything that happens to
// frames recorded, and that is shrunk to a minimal schedule with which it still fails in the same way,
// printed as Go and as YAML. TestReplay runs a case with a schedule in place of the faults of its wires, and prints everything:
//
//	go test ./test/soak -run TestReplay -fault loss -first 2 -replay 'lan1 alpha>router 7 drop; lan1 router>alpha 9 delay 3ms'
package soak
