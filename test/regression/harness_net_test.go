package regression_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"netxsim/ipstack"
	. "netxsim/netx"
	"netxsim/netx/status"
	"netxsim/packetpool"
	"netxsim/sim"
	"netxsim/sim/link"
)

const (
	netSecond   = 100 // ticks
	netPriority = 4   // of the threads of a test
	netPayload  = 1568
	netPackets  = 30
	netMask     = 0xFFFFFF00
)

// netLab is the network of a test: NetX instances and taps on one wire.
type netLab struct {
	t       *testing.T
	program *Program
	kernel  *sim.Kernel
	wire    *link.Wire
	target  ipstack.Target
	hosts   []*netHost
	pools   []*NX_PACKET_POOL
	threads int
	ended   *sim.Semaphore // has one for each thread that has ended
}

// netRun runs a network that define lays out. When all its threads have ended it checks that every packet is accounted
// for, deletes the sockets and instances, and checks that all packets are back in their pools.
func netRun(t *testing.T, target ipstack.Target, define func(l *netLab)) {
	t.Helper()
	netRunOn(t, packetpool.Target{}, target, define)
}

// netRunOn is netRun for devices other than the usual.
func netRunOn(t *testing.T, device packetpool.Target, target ipstack.Target, define func(l *netLab)) {
	t.Helper()
	kernel := sim.New(sim.Config{Seed: 1, Horizon: 24 * time.Hour})
	l := &netLab{t: t, kernel: kernel, target: target, program: &Program{Kernel: kernel, Target: device, Stack: target, Name: t.Name()}}
	report, err := l.program.Run(func() {
		l.wire = link.New(kernel, link.Config{Name: "wire"})
		l.ended = kernel.NewSemaphore("ended", 0)
		define(l)
		l.start("warden", 31, l.finish)
	})
	if err != nil {
		t.Fatalf("run: %v", err)
	}
	netEqual(t, "end of the run", report.End, sim.EndDone)
}

