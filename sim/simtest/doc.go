// Package simtest puts whole networks into a test: simulated machines on wires with faults, in one process, on time
// that costs nothing, reproducible by a seed.
//
// # Two kinds of tests
//
// An ordinary Go program, a client, a server, a library, is tested in a bubble of
// testing/synctest with goroutines, as it is:
//
//	simtest.Test(t, simtest.Config{}, func(t *testing.T, n *simtest.Net) {
//		a, b := n.Host("a", nil), n.Host("b", nil)
//		listener, err := b.Listen("tcp", ":80")
//		...
//		client := http.Client{Transport: &http.Transport{DialContext: a.DialContext}}
//		response, err := client.Get("http://b/")
//	})
//
// Programs for the RTOS are threads that pass one baton in virtual time, and so may ordinary ones be that are content with one
// program running at a time. Such a test gives the same frames at the same nanoseconds every time:
//
//	n := simtest.New(t, simtest.Config{})
//	device := n.Device("device", simtest.DeviceConfig{Packets: 12})
//	n.Thread("client", func() error {
//		socket, err := device.IP().NewTCPSocket(ipstack.TCPSocketConfig{Name: "client", Window: 1460})
//		...
//	})
//	n.Run()
//
// Both kinds of machines and both kinds of programs may be in either test.
//
// # Machines, wires and addresses
//
// [Net.Host] is a computer with as much memory as it wants, [Net.Device] a target with NetX Duo and a packet pool, [Net.Router] a
// device that forwards. They are on the wires of [Net.Wire], or the only one. Addresses are given in the order of creation:
// 10.0.1.1, 10.0.1.2 and so on are on the first wire, with [Config].IPv6 fd00:0:0:1::1 and so on too. Ordinary programs find machines by
// name.
//
// # Faults
//
// A wire begins with the faults it is given and gets others with [Wire.Inject]; [Wire.Switch] switches them. Package netxsim/sim/link/fault has them.
//
// # When a test fails
//
// It prints the seed and how to repeat the test with it, the state of every pool with who holds its packets, what faults have done, and the last frames in text. All
// frames are written to a pcapng file in the test's artifact directory, for Wireshark; go test keeps it with -artifacts.
//
// # Which frames it takes
//
// A test that fails by chance fails for a few of the many things that have happened to frames. [Shrink] runs such a test again and again, finds
// the fewest with which it still fails, and prints them for [Config].Faults:
//
//	func TestDownload(t *testing.T) {
//		simtest.Shrink(t, simtest.Config{Seed: 7}, func(t testing.TB, n *simtest.Net) {
//			n.Wire(link.Config{}, fault.Loss(0.05))
//			...
//			n.Run()
//		})
//	}
//
// # What is checked
//
// At the end of the test no packet may be missing from a pool, no connection, listener or UDP port of an ordinary program may be open,
// and no goroutine that the test has started may be left. A fault that names a machine which no wire has had is an error too: it did not happen.
//
// # Recipes
//
// The tests named Cookbook in this package are ten short ones to begin with: a flaky link, a slow reader, a server that stalls, a reset, a black
// hole, a partition, a SYN flood, time-outs, an exhausted pool, and a capture.
package simtest
