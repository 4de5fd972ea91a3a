package uplink_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"

	"netxsim/ipstack"
	"netxsim/ipstack/host"
	"netxsim/packetpool"
	"netxsim/sim"
	"netxsim/sim/link"
	"netxsim/sim/uplink"
)

// world is a kernel in real time with a wire, an uplink on it, and an NX_IP that has the uplink as its gateway.
func world() (*sim.Kernel, *uplink.Uplink, *ipstack.IP) {
	kernel := sim.New(sim.Config{Clock: sim.RealTime()})
	wire := link.New(kernel, link.Config{})
	up := uplink.New(kernel, uplink.Config{Host: host.New(kernel, host.Config{
		Name: "uplink", Address: netip.MustParsePrefix("10.0.0.1/24"), Wire: wire, HardwareAddress: [6]byte{2, 5: 1}, Callers: host.Baton,
	})})
	pool := must(packetpool.New(kernel, packetpool.Config{
		Name: "device", Payload: 1536, Size: packetpool.SizeFor(packetpool.ILP32, 1536, 32), Target: packetpool.ILP32,
	}))
	ip := must(ipstack.New(kernel, ipstack.Config{
		Name: "device", Address: netip.MustParsePrefix("10.0.0.2/24"), Gateway: netip.MustParseAddr("10.0.0.1"), Pool: pool, Priority: 1,
		Driver: ipstack.Ethernet(wire, ipstack.HardwareAddress{2, 5: 2}),
	}))
	check(errors.Join(ip.EnableARP(8), ip.EnableTCP(), ip.EnableUDP()))
	return kernel, up, ip
}

// A web server on a simulated NX_IP at a port of the machine, for every browser there. The run lasts until stop.
func ExampleUplink_Expose() {
	kernel, up, ip := world()
	device := host.NewDevice(ip, host.DeviceConfig{}) // its callers are ordinary goroutines
	listener := must(net.Listen("tcp", "127.0.0.1:0"))
	up.Expose(listener, netip.MustParseAddrPort("10.0.0.2:80"))
	stop := kernel.Start(nil)

	page := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprintf(w, "%s from an NX_IP", r.URL.Path) })
	server := http.Server{Handler: page}
	go server.Serve(must(device.Listen("tcp", ":80")))

	response := must(http.Get("http://" + listener.Addr().String() + "/hello"))
	fmt.Println(response.Status, string(must(io.ReadAll(response.Body))))
	response.Body.Close()
	http.DefaultClient.CloseIdleConnections()
	check(server.Close())
	must(stop())
	// Output:
	// 200 OK /hello from an NX_IP
}

// A thread of an NX_IP asks a UDP server of the machine.
func ExampleUplink_ForwardUDP() {
	server := must(net.ListenPacket("udp", "127.0.0.1:0"))
	defer server.Close()
	go func() {
		question := make([]byte, 1500)
		n, client, err := server.ReadFrom(question)
		if err == nil {
			server.WriteTo(append(question[:n], " It is late."...), client)
		}
	}()

	kernel, up, ip := world()
	up.ForwardUDP(123, server.LocalAddr().String())
	must(kernel.NewThread(sim.ThreadConfig{Name: "clock", Priority: 16, Entry: func() {
		socket := must(ip.NewUDPSocket(ipstack.UDPSocketConfig{Name: "clock", TimeToLive: 128, QueueLimit: 5}))
		check(socket.Bind(0, sim.NoWait))
		packet := must(ip.DefaultPool().Allocate(44, sim.NoWait))
		check(packet.Append([]byte("What time is it?"), ip.DefaultPool(), sim.NoWait))
		check(socket.Send(packet, netip.MustParseAddrPort("10.0.0.1:123")))
		answer := must(socket.Receive(500))
		fmt.Println(string(answer.Bytes()))
		check(errors.Join(answer.Release(), socket.Unbind(), socket.Delete()))
	}}))
	must(kernel.Run(nil))
	// Output:
	// What time is it? It is late.
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
