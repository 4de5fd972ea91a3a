package packetpool_test

import (
	"fmt"

	"netxsim/packetpool"
)

// A pool of four packets on a 32-bit device, and a message that needs three of
// them.
func Example() {
	pool, err := packetpool.New(nil, packetpool.Config{
		Name:    "tx",
		Payload: 256,
		Size:    packetpool.SizeFor(packetpool.ILP32, 256, 4),
	})
	if err != nil {
		panic(err)
	}

	const tcpHeaders = 76 // NX_TCP_PACKET
	packet, err := pool.Allocate(tcpHeaders, 0)
	if err != nil {
		panic(err)
	}
	if err := packet.Append(make([]byte, 600), pool, 0); err != nil {
		panic(err)
	}
	fmt.Println("bytes:", packet.Length, "free packets:", pool.Available())

	_, err = packet.Copy(pool, 0)
	fmt.Println("copy:", err)

	if err := packet.Release(); err != nil {
		panic(err)
	}
	stats := pool.Stats()
	fmt.Printf("%d bytes of RAM, %d of %d packets free, at worst %d\n",
		stats.Bytes+stats.ControlBytes, stats.Available, stats.Total, stats.Lowest)
	// Output:
	// bytes: 600 free packets: 1
	// copy: NX_NO_PACKET
	// 1324 bytes of RAM, 4 of 4 packets free, at worst 0
}
