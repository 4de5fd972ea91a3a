package capture_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gopacket/gopacket/pcapgo"
	"go.uber.org/goleak"

	"netxsim/packetpool"
	"netxsim/sim"
	"netxsim/sim/capture"
	"netxsim/sim/link"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	macA      = [6]byte{2, 0, 0, 0, 0, 1}
	macB      = [6]byte{2, 0, 0, 0, 0, 2}
	macC      = [6]byte{2, 0, 0, 0, 0, 3}
	broadcast = [6]byte{255, 255, 255, 255, 255, 255}
	nobody    = [6]byte{2, 9, 9, 9, 9, 9}
)

func frame(to, from [6]byte, n int) []byte {
	f := make([]byte, n)
	copy(f, to[:])
	copy(f[6:], from[:])
	f[12] = 8
	return f
}

// world is a wire with ports A, B and C, of which B keeps what it receives in packets of a pool.
type world struct {
	kernel  *sim.Kernel
	wire    *link.Wire
	a, b, c *link.Port
	pool    *packetpool.Pool
	kept    []*packetpool.Packet
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{kernel: sim.New(sim.Config{Horizon: time.Minute, UntilHorizon: true})}
	w.wire = link.New(w.kernel, link.Config{Name: "lan", Latency: time.Millisecond})
	pool, err := packetpool.New(w.kernel, packetpool.Config{
		Name: "rx", Payload: 256, Size: packetpool.SizeFor(packetpool.ILP32, 256, 2), Target: packetpool.ILP32,
	})
	if err != nil {
		t.Fatal(err)
	}
	w.pool = pool
	w.a = w.wire.Attach("A", macA, func([]byte) {})
	w.b = w.wire.Attach("B", macB, func([]byte) { w.keep() })
	w.c = w.wire.Attach("C", macC, func([]byte) {})
	return w
}

func (w *world) keep() {
	if packet, err := w.pool.Allocate(0, 0); err == nil {
		w.kept = append(w.kept, packet)
	}
}

func TestCapture(t *testing.T) {
	for _, tt := range []struct {
		name string
		play func(w *world)
		want []string
	}{
		{"the sender's interface, the time of sending", func(w *world) {
			w.kernel.After(1500*time.Nanosecond, func() { w.b.Send(frame(macA, macB, 60)) })
			w.a.Send(frame(macC, macA, 61))
			w.a.Send(frame(macC, macA, 62))
		}, []string{"0s A: 61 bytes", "0s A: 62 bytes", "1.5µs B: 60 bytes"}},
		{"what does not arrive", func(w *world) {
			w.a.Send(frame(nobody, macA, 60))
			w.wire.SetLoss(1)
			w.a.Send(frame(broadcast, macA, 61))
			w.wire.SetLoss(0)
			w.a.Send(frame(macC, macA, 62))
			w.kernel.After(time.Microsecond, func() { w.c.Detach() })
			w.a.Send(frame(macC, macA, 2000))
		}, []string{
			"0s A: 60 bytes | nobody has this address",
			"0s A: 61 bytes | lost on the way to B | lost on the way to C",
			"0s A: 62 bytes | lost on the way to C: the receiver is gone",
		}},
		{"a pool that runs out while frames arrive", func(w *world) {
			for i := range 3 {
				w.a.Send(frame(macB, macA, 60+i))
			}
			w.kernel.After(2*time.Millisecond, func() { w.a.Send(frame(macC, macA, 70)) })
		}, []string{
			"0s A: 60 bytes | pool rx at a new low: 1 of 2 free at 0.001000000s; held by event 1",
			"0s A: 61 bytes | pool rx at a new low: 0 of 2 free at 0.001000000s; held by event 2",
			"0s A: 62 bytes | lost at B: no packet in pool rx at 0.001000000s",
			"2ms A: 70 bytes",
		}},
		{"a pool that runs out between frames", func(w *world) {
			w.keep()
			w.keep()
			w.a.Send(frame(macC, macA, 60))
			w.kernel.After(5*time.Millisecond, func() { w.keep() })
		}, []string{
			"0s A: 60 bytes | pool rx at a new low: 0 of 2 free at 0.000000000s; held by initialization 2" +
				" | pool rx is empty: none for event at 0.005000000s",
		}},
		{"a late frame holds back the ones behind it", func(w *world) {
			w.wire.AddRule(func(d link.Delivery) link.Verdict {
				if d.Number == 1 {
					return link.Deliver(time.Second)
				}
				return link.Pass
			})
			w.a.Send(frame(macB, macA, 60))
			w.kernel.After(time.Millisecond, func() { w.a.Send(frame(macC, macA, 61)) })
			w.kernel.After(2*time.Second, func() { w.a.Send(frame(macC, macA, 62)) })
		}, []string{
			"0s A: 60 bytes | delayed by 1s on the way to B | pool rx at a new low: 1 of 2 free at 1.001000000s; held by event 1",
			"1ms A: 61 bytes",
			"2s A: 62 bytes",
		}},
		{"a copy, and a frame that arrives changed", func(w *world) {
			w.wire.AddFault(func(f *link.Fate) {
				if f.To.Name() == "B" {
					f.Truncate(f.Duplicate(0, time.Millisecond, "twins"), 20, "cutter")
				}
				if f.Number == 2 {
					f.Drop(0, "dropper")
				}
			})
			w.a.Send(frame(broadcast, macA, 60))
			w.a.Send(frame(macC, macA, 62))
		}, []string{
			"0s A: 60 bytes | copied on the way to B: twins | changed on the way to B: cutter | delayed by 1ms on the way to B: twins" +
				" | pool rx at a new low: 0 of 2 free at 0.002000000s; held by event 2",
			"0s A: 62 bytes | lost on the way to C: dropper",
			"2ms B: 20 bytes | as it arrived at B, copy 1 of a frame of A: cutter",
		}},
		{"nothing", func(*world) {}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var file bytes.Buffer
			w, c := newWorld(t), capture.New(&file)
			c.Wire(w.wire)
			c.Pool(w.pool)
			if _, err := w.kernel.Run(func() { tt.play(w) }); err != nil {
				t.Fatal(err)
			}
			if err := c.Close(); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, read(t, file.Bytes())); diff != "" {
				t.Errorf("frames (-want +got):\n%s", diff)
			}
		})
	}
}

