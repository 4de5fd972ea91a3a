//go:build linux

package tap_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"os/signal"
	"strings"

	"netxsim/ipstack"
	"netxsim/ipstack/host"
	"netxsim/packetpool"
	"netxsim/sim"
	"netxsim/sim/link"
	"netxsim/sim/tap"
)

// A web server on a simulated NX_IP that Linux can ping and fetch from, until Ctrl-C: "ping 192.2.2.61" and "curl http://192.2.2.61/". It
// needs root, or CAP_NET_ADMIN.
func Example() {
	device, err := tap.Open("nx0")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer device.Close()
	for _, command := range []string{"ip address replace 192.2.2.1/24 dev nx0", "ip link set nx0 up"} {
		words := strings.Fields(command)
		if out, err := exec.Command(words[0], words[1:]...).CombinedOutput(); err != nil {
			fmt.Printf("%s: %v: %s", command, err, out)
			return
		}
	}

	kernel := sim.New(sim.Config{Clock: sim.RealTime()})
	wire := link.New(kernel, link.Config{})
	check := func(err error) {
		if err != nil {
			panic(err)
		}
	}
	check(device.Join(kernel, wire))
	pool, err := packetpool.New(kernel, packetpool.Config{
		Name: "device", Payload: 1536, Size: packetpool.SizeFor(packetpool.ILP32, 1536, 32), Target: packetpool.ILP32,
	})
	check(err)
	ip, err := ipstack.New(kernel, ipstack.Config{
		Name: "device", Address: netip.MustParsePrefix("192.2.2.61/24"), Pool: pool, Priority: 1,
		Driver: ipstack.Ethernet(wire, ipstack.HardwareAddress{2, 5: 61}),
	})
	check(err)
	check(errors.Join(ip.EnableARP(8), ip.EnableICMP(), ip.EnableTCP()))
	machine := host.NewDevice(ip, host.DeviceConfig{})
	stop := kernel.Start(nil)

	listener, err := machine.Listen("tcp", ":80")
	check(err)
	go http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "It works.") }))

	interrupt := make(chan os.Signal, 1)
	signal.Notify(interrupt, os.Interrupt)
	<-interrupt
	_, err = stop()
	fmt.Println(err, device.Counters())
}
