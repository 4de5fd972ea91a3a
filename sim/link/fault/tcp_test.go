package fault_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"netxsim/ipstack"
	"netxsim/packetpool"
	"netxsim/sim"
	"netxsim/sim/hostfault"
	"netxsim/sim/link"
	"netxsim/sim/link/fault"
	"netxsim/sim/shrink"
)

// transfer is a TCP transfer from one NetX host to another.
type transfer struct {
	kernel *sim.Kernel
	wire   *link.Wire
	pools  []*packetpool.Pool
	data   []byte
	got    []byte
	end    time.Duration
	err    error
}

// newTransfer prepares a transfer of size bytes.
func newTransfer(t testing.TB, seed uint64, size int) *transfer {
	t.Helper()
	x := &transfer{kernel: sim.New(sim.Config{Seed: seed, Horizon: time.Hour}), data: make([]byte, size)}
	random := rand.New(rand.NewPCG(seed, 0))
	for i := range x.data {
		x.data[i] = byte(random.Uint32())
	}
	x.wire = link.New(x.kernel, link.Config{Name: "lan", Latency: 2 * ms, Bandwidth: 10_000_000})
	client, server := x.ip(t, "client", 61), x.ip(t, "server", 89)
	x.thread(t, "server", func() error { return x.receive(server) })
	x.thread(t, "client", func() error { return x.send(client) })
	return x
}

func (x *transfer) ip(t testing.TB, name string, number byte) *ipstack.IP {
	t.Helper()
	pool, err := packetpool.New(x.kernel, packetpool.Config{
		Name: name, Payload: 1536, Size: packetpool.SizeFor(packetpool.ILP32, 1536, 40), Target: packetpool.ILP32,
	})
	if err != nil {
		t.Fatal(err)
	}
	x.pools = append(x.pools, pool)
	ip, err := ipstack.New(x.kernel, ipstack.Config{
		Name: name, Address: netip.PrefixFrom(netip.AddrFrom4([4]byte{192, 2, 2, number}), 24), Pool: pool, Priority: 1,
		Driver: ipstack.Ethernet(x.wire, ipstack.HardwareAddress{2, 5: number}),
	})
	if err := errors.Join(err, ip.EnableARP(8), ip.EnableTCP()); err != nil {
		t.Fatal(err)
	}
	return ip
}

func (x *transfer) thread(t testing.TB, name string, entry func() error) {
	t.Helper()
	if _, err := x.kernel.NewThread(sim.ThreadConfig{Name: name, Priority: 16, Entry: func() {
		if err := entry(); err != nil {
			x.err = errors.Join(x.err, fmt.Errorf("%s at %v: %w", name, x.kernel.Now(), err))
		}
	}}); err != nil {
		t.Fatal(err)
	}
}

// send connects, sends the data and says goodbye.
func (x *transfer) send(ip *ipstack.IP) error {
	s, err := ip.NewTCPSocket(ipstack.TCPSocketConfig{Name: "client", TimeToLive: 128, Window: 8192})
	if err != nil {
		return err
	}
	if err := s.Bind(0, sim.NoWait); err != nil {
		return err
	}
	if err := s.Connect(netip.MustParseAddr("192.2.2.89"), 80, 60_000); err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	s.ConfigureTransmit(20, 100, 100, 0) // the ten tries of NX_TCP_MAXIMUM_RETRIES are few in such weather
	for rest := x.data; len(rest) > 0; {
		n := min(len(rest), 1000)
		packet, err := x.pools[0].Allocate(56, sim.WaitForever)
		if err != nil {
			return err
		}
		if err := packet.Append(rest[:n], x.pools[0], sim.WaitForever); err != nil {
			return err
		}
		if err := s.Send(packet, sim.WaitForever); err != nil {
			return errors.Join(err, packet.Release())
		}
		rest = rest[n:]
	}
	for s.TransmitQueueLen() > 0 && x.end == 0 {
		if err := x.kernel.Sleep(10); err != nil {
			return err
		}
	}
	_ = s.Disconnect(1000) // whether the other side hears it does not matter here
	return nil
}

