package soak

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"time"

	"netxsim/ipstack"
	"netxsim/ipstack/host"
	"netxsim/netx/status"
	"netxsim/sim/hostfault"
	"netxsim/sim/link"
	"netxsim/sim/simtest"
)

// A world is the network of a run, and what goes on in it.
type world struct {
	n      *simtest.Net
	row    Row
	strict bool // nothing is excused
	wires  [2]*simtest.Wire
	router *simtest.Device
	alpha  *simtest.Device // on the first wire, with hugo
	beta   *simtest.Device // on the second, with ida
	hugo   *host.Host
	ida    *host.Host
	small  [2]bool // whether the pool of alpha, and that of beta, is small

	disturbed *hostfault.Set // nil until play

	running  []string // clients and servers that have not ended
	clients  int      // how many of them are clients
	closing  bool     // all clients have ended
	closers  []func() // of servers; called until they have ended
	crashers map[string][]*crasher
	complete map[uint32]bool         // orders that servers have got all of
	abrupt   map[netip.AddrPort]bool // servers that a client has left with a reset
	nextID   uint32

	problems []Problem
	figures  Figures
}

// A Problem is something that should not have happened.
type Problem struct {
	Kind string // the same for what may be the same in another run
	Text string
}

// newWorld draws a network.
func newWorld(n *simtest.Net, row Row, shape, faults *rand.Rand) *world {
	w := &world{n: n, row: row, crashers: map[string][]*crasher{}, complete: map[uint32]bool{}, abrupt: map[netip.AddrPort]bool{}}
	for i := range w.wires {
		w.wires[i] = n.Wire(link.Config{
			Name:      fmt.Sprintf("lan%d", i+1),
			Latency:   between(shape, 100*time.Microsecond, 15*ms),
			Bandwidth: []int64{0, 10_000_000, 100_000_000}[shape.IntN(3)],
		})
	}
	w.router = n.Router("router", w.wires[:]...)
	w.router.IP().EnableFragmentation()
	w.alpha, w.hugo = w.device(shape, "alpha", 0), n.Host("hugo", w.wires[0])
	w.beta, w.ida = w.device(shape, "beta", 1), n.Host("ida", w.wires[1])
	if row.Excuse&TimeOuts == 0 {
		n.Kernel().After(0, w.introduce) // by then the interfaces are on their wires
	}
	for _, wire := range w.wires {
		if row.wire != nil {
			wire.Inject(row.wire(faults)...)
		}
	}
	return w
}

// introduce tells the instances of NetX the hardware addresses of their neighbours. When an answer to ARP is lost they ask
// again after ten seconds only (NX_ARP_UPDATE_RATE), and by then the retries of a connection are all but used up.
func (w *world) introduce() {
	machines := [][]string{{"router", "alpha", "hugo"}, {"router lan2", "beta", "ida"}}
	addresses := [][]netip.Addr{
		{netip.MustParseAddr("10.0.1.254"), w.alpha.IP().Address().Addr(), w.hugo.Addr()},
		{netip.MustParseAddr("10.0.2.254"), w.beta.IP().Address().Addr(), w.ida.Addr()},
	}
	for i, wire := range w.wires {
		for m, name := range machines[i] {
			for _, d := range []*simtest.Device{w.router, w.devices()[i]} {
				if name != d.IP().Name() && !(m == 0 && d == w.router) {
					if err := d.IP().SetARP(addresses[i][m], wire.Port(name).MAC()); err != nil {
						w.fail("arp", "%s: %v", name, err)
					}
				}
			}
		}
	}
}

// device adds a device with a pool that is small or large.
func (w *world) device(shape *rand.Rand, name string, wire int) *simtest.Device {
	config := simtest.DeviceConfig{
		Wires:   w.wires[wire : wire+1],
		Payload: []uint32{576, 1536, 1536}[shape.IntN(3)],
		Packets: 100 + shape.IntN(140),
		Net:     host.DeviceConfig{TransmitQueue: 4, Window: 2920},
	}
	if w.small[wire] = shape.IntN(2) == 0; w.small[wire] {
		config.Packets = 56 + shape.IntN(16) // for the windows of all sockets, in short segments that nobody reads
	}
	if w.row.tiny {
		config.Payload, config.Packets = 200+uint32(shape.IntN(1400)), 5+shape.IntN(15)
	}
	d := w.n.Device(name, config)
	d.IP().EnableFragmentation()
	return d
}

func (w *world) devices() []*simtest.Device { return []*simtest.Device{w.alpha, w.beta} }

func (w *world) hosts() []*host.Host { return []*host.Host{w.hugo, w.ida} }

// somebody draws a machine for things to go wrong with: its wire and the name of its port.
func (w *world) somebody(r *rand.Rand) (*link.Wire, string) {
	switch r.IntN(4) {
	case 0:
		return w.wires[0].Wire, "alpha"
	case 1:
		return w.wires[0].Wire, "hugo"
	case 2:
		return w.wires[1].Wire, "beta"
	}
	return w.wires[1].Wire, "ida"
}

// A crasher is a connection that ends when its machine does.
type crasher struct{ crash func() }

// mortal has a connection end with its machine, until the function it returns is called.
func (w *world) mortal(machine string, crash func()) (forget func()) {
	c := &crasher{crash: crash}
	w.crashers[machine] = append(w.crashers[machine], c)
	return func() { c.crash = nil }
}

// crash ends the connections of a machine, without a word to anybody.
func (w *world) crash(machine string) {
	list := w.crashers[machine]
	w.crashers[machine] = nil
	for _, c := range list {
		if c.crash != nil {
			c.crash()
		}
	}
}

