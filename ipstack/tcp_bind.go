package ipstack

import (
	"fmt"
	"slices"

	"netxsim/netx/status"
)

// Ports that a socket bound to any port may get.
const (
	firstEphemeralPort = 49152 // NX_SEARCH_PORT_START
	lastPort           = 65535
)

// portUse is a port in use: the sockets bound to it, several only where a
// server's connections share it, and those that wait for it.
type portUse struct {
	sockets []*TCPSocket
	portQueue[*TCPSocket]
}

// bind enters a socket in the port table.
func (t *tcpProtocol) bind(s *TCPSocket, port uint16) {
	use := t.ports[port]
	if use == nil {
		use = &portUse{}
		use.waiting.kernel = t.ip.kernel
		use.waiting.what = func() string { return fmt.Sprintf("port %d of ip %s", port, t.ip.name) }
		t.ports[port] = use
	}
	s.bound, s.port = true, port
	use.sockets = append(use.sockets, s)
	t.connected(s)
}

// unbind takes a socket out of the port table.
func (t *tcpProtocol) unbind(s *TCPSocket) *portUse {
	use := t.ports[s.port]
	t.disconnected(s)
	s.bound = false
	use.sockets = slices.DeleteFunc(use.sockets, func(other *TCPSocket) bool { return other == s })
	if len(use.sockets) == 0 {
		delete(t.ports, s.port)
	}
	return use
}

// bequeath gives a port that has become free to the thread that has waited
// longest for it, before that runs. The others go on waiting for it.
func (t *tcpProtocol) bequeath(use *portUse, port uint16) {
	if len(use.sockets) > 0 {
		return
	}
	use.inherit(func(heir *TCPSocket) {
		t.ports[port] = use
		t.bind(heir, port)
	})
}

// Bind gives a client socket a local port, as nx_tcp_client_socket_bind does;
// 0 picks a free one from 49152 up. If the port is in use the calling thread
// waits up to wait ticks for it.
//
// Errors: status.AlreadyBound, status.PortUnavailable for a port in use,
// status.NoFreePorts, and the kernel's when the wait is aborted.
func (s *TCPSocket) Bind(port uint16, wait uint32) error {
	s.ip.enter()
	defer s.ip.leave()
	t := s.ip.tcp
	if s.bound || s.binding.pending() {
		return status.AlreadyBound
	}
	if port == 0 {
		var ok bool
		if port, ok = t.freePort(s.ip); !ok {
			return status.NoFreePorts
		}
	}
	s.port = port
	use := t.ports[port]
	if use == nil {
		t.bind(s, port)
		return nil
	}
	if wait == noWait {
		return status.PortUnavailable
	}
	s.binding = &portRequest[*TCPSocket]{queue: &use.portQueue, socket: s}
	return s.binding.await(s.ip, wait)
}

// freePort returns a port nobody is bound to, beginning at a random one.
func (t *tcpProtocol) freePort(ip *IP) (uint16, bool) {
	const ports = lastPort - firstEphemeralPort + 1
	return t.freePortFrom(firstEphemeralPort + ip.kernel.Rand("ports "+ip.name).IntN(ports))
}

// freePortFrom returns the first port from start on that nobody is bound to.
// After the last port the search goes on at the first ephemeral one.
func (t *tcpProtocol) freePortFrom(start int) (uint16, bool) {
	port := start
	for {
		if t.ports[uint16(port)] == nil {
			return uint16(port), true
		}
		if port++; port > lastPort {
			if start <= firstEphemeralPort {
				return 0, false
			}
			port = firstEphemeralPort
		}
		if port == start {
			return 0, false
		}
	}
}

// FreeTCPPort returns the first port from port on that no socket is bound to,
// as nx_tcp_free_port_find does.
//
// Errors: status.NoFreePorts.
func (ip *IP) FreeTCPPort(port uint16) (uint16, error) {
	free, ok := ip.tcp.freePortFrom(int(port))
	if !ok {
		return 0, status.NoFreePorts
	}
	return free, nil
}

// Unbind frees the port of a client socket and the segments it never received,
// as nx_tcp_client_socket_unbind does. A thread that waits for the port gets
// it.
//
// Errors: status.NotBound, status.NotClosed for a connection that is neither
// closed nor in timed wait.
func (s *TCPSocket) Unbind() error {
	s.ip.enter()
	defer s.ip.leave()
	if s.state == TCPTimedWait {
		s.cleanup()
	}
	switch {
	case s.state != TCPClosed:
		return status.NotClosed
	case s.bound:
	case s.binding.pending():
		s.binding.cancel()
		return nil
	default:
		return status.NotBound
	}
	s.rx.flush()
	use := s.ip.tcp.unbind(s)
	s.ip.tcp.bequeath(use, s.port)
	return nil
}
