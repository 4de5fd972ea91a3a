package hostfault_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"netxsim/packetpool"
	"netxsim/sim"
	"netxsim/sim/hostfault"
	"netxsim/sim/link"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const ms = time.Millisecond

// world is a wire with ports a and b, a pool, a clock and a log.
type world struct {
	kernel *sim.Kernel
	wire   *link.Wire
	a, b   *link.Port
	pool   *packetpool.Pool
	clock  time.Duration
	log    []string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{kernel: sim.New(sim.Config{Horizon: time.Minute, UntilHorizon: true})}
	w.wire = link.New(w.kernel, link.Config{Latency: ms})
	w.a = w.wire.Attach("a", [6]byte{2, 5: 1}, func(f []byte) { w.note("a gets %d", f[14]) })
	w.b = w.wire.Attach("b", [6]byte{2, 5: 2}, func(f []byte) { w.note("b gets %d", f[14]) })
	pool, err := packetpool.New(w.kernel, packetpool.Config{
		Name: "rx", Payload: 128, Size: packetpool.SizeFor(packetpool.ILP32, 128, 5), Target: packetpool.ILP32,
	})
	if err != nil {
		t.Fatal(err)
	}
	w.pool = pool
	return w
}

func (w *world) note(format string, args ...any) {
	w.log = append(w.log, fmt.Sprintf("%v ", w.kernel.Now())+fmt.Sprintf(format, args...))
}

// StepClock makes the world a clock.
func (w *world) StepClock(d time.Duration) {
	w.clock += d
	w.note("clock %v", w.clock)
}

func (w *world) send(mark byte) {
	f := make([]byte, 60)
	f[0], f[5], f[14] = 2, 2, mark
	w.a.Send(f)
}