// fail notes a problem.
func (w *world) fail(kind, format string, args ...any) {
	w.problems = append(w.problems, Problem{Kind: kind, Text: fmt.Sprintf("%v: ", w.n.Kernel().Now()) + fmt.Sprintf(format, args...)})
}

// excuses are the reasons that may be behind an error.
func excuses(err error) (e Excuse) {
	is := func(list ...error) bool {
		for _, target := range list {
			if errors.Is(err, target) {
				return true
			}
		}
		return false
	}
	if is(errContent, io.ErrUnexpectedEOF) && !is(status.NotConnected) {
		return 0
	}
	if is(syscall.EHOSTUNREACH) { // three questions of ARP in vain
		e |= LostFrames
	}
	if is(os.ErrDeadlineExceeded, context.DeadlineExceeded, syscall.ETIMEDOUT, syscall.EHOSTUNREACH, status.NotConnected, status.NoPacket,
		status.WindowOverflow, status.TxQueueDepth, status.DisconnectFailed, status.NoResponse) {
		e |= TimeOuts
	}
	if is(syscall.ECONNRESET, syscall.ECONNREFUSED, syscall.EPIPE, net.ErrClosed, status.NotConnected, status.DisconnectFailed) {
		e |= Resets
	}
	if is(status.NoPacket, syscall.ENOBUFS) {
		e |= NoPackets
	}
	return e
}

// unheard reports whether err is that of a goodbye whose answer was lost or late. A socket of NetX whose last ACK was lost hears
// a reset in its place, because the peer's socket is gone (nx_tcp_socket_disconnect, NX_DISCONNECT_FAILED). All data have arrived by then.
func (w *world) unheard(err error) bool {
	return errors.Is(err, errGoodbye) && errors.Is(err, status.DisconnectFailed) && (w.lossy() || w.row.Excuse&(Copies|Disorder) != 0)
}

// judge notes an error that the row does not excuse.
func (w *world) judge(kind, who string, err error) {
	switch {
	case err == nil:
	case !w.strict && (excuses(err)&w.row.Excuse != 0 || w.unheard(err)):
		w.figures.Excused++
	default:
		w.fail(kind, "%s: %v", who, err)
	}
}

// begin and end note that a program runs. Names are for reports.
func (w *world) begin(name string) (end func()) {
	i := len(w.running)
	w.running = append(w.running, name)
	return func() { w.running[i] = "" }
}

// left lists the programs that run.
func (w *world) left() string {
	var names []string
	for _, name := range w.running {
		if name != "" {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// start runs a program: an RTOS thread, or an ordinary one.
func (w *world) start(thread bool, name string, client bool, f func()) {
	end := w.begin(name)
	if client {
		w.clients++
	}
	program := func() error {
		defer func() {
			end()
			if client {
				w.clients--
			}
		}()
		f()
		return nil
	}
	if thread {
		w.n.Thread(name, program)
	} else {
		w.n.Go(name, program)
	}
}

// The virtual time a run may take, and how long packets may take to come back when all programs have ended.
const (
	limit      = 24 * time.Hour
	settleTime = 10 * time.Minute
)

// watch ends a run that does not come to its end.
func (w *world) watch() {
	w.n.Kernel().After(limit, func() { panic("soak: still running: " + w.left()) })
}

// supervise is the thread that waits for all others and then looks at what they leave.
func (w *world) supervise() {
	for w.clients > 0 {
		w.nap(time.Second)
	}
	w.closing = true
	for w.left() != "" {
		for _, c := range w.closers {
			c()
		}
		w.nap(time.Second)
	}
	for _, c := range w.disturbed.Counters() {
		w.disturbed.Switch(c.Name, false)
	}
	for waited := time.Duration(0); waited < settleTime && !w.full(); waited += time.Second {
		w.nap(time.Second)
	}
	for _, d := range append(w.devices(), w.router) {
		w.tidy(d)
	}
}

// full reports whether all packets are in their pools.
func (w *world) full() bool {
	for _, d := range append(w.devices(), w.router) {
		if d.Pool.Available() != d.Pool.Total() {
			return false
		}
	}
	return true
}

// tidy wants nothing left on a device, and deletes its instance.
func (w *world) tidy(d *simtest.Device) {
	if d.Pool.Available() != d.Pool.Total() {
		w.fail("packets left", "pool %s: %v hold packets", d.Pool.Name(), d.Pool.Holders())
	}
	if err := d.Pool.Check(); err != nil {
		w.fail("pool", "pool %s: %v", d.Pool.Name(), err)
	}
	w.figures.Retransmissions += uint64(d.IP().TCPInfo().RetransmitPackets)
	w.figures.add(d.IP().Stats())
	name := d.IP().Name()
	err := d.IP().Delete()
	for waited := time.Duration(0); waited < settleTime && errors.Is(err, status.SocketsBound); waited += time.Second {
		w.nap(time.Second) // connections that a program has closed end in the background
		err = d.IP().Delete()
	}
	if err != nil {
		w.fail("instance", "delete %s: %v", name, err)
	}
}

// nap sleeps in virtual time.
func (w *world) nap(d time.Duration) {
	if err := w.n.Sleep(d); err != nil {
		w.fail("sleep", "%v", err)
	}
}

// socket makes a TCP socket for a thread.
func (w *world) socket(ip *ipstack.IP, name string, r *rand.Rand) (*ipstack.TCPSocket, error) {
	return ip.NewTCPSocket(ipstack.TCPSocketConfig{Name: name, Window: uint32(1460 + r.IntN(3000)), TransmitQueue: 2 + r.IntN(4), TimeToLive: 128})
}
