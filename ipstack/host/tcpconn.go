package host

import (
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
)

// CloseWrite ends what the connection sends: the peer reads the end of the
// stream behind what was written. Reading goes on. It does not suspend.
func (c *conn) CloseWrite() error {
	if c.closed {
		return c.opError("close", c.check(&c.write))
	}
	if err := c.ep.Shutdown(tcpip.ShutdownWrite); err != nil {
		return c.opError("close", goError(err))
	}
	c.host.stack.Settle()
	return nil
}

// SetLinger says what Close does with bytes that the peer has not acknowledged.
// With 0 they are dropped and the peer gets a reset; a negative sec sends them
// in the background, which is the default; any other value does so for at most
// that many seconds.
func (c *conn) SetLinger(sec int) error {
	if c.closed {
		return c.opError("set", c.check(&c.write))
	}
	c.ep.SocketOptions().SetLinger(tcpip.LingerOption{
		Enabled: sec >= 0,
		Timeout: time.Duration(max(sec, 0)) * time.Second,
	})
	return nil
}

// SetWriteBuffer limits how many bytes the connection keeps that the peer has
// not acknowledged; Write suspends when there are more.
func (c *conn) SetWriteBuffer(bytes int) error {
	if c.closed {
		return c.opError("set", c.check(&c.write))
	}
	c.ep.SocketOptions().SetSendBufferSize(int64(bytes), true)
	return nil
}
