package regression_test

import (
	"encoding/binary"
	"slices"

	. "netxsim/netx"
)

const netICMPv6Protocol = 58

// netIPv6 is an IPv6 packet; Next is the number of the first header in Data.
type netIPv6 struct {
	From, To *NXD_ADDRESS
	Next     byte
	HopLimit byte // 0 means 255
	Data     []byte
}

// netWords returns the bytes of an address.
func netWords(a *NXD_ADDRESS) (b []byte) {
	for _, word := range a.IpAddress.V6 {
		b = binary.BigEndian.AppendUint32(b, word)
	}
	return b
}

func (p netIPv6) bytes() []byte {
	head := []byte{0x60, 0, 0, 0}
	head = binary.BigEndian.AppendUint16(head, uint16(len(p.Data)))
	head = append(head, p.Next, p.HopLimit)
	if p.HopLimit == 0 {
		head[7] = 255
	}
	return slices.Concat(head, netWords(p.From), netWords(p.To), p.Data)
}

// netICMPv6 is an ICMPv6 message in a packet.
func netICMPv6(from, to *NXD_ADDRESS, message []byte) netIPv6 {
	message = slices.Clone(message)
	pseudo := append(slices.Concat(netWords(from), netWords(to)), 0, 0, byte(len(message)>>8), byte(len(message)), 0, 0, 0, netICMPv6Protocol)
	binary.BigEndian.PutUint16(message[2:], 0)
	binary.BigEndian.PutUint16(message[2:], netSum(pseudo, message))
	return netIPv6{From: from, To: to, Next: netICMPv6Protocol, Data: message}
}

// send6 sends an IPv6 packet to the hardware address of host number n, and lets the network do what follows.
func (t *netTap) send6(n byte, p netIPv6) {
	t.sendTo(netHardware(n), netTypeIPv6, p.bytes())
	t.lab.settle()
}

// messages6 returns type and code of the ICMPv6 messages received since the last call, but for questions to neighbours and
// routers and answers to them.
func (t *netTap) messages6() (got [][2]byte) {
	for _, p := range t.take(netTypeIPv6) {
		if p[6] == netICMPv6Protocol && (p[40] < 133 || p[40] > 136) {
			got = append(got, [2]byte{p[40], p[41]})
		}
	}
	return got
}

// netNeighbour is what a neighbour of a host has in its cache under an address.
type netNeighbour struct {
	Status   UINT
	Msw, Lsw ULONG
	Index    UINT
}

// neighbour looks a neighbour up.
func (h *netHost) neighbour(a *NXD_ADDRESS) (n netNeighbour) {
	n.Status = NxdNdCacheHardwareAddressFind(h.ip, a, &n.Msw, &n.Lsw, &n.Index)
	return n
}

// known enters a tap as the neighbour with an address.
func (h *netHost) known(a *NXD_ADDRESS, t *netTap) {
	h.lab.t.Helper()
	mac := t.port.MAC()
	h.lab.ok("enter neighbour", NxdNdCacheEntrySet(h.ip, &a.IpAddress.V6, 0, mac[:]))
}

// netLocal6 is the link-local address fe80::n.
func netLocal6(n ULONG) *NXD_ADDRESS {
	a := &NXD_ADDRESS{IpVersion: NX_IP_VERSION_V6}
	a.IpAddress.V6 = [4]ULONG{0xFE800000, 0, 0, n}
	return a
}

// netAllNodes6 is the group of all nodes on a link.
func netAllNodes6() *NXD_ADDRESS {
	a := &NXD_ADDRESS{IpVersion: NX_IP_VERSION_V6}
	a.IpAddress.V6 = [4]ULONG{0xFF020000, 0, 0, 1}
	return a
}
