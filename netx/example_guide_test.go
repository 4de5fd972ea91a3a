package netx_test

import (
	"fmt"

	. "netxsim/netx"
	"netxsim/sim"
)

const STACK = 1024

func SIZE() ULONG { return (Sizeof[NX_PACKET]() + 128) * 4 }

var (
	sender, receiver TX_THREAD
	pool             NX_PACKET_POOL
	ip               NX_IP
	out, in          NX_UDP_SOCKET
	memory           []UCHAR
)

func arrived(socket *NX_UDP_SOCKET) {
	if socket == &in {
		fmt.Println("one for port 7")
	}
}

func send_entry(input ULONG) {
	var packet *NX_PACKET

	NxUdpSocketCreate(&ip, &out, "out", NX_IP_NORMAL, NX_FRAGMENT_OKAY, NX_IP_TIME_TO_LIVE, 5)
	NxUdpSocketBind(&out, NX_ANY_PORT, NX_NO_WAIT)
	status := NxPacketAllocate(&pool, &packet, NX_UDP_PACKET, NX_WAIT_FOREVER)
	status += NxPacketDataAppend(packet, []UCHAR("hello"), 5, &pool, NX_NO_WAIT)
	if status == NX_SUCCESS {
		status = NxUdpSocketSend(&out, packet, IP_ADDRESS(10, 0, 0, 1), 7)
	}
	if status != NX_SUCCESS {
		NxPacketRelease(packet)
	}
}

func receive_entry(input ULONG) {
	var packet *NX_PACKET

	NxUdpSocketCreate(&ip, &in, "in", NX_IP_NORMAL, NX_FRAGMENT_OKAY, NX_IP_TIME_TO_LIVE, 5)
	NxUdpSocketBind(&in, 7, NX_NO_WAIT)
	NxUdpSocketReceiveNotify(&in, arrived)
	for NxUdpSocketReceive(&in, &packet, 2*NX_IP_PERIODIC_RATE) == NX_SUCCESS {
		fmt.Printf("%d bytes: %.5s\n", packet.Length, packet.At(packet.PrependPtr))
		NxPacketRelease(packet)
	}
}

func tx_application_define_guide(first_unused_memory []byte) {
	pointer := first_unused_memory

	TxThreadCreate(&receiver, "receiver", receive_entry, 0, pointer, STACK, 3, 3, TX_NO_TIME_SLICE, TX_AUTO_START)
	pointer = pointer[STACK:]
	TxThreadCreate(&sender, "sender", send_entry, 0, pointer, STACK, 4, 4, TX_NO_TIME_SLICE, TX_AUTO_START)
	pointer = pointer[STACK:]
	memory = make([]UCHAR, SIZE())
	NxPacketPoolCreate(&pool, "pool", 128, memory, SIZE())
	NxIpCreate(&ip, "ip", IP_ADDRESS(10, 0, 0, 1), 0xFFFFFF00, &pool, NxRamNetworkDriver, pointer, STACK, 1)
	NxUdpEnable(&ip)
}

// The twin of testdata/guide.c, which the porting guide shows beside it.
func Example_guide() {
	program := &Program{
		Kernel:              sim.New(sim.Config{}),
		TxApplicationDefine: tx_application_define_guide,
		FirstUnusedMemory:   make([]byte, 4096),
	}
	_, err := program.Boot(nil)
	fmt.Println("end:", err)
	// Output:
	// one for port 7
	// 5 bytes: hello
	// end: <nil>
}
