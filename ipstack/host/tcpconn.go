package host

import "net"

// SetWriteBuffer limits how many bytes the connection of a [Host] keeps that the
// peer has not acknowledged; Write waits when there are more. A device has its
// transmit queue for that: nothing changes there.
func (c *conn) SetWriteBuffer(bytes int) error {
	if c.closed.Load() {
		return c.opError("set", net.ErrClosed)
	}
	if s, ok := c.stream.(*hostStream); ok {
		c.world.enter(func() { s.ep.SocketOptions().SetSendBufferSize(int64(bytes), true) })
	}
	return nil
}
