package simtest_test

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"netxsim/sim/link"
	"netxsim/sim/link/fault"
	"netxsim/sim/simtest"
)

// TestIPv6 has a thread of a device download from a host over IPv6, over a bad wire, twice in the same way.
func TestIPv6(t *testing.T) {
	var hashes []uint64
	for range 2 {
		n := simtest.New(t, simtest.Config{IPv6: true})
		wire := n.Wire(link.Config{Latency: 5 * time.Millisecond}, fault.Loss(0.05))
		server, device := n.Host("server", nil), n.Device("device", simtest.DeviceConfig{})
		if want := netip.MustParseAddr("fd00:0:0:1::1"); server.Addr6() != want {
			t.Errorf("the server is %v, want %v", server.Addr6(), want)
		}
		n.Go("server", func() error { return listenAndUpload(server, 50_000) })
		n.Thread("client", func() error { return download(n, device, server.Addr6(), 50_000) })
		n.Run()
		hashes = append(hashes, wire.Hash())
	}
	if hashes[0] != hashes[1] {
		t.Errorf("two runs, two hashes: %x", hashes)
	}
}

// TestIPv6Failure wants the frames of a failed test in words.
func TestIPv6Failure(t *testing.T) {
	log, _ := record(t, func(t testing.TB) {
		n := simtest.New(t, simtest.Config{IPv6: true})
		server, device := n.Host("server", nil), n.Device("device", simtest.DeviceConfig{})
		n.Thread("pinger", func() error {
			packet, err := device.IP().Ping(server.Addr6(), []byte("hello"), 100)
			return errors.Join(err, packet.Release(), errors.New("no"))
		})
		n.Run()
	})
	for _, want := range []string{
		"device: ICMPv6 who has fd00:0:0:1::1? tell fd00:0:0:1::2", "server: ICMPv6 fd00:0:0:1::1 is at 020000000101",
		"fd00:0:0:1::1 > fd00:0:0:1::2 ICMPv6 type 129 code 0, 13 bytes",
	} {
		if !strings.Contains(log, want) {
			t.Errorf("%q is not in what it printed:\n%s", want, log)
		}
	}
}
