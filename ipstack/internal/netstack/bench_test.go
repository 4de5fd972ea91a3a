package netstack_test

import (
	"io"
	"testing"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/adapters/gonet"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/link/pipe"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
)

// BenchmarkBareNetstack is the peer of ipstack's BenchmarkBulk: two stacks
// joined by gVisor's pipe, in real time, without packets, pools or a kernel.
// An operation is a segment of 1460 bytes; the sender writes 64 KiB at a time.
func BenchmarkBareNetstack(b *testing.B) {
	const size = 1460
	left, right := pipe.New("\x02\x02\x02\x02\x02\x01", "\x02\x02\x02\x02\x02\x02", 1500)
	from, to := bareStack(b, left, 1), bareStack(b, right, 2)
	defer from.Destroy()
	defer to.Destroy()
	l, err := gonet.ListenTCP(to, tcpip.FullAddress{NIC: 1, Port: 80}, ipv4.ProtocolNumber)
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	go func() {
		c, err := gonet.DialTCP(from, tcpip.FullAddress{NIC: 1, Addr: tcpip.AddrFrom4([4]byte{10, 0, 0, 2}), Port: 80}, ipv4.ProtocolNumber)
		if err != nil {
			b.Error(err)
			return
		}
		defer c.Close()
		data := make([]byte, 64<<10)
		for left := b.N * size; left > 0; {
			n, err := c.Write(data[:min(left, len(data))])
			if err != nil {
				b.Error(err)
				return
			}
			left -= n
		}
	}()
	c, err := l.Accept()
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	b.SetBytes(size)
	b.ReportAllocs()
	b.ResetTimer()
	if n, err := io.Copy(io.Discard, c); err != nil || n != int64(b.N*size) {
		b.Fatalf("%d of %d bytes, %v", n, b.N*size, err)
	}
}

func bareStack(b *testing.B, link stack.LinkEndpoint, host byte) *stack.Stack {
	s := stack.New(stack.Options{
		NetworkProtocols:   []stack.NetworkProtocolFactory{ipv4.NewProtocol},
		TransportProtocols: []stack.TransportProtocolFactory{tcp.NewProtocol},
	})
	if err := s.CreateNIC(1, link); err != nil {
		b.Fatal(err)
	}
	s.AddProtocolAddress(1, tcpip.ProtocolAddress{
		Protocol:          ipv4.ProtocolNumber,
		AddressWithPrefix: tcpip.AddrFrom4([4]byte{10, 0, 0, host}).WithPrefix(),
	}, stack.AddressProperties{})
	s.SetRouteTable([]tcpip.Route{{Destination: header.IPv4EmptySubnet, NIC: 1}})
	return s
}
