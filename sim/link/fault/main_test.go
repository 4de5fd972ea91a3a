package fault_test

import (
	"fmt"
	"testing"
	"time"

	"go.uber.org/goleak"

	"netxsim/sim"
	"netxsim/sim/link"
	"netxsim/sim/link/fault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is a wire with ports a to d, which note what arrives. A frame's last byte but one is its mark.
type world struct {
	kernel *sim.Kernel
	wire   *link.Wire
	ports  map[string]*link.Port
	log    []string
}

func newWorld(seed uint64) *world {
	w := &world{kernel: sim.New(sim.Config{Seed: seed, Horizon: time.Hour, UntilHorizon: true}), ports: map[string]*link.Port{}}
	w.wire = link.New(w.kernel, link.Config{Name: "lan", Latency: time.Millisecond})
	for i, name := range []string{"a", "b", "c", "d"} {
		w.ports[name] = w.wire.Attach(name, address(i), func(frame []byte) {
			w.log = append(w.log, fmt.Sprintf("%v %s %d", w.kernel.Now(), name, frame[14]))
		})
	}
	return w
}

// address is that of a port: a is 0.
func address(i int) [6]byte { return [6]byte{2, 5: byte(i + 1)} }

// send has a port send a frame of size bytes behind the header, of which the first is the mark.
func (w *world) send(from, to string, mark byte, size int) {
	frame := make([]byte, link.HeaderLen+size)
	destination, source := address(int(to[0]-'a')), address(int(from[0]-'a'))
	if to == "*" {
		destination = [6]byte{255, 255, 255, 255, 255, 255}
	}
	copy(frame, destination[:])
	copy(frame[6:], source[:])
	frame[12] = 0x88 // no protocol that anybody knows
	frame[14] = mark
	w.ports[from].Send(frame)
}

// run runs what happens, and then an hour.
func (w *world) run(t testing.TB, play func()) {
	t.Helper()
	if _, err := w.kernel.Run(play); err != nil {
		t.Fatal(err)
	}
}

// lost runs n frames from a to b, 10 µs apart, and returns which of them did not arrive.
func lost(t testing.TB, seed uint64, n int, faults ...fault.Fault) (pattern []bool, counters []fault.Counter) {
	t.Helper()
	w := newWorld(seed)
	set := fault.Attach(w.wire, faults...)
	pattern = make([]bool, n)
	w.wire.Observe(func(e link.FrameEvent) {
		if e.Kind == link.Lost {
			pattern[e.Number-1] = true
		}
	})
	w.run(t, func() {
		sent := 0
		var next *sim.Event
		next = w.kernel.NewEvent(func() {
			w.send("a", "b", 0, 46)
			if sent++; sent < n {
				next.Reset(10 * time.Microsecond)
			}
		})
		next.Reset(0)
	})
	return pattern, set.Counters()
}
