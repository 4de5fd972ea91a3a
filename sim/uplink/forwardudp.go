package uplink

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"syscall"

	"go.uber.org/zap"

	"netxsim/ipstack/host"
)

// inFlight is how many datagrams of a machine's socket may be on their way into the simulation. With so many the socket is
// not read, and its own buffer fills.
const inFlight = 16

// ForwardUDP continues datagrams to a UDP port of the uplink's host at an address of the machine's network, such as
// "127.0.0.1:53". The latest call that fits decides, when the first datagram of a flow comes. Ports that a program of the
// host has open are the program's.
func (u *Uplink) ForwardUDP(port uint16, address string) {
	u.forwardDatagrams(func(to netip.AddrPort) (string, bool) {
		return address, to == netip.AddrPortFrom(u.host.Addr(), port)
	})
}

// ForwardAllUDP is ForwardAll for datagrams: it asks where at the first datagram of each flow to the uplink's host, and to any other
// address for which simulated hosts have it as their gateway. Those for which ok is false are answered with port unreachable.
func (u *Uplink) ForwardAllUDP(where func(to netip.AddrPort) (address string, ok bool)) {
	u.host.AnswerAll()
	u.forwardDatagrams(where)
}

func (u *Uplink) forwardDatagrams(where forward) {
	u.udpForwards = append(u.udpForwards, where)
	u.host.GateUDP(u.takeDatagram)
}

// ends are the two addresses of a flow on the wire.
type ends struct{ from, to netip.AddrPort }

// An outflow is the datagrams of one port on the wire to one address, and the answers. It has a socket of the machine.
type outflow struct {
	flow
	u      *Uplink
	ends   ends
	latest *host.Datagram // the way back
	out    *outbox[[]byte]
	ctx    context.Context // done when the flow or the run is over
}

// takeDatagram sends a datagram on, if it is one of ours.
func (u *Uplink) takeDatagram(d *host.Datagram, payload []byte) bool {
	ends := ends{d.From(), d.To()}
	f := u.outflows[ends]
	if f == nil {
		address, ok := find(u.udpForwards, ends.to)
		if !ok {
			return false
		}
		f = u.openOutflow(ends, address)
	}
	f.latest = d
	f.touch()
	if !f.out.put(payload, len(payload)) {
		u.flows.counters.dropped.Add(1)
	}
	return true
}

func (u *Uplink) openOutflow(ends ends, address string) *outflow {
	f := &outflow{u: u, ends: ends, out: newOutbox[[]byte]()}
	var cancel func()
	f.ctx, cancel = context.WithCancel(u.outside.ctx)
	u.flows.open(&f.flow, func() {
		delete(u.outflows, ends)
		cancel()
	}, zap.Stringer("from", ends.from), zap.Stringer("to", ends.to), zap.String("outside", address))
	u.outflows[ends] = f
	done := u.kernel.Outside()
	u.outside.start(func() {
		defer done()
		f.carry(address)
	})
	return f
}

// carry is the goroutine that opens the machine's socket and writes to it. It ends with the flow.
func (f *outflow) carry(address string) {
	defer func() { f.u.flows.counters.dropped.Add(uint64(len(f.out.waiting))) }()
	socket, err := f.u.dial(f.ctx, "udp", address)
	if err != nil {
		f.u.kernel.Post(func() { f.fail(err) })
		<-f.ctx.Done()
		return
	}
	f.u.outside.add(socket)
	defer f.u.outside.close(socket) // which ends read
	done := f.u.kernel.Outside()
	f.u.outside.start(func() {
		defer done()
		f.read(socket)
	})
	for {
		select {
		case payload := <-f.out.waiting:
			f.out.took(len(payload))
			f.write(socket, payload)
		case <-f.ctx.Done():
			return
		}
	}
}

// write sends a datagram. A socket tells once that nobody was there for an earlier one, and sends nothing then.
func (f *outflow) write(socket net.Conn, payload []byte) {
	_, err := socket.Write(payload)
	if errors.Is(err, syscall.ECONNREFUSED) {
		f.u.kernel.Post(func() { f.refuse(err) })
		_, err = socket.Write(payload)
	}
	counters := &f.u.flows.counters
	switch {
	case err == nil:
		counters.out.Add(1)
	case refusal(err):
		f.u.kernel.Post(func() { f.refuse(err) })
	default:
		counters.dropped.Add(1)
		f.log.Debug("uplink: datagram dropped", zap.Error(err))
	}
}

// read is the goroutine that reads the answers.
func (f *outflow) read(socket net.Conn) {
	slots, buffer := make(chan struct{}, inFlight), make([]byte, maxDatagram)
	for {
		select {
		case slots <- struct{}{}:
		case <-f.ctx.Done():
			return
		}
		n, err := socket.Read(buffer)
		switch {
		case err == nil:
			payload := slices.Clone(buffer[:n])
			f.u.kernel.Post(func() {
				<-slots
				f.answer(payload)
			})
		case refusal(err):
			f.u.kernel.Post(func() {
				<-slots
				f.refuse(err)
			})
		default:
			f.u.kernel.Post(func() { f.fail(err) })
			return
		}
	}
}

// answer sends a datagram back to where the flow comes from.
func (f *outflow) answer(payload []byte) {
	if !f.open() {
		return
	}
	f.touch()
	counters := &f.u.flows.counters
	counters.sent(&counters.in, f.latest.Reply(payload))
}

// refuse tells where the flow comes from that nobody is there. The flow stays: somebody may come.
func (f *outflow) refuse(err error) {
	if !f.open() {
		return
	}
	f.refused(err)
	f.latest.Refuse()
}

// fail ends a flow whose socket cannot be used. The next datagram tries again.
func (f *outflow) fail(err error) {
	f.refuse(err)
	f.close(err.Error())
}
