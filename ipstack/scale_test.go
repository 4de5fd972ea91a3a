package ipstack_test

import (
	"fmt"
	"runtime"
	"testing"

	"netxsim/ipstack"
	"netxsim/sim"
	"netxsim/sim/link"
)

// BenchmarkConnections sends segments over many connections in turn. An
// operation is a segment of 1460 bytes, sent, received and acknowledged in time.
func BenchmarkConnections(b *testing.B) {
	for _, connections := range []int{1, 10, 100, 1000} {
		b.Run(fmt.Sprint(connections), func(b *testing.B) { sendOver(b, connections, connections) })
	}
}

// BenchmarkAmongIdle sends segments over one connection while others are idle.
// An operation is a segment of 1460 bytes.
func BenchmarkAmongIdle(b *testing.B) {
	for _, connections := range []int{1, 10, 100, 1000} {
		b.Run(fmt.Sprint(connections), func(b *testing.B) { sendOver(b, connections, 1) })
	}
}

// sendOver opens connections and sends segments over the first of them, so many
// in turn.
func sendOver(b *testing.B, connections, busy int) {
	const size = 1460
	// A sender that has its whole pool on the way could not receive an acknowledgement.
	n := newNetwork(b, 1, link.Config{}, 8*connections+100)
	data := make([]byte, size)
	n.connectAll(b, connections, func(sockets []*ipstack.TCPSocket) error {
		b.ResetTimer()
		for i := range b.N {
			if err := sendOne(sockets[i%busy], n.a.DefaultPool(), data); err != nil {
				return err
			}
		}
		return nil
	}, func(sockets []*ipstack.TCPSocket) error {
		for i := range b.N {
			packet, err := sockets[i%busy].Receive(sim.WaitForever)
			if err != nil {
				return err
			}
			packet.Release()
		}
		return nil
	})
	b.SetBytes(size)
	b.ReportAllocs()
	n.run(b)
}

// BenchmarkIdleConnections says what 10,000 established connections between two
// instances cost, both ends together. An operation is all of them.
func BenchmarkIdleConnections(b *testing.B) {
	const connections = 10_000
	for range b.N {
		n := newNetwork(b, 1, link.Config{}, 100)
		before := memory()
		n.connectAll(b, connections, func([]*ipstack.TCPSocket) error {
			after := memory()
			b.ReportMetric(float64(after-before)/connections, "bytes/connection")
			b.ReportMetric(float64(after)/1e6, "MB")
			return nil
		}, func([]*ipstack.TCPSocket) error { return nil })
		n.run(b)
	}
}

// memory is what the heap and the stacks of goroutines take, garbage aside.
func memory() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}

// connectAll opens connections from a to b and then runs client and server.
func (n *network) connectAll(b *testing.B, connections int, client, server func([]*ipstack.TCPSocket) error) {
	accepted, opened := make([]*ipstack.TCPSocket, connections), make([]*ipstack.TCPSocket, connections)
	n.thread(b, "server", func() (err error) {
		for i := range accepted {
			if accepted[i], err = n.b.NewTCPSocket(ipstack.TCPSocketConfig{Name: "server", Window: 8192}); err != nil {
				return err
			}
			if i == 0 {
				err = n.b.Listen(80, accepted[i], 5, nil)
			} else {
				err = n.b.Relisten(80, accepted[i])
			}
			if err != nil {
				return err
			}
			if err = accepted[i].Accept(sim.WaitForever); err != nil {
				return err
			}
		}
		return server(accepted)
	})
	n.thread(b, "client", func() (err error) {
		for i := range opened {
			if opened[i], err = n.a.NewTCPSocket(ipstack.TCPSocketConfig{Name: "client", Window: 8192}); err != nil {
				return err
			}
			if err = opened[i].Bind(0, 0); err != nil {
				return err
			}
			if err = opened[i].Connect(n.b.Address().Addr(), 80, 10_000); err != nil {
				return fmt.Errorf("connection %d: %w", i, err)
			}
		}
		return client(opened)
	})
}
