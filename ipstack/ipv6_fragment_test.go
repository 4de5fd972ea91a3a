package ipstack_test

import (
	"bytes"
	"fmt"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gvisor.dev/gvisor/pkg/tcpip/header"

	"netxsim/ipstack"
	"netxsim/sim/link"
)

// TestFragmentsSent sends a datagram that is longer than the interface allows.
func TestFragmentsSent(t *testing.T) {
	n := datagramNetwork(t, link.Config{}, 8)
	tap := n.withTap6(t)
	data := pattern(4000)
	n.thread(t, "app", func() error {
		_ = n.kernel.Sleep(500)
		s, err := udpSocket(n.a, 1000, 5)
		if err != nil {
			return err
		}
		if err := sendTo(s, tapAddress, 7, data); err != nil {
			return err
		}
		_ = n.kernel.Sleep(10)
		return s.Unbind()
	})
	n.run(t)
	var got []string
	var whole []byte
	for _, packet := range tap.take() {
		ip := header.IPv6(packet)
		if ip.NextHeader() != 44 {
			continue
		}
		f := header.IPv6FragmentExtHdr(ip.Payload()[2:8])
		got = append(got, fmt.Sprint(len(packet), ip.Payload()[0], ip.Payload()[1], f.FragmentOffset()*8, f.More(), f.ID()))
		whole = append(whole, ip.Payload()[8:]...)
	}
	// 8 bytes of UDP and 4000 of data; 1448 is the largest multiple of eight that fits with 48 bytes of headers in 1500.
	want := []string{"1496 17 0 0 true 1", "1496 17 0 1448 true 1", "1160 17 0 2896 false 1"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("fragments (-want +got):\n%s", diff)
	}
	if len(whole) < 8 || !bytes.Equal(whole[8:], data) {
		t.Errorf("%d bytes put together are not the %d sent", len(whole), len(data))
	}
	info := n.a.Info()
	if info.FragmentsSent != 3 || info.SendDropped != 0 {
		t.Errorf("%d fragments sent, %d packets not sent", info.FragmentsSent, info.SendDropped)
	}
	allFree(t, n.a)
}

// TestFragmentsWithoutPackets sends a long datagram with hardly any packets left: what cannot be paid for is not sent.
func TestFragmentsWithoutPackets(t *testing.T) {
	for _, spare := range []int{0, 1, 2, 3} {
		t.Run(fmt.Sprint(spare), func(t *testing.T) {
			n := datagramNetwork(t, link.Config{Bandwidth: 1_000_000}, 8)
			tap := n.withTap6(t)
			n.thread(t, "app", func() error {
				_ = n.kernel.Sleep(500)
				answer, err := n.a.Ping(tapAddress, nil, 10) // so that the neighbour is known
				if err == nil {
					answer.Release()
				}
				s, err := udpSocket(n.a, 1000, 5)
				if err != nil {
					return err
				}
				pool := n.a.DefaultPool()
				p, err := datagram(pool, pattern(4000)) // three packets, and three fragments
				if err != nil {
					return err
				}
				var held []func()
				for pool.Available() > uint32(spare) {
					q, err := pool.Allocate(0, 0)
					if err != nil {
						return err
					}
					held = append(held, func() { q.Release() })
				}
				if err := s.Send(p, netip.AddrPortFrom(tapAddress, 7)); err != nil {
					return err
				}
				_ = n.kernel.Sleep(20)
				for _, release := range held {
					release()
				}
				return s.Unbind()
			})
			n.run(t)
			sent := 0
			for _, packet := range tap.take() {
				if header.IPv6(packet).NextHeader() == 44 {
					sent++
				}
			}
			if sent != spare {
				t.Errorf("%d fragments with %d packets", sent, spare)
			}
			allFree(t, n.a)
		})
	}
}

