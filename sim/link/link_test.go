package link

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"netxsim/sim"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	macA      = [6]byte{2, 0, 0, 0, 0, 1}
	macB      = [6]byte{2, 0, 0, 0, 0, 2}
	macC      = [6]byte{2, 0, 0, 0, 0, 3}
	broadcast = [6]byte{255, 255, 255, 255, 255, 255}
	multicast = [6]byte{1, 0, 94, 0, 0, 1}
	nobody    = [6]byte{2, 9, 9, 9, 9, 9}
)

// frame returns a frame of n bytes, header included.
func frame(to, from [6]byte, n int) []byte {
	f := make([]byte, max(n, HeaderLen))
	copy(f, to[:])
	copy(f[6:], from[:])
	f[12] = 8
	return f
}

// net is a wire with three ports that log what they receive.
type net struct {
	k       *sim.Kernel
	w       *Wire
	a, b, c *Port
	log     []string
}

func newNet(k *sim.Kernel, cfg Config) *net {
	n := &net{k: k, w: New(k, cfg)}
	attach := func(name string, mac [6]byte) *Port {
		return n.w.Attach(name, mac, func(f []byte) {
			n.log = append(n.log, fmt.Sprintf("%v %s gets %d bytes", k.Now(), name, len(f)))
		})
	}
	n.a, n.b, n.c = attach("a", macA), attach("b", macB), attach("c", macC)
	return n
}

func (n *net) sent(d time.Duration) {
	n.log = append(n.log, fmt.Sprintf("%v sent in %v", n.k.Now(), d))
}

