package tshark

import (
	"encoding/binary"
	"net/netip"
	"testing"

	"netxsim/ipstack"
	"netxsim/packetpool"
	"netxsim/sim"
	"netxsim/sim/link"
)

var (
	address6A = netip.MustParseAddr("2001:db8::61")
	address6B = netip.MustParseAddr("2001:db8::89")
	router6   = netip.MustParseAddr("fe80::1")
)

// A stranger's packets have headers that make no sense.
var ofBadHeaders = []string{
	"Routing header type is deprecated",
	"IPv6 Type 0 Routing Header segments left field must not exceed address count",
	"IPv6 Hop-by-Hop extension header must appear immediately after IPv6 header",
}

// TestSessions6 plays sessions by IPv6.
func TestSessions6(t *testing.T) {
	playSessions(t, []session{
		{"neighbours and pings", quick, addressed(ping6), nil, []string{"ICMPv6"}},
		{"a duplicate address", quick, duplicate6, nil, []string{"ICMPv6"}},
		{"a router", quick, advertised6, nil, []string{"ICMPv6", "UDP"}},
		{"pings in fragments", quick, addressed(longPing6), nil, []string{"IPv6", "ICMPv6"}},
		{"UDP", quick, addressed(datagrams6), nil, []string{"UDP", "ICMPv6", "IPv6"}},
		{"fragments that time out", quick, addressed(lostFragment6), nil, []string{"IPv6", "ICMPv6"}},
		{"extension headers", quick, addressed(extensions6), ofBadHeaders, []string{"ICMPv6"}},
		{"TCP", quick, addressed(transfer6(100_000)), ofSmallWindow, []string{"TCP"}},
		{"TCP, nobody listens", quick, addressed(refused6), ofReset, []string{"TCP"}},
		{"TCP, 1 % loss", lossy(0.01), addressed(transfer6(100_000)), accepted(ofSmallWindow, ofLoss), []string{"TCP"}},
	})
}

// enable6 gives an instance, which knows its hardware address by now, IPv6, a link-local address and another, unless that is
// the zero Addr.
func (n *network) enable6(ip *ipstack.IP, address netip.Addr) {
	n.check("enable IPv6", ip.EnableIPv6())
	ip.EnableICMPv6()
	_, err := ip.SetIPv6Address(0, netip.Addr{}, 10)
	n.check("set link-local address", err)
	if address.IsValid() {
		_, err = ip.SetIPv6Address(0, address, 64)
		n.check("set address", err)
	}
}

// addressed plays a session of two instances with addresses, once these are in use.
func addressed(play func(n *network)) func(n *network) {
	return func(n *network) {
		n.thread("starter", func() {
			n.kernel.Sleep(1)
			n.enable6(n.a, address6A)
			n.enable6(n.b, address6B)
			n.kernel.Sleep(500)
			play(n)
		})
	}
}

// pinged pings B with so many bytes.
func (n *network) pinged(to netip.Addr, size int) {
	packet, err := n.a.Ping(to, make([]byte, size), 200)
	n.check("ping", err)
	if err == nil {
		n.check("release", packet.Release())
	}
}

func ping6(n *network) {
	for size := range 8 {
		n.pinged(address6B, size*200)
	}
	n.pinged(netip.IPv6LinkLocalAllNodes(), 10)
	_, err := n.a.Ping(netip.MustParseAddr("2001:db8::99"), []byte("nobody"), 500)
	if err == nil {
		n.t.Error("nobody has answered")
	}
	n.kernel.Sleep(4000) // the neighbour goes stale
	n.pinged(address6B, 10)
	n.kernel.Sleep(1000) // and is asked again
}

func duplicate6(n *network) {
	n.thread("other", func() {
		n.kernel.Sleep(1)
		n.enable6(n.a, address6A)
		n.kernel.Sleep(500)
		n.enable6(n.b, address6A)
		n.kernel.Sleep(500)
	})
}

func longPing6(n *network) {
	for _, size := range []int{1452, 1453, 3000, 9000} {
		n.pinged(address6B, size)
	}
}

func datagrams6(n *network) {
	s, to := n.udp(n.a, 7001), netip.AddrPortFrom(address6B, 7000)
	r := n.udp(n.b, 7000)
	for _, size := range []int{0, 1, 2, 1400, 1452, 1453, 4000} {
		n.check("send", s.Send(n.packet6(n.a, size), to))
		packet, err := r.Receive(500)
		n.check("receive", err)
		if err == nil {
			n.check("release", packet.Release())
		}
	}
	n.check("to all", s.Send(n.packet6(n.a, 20), netip.AddrPortFrom(netip.IPv6LinkLocalAllNodes(), 7002)))
	n.check("nobody's port", s.Send(n.packet6(n.a, 20), netip.AddrPortFrom(address6B, 7003)))
	n.check("nobody's port", s.Send(n.packet6(n.a, 1400), netip.AddrPortFrom(address6B, 7003)))
	n.kernel.Sleep(100)
}

// packet6 is packet with room for the headers of IPv6.
func (n *network) packet6(ip *ipstack.IP, size int) *packetpool.Packet {
	packet, err := ip.DefaultPool().Allocate(76, sim.WaitForever)
	n.check("allocate", err)
	n.check("append", packet.Append(make([]byte, size), ip.DefaultPool(), sim.WaitForever))
	return packet
}

