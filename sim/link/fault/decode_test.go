package fault_test

import (
	"encoding/binary"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"netxsim/sim/link"
	"netxsim/sim/link/fault"
)

// packet builds an Ethernet frame with an IPv4 packet, checksums zero.
func packet(protocol byte, fragment uint16, body []byte) []byte {
	f := make([]byte, link.HeaderLen+20, link.HeaderLen+20+len(body))
	to, from := address(1), address(0)
	copy(f, to[:])
	copy(f[6:], from[:])
	f[12] = 8
	h := f[link.HeaderLen:]
	h[0], h[8], h[9] = 0x45, 64, protocol
	binary.BigEndian.PutUint16(h[2:], uint16(20+len(body)))
	binary.BigEndian.PutUint16(h[6:], fragment)
	copy(h[12:], []byte{10, 0, 0, 1, 10, 0, 0, 2})
	return append(f, body...)
}

// segment builds a TCP segment from port 1000 to 80 with 4 bytes of options.
func segment(flags fault.TCPFlags, data string) []byte {
	t := make([]byte, 24)
	binary.BigEndian.PutUint16(t, 1000)
	binary.BigEndian.PutUint16(t[2:], 80)
	binary.BigEndian.PutUint32(t[4:], 7)
	binary.BigEndian.PutUint32(t[8:], 9)
	t[12], t[13] = 6<<4, byte(flags)
	return append(t, data...)
}

// datagram builds a UDP datagram from port 53 to 2000.
func datagram(data string) []byte {
	u := make([]byte, 8)
	binary.BigEndian.PutUint16(u, 53)
	binary.BigEndian.PutUint16(u[2:], 2000)
	binary.BigEndian.PutUint16(u[4:], uint16(8+len(data)))
	return append(u, data...)
}

// packet6 builds an Ethernet frame with an IPv6 packet.
func packet6(next byte, body []byte) []byte {
	f := make([]byte, link.HeaderLen+40)
	f[12], f[13] = 0x86, 0xDD
	h := f[link.HeaderLen:]
	h[0], h[6] = 0x60, next
	binary.BigEndian.PutUint16(h[4:], uint16(len(body)))
	h[8], h[23], h[24], h[39] = 0xFE, 1, 0xFE, 2
	return append(f, body...)
}

func arp() []byte {
	f := make([]byte, link.HeaderLen+28)
	f[12], f[13] = 8, 6
	copy(f[link.HeaderLen+14:], []byte{10, 0, 0, 1})
	copy(f[link.HeaderLen+24:], []byte{10, 0, 0, 2})
	return f
}

var (
	one, two   = netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.0.2")
	one6, two6 = netip.MustParseAddr("fe00::1"), netip.MustParseAddr("fe00::2")
)