func TestFaults(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault func(w *world) hostfault.Fault
		play  func(w *world, set *hostfault.Set)
		text  string
		want  []string
		count hostfault.Counter
	}{
		{"nothing", func(*world) hostfault.Fault { return hostfault.Fault{} }, nil, "nothing: at 0s", nil, hostfault.Counter{Name: "nothing"}},
		{"freeze", func(w *world) hostfault.Fault {
			return hostfault.Fault{At: 3 * ms / 2, For: 10 * ms, Do: hostfault.Freeze{Wire: w.wire, Ports: []string{"b", "nobody"}}}
		}, func(w *world, _ *hostfault.Set) {
			w.send(1)
			w.kernel.After(2*ms, func() { w.send(2) })
			w.kernel.After(12*ms, func() { w.send(3) })
		}, "freeze: b, nobody hangs at 1.5ms for 10ms", []string{"1ms b gets 1", "11.5ms b gets 2", "13ms b gets 3"}, hostfault.Counter{Name: "freeze", Begun: 1}},
		{"freeze every now and then", func(w *world) hostfault.Fault {
			return hostfault.Fault{Name: "hiccup", At: ms, For: 2 * ms, Every: 4 * ms, Do: hostfault.Freeze{Wire: w.wire, Ports: []string{"b"}, Drop: true}}
		}, func(w *world, set *hostfault.Set) {
			for mark := range byte(10) {
				w.kernel.After(time.Duration(mark)*ms+ms/2, func() { w.send(mark) })
			}
			w.kernel.After(10*ms, func() { set.Switch("hiccup", false) })
		}, "hiccup: b hangs and loses its frames at 1ms for 2ms, every 4ms",
			// down from 1 to 3, 5 to 7, 9 to 10 when it is switched off
			[]string{"3.5ms b gets 2", "4.5ms b gets 3", "7.5ms b gets 6", "8.5ms b gets 7", "10.5ms b gets 9"}, hostfault.Counter{Name: "hiccup", Begun: 3}},
		{"freeze nobody", func(w *world) hostfault.Fault {
			return hostfault.Fault{Do: hostfault.Freeze{Wire: w.wire, Ports: []string{"x"}}}
		}, nil, "freeze: x hangs at 0s", nil, hostfault.Counter{Name: "freeze", Idle: 1}},
		{"reboot", func(w *world) hostfault.Fault {
			return hostfault.Fault{At: 2 * ms, For: 5 * ms, Do: hostfault.Reboot{
				Wire: w.wire, Ports: []string{"b"}, Stop: func() { w.note("down") }, Start: func() { w.note("up") },
			}}
		}, func(w *world, _ *hostfault.Set) {
			w.kernel.After(3*ms/2, func() { w.send(1) })
			w.kernel.After(3*ms, func() { w.send(2) })
			w.kernel.After(8*ms, func() { w.send(3) })
		}, "reboot: b reboots at 2ms for 5ms", []string{"2ms down", "7ms up", "9ms b gets 3"}, hostfault.Counter{Name: "reboot", Begun: 1}},
		{"all packets, on demand", func(w *world) hostfault.Fault {
			return hostfault.Fault{OnDemand: true, For: 2 * ms, Do: hostfault.Exhaust{Pool: w.pool}}
		}, func(w *world, set *hostfault.Set) {
			w.pool.Allocate(0, 0)
			w.kernel.After(ms, func() {
				if !set.Trigger("exhaust") || set.Trigger("nobody") {
					t.Error("Trigger does not find what there is, or finds what there is not")
				}
				set.Trigger("exhaust")
				w.note("free %d, %v", w.pool.Available(), w.pool.Holders())
			})
			w.kernel.After(4*ms, func() { w.note("free %d", w.pool.Available()) })
		}, "exhaust: all packets of pool rx are taken on demand for 2ms", []string{
			"1ms free 0, [{fault 4} {initialization 1}]", "4ms free 4",
		}, hostfault.Counter{Name: "exhaust", Begun: 1, Idle: 1}},
		{"some packets, for no time", func(w *world) hostfault.Fault {
			return hostfault.Fault{At: ms, Do: hostfault.Exhaust{Pool: w.pool, Packets: 3}}
		}, func(w *world, _ *hostfault.Set) {
			w.kernel.After(2*ms, func() { w.note("free %d, lowest %d", w.pool.Available(), w.pool.Stats().Lowest) })
		}, "exhaust: 3 packets of pool rx are taken at 1ms", []string{"2ms free 5, lowest 2"}, hostfault.Counter{Name: "exhaust", Begun: 1}},
		{"all packets but two", func(w *world) hostfault.Fault {
			return hostfault.Fault{At: ms, For: time.Second, Do: hostfault.Exhaust{Pool: w.pool, Leave: 2}}
		}, func(w *world, _ *hostfault.Set) {
			w.kernel.After(2*ms, func() { w.note("free %d", w.pool.Available()) })
		}, "exhaust: all but 2 packets of pool rx are taken at 1ms for 1s", []string{"2ms free 2"}, hostfault.Counter{Name: "exhaust", Begun: 1}},
		{"a clock", func(w *world) hostfault.Fault {
			return hostfault.Fault{At: ms, Every: 3 * ms, Do: hostfault.ClockStep{Name: "b", Clock: w, By: -time.Hour}}
		}, func(w *world, set *hostfault.Set) { w.kernel.After(5*ms, func() { set.Switch("clock step", false) }) },
			"clock step: the clock of b jumps by -1h0m0s at 1ms, every 3ms", []string{"1ms clock -1h0m0s", "4ms clock -2h0m0s"}, hostfault.Counter{Name: "clock step", Begun: 2}},
		{"a clock, and back", func(w *world) hostfault.Fault {
			return hostfault.Fault{At: ms, For: ms, Do: hostfault.ClockStep{Name: "b", Clock: w, By: time.Hour}}
		}, nil, "clock step: the clock of b jumps by 1h0m0s at 1ms for 1ms", []string{"1ms clock 1h0m0s", "2ms clock 0s"}, hostfault.Counter{Name: "clock step", Begun: 1}},
		{"the system clock", func(*world) hostfault.Fault {
			return hostfault.Fault{At: 15 * ms, For: 30 * ms, Do: hostfault.TickStep{By: -100}}
		}, func(w *world, _ *hostfault.Set) {
			for i := range 6 {
				w.kernel.After(time.Duration(10*i+1)*ms, func() { w.note("tick %d", int32(w.kernel.Ticks())) })
			}
		}, "tick step: the system clock jumps by -100 ticks at 15ms for 30ms", []string{
			"1ms tick 0", "11ms tick 1", "21ms tick -98", "31ms tick -97", "41ms tick -96", "51ms tick 5"}, hostfault.Counter{Name: "tick step", Begun: 1}},
		{"the program's own", func(w *world) hostfault.Fault {
			return hostfault.Fault{At: ms, Do: hostfault.Func{Text: "something", Begin: func() { w.note("begin") }, End: func() { w.note("end") }}}
		}, nil, "change: something at 1ms", []string{"1ms begin", "1ms end"}, hostfault.Counter{Name: "change", Begun: 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			fault := tt.fault(w)
			set := hostfault.Attach(w.kernel, fault)
			if _, err := w.kernel.Run(func() {
				if tt.play != nil {
					tt.play(w, set)
				}
			}); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, w.log); diff != "" {
				t.Errorf("log (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]hostfault.Counter{tt.count}, set.Counters()); diff != "" {
				t.Errorf("counters (-want +got):\n%s", diff)
			}
			if fault.String() != tt.text {
				t.Errorf("%q, want %q", fault, tt.text)
			}
			if err := w.pool.Check(); err != nil {
				t.Error(err)
			}
		})
	}
}
