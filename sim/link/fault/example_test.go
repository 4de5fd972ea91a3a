package fault_test

import (
	"fmt"
	"time"

	"netxsim/sim"
	"netxsim/sim/link"
	"netxsim/sim/link/fault"
)

// Three frames, of which the first arrives twice and the second is lost; what has happened is recorded and replayed.
func Example() {
	send := func(prepare func(*link.Wire)) {
		kernel := sim.New(sim.Config{Horizon: time.Second, UntilHorizon: true})
		wire := link.New(kernel, link.Config{Name: "lan"})
		prepare(wire)
		a := wire.Attach("a", [6]byte{2, 5: 1}, func([]byte) {})
		wire.Attach("b", [6]byte{2, 5: 2}, func(frame []byte) { fmt.Println(kernel.Now(), "b gets frame", frame[14]) })
		_, err := kernel.Run(func() {
			for n := range byte(3) {
				a.Send([]byte{2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x88, 0xB5, n + 1})
			}
		})
		if err != nil {
			fmt.Println(err)
		}
	}

	var recording *fault.Recording
	send(func(wire *link.Wire) {
		set := fault.Attach(wire,
			fault.Fault{If: fault.Nth(1), Do: fault.Duplicate{After: time.Millisecond}},
			fault.Loss(1).When(fault.Path("a", "b")).Limited(1).Named("the second").When(fault.Nth(3)),
		)
		for _, f := range set.Faults() {
			fmt.Println(f)
		}
		recording = fault.Record(wire)
	})
	fmt.Print(fault.YAMLSnippet(recording.Faults()))
	send(func(wire *link.Wire) { fault.Replay(recording.Faults()[1:], wire) })
	// Output:
	// duplicate: a frame if it is number 1 arrives again after 1ms
	// the second: a frame if it is number 3 from a to b with a probability of 100% is lost, at most 1 times
	// 1µs b gets frame 1
	// 1µs b gets frame 3
	// 1.001ms b gets frame 1
	// faults:
	//   - lan a>b 1+1 copy 1ms
	//   - lan a>b 2 drop
	// 1µs b gets frame 1
	// 1µs b gets frame 3
}

// A bad hour: the weather gets worse, and then the line breaks.
func ExampleSequence() {
	for _, f := range fault.Sequence(10*time.Minute,
		fault.Phase{For: 20 * time.Minute, Faults: []fault.Fault{fault.Loss(0.01), fault.Jitter(20*time.Millisecond, false)}},
		fault.Phase{For: 10 * time.Minute, Faults: []fault.Fault{fault.BurstLoss(fault.Bursts(0.2, 5))}},
		fault.Phase{For: time.Minute, Faults: []fault.Fault{{Name: "cable", Do: fault.Drop{}}}},
	) {
		fmt.Println(f)
	}
	// Output:
	// loss: a frame between 10m0s and 30m0s with a probability of 1% is lost
	// jitter: a frame between 10m0s and 30m0s arrives later by 0s to 20ms, in order
	// burst loss: a frame between 30m0s and 40m0s in bursts (good to bad 5%, back 20%, of the good 0%, of the bad 100%) is lost
	// cable: a frame between 40m0s and 41m0s is lost
}

// Only SYN segments, every second of them, and only from one side.
func ExampleMatch() {
	f := fault.Fault{Name: "slow to connect", If: fault.All(fault.From("client"), fault.Match{Flags: fault.SYN, DestinationPort: 110}, fault.Every(2)),
		Do: fault.Delay{By: 3 * time.Second}}
	fmt.Println(f)
	// Output:
	// slow to connect: a frame from client to port 110 with SYN if it is one in 2 by count arrives 3s later, in order
}
