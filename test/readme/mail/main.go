// Mail is the README's program: a NetX target fetches three messages from an ordinary POP3 server.
package main

import (
	"fmt"
	"io"
	"net/netip"
	"time"

	"netxsim/ipstack"
	"netxsim/ipstack/host"
	"netxsim/packetpool"
	"netxsim/pop3client"
	"netxsim/sim"
	"netxsim/sim/link"
	"netxsim/sim/mailbox"
	"netxsim/sim/pop3server"
)

func main() {
	kernel := sim.New(sim.Config{Seed: 2})
	wire := link.New(kernel, link.Config{Bandwidth: 10_000_000, Latency: time.Millisecond, Loss: 0.01})

	server := host.New(kernel, host.Config{Name: "server", Address: netip.MustParsePrefix("192.2.2.89/24"), Wire: wire, HardwareAddress: [6]byte{5: 89}})
	pop3 := must(pop3server.New(pop3server.Config{Users: []pop3server.User{{Name: "mrose", Password: "tanstaaf", Mailbox: mailbox.Generate(1, 3, 500, 20_000, 60_000)}}, Go: server.Go}))
	server.Go(func() { pop3.Serve(must(server.Listen("tcp", ":110"))) })

	pool := must(packetpool.New(kernel, packetpool.Config{Name: "client", Payload: 1536, Size: packetpool.SizeFor(packetpool.ILP32, 1536, 4), Target: packetpool.ILP32}))
	ip := must(ipstack.New(kernel, ipstack.Config{Name: "client", Address: netip.MustParsePrefix("192.2.2.61/24"), Pool: pool, Priority: 1, Driver: ipstack.Ethernet(wire, ipstack.HardwareAddress{5: 61})}))
	check(ip.EnableARP(8))
	check(ip.EnableTCP())

	must(kernel.NewThread(sim.ThreadConfig{Name: "application", Priority: 16, Entry: func() {
		client := must(pop3client.Create(pop3client.Config{IP: ip, Server: server.Addr(), User: "mrose", Password: "tanstaaf", Fixes: pop3client.AllFixes}))
		items, _, err := client.MailItems()
		for item := uint32(1); err == nil && item <= items; item++ {
			must(client.MailItem(item))
			size := must(io.Copy(io.Discard, client.MessageReader()))
			fmt.Printf("%v: message %d has %d bytes, %d of %d packets are free\n", kernel.Now(), item, size, pool.Available(), pool.Total())
		}
		check(client.Delete())
	}}))
	must(kernel.Run(nil)) // ends when the application has
	fmt.Printf("%v: at the worst moment %d packets were free\n", kernel.Now(), pool.Stats().Lowest)
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
