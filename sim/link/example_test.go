package link_test

import (
	"fmt"
	"time"

	"netxsim/sim"
	"netxsim/sim/link"
)

// A frame of 1250 bytes needs a millisecond at 10 Mbit/s, and then the wire's
// latency; the second one waits for the first.
func Example() {
	kernel := sim.New(sim.Config{})
	wire := link.New(kernel, link.Config{Bandwidth: 10_000_000, Latency: 5 * time.Millisecond})
	a, b := [6]byte{5: 1}, [6]byte{5: 2}
	from := wire.Attach("a", a, func([]byte) {})
	wire.Attach("b", b, func(frame []byte) { fmt.Println(kernel.Now(), "b got", len(frame), "bytes") })

	frame := make([]byte, 1250)
	copy(frame, b[:])
	copy(frame[6:], a[:])
	kernel.After(0, func() {
		fmt.Println("sent after", from.Send(frame))
		fmt.Println("sent after", from.Send(frame))
	})
	kernel.NewThread(sim.ThreadConfig{Name: "wait", Entry: func() { kernel.Sleep(2) }})
	if _, err := kernel.Run(nil); err != nil {
		fmt.Println(err)
	}
	// Output:
	// sent after 1ms
	// sent after 2ms
	// 6ms b got 1250 bytes
	// 7ms b got 1250 bytes
}