// TestFragmentsReceived puts datagrams together.
func TestFragmentsReceived(t *testing.T) {
	data := pattern(3000)
	whole := udp6(tapAddress, ownAddress, 7, data)
	part := func(from, to int) []byte { return whole[from:min(to, len(whole))] }
	piece := func(id uint32, from, to int) []byte {
		return fragment6(17, id, from, to < len(whole), part(from, to))
	}
	for _, test := range []struct {
		name    string
		off     bool
		pieces  [][]byte
		arrives bool
		errors  [][3]uint32
		after   uint32 // seconds, until which nothing may be held
	}{
		{name: "in order", pieces: [][]byte{piece(1, 0, 1000), piece(1, 1000, 2000), piece(1, 2000, 9999)}, arrives: true},
		{name: "backwards", pieces: [][]byte{piece(1, 2000, 9999), piece(1, 1000, 2000), piece(1, 0, 1000)}, arrives: true},
		{name: "twice", pieces: [][]byte{piece(1, 0, 1000), piece(1, 0, 1000), piece(1, 1000, 2000), piece(1, 2000, 9999)}, arrives: true},
		{name: "not enabled", off: true, pieces: [][]byte{piece(1, 0, 1000), piece(1, 1000, 2000), piece(1, 2000, 9999)}},
		{name: "of two datagrams", pieces: [][]byte{piece(1, 0, 1000), piece(2, 1000, 2000), piece(1, 2000, 9999)}, after: 62,
			errors: [][3]uint32{{3, 1, 0}}},
		{name: "the first is missing", pieces: [][]byte{piece(1, 1000, 2000), piece(1, 2000, 9999)}, after: 62},
		{name: "a piece of odd length", pieces: [][]byte{fragment6(17, 1, 0, true, whole[:999])}, errors: [][3]uint32{{4, 0, 4}}},
		{name: "beyond the longest datagram", pieces: [][]byte{fragment6(17, 1, 65528, false, whole[:8])}, errors: [][3]uint32{{4, 0, 42}}},
		{name: "a header too short", pieces: [][]byte{make([]byte, 4)}},
		{name: "a fragment in a fragment", pieces: [][]byte{
			fragment6(44, 1, 0, true, fragment6(17, 2, 0, false, make([]byte, 8))), fragment6(44, 1, 16, false, make([]byte, 8)),
		}, errors: [][3]uint32{{4, 1, 6}}},
		{name: "without data", pieces: [][]byte{fragment6(17, 1, 0, true, nil), fragment6(17, 1, 8, false, nil), fragment6(17, 1, 0, true, make([]byte, 8))},
			errors: [][3]uint32{{1, 4, 0}}}, // of port 0
	} {
		t.Run(test.name, func(t *testing.T) {
			n := datagramNetwork(t, link.Config{}, 12)
			tap := n.withTap6(t)
			if !test.off {
				n.a.EnableFragmentation()
			}
			n.thread(t, "app", func() error {
				_ = n.kernel.Sleep(500)
				s, err := udpSocket(n.a, 7, 5)
				if err != nil {
					return err
				}
				for _, p := range test.pieces {
					tap.port.Send(frame6(tapAddress, ownAddress, 44, 64, p))
				}
				_ = n.kernel.Sleep(10 + 100*test.after)
				var want []string
				if test.arrives {
					want = []string{string(data)}
				}
				if diff := cmp.Diff(want, drain(s)); diff != "" {
					t.Errorf("received (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff(test.errors, tap.errors()); diff != "" {
					t.Errorf("errors (-want +got):\n%s", diff)
				}
				allFree(t, n.a)
				if got := n.a.Info().FragmentsReceived; int(got) != len(test.pieces) && test.name != "a fragment in a fragment" {
					t.Errorf("%d of %d fragments counted", got, len(test.pieces))
				}
				return s.Unbind()
			})
			n.run(t)
		})
	}
}

// TestFragmentationBothWays pings with more data than a frame holds, and switches fragmentation off while fragments wait.
func TestFragmentationBothWays(t *testing.T) {
	n := datagramNetwork(t, link.Config{}, 12)
	other := n.bothIPv6(t)
	n.a.EnableFragmentation()
	n.b.EnableFragmentation()
	n.thread(t, "app", func() error {
		_ = n.kernel.Sleep(500)
		data := pattern(3000)
		answer, err := n.a.Ping(other, data, 100)
		if err != nil {
			return err
		}
		got := make([]byte, answer.Length)
		if _, err := answer.Retrieve(got); err != nil {
			return err
		}
		if !bytes.Equal(got, data) {
			t.Error("other data came back")
		}
		answer.Release()
		n.b.DisableFragmentation()
		if answer, err := n.a.Ping(other, data, 100); err == nil {
			answer.Release()
			t.Error("answered in spite of fragments that are not put together")
		}
		allFree(t, n.a, n.b)
		return nil
	})
	n.run(t)
}

// TestFragmentsOfTCP puts a segment together that came in two pieces.
func TestFragmentsOfTCP(t *testing.T) {
	n := newNetwork(t, 1, link.Config{}, 12)
	tap := n.withTap6(t)
	n.a.EnableFragmentation()
	n.thread(t, "app", func() error {
		_ = n.kernel.Sleep(500)
		syn := tcp6(tapAddress, ownAddress, 999, 80, 100)
		tap.port.Send(frame6(tapAddress, ownAddress, 44, 64, fragment6(6, 1, 0, true, syn[:64])))
		tap.port.Send(frame6(tapAddress, ownAddress, 44, 64, fragment6(6, 1, 64, false, syn[64:])))
		_ = n.kernel.Sleep(10)
		resets := 0
		for _, packet := range tap.take() {
			if ip := header.IPv6(packet); ip.NextHeader() == 6 && header.TCP(ip.Payload()).Flags().Contains(header.TCPFlagRst) {
				resets++
			}
		}
		if resets != 1 {
			t.Errorf("%d resets for a SYN to a port of nobody", resets)
		}
		allFree(t, n.a)
		return nil
	})
	n.run(t)
}

// TestFragmentsWithExtensionHeaders sends a long raw packet that begins with extension headers: those for routers are in
// every fragment.
func TestFragmentsWithExtensionHeaders(t *testing.T) {
	for _, test := range []struct {
		name    string
		headers []extension
		want    []string // length, next headers, offset
	}{
		{"for the destination", []extension{{60, padded}}, []string{"1496 [44 60] 0", "620 [44 60] 1448"}},
		{"for routers", []extension{{0, padded}, {43, arrived}, {60, padded}}, []string{"1496 [0 43 44 60] 0", "652 [0 43 44 60] 1432"}},
		{"longer than the packet", []extension{{0, append([]byte{0, 255}, make([]byte, 6)...)}}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			n := datagramNetwork(t, link.Config{}, 8)
			tap := n.withTap6(t)
			n.thread(t, "app", func() error {
				_ = n.kernel.Sleep(500)
				first, payload := chain(17, make([]byte, 2012), test.headers...)
				p, err := datagram(n.a.DefaultPool(), payload)
				if err != nil {
					return err
				}
				if err := n.a.SendRawFrom(0, p, tapAddress, ipstack.RawHeader{Protocol: first}); err != nil {
					return err
				}
				_ = n.kernel.Sleep(10)
				return nil
			})
			n.run(t)
			var got []string
			for _, packet := range tap.take() {
				at, next, numbers := 40, packet[6], []byte{packet[6]}
				for next != 44 {
					next = packet[at]
					numbers = append(numbers, next)
					at += 8
				}
				numbers = append(numbers, packet[at])
				got = append(got, fmt.Sprint(len(packet), numbers, int(packet[at+2])<<8|int(packet[at+3]&0xf8)))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("fragments (-want +got):\n%s", diff)
			}
			allFree(t, n.a)
		})
	}
}
