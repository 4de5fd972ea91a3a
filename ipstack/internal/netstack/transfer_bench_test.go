package netstack_test

import (
	"io"
	"syscall"
	"testing"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/adapters/gonet"
	"gvisor.dev/gvisor/pkg/tcpip/link/pipe"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
)

// BenchmarkBareTransfer is the peer of BenchmarkTransfer in sim/scenario: two
// stacks are made, connected, carry 64 KiB and are destroyed, in real time.
func BenchmarkBareTransfer(b *testing.B) {
	var before, after syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &before)
	for b.Loop() {
		bareTransfer(b, 64<<10)
	}
	syscall.Getrusage(syscall.RUSAGE_SELF, &after)
	took := time.Duration(after.Utime.Nano() + after.Stime.Nano() - before.Utime.Nano() - before.Stime.Nano())
	b.ReportMetric(took.Seconds()*1e3/float64(b.N), "cpu-ms/op")
}

func bareTransfer(b *testing.B, size int) {
	left, right := pipe.New("\x02\x02\x02\x02\x02\x01", "\x02\x02\x02\x02\x02\x02", 1500)
	from, to := bareStack(b, left, 1), bareStack(b, right, 2)
	l, err := gonet.ListenTCP(to, tcpip.FullAddress{NIC: 1, Port: 80}, ipv4.ProtocolNumber)
	if err != nil {
		b.Fatal(err)
	}
	go func() {
		c, err := gonet.DialTCP(from, tcpip.FullAddress{NIC: 1, Addr: tcpip.AddrFrom4([4]byte{10, 0, 0, 2}), Port: 80}, ipv4.ProtocolNumber)
		if err != nil {
			b.Error(err)
			return
		}
		c.Write(make([]byte, size))
		c.Close()
	}()
	c, err := l.Accept()
	if err != nil {
		b.Fatal(err)
	}
	if n, err := io.Copy(io.Discard, c); err != nil || n != int64(size) {
		b.Fatalf("%d bytes, %v", n, err)
	}
	c.Close()
	l.Close()
	from.Destroy()
	to.Destroy()
}
