package scenario

import (
	"net/netip"

	"netxsim/sim/link/fault"
)

// A Scenario is a network, what its hosts do, and what is expected of it. In a
// scenario made in Go a zero field means its default; Load, LoadFile and
// Scenario.Check fill the defaults in.
type Scenario struct {
	// Name appears in reports.
	Name string `yaml:"name" help:"what reports call the scenario; by default the file's name"`
	// Description is for readers only.
	Description string `yaml:"description" help:"what it is about, for readers"`
	// Target is the device that all netx hosts model.
	Target Target `yaml:"target" help:"the modelled device"`
	// Duration is the virtual time after which a run is cut off.
	Duration Duration `yaml:"duration" help:"virtual time after which the run is cut off" default:"1h" min:"1ms" max:"8760h"`
	// Settle is how long after the last workload packets may take to come back.
	Settle Duration `yaml:"settle" help:"virtual time after the last workload in which packets must be back in their pools" default:"1m" min:"1ms" max:"24h"`
	// Wires, Hosts and Workloads have names of their own.
	Wires     []Wire     `yaml:"wires" help:"Ethernet segments" required:"true"`
	Hosts     []Host     `yaml:"hosts" help:"what is attached to the wires" required:"true"`
	Workloads []Workload `yaml:"workloads" help:"what the hosts do" required:"true"`
	// Faults is what happens to single frames, in place of everything that the
	// wires do by chance: what another run has recorded.
	Faults []fault.FrameFault `yaml:"faults" help:"what happens to single frames, as a recording says it, such as lan client>server 17 drop; in place of all that wires do by chance"`
	// Expect is what must hold in every run.
	Expect Expect `yaml:"expect" help:"what must hold in every run"`

	dir   string     // of the file, for paths in it
	mails *mailStore // shared with clones
}

// A Target is the device of the netx hosts.
type Target struct {
	// ABI is ilp32 or lp64, by which pools are divided.
	ABI string `yaml:"abi" help:"sizes of the device: 4-byte or 8-byte pointers" enum:"ilp32|lp64" default:"ilp32"`
	// HeaderPad is NX_PACKET_HEADER_PAD_SIZE.
	HeaderPad Bytes `yaml:"header_pad" help:"bytes of NX_PACKET_HEADER_PAD, a whole number of words" max:"1024"`
	// Alignment is NX_PACKET_ALIGNMENT.
	Alignment Bytes `yaml:"alignment" help:"NX_PACKET_ALIGNMENT in bytes: 0 for the size of a word, else a power of two" max:"4096"`
	// TicksPerSecond is the rate of ThreadX's timer.
	TicksPerSecond int `yaml:"ticks_per_second" help:"rate of the ThreadX timer, in which waits are counted" default:"100" min:"1" max:"100000"`
}

// A Wire is an Ethernet segment.
type Wire struct {
	Name string `yaml:"name" help:"what hosts call it" required:"true"`
	// Rate is that of each port and direction.
	Rate Rate `yaml:"rate" help:"bits per second of each port and direction; 0 is unlimited" max:"400Gbit/s"`
	// Latency is the time from the last bit leaving to the frame arriving.
	Latency Duration `yaml:"latency" help:"time from the last bit leaving to the frame arriving" default:"1us" min:"1us" max:"10m"`
	// Jitter is the largest extra delay; frames keep their order.
	Jitter Duration `yaml:"jitter" help:"up to so much later, by chance and in order" max:"10m"`
	// MTU is the largest IP packet.
	MTU Bytes `yaml:"mtu" help:"largest IP packet" default:"1500" min:"68" max:"65535"`
	// Loss, Duplicate, Reorder and Corrupt are shares of the deliveries.
	Loss      Percent `yaml:"loss" help:"share of the frames that are lost" max:"100%"`
	Burst     Burst   `yaml:"burst" help:"losses that come in bursts (Gilbert-Elliott)"`
	Duplicate Percent `yaml:"duplicate" help:"share of the frames that arrive twice" max:"100%"`
	Reorder   Percent `yaml:"reorder" help:"share of the frames that the next ones overtake" max:"100%"`
	Corrupt   Percent `yaml:"corrupt" help:"share of the frames in which a bit is flipped" max:"100%"`
	// ReorderBy is how much later a frame arrives that others overtake.
	ReorderBy Duration `yaml:"reorder_by" help:"how much later those arrive" default:"5ms" min:"1us" max:"10m"`
	// Queue is how many bytes may wait to be sent at each port.
	Queue Bytes `yaml:"queue" help:"bytes that may wait at each port to be sent, at its rate; more are lost; 0 is unlimited" max:"1GiB"`
	// Bottleneck is in front of each receiving port.
	Bottleneck Bottleneck `yaml:"bottleneck" help:"what is in front of each receiving port: the outgoing port of a switch"`
	// Outages are times in which nothing arrives.
	Outages []Outage `yaml:"outages" help:"times in which nothing arrives"`
}