// receive accepts a connection and reads until the other side is done.
func (x *transfer) receive(ip *ipstack.IP) error {
	s, err := ip.NewTCPSocket(ipstack.TCPSocketConfig{Name: "server", TimeToLive: 128, Window: 8192})
	if err != nil {
		return err
	}
	if err := ip.Listen(80, s, 5, nil); err != nil {
		return err
	}
	if err := s.Accept(sim.WaitForever); err != nil {
		return fmt.Errorf("accept: %w", err)
	}
	for len(x.got) < len(x.data) {
		packet, err := s.Receive(60_000)
		if err != nil {
			return fmt.Errorf("receive after %d bytes: %w", len(x.got), err)
		}
		part := make([]byte, packet.Length)
		if _, err := packet.Retrieve(part); err != nil {
			return err
		}
		x.got = append(x.got, part...)
		if err := packet.Release(); err != nil {
			return err
		}
	}
	x.end = x.kernel.Now()
	_ = s.Disconnect(1000)
	return nil
}

// run runs the transfer and reports what is wrong with it.
func (x *transfer) run() error {
	_, err := x.kernel.Run(nil)
	err = errors.Join(err, x.err)
	if !bytes.Equal(x.data, x.got) {
		err = errors.Join(err, fmt.Errorf("%d of %d bytes have arrived, or others", len(x.got), len(x.data)))
	}
	for _, pool := range x.pools {
		err = errors.Join(err, pool.Check())
	}
	return err
}

// storm is every fault at once, from the time on at which there is a connection: hosts try often to send data again, but
// not to connect.
func storm() []fault.Fault {
	faults := append(everything(),
		fault.Fault{Name: "odd", If: fault.Every(31), Do: fault.Drop{}},
		fault.Fault{Name: "first data", If: fault.Match{Data: true}, Do: fault.Drop{}, Limit: 1},
		fault.Flap(3*time.Second, 500*ms).Until(20*time.Second),
		fault.Partition([]string{"client"}, []string{"server"}).Between(4*time.Second, 6*time.Second),
		fault.Loss(0.2).Named("asymmetric").When(fault.Path("server", "client")).Until(10*time.Second),
		fault.BlackHole(1000).Limited(3),
		fault.Fault{Name: "normal", If: fault.Chance(0.2), Do: fault.Delay{By: 3 * ms, Spread: ms, Normal: true}},
	)
	for i := range faults {
		faults[i] = faults[i].When(fault.After(30 * ms))
	}
	return faults
}

// TestTCPSurvives sends data through every fault at once, of wire and hosts.
func TestTCPSurvives(t *testing.T) {
	happened := map[string]uint64{}
	for seed := range uint64(5) {
		x := newTransfer(t, seed, 60_000)
		set := fault.Attach(x.wire, storm()...)
		hosts := hostfault.Attach(x.kernel,
			hostfault.Fault{At: 2 * time.Second, For: 300 * ms, Every: 5 * time.Second, Do: hostfault.Freeze{Wire: x.wire, Ports: []string{"server"}}},
			hostfault.Fault{At: 3 * time.Second, For: 300 * ms, Every: 5 * time.Second, Do: hostfault.Freeze{Wire: x.wire, Ports: []string{"client"}, Drop: true}},
			hostfault.Fault{At: time.Second, For: 700 * ms, Every: 4 * time.Second, Do: hostfault.Exhaust{Pool: x.pools[1]}},
			hostfault.Fault{At: 5 * time.Second, For: 200 * ms, Do: hostfault.Reboot{Wire: x.wire, Ports: []string{"client"}}},
			hostfault.Fault{At: 6 * time.Second, Do: hostfault.TickStep{By: 12345}},
		)
		if err := x.run(); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
		for _, c := range set.Counters() {
			happened[c.Name] += c.Hits
		}
		for _, c := range hosts.Counters() {
			happened[c.Name] += c.Begun
		}
	}
	for name, times := range happened {
		if times == 0 {
			t.Errorf("%s has never happened", name)
		}
	}
	if len(happened) != 20 {
		t.Errorf("%d faults, want 20: %v", len(happened), happened)
	}
}

