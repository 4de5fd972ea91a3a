package ipstack

import (
	"errors"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"

	"netxsim/netx/status"
)

// Disconnect ends a connection, as nx_tcp_socket_disconnect does. With no wait
// an open connection is reset. Otherwise FIN is sent and the calling thread
// waits up to wait ticks until both directions are closed; when that takes
// longer the connection is forgotten.
//
// Errors: status.NotConnected, status.InProgress after a reset,
// status.DisconnectFailed when the wait ran out or the peer reset the
// connection, and the kernel's when the wait is aborted.
func (s *TCPSocket) Disconnect(wait uint32) error {
	var err error
	switch s.state {
	case TCPSynSent, TCPSynReceived:
		s.close()
	case TCPEstablished, TCPCloseWait:
		if wait == noWait {
			s.abort()
			err = status.InProgress
		} else {
			err = s.finish(wait)
		}
	default:
		return status.NotConnected
	}
	s.tx.flush()
	s.wait.connect.wakeAll(status.NotConnected)
	s.wait.receive.wakeAll(status.NotConnected)
	s.wait.send.wakeAll(status.NotConnected)
	return err
}

// abort sends a reset.
func (s *TCPSocket) abort() {
	s.queue.EventUnregister(&s.entry)
	s.endpoint.Abort()
	s.ip.settle()
	s.close()
}

// finish sends FIN and waits for the end of the connection.
func (s *TCPSocket) finish(wait uint32) error {
	if s.state == TCPCloseWait {
		s.state = TCPLastAck
	} else {
		s.state = TCPFinWait1
	}
	if err := s.endpoint.Shutdown(tcpip.ShutdownWrite); err != nil {
		s.close()
		return status.DisconnectFailed
	}
	s.ip.settle()
	if s.ip.inIPThread() {
		return status.InProgress
	}
	_, err := s.wait.disconnect.wait(wait)
	if s.state != TCPTimedWait {
		s.close()
	}
	if errors.Is(err, errExpired) {
		return status.DisconnectFailed
	}
	return err
}

// close returns the socket to the state in which it has no connection: a
// server's still listens. What was received stays readable.
func (s *TCPSocket) close() {
	if s.client {
		s.state = TCPClosed
	} else {
		s.state = TCPListen
	}
	s.forget()
}

// ended handles the end of a connection that the socket did not ask for: a
// reset, or no answer to all retransmissions.
func (s *TCPSocket) ended() {
	was := s.state
	s.close()
	s.tx.flush()
	s.wait.receive.wakeAll(status.NotConnected)
	s.wait.send.wakeAll(status.NotConnected)
	s.wait.connect.wakeAll(status.NotConnected)
	s.wait.disconnect.wakeAll(status.DisconnectFailed)
	if was == TCPEstablished && s.on.disconnected != nil {
		s.on.disconnected(s)
	}
}

// follow takes over what the last segment did to the connection's state.
func (s *TCPSocket) follow() {
	if s.endpoint == nil {
		return
	}
	switch tcp.EndpointState(s.endpoint.State()) {
	case tcp.StateCloseWait:
		if s.state == TCPEstablished {
			s.peerClosed()
		}
	case tcp.StateFinWait2:
		s.state = TCPFinWait2
	case tcp.StateClosing:
		s.state = TCPClosing
	case tcp.StateTimeWait:
		s.bothClosed()
	case tcp.StateClose:
		s.forgotten()
	}
}

// peerClosed handles the peer's FIN.
func (s *TCPSocket) peerClosed() {
	s.state = TCPCloseWait
	s.rx.start(s.rx.next.Add(1))
	s.wait.receive.wakeAll(status.NotConnected)
	if s.on.disconnected != nil {
		s.on.disconnected(s)
	}
}

// bothClosed begins the time in which late segments are still answered.
func (s *TCPSocket) bothClosed() {
	if s.state == TCPTimedWait {
		return
	}
	s.state = TCPTimedWait
	s.rx.start(s.rx.next.Add(1))
	s.wait.disconnect.wake(nil, nil)
	if s.on.disconnected != nil {
		s.on.disconnected(s)
	}
}

// forgotten handles the regular end: the peer acknowledged the last FIN, or the
// timed wait is over.
func (s *TCPSocket) forgotten() {
	switch s.state {
	case TCPLastAck, TCPTimedWait:
		s.close()
		s.wait.disconnect.wake(nil, nil)
	default:
		s.ended()
	}
}

// refresh looks at a connection of which netstack said that it ended.
func (s *TCPSocket) refresh() {
	if s.endpoint == nil {
		return
	}
	switch tcp.EndpointState(s.endpoint.State()) {
	case tcp.StateError:
		s.ended()
	case tcp.StateClose:
		s.forgotten()
	}
}