// A Burst is loss by a Gilbert-Elliott channel: a good state without loss of
// this kind, and a bad one.
type Burst struct {
	Enter Percent `yaml:"enter" help:"chance, per frame, that the bad state begins" max:"100%"`
	Leave Percent `yaml:"leave" help:"chance, per frame, that it ends" max:"100%"`
	Loss  Percent `yaml:"loss" help:"share of the frames lost in it" default:"100%" min:"0.0001%" max:"100%"`
}

// A Bottleneck lets frames through at a rate, behind a queue. The zero
// Bottleneck is none.
type Bottleneck struct {
	Rate  Rate  `yaml:"rate" help:"bits per second; 0 is no bottleneck" max:"400Gbit/s"`
	Queue Bytes `yaml:"queue" help:"bytes that may wait there; more are lost; 0 is unlimited" max:"1GiB"`
}

// An Outage is a time in which a wire carries nothing.
type Outage struct {
	At  Duration `yaml:"at" help:"when it begins" max:"8760h"`
	For Duration `yaml:"for" help:"how long it lasts" required:"true" min:"1ns" max:"8760h"`
	// Every repeats the outage.
	Every Duration `yaml:"every" help:"it repeats so long after its beginning; 0 is once" max:"8760h"`
}

// Kinds of hosts.
const (
	NetX  = "netx"  // a NetX Duo target, with packet pools
	Plain = "plain" // a computer with as much memory as it wants
)

// A Host is a computer on a wire.
type Host struct {
	Name string `yaml:"name" help:"what workloads call it" required:"true"`
	// Kind is NetX or Plain.
	Kind string `yaml:"kind" help:"a NetX Duo target with packet pools, or a computer with as much memory as it wants" enum:"netx|plain" default:"netx"`
	// Wire is the wire of the first interface; none means the first wire.
	Wire string `yaml:"wire" help:"wire of its first interface; by default the first"`
	// Address is an IPv4 address with its network; none means the next one of
	// 192.168.N.0/24, N being the number of the wire.
	Address netip.Prefix `yaml:"address" help:"IPv4 address and network; by default 192.168.WIRE.HOST/24"`
	// Interfaces are further interfaces of a netx host.
	Interfaces []Interface `yaml:"interfaces" help:"further interfaces" kinds:"netx"`
	// Gateway is the router for other networks.
	Gateway netip.Addr `yaml:"gateway" help:"router for other networks; none by default"`
	// Forward makes a netx host a router.
	Forward bool `yaml:"forward" help:"forward IP packets: a router" kinds:"netx"`
	// Pools are the packet pools of a netx host.
	Pools []Pool `yaml:"pools" help:"packet pools" kinds:"netx"`
	// Driver is the network driver of a netx host.
	Driver Driver `yaml:"driver" help:"network driver" kinds:"netx"`
	// CPU is how slow a netx host is.
	CPU CPU `yaml:"cpu" help:"what frames cost the processor" kinds:"netx"`
	// ARP is the number of entries of the ARP cache.
	ARP int `yaml:"arp" help:"entries of the ARP cache" default:"8" min:"1" max:"65536" kinds:"netx"`
	// Priority is that of the IP thread.
	Priority int `yaml:"priority" help:"priority of the IP thread" default:"1" min:"1" max:"31" kinds:"netx"`
}

// An Interface is a further network interface of a netx host.
type Interface struct {
	Wire    string       `yaml:"wire" help:"wire of the interface" required:"true"`
	Address netip.Prefix `yaml:"address" help:"IPv4 address and network; by default 192.168.WIRE.HOST/24"`
}

// What a pool is used for.
const (
	UseDefault     = "default"     // the IP instance's pool: what arrives, and what the stack sends by itself
	UseAuxiliary   = "auxiliary"   // small messages: NX_ENABLE_DUAL_PACKET_POOL
	UseDriver      = "driver"      // the driver's receive descriptors and what arrives in them
	UsePOP3        = "pop3"        // commands of POP3 clients
	UseApplication = "application" // what applications send
)

