package ipstack_test

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"

	"netxsim/ipstack"
	"netxsim/netx/status"
	"netxsim/sim/link"
)

var (
	routerMAC     = [6]byte{2, 0, 0, 0, 0, 1}
	routerAddress = netip.MustParseAddr("fe80::1")
	allNodes      = netip.IPv6LinkLocalAllNodes()
)

// frame6 is an Ethernet frame with an IPv6 packet from the router.
func frame6(from, to netip.Addr, protocol tcpip.TransportProtocolNumber, hopLimit uint8, payload []byte) []byte {
	frame := make([]byte, 14+header.IPv6MinimumSize, 14+header.IPv6MinimumSize+len(payload))
	copy(frame, []byte{0x33, 0x33, 0, 0, 0, 1})
	copy(frame[6:], routerMAC[:])
	binary.BigEndian.PutUint16(frame[12:], 0x86dd)
	header.IPv6(frame[14:]).Encode(&header.IPv6Fields{
		PayloadLength: uint16(len(payload)), TransportProtocol: protocol, HopLimit: hopLimit,
		SrcAddr: tcpip.AddrFrom16(from.As16()), DstAddr: tcpip.AddrFrom16(to.As16()),
	})
	return append(frame, payload...)
}

// icmp6 is frame6 with an ICMPv6 message.
func icmp6(from, to netip.Addr, message []byte) []byte {
	icmp := header.ICMPv6(message)
	icmp.SetChecksum(0)
	icmp.SetChecksum(header.ICMPv6Checksum(header.ICMPv6ChecksumParams{
		Header: icmp, Src: tcpip.AddrFrom16(from.As16()), Dst: tcpip.AddrFrom16(to.As16()),
	}))
	return frame6(from, to, header.ICMPv6ProtocolNumber, 255, message)
}

// advertisement is a router's, with options.
func advertisement(lifetime uint16, hopLimit uint8, options ...[]byte) []byte {
	message := make([]byte, 16)
	message[0], message[4] = byte(header.ICMPv6RouterAdvert), hopLimit
	binary.BigEndian.PutUint16(message[6:], lifetime)
	for _, o := range options {
		message = append(message, o...)
	}
	return message
}

// prefixOf is the option with a prefix, for addresses and on the link.
func prefixOf(prefix string, lifetime uint32, flags byte) []byte {
	p := netip.MustParsePrefix(prefix)
	option := make([]byte, 32)
	option[0], option[1], option[2], option[3] = 3, 4, byte(p.Bits()), flags
	binary.BigEndian.PutUint32(option[4:], lifetime)
	binary.BigEndian.PutUint32(option[8:], lifetime)
	copy(option[16:], p.Addr().AsSlice())
	return option
}

// linkAddress is the option with the router's hardware address.
func linkAddress() []byte { return append([]byte{1, 1}, routerMAC[:]...) }

// withIPv6 lets the first instance use IPv6, and gives the wire a router.
func (n *network) withIPv6(t *testing.T) (router *link.Port, heard *[]string) {
	t.Helper()
	heard = new([]string)
	router = n.wire.Attach("router", routerMAC, func(frame []byte) {
		if frame[12] == 0x86 && header.IPv6(frame[14:]).NextHeader() == uint8(header.ICMPv6ProtocolNumber) {
			*heard = append(*heard, fmt.Sprint(n.kernel.Ticks(), " ", header.ICMPv6(frame[54:]).Type()))
		}
	})
	if err := n.a.EnableIPv6(); err != nil {
		t.Fatal(err)
	}
	n.a.EnableICMPv6()
	return router, heard
}

// withLinkLocal is withIPv6, with a link-local address, which is number 0.
func (n *network) withLinkLocal(t *testing.T) (router *link.Port, heard *[]string) {
	t.Helper()
	router, heard = n.withIPv6(t)
	if _, err := n.a.SetIPv6Address(0, netip.Addr{}, 10); err != nil {
		t.Fatal(err)
	}
	return router, heard
}

func TestRouterIsAskedFor(t *testing.T) {
	for _, test := range []struct {
		name   string
		answer bool
		want   []string
	}{
		{"nobody answers", false, []string{"133", "133", "133"}},
		{"answered", true, []string{"133"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			n := newNetwork(t, 1, link.Config{}, 8)
			router, heard := n.withLinkLocal(t)
			n.thread(t, "app", func() error {
				_ = n.kernel.Sleep(550)
				if test.answer {
					router.Send(icmp6(routerAddress, allNodes, advertisement(1800, 0, linkAddress())))
				}
				_ = n.kernel.Sleep(2000)
				return nil
			})
			n.run(t)
			var asked []string
			for _, h := range *heard {
				var tick uint32
				var kind string
				if _, err := fmt.Sscan(h, &tick, &kind); err == nil && kind == "133" {
					asked = append(asked, kind)
				}
			}
			if diff := cmp.Diff(test.want, asked); diff != "" {
				t.Errorf("asked (-want +got):\n%s", diff)
			}
			allFree(t, n.a)
		})
	}
}

