//go:build linux

package tap_test

import (
	"context"
	"io"
	"net"
	"testing"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/adapters/gonet"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/link/fdbased"
	"gvisor.dev/gvisor/pkg/tcpip/network/arp"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
)

// bareStack is netstack by itself on the same TAP device, with its own goroutines and as much memory as it wants.
func bareStack(b *testing.B) *stack.Stack {
	d := device(b, linuxNetwork)
	s := stack.New(stack.Options{
		NetworkProtocols:   []stack.NetworkProtocolFactory{ipv4.NewProtocol, arp.NewProtocol},
		TransportProtocols: []stack.TransportProtocolFactory{tcp.NewProtocol},
	})
	b.Cleanup(s.Destroy)
	address := tcpip.LinkAddress("\x02\x00\x00\x00\x00\x3d")
	endpoint := must(fdbased.New(&fdbased.Options{FDs: []int{d.FD()}, MTU: uint32(d.MTU()), EthernetHeader: true, Address: address}))
	if err := s.CreateNIC(1, endpoint); err != nil {
		b.Fatal(err)
	}
	host := tcpip.AddrFrom4([4]byte{192, 2, 2, 61}).WithPrefix()
	if err := s.AddProtocolAddress(1, tcpip.ProtocolAddress{Protocol: ipv4.ProtocolNumber, AddressWithPrefix: host}, stack.AddressProperties{}); err != nil {
		b.Fatal(err)
	}
	s.SetRouteTable([]tcpip.Route{{Destination: header.IPv4EmptySubnet, NIC: 1}})
	return s
}

// BenchmarkBareReceive is what BenchmarkReceive is compared with: with the window that netstack has, a megabyte and more, and with
// the one that BenchmarkReceive has.
func BenchmarkBareReceive(b *testing.B) {
	b.Run("own window", func(b *testing.B) { bareReceive(b, bareStack(b)) })
	b.Run("window 65535", func(b *testing.B) {
		s := bareStack(b)
		// netstack advertises half of the buffer, and scales no window that fits without.
		buffer, moderate := tcpip.TCPReceiveBufferSizeRangeOption{Min: 1, Default: 2 * bulkWindow, Max: 2 * bulkWindow}, tcpip.TCPModerateReceiveBufferOption(false)
		for _, option := range []tcpip.SettableTransportProtocolOption{&buffer, &moderate} {
			if err := s.SetTransportProtocolOption(tcp.ProtocolNumber, option); err != nil {
				b.Fatal(err)
			}
		}
		bareReceive(b, s)
	})
}

func bareReceive(b *testing.B, s *stack.Stack) {
	listener := must(gonet.ListenTCP(s, tcpip.FullAddress{NIC: 1, Port: bulkPort}, ipv4.ProtocolNumber))
	over := make(chan error, 1)
	go func() { over <- sendBulk(b, nxAddress) }()
	conn := must(listener.Accept())
	must(io.CopyN(io.Discard, conn, int64(b.N)*bulkBlock))
	check(b, conn.Close())
	check(b, <-over)
	check(b, listener.Close())
}

// BenchmarkBareSend is what BenchmarkSend is compared with.
func BenchmarkBareSend(b *testing.B) {
	s := bareStack(b)
	listener := listenBulk(b)
	over := make(chan error, 1)
	go func() { over <- receiveBulk(b, listener) }()
	ctx, cancel := context.WithTimeout(b.Context(), 10*time.Second)
	defer cancel()
	to := tcpip.FullAddress{NIC: 1, Addr: tcpip.AddrFromSlice(net.ParseIP(linuxAddress).To4()), Port: bulkPort}
	conn := must(gonet.DialContextTCP(ctx, s, to, ipv4.ProtocolNumber))
	data := make([]byte, bulkBlock)
	for range b.N {
		must(conn.Write(data))
	}
	check(b, <-over)
	check(b, conn.Close())
}