func TestWire(t *testing.T) {
	tests := []struct {
		name string
		cfg  Config
		play func(n *net)
		want []string
		left Counters
	}{
		{"unicast", Config{}, func(n *net) {
			n.sent(n.a.Send(frame(macB, macA, 60)))
		}, []string{"0s sent in 0s", "1µs b gets 60 bytes"}, Counters{Frames: 1, Bytes: 60, Delivered: 1}},
		{"broadcast and multicast", Config{Latency: time.Millisecond}, func(n *net) {
			n.b.Send(frame(broadcast, macB, 60))
			n.c.Send(frame(multicast, macC, 61))
		}, []string{"1ms a gets 60 bytes", "1ms c gets 60 bytes", "1ms a gets 61 bytes", "1ms b gets 61 bytes"},
			Counters{Frames: 2, Bytes: 121, Delivered: 4}},
		{"nobody, oneself", Config{}, func(n *net) {
			n.a.Send(frame(nobody, macA, 60))
			n.a.Send(frame(macA, macA, 60))
		}, nil, Counters{Frames: 2, Bytes: 120, Unknown: 2}},
		{"bandwidth serialises a port, not the wire", Config{Bandwidth: 10_000_000, Latency: time.Millisecond}, func(n *net) {
			n.sent(n.a.Send(frame(macB, macA, 1250)))
			n.sent(n.a.Send(frame(macB, macA, 125)))
			n.sent(n.b.Send(frame(macA, macB, 125)))
			n.k.After(1050*time.Microsecond, func() { n.sent(n.a.Send(frame(macB, macA, 125))) })
			n.k.After(5*time.Millisecond, func() { n.sent(n.a.Send(frame(macB, macA, 125))) })
		}, []string{
			"0s sent in 1ms", "0s sent in 1.1ms", "0s sent in 100µs",
			"1.05ms sent in 150µs",
			"1.1ms a gets 125 bytes",
			"2ms b gets 1250 bytes", "2.1ms b gets 125 bytes", "2.2ms b gets 125 bytes",
			"5ms sent in 100µs", "6.1ms b gets 125 bytes",
		}, Counters{Frames: 5, Bytes: 1750, Delivered: 5}},
		{"MTU", Config{MTU: 100}, func(n *net) {
			n.sent(n.a.Send(frame(macB, macA, 115)))
			n.sent(n.a.Send(frame(macB, macA, 114)))
			n.sent(n.a.Send(make([]byte, 13)))
			n.w.SetMTU(101)
			n.sent(n.a.Send(frame(macB, macA, 115)))
		}, []string{
			"0s sent in 0s", "0s sent in 0s", "0s sent in 0s", "0s sent in 0s",
			"1µs b gets 114 bytes", "1µs b gets 115 bytes",
		}, Counters{Frames: 2, Bytes: 229, Delivered: 2, TooLong: 2}},
		{"loss of everything, then of nothing", Config{Loss: 1}, func(n *net) {
			n.a.Send(frame(broadcast, macA, 60))
			n.w.SetLoss(0)
			n.a.Send(frame(macB, macA, 61))
		}, []string{"1µs b gets 61 bytes"}, Counters{Frames: 2, Bytes: 121, Delivered: 1, Lost: 2}},
		{"rules: first verdict wins", Config{}, func(n *net) {
			n.w.AddRule(func(d Delivery) Verdict {
				if d.To.Name() == "b" {
					return Deliver(time.Second)
				}
				return Pass
			})
			n.w.AddRule(func(d Delivery) Verdict {
				if d.Number == 1 {
					return Drop
				}
				return Pass
			})
			n.a.Send(frame(broadcast, macA, 60))
			n.a.Send(frame(macC, macA, 61))
		}, []string{"1µs c gets 61 bytes", "1.000001s b gets 60 bytes"}, Counters{Frames: 2, Bytes: 121, Delivered: 2, Lost: 1, Delayed: 1}},
		{"a queue in front of the bandwidth", Config{Bandwidth: 1_000_000, Queue: 375}, func(n *net) { // 125 bytes take 1 ms
			for range 4 {
				n.sent(n.a.Send(frame(macB, macA, 125)))
			}
			n.sent(n.b.Send(frame(macC, macB, 125)))
			n.k.After(time.Millisecond, func() {
				n.sent(n.a.Send(frame(macB, macA, 126)))
				n.sent(n.a.Send(frame(broadcast, macA, 125)))
				n.w.SetQueue(0)
				n.sent(n.a.Send(frame(macB, macA, 125)))
			})
		}, []string{
			"0s sent in 1ms", "0s sent in 2ms", "0s sent in 3ms", "0s sent in 0s", "0s sent in 1ms",
			"1ms sent in 0s", "1ms sent in 3ms", "1ms sent in 4ms", "1.001ms b gets 125 bytes", "1.001ms c gets 125 bytes",
			"2.001ms b gets 125 bytes", "3.001ms b gets 125 bytes", "4.001ms b gets 125 bytes", "4.001ms c gets 125 bytes", "5.001ms b gets 125 bytes",
		}, Counters{Frames: 8, Bytes: 1001, Delivered: 7, Lost: 2}},
		{"the frame is copied", Config{}, func(n *net) {
			f := frame(macB, macA, 60)
			n.a.Send(f)
			clear(f)
			n.w.Observe(func(e FrameEvent) {
				if e.Kind == Delivered && e.Frame[12] != 8 {
					n.log = append(n.log, "the sender's change shows")
				}
			})
		}, []string{"1µs b gets 60 bytes"}, Counters{Frames: 1, Bytes: 60, Delivered: 1}},
		{"detached on the way", Config{}, func(n *net) {
			n.a.Send(frame(macB, macA, 60))
			n.b.Detach()
			n.b.Detach()
			n.a.Send(frame(macB, macA, 60))
			n.b.Send(frame(macA, macB, 60))
		}, nil, Counters{Frames: 3, Bytes: 180, Lost: 1, Unknown: 1}},
		{"latency and bandwidth change under way", Config{}, func(n *net) {
			n.w.SetLatency(time.Second)
			n.a.Send(frame(macB, macA, 60))
			n.w.SetLatency(0)
			n.w.SetBandwidth(8)
			n.a.Send(frame(macB, macA, 60))
		}, []string{"1s b gets 60 bytes", "1m0.000001s b gets 60 bytes"}, Counters{Frames: 2, Bytes: 120, Delivered: 2}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			k := sim.New(sim.Config{Horizon: time.Hour, UntilHorizon: true})
			n := newNet(k, tt.cfg)
			if _, err := k.Run(func() { tt.play(n) }); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, n.log); diff != "" {
				t.Errorf("log (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.left, n.w.Counters()); diff != "" {
				t.Errorf("counters (-want +got):\n%s", diff)
			}
		})
	}
}