func TestDecode(t *testing.T) {
	for _, tt := range []struct {
		name  string
		frame []byte
		want  fault.Packet
	}{
		{"TCP", packet(6, 0, segment(fault.SYN|fault.ACK, "data")), fault.Packet{
			EtherType: 0x0800, Version: 4, Protocol: fault.TCP, Source: one, Destination: two, SourcePort: 1000, DestinationPort: 80,
			Flags: fault.SYN | fault.ACK, Seq: 7, Ack: 9, Payload: []byte("data")}},
		{"TCP with padding of the frame", append(packet(6, 0, segment(fault.ACK, "")), 0, 0, 0), fault.Packet{
			EtherType: 0x0800, Version: 4, Protocol: fault.TCP, Source: one, Destination: two, SourcePort: 1000, DestinationPort: 80,
			Flags: fault.ACK, Seq: 7, Ack: 9, Payload: []byte{}}},
		{"UDP", packet(17, 0, datagram("query")), fault.Packet{
			EtherType: 0x0800, Version: 4, Protocol: fault.UDP, Source: one, Destination: two, SourcePort: 53, DestinationPort: 2000,
			Payload: []byte("query")}},
		{"a first fragment", packet(17, 0x2000, datagram("query")), fault.Packet{
			EtherType: 0x0800, Version: 4, Protocol: fault.UDP, Source: one, Destination: two, Fragment: true, SourcePort: 53, DestinationPort: 2000,
			Payload: []byte("query")}},
		{"a later fragment", packet(17, 100, datagram("query")), fault.Packet{
			EtherType: 0x0800, Version: 4, Protocol: fault.UDP, Source: one, Destination: two, Fragment: true, Payload: datagram("query")}},
		{"ICMP", packet(1, 0, []byte{8, 0, 0, 0, 1}), fault.Packet{
			EtherType: 0x0800, Version: 4, Protocol: fault.ICMP, Source: one, Destination: two, Payload: []byte{8, 0, 0, 0, 1}}},
		{"cut off in the TCP header", packet(6, 0, segment(fault.ACK, ""))[:40], fault.Packet{
			EtherType: 0x0800, Version: 4, Protocol: fault.TCP, Source: one, Destination: two, Payload: segment(fault.ACK, "")[:6]}},
		{"IPv6 with options and a fragment header", packet6(0, append([]byte{44, 0, 0, 0, 0, 0, 0, 0, 17, 0, 0, 1, 0, 0, 0, 0}, datagram("six")...)), fault.Packet{
			EtherType: 0x86DD, Version: 6, Protocol: fault.UDP, Source: one6, Destination: two6, Fragment: true, SourcePort: 53, DestinationPort: 2000,
			Payload: []byte("six")}},
		{"ICMPv6", packet6(58, []byte{128, 0, 0, 0}), fault.Packet{
			EtherType: 0x86DD, Version: 6, Protocol: fault.ICMPv6, Source: one6, Destination: two6, Payload: []byte{128, 0, 0, 0}}},
		{"ARP", arp(), fault.Packet{EtherType: 0x0806, Protocol: fault.ARP, Source: one, Destination: two, Payload: arp()[link.HeaderLen:]}},
		{"not a frame", []byte{1, 2, 3}, fault.Packet{}},
		{"something else", append(make([]byte, 12), 0x88, 0xCC, 5), fault.Packet{EtherType: 0x88CC, Payload: []byte{5}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := fault.Decode(tt.frame)
			if diff := cmp.Diff(tt.want, got, cmpopts.IgnoreUnexported(fault.Packet{}), cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestMatch(t *testing.T) {
	frames := map[string][]byte{
		"syn": packet(6, 0, segment(fault.SYN, "")), "data": packet(6, 0, segment(fault.ACK|fault.PSH, "GET /index")),
		"udp": packet(17, 0, datagram("query")), "ping": packet(1, 0, []byte{8, 0, 0, 0}), "arp": arp(),
		"part": packet(6, 100, []byte("GET /index")),
	}
	order := []string{"syn", "data", "udp", "ping", "arp", "part"}
	for _, tt := range []struct {
		match fault.Match
		want  []string
		text  string
	}{
		{fault.Match{}, order, "of any kind"},
		{fault.Match{Protocol: fault.TCP}, []string{"syn", "data", "part"}, "of TCP"},
		{fault.Match{Protocol: fault.ARP}, []string{"arp"}, "of ARP"},
		{fault.Match{Protocol: fault.ICMP}, []string{"ping"}, "of ICMP"},
		{fault.Match{Flags: fault.SYN}, []string{"syn"}, "with SYN"},
		{fault.Match{Clear: fault.SYN}, []string{"data", "part"}, "without SYN"},
		{fault.Match{Flags: fault.PSH | fault.ACK, Clear: fault.RST}, []string{"data"}, "with PSH,ACK without RST"},
		{fault.Match{Data: true}, []string{"data", "udp"}, "with data"},
		{fault.Match{Contains: []byte("index")}, []string{"data"}, `containing "index"`},
		{fault.Match{Port: 80}, []string{"syn", "data"}, "from or to port 80"},
		{fault.Match{SourcePort: 53, DestinationPort: 2000}, []string{"udp"}, "from port 53 to port 2000"},
		{fault.Match{SourcePort: 80}, nil, "from port 80"},
		{fault.Match{Source: netip.MustParsePrefix("10.0.0.0/31")}, order, "from address 10.0.0.0/31"},
		{fault.Match{Protocol: fault.UDP, Destination: netip.MustParsePrefix("10.0.0.0/31")}, nil, "of UDP to address 10.0.0.0/31"},
		{fault.Match{F: func(p *fault.Packet) bool { return p.Seq == 7 && len(p.Payload) == 0 }}, []string{"syn"}, "that the program selects"},
	} {
		w := newWorld(1)
		fault.Attach(w.wire, fault.Fault{If: fault.Not(tt.match), Do: fault.Drop{}})
		var got []string
		names := map[uint64]string{}
		w.wire.Observe(func(e link.FrameEvent) {
			if e.Kind == link.Delivered {
				got = append(got, names[e.Number])
			}
		})
		w.run(t, func() {
			for i, name := range order {
				names[uint64(i)+1] = name
				f := frames[name]
				to := address(1)
				copy(f, to[:])
				w.ports["a"].Send(f)
			}
		})
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%v (-want +got):\n%s", tt.match, diff)
		}
		if tt.match.String() != tt.text {
			t.Errorf("%q, want %q", tt.match, tt.text)
		}
	}
}

// slowSum is the ones' complement sum of what a checksum covers: 0xFFFF if it is right.
func slowSum(parts ...[]byte) (sum uint16) {
	for _, part := range parts {
		for i, b := range part {
			add := uint32(b) << 8
			if i%2 == 1 {
				add = uint32(b)
			}
			total := uint32(sum) + add
			sum = uint16(total) + uint16(total>>16)
		}
	}
	return sum
}

// sums checks every checksum of a frame.
func sums(t *testing.T, frame []byte) {
	t.Helper()
	h := frame[link.HeaderLen:]
	if frame[12] == 8 && slowSum(h[:20]) != 0xFFFF {
		t.Errorf("header % x has the wrong checksum", h[:20])
	}
	protocol, addresses, body := h[9], h[12:20], h[20:]
	if frame[12] == 0x86 {
		protocol, addresses, body = h[6], h[8:40], h[40:]
	}
	pseudo := [][]byte{addresses, {0, protocol, byte(len(body) >> 8), byte(len(body))}}
	if protocol == fault.ICMP {
		pseudo = nil
	}
	if slowSum(append(pseudo, body)...) != 0xFFFF {
		t.Errorf("protocol %d: % x has the wrong checksum", protocol, body)
	}
}

func TestFixChecksums(t *testing.T) {
	for name, frame := range map[string][]byte{
		"TCP": packet(6, 0, segment(fault.ACK, "odd")), "UDP": packet(17, 0, datagram("even")),
		"ICMP": packet(1, 0, []byte{8, 0, 1, 1, 7}), "TCP over IPv6": packet6(6, segment(fault.ACK, "odd")),
		"UDP over IPv6": packet6(17, datagram("even")), "ICMPv6": packet6(58, []byte{128, 0, 0, 0, 1, 2}),
	} {
		t.Run(name, func(t *testing.T) {
			if name == "UDP" {
				frame[link.HeaderLen+20+6] = 1 // it has one
			}
			fault.FixChecksums(frame)
			sums(t, frame)
		})
	}
	bare := packet(17, 0, datagram("none"))
	fault.FixChecksums(bare)
	if bare[link.HeaderLen+26] != 0 || bare[link.HeaderLen+27] != 0 {
		t.Error("a datagram without a checksum has got one")
	}
	fragment := packet(17, 0x2000, datagram("none"))
	fragment[link.HeaderLen+26] = 5
	fault.FixChecksums(fragment)
	if fragment[link.HeaderLen+26] != 5 || slowSum(fragment[link.HeaderLen:][:20]) != 0xFFFF {
		t.Error("the checksum of a fragmented datagram was changed, or that of its header was not")
	}
}

// TestCorrupt counts what is changed where.
func TestCorrupt(t *testing.T) {
	const size = 40
	data := string(make([]byte, size))
	begins := link.HeaderLen + 20 + 24
	for _, tt := range []struct {
		corrupt     fault.Corrupt
		bits, bytes int
		from, to    int
		text        string
	}{
		{fault.Corrupt{}, 1, 1, link.HeaderLen, begins + size, "has 1 bit changed behind the Ethernet header"},
		{fault.Corrupt{Bits: 5}, 5, 0, link.HeaderLen, begins + size, "has 5 bits changed behind the Ethernet header"},
		{fault.Corrupt{Bytes: 3, In: fault.WholeFrame}, 0, 3, 0, begins + size, "has 3 bytes changed anywhere"},
		{fault.Corrupt{Bytes: size, In: fault.Data}, 0, size, begins, begins + size, "has 40 bytes changed in its data"},
		{fault.Corrupt{Bits: size*8 + 1, In: fault.Data}, size * 8, size, begins, begins + size, "has 321 bits changed in its data"},
		{fault.Corrupt{In: fault.Data, Repair: true}, 0, 0, begins, begins + size, "has 1 bit changed in its data and its checksums put right"},
		{fault.Corrupt{Bits: 1, Bytes: 1}, 0, 0, link.HeaderLen, begins + size, "has 1 bit and 1 byte changed behind the Ethernet header"},
	} {
		w := newWorld(9)
		set := fault.Attach(w.wire, fault.Fault{Do: tt.corrupt})
		sent := packet(6, 0, segment(fault.ACK, data))
		fault.FixChecksums(sent)
		w.wire.Observe(func(e link.FrameEvent) {
			if e.Kind != link.Delivered {
				return
			}
			if !e.Changed || len(e.Frame) != len(sent) {
				t.Fatalf("%v: changed %v, %d bytes", tt.corrupt, e.Changed, len(e.Frame))
			}
			bits, bytes := 0, 0
			for i := range sent {
				changed := sent[i] ^ e.Frame[i]
				if changed != 0 && tt.corrupt.Repair && (i == begins-8 || i == begins-7) {
					continue // the checksum
				}
				if changed != 0 {
					bytes++
					if i < tt.from || i >= tt.to {
						t.Errorf("%v: byte %d is changed", tt.corrupt, i)
					}
				}
				for ; changed != 0; changed &= changed - 1 {
					bits++
				}
			}
			if tt.bits != 0 && bits != tt.bits || tt.bytes != 0 && bytes != tt.bytes || bytes == 0 {
				t.Errorf("%v: %d bits in %d bytes", tt.corrupt, bits, bytes)
			}
			if tt.corrupt.Repair {
				sums(t, e.Frame)
			}
		})
		w.run(t, func() {
			for range 200 {
				w.ports["a"].Send(sent)
			}
		})
		if diff := cmp.Diff([]fault.Counter{{Name: "corrupt", Seen: 200, Hits: 200}}, set.Counters()); diff != "" {
			t.Errorf("%v: %s", tt.corrupt, diff)
		}
		if tt.corrupt.String() != tt.text {
			t.Errorf("%q, want %q", tt.corrupt, tt.text)
		}
	}
	w := newWorld(1)
	set := fault.Attach(w.wire, fault.Fault{Do: fault.Corrupt{In: fault.Data}})
	w.run(t, func() { w.send("a", "b", 0, 46) })
	if diff := cmp.Diff([]fault.Counter{{Name: "corrupt", Seen: 1}}, set.Counters()); diff != "" {
		t.Errorf("a frame without data: %s", diff)
	}
}

func TestTruncate(t *testing.T) {
	for _, tt := range []struct {
		cut  fault.Truncate
		text string
	}{{fault.Truncate{To: 30}, "is cut to 30 bytes"}, {fault.Truncate{To: 5, Random: true}, "is cut at random, behind 5 bytes or more"}} {
		w := newWorld(1)
		set := fault.Attach(w.wire, fault.Fault{Do: tt.cut})
		lengths := map[int]int{}
		w.wire.Observe(func(e link.FrameEvent) {
			if e.Kind == link.Delivered {
				lengths[len(e.Frame)-link.HeaderLen]++
			}
		})
		w.run(t, func() {
			for size := range 50 {
				w.kernel.After(time.Duration(size)*ms, func() { w.send("a", "b", 0, size+1) })
			}
		})
		for length := range lengths {
			if length > tt.cut.To && !tt.cut.Random || length > 49 {
				t.Errorf("%v: %d bytes have arrived", tt.cut, length)
			}
		}
		if tt.cut.Random && len(lengths) < 15 || !tt.cut.Random && len(lengths) != 30 {
			t.Errorf("%v: %d lengths have arrived", tt.cut, len(lengths))
		}
		if hits := set.Counters()[0].Hits; hits != uint64(50-tt.cut.To) || tt.cut.String() != tt.text {
			t.Errorf("%v: %d hits", tt.cut, hits)
		}
	}
}

// FuzzDecode looks for frames that break the decoder, the checksums and Describe.
func FuzzDecode(f *testing.F) {
	for _, frame := range [][]byte{
		packet(6, 0, segment(fault.SYN, "data")), packet(17, 0x2000, datagram("x")), packet(1, 0, []byte{8, 0, 0, 0}),
		packet6(0, append([]byte{44, 0, 0, 0, 0, 0, 0, 0, 17, 0, 0, 1, 0, 0, 0, 0}, datagram("six")...)), arp(),
	} {
		f.Add(frame)
	}
	f.Fuzz(func(t *testing.T, frame []byte) {
		p := fault.Decode(frame)
		if len(p.Payload) > len(frame) {
			t.Errorf("%d bytes of payload in %d", len(p.Payload), len(frame))
		}
		_ = link.Describe(frame)
		fault.FixChecksums(frame)
		once := string(frame)
		fault.FixChecksums(frame)
		if string(frame) != once {
			t.Errorf("put right twice: % x, then % x", once, frame)
		}
	})
}
