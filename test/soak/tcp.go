package soak

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"time"

	"netxsim/ipstack"
	"netxsim/ipstack/host"
	"netxsim/netx/status"
	"netxsim/sim"
	"netxsim/sim/simtest"
)

// The ports of the servers.
const (
	goPort      = 7  // of hosts
	firstThread = 7  // of the first thread on a device
	hostThread  = 9  // of the thread that serves a host
	devicePort  = 17 // of an ordinary program on a device
)

// orders draws what a client does: some connections one after the other. With both, some go in both directions at once.
func (w *world) orders(r *rand.Rand, both bool) (list []order) {
	for range 1 + r.IntN(4) {
		w.nextID++
		o := order{id: w.nextID, up: size(r), down: size(r)}
		if o.turn = max(o.up, o.down, 1); r.IntN(2) == 0 {
			o.turn = 200 + uint32(r.IntN(8000))
		}
		switch r.IntN(8) {
		case 0:
			o.manner = half
		case 1:
			o.manner = abrupt
		case 2:
			if both {
				o.manner = duplex
			}
		}
		if r.IntN(2) == 0 {
			o.manner |= serverCloses
		}
		list = append(list, o)
	}
	return list
}

// size draws a number of bytes: none, few or many.
func size(r *rand.Rand) uint32 {
	switch r.IntN(6) {
	case 0:
		return 0
	case 1:
		return uint32(r.IntN(100))
	case 2, 3:
		return uint32(r.IntN(5000))
	}
	return uint32(r.IntN(30_000))
}

// client runs the connections of a client, some in both directions at once if both is set, each with a stream that open makes. The stream is gone when done has been called.
func (w *world) client(thread, both bool, name string, r *rand.Rand, to netip.AddrPort, open func() (s stream, done func(), err error)) {
	list := w.orders(r, both)
	for i := range list {
		if to.Port() == hostThread {
			list[i].manner &^= abrupt // a thread that has not heard the reset waits longer than a host for the thread
		}
	}
	lazy := w.lazy(r)
	pause := between(r, 0, 1500*ms)
	w.start(thread, name, true, func() {
		for _, o := range list {
			w.nap(pause)
			w.connection(name, o, to, lazy, open)
		}
	})
}

// connection is one connection of a client.
func (w *world) connection(name string, o order, to netip.AddrPort, lazy func(stream) stream, open func() (stream, func(), error)) {
	who := fmt.Sprintf("%s, connection %d", name, o.id)
	w.figures.Connections++
	s, done, err := open()
	if err != nil {
		w.judge("connect", who, fmt.Errorf("connect: %w", err))
		return
	}
	if o.has(abrupt) {
		w.abrupt[to] = true
	}
	err = call(lazy(s), o)
	done()
	if errors.Is(err, errAbrupt) {
		return
	}
	w.judge("client", who, err)
	if err == nil {
		w.figures.Bytes += uint64(o.up) + uint64(o.down)
		if !w.complete[o.id] {
			w.fail("untrue", "%s has ended well, but the server has not got all of it", who)
		}
	}
}

// lazy draws how a program reads: most read at once, some are slow. A small pool does not survive that: NetX fills a window that opens
// bit by bit with ever shorter segments, until every packet holds a few bytes.
func (w *world) lazy(r *rand.Rand) func(stream) stream {
	pause := between(r, 0, 1500*ms)
	if r.IntN(5) > 0 || w.row.Excuse&NoPackets == 0 && (w.small[0] || w.small[1]) {
		return func(s stream) stream { return s }
	}
	return func(s stream) stream { return &lazyStream{stream: s, nap: w.nap, pause: pause} }
}

// judgeServer notes an error of a server that neither the row excuses nor a client that went with a reset.
func (w *world) judgeServer(name string, at netip.AddrPort, err error) {
	if w.abrupt[at] && excuses(err)&(Resets|TimeOuts) != 0 {
		return
	}
	w.judge("server", name, err)
}

// answered is what servers tell when all of an order has arrived.
func (w *world) answered(o order) { w.complete[o.id] = true }

// netxClient is a thread that connects from a device.
func (w *world) netxClient(d *simtest.Device, name string, r *rand.Rand, to netip.Addr, port uint16) {
	chunk := w.chunk(d, r)
	w.client(true, false, name, r, netip.AddrPortFrom(to, port), func() (stream, func(), error) {
		socket, err := w.socket(d.IP(), name, r)
		if err != nil {
			return nil, nil, err
		}
		done := func() {
			err := socket.Unbind()
			if err = errors.Join(err, socket.Delete()); err != nil {
				w.fail("socket", "%s: %v in state %v", name, err, socket.State())
			}
		}
		if err := socket.Bind(0, 0); err != nil {
			return nil, nil, err
		}
		queue := uint32(2 + r.IntN(4))
		socket.ConfigureTransmit(queue, 100, 1200, 0) // the server may be busy with others for long
		if err := socket.Connect(to, uint32(port), patienceTicks); err != nil {
			done()
			return nil, nil, err
		}
		socket.ConfigureTransmit(queue, 100, 10, 0)
		forget := w.mortal(d.IP().Name(), socket.Reset)
		return &netxStream{socket: socket, pool: d.Pool, chunk: chunk}, func() { forget(); done() }, nil
	})
}

