package ipstack

import (
	"netxsim/netx/status"
	"netxsim/sim"
)

// StateWait waits up to wait ticks until the socket is in a state, as
// nx_tcp_socket_state_wait does, which looks once a tick.
//
// Errors: status.NotSuccessful when the wait ran out.
func (s *TCPSocket) StateWait(state TCPState, wait uint32) error {
	for s.state != state {
		if wait == noWait || s.ip.inIPThread() {
			return status.NotSuccessful
		}
		s.ip.kernel.Sleep(1)
		if wait != sim.WaitForever {
			wait--
		}
	}
	return nil
}
