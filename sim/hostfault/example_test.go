package hostfault_test

import (
	"fmt"
	"time"

	"netxsim/packetpool"
	"netxsim/sim"
	"netxsim/sim/hostfault"
	"netxsim/sim/link"
)

// A server that hangs for a second every minute, and a pool whose packets are gone when the test says so.
func Example() {
	kernel := sim.New(sim.Config{Horizon: 3 * time.Minute, UntilHorizon: true})
	wire := link.New(kernel, link.Config{})
	server := wire.Attach("server", [6]byte{2, 5: 1}, func([]byte) {})
	pool, err := packetpool.New(kernel, packetpool.Config{
		Name: "rx", Payload: 256, Size: packetpool.SizeFor(packetpool.ILP32, 256, 8), Target: packetpool.ILP32,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	hang := hostfault.Fault{At: time.Minute, For: time.Second, Every: time.Minute, Do: hostfault.Freeze{Wire: wire, Ports: []string{"server"}}}
	leak := hostfault.Fault{Name: "leak", OnDemand: true, For: 10 * time.Second, Do: hostfault.Exhaust{Pool: pool, Leave: 1}}
	fmt.Println(hang)
	fmt.Println(leak)
	set := hostfault.Attach(kernel, hang, leak)

	kernel.After(90*time.Second, func() { set.Trigger("leak") })
	for _, at := range []time.Duration{60*time.Second + 1, 95 * time.Second, 100*time.Second + 1} {
		kernel.After(at, func() {
			fmt.Println(kernel.Now(), "frozen for", server.Frozen(), "and", pool.Available(), "packets are free")
		})
	}
	if _, err := kernel.Run(nil); err != nil {
		fmt.Println(err)
	}
	fmt.Println(set.Counters())
	// Output:
	// freeze: server hangs at 1m0s for 1s, every 1m0s
	// leak: all but 1 packets of pool rx are taken on demand for 10s
	// 1m0.000000001s frozen for 999.999999ms and 8 packets are free
	// 1m35s frozen for 0s and 1 packets are free
	// 1m40.000000001s frozen for 0s and 8 packets are free
	// [{freeze 3 0} {leak 1 0}]
}