// chunk draws the bytes that a thread puts into a packet at most: with a small pool no more than one packet holds.
func (w *world) chunk(d *simtest.Device, r *rand.Rand) int {
	one := int(d.Pool.Payload()) - tcpRoom - 4
	if d.Pool.Total() < 80 {
		return one/2 + r.IntN(one/2)
	}
	return 500 + r.IntN(3*one)
}

// netxServer is a thread that serves one connection at a time on a port of a device.
func (w *world) netxServer(d *simtest.Device, name string, r *rand.Rand, port uint16) {
	chunk, lazy := w.chunk(d, r), w.lazy(r)
	if port == hostThread {
		lazy = func(s stream) stream { return s } // while it is busy hosts do not get through, and give up in two minutes
	}
	w.start(true, name, false, func() {
		socket, err := w.socket(d.IP(), name, r)
		if err != nil {
			w.fail("server", "%s: %v", name, err)
			return
		}
		if err := d.IP().Listen(port, socket, 5, nil); err != nil {
			w.fail("server", "%s: %v", name, err)
			return
		}
		w.closers = append(w.closers, func() {
			if socket.State() < ipstack.TCPEstablished {
				socket.Reset() // Accept returns
			}
		})
		for !w.closing {
			w.serve(d, socket, name, chunk, lazy)
			if err := d.IP().Relisten(port, socket); err != nil && !errors.Is(err, status.ConnectionPending) {
				w.fail("server", "%s: relisten: %v in state %v", name, err, socket.State())
				return
			}
		}
		_ = socket.Unaccept() // it may be closed already
		if err := errors.Join(d.IP().Unlisten(port), socket.Delete()); err != nil {
			w.fail("socket", "%s: %v in state %v", name, err, socket.State())
		}
	})
}

// serve waits for a connection, and serves it.
func (w *world) serve(d *simtest.Device, socket *ipstack.TCPSocket, name string, chunk int, lazy func(stream) stream) {
	err := socket.Accept(sim.WaitForever)
	if err == nil {
		forget := w.mortal(d.IP().Name(), socket.Reset)
		at := socket.Local()
		err = answer(lazy(&netxStream{socket: socket, pool: d.Pool, chunk: chunk}), w.answered)
		forget()
		w.judgeServer(name, at, err)
	} else if !errors.Is(err, status.NotConnected) {
		w.fail("accept", "%s: %v in state %v", name, err, socket.State())
	}
	if err := socket.Unaccept(); err != nil {
		w.fail("unaccept", "%s: %v in state %v", name, err, socket.State())
	}
}

// program is a machine as ordinary programs see it.
type program interface {
	Listen(network, address string) (net.Listener, error)
	DialTimeout(network, address string, timeout time.Duration) (net.Conn, error)
	ListenPacket(network, address string) (net.PacketConn, error)
	Now() time.Time
}

var _, _ program = (*host.Host)(nil), (*host.Device)(nil)

// goClient is an ordinary program that connects from a machine.
func (w *world) goClient(m program, machine, name string, r *rand.Rand, to netip.AddrPort) {
	chunk := 500 + r.IntN(20_000)
	// Two instances of NetX that both send into a closed window end up in a storm of ACKs, which neither takes: each has counted the
	// other's window probe, and answers what comes from in front of it (nx_tcp_socket_packet_process).
	both := to.Port() != hostThread && (machine == "hugo" || machine == "ida" || to.Addr() == w.hugo.Addr() || to.Addr() == w.ida.Addr())
	w.client(false, both, name, r, to, func() (stream, func(), error) {
		conn, err := m.DialTimeout("tcp", to.String(), patience)
		if err != nil {
			return nil, nil, err
		}
		return w.conn(m, machine, conn, chunk)
	})
}

// conn makes a connection a stream that ends with its machine.
func (w *world) conn(m program, machine string, conn net.Conn, chunk int) (stream, func(), error) {
	s := &connStream{conn: conn, now: m.Now, chunk: chunk, kernel: w.n.Kernel()}
	s.spawn = func(f func()) { w.start(false, machine+" sender", false, f) }
	return s, w.mortal(machine, func() { s.close(true) }), nil
}

// goServer is an ordinary program that serves any number of connections on a machine.
func (w *world) goServer(m program, machine, name string, r *rand.Rand, port uint16) {
	chunk, lazy := 500+r.IntN(20_000), w.lazy(r)
	l, err := m.Listen("tcp", fmt.Sprintf(":%d", port))
	if err != nil {
		w.fail("server", "%s: %v", name, err)
		return
	}
	w.closers = append(w.closers, func() { l.Close() })
	w.start(false, name, false, func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				if !w.closing {
					w.fail("accept", "%s: %v", name, err)
				}
				return
			}
			w.start(false, name+" session", false, func() {
				s, forget, _ := w.conn(m, machine, conn, chunk)
				err := answer(lazy(s), w.answered)
				forget()
				w.judgeServer(name, conn.LocalAddr().(*net.TCPAddr).AddrPort(), err)
			})
		}
	})
}
