package ipstack

import (
	"net/netip"

	"gvisor.dev/gvisor/pkg/tcpip"

	"netxsim/netx/status"
)

// Watch has f called whenever something may have changed for a program that uses
// the socket without waiting: something arrived, was acknowledged, or the connection
// began or ended. f is called in any context, in the middle of what the instance does,
// and must not use the socket: an event that it schedules may. Nil ends that.
// Unlike NetX Duo, whose programs wait.
func (s *TCPSocket) Watch(f func()) { s.watcher = f }

// changed tells who watches the socket.
func (s *TCPSocket) changed() {
	if s.watcher != nil {
		s.watcher()
	}
}

// WasReset reports whether the last connection ended with a reset of the peer's.
func (s *TCPSocket) WasReset() bool { return s.wasReset }

// CloseSend sends FIN behind what was sent, without waiting; what the peer sends can
// still be received. Unlike NetX Duo, which has only [TCPSocket.Disconnect].
//
// Errors: status.NotConnected.
func (s *TCPSocket) CloseSend() error {
	s.ip.enter()
	defer s.ip.leave()
	if s.state != TCPEstablished && s.state != TCPCloseWait {
		return status.NotConnected
	}
	s.ip.tcp.info.Disconnections++
	s.endSending()
	s.wakeSenders()
	return nil
}

// Reset ends the connection with a reset, in whatever state it is, as
// [TCPSocket.Disconnect] with no wait does where C lets it. The packets it holds
// return to their pools, apart from those that were received.
func (s *TCPSocket) Reset() {
	s.ip.enter()
	defer s.ip.leave()
	switch {
	case s.state == TCPSynSent, s.state == TCPSynReceived:
		s.cancel()
	case s.state >= TCPEstablished && s.remote.IsValid():
		s.abort()
	}
	s.tx.flush()
	s.wait.connect.wakeAll(status.NotConnected)
	s.wait.receive.wakeAll(status.NotConnected)
	s.wait.disconnect.wakeAll(status.DisconnectFailed)
	s.wakeSenders()
}

// endSending sends FIN.
func (s *TCPSocket) endSending() {
	if s.state == TCPCloseWait {
		s.state = TCPLastAck
	} else {
		s.state = TCPFinWait1
	}
	s.log("FIN")
	if len(s.tx.queue) == 0 {
		s.startTimeout()
	}
	s.tx.next++
	s.sendFIN()
	if err := s.endpoint.Shutdown(tcpip.ShutdownWrite); err != nil {
		s.ip.internal("shut down", err)
	}
	s.moved = true
	s.ip.settle()
}

// Local returns our end of the connection; its address is the zero one before
// there is a peer.
func (s *TCPSocket) Local() netip.AddrPort {
	if !s.local.IsValid() {
		return netip.AddrPortFrom(s.local, s.port)
	}
	return netip.AddrPortFrom(s.ip.ipv6.outer(s.local), s.port)
}
