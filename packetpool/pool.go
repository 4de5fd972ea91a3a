package packetpool

import (
	"fmt"
	"time"

	"netxsim/netx/status"
)

// WaitForever as a wait never times out; 0 does not wait.
const WaitForever = 0xFFFFFFFF

// A Kernel suspends and resumes the threads that use a pool.
//
// More methods are used where the kernel has them. Now() time.Duration gives
// the virtual time of low points, and CurrentName() string who is running, for
// reports. HoldPreemption() and AllowPreemption() bracket several Wakes that
// let the woken threads run only after the last. WaitersOn(key any) int tells
// waits that are over from those that are not while their threads have not run
// yet.
type Kernel interface {
	// Wait suspends the calling thread, first come first served per key, for
	// at most ticks. It returns the error given to Wake, or timeout.
	Wait(key any, ticks uint32, timeout error) error
	// Wake resumes the longest-waiting thread on key with err and reports
	// whether there was one.
	Wake(key any, err error) bool
}

type (
	clock interface{ Now() time.Duration }
	namer interface{ CurrentName() string }
	gate  interface {
		HoldPreemption()
		AllowPreemption()
	}
	waitersOn interface{ WaitersOn(key any) int }
)

// Config describes a pool to be created.
type Config struct {
	Name    string // for reports; may be empty
	Payload uint32 // bytes of data per packet; C rounds the place it takes, not the value
	Target  Target // the modelled device; zero is a 32-bit one

	// Memory is the area the pool is carved from; the caller must leave it to
	// the pool until the pool is deleted. Its address decides whether bytes
	// are lost to align the start. If nil, the pool allocates Size bytes.
	Memory []byte
	// Size is the number of bytes of Memory to use; 0 means all of it.
	Size uint32

	// DebugInfo keeps for every packet where it was allocated and released,
	// for error texts and [Pool.DebugInfo], at the cost of a stack walk each
	// time. A target with EnablePacketDebugInfo always has it, and larger
	// headers for it; here the sizes stay the same. False means none.
	DebugInfo bool
}

// A Pool is an NX_PACKET_POOL: packets of one payload size in one memory
// area. The zero Pool does not exist yet; [New] or [Pool.Create] makes it.
//
// A pool is used from the threads and events of one kernel, of which one runs
// at a time. It has no lock.
type Pool struct {
	created  bool
	name     string
	kernel   Kernel
	clock    clock
	namer    namer
	gate     gate
	target   Target
	area     []byte // from the aligned start, Size bytes
	geometry geometry
	payload  uint32

	packets   []Packet
	free      *Packet // newest first
	available uint32

	emptyRequests    uint32
	emptySuspensions uint32
	invalidReleases  uint32
	lowWatermark     uint32

	waiting requestList
	ledger  ledger

	observed  bool // anybody watches, or debug information is kept
	debugInfo bool
	watchers  []*watcher
	before    string // who had the packet that an event is about, until then
}

// New creates a pool. k may be nil for a pool nobody waits on.
//
// It mirrors nx_packet_pool_create. Errors: status.SizeError if the payload is
// zero or the memory holds no packet.
func New(k Kernel, cfg Config) (*Pool, error) {
	pool := new(Pool)
	if err := pool.Create(k, cfg); err != nil {
		return nil, err
	}
	return pool, nil
}

// Create makes the pool exist, as [New] does for a control block of the
// caller's. A deleted pool may be created again. Errors: status.PtrError if
// the pool exists, and those of New, which leave it as it was.
func (pool *Pool) Create(k Kernel, cfg Config) error {
	if pool.created {
		return status.PtrError
	}
	g, err := cfg.divide()
	if err != nil {
		return err
	}
	area, err := cfg.area(g)
	if err != nil {
		return err
	}
	*pool = Pool{
		created: true,
		name:    cfg.Name, kernel: k, target: cfg.Target, payload: cfg.Payload,
		area: pool.area, geometry: pool.geometry, packets: pool.packets,
		watchers:  pool.watchers,
		debugInfo: cfg.DebugInfo || cfg.Target.EnablePacketDebugInfo,
	}
	pool.observed = pool.debugInfo || pool.watchers != nil
	pool.clock, _ = k.(clock)
	pool.namer, _ = k.(namer)
	pool.gate, _ = k.(gate)
	pool.carve(area, g)
	pool.available = g.count
	pool.ledger.open(int(g.count))
	return nil
}

// Check returns status.SizeError if the payload is zero or an area of that size
// holds no packet. It does not ask whether the memory is really that large.
func (cfg *Config) Check() error {
	_, err := cfg.divide()
	return err
}

func (cfg *Config) divide() (geometry, error) {
	return cfg.Target.divide(cfg.Payload, addressOf(cfg.Memory), cfg.size())
}

func (cfg *Config) size() uint32 {
	if cfg.Size == 0 {
		return uint32(len(cfg.Memory))
	}
	return cfg.Size
}

