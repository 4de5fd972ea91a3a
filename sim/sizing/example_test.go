package sizing_test

import (
	"context"
	"fmt"
	"os"

	"netxsim/sim/scenario"
	"netxsim/sim/sizing"
)

// A test of firmware asserts that a pool is large enough.
func ExampleEnough() {
	s, _ := scenario.LoadFile("examples/pop3-shared.yaml")
	fmt.Println(sizing.Enough(context.Background(), sizing.WithPackets(s, "device", 4), 10))
	fmt.Println(sizing.Enough(context.Background(), sizing.WithPackets(s, "device", 3), 10) != nil)
	// Output:
	// <nil>
	// true
}

// A build step asks for the smallest pools and writes them as C.
func ExampleAdvise() {
	s, err := scenario.LoadFile("examples/pop3-shared.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	advice, err := sizing.Advise(context.Background(), s, sizing.Options{Seeds: 5})
	if err != nil {
		fmt.Println(err)
		return
	}
	os.Stdout.WriteString(advice.C())
	// Output:
	// static NX_PACKET_POOL device_pool; /* 60 bytes */
	// static ULONG device_pool_memory[6384 / sizeof(ULONG)]; /* 4 packets: 1536 bytes of payload, 60 of header each */
	//
	// status = nx_packet_pool_create(&device_pool, "device", 1536, device_pool_memory, 6384);
}
