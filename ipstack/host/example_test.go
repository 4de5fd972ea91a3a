package host_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"netxsim/ipstack"
	"netxsim/ipstack/host"
	"netxsim/packetpool"
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

// A web server that is slow, and a client that is impatient, in a bubble of testing/synctest: three minutes pass at once.
func Example_synctest() {
	t := new(testing.T) // a test has one
	synctest.Test(t, func(t *testing.T) {
		kernel := sim.New(sim.Config{Clock: sim.RealTime()})
		wire := link.New(kernel, link.Config{Latency: 50 * time.Millisecond})
		server := host.New(kernel, host.Config{
			Name: "server", Address: netip.MustParsePrefix("10.0.0.1/24"), Wire: wire, HardwareAddress: [6]byte{5: 1},
		})
		client := host.New(kernel, host.Config{
			Name: "client", Address: netip.MustParsePrefix("10.0.0.2/24"), Wire: wire, HardwareAddress: [6]byte{5: 2},
		})
		stop := kernel.Start(nil)
		defer stop()

		listener, err := server.Listen("tcp", ":http")
		if err != nil {
			t.Fatal(err)
		}
		web := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(time.Minute)
			io.WriteString(w, "at last")
		})}
		go web.Serve(listener)
		defer web.Close()

		transport := &http.Transport{DialContext: client.DialContext}
		defer transport.CloseIdleConnections()
		for _, patience := range []time.Duration{10 * time.Second, 2 * time.Minute} {
			begin := time.Now()
			_, err := (&http.Client{Transport: transport, Timeout: patience}).Get("http://server/")
			fmt.Println(time.Since(begin), err != nil)
		}
		time.Sleep(time.Minute)
	})
	// Output:
	// 10s true
	// 1m0.2s false
}

// An NX_IP as a machine for Go programs: its pool pays for every byte.
func ExampleDevice() {
	kernel := sim.New(sim.Config{})
	wire := link.New(kernel, link.Config{Latency: time.Millisecond})
	server := host.New(kernel, host.Config{
		Name: "server", Address: netip.MustParsePrefix("10.0.0.1/24"), Wire: wire, HardwareAddress: [6]byte{5: 1},
	})
	pool, err := packetpool.New(kernel, packetpool.Config{
		Name: "device", Payload: 1536, Size: packetpool.SizeFor(packetpool.ILP32, 1536, 10), Target: packetpool.ILP32,
	})
	if err != nil {
		panic(err)
	}
	ip, err := ipstack.New(kernel, ipstack.Config{
		Name: "device", Address: netip.MustParsePrefix("10.0.0.2/24"), Pool: pool, Priority: 1,
		Driver: ipstack.Ethernet(wire, ipstack.HardwareAddress{5: 2}),
	})
	if err != nil {
		panic(err)
	}
	if err := errors.Join(ip.EnableARP(8), ip.EnableTCP()); err != nil {
		panic(err)
	}
	device := host.NewDevice(ip, host.DeviceConfig{})

	server.Go(func() {
		listener, _ := server.Listen("tcp", ":7")
		conn, _ := listener.Accept()
		io.Copy(io.Discard, conn)
		conn.Close()
	})
	device.Go(func() {
		conn, err := device.Dial("tcp", "server:7")
		if err != nil {
			panic(err)
		}
		fmt.Fprint(conn, strings.Repeat("x", 20_000))
		fmt.Println(pool.Lowest(), "of", pool.Total(), "packets were free at the worst moment")
		conn.Close()
	})
	if _, err := kernel.Run(nil); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 3 of 10 packets were free at the worst moment
}