// area returns the memory to divide, from its aligned start on.
func (cfg *Config) area(g geometry) ([]byte, error) {
	if cfg.Memory == nil {
		return make([]byte, g.size), nil
	}
	if int(cfg.size()) > len(cfg.Memory) {
		return nil, fmt.Errorf("packetpool: pool %s: size %d is more than the %d bytes of memory: %w",
			cfg.Name, cfg.Size, len(cfg.Memory), status.SizeError)
	}
	return cfg.Memory[g.pad : g.pad+g.size], nil
}

// Delete ends the pool. Every thread that waits on it is resumed with
// status.PoolDeleted, and none of them runs before the last is ready. Packets
// still held stay readable, but cannot be released any more.
//
// It mirrors nx_packet_pool_delete. Errors: status.PtrError if the pool does
// not exist.
func (pool *Pool) Delete() error {
	if !pool.created {
		return status.PtrError
	}
	pool.created = false
	if pool.gate != nil {
		pool.gate.HoldPreemption()
		defer pool.gate.AllowPreemption()
	}
	for req := pool.waiting.pop(); req != nil; req = pool.waiting.pop() {
		pool.kernel.Wake(req, status.PoolDeleted)
	}
	return nil
}

// Created reports whether the pool exists: created and not deleted.
func (pool *Pool) Created() bool { return pool != nil && pool.created }

// Name returns the name the pool was created with.
func (pool *Pool) Name() string { return pool.name }

// Kernel returns the kernel the pool was created on.
func (pool *Pool) Kernel() Kernel { return pool.kernel }

// Target returns the device the pool models.
func (pool *Pool) Target() Target { return pool.target }

// Unchecked reports whether the target has DisableErrorChecking; false if there
// is no pool.
func (pool *Pool) Unchecked() bool { return pool != nil && pool.target.DisableErrorChecking }

// Payload returns the bytes of data a packet holds, as given at creation.
func (pool *Pool) Payload() uint32 { return pool.payload }

// Total returns the number of packets in the pool.
func (pool *Pool) Total() uint32 { return pool.geometry.count }

// Available returns the number of free packets.
func (pool *Pool) Available() uint32 { return pool.available }

// Lowest returns the number of packets that were free at the worst moment so
// far.
func (pool *Pool) Lowest() uint32 { return pool.ledger.lowest }

// Waiting returns the number of threads that wait for a packet. One that was
// aborted or has timed out does not count, even if it has not run since.
func (pool *Pool) Waiting() int {
	n := 0
	for req := pool.waiting.first; req != nil; req = req.next {
		if !pool.isOver(req) {
			n++
		}
	}
	return n
}

// Size returns the bytes of the pool's area from its aligned start, rounded
// down to the alignment: nx_packet_pool_size.
func (pool *Pool) Size() uint32 { return pool.geometry.size }

// Pad returns the bytes that were skipped to align the start of the area.
func (pool *Pool) Pad() uint32 { return pool.geometry.pad }

// Overlaps reports whether an area of size bytes that begins with memory
// collides with the pool's, by the test of nxe_packet_pool_create: one end of
// the new area lies inside the old one, whose last byte does not count. A new
// area that encloses the old one is not found. Bytes beyond the end of memory
// are nobody's.
func (pool *Pool) Overlaps(memory []byte, size uint32) bool {
	first := addressOf(pool.area)
	last := first + uintptr(pool.geometry.size) - 1
	start := addressOf(memory)
	end := start + min(uintptr(size), uintptr(len(memory))) - 1
	return start >= first && start < last || end >= first && end < last
}

// Info is what nx_packet_pool_info_get reports: packets and counters.
type Info struct {
	Total            uint32 // packets in the pool
	Available        uint32 // free packets
	EmptyRequests    uint32 // requests that found the pool empty
	EmptySuspensions uint32 // requests that waited
	InvalidReleases  uint32 // releases of packets that were not allocated
}

// Info returns the pool's counters.
func (pool *Pool) Info() Info {
	return Info{
		Total:            pool.geometry.count,
		Available:        pool.available,
		EmptyRequests:    pool.emptyRequests,
		EmptySuspensions: pool.emptySuspensions,
		InvalidReleases:  pool.invalidReleases,
	}
}

// SetLowWatermark sets the number of free packets below which receiving
// should drop. It mirrors nx_packet_pool_low_watermark_set and returns
// status.NotSupported unless the target has EnableLowWatermark.
func (pool *Pool) SetLowWatermark(packets uint32) error {
	if !pool.target.EnableLowWatermark {
		return status.NotSupported
	}
	pool.lowWatermark = packets
	return nil
}

// LowWatermark returns the number of packets set by SetLowWatermark.
func (pool *Pool) LowWatermark() uint32 { return pool.lowWatermark }

// count adds to a counter, unless the target has none.
func (pool *Pool) count(counter *uint32) {
	if !pool.target.DisablePacketInfo {
		*counter++
	}
}
