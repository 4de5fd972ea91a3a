// Package pop3server is a POP3 server for simulated hosts: RFC 1939 with APOP,
// TOP and UIDL, the capability list of RFC 2449, STLS (RFC 2595) and AUTH PLAIN (RFC 5034).
//
// # Sessions
//
// The server works over any [net.Conn]. [Server.ServeConn] serves one connection
// in the calling goroutine; [Server.Serve] accepts connections and starts work
// through [Config].Go, so that the same server runs as ordinary goroutines or as
// threads of a simulated kernel. It takes locks only for moments in which it does
// not wait for anything, so that a kernel that runs one thread at a time is never stuck.
//
// A session is in the AUTHORIZATION state until USER and PASS, or APOP, name a
// [User]; in the TRANSACTION state, where the mailbox belongs to it alone and is as it
// was at login; and in the UPDATE state after QUIT, when the marked messages are deleted.
// A connection that ends in any other way deletes nothing (RFC 1939, section 3).
//
// # Time and chance
//
// The server reads no clock and draws no random number of its own. The stamp
// in the greeting, which APOP needs, comes from [Config].Rand, and an idle time-out
// is set only through the deadlines of the connection, with [Config].Now as the clock.
// The same Config and the same commands give the same bytes.
//
// # Writes
//
// A reply goes out in chunks of [Config].WriteSize bytes, the last one shorter: one Write for
// each, so that replies become full TCP segments. Replies to pipelined commands (RFC 2449,
// section 6.6) share chunks. With [Config].SplitReplies the status line of a
// reply of several lines is a Write of its own: some clients, NetX Duo's among them, take the first
// packet for the status line and refuse one that is larger than a packet of their pool.
//
// # Limits
//
// A command line may have 255 bytes and a status line has at most 512, both with
// CRLF (RFC 2449, section 4). After 20 commands that are refused for their form,
// and after 3 failed logins, the connection is closed. There is no login delay. A password
// is taken without TLS too. Messages are served as they are; there is no UTF8 mode (RFC 6856).
package pop3server
