package scenario

import (
	"context"
	"io"
	"time"

	"go.uber.org/zap"

	"netxsim/packetpool"
	"netxsim/sim/link/fault"
)

// Options say how a scenario is run. The zero Options are seed 0 and nothing
// kept besides the result.
type Options struct {
	// Seed decides all chance of the run.
	Seed uint64
	// Pcap gets the frames of all wires as a pcapng file; nil means none.
	Pcap io.Writer
	// Series keeps the free packets of each pool over time.
	Series bool
	// Sequence keeps the points of a time-sequence plot for each TCP connection.
	Sequence bool
	// Faults keeps what happens to single frames.
	Faults bool
	// Log gets the events of the run; nil means none.
	Log *zap.Logger
	// Context ends the run when it is done; nil means never.
	Context context.Context
}

// The ends of a run.
const (
	EndFinished = "finished" // all workloads are over
	EndHorizon  = "horizon"  // the scenario's duration was over
	EndDeadlock = "deadlock" // threads wait for what can never happen
)

// A Result is what came of one run. Its JSON form is the same, byte for byte,
// for the same scenario, seed and version. Durations are nanoseconds of virtual
// time; points in time count from the start of the run.
type Result struct {
	Scenario string `json:"scenario"`
	Hash     string `json:"hash"` // Scenario.Hash
	Version  string `json:"version"`
	Seed     uint64 `json:"seed"`

	Virtual   time.Duration `json:"virtual"`
	End       string        `json:"end"`
	Deadlock  []string      `json:"deadlock,omitempty"` // a line per waiting thread
	FrameHash string        `json:"frame_hash"`         // of all frames, their times and fates

	Pools     []PoolResult     `json:"pools"`
	Hosts     []HostResult     `json:"hosts"`
	Workloads []WorkloadResult `json:"workloads"`
	Wires     []WireResult     `json:"wires"`
	Failures  []Failure        `json:"failures"`
	Sequence  []Connection     `json:"sequence,omitempty"`

	// Faults is everything that the wires did to single frames, for
	// Scenario.Faults: with that the run is the same without chance.
	Faults []fault.FrameFault `json:"faults,omitempty"`
}

// Passed reports whether everything expected held.
func (r *Result) Passed() bool { return len(r.Failures) == 0 }

// DropSeries leaves out what Series and Sequence of [Options] keep.
func (r *Result) DropSeries() {
	r.Sequence = nil
	for i := range r.Pools {
		r.Pools[i].Series = nil
	}
}

// A PoolResult is what a packet pool went through.
type PoolResult struct {
	Host    string   `json:"host"`
	Name    string   `json:"name"`
	Use     []string `json:"use"`
	Payload int      `json:"payload"` // bytes per packet
	Packets int      `json:"packets"`

	RAM         int `json:"ram"`          // bytes of the target, control block included
	HeaderBytes int `json:"header_bytes"` // of them, those of packet headers and the control block

	Lowest        int                      `json:"lowest"` // fewest free packets
	LowestAt      time.Duration            `json:"lowest_at"`
	LowestHolders []packetpool.HolderCount `json:"lowest_holders,omitempty"`

	EmptyRequests     int                      `json:"empty_requests"` // requests that failed, without or after waiting
	FirstEmptyAt      time.Duration            `json:"first_empty_at"` // of the first of them
	FirstEmptyHolders []packetpool.HolderCount `json:"first_empty_holders,omitempty"`
	FirstEmptyBy      string                   `json:"first_empty_by,omitempty"` // who asked

	Suspensions              int                      `json:"suspensions"` // requests that waited
	LongestSuspension        time.Duration            `json:"longest_suspension"`
	LongestSuspensionAt      time.Duration            `json:"longest_suspension_at"` // when it began
	LongestSuspensionThread  string                   `json:"longest_suspension_thread,omitempty"`
	LongestSuspensionHolders []packetpool.HolderCount `json:"longest_suspension_holders,omitempty"`

	Quiet         []Point                  `json:"quiet"`  // free packets while no session ran: falling numbers are a leak
	Leaked        int                      `json:"leaked"` // packets missing at the end
	LeakedHolders []packetpool.HolderCount `json:"leaked_holders,omitempty"`

	PeakUsedBytes int `json:"peak_used_bytes"` // most bytes of data in held packets at one time
	PeakHeldBytes int `json:"peak_held_bytes"` // bytes of payload of the packets held then

	Series []Point `json:"series,omitempty"`
}

