package ipstack_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"netxsim/ipstack"
	"netxsim/netx/status"
	"netxsim/packetpool"
	"netxsim/sim"
	"netxsim/sim/link"
)

// datagramNetwork is a network whose instances have UDP.
func datagramNetwork(t testing.TB, wire link.Config, packets int) *network {
	t.Helper()
	n := newNetwork(t, 1, wire, packets)
	for _, ip := range []*ipstack.IP{n.a, n.b} {
		if err := ip.EnableUDP(); err != nil {
			t.Fatal(err)
		}
	}
	return n
}

// udpSocket makes a bound socket.
func udpSocket(ip *ipstack.IP, port uint16, limit uint32) (*ipstack.UDPSocket, error) {
	s, err := ip.NewUDPSocket(ipstack.UDPSocketConfig{Name: fmt.Sprint(port), TimeToLive: 128, QueueLimit: limit})
	if err != nil {
		return nil, err
	}
	return s, s.Bind(port, 0)
}

// datagram makes a packet with data and room for the headers.
func datagram(pool *packetpool.Pool, data []byte) (*packetpool.Packet, error) {
	p, err := pool.Allocate(64, sim.WaitForever)
	if err != nil {
		return nil, err
	}
	return p, p.Append(data, pool, sim.WaitForever)
}

// sendTo sends data from a socket.
func sendTo(s *ipstack.UDPSocket, to netip.Addr, port uint16, data []byte) error {
	p, err := datagram(s.IP().DefaultPool(), data)
	if err != nil {
		return err
	}
	if err := s.Send(p, netip.AddrPortFrom(to, port)); err != nil {
		p.Release()
		return err
	}
	return nil
}

// allFree reports the pools that do not have all their packets back.
func allFree(t *testing.T, ips ...*ipstack.IP) {
	t.Helper()
	for _, ip := range ips {
		if p := ip.DefaultPool(); p.Available() != p.Total() {
			t.Errorf("pool %s: %d of %d free, held by %v", p.Name(), p.Available(), p.Total(), p.Holders())
		}
	}
}

// want reports an error that is not the one wanted.
func want(doing string, got, wanted error) error {
	if !errors.Is(got, wanted) {
		return fmt.Errorf("%s: %v, want %v", doing, got, wanted)
	}
	return nil
}

func TestDamagedDatagramIsDroppedWhenReceived(t *testing.T) {
	n := datagramNetwork(t, link.Config{}, 8)
	n.thread(t, "app", func() error {
		rx, err := udpSocket(n.b, 2000, 5)
		if err != nil {
			return err
		}
		tx, err := udpSocket(n.a, 1000, 5)
		if err != nil {
			return err
		}
		p, err := datagram(n.a.DefaultPool(), []byte("damaged"))
		if err != nil {
			return err
		}
		if err := n.deliverDamaged(p); err != nil {
			return err
		}
		if err := sendTo(tx, n.b.Address().Addr(), 2000, []byte("whole")); err != nil {
			return err
		}
		_ = n.kernel.Sleep(2)
		got, err := rx.Receive(0)
		if err != nil {
			return err
		}
		if !bytes.Equal(got.Bytes(), []byte("whole")) {
			t.Errorf("received %q", got.Bytes())
		}
		got.Release()
		if info := rx.Info(); info.ChecksumErrors != 1 || info.PacketsReceived != 1 {
			t.Errorf("counters %+v", info)
		}
		return errors.Join(rx.Unbind(), rx.Delete(), tx.Unbind(), tx.Delete())
	})
	n.run(t)
	allFree(t, n.a, n.b)
}

// deliverDamaged gives B's stack a datagram to port 2000 with a wrong checksum,
// as a driver would.
func (n *network) deliverDamaged(p *packetpool.Packet) error {
	udp := []byte{0x03, 0xe8, 0x07, 0xd0, 0, 15, 0x12, 0x34}
	ip := []byte{0x45, 0, 0, 35, 0, 1, 0, 0, 64, 17, 0, 0, 192, 2, 2, 61, 192, 2, 2, 89}
	sum := uint32(0)
	for i := 0; i < len(ip); i += 2 {
		sum += uint32(ip[i])<<8 | uint32(ip[i+1])
	}
	sum = sum>>16 + sum&0xffff
	ip[10], ip[11] = byte(^sum>>8), byte(^sum)
	if err := p.Release(); err != nil {
		return err
	}
	packet, err := n.b.DefaultPool().Allocate(0, 0)
	if err != nil {
		return err
	}
	if err := packet.Append(append(append(ip, udp...), "damaged"...), n.b.DefaultPool(), 0); err != nil {
		return err
	}
	packet.InterfaceIndex = 0
	n.b.ReceivePacket(packet)
	return nil
}

func TestBindWaitsForThePort(t *testing.T) {
	n := datagramNetwork(t, link.Config{}, 8)
	var owner *ipstack.UDPSocket
	n.thread(t, "owner", func() (err error) {
		if owner, err = udpSocket(n.a, 500, 5); err != nil {
			return err
		}
		_ = n.kernel.Sleep(20)
		return errors.Join(owner.Unbind(), owner.Delete())
	})
	n.thread(t, "heir", func() error {
		s, err := n.a.NewUDPSocket(ipstack.UDPSocketConfig{Name: "heir"})
		if err != nil {
			return err
		}
		if err := want("no wait", s.Bind(500, 0), status.PortUnavailable); err != nil {
			return err
		}
		if err := want("short wait", s.Bind(500, 5), status.PortUnavailable); err != nil {
			return err
		}
		if err := s.Bind(500, 100); err != nil {
			return err
		}
		if now := n.kernel.Ticks(); now != 20 {
			t.Errorf("bound at tick %d, want 20", now)
		}
		return errors.Join(s.Unbind(), s.Delete())
	})
	n.run(t)
}

