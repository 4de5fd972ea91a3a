package ipstack_test

import (
	"testing"

	"netxsim/ipstack"
	"netxsim/packetpool"
	"netxsim/sim"
	"netxsim/sim/link"
)

// BenchmarkBulk sends data from one instance to another with a window of 64 kB,
// every packet charged. Compare it with BenchmarkBareNetstack of
// ipstack/internal/netstack.
func BenchmarkBulk(b *testing.B) {
	const size = 1460
	n := newNetwork(b, 1, link.Config{}, 100)
	n.thread(b, "server", func() error {
		s, err := n.accept(65535)
		if err != nil {
			return err
		}
		for received := 0; received < b.N*size; {
			packet, err := s.Receive(sim.WaitForever)
			if err != nil {
				return err
			}
			received += int(packet.Length)
			packet.Release()
		}
		return nil
	})
	n.thread(b, "client", func() error {
		s, err := n.connect(65535)
		if err != nil {
			return err
		}
		data, pool := make([]byte, size), n.a.DefaultPool()
		b.ResetTimer()
		for range b.N {
			if err := sendOne(s, pool, data); err != nil {
				return err
			}
		}
		return nil
	})
	b.SetBytes(size)
	b.ReportAllocs()
	n.run(b)
}

func sendOne(s *ipstack.TCPSocket, pool *packetpool.Pool, data []byte) error {
	packet, err := pool.Allocate(56, sim.WaitForever)
	if err != nil {
		return err
	}
	if err := packet.Append(data, pool, sim.WaitForever); err != nil {
		return err
	}
	return s.Send(packet, sim.WaitForever)
}
