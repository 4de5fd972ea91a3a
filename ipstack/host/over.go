package host

import (
	"errors"
	"syscall"

	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
)

// AwaitEnd waits until the connection of a [Host] is over: nil when both directions have ended, ECONNRESET when the peer has reset it,
// ETIMEDOUT when it has gone. A program that has read io.EOF hears of the latter only so. Connections of devices have no such thing: errors.ErrUnsupported.
func (c *conn) AwaitEnd() error {
	s, ok := c.stream.(*hostStream)
	if !ok {
		return c.opError("wait", errors.ErrUnsupported)
	}
	return c.opError("wait", c.read.do(s.over))
}

// over returns errWait while there is a connection.
func (s *hostStream) over() error {
	switch tcp.EndpointState(s.ep.State()) {
	case tcp.StateError:
		if err := goError(s.ep.LastError()); err != nil {
			return err
		}
		return syscall.ECONNRESET
	case tcp.StateClose, tcp.StateTimeWait:
		if !s.shutdown { // we have not ended our direction: netstack keeps a reset behind a FIN to itself
			return syscall.ECONNRESET
		}
		return nil
	}
	return errWait
}
