package ipstack_test

import (
	"fmt"
	"net/netip"
	"time"

	"netxsim/ipstack"
	"netxsim/packetpool"
	"netxsim/sim"
	"netxsim/sim/link"
)

// Two instances on one wire. What is sent in three packets is received in
// three packets, and each is paid for by the receiver's pool until it is
// released.
func Example() {
	kernel := sim.New(sim.Config{Seed: 1})
	wire := link.New(kernel, link.Config{Latency: time.Millisecond})
	sender := instance(kernel, wire, "sender", "192.2.2.61/24", 61)
	receiver := instance(kernel, wire, "receiver", "192.2.2.89/24", 89)

	server := must(receiver.NewTCPSocket(ipstack.TCPSocketConfig{Name: "server", Window: 8192}))
	client := must(sender.NewTCPSocket(ipstack.TCPSocketConfig{Name: "client", Window: 8192}))

	must(kernel.NewThread(sim.ThreadConfig{Name: "receiver", Priority: 16, Entry: func() {
		check(receiver.Listen(80, server, 5, nil))
		check(server.Accept(sim.WaitForever))
		kernel.Sleep(10)
		pool := receiver.DefaultPool()
		fmt.Printf("%v: %d packets wait, %d of %d are free\n", kernel.Now(), server.ReceiveQueueLen(), pool.Available(), pool.Total())
		for range 3 {
			packet := must(server.Receive(100))
			fmt.Println("received", packet.Length, "bytes")
			check(packet.Release())
		}
	}}))
	must(kernel.NewThread(sim.ThreadConfig{Name: "sender", Priority: 16, Entry: func() {
		check(client.Bind(0, 0))
		check(client.Connect(netip.MustParseAddr("192.2.2.89"), 80, 500))
		for _, size := range []int{10, 20, 30} {
			packet := must(sender.DefaultPool().Allocate(56, 0))
			check(packet.Append(make([]byte, size), sender.DefaultPool(), 0))
			check(client.Send(packet, 100))
		}
	}}))
	must(kernel.Run(nil))
	// Output:
	// 100ms: 3 packets wait, 9 of 12 are free
	// received 10 bytes
	// received 20 bytes
	// received 30 bytes
}

// instance makes an NX_IP with a pool of 12 packets.
func instance(kernel *sim.Kernel, wire *link.Wire, name, address string, mac byte) *ipstack.IP {
	pool := must(packetpool.New(kernel, packetpool.Config{
		Name: name, Payload: 1536, Size: packetpool.SizeFor(packetpool.ILP32, 1536, 12), Target: packetpool.ILP32,
	}))
	ip := must(ipstack.New(kernel, ipstack.Config{
		Name: name, Address: netip.MustParsePrefix(address), Pool: pool, Priority: 1,
		Driver: ipstack.Ethernet(wire, ipstack.HardwareAddress{5: mac}),
	}))
	check(ip.EnableARP(8))
	check(ip.EnableTCP())
	return ip
}

func must[T any](value T, err error) T {
	check(err)
	return value
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