func TestAdvertisementConfigures(t *testing.T) {
	const onLink, auto = 0x80, 0x40
	made := netip.MustParseAddr("2001:db8:1:2:211:22ff:fe33:4461")
	for _, test := range []struct {
		name    string
		frame   []byte
		router  bool
		address bool
	}{
		{"prefix for addresses", icmp6(routerAddress, allNodes, advertisement(100, 64, linkAddress(), prefixOf("2001:db8:1:2::/64", 50, onLink|auto))), true, true},
		{"prefix on the link only", icmp6(routerAddress, allNodes, advertisement(100, 64, prefixOf("2001:db8:1:2::/64", 50, onLink))), true, false},
		{"prefix of another length", icmp6(routerAddress, allNodes, advertisement(100, 64, prefixOf("2001:db8::/48", 50, onLink|auto))), true, false},
		{"link-local prefix", icmp6(routerAddress, allNodes, advertisement(100, 64, prefixOf("fe80::/64", 50, onLink|auto))), true, false},
		{"no router", icmp6(routerAddress, allNodes, advertisement(0, 64, prefixOf("2001:db8:1:2::/64", 50, onLink|auto))), false, true},
		{"option without length", icmp6(routerAddress, allNodes, advertisement(100, 64, make([]byte, 8))), false, false},
		{"cut prefix", icmp6(routerAddress, allNodes, advertisement(100, 64, []byte{3, 1, 64, 0xc0, 0, 0, 0, 0})), false, false},
		{"not a link-local router", icmp6(netip.MustParseAddr("2001:db8::1"), allNodes, advertisement(100, 64)), false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			n := newNetwork(t, 1, link.Config{}, 8)
			router, _ := n.withLinkLocal(t)
			n.thread(t, "app", func() error {
				_ = n.kernel.Sleep(50)
				router.Send(test.frame)
				_ = n.kernel.Sleep(400)
				wantErr := error(status.NoInterfaceAddress)
				if test.address {
					wantErr = nil
				}
				address, _, _, err := n.a.IPv6Address(1)
				if err := want("address", err, wantErr); err != nil {
					return err
				}
				if err == nil && address != made {
					t.Errorf("address %v, want %v", address, made)
				}
				info, err := n.a.IPv6RouterEntry(0, 0)
				if (err == nil) != test.router {
					t.Errorf("router %+v: %v", info, err)
				}
				wanted := ipstack.IPv6RouterInfo{Address: routerAddress, Lifetime: 96, How: ipstack.IPv6RouterUnsolicited}
				if test.router && info != wanted {
					t.Errorf("router %+v, want %+v", info, wanted)
				}
				_ = n.kernel.Sleep(11000)
				_, _, _, err = n.a.IPv6Address(1)
				if err := want("address after its lifetime", err, status.NoInterfaceAddress); err != nil {
					return err
				}
				if count := n.a.IPv6RouterCount(0); count != 0 {
					t.Errorf("%d routers after their lifetime", count)
				}
				return nil
			})
			n.run(t)
			allFree(t, n.a)
		})
	}
}

func TestDatagramsByRouter(t *testing.T) {
	n := datagramNetwork(t, link.Config{}, 8)
	router, _ := n.withLinkLocal(t)
	var hops []uint8
	n.wire.AddRule(func(d link.Delivery) link.Verdict {
		if ip := header.IPv6(d.Frame[14:]); d.Frame[12] == 0x86 && ip.NextHeader() == uint8(header.UDPProtocolNumber) {
			hops = append(hops, ip.HopLimit())
			if [6]byte(d.Frame[:6]) != routerMAC {
				t.Errorf("sent to % x", d.Frame[:6])
			}
		}
		return link.Pass
	})
	n.thread(t, "app", func() error {
		_ = n.kernel.Sleep(50)
		router.Send(icmp6(routerAddress, allNodes, advertisement(100, 33, linkAddress(), prefixOf("2001:db8::/64", 50, 0xc0))))
		_ = n.kernel.Sleep(400)
		tx, err := udpSocket(n.a, 1000, 5)
		if err != nil {
			return err
		}
		if err := sendTo(tx, netip.MustParseAddr("2001:db8:ffff::1"), 1, []byte("far")); err != nil {
			return err
		}
		_ = n.kernel.Sleep(10)
		return tx.Unbind()
	})
	n.run(t)
	if diff := cmp.Diff([]uint8{33}, hops); diff != "" {
		t.Errorf("hop limits (-want +got):\n%s", diff)
	}
	allFree(t, n.a)
}
