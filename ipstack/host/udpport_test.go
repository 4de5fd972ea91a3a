package host_test

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"syscall"
	"testing"
	"time"

	"netxsim/ipstack/host"
	"netxsim/sim"
	"netxsim/sim/link"
)

// echoLong is echoPackets for datagrams of every size.
func echoLong(c net.PacketConn) {
	b := make([]byte, 65535)
	for {
		n, from, err := c.ReadFrom(b)
		if err != nil {
			return
		}
		if _, err := c.WriteTo(b[:n], from); err != nil {
			return
		}
	}
}

// TestUDPPort sends datagrams of every size to a program that returns them, all at once: before the server's hardware address is known.
func TestUDPPort(t *testing.T) {
	virtual(t, link.Config{}, func(k *sim.Kernel, _ *link.Wire, a, b *host.Host) {
		server := ok(a.ListenPacket("udp", ":7"))(t)
		defer server.Close()
		a.Go(func() { echoLong(server) })
		sizes := []int{0, 1, 1472, 1473, 65507}
		var got []int
		port, err := b.OpenUDP(netip.MustParseAddrPort("10.0.0.1:7"), func(payload []byte, err error) {
			if err != nil || !bytes.Equal(payload, bytes.Repeat([]byte{'x'}, len(payload))) {
				t.Errorf("%d bytes came back, or others, %v", len(payload), err)
			}
			got = append(got, len(payload))
		})
		if err != nil {
			t.Error(err)
			return
		}
		for _, size := range sizes {
			if err := port.Send(bytes.Repeat([]byte{'x'}, size)); err != nil {
				t.Errorf("%d bytes: %v", size, err)
			}
		}
		if err := port.Send(make([]byte, 65508)); !errors.Is(err, syscall.EMSGSIZE) {
			t.Errorf("65508 bytes: %v", err)
		}
		k.WaitDeadline("answers", time.Second, nil)
		if !slices.Equal(got, sizes) {
			t.Errorf("datagrams of %v bytes came back", got)
		}
		address := net.UDPAddrFromAddrPort(port.Addr())
		port.Close()
		port.Close()
		if _, err := server.WriteTo([]byte("too late"), address); err != nil {
			t.Error(err)
		}
		k.WaitDeadline("nothing", time.Second, nil)
		if len(got) != len(sizes) {
			t.Error("a closed port has received something")
		}
	})
}

// TestUDPPortRefused wants the port to be told that nobody is there, by the port's function or by Send, and to be good still.
func TestUDPPortRefused(t *testing.T) {
	virtual(t, link.Config{}, func(k *sim.Kernel, _ *link.Wire, a, b *host.Host) {
		var told []string
		port, err := b.OpenUDP(netip.MustParseAddrPort("10.0.0.1:7"), func(payload []byte, err error) {
			told = append(told, fmt.Sprintf("%s %v", payload, err))
		})
		if err != nil {
			t.Error(err)
			return
		}
		defer port.Close()
		if err := port.Send([]byte("anybody?")); err != nil {
			t.Error(err)
		}
		k.WaitDeadline("refusal", time.Second, nil)
		server := ok(a.ListenPacket("udp", ":7"))(t)
		defer server.Close()
		a.Go(func() { echoLong(server) })
		if err := port.Send([]byte("now?")); err != nil {
			t.Error(err)
		}
		k.WaitDeadline("answer", time.Second, nil)
		if want := []string{" connection refused", "now? <nil>"}; !slices.Equal(told, want) {
			t.Errorf("told %q, want %q", told, want)
		}
	})
}
