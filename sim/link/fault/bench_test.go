package fault_test

import (
	"testing"
	"time"

	"netxsim/sim"
	"netxsim/sim/link"
	"netxsim/sim/link/fault"
)

// BenchmarkSend sends full frames over a wire without faults, with faults that do nothing, and with some that do.
func BenchmarkSend(b *testing.B) {
	for _, bb := range []struct {
		name   string
		faults []fault.Fault
	}{
		{"without", nil},
		{"off", []fault.Fault{fault.Loss(1).SwitchedOff()}},
		{"loss", []fault.Fault{fault.Loss(0.02)}},
		{"match", []fault.Fault{fault.Loss(1).When(fault.Match{Protocol: fault.UDP, Port: 53})}},
		{"five", []fault.Fault{
			fault.BurstLoss(fault.Bursts(0.01, 3)), fault.Jitter(time.Millisecond, false), fault.Duplication(0.01, 0), fault.Corruption(0.01),
			fault.Bottleneck(1e9, 100),
		}},
	} {
		b.Run(bb.name, func(b *testing.B) {
			kernel := sim.New(sim.Config{})
			wire := link.New(kernel, link.Config{Bandwidth: 1e9})
			if bb.faults != nil {
				fault.Attach(wire, bb.faults...)
			}
			from := wire.Attach("a", address(0), func([]byte) {})
			wire.Attach("b", address(1), func([]byte) {})
			frame := packet(6, 0, segment(fault.ACK, string(make([]byte, 1456))))
			b.ReportAllocs()
			if _, err := kernel.Run(func() {
				if _, err := kernel.NewThread(sim.ThreadConfig{Entry: func() {
					for b.Loop() {
						_ = kernel.WaitDeadline(from, from.Send(frame), nil)
					}
				}}); err != nil {
					b.Error(err)
				}
			}); err != nil {
				b.Fatal(err)
			}
		})
	}
}