// A Pool is a packet pool of a netx host.
type Pool struct {
	// Host is the host's name, filled in.
	Host string `yaml:"-"`
	Name string `yaml:"name" help:"what reports call it; by default the host's name"`
	// Payload is the bytes of data per packet.
	Payload Bytes `yaml:"payload" help:"bytes of data per packet" required:"true" min:"1" max:"65535"`
	Packets int   `yaml:"packets" help:"number of packets" required:"true" min:"1" max:"1000000"`
	// Use is any of default, auxiliary, driver, pop3 and application. What no
	// pool of a host is for uses the default pool.
	Use []string `yaml:"use" help:"what it is for; what no pool is for uses the default pool. One pool alone is for everything" enum:"default|auxiliary|driver|pop3|application"`
	// Fixed keeps the sizing from changing the pool.
	Fixed bool `yaml:"fixed" help:"sizing leaves it as it is"`
	// Payloads, MinPackets and MaxPackets are what sizing tries.
	Payloads   []Bytes `yaml:"payloads" help:"payloads that sizing tries; by default its own choice" min:"1" max:"65535"`
	MinPackets int     `yaml:"min_packets" help:"fewest packets that sizing tries" max:"1000000"`
	MaxPackets int     `yaml:"max_packets" help:"most packets that sizing tries; 0 is its own choice" max:"1000000"`
}

// A Driver says how many packets the network driver of a netx host holds. The
// zero Driver hands every frame on at once.
type Driver struct {
	// Transmit is the number of frames that may wait to be sent, each with its
	// packet. 0 means unlimited.
	Transmit int `yaml:"transmit" help:"transmit descriptors: frames that may wait to be sent; 0 is unlimited" max:"65536"`
	// Receive is the number of packets that wait in receive descriptors. 0 means
	// that a frame takes its packets when it arrives.
	Receive int `yaml:"receive" help:"receive descriptors, each with a packet of the pool; 0: a frame takes its packets when it arrives" max:"65536"`
	// Refill says what happens to a frame when its descriptor cannot get
	// another packet.
	Refill string `yaml:"refill" help:"without a packet for its descriptor a frame is dropped and its packet stays there (drop), or it goes up and the descriptor stays empty until the next frame (later)" enum:"drop|later" default:"drop"`
}

// A CPU says what frames cost a netx host's processor. The zero CPU is
// infinitely fast.
type CPU struct {
	PerFrame Duration `yaml:"per_frame" help:"time the IP thread takes for each received frame" max:"10s"`
	PerByte  Duration `yaml:"per_byte" help:"time it takes besides for each byte" max:"1ms"`
}

// An Expect says what must hold in every run.
type Expect struct {
	// Complete: no session ends with an error, and none is missing.
	Complete *bool `yaml:"complete" help:"every session ends, without an error" default:"true"`
	// Intact: what arrives is what was sent.
	Intact *bool `yaml:"intact" help:"all mail and data arrive as they were sent" default:"true"`
	// Leaks is the number of packets that may be missing from each pool at the end.
	Leaks *int `yaml:"leaks" help:"packets of a pool that may be missing at the end" default:"0" max:"1000000"`
	// AllocationFailures is how many requests may find a pool empty and not wait.
	AllocationFailures *int `yaml:"allocation_failures" help:"requests for packets that may fail: frames lost, messages not sent, calls refused" max:"1000000000"`
	// Session is the longest that a session may take.
	Session *Duration `yaml:"session" help:"longest time a session may take" max:"8760h"`
	// Finish is when everything must be over.
	Finish *Duration `yaml:"finish" help:"virtual time by which all workloads must have ended" max:"8760h"`
	// Suspension is the longest that a thread may wait for a packet.
	Suspension *Duration `yaml:"suspension" help:"longest time a thread may wait for a packet" max:"8760h"`
	// UDPLoss is the share of the datagrams of each UDP flow that may be lost.
	UDPLoss *Percent `yaml:"udp_loss" help:"share of each UDP flow's datagrams that may be lost" max:"100%"`
	// PingLoss is the share of the pings of each workload without an answer.
	PingLoss *Percent `yaml:"ping_loss" help:"share of each workload's pings that may stay without an answer" default:"0%" max:"100%"`
}

// Pools returns the pools of all netx hosts, in order. They are those of s.
func (s *Scenario) Pools() []*Pool {
	var pools []*Pool
	for h := range s.Hosts {
		for p := range s.Hosts[h].Pools {
			pools = append(pools, &s.Hosts[h].Pools[p])
		}
	}
	return pools
}
