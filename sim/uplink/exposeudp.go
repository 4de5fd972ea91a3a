package uplink

import (
	"errors"
	"net"
	"net/netip"
	"slices"

	"go.uber.org/zap"

	"netxsim/ipstack/host"
)

// ExposeUDP continues the datagrams that come to a port of the machine at a server on the wire. Each client outside is a flow with a port
// of its own on the uplink's host, from which the server sees it come, and what the server sends there goes back to
// that client. The uplink closes conn at the end of the run. A client whose datagram the server refuses hears nothing: a
// net.PacketConn has no way to tell it.
func (u *Uplink) ExposeUDP(conn net.PacketConn, server netip.AddrPort) {
	e := &exposure{u: u, conn: conn, server: server, inflows: map[string]*inflow{}, out: newOutbox[letter](), over: make(chan struct{})}
	u.outside.add(conn)
	for _, f := range []func(){e.read, e.write} {
		done := u.kernel.Outside()
		u.outside.start(func() {
			defer done()
			f()
		})
	}
}

// A letter is a datagram for somebody outside.
type letter struct {
	payload []byte
	to      net.Addr
}

// An exposure is a port of the machine for a server on the wire.
type exposure struct {
	u       *Uplink
	conn    net.PacketConn
	server  netip.AddrPort
	inflows map[string]*inflow // by the client's address
	out     *outbox[letter]
	over    chan struct{} // closed when conn cannot be read any more
}

// An inflow is the datagrams of one client outside, and the answers.
type inflow struct {
	flow
	e      *exposure
	client net.Addr
	port   *host.UDPPort
}

// read is the goroutine that reads from the machine's port.
func (e *exposure) read() {
	defer close(e.over)
	slots, buffer := make(chan struct{}, inFlight), make([]byte, maxDatagram)
	for {
		select {
		case slots <- struct{}{}:
		case <-e.u.outside.ctx.Done():
			return
		}
		n, from, err := e.conn.ReadFrom(buffer)
		if err != nil {
			if !errors.Is(err, net.ErrClosed) {
				e.u.log.Warn("uplink: no more datagrams", zap.Stringer("at", e.conn.LocalAddr()), zap.Error(err))
			}
			return
		}
		payload := slices.Clone(buffer[:n])
		e.u.kernel.Post(func() {
			<-slots
			e.take(payload, from)
		})
	}
}

// write is the goroutine that writes to the machine's port.
func (e *exposure) write() {
	for {
		select {
		case l := <-e.out.waiting:
			e.out.took(len(l.payload))
			_, err := e.conn.WriteTo(l.payload, l.to)
			counters := &e.u.flows.counters
			counters.sent(&counters.out, err)
		case <-e.over:
			return
		}
	}
}

// take brings a datagram of a client to the server.
func (e *exposure) take(payload []byte, from net.Addr) {
	f := e.inflows[from.String()]
	if f == nil {
		var err error
		if f, err = e.openInflow(from); err != nil {
			e.u.flows.counters.dropped.Add(1)
			e.u.log.Warn("uplink: no port for a client", zap.Stringer("from", from), zap.Error(err))
			return
		}
	}
	f.touch()
	err := f.port.Send(payload)
	if refusal(err) { // that of an earlier one
		f.refused(err)
		err = f.port.Send(payload)
	}
	counters := &e.u.flows.counters
	counters.sent(&counters.in, err)
}

func (e *exposure) openInflow(client net.Addr) (*inflow, error) {
	f := &inflow{e: e, client: client}
	port, err := e.u.host.OpenUDP(e.server, f.answer)
	if err != nil {
		return nil, err
	}
	f.port = port
	key := client.String()
	e.u.flows.open(&f.flow, func() {
		delete(e.inflows, key)
		port.Close()
	}, zap.Stringer("from", client), zap.Stringer("inside", port.Addr()), zap.Stringer("to", e.server))
	e.inflows[key] = f
	return f, nil
}

// answer sends a datagram of the server to the client.
func (f *inflow) answer(payload []byte, err error) {
	if err != nil {
		f.refused(err)
		return
	}
	f.touch()
	if !f.e.out.put(letter{payload, f.client}, len(payload)) {
		f.e.u.flows.counters.dropped.Add(1)
	}
}
