package ipstack_test

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"testing"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"

	"netxsim/ipstack"
	"netxsim/sim/link"
)

var (
	ownAddress = netip.MustParseAddr("2001:db8::61") // of the instance
	tapAddress = netip.MustParseAddr("2001:db8::1")
)

// tap6 is somebody on the wire who answers for every IPv6 address he is asked for but the instance's, and keeps the
// other packets of IPv6 that he gets.
type tap6 struct {
	port    *link.Port
	packets [][]byte
}

// withTap6 gives the first instance IPv6 and the address ownAddress, and the wire a tap. The address is in use after four
// seconds.
func (n *network) withTap6(t testing.TB) *tap6 {
	t.Helper()
	enableIPv6(t, n.a, ownAddress)
	tap := new(tap6)
	tap.port = n.wire.Attach("tap", routerMAC, tap.receive)
	return tap
}

// bothIPv6 gives both instances IPv6, the first one ownAddress, and returns the address of the second. They are in use
// after four seconds.
func (n *network) bothIPv6(t testing.TB) (other netip.Addr) {
	t.Helper()
	other = netip.MustParseAddr("2001:db8::89")
	enableIPv6(t, n.a, ownAddress)
	enableIPv6(t, n.b, other)
	return other
}

// enableIPv6 gives an instance IPv6 and an address.
func enableIPv6(t testing.TB, ip *ipstack.IP, address netip.Addr) {
	t.Helper()
	if err := ip.EnableIPv6(); err != nil {
		t.Fatal(err)
	}
	ip.EnableICMPv6()
	if _, err := ip.SetIPv6Address(0, address, 64); err != nil {
		t.Fatal(err)
	}
}

func (p *tap6) receive(frame []byte) {
	if binary.BigEndian.Uint16(frame[12:]) != 0x86dd {
		return
	}
	ip := header.IPv6(frame[14:])
	if ip.NextHeader() != uint8(header.ICMPv6ProtocolNumber) || header.ICMPv6(ip.Payload()).Type() != header.ICMPv6NeighborSolicit {
		p.packets = append(p.packets, slices.Clone(frame[14:]))
		return
	}
	target := netip.AddrFrom16([16]byte(ip.Payload()[8:24]))
	from := netip.AddrFrom16(ip.SourceAddress().As16())
	if target == ownAddress || from.IsUnspecified() {
		return
	}
	message := append([]byte{byte(header.ICMPv6NeighborAdvert), 0, 0, 0, 0x60, 0, 0, 0}, ip.Payload()[8:24]...)
	p.port.Send(icmp6(target, from, append(append(message, 2, 1), routerMAC[:]...)))
}

// take returns what the tap got since the last call.
func (p *tap6) take() [][]byte {
	packets := p.packets
	p.packets = nil
	return packets
}

// errors returns type, code and parameter of the ICMPv6 messages among what the tap got since the last call.
func (p *tap6) errors() (got [][3]uint32) {
	for _, packet := range p.take() {
		ip := header.IPv6(packet)
		if ip.NextHeader() == uint8(header.ICMPv6ProtocolNumber) {
			m := header.ICMPv6(ip.Payload())
			got = append(got, [3]uint32{uint32(m.Type()), uint32(m.Code()), m.TypeSpecific()})
		}
	}
	return got
}

// fragment6 is a fragment of a packet with the payload of a protocol.
func fragment6(protocol byte, id uint32, offset int, more bool, payload []byte) []byte {
	option := make([]byte, 8, 8+len(payload))
	option[0] = protocol
	flags := uint16(offset)
	if more {
		flags |= 1
	}
	binary.BigEndian.PutUint16(option[2:], flags)
	binary.BigEndian.PutUint32(option[4:], id)
	return append(option, payload...)
}

// udp6 is a datagram between two addresses, with its checksum.
func udp6(from, to netip.Addr, port uint16, data []byte) []byte {
	datagram := header.UDP(append(make([]byte, header.UDPMinimumSize), data...))
	datagram.Encode(&header.UDPFields{SrcPort: 9, DstPort: port, Length: uint16(len(datagram))})
	sum := header.PseudoHeaderChecksum(header.UDPProtocolNumber, tcpip.AddrFrom16(from.As16()), tcpip.AddrFrom16(to.As16()), uint16(len(datagram)))
	datagram.SetChecksum(^onesSum(datagram, sum))
	return datagram
}

// onesSum adds the 16-bit words of data to sum.
func onesSum(data []byte, sum uint16) uint16 {
	total := uint32(sum)
	for n, b := range data {
		total += uint32(b) << (8 * (1 - n%2))
	}
	for total > 0xffff {
		total = total>>16 + total&0xffff
	}
	return uint16(total)
}

// drain returns the data of the datagrams that a socket has.
func drain(s *ipstack.UDPSocket) (data []string) {
	for {
		p, err := s.Receive(0)
		if err != nil {
			return data
		}
		text := make([]byte, p.Length)
		_, _ = p.Retrieve(text) // the test looks at what came
		data = append(data, string(text))
		p.Release()
	}
}

// tcp6 is a SYN between two addresses, with 8 bytes of options and some of data.
func tcp6(from, to netip.Addr, source, destination uint16, data int) []byte {
	syn := header.TCP(make([]byte, header.TCPMinimumSize+8+data))
	syn.Encode(&header.TCPFields{
		SrcPort: source, DstPort: destination, SeqNum: 1, DataOffset: header.TCPMinimumSize + 8, Flags: header.TCPFlagSyn, WindowSize: 1000,
	})
	copy(syn[header.TCPMinimumSize:], []byte{2, 4, 5, 0xa0, 1, 1, 1, 0})
	sum := header.PseudoHeaderChecksum(header.TCPProtocolNumber, tcpip.AddrFrom16(from.As16()), tcpip.AddrFrom16(to.As16()), uint16(len(syn)))
	syn.SetChecksum(^onesSum(syn, sum))
	return syn
}
