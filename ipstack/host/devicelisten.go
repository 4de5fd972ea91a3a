package host

import (
	"errors"
	"net/netip"
	"slices"
	"syscall"

	"netxsim/ipstack"
	"netxsim/netx/status"
)

// A deviceListener is a port on which the instance listens. A socket always waits
// for the next connection, as long as not too many wait for the program.
type deviceListener struct {
	deviceSocket
	port    uint16
	at      netip.Addr
	waiting *ipstack.TCPSocket // nil while too many wait
	opening []*deviceStream
	ready   []*deviceStream
	closed  bool
}

// firstFreePort is where the search for a port begins.
const firstFreePort = 49152

func (b *deviceBackend) listen(local netip.AddrPort, _ bool) (acceptor, error) {
	d := (*Device)(b)
	if !b.owns(local.Addr()) {
		return nil, syscall.EADDRNOTAVAIL
	}
	socket, err := d.newTCPSocket()
	if err != nil {
		return nil, err
	}
	l := &deviceListener{port: local.Port(), at: local.Addr(), waiting: socket}
	l.deviceSocket = d.newSocket(l.relisten)
	if l.port == 0 {
		err = l.listenAnywhere()
	} else {
		err = l.listen()
	}
	if err != nil {
		socket.Delete()
		return nil, deviceError(err)
	}
	return l, nil
}

func (l *deviceListener) listen() error {
	return l.device.ip.Listen(l.port, l.waiting, l.device.config.Backlog, l.arrive)
}

// listenAnywhere listens on a free port: one that no socket is bound to, and on
// which nobody listens, which to NetX Duo is not the same.
func (l *deviceListener) listenAnywhere() (err error) {
	for l.port = firstFreePort; ; l.port++ {
		if l.port, err = l.device.ip.FreeTCPPort(l.port); err != nil {
			return err
		}
		if err = l.listen(); !errors.Is(err, status.DuplicateListen) {
			return err
		}
	}
}

func (l *deviceListener) local() netip.AddrPort { return netip.AddrPortFrom(l.at, l.port) }

// arrive takes the socket to which a client wants to connect. It is called in
// the middle of what the instance does.
func (l *deviceListener) arrive(socket *ipstack.TCPSocket, _ uint16) {
	if socket == l.waiting {
		l.waiting = nil
	}
	s := l.device.newStream(socket)
	s.listener, s.server = l, true
	l.opening = append(l.opening, s)
	_ = socket.Accept(0) // the socket tells when the connection is there
	s.event.Reset(0)
	l.event.Reset(0)
}

// relisten has a socket wait for the next client.
func (l *deviceListener) relisten() {
	for !l.closed && l.waiting == nil && len(l.opening)+len(l.ready) < l.device.config.Backlog {
		socket, err := l.device.newTCPSocket()
		if err != nil {
			return
		}
		switch err := l.device.ip.Relisten(l.port, socket); {
		case err == nil:
			l.waiting = socket
		case errors.Is(err, status.ConnectionPending): // arrive has it
		default:
			socket.Delete()
			return
		}
	}
}

// opened looks at a connection that was not there yet.
func (l *deviceListener) opened(s *deviceStream) {
	switch s.socket.State() {
	case ipstack.TCPSynReceived:
		return
	case ipstack.TCPListen, ipstack.TCPClosed: // it has come to nothing
		l.forget(s)
		s.close()
	default:
		l.forget(s)
		s.peer = s.socket.Peer()
		l.ready = append(l.ready, s)
		l.tell()
	}
	l.relisten()
}

// forget takes a connection off those being opened.
func (l *deviceListener) forget(s *deviceStream) {
	s.listener = nil
	l.opening = slices.DeleteFunc(l.opening, func(other *deviceStream) bool { return other == s })
}

func (l *deviceListener) accept() (stream, error) {
	if len(l.ready) == 0 {
		return nil, errWait
	}
	s := l.ready[0]
	l.ready = slices.Delete(l.ready, 0, 1)
	l.relisten()
	return s, nil
}

// close ends listening; connections that nobody accepted are reset.
func (l *deviceListener) close() {
	l.closed = true
	l.event.Stop()
	_ = l.device.ip.Unlisten(l.port) // it listens, and the socket that waits accepts nothing yet
	if l.waiting != nil {
		l.device.deleteSocket(l.waiting, false)
	}
	for _, s := range slices.Concat(l.opening, l.ready) {
		s.listener = nil
		s.abort(true)
		s.close()
	}
	l.opening, l.ready = nil, nil
}