func TestFragmentsThatNeverBecomeWholeAreReleased(t *testing.T) {
	n := datagramNetwork(t, link.Config{}, 12)
	n.a.EnableFragmentation()
	n.b.EnableFragmentation()
	n.wire.AddRule(func(d link.Delivery) link.Verdict {
		if second := len(d.Frame) > 34 && d.Frame[12] == 8 && d.Frame[13] == 0 && d.Frame[20]&0x1f == 0 && d.Frame[21] == 185; second {
			return link.Drop
		}
		return link.Pass
	})
	n.thread(t, "app", func() error {
		tx, err := udpSocket(n.a, 1000, 5)
		if err != nil {
			return err
		}
		if err := sendTo(tx, n.b.Address().Addr(), 2000, make([]byte, 3000)); err != nil {
			return err
		}
		_ = n.kernel.Sleep(100)
		if held := n.b.DefaultPool().Total() - n.b.DefaultPool().Available(); held == 0 {
			t.Error("no fragments wait")
		}
		_ = n.kernel.Sleep(13100) // the time to live is 128 s
		if info := n.b.Info(); info.FragmentsReceived != 2 || info.ReceiveDropped != 2 {
			t.Errorf("counters %+v", info)
		}
		return errors.Join(tx.Unbind(), tx.Delete())
	})
	n.run(t)
	allFree(t, n.a, n.b)
}

func TestDatagramsByIPv6(t *testing.T) {
	n := datagramNetwork(t, link.Config{}, 8)
	global := func(last byte) netip.Addr {
		return netip.AddrFrom16([16]byte{0: 0x20, 1: 1, 2: 0xd, 3: 0xb8, 15: last})
	}
	for i, ip := range []*ipstack.IP{n.a, n.b} {
		if err := ip.EnableIPv6(); err != nil {
			t.Fatal(err)
		}
		ip.EnableICMPv6()
		if _, err := ip.SetIPv6Address(0, global(byte(i+1)), 64); err != nil {
			t.Fatal(err)
		}
	}
	n.thread(t, "app", func() error {
		rx, err := udpSocket(n.b, 2000, 5)
		if err != nil {
			return err
		}
		tx, err := udpSocket(n.a, 1000, 5)
		if err != nil {
			return err
		}
		if err := want("tentative", sendTo(tx, global(2), 2000, []byte("early")), status.NoInterfaceAddress); err != nil {
			return err
		}
		_ = n.kernel.Sleep(500)
		if err := sendTo(tx, global(2), 2000, []byte("six")); err != nil {
			return err
		}
		got, err := rx.Receive(10)
		if err != nil {
			return err
		}
		from, err := ipstack.Source(got)
		if err != nil || from != netip.AddrPortFrom(global(1), 1000) || string(got.Bytes()) != "six" {
			t.Errorf("%q from %v: %v", got.Bytes(), from, err)
		}
		got.Release()
		if err := sendTo(tx, global(9), 2000, []byte("nobody")); err != nil {
			return err
		}
		_ = n.kernel.Sleep(500)
		return errors.Join(rx.Unbind(), rx.Delete(), tx.Unbind(), tx.Delete())
	})
	n.run(t)
	allFree(t, n.a, n.b)
}

func TestDuplicateIPv6AddressIsNotUsed(t *testing.T) {
	n := datagramNetwork(t, link.Config{}, 8)
	address := netip.MustParseAddr("2001:db8::1")
	n.thread(t, "app", func() error {
		for _, ip := range []*ipstack.IP{n.a, n.b} {
			ip.EnableICMPv6()
			if err := ip.EnableIPv6(); err != nil {
				return err
			}
			if _, err := ip.SetIPv6Address(0, address, 64); err != nil {
				return err
			}
			_ = n.kernel.Sleep(500)
		}
		if _, _, _, err := n.a.IPv6Address(0); err != nil {
			return err
		}
		_, _, _, err := n.b.IPv6Address(0)
		return want("the second", err, status.NoInterfaceAddress)
	})
	n.run(t)
	allFree(t, n.a, n.b)
}

// BenchmarkDatagrams sends datagrams from one instance to another, every packet
// charged.
func BenchmarkDatagrams(b *testing.B) {
	const size = 1000
	n := datagramNetwork(b, link.Config{Latency: time.Microsecond}, 50)
	n.thread(b, "receiver", func() error {
		s, err := udpSocket(n.b, 2000, 40)
		if err != nil {
			return err
		}
		for range b.N {
			p, err := s.Receive(sim.WaitForever)
			if err != nil {
				return err
			}
			p.Release()
		}
		return nil
	})
	n.thread(b, "sender", func() error {
		s, err := udpSocket(n.a, 1000, 5)
		if err != nil {
			return err
		}
		data := make([]byte, size)
		b.ResetTimer()
		for range b.N {
			if err := sendTo(s, n.b.Address().Addr(), 2000, data); err != nil {
				return err
			}
			n.kernel.Busy(5 * time.Microsecond)
			n.kernel.Relinquish()
		}
		return nil
	})
	b.SetBytes(size)
	b.ReportAllocs()
	n.run(b)
}
