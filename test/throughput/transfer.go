// Package throughput keeps a table of how fast TCP is between two instances: a grid of receive windows and loss,
// compared with a stored one.
//
// The numbers follow from the seed, so a difference is a change of behaviour: one that was meant is stored with
//
//	go test ./test/throughput -update
package throughput

import (
	"fmt"
	"net/netip"
	"time"

	"netxsim/ipstack"
	"netxsim/packetpool"
	"netxsim/sim"
	"netxsim/sim/link"
)

const (
	size      = 1 << 20                // bytes of a transfer
	mss       = 1460                   // bytes of a full segment, and of each packet sent
	roundTrip = 100 * time.Millisecond // of the wire; its bandwidth is unlimited
	port      = 5001

	// queueDepth is more packets than any window has segments: NetX's own limit of 20 would be the window
	// of everything beyond 29200 bytes.
	queueDepth = 100
)

var (
	sender   = endpoint{"sender", "192.2.2.61", ipstack.HardwareAddress{5: 61}}
	receiver = endpoint{"receiver", "192.2.2.89", ipstack.HardwareAddress{5: 89}}
)

// endpoint is a host of a transfer.
type endpoint struct {
	name, address string
	hardware      ipstack.HardwareAddress
}

// A Case is a transfer to be made.
type Case struct {
	Seed   uint64
	Window uint32  // of the receiver, in bytes
	Loss   float64 // share of the frames, both ways, that the wire loses once the connection is there
}

// A Result is how a transfer went, in virtual time.
type Result struct {
	Took time.Duration // from the first byte's sending to the last byte's receipt
	Idle time.Duration // of that, time that received data waited for their delayed acknowledgement
}

// transfer is a Case at work.
type transfer struct {
	Case
	kernel  *sim.Kernel
	wire    *link.Wire
	begin   time.Duration
	arrived time.Duration // when the receiver last got a frame
	result  Result
	err     error
}

// Run makes a transfer of 1 MiB.
func Run(c Case) (Result, error) {
	t := &transfer{Case: c, kernel: sim.New(sim.Config{Seed: c.Seed, Horizon: 24 * time.Hour})}
	t.wire = link.New(t.kernel, link.Config{Name: "wire", Latency: roundTrip / 2})
	t.wire.Observe(t.observe)
	result, err := t.run()
	if err != nil {
		return Result{}, fmt.Errorf("%+v: %w", c, err)
	}
	return result, nil
}

func (t *transfer) run() (Result, error) {
	from, err := t.instance(sender)
	if err != nil {
		return Result{}, err
	}
	to, err := t.instance(receiver)
	if err != nil {
		return Result{}, err
	}
	t.thread("receiver", func() error { return t.receive(to) })
	t.thread("sender", func() error { return t.send(from) })
	if _, err := t.kernel.Run(nil); err != nil {
		return Result{}, err
	}
	return t.result, t.err
}

// observe adds up how long the receiver let data wait. Computing takes no virtual time,
// so an acknowledgement that comes later than the data is one that the timer has let go.
func (t *transfer) observe(e link.FrameEvent) {
	switch {
	case e.Kind == link.Delivered && e.To.Name() == receiver.name:
		t.arrived = e.Time
	case e.Kind == link.Sent && e.From.Name() == receiver.name && t.begin > 0 && t.result.Took == 0 && e.Time > t.arrived:
		t.result.Idle += e.Time - t.arrived
	}
}

// instance makes a host.
func (t *transfer) instance(self endpoint) (*ipstack.IP, error) {
	pool, err := packetpool.New(t.kernel, packetpool.Config{
		Name: self.name, Payload: 1536, Size: packetpool.SizeFor(packetpool.ILP32, 1536, 2*queueDepth), Target: packetpool.ILP32,
	})
	if err != nil {
		return nil, err
	}
	ip, err := ipstack.New(t.kernel, ipstack.Config{
		Name: self.name, Address: netip.PrefixFrom(netip.MustParseAddr(self.address), 24), Pool: pool, Priority: 1,
		Driver: ipstack.Ethernet(t.wire, self.hardware),
	})
	if err != nil {
		return nil, err
	}
	if err := ip.EnableARP(8); err != nil {
		return nil, err
	}
	return ip, ip.EnableTCP()
}

// thread runs f, whose error fails the transfer.
func (t *transfer) thread(name string, f func() error) {
	_, err := t.kernel.NewThread(sim.ThreadConfig{Name: name, Priority: 16, Entry: func() {
		if err := f(); err != nil && t.err == nil {
			t.err = fmt.Errorf("%s after %v: %w", name, t.kernel.Now(), err)
		}
	}})
	if err != nil {
		t.err = err
	}
}

// receive takes the bytes as they come.
func (t *transfer) receive(ip *ipstack.IP) error {
	if err := know(ip, sender); err != nil {
		return err
	}
	s, err := ip.NewTCPSocket(ipstack.TCPSocketConfig{Name: "receiver", Window: t.Window})
	if err != nil {
		return err
	}
	if err := ip.Listen(port, s, 5, nil); err != nil {
		return err
	}
	if err := s.Accept(sim.WaitForever); err != nil {
		return err
	}
	for left := size; left > 0; {
		packet, err := s.Receive(sim.WaitForever)
		if err != nil {
			return err
		}
		left -= int(packet.Length)
		if err := packet.Release(); err != nil {
			return err
		}
	}
	t.result.Took = t.kernel.Now() - t.begin
	return nil
}

// send sends the bytes in packets of a full segment.
func (t *transfer) send(ip *ipstack.IP) error {
	if err := know(ip, receiver); err != nil {
		return err
	}
	s, err := ip.NewTCPSocket(ipstack.TCPSocketConfig{Name: "sender", Window: 8192})
	if err != nil {
		return err
	}
	s.ConfigureTransmit(queueDepth, 100, 10, 0)
	if err := s.Bind(0, 0); err != nil {
		return err
	}
	if err := s.Connect(netip.MustParseAddr(receiver.address), port, sim.WaitForever); err != nil {
		return err
	}
	t.kernel.Sleep(100) // until the handshake is over at the other end, too
	t.wire.SetLoss(t.Loss)
	t.begin = t.kernel.Now()
	data := make([]byte, mss)
	for left := size; left > 0; left -= mss {
		if err := sendOne(s, ip.DefaultPool(), data[:min(left, mss)]); err != nil {
			return err
		}
	}
	return nil
}

// know spares the transfer the loss of an ARP request, which NetX repeats after 10 seconds.
func know(ip *ipstack.IP, other endpoint) error {
	return ip.SetStaticARP(netip.MustParseAddr(other.address), other.hardware)
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