// TestInterfaces checks what the capture says about its hosts, and that nothing of this machine is in it.
func TestInterfaces(t *testing.T) {
	var file bytes.Buffer
	w, c := newWorld(t), capture.New(&file)
	c.Wire(w.wire)
	if _, err := w.kernel.Run(func() {
		w.b.Send(frame(macA, macB, 60))
		w.a.Send(frame(macB, macA, 60))
	}); err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	read(t, file.Bytes())
	r, err := pcapgo.NewNgReader(bytes.NewReader(file.Bytes()), pcapgo.DefaultNgReaderOptions)
	if err != nil {
		t.Fatal(err)
	}
	got := []string{fmt.Sprintf("%+v", r.SectionInfo())}
	for range 2 {
		if _, _, err := r.ReadPacketData(); err != nil {
			t.Fatal(err)
		}
	}
	for i := range r.NInterfaces() {
		host, err := r.Interface(i)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, host.Name+": "+host.Description)
	}
	want := []string{
		"{Hardware: OS: Application:netxsim Comment:virtual time, from 2000-01-01 00:00:00 UTC}",
		"B: host B, address 02 00 00 00 00 02, wire lan",
		"A: host A, address 02 00 00 00 00 01, wire lan",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestWriteError(t *testing.T) {
	w, c := newWorld(t), capture.New(full{})
	c.Wire(w.wire)
	if _, err := w.kernel.Run(func() {
		for range 100 {
			w.a.Send(frame(macC, macA, 1500))
		}
	}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := c.Close(); err == nil || err.Error() != "no space left" {
			t.Errorf("Close: %v", err)
		}
	}
}

// read returns a line per frame of a capture and one per interface before its first frame.
func read(t *testing.T, file []byte) (lines []string) {
	t.Helper()
	r, err := pcapgo.NewNgReader(bytes.NewReader(file), pcapgo.DefaultNgReaderOptions)
	if err != nil {
		t.Fatal(err)
	}
	for {
		data, info, options, err := r.ReadPacketDataWithOptions()
		if errors.Is(err, io.EOF) {
			return lines
		}
		if err != nil {
			t.Fatal(err)
		}
		i, err := r.Interface(info.InterfaceIndex)
		if err != nil {
			t.Fatal(err)
		}
		line := fmt.Sprintf("%v %s: %d bytes", info.Timestamp.Sub(sim.Epoch), i.Name, len(data))
		for _, c := range options.Comments {
			line += " | " + c
		}
		lines = append(lines, line)
	}
}
