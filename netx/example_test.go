package netx_test

import (
	"fmt"

	. "netxsim/netx"
	"netxsim/sim"
)

// The variables of the C file.
var (
	pool_0        NX_PACKET_POOL
	packet_memory [4096]UCHAR
)

// define is tx_application_define of the C file.
func define() {
	status := NxPacketPoolCreate(&pool_0, "packet pool 0", 512, packet_memory[:], 4096)
	if status != NX_SUCCESS {
		fmt.Printf("pool: 0x%02X\n", status)
	}
}

// thread_0_entry is a thread's entry function of the C file.
func thread_0_entry() {
	var packet *NX_PACKET
	var length ULONG
	message := []UCHAR("hello, world")

	status := NxPacketAllocate(&pool_0, &packet, NX_UDP_PACKET, NX_WAIT_FOREVER)
	if status != NX_SUCCESS {
		return
	}
	status = NxPacketDataAppend(packet, message, ULONG(len(message)), &pool_0, NX_WAIT_FOREVER)
	status += NxPacketLengthGet(packet, &length)
	fmt.Println("status", status, "length", length, "room", packet.DataEnd-packet.AppendPtr)
	status = NxPacketRelease(packet)
	fmt.Println("release", status, "again", NxPacketRelease(packet))
}

// A C program for NetX Duo after the rename, with the package dot-imported.
func Example() {
	program := &Program{Kernel: sim.New(sim.Config{})}
	_, err := program.Run(func() {
		define()
		_, err := program.Kernel.NewThread(sim.ThreadConfig{Name: "thread 0", Priority: 4, Entry: thread_0_entry})
		if err != nil {
			fmt.Println(err)
		}
	})
	fmt.Println("end:", err)
	// Output:
	// status 0 length 12 room 436
	// release 0 again 7
	// end: <nil>
}
