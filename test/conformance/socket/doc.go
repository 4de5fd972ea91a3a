// Package socket replays the conformance vectors of IP instances and sockets: recorded calls of the C library, repeated
// through package netx on a network of two or three instances, with every answer compared.
//
// # A case
//
// The setup of a case makes packet pools and IP instances on one wire, which loses nothing by itself. Its steps are
// carried out one after another by one thread, the script. After each of them the script lets the network come to rest:
// whatever needs no tick has happened before the next step. FORMAT.md beside the vectors describes the ops, and which
// answers are compared loosely.
//
// # Ops
//
// An op is a function in the table that [register] fills; each file of the package adds those of one protocol. A case
// with an op that the table does not have is skipped, with the op in the reason.
package socket
