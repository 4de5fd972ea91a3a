package ipstack

import (
	"net/netip"

	"netxsim/netx/status"
)

// callbacks are the functions of a socket's user, all called in the IP thread.
type callbacks struct {
	disconnected, urgent, received, windowUpdate, queueDepth func(*TCPSocket)
	established, disconnectComplete, timedWait               func(*TCPSocket)
}

// call calls a callback, if there is one.
func (s *TCPSocket) call(callback func(*TCPSocket)) {
	if callback != nil {
		callback(s)
	}
}

// NotifyReceive sets the callback for each segment queued, nil for none, as
// nx_tcp_socket_receive_notify does.
func (s *TCPSocket) NotifyReceive(f func(*TCPSocket)) { s.on.received = f }

// NotifyWindowUpdate sets the callback for a window that opens while a thread
// waits to send, nil for none, as nx_tcp_socket_window_update_notify_set does.
func (s *TCPSocket) NotifyWindowUpdate(f func(*TCPSocket)) { s.on.windowUpdate = f }

// NotifyQueueDepth sets the callback for a full transmit queue that has room
// again, as nx_tcp_socket_queue_depth_notify_set does.
//
// Errors: status.NotSupported unless the target has it.
func (s *TCPSocket) NotifyQueueDepth(f func(*TCPSocket)) error {
	return s.setNotify(&s.on.queueDepth, f, s.ip.target.QueueDepthNotify)
}

// NotifyEstablished sets the callback for a connection that is made, as
// nx_tcp_socket_establish_notify does.
//
// Errors: status.NotSupported unless the target has extended notifications.
func (s *TCPSocket) NotifyEstablished(f func(*TCPSocket)) error {
	return s.setNotify(&s.on.established, f, s.ip.target.ExtendedNotify)
}

// NotifyDisconnectComplete sets the callback for a connection that has ended,
// as nx_tcp_socket_disconnect_complete_notify does.
//
// Errors: status.NotSupported unless the target has extended notifications.
func (s *TCPSocket) NotifyDisconnectComplete(f func(*TCPSocket)) error {
	return s.setNotify(&s.on.disconnectComplete, f, s.ip.target.ExtendedNotify)
}

// NotifyTimedWait sets the callback for a connection that enters the timed
// wait, as nx_tcp_socket_timed_wait_callback does.
//
// Errors: status.NotSupported unless the target has extended notifications.
func (s *TCPSocket) NotifyTimedWait(f func(*TCPSocket)) error {
	return s.setNotify(&s.on.timedWait, f, s.ip.target.ExtendedNotify)
}

func (s *TCPSocket) setNotify(to *func(*TCPSocket), f func(*TCPSocket), supported bool) error {
	if !supported {
		return status.NotSupported
	}
	*to = f
	return nil
}

// retransmission says how a socket sends again what is not acknowledged.
type retransmission struct {
	queue   int    // packets that may wait for their acknowledgement
	timeout uint32 // ticks until the first time
	retries uint32
	shift   uint32 // each time waits 1<<shift times longer than the last
}

// ConfigureTransmit sets how many sent packets may be unacknowledged, after how
// many ticks the oldest is sent again, how often at most, and by what power of
// two the time grows with each, as nx_tcp_socket_transmit_configure does. It
// holds for data, SYN and FIN.
func (s *TCPSocket) ConfigureTransmit(queue, timeout, retries, shift uint32) {
	s.resend = retransmission{queue: int(queue), timeout: timeout, retries: retries, shift: shift & 0xff}
}

// delay is the time in ticks after a number of retries.
func (r *retransmission) delay(retries uint32) uint32 {
	return r.timeout << min(retries*r.shift, 31)
}

// MSS returns the largest segment in bytes that the connection carries; before
// there is one, what was set, or else what an Ethernet carries, as
// nx_tcp_socket_mss_get does.
func (s *TCPSocket) MSS() uint32 {
	switch {
	case s.state >= TCPEstablished:
		return s.mss
	case s.wantedMSS != 0:
		return s.wantedMSS
	default:
		return ethernetMSS
	}
}

// ethernetMSS is the largest segment on an Ethernet: NX_TCP_MSS_SIZE.
const ethernetMSS = 1460

// PeerMSS returns the largest segment in bytes that the peer said it takes, 0
// if none has.
func (s *TCPSocket) PeerMSS() uint32 { return s.peerMSS }

// SetMSS limits the segments of the next connection to mss bytes, as
// nx_tcp_socket_mss_set does.
//
// Errors: status.SizeError for 0, status.NotSuccessful unless the socket is
// closed or listens.
func (s *TCPSocket) SetMSS(mss uint32) error {
	switch {
	case mss == 0:
		return status.SizeError
	case s.state >= TCPSynSent:
		return status.NotSuccessful
	}
	s.wantedMSS = mss
	return nil
}

// PeerInfo returns the other end of the connection, as
// nxd_tcp_socket_peer_info_get does.
//
// Errors: status.NotConnected unless the connection is established or opening.
func (s *TCPSocket) PeerInfo() (netip.AddrPort, error) {
	if s.state < TCPSynSent || s.state > TCPEstablished {
		return netip.AddrPort{}, status.NotConnected
	}
	return s.Peer(), nil
}

// BoundPort returns the port the socket is bound to, as
// nx_tcp_client_socket_port_get does.
//
// Errors: status.NotBound.
func (s *TCPSocket) BoundPort() (uint16, error) {
	if !s.bound {
		return 0, status.NotBound
	}
	return s.port, nil
}
