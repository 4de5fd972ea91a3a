package simtest

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"

	"netxsim/packetpool"
	"netxsim/sim"
	"netxsim/sim/capture"
	"netxsim/sim/hostfault"
	"netxsim/sim/link/fault"
)

// SeedVariable is the environment variable that replaces the seed of every network of a test run, to repeat a failure.
const SeedVariable = "NETXSIM_SEED"

// Config says what the networks of a test are like. The zero value is the usual one.
type Config struct {
	// Seed determines all chance. 0 means 1. The environment variable NETXSIM_SEED overrides it.
	Seed uint64
	// TicksPerSecond is the rate of the RTOS timer; 0 means 100.
	TicksPerSecond int
	// Target is what pools are divided for. The zero value is packetpool.ILP32.
	Target packetpool.Target
	// IPv6 gives all machines IPv6 besides, with addresses that they may use at once: nobody asks whether others have them.
	IPv6 bool
	// Frames is how many of the last frames a failed test prints. 0 means 40, a negative number none.
	Frames int
	// Faults is what happens to single frames of all wires, in place of everything that they do by chance: what [Shrink] has found. A list
	// that is empty but not nil means that nothing happens.
	Faults []fault.FrameFault
	// NoCapture saves the memory for the frames of the test: a failure then leaves no pcapng file.
	NoCapture bool
}

// A Net is a network of simulated machines that belongs to a test: its wires, hosts and devices.
type Net struct {
	t      testing.TB
	config Config
	kernel *sim.Kernel
	live   bool
	bubble bool
	stop   func() (*sim.Report, error) // of a live network

	mu       sync.Mutex // guards what follows: goroutines of a live network make machines too
	wires    []*Wire
	machines []machine
	names    map[string]bool

	disturbed []*hostfault.Set
	recording fault.Recording // of all wires
	quiet     bool            // a failure explains nothing

	frames  *ring
	pcap    bytes.Buffer
	capture *capture.Capture
	routine string // the label of the test's goroutines
}

// New makes an empty network in virtual time. Its programs are RTOS threads and what
// [Net.Go] starts, one of which runs at a time; [Net.Run] runs them. The same seed gives the same frames at the same
// nanoseconds every time.
//
// At the end of the test it is an error if a packet, a connection or a goroutine is left over; when the test has failed, for
// whatever reason, it prints what there is to know.
func New(t testing.TB, config Config) *Net {
	return newNet(t, config, sim.Config{}, false)
}

// Live makes an empty network for ordinary goroutines. It runs at once, beside the test, until the end of the test, on the
// clock of package time: in a bubble of testing/synctest that is the bubble's, elsewhere the real one. RTOS threads can take part. The checks are those of [New].
//
// In a bubble time passes when all goroutines wait, and sleeping costs nothing.
func Live(t testing.TB, config Config) *Net {
	n := newNet(t, config, sim.Config{Clock: sim.RealTime()}, true)
	n.stop = n.kernel.Start(nil)
	return n
}

// Test runs f in a bubble of testing/synctest, with an empty live network. All its goroutines have to end: the bubble waits for
// them, and panics if they cannot.
func Test(t *testing.T, config Config, f func(t *testing.T, n *Net)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		n := Live(t, config)
		n.bubble = true
		f(t, n)
	})
}

func newNet(t testing.TB, config Config, kernel sim.Config, live bool) *Net {
	t.Helper()
	if config.Seed == 0 {
		config.Seed = 1
	}
	if text := os.Getenv(SeedVariable); text != "" {
		seed, err := strconv.ParseUint(text, 0, 64)
		if err != nil {
			t.Fatalf("simtest: %s: %v", SeedVariable, err)
		}
		config.Seed = seed
	}
	if config.Frames == 0 {
		config.Frames = 40
	}
	if config.Target == (packetpool.Target{}) {
		config.Target = packetpool.ILP32
	}
	kernel.Seed, kernel.TicksPerSecond = config.Seed, config.TicksPerSecond
	n := &Net{
		t: t, config: config, live: live,
		kernel: sim.New(kernel),
		names:  map[string]bool{},
		frames: newRing(config.Frames),
	}
	if !config.NoCapture {
		n.capture = capture.New(&n.pcap)
	}
	n.routine = labelGoroutines(t)
	t.Cleanup(n.finish)
	return n
}

// Kernel returns the kernel that runs the network.
func (n *Net) Kernel() *sim.Kernel { return n.kernel }

// Seed returns the seed of the network.
func (n *Net) Seed() uint64 { return n.config.Seed }

// enter calls f where it may touch machines and wires: on the caller's goroutine while nothing runs or
// the caller has the baton, as an event of the kernel beside a live network.
func (n *Net) enter(f func()) {
	n.t.Helper()
	if !n.tryEnter(f) {
		n.t.Fatal("simtest: the network has ended")
	}
}

// tryEnter is enter that returns false, without having called f to its end, when a live network is over.
func (n *Net) tryEnter(f func()) (alive bool) {
	if !n.live {
		f()
		return true
	}
	return n.kernel.Do(f)
}

// claim takes a name that no machine or wire of the network has yet.
func (n *Net) claim(kind, name string) {
	n.t.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	key := fmt.Sprintf("%s %s", kind, name)
	if n.names[key] {
		n.t.Fatalf("simtest: there are two of the name %q", key)
	}
	n.names[key] = true
}
