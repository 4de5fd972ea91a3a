package regression_test

import (
	"encoding/binary"
	"slices"

	. "netxsim/netx"
	"netxsim/sim/link"
)

// The types of frames, and the IP protocols.
const (
	netTypeIPv4 = 0x0800
	netTypeARP  = 0x0806
	netTypeIPv6 = 0x86DD

	netICMPProtocol = 1
	netIGMPProtocol = 2
	netUDPProtocol  = 17
)

// netTap is a place on the wire that sends frames made by hand and keeps those it gets. It answers ARP for its address
// unless it is mute.
type netTap struct {
	lab     *netLab
	port    *link.Port
	address ULONG
	mute    bool
	frames  [][]byte
}

// tap adds a tap with the addresses of host number n.
func (l *netLab) tap(n byte) *netTap {
	t := &netTap{lab: l, address: netAddress(n)}
	t.port = l.wire.Attach("tap", netHardware(n), t.receive)
	return t
}

func (t *netTap) receive(frame []byte) {
	if netTypeOf(frame) != netTypeARP {
		t.frames = append(t.frames, slices.Clone(frame))
		return
	}
	request := netParseARP(frame)
	t.frames = append(t.frames, slices.Clone(frame))
	if !t.mute && request.Op == netARPRequest && request.Target == t.address && request.Sender != t.address {
		mac := [6]byte(frame[6:12])
		t.sendTo(mac, netTypeARP, netARP{netARPReply, t.port.MAC(), t.address, mac, request.Sender}.bytes())
	}
}

// take returns the payloads of the frames of a type received since the last call, of any type for 0.
func (t *netTap) take(kind uint16) [][]byte {
	var payloads [][]byte
	for _, f := range t.frames {
		if kind == 0 || netTypeOf(f) == kind {
			payloads = append(payloads, f[14:])
		}
	}
	t.frames = nil
	return payloads
}

// sendTo sends a frame, and lets the network do what follows.
func (t *netTap) sendTo(mac [6]byte, kind uint16, payload []byte) {
	frame := append(mac[:], make([]byte, 8)...)
	from := t.port.MAC()
	copy(frame[6:], from[:])
	binary.BigEndian.PutUint16(frame[12:], kind)
	t.port.Send(append(frame, payload...))
}

// send sends an IPv4 packet to the hardware address of host number n, and lets the network do what follows.
func (t *netTap) send(n byte, p netIPv4) {
	t.sendTo(netHardware(n), netTypeIPv4, p.bytes())
	t.lab.settle()
}

var netEverybody = [6]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}

func netTypeOf(frame []byte) uint16 { return binary.BigEndian.Uint16(frame[12:]) }

// netSum is the Internet checksum over parts of even length, the last one excepted.
func netSum(parts ...[]byte) uint16 {
	sum := uint32(0)
	for _, part := range parts {
		for n, b := range part {
			sum += uint32(b) << (8 * (1 - n%2))
		}
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}

// netIPv4 is an IPv4 packet. Offset, in bytes, and More make it a fragment; BadSum spoils its checksum.
type netIPv4 struct {
	From, To  ULONG
	Protocol  byte
	TTL       byte // 0 means 64
	ID        uint16
	Offset    int
	More      bool
	DontSplit bool
	BadSum    bool
	Options   []byte
	Data      []byte
}

func (p netIPv4) bytes() []byte {
	size := 20 + len(p.Options)
	head := make([]byte, 20, size+len(p.Data))
	head[0] = 0x40 | byte(size/4)
	binary.BigEndian.PutUint16(head[2:], uint16(size+len(p.Data)))
	binary.BigEndian.PutUint16(head[4:], p.ID)
	flags := uint16(p.Offset / 8)
	if p.More {
		flags |= 0x2000
	}
	if p.DontSplit {
		flags |= 0x4000
	}
	binary.BigEndian.PutUint16(head[6:], flags)
	head[8], head[9] = p.TTL, p.Protocol
	if p.TTL == 0 {
		head[8] = 64
	}
	binary.BigEndian.PutUint32(head[12:], p.From)
	binary.BigEndian.PutUint32(head[16:], p.To)
	head = append(head, p.Options...)
	sum := netSum(head)
	if p.BadSum {
		sum ^= 0x0101
	}
	binary.BigEndian.PutUint16(head[10:], sum)
	return append(head, p.Data...)
}

// netParseIPv4 takes an IPv4 packet apart.
func netParseIPv4(b []byte) netIPv4 {
	size := int(b[0]&15) * 4
	flags := binary.BigEndian.Uint16(b[6:])
	return netIPv4{
		From: binary.BigEndian.Uint32(b[12:]), To: binary.BigEndian.Uint32(b[16:]), Protocol: b[9], TTL: b[8],
		ID: binary.BigEndian.Uint16(b[4:]), Offset: int(flags&0x1fff) * 8, More: flags&0x2000 != 0, DontSplit: flags&0x4000 != 0,
		BadSum: netSum(b[:size]) != 0, Options: slices.Clone(b[20:size]), Data: slices.Clone(b[size:binary.BigEndian.Uint16(b[2:])]),
	}
}

// netUDP is a datagram with its checksum.
func netUDP(from, to ULONG, source, destination uint16, data string) []byte {
	d := make([]byte, 8, 8+len(data))
	binary.BigEndian.PutUint16(d, source)
	binary.BigEndian.PutUint16(d[2:], destination)
	binary.BigEndian.PutUint16(d[4:], uint16(8+len(data)))
	d = append(d, data...)
	pseudo := make([]byte, 12)
	binary.BigEndian.PutUint32(pseudo, from)
	binary.BigEndian.PutUint32(pseudo[4:], to)
	pseudo[9] = netUDPProtocol
	binary.BigEndian.PutUint16(pseudo[10:], uint16(len(d)))
	binary.BigEndian.PutUint16(d[6:], netSum(pseudo, d))
	return d
}

// netICMP is an ICMP message: type, code, the 32 bits behind the checksum, and data.
func netICMP(kind, code byte, rest uint32, data []byte) []byte {
	m := make([]byte, 8, 8+len(data))
	m[0], m[1] = kind, code
	binary.BigEndian.PutUint32(m[4:], rest)
	m = append(m, data...)
	binary.BigEndian.PutUint16(m[2:], netSum(m))
	return m
}

// netIGMP is an IGMP message about a group.
func netIGMP(kind, tenths byte, group ULONG) []byte { return netICMP(kind, tenths, group, nil) }

const (
	netARPRequest = 1
	netARPReply   = 2
)

// netARP is an ARP message.
type netARP struct {
	Op             uint16
	SenderHardware [6]byte
	Sender         ULONG
	TargetHardware [6]byte
	Target         ULONG
}

func (a netARP) bytes() []byte {
	m := []byte{0, 1, 8, 0, 6, 4}
	m = binary.BigEndian.AppendUint16(m, a.Op)
	m = binary.BigEndian.AppendUint32(append(m, a.SenderHardware[:]...), a.Sender)
	return binary.BigEndian.AppendUint32(append(m, a.TargetHardware[:]...), a.Target)
}

// netParseARP takes the ARP message of a frame apart.
func netParseARP(frame []byte) netARP {
	m := frame[14:]
	return netARP{binary.BigEndian.Uint16(m[6:]), [6]byte(m[8:14]), binary.BigEndian.Uint32(m[14:]), [6]byte(m[18:24]), binary.BigEndian.Uint32(m[24:])}
}
