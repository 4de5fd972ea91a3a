package ipstack_test

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"testing"

	"gvisor.dev/gvisor/pkg/tcpip/header"

	"netxsim/ipstack"
	"netxsim/sim/link"
)

// TestManyPeers has ten thousand strangers knock, one after the other, while a connection and a waiting SYN live on. The
// table of stand-ins stays small, and nobody is taken for somebody else.
func TestManyPeers(t *testing.T) {
	const strangers = 10_000
	n := newNetwork(t, 1, link.Config{}, 20)
	other := n.bothIPv6(t)
	resets := 0
	port := n.wire.Attach("strangers", routerMAC, func(frame []byte) {
		if ip := header.IPv6(frame[14:]); frame[12] == 0x86 && ip.NextHeader() == 6 && header.TCP(ip.Payload()).Flags().Contains(header.TCPFlagRst) {
			resets++
		}
	})
	n.thread(t, "server", func() error {
		s, err := n.b.NewTCPSocket(ipstack.TCPSocketConfig{Name: "server", Window: 8192})
		if err != nil {
			return err
		}
		if err := n.b.Listen(80, s, 5, nil); err != nil {
			return err
		}
		if err := s.Accept(2000); err != nil {
			return fmt.Errorf("accept: %w", err)
		}
		data, _, err := receiveAll(s, 10)
		if err != nil {
			return err
		}
		if string(data) != "0123456789" {
			t.Errorf("received %q", data)
		}
		if peer := s.Peer().Addr(); peer != ownAddress {
			t.Errorf("the peer is %v", peer)
		}
		s.Disconnect(200)
		second, err := n.b.NewTCPSocket(ipstack.TCPSocketConfig{Name: "second", Window: 8192})
		if err != nil {
			return err
		}
		if err := n.b.Relisten(80, second); err == nil {
			t.Error("no SYN has waited")
		}
		if peer := second.Peer().Addr(); peer != tapAddress {
			t.Errorf("the SYN that waited is of %v", peer)
		}
		return nil
	})
	n.thread(t, "client", func() error {
		_ = n.kernel.Sleep(500)
		s, err := n.a.NewTCPSocket(ipstack.TCPSocketConfig{Name: "client", Window: 8192})
		if err != nil {
			return err
		}
		if err := s.Bind(0, 0); err != nil {
			return err
		}
		if err := s.Connect(other, 80, 1000); err != nil {
			return fmt.Errorf("connect: %w", err)
		}
		if err := n.b.SetNeighbour(tapAddress, 0, routerMAC); err != nil {
			return err
		}
		port.Send(frame6(tapAddress, other, 6, 64, tcp6(tapAddress, other, 999, 80, 0)))
		knock(n, port, other, strangers)
		if err := send(s, n.a.DefaultPool(), []byte("0123456789"), 100); err != nil {
			return err
		}
		_ = n.kernel.Sleep(100)
		s.Disconnect(200)
		return nil
	})
	n.run(t)
	if resets != strangers {
		t.Errorf("%d strangers refused", resets)
	}
	if used, most := n.b.StandIns(); used > 1100 || most > 1100 {
		t.Errorf("%d addresses have stand-ins, at most %d had", used, most)
	}
}

// knock has strangers send a SYN each to a port of nobody.
func knock(n *network, port *link.Port, to netip.Addr, strangers int) {
	for k := range strangers {
		from := netip.MustParseAddr("2001:db8::1:0:0").As16()
		binary.BigEndian.PutUint32(from[12:], uint32(k))
		stranger := netip.AddrFrom16(from)
		if k%4 == 0 {
			n.b.InvalidateNeighbours() // there is room for eight destinations
		}
		_ = n.b.SetNeighbour(stranger, 0, routerMAC) // there is room
		port.Send(frame6(stranger, to, 6, 64, tcp6(stranger, to, uint16(1000+k), 81, 0)))
		if k%4 == 3 {
			_ = n.kernel.Sleep(1)
		}
	}
}

// TestManyConnections connects to thousands of addresses, one after the other: each connection is with its own peer.
func TestManyConnections(t *testing.T) {
	const peers = 2500
	n := newNetwork(t, 1, link.Config{}, 20)
	tap := n.withTap6(t)
	n.thread(t, "client", func() error {
		_ = n.kernel.Sleep(500)
		s, err := n.a.NewTCPSocket(ipstack.TCPSocketConfig{Name: "client", Window: 8192})
		if err != nil {
			return err
		}
		if err := s.Bind(5000, 0); err != nil {
			return err
		}
		address := tapAddress
		for k := range peers {
			if k%4 == 0 {
				n.a.InvalidateNeighbours()
			}
			address = address.Next()
			if address == ownAddress {
				continue
			}
			if s.Connect(address, 80, 2) == nil {
				t.Errorf("connected to %v", address)
			}
			ok := false
			for _, packet := range tap.take() {
				ip := header.IPv6(packet)
				ok = ok || ip.NextHeader() == 6 && netip.AddrFrom16(ip.DestinationAddress().As16()) == address
			}
			if !ok {
				t.Errorf("no SYN for %v", address)
			}
		}
		return s.Unbind()
	})
	n.run(t)
	if used, most := n.a.StandIns(); used > 1100 || most > 1100 {
		t.Errorf("%d addresses have stand-ins, at most %d had", used, most)
	}
	allFree(t, n.a)
}
