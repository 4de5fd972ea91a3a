package ipstack_test

import (
	"encoding/binary"
	"net/netip"
	"testing"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"

	"netxsim/ipstack"
)

// A script is IPv6 packets to send: each is the number of its first header, flags, the length of what follows in two
// bytes, and that.
const (
	toEverybody = 1 << iota
	fromRouter
	withoutSum // the ICMPv6 checksum is as in the script
	scriptHead = 4
)

// addScript appends a packet to a script.
func addScript(script []byte, first, flags byte, payload []byte) []byte {
	script = append(script, first, flags)
	script = binary.BigEndian.AppendUint16(script, uint16(len(payload)))
	return append(script, payload...)
}

// scriptFrames returns the frames of a script.
func scriptFrames(script []byte) (frames [][]byte) {
	for len(script) >= scriptHead && len(frames) < 16 {
		first, flags := script[0], script[1]
		size := min(int(binary.BigEndian.Uint16(script[2:])), len(script)-scriptHead, 1460)
		payload := append([]byte(nil), script[scriptHead:scriptHead+size]...)
		script = script[scriptHead+size:]
		from, to := tapAddress, ownAddress
		if flags&toEverybody != 0 {
			to = allNodes
		}
		if flags&fromRouter != 0 {
			from = routerAddress
		}
		if first == uint8(header.ICMPv6ProtocolNumber) && flags&withoutSum == 0 && len(payload) >= header.ICMPv6MinimumSize {
			frames = append(frames, icmp6(from, to, payload))
			continue
		}
		frames = append(frames, frame6(from, to, tcpip.TransportProtocolNumber(first), 255, payload))
	}
	return frames
}

// script6Seeds are packets of all kinds that are looked into.
func script6Seeds() (seeds [][]byte) {
	whole := udp6(tapAddress, ownAddress, 7, pattern(2000))
	fragments := addScript(nil, 44, 0, fragment6(17, 1, 0, true, whole[:1000]))
	fragments = addScript(fragments, 44, 0, fragment6(17, 1, 1000, false, whole[1000:]))
	overlap := addScript(nil, 44, 0, fragment6(17, 1, 0, true, whole[:1000]))
	overlap = addScript(overlap, 44, 0, fragment6(17, 1, 800, true, whole[800:1600]))
	overlap = addScript(overlap, 44, 0, fragment6(17, 1, 1600, false, whole[1600:]))
	empty := addScript(nil, 44, 0, fragment6(0, 1, 0, true, nil))
	empty = addScript(empty, 44, 0, fragment6(60, 1, 0, true, make([]byte, 8)))
	empty = addScript(empty, 44, 0, fragment6(60, 1, 8, false, nil))
	seeds = append(seeds, fragments, overlap, empty)
	first, text := chain(17, udp6(tapAddress, ownAddress, 7, []byte("data")),
		extension{0, padded}, extension{60, skipped}, extension{43, arrived}, extension{44, atomic}, extension{60, reported})
	seeds = append(seeds, addScript(nil, first, 0, text), addScript(nil, first, toEverybody, text))
	first, text = chain(99, []byte("data"), extension{0, tooLong}, extension{43, routed})
	seeds = append(seeds, addScript(nil, first, 0, text))
	for _, m := range []struct {
		flags byte
		text  []byte
	}{
		{0, []byte("\x80\x00\x00\x00\x00\x01\x00\x01ping")},
		{0, []byte("\x81\x00\x00\x00\x00\x01\x00\x01pong")},
		{toEverybody, []byte("\x80\x00\x00\x00\x00\x01\x00\x01ping")},
		{0, append(append([]byte{135, 7: 0}, ownAddress.AsSlice()...), linkAddress()...)},
		{0, append(append([]byte{136, 4: 0x60, 7: 0}, tapAddress.AsSlice()...), append([]byte{2, 1}, routerMAC[:]...)...)},
		{toEverybody | fromRouter, advertisement(100, 64, linkAddress(), prefixOf("2001:db8:1::/64", 50, 0xc0), mtuOption(1300))},
		{toEverybody | fromRouter, advertisement(0, 64, prefixOf("2001:db8:1::/64", 0, 0xc0), linkAddress())},
		{fromRouter, redirect(routerAddress, routerAddress.Next(), tapAddress, linkAddress()...)[54:]},
		{0, tooBig(1280, tapAddress)[54:]},
		{0, append([]byte{1, 4, 7: 0}, frame6(ownAddress, tapAddress, 17, 64, whole)[14:]...)},
		{withoutSum, []byte("\x80\x00\x12\x34\x00\x01\x00\x01")},
	} {
		seeds = append(seeds, addScript(nil, 58, m.flags, m.text))
	}
	return append(seeds, addScript(nil, 6, 0, tcp6(tapAddress, ownAddress, 999, 80, 20)))
}

// FuzzReceive6 gives an instance with everything enabled packets of IPv6 from outside: whatever they are, nothing breaks
// and no packet is lost.
func FuzzReceive6(f *testing.F) {
	all := []byte(nil)
	for _, seed := range script6Seeds() {
		f.Add(seed)
		all = append(all, seed...)
	}
	f.Add(all)
	f.Fuzz(func(t *testing.T, script []byte) {
		n := newUDPNetwork(t, ipstack.Target{IPv6PathMTU: true, IPv6Multicast: true})
		tap := n.withTap6(t)
		n.a.EnableFragmentation()
		if err := n.a.EnableIGMP(); err != nil {
			t.Fatal(err)
		}
		if _, err := n.a.SetIPv6Address(0, netip.Addr{}, 10); err != nil {
			t.Fatal(err)
		}
		n.thread(t, "outside", func() error { return n.play(tap, scriptFrames(script)) })
		n.run(t)
		allFree(t, n.a)
	})
}

// play has a tap send frames to the first instance, which sends something itself, listens, and has a bound socket.
func (n *network) play(tap *tap6, frames [][]byte) error {
	_ = n.kernel.Sleep(500)
	if err := n.a.AddIPv6Router(routerAddress, 1000, 0); err != nil {
		return err
	}
	s, err := udpSocket(n.a, 7, 3)
	if err != nil {
		return err
	}
	listener, err := n.a.NewTCPSocket(ipstack.TCPSocketConfig{Name: "listener", Window: 1000})
	if err != nil {
		return err
	}
	if err := n.a.Listen(80, listener, 2, nil); err != nil {
		return err
	}
	for k, frame := range frames {
		tap.port.Send(frame)
		if k%2 == 1 {
			_ = sendTo(s, tapAddress, 9, pattern(1500)) // or there is no packet or no way
		}
		_ = n.kernel.Sleep(3)
	}
	_ = n.kernel.Sleep(30_000) // longer than any fragment or question waits
	drain(s)
	listener.Unaccept()
	if err := n.a.Unlisten(80); err != nil {
		return err
	}
	return n.a.DefaultPool().Check()
}
