package host_test

import (
	"fmt"
	"io"
	"net/netip"
	"time"

	"netxsim/ipstack/host"
	"netxsim/sim"
	"netxsim/sim/link"
)

// An ordinary client and server, a tenth of a second apart.
func Example() {
	kernel := sim.New(sim.Config{})
	wire := link.New(kernel, link.Config{Latency: 50 * time.Millisecond})
	server := host.New(kernel, host.Config{
		Name: "server", Address: netip.MustParsePrefix("10.0.0.1/24"), Wire: wire, HardwareAddress: [6]byte{5: 1},
	})
	client := host.New(kernel, host.Config{
		Name: "client", Address: netip.MustParsePrefix("10.0.0.2/24"), Wire: wire, HardwareAddress: [6]byte{5: 2},
	})
	server.Go(func() {
		listener, err := server.Listen("tcp", ":7")
		if err != nil {
			panic(err)
		}
		conn, err := listener.Accept()
		if err != nil {
			panic(err)
		}
		io.WriteString(conn, "hello")
		conn.Close()
	})
	client.Go(func() {
		conn, err := client.Dial("tcp", "server:7")
		if err != nil {
			panic(err)
		}
		defer conn.Close()
		text, err := io.ReadAll(conn)
		fmt.Println(string(text), err)
		fmt.Println(client.Now().Format(time.TimeOnly+".000"), "after six flights: ARP and its answer, SYN, SYN-ACK, ACK, data")
	})
	if _, err := kernel.Run(nil); err != nil {
		fmt.Println(err)
	}
	// Output:
	// hello <nil>
	// 00:00:00.300 after six flights: ARP and its answer, SYN, SYN-ACK, ACK, data
}
