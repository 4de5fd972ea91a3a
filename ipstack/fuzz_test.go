package ipstack_test

import (
	"encoding/binary"
	"testing"
	"time"

	"netxsim/ipstack"
	"netxsim/sim/link"
)

// sessionFrames returns the frames of a short connection, one behind the
// other, each after its length in two bytes.
func sessionFrames(t testing.TB, loss float64) []byte {
	n := newNetwork(t, 1, link.Config{Loss: loss}, 20)
	var frames []byte
	n.wire.Observe(func(e link.FrameEvent) {
		if e.Kind == link.Sent {
			frames = binary.BigEndian.AppendUint16(frames, uint16(len(e.Frame)))
			frames = append(frames, e.Frame...)
		}
	})
	n.talk(t, pattern(3000))
	n.run(t)
	return frames
}

// talk has B send data to A, and both close.
func (n *network) talk(t testing.TB, data []byte) {
	n.thread(t, "server", func() error {
		s, err := n.b.NewTCPSocket(ipstack.TCPSocketConfig{Name: "server", Window: 8192})
		if err != nil {
			return err
		}
		if err := n.b.Listen(80, s, 5, nil); err != nil {
			return err
		}
		if s.Accept(1000) == nil {
			send(s, n.b.DefaultPool(), data, 1000)
			s.Disconnect(100)
		}
		s.Unaccept()
		n.b.Unlisten(80)
		return s.Delete()
	})
	n.thread(t, "client", func() error {
		s, err := n.a.NewTCPSocket(ipstack.TCPSocketConfig{Name: "client", Window: 8192})
		if err != nil {
			return err
		}
		if err := s.Bind(50000, 0); err != nil {
			return err
		}
		if s.Connect(n.b.Address().Addr(), 80, 1000) == nil {
			receiveAll(s, len(data))
			s.Disconnect(100)
		}
		if err := s.Unbind(); err != nil {
			return err
		}
		return s.Delete()
	})
}

// FuzzFrames puts arbitrary frames on the wire of two instances that talk. In
// no case may the stack panic, hang, or keep a packet.
func FuzzFrames(f *testing.F) {
	f.Add(sessionFrames(f, 0))
	f.Add(sessionFrames(f, 0.2))
	f.Add([]byte{0, 14, 0, 0x11, 0x22, 0x33, 0x44, 0x89, 0, 0, 0, 0, 0, 0, 8, 0})
	f.Fuzz(func(t *testing.T, frames []byte) {
		n := newNetwork(t, 1, link.Config{Latency: time.Millisecond}, 12)
		attacker := n.wire.Attach("attacker", [6]byte{2}, func([]byte) {})
		n.talk(t, pattern(3000))
		var next func()
		next = func() {
			if len(frames) < 2 {
				return
			}
			size := min(int(binary.BigEndian.Uint16(frames)), len(frames)-2)
			attacker.Send(frames[2 : 2+size])
			frames = frames[2+size:]
			n.kernel.After(700*time.Microsecond, next)
		}
		n.kernel.After(2*time.Millisecond, next)
		n.thread(t, "end", func() error { return n.kernel.Sleep(30_000) })
		n.run(t)
		for _, ip := range []*ipstack.IP{n.a, n.b} {
			pool := ip.DefaultPool()
			if err := pool.Check(); err != nil {
				t.Error(err)
			}
			if pool.Available() != pool.Total() {
				t.Errorf("pool %s: %d of %d packets are free, held by %v", pool.Name(), pool.Available(), pool.Total(), pool.Holders())
			}
		}
	})
}