// lostFragment6 loses the second fragment of a ping, so that B tells A after a minute.
func lostFragment6(n *network) {
	n.wire.AddRule(func(d link.Delivery) link.Verdict {
		if d.Frame[12] == 0x86 && d.Frame[20] == 44 && binary.BigEndian.Uint16(d.Frame[56:])&^7 != 0 {
			return link.Drop
		}
		return link.Pass
	})
	if _, err := n.a.Ping(address6B, make([]byte, 2000), 50); err == nil {
		n.t.Error("answered in spite of the loss")
	}
	n.kernel.Sleep(6500)
}

// rawFrame6 is a frame from a neighbour; the checksum of an ICMPv6 message is set.
func rawFrame6(from, to netip.Addr, protocol, hopLimit byte, payload []byte) []byte {
	frame := append([]byte{0x33, 0x33, 0, 0, 0, 1}, 2, 0, 0, 0, 0, 1, 0x86, 0xdd, 0x60, 0, 0, 0)
	frame = binary.BigEndian.AppendUint16(frame, uint16(len(payload)))
	frame = append(frame, protocol, hopLimit)
	frame = append(append(frame, from.AsSlice()...), to.AsSlice()...)
	if protocol == 58 {
		sum := uint32(len(payload)) + 58
		for k, b := range append(frame[22:54:54], payload...) {
			sum += uint32(b) << (8 * (1 - k%2))
		}
		for sum > 0xffff {
			sum = sum>>16 + sum&0xffff
		}
		binary.BigEndian.PutUint16(payload[2:], ^uint16(sum))
	}
	return append(frame, payload...)
}

// advertised6 has a router answer the question for one: A makes itself an address, and sends to a far network.
func advertised6(n *network) {
	var port *link.Port
	port = n.wire.Attach("router", [6]byte{2, 0, 0, 0, 0, 1}, func(frame []byte) {
		if frame[12] == 0x86 && frame[20] == 58 && frame[54] == 133 {
			message := []byte{134, 0, 0, 0, 64, 0, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 0, 0, 0, 0, 1, 5, 1, 0, 0, 0, 0, 5, 220}
			message = append(message, 3, 4, 64, 0xc0, 0, 0, 14, 16, 0, 0, 14, 16, 0, 0, 0, 0)
			message = append(message, netip.MustParseAddr("2001:db8:1::").AsSlice()...)
			port.Send(rawFrame6(router6, netip.IPv6LinkLocalAllNodes(), 58, 255, message))
		}
	})
	n.thread("sender", func() {
		n.kernel.Sleep(1)
		n.enable6(n.a, netip.Addr{})
		n.kernel.Sleep(1500)
		address, _, _, err := n.a.IPv6Address(1)
		n.check("address", err)
		if err == nil && !netip.MustParsePrefix("2001:db8:1::/64").Contains(address) {
			n.t.Errorf("the address made is %v", address)
		}
		n.check("send", n.udp(n.a, 7001).Send(n.packet6(n.a, 30), netip.MustParseAddrPort("[2001:db8:2::1]:7000")))
		n.kernel.Sleep(100)
	})
}

// extensions6 sends A packets with extension headers that make it complain.
func extensions6(n *network) {
	port := n.wire.Attach("stranger", [6]byte{2, 0, 0, 0, 0, 1}, func([]byte) {})
	n.check("neighbour", n.a.SetNeighbour(router6, 0, ipstack.HardwareAddress{2, 0, 0, 0, 0, 1}))
	for _, packet := range []struct {
		first   byte
		payload []byte
	}{
		{0, []byte{59, 0, 0xbe, 4, 0, 0, 0, 0, 1, 2, 3, 4}},               // an option to be reported
		{43, []byte{59, 0, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4}},                 // by way of others
		{60, []byte{99, 0, 1, 4, 0, 0, 0, 0, 1, 2, 3, 4}},                 // an unknown protocol
		{44, []byte{17, 0, 0, 1, 0, 0, 0, 1, 1, 2, 3, 4}},                 // a fragment of odd length
		{60, []byte{0, 0, 1, 4, 0, 0, 0, 0, 59, 0, 1, 4, 0, 0, 0, 0, 99}}, // a header that comes too late
	} {
		port.Send(rawFrame6(router6, address6A, packet.first, 64, packet.payload))
		n.kernel.Sleep(10)
	}
}

func transfer6(size int) func(n *network) {
	return func(n *network) {
		n.thread("server", func() {
			s := n.accept(8192)
			n.receive(s, size)
			n.check("disconnect", s.Disconnect(2000))
		})
		s := n.socket(n.a, 8192)
		n.check("bind", s.Bind(0, 0))
		n.check("connect", s.Connect(address6B, port, 1000))
		for left := size; left > 0; left -= 1000 {
			packet := n.packet6(n.a, min(left, 1000))
			if err := s.Send(packet, 1000); err != nil {
				n.check("send", err)
				packet.Release()
			}
		}
		n.kernel.Sleep(50)
		n.check("disconnect", s.Disconnect(2000))
		n.kernel.Sleep(1000)
	}
}

func refused6(n *network) {
	s := n.socket(n.a, 8192)
	n.check("bind", s.Bind(0, 0))
	if s.Connect(address6B, port+1, 100) == nil {
		n.t.Error("connected to nobody")
	}
}
