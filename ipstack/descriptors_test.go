package ipstack_test

import (
	"net/netip"
	"testing"
	"time"

	"netxsim/ipstack"
	"netxsim/packetpool"
	"netxsim/sim"
	"netxsim/sim/link"
)

// ring is an instance with receive descriptors and a port that sends to it.
type ring struct {
	kernel *sim.Kernel
	wire   *link.Wire
	pool   *packetpool.Pool
	driver *ipstack.EthernetDriver
	ip     *ipstack.IP
	socket *ipstack.UDPSocket
	peer   *link.Port
}

var ringAddress = ipstack.HardwareAddress{2, 0, 0, 0, 0, 1}

func newRing(t *testing.T, packets int, payload uint32, config ipstack.EthernetConfig, cost ipstack.Cost) *ring {
	t.Helper()
	kernel := sim.New(sim.Config{})
	r := &ring{kernel: kernel, wire: link.New(kernel, link.Config{Name: "lan", Bandwidth: 10_000_000})}
	var err error
	r.pool, err = packetpool.New(kernel, packetpool.Config{Payload: payload, Size: packetpool.SizeFor(packetpool.ILP32, payload, packets)})
	if err != nil {
		t.Fatal(err)
	}
	config.Wire, config.Address = r.wire, ringAddress
	r.driver = ipstack.NewEthernet(config)
	r.ip, err = ipstack.New(kernel, ipstack.Config{
		Name: "a", Address: netip.MustParsePrefix("10.0.0.1/24"), Pool: r.pool, Driver: r.driver.Handle, Priority: 1, Cost: cost,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.ip.EnableUDP(); err != nil {
		t.Fatal(err)
	}
	r.peer = r.wire.Attach("peer", [6]byte{2, 0, 0, 0, 0, 2}, func([]byte) {})
	return r
}

// ringDatagram is a frame with a UDP datagram of n bytes for port 9, without a
// checksum.
func ringDatagram(n int) []byte {
	f := make([]byte, 14+20+8+n)
	copy(f, ringAddress[:])
	copy(f[6:], []byte{2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0, byte((28 + n) >> 8), byte(28 + n), 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 2, 10, 0, 0, 1})
	copy(f[34:], []byte{0, 9, 0, 9, byte((8 + n) >> 8), byte(8 + n)})
	sum := uint32(0)
	for i := 14; i < 34; i += 2 {
		sum += uint32(f[i])<<8 | uint32(f[i+1])
	}
	for sum>>16 != 0 {
		sum = sum&0xffff + sum>>16
	}
	f[24], f[25] = byte(^sum>>8), byte(^sum)
	for i := range n {
		f[42+i] = byte(i)
	}
	return f
}

// run sends frames and has an application that keeps what it receives.
func (r *ring) run(t *testing.T, frames int, size int) (kept []*packetpool.Packet) {
	t.Helper()
	thread := func() {
		var err error
		if r.socket, err = r.ip.NewUDPSocket(ipstack.UDPSocketConfig{QueueLimit: 100}); err == nil {
			err = r.socket.Bind(9, 0)
		}
		if err != nil {
			t.Error(err)
		}
		for range frames {
			r.peer.Send(ringDatagram(size))
		}
		for {
			packet, err := r.socket.Receive(100)
			if err != nil {
				return
			}
			kept = append(kept, packet)
		}
	}
	if _, err := r.kernel.NewThread(sim.ThreadConfig{Name: "application", Priority: 16, Entry: thread}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.kernel.Run(nil); err != nil {
		t.Fatal(err)
	}
	return kept
}

// TestReceiveDescriptors checks how many frames arrive when nobody gives
// packets back, who has the packets then, and which counter has the others.
func TestReceiveDescriptors(t *testing.T) {
	for _, tc := range []struct {
		name        string
		descriptors int
		later       bool
		payload     uint32
		kept        int
		waiting     int
		noPacket    uint64
		empty       uint64
	}{
		{"none", 0, false, 1536, 8, 0, 2, 0},
		{"dropped without a replacement", 3, false, 1536, 5, 3, 5, 0},
		{"handed on, refilled later", 3, true, 1536, 8, 0, 0, 2},
		{"two to a frame", 4, false, 128, 2, 4, 8, 0},
		{"more than packets", 20, true, 1536, 8, 0, 0, 2},
	} {
		r := newRing(t, 8, tc.payload, ipstack.EthernetConfig{ReceiveDescriptors: tc.descriptors, RefillLater: tc.later}, ipstack.Cost{})
		kept := r.run(t, 10, 100)
		for _, packet := range kept {
			data := make([]byte, packet.Length)
			if n, err := packet.Retrieve(data); n != 100 || err != nil || data[99] != 99 {
				t.Errorf("%s: %d bytes, %v", tc.name, n, err)
			}
		}
		stats := r.driver.Stats()
		if len(kept) != tc.kept || stats.Waiting != tc.waiting || r.ip.Stats().ReceiveNoPacket != tc.noPacket || stats.ReceiveEmpty != tc.empty {
			t.Errorf("%s: %d frames kept, %+v, %d without a packet, want %+v", tc.name, len(kept), stats, r.ip.Stats().ReceiveNoPacket, tc)
		}
		if err := r.pool.Check(); err != nil {
			t.Errorf("%s: %v", tc.name, err)
		}
	}
}

// TestTransmitDescriptors checks that one frame more than there are descriptors
// is lost, and that descriptors are free again when frames have left.
func TestTransmitDescriptors(t *testing.T) {
	r := newRing(t, 8, 1536, ipstack.EthernetConfig{TransmitDescriptors: 2}, ipstack.Cost{})
	send := func(n int) {
		for range n {
			r.ip.AnnounceARP(nil)
		}
	}
	if err := r.ip.EnableARP(4); err != nil {
		t.Fatal(err)
	}
	if _, err := r.kernel.NewThread(sim.ThreadConfig{Name: "application", Priority: 16, Entry: func() {
		send(5)
		r.kernel.Sleep(1)
		send(2)
	}}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.kernel.Run(nil); err != nil {
		t.Fatal(err)
	}
	if full, sent := r.driver.Stats().TransmitFull, r.wire.Counters().Frames; full != 3 || sent != 4 {
		t.Errorf("%d frames lost, %d sent", full, sent)
	}
	if free := r.pool.Available(); free != 8 {
		t.Errorf("%d of 8 packets free", free)
	}
}

// TestCost checks that frames take the IP thread's time, one after the other,
// while others arrive.
func TestCost(t *testing.T) {
	r := newRing(t, 8, 1536, ipstack.EthernetConfig{}, ipstack.Cost{Frame: time.Millisecond, Byte: time.Microsecond})
	var arrived []time.Duration
	r.pool.Watch(func(e packetpool.Event) {
		if e.Cause == packetpool.CauseHold && e.From == "ip a receive queue" {
			arrived = append(arrived, e.At)
		}
	})
	r.run(t, 3, 72) // 100 bytes with the headers of IP and UDP: 1.1 ms each
	const first = 92200 * time.Nanosecond
	if len(arrived) != 3 || arrived[2] != first+3300*time.Microsecond || arrived[0] < first+1100*time.Microsecond {
		t.Errorf("received at %v", arrived)
	}
}