// TestDeterminism compares runs with several numbers of processors.
func TestDeterminism(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	type outcome struct {
		Hash     uint64
		End      time.Duration
		Wire     link.Counters
		Faults   []fault.Counter
		Schedule []fault.FrameFault
	}
	play := func() outcome {
		x := newTransfer(t, 3, 20_000)
		set := fault.Attach(x.wire, storm()...)
		recording := fault.Record(x.wire)
		if err := x.run(); err != nil {
			t.Fatal(err)
		}
		return outcome{x.wire.Hash(), x.end, x.wire.Counters(), set.Counters(), recording.Faults()}
	}
	var first outcome
	for i, n := range []int{1, 2, 8, 1} {
		runtime.GOMAXPROCS(n)
		got := play()
		if i == 0 {
			first = got
		} else if diff := cmp.Diff(first, got); diff != "" {
			t.Errorf("GOMAXPROCS %d (-1 +%d):\n%s", n, n, diff)
		}
	}
}

// TestReplayTransfer replays what a transfer went through, in a run without faults of its own.
func TestReplayTransfer(t *testing.T) {
	x := newTransfer(t, 4, 20_000)
	fault.Attach(x.wire, storm()...)
	recording := fault.Record(x.wire)
	if err := x.run(); err != nil {
		t.Fatal(err)
	}
	y := newTransfer(t, 4, 20_000)
	replay := fault.Replay(recording.Faults(), y.wire)
	if err := y.run(); err != nil {
		t.Fatal(err)
	}
	if x.wire.Hash() != y.wire.Hash() || x.end != y.end || len(replay.Unused()) > 0 {
		t.Errorf("ends at %v with hash %x, replayed at %v with %x; %d frame faults unused", x.end, x.wire.Hash(), y.end, y.wire.Hash(), len(replay.Unused()))
	}
	if diff := cmp.Diff(x.wire.Counters(), y.wire.Counters()); diff != "" {
		t.Errorf("counters (-recorded +replayed):\n%s", diff)
	}
}

// TestShrinkTransfer finds out what makes a transfer late: of everything that happens to its frames, a loss that costs
// a time-out of retransmission.
func TestShrinkTransfer(t *testing.T) {
	const limit = 1500 * ms
	x := newTransfer(t, 6, 8_000)
	fault.Attach(x.wire, everything()...)
	recording := fault.Record(x.wire)
	if err := x.run(); err != nil {
		t.Fatal(err)
	}
	if x.end < limit {
		t.Fatalf("the transfer is done at %v, which is not late", x.end)
	}
	late := func(list []fault.FrameFault) bool {
		y := newTransfer(t, 6, 8_000)
		fault.Replay(list, y.wire)
		return y.run() == nil && y.end >= limit
	}
	found, err := shrink.Schedule(recording.Faults(), late, shrink.Options{Budget: 400})
	if err != nil {
		t.Fatal(err)
	}
	if !found.Minimal || len(found.List) > 3 || len(found.List) == 0 || !late(found.List) {
		t.Errorf("found %v", found)
	}
	t.Logf("late at %v: %v\n%s\n%s", x.end, found, found.Go(), found.YAML())
}

// TestUndetected checks that a corruption whose checksum was put right reaches the program, and that others do not.
func TestUndetected(t *testing.T) {
	for _, repair := range []bool{false, true} {
		x := newTransfer(t, 1, 20_000)
		fault.Attach(x.wire, fault.Fault{If: fault.All(fault.From("client"), fault.Match{Data: true}, fault.Nth(5)), Do: fault.Corrupt{In: fault.Data, Repair: repair}})
		err := x.run()
		different := 0
		for i := range min(len(x.got), len(x.data)) {
			if x.got[i] != x.data[i] {
				different++
			}
		}
		if repair && different != 1 || !repair && err != nil || len(x.got) != len(x.data) {
			t.Errorf("repair %v: %d of %d bytes differ, %v", repair, different, len(x.got), err)
		}
	}
}
