// Package session fetches mail once, from start to end: a POP3 server with a mailbox, or an uplink to a real one, and a
// NetX Duo client on one simulated wire, and the report of what the client's packet pools did.
package session

import (
	"context"
	"io"
	"time"

	"go.uber.org/zap/zapcore"
)

// Options say what is fetched, over which network, by which client.
type Options struct {
	Mail      string        // maildir folder, folder of .eml files, mbox file or .eml file; empty: the demo's messages
	Server    *Server       // real server to fetch from, in real time and in place of Mail; nil: a simulated one
	Out       string        // folder for the fetched messages; empty: they are checked and dropped
	Pcap      string        // pcapng file for the frames of the (first) run; empty: none
	Trace     string        // file for a timeline of threads and pool, for Perfetto; empty: none
	APOP      bool          // log in with APOP, else with USER and PASS
	Faithful  bool          // run the client with the C library's bugs, and name those hit
	Twice     bool          // run everything twice and compare the events
	Seed      uint64        // seed of all chance in the run
	Loss      float64       // share of frames the wire loses, 0 to 1
	Latency   time.Duration // time a frame takes from end to end of the wire, at least a microsecond
	Bandwidth uint64        // bits per second in each direction; 0: unlimited
	Pool      Pool          // the client's packet pool
	ABI       ABI           // target whose sizes the client's pool is carved by
	Log       zapcore.Level // least severe event that is logged; zapcore.InvalidLevel: none is
	ShowTalk  bool          // print the POP3 dialogue
}

// Pool is the size of the client's packet pool.
type Pool struct {
	Payload uint32 // bytes of data area of each packet
	Packets uint32 // number of packets
}

// An ABI names a target by the size of its pointers, which decides how many bytes of RAM a packet's header takes.
type ABI string

// The targets.
const (
	ILP32 ABI = "ilp32" // 32-bit pointers
	LP64  ABI = "lp64"  // 64-bit pointers
)

// Streams are where a run writes.
type Streams struct {
	Out      io.Writer             // the report
	Err      io.Writer             // the log
	Progress func(done, total int) // called as messages arrive
}

// A Runner fetches mail as o says and prints the report. It fails when not every message arrived as the server held it.
type Runner func(ctx context.Context, s Streams, o Options) error