// netEqual reports a value that is not the wanted one.
func netEqual[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// status reports a service that does not return the wanted status.
func (l *netLab) status(what string, got, want UINT) {
	l.t.Helper()
	netEqual(l.t, what, netStatus(got), netStatus(want))
}

func netStatus(s UINT) string {
	if s == NX_SUCCESS {
		return "NX_SUCCESS"
	}
	return status.Code(s).Error()
}

// ok reports a service that fails.
func (l *netLab) ok(what string, got UINT) {
	l.t.Helper()
	l.status(what, got, NX_SUCCESS)
}

// thread adds a thread to the test.
func (l *netLab) thread(name string, entry func()) {
	l.threads++
	l.start(name, netPriority, func() {
		entry()
		if err := l.ended.Put(); err != nil {
			l.t.Errorf("thread %s: %v", name, err)
		}
	})
}

func (l *netLab) start(name string, priority uint32, entry func()) *sim.Thread {
	thread, err := l.kernel.NewThread(sim.ThreadConfig{Name: name, Priority: priority, Entry: entry})
	if err != nil {
		l.t.Errorf("thread %s: %v", name, err)
	}
	return thread
}

// settle lets the wire and the IP threads do what they have to do now.
func (l *netLab) settle() { l.sleep(1) }

// sleep has the calling thread sleep for virtual time.
func (l *netLab) sleep(ticks ULONG) { l.ok("sleep", TxThreadSleep(ticks)) }

// finish waits for the threads of the test and takes the network down.
func (l *netLab) finish() {
	for n := 0; n < l.threads; n++ {
		if err := l.ended.Get(TX_WAIT_FOREVER); err != nil {
			l.t.Errorf("wait for the threads: %v", err)
		}
	}
	l.sleep(netSecond)
	for _, pool := range l.pools {
		held := 0
		for _, h := range pool.Holders() {
			held += h.Packets
		}
		netEqual(l.t, "free + held packets of pool "+pool.Name(), pool.Available()+uint32(held), pool.Total())
	}
	for _, h := range l.hosts {
		h.delete()
	}
	for _, pool := range l.pools {
		netEqual(l.t, "holders of pool "+pool.Name(), pool.Holders(), []packetpool.HolderCount(nil))
		netEqual(l.t, "free packets of pool "+pool.Name(), pool.Available(), pool.Total())
	}
}

// pool makes a pool of exactly so many packets.
func (l *netLab) pool(name string, payload ULONG, packets int) *NX_PACKET_POOL {
	size := packetpool.SizeFor(l.program.Target, payload, packets)
	pool := new(NX_PACKET_POOL)
	l.ok("create pool "+name, NxPacketPoolCreate(pool, name, payload, make([]byte, size), size))
	l.pools = append(l.pools, pool)
	return pool
}

// netHost is an instance with its pool and its sockets.
type netHost struct {
	lab     *netLab
	ip      *NX_IP
	pool    *NX_PACKET_POOL
	address ULONG
	stack   []byte // which must stay where it is
	sockets []*NX_UDP_SOCKET
}

// netAddress is the address of host number n of the first network, 10.1.0.n.
func netAddress(n byte) ULONG { return 10<<24 | 1<<16 | ULONG(n) }

// netHardware is the hardware address of an interface of number n.
func netHardware(n byte) ipstack.HardwareAddress {
	return ipstack.HardwareAddress{0x02, 0x11, 0x22, 0x33, 0x44, n}
}

// host adds host number n with ARP, UDP and ICMP, and a pool of its own.
func (l *netLab) host(n byte) *netHost {
	l.t.Helper()
	name := fmt.Sprintf("host %d", n)
	return l.hostOn(n, l.pool(name, netPayload, netPackets), l.wire)
}

// hostOn adds host number n with a given pool, on a given wire.
func (l *netLab) hostOn(n byte, pool *NX_PACKET_POOL, wire *link.Wire) *netHost {
	l.t.Helper()
	return l.hostAt(netAddress(n), n, pool, wire)
}

// hostAt is hostOn for another address.
func (l *netLab) hostAt(address ULONG, n byte, pool *NX_PACKET_POOL, wire *link.Wire) *netHost {
	l.t.Helper()
	h := &netHost{lab: l, ip: new(NX_IP), pool: pool, address: address}
	h.create(ipstack.Ethernet(wire, netHardware(n)), fmt.Sprintf("host %d", n))
	l.ok("enable ARP", NxArpEnable(h.ip, make([]byte, 1024), 1024))
	l.ok("enable UDP", NxUdpEnable(h.ip))
	l.ok("enable ICMP", NxIcmpEnable(h.ip))
	return h
}

// create creates the host's instance.
func (h *netHost) create(driver ipstack.Driver, name string) {
	h.lab.t.Helper()
	h.stack = make([]byte, 2048)
	h.lab.ok("create instance", NxIpCreate(h.ip, name, h.address, netMask, h.pool, driver, h.stack, ULONG(len(h.stack)), 1))
	h.lab.hosts = append(h.lab.hosts, h)
}

// delete deletes the sockets that are left, and the instance.
func (h *netHost) delete() {
	for _, s := range h.sockets {
		if s.IP() != nil {
			NxUdpSocketUnbind(s)
			h.lab.ok("delete socket", NxUdpSocketDelete(s))
		}
	}
	h.lab.ok("delete instance", NxIpDelete(h.ip))
}

// socket makes a UDP socket that is not bound, for up to queue waiting datagrams.
func (h *netHost) socket(queue ULONG) *NX_UDP_SOCKET {
	h.lab.t.Helper()
	s := new(NX_UDP_SOCKET)
	h.lab.ok("create socket", NxUdpSocketCreate(h.ip, s, "socket", NX_IP_NORMAL, NX_FRAGMENT_OKAY, 0x80, queue))
	h.sockets = append(h.sockets, s)
	return s
}

// bound makes a UDP socket bound to a port.
func (h *netHost) bound(port UINT) *NX_UDP_SOCKET {
	h.lab.t.Helper()
	s := h.socket(5)
	h.lab.ok("bind", status.Of(s.Bind(uint16(port), NX_NO_WAIT)))
	return s
}

// packet makes a packet of the host's pool with data.
func (h *netHost) packet(packetType ULONG, data []byte) *NX_PACKET {
	h.lab.t.Helper()
	var p *NX_PACKET
	h.lab.ok("allocate", NxPacketAllocate(h.pool, &p, packetType, NX_NO_WAIT))
	h.lab.ok("append", NxPacketDataAppend(p, data, ULONG(len(data)), h.pool, NX_NO_WAIT))
	return p
}

// send sends a datagram.
func (h *netHost) send(s *NX_UDP_SOCKET, to ULONG, port UINT, data string) {
	h.lab.t.Helper()
	h.lab.ok("send", NxUdpSocketSend(s, h.packet(NX_UDP_PACKET, []byte(data)), to, port))
}

// receive checks that a socket receives data within so many ticks.
func (l *netLab) receive(s *NX_UDP_SOCKET, wait ULONG, want string) {
	l.t.Helper()
	var p *NX_PACKET
	l.ok("receive "+want, NxUdpSocketReceive(s, &p, wait))
	if p != nil {
		netEqual(l.t, "received data", l.take(p), want)
	}
}

// nothing checks that a socket has nothing to receive.
func (l *netLab) nothing(s *NX_UDP_SOCKET) {
	l.t.Helper()
	var p *NX_PACKET
	l.status("receive nothing", NxUdpSocketReceive(s, &p, NX_NO_WAIT), NX_NO_PACKET)
}

// take returns the data of a packet, and releases it.
func (l *netLab) take(p *NX_PACKET) string {
	l.t.Helper()
	data := make([]byte, p.Length)
	var copied ULONG
	if p.Length > 0 {
		l.ok("retrieve", NxPacketDataRetrieve(p, data, &copied))
	}
	l.ok("release", NxPacketRelease(p))
	return string(data[:copied])
}

// ping has a host ping an address; data that comes back is checked.
func (h *netHost) ping(to ULONG, data string, wait ULONG) UINT {
	h.lab.t.Helper()
	var answer *NX_PACKET
	s := NxIcmpPing(h.ip, to, []byte(data), ULONG(len(data)), &answer, wait)
	if s == NX_SUCCESS {
		netEqual(h.lab.t, "data of the answer", h.lab.take(answer), data)
	}
	return s
}
