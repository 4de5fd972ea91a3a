package ipstack

import (
	"errors"
	"net/netip"

	"gvisor.dev/gvisor/pkg/tcpip/header"
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
	s.ip.enter()
	defer s.ip.leave()
	s.ip.tcp.info.Disconnections++
	var err error
	switch s.state {
	case TCPSynSent, TCPSynReceived:
		s.cancel()
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
	s.wakeSenders()
	return err
}

// cancel ends an attempt to connect. A client that has not been answered says
// nothing to the peer; one half of a handshake is ended with a FIN.
func (s *TCPSocket) cancel() {
	if s.state == TCPSynReceived && s.remote.IsValid() {
		s.tx.next++
		s.sendFIN()
	}
	s.giveUp()
}

// giveUp ends an attempt to connect. The peer is not forgotten: what it still
// sends is for the socket, which ignores it.
func (s *TCPSocket) giveUp() {
	s.idle()
	s.due = 0
	s.dropEndpoint()
}

// idle returns the socket to the state in which it has no connection: a
// server's still listens.
func (s *TCPSocket) idle() {
	s.state = TCPListen
	if s.client {
		s.state = TCPClosed
	}
	s.log("no connection")
}

// cleanup ends the connection and forgets the peer. What was received stays
// readable.
func (s *TCPSocket) cleanup() {
	s.idle()
	s.due = 0
	s.tx.probe.armed = false
	s.tx.duplicates, s.tx.recovering = 0, false
	s.dropEndpoint()
	s.forgetPeer()
	s.parked = nil
}

// forgetPeer makes segments of the peer those of a stranger.
func (s *TCPSocket) forgetPeer() {
	s.ip.tcp.disconnected(s)
	s.remote = netip.AddrPort{}
}

// abort sends a reset.
func (s *TCPSocket) abort() {
	s.sendControl(controlSegment{flags: header.TCPFlagRst, seq: s.tx.next})
	s.cleanup()
}

// finish sends FIN and waits for the end of the connection.
func (s *TCPSocket) finish(wait uint32) error {
	s.endSending()
	if s.ip.inIPThread() {
		return status.InProgress
	}
	_, err := s.ip.await(&s.wait.disconnect, wait)
	if s.state != TCPTimedWait {
		s.cleanup()
	}
	if errors.Is(err, errExpired) {
		return status.DisconnectFailed
	}
	return err
}

// ended handles the end of a connection that the socket did not ask for: a
// reset, or no answer to all retransmissions.
func (s *TCPSocket) ended() {
	was := s.state
	s.cleanup()
	s.tx.flush()
	s.wait.receive.wakeAll(status.NotConnected)
	s.wakeSenders()
	s.wait.connect.wakeAll(status.NotConnected)
	s.wait.disconnect.wakeAll(status.DisconnectFailed)
	if was == TCPEstablished {
		s.call(s.on.disconnected)
	}
	s.call(s.on.disconnectComplete)
	s.changed()
}

// follow takes over what the last segment did to the connection's state.
func (s *TCPSocket) follow() {
	if s.endpoint == nil || !s.moved {
		return
	}
	s.moved = false
	switch tcp.EndpointState(s.endpoint.State()) {
	case tcp.StateCloseWait:
		if s.state == TCPEstablished && s.rx.complete() {
			s.peerClosed()
		}
	case tcp.StateFinWait2:
		if s.state == TCPFinWait1 {
			s.state, s.due = TCPFinWait2, 0
			s.log("FIN acknowledged")
		}
	case tcp.StateClosing:
		if s.state == TCPFinWait1 && s.rx.complete() {
			s.state = TCPClosing
			s.rx.next++
			s.log("FIN crossed")
			s.sendACK()
		}
	case tcp.StateTimeWait:
		if s.state == TCPClosing || s.rx.complete() {
			s.bothClosed()
		}
	case tcp.StateClose:
		s.forgotten()
	case tcp.StateError:
		s.ended()
	}
}

// peerClosed handles the peer's FIN.
func (s *TCPSocket) peerClosed() {
	s.ip.tcp.info.Disconnections++
	s.state = TCPCloseWait
	s.rx.next++
	s.log("peer closed")
	s.wait.receive.wakeAll(status.NotConnected)
	s.sendACK()
	s.call(s.on.disconnected)
}

// bothClosed begins the time in which late segments are still answered. That
// is no business of netstack's any more.
func (s *TCPSocket) bothClosed() {
	crossed := s.state == TCPClosing // and the peer's FIN acknowledged already
	s.state = TCPTimedWait
	s.setTimeout(s.ip.ticks(timedWaitTicks))
	s.log("both closed")
	if !crossed {
		s.rx.next++
		s.sendACK()
	}
	s.dropEndpoint()
	s.wait.disconnect.wake(nil, nil)
	s.call(s.on.disconnected)
	s.call(s.on.timedWait)
	s.call(s.on.disconnectComplete)
}

// forgotten handles the acknowledgement of the last FIN.
func (s *TCPSocket) forgotten() {
	if s.state != TCPLastAck {
		s.ended()
		return
	}
	s.cleanup()
	s.wait.disconnect.wake(nil, nil)
	s.call(s.on.disconnectComplete)
	s.changed()
}

// refresh looks at a connection of which netstack said that it ended. Whether
// a handshake takes too long is not netstack's business.
func (s *TCPSocket) refresh() {
	if s.endpoint == nil || s.state == TCPSynSent {
		return
	}
	switch tcp.EndpointState(s.endpoint.State()) {
	case tcp.StateError:
		s.ended()
	case tcp.StateClose:
		s.forgotten()
	}
}
