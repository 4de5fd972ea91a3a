package shrink_test

import (
	"fmt"
	"time"

	"netxsim/sim"
	"netxsim/sim/link"
	"netxsim/sim/link/fault"
	"netxsim/sim/shrink"
)

// A hundred frames cross a bad wire, and the program that gets them fails when number 42 comes late. Why is that?
func Example() {
	run := func(prepare func(*link.Wire)) (failed bool) {
		kernel := sim.New(sim.Config{Seed: 7, Horizon: time.Second, UntilHorizon: true})
		wire := link.New(kernel, link.Config{Name: "lan"})
		prepare(wire)
		a := wire.Attach("a", [6]byte{2, 5: 1}, func([]byte) {})
		wire.Attach("b", [6]byte{2, 5: 2}, func(frame []byte) {
			failed = failed || frame[14] == 42 && kernel.Now() > 60*time.Millisecond
		})
		if _, err := kernel.Run(func() {
			for n := range 100 {
				kernel.After(time.Duration(n)*time.Millisecond, func() {
					a.Send([]byte{2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x88, 0xB5, byte(n)})
				})
			}
		}); err != nil {
			fmt.Println(err)
		}
		return failed
	}

	var recording *fault.Recording
	failed := run(func(wire *link.Wire) {
		fault.Attach(wire, fault.Loss(0.1), fault.Duplication(0.2, 3*time.Millisecond), fault.Jitter(40*time.Millisecond, true))
		recording = fault.Record(wire)
	})
	fmt.Println("fails:", failed, "with", len(recording.Faults()), "frame faults")

	found, err := shrink.Schedule(recording.Faults(), func(list []fault.FrameFault) bool {
		return run(func(wire *link.Wire) { fault.Replay(list, wire) })
	}, shrink.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(found.YAML())
	// Output:
	// fails: true with 116 frame faults
	// faults:
	//   - lan a>b 43 delay 20ms
}