func TestObserve(t *testing.T) {
	k := sim.New(sim.Config{Horizon: time.Second, UntilHorizon: true})
	n := newNet(k, Config{Bandwidth: 1_000_000, MTU: 100})
	var got []string
	n.w.Observe(func(e FrameEvent) {
		to := "-"
		if e.To != nil {
			to = e.To.Name()
		}
		got = append(got, fmt.Sprintf("%v frame %d %s to %s: %s, %d bytes", e.Time, e.Number, e.From.Name(), to, e.Kind, len(e.Frame)))
	})
	_, err := k.Run(func() {
		n.a.Send(frame(macB, macA, 100))
		n.a.Send(frame(nobody, macA, 60))
		n.a.Send(frame(macB, macA, 1000))
		n.w.SetLoss(1)
		n.c.Send(frame(macB, macC, 60))
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"0s frame 1 a to -: sent, 100 bytes",
		"0s frame 2 a to -: sent, 60 bytes",
		"0s frame 2 a to -: unknown, 60 bytes",
		"0s frame 0 a to -: too long, 1000 bytes",
		"0s frame 3 c to -: sent, 60 bytes",
		"0s frame 3 c to b: lost, 60 bytes",
		"801µs frame 1 a to b: delivered, 100 bytes",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

// chatter sends 200 frames over a lossy wire and returns its hash and losses.
func chatter(t *testing.T, seed uint64, loss float64, change func(i int, f []byte)) (hash, lost uint64) {
	t.Helper()
	k := sim.New(sim.Config{Seed: seed})
	n := newNet(k, Config{Name: "lan", Loss: loss, Bandwidth: 10_000_000})
	_, err := k.Run(func() {
		_, err := k.NewThread(sim.ThreadConfig{Name: "sender", Entry: func() {
			for i := range 200 {
				f := frame(broadcast, macA, 60+i)
				if change != nil {
					change(i, f)
				}
				n.a.Send(f)
				_ = k.Sleep(1)
			}
		}})
		if err != nil {
			t.Error(err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return n.w.Hash(), n.w.Counters().Lost
}

func TestHash(t *testing.T) {
	base, lost := chatter(t, 1, 0.1, nil)
	if lost < 20 || lost > 60 {
		t.Errorf("%d of 400 deliveries lost at 10 %%", lost)
	}
	if again, _ := chatter(t, 1, 0.1, nil); again != base {
		t.Errorf("same seed: hash %x, then %x", base, again)
	}
	if other, _ := chatter(t, 2, 0.1, nil); other == base {
		t.Error("another seed loses other frames, but the hash is the same")
	}
	if other, _ := chatter(t, 1, 0.1, func(i int, f []byte) {
		if i == 150 {
			f[40] ^= 1
		}
	}); other == base {
		t.Error("a bit has changed, but not the hash")
	}
	a, _ := chatter(t, 1, 0, nil)
	if b, _ := chatter(t, 2, 0, nil); a != b {
		t.Error("without loss the seed shows in the hash")
	}
}

func TestAttachTwice(t *testing.T) {
	n := newNet(sim.New(sim.Config{}), Config{Name: "lan"})
	defer func() {
		want := "link: a and twin have the same address 020000000001 on wire lan"
		if got := recover(); got != want {
			t.Errorf("panic %v, want %s", got, want)
		}
	}()
	n.w.Attach("twin", macA, nil)
}

func BenchmarkSend(b *testing.B) {
	k := sim.New(sim.Config{})
	w := New(k, Config{Bandwidth: 100_000_000})
	a := w.Attach("a", macA, func([]byte) {})
	w.Attach("b", macB, func([]byte) {})
	f := frame(macB, macA, 1514)
	b.ReportAllocs()
	b.SetBytes(int64(len(f)))
	_, err := k.Run(func() {
		_, _ = k.NewThread(sim.ThreadConfig{Entry: func() {
			for range b.N {
				sent := a.Send(f)
				_ = k.WaitDeadline(a, sent, nil)
			}
		}})
	})
	if err != nil {
		b.Fatal(err)
	}
}