// A Point is the number of free packets from an instant on. In a series an
// instant may have two: how few there were at least, and how many then.
type Point struct {
	At   time.Duration `json:"at"`
	Free int           `json:"free"`
}

// A HostResult is what a netx host counted.
type HostResult struct {
	Name            string `json:"name"`
	FramesReceived  int    `json:"frames_received"`
	FramesSent      int    `json:"frames_sent"`
	ReceiveNoPacket int    `json:"receive_no_packet"` // frames lost for want of packets
	SendNoPacket    int    `json:"send_no_packet"`    // messages of the stack not sent for want of packets
	SendNoRoom      int    `json:"send_no_room"`      // messages not sent: too small a payload
	ChecksumErrors  int    `json:"checksum_errors"`
	TransmitFull    int    `json:"transmit_full"` // frames dropped for want of transmit descriptors
	ReceiveEmpty    int    `json:"receive_empty"` // frames lost for want of a filled receive descriptor
	Retransmissions int    `json:"retransmissions"`
}

// A WorkloadResult is what came of a workload.
type WorkloadResult struct {
	Name     string    `json:"name"`
	Kind     string    `json:"kind"`
	Sessions []Session `json:"sessions"`
	Sent     int       `json:"sent"`     // messages, requests, datagrams or pings; bytes of a stream
	Received int       `json:"received"` // of them, those that arrived or were answered
	Lost     int       `json:"lost"`
}

// A Session is one repetition of a workload.
type Session struct {
	Start    time.Duration `json:"start"`
	End      time.Duration `json:"end"`
	Ended    bool          `json:"ended"` // false when the run was over before the session was
	Bytes    int64         `json:"bytes"` // of data that arrived, in both directions
	Messages int           `json:"messages"`
	Intact   bool          `json:"intact"`
	Error    string        `json:"error,omitempty"`
}

// A WireResult is what became of the frames of a wire.
type WireResult struct {
	Name      string `json:"name"`
	Frames    uint64 `json:"frames"`
	Bytes     uint64 `json:"bytes"`
	Delivered uint64 `json:"delivered"`
	Lost      uint64 `json:"lost"`
	TooLong   uint64 `json:"too_long"`
	Unknown   uint64 `json:"unknown"`
	// Duplicated counts the copies that faults made, Changed and Delayed the
	// deliveries with other bytes, and later.
	Duplicated uint64        `json:"duplicated"`
	Changed    uint64        `json:"changed"`
	Delayed    uint64        `json:"delayed"`
	Faults     []FaultResult `json:"faults,omitempty"`
}

// A FaultResult is what one fault of a wire has done.
type FaultResult struct {
	Name string `json:"name"` // the key of the wire, with a number for outages
	Hits uint64 `json:"hits"` // frames that it has done something to
	Lost uint64 `json:"lost"` // frames that it has lost
}

// A Failure is an expectation that did not hold.
type Failure struct {
	Expect   string                   `json:"expect"` // the key in the scenario
	Text     string                   `json:"text"`   // all of it in a line
	Workload string                   `json:"workload,omitempty"`
	Host     string                   `json:"host,omitempty"`
	Pool     string                   `json:"pool,omitempty"`
	Value    string                   `json:"value,omitempty"`
	Limit    string                   `json:"limit,omitempty"`
	At       time.Duration            `json:"at"`
	Holders  []packetpool.HolderCount `json:"holders,omitempty"` // of the pool's packets then
}

// A Connection is a TCP connection and its segments, for a time-sequence plot.
type Connection struct {
	From     string    `json:"from"`
	To       string    `json:"to"`
	Segments []Segment `json:"segments"`
}

// A Segment is a TCP segment as it was sent. Sequence numbers count from the SYN.
type Segment struct {
	At          time.Duration `json:"at"`
	FromClient  bool          `json:"from_client"`
	Sequence    uint32        `json:"sequence"`
	Length      uint32        `json:"length"`
	Acknowledge uint32        `json:"acknowledge"`
	Window      uint32        `json:"window"`
	Flags       string        `json:"flags"`
	Lost        bool          `json:"lost"`
}
