package host

import (
	"net"
	"syscall"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
)

// streamOptions are what programs set on a connection.
type streamOptions interface {
	// abort has close send a reset, or not.
	abort(on bool)
	// noDelay has small writes sent at once, or not.
	noDelay(on bool)
	// keepAlive has a silent peer asked for a sign of life, or not.
	keepAlive(on bool) error
	// keepAliveTimes says when and how often; what is negative stays.
	keepAliveTimes(idle, interval time.Duration, count int) error
}

// set sets something with the baton, soon and in front of the calls to come.
func (e *endpoint) set(f func()) error {
	if e.closed.Load() || !e.world.enter(f) {
		return net.ErrClosed
	}
	return nil
}

// setKeepAlive is set for what a machine may not be able to do: it waits for the answer.
func (c *conn) setKeepAlive(f func() error) error {
	err := net.ErrClosed
	if !c.closed.Load() {
		c.world.do(func() { err = f() })
	}
	return c.opError("set", err)
}

// SetLinger with 0 has Close reset the connection, as net.TCPConn's does. Other values take that
// back: Close does not wait, and what was written is still sent behind it.
func (c *conn) SetLinger(seconds int) error {
	return c.opError("set", c.set(func() { c.stream.abort(seconds == 0) }))
}

// SetNoDelay with false has a small segment wait until what was sent before is acknowledged
// (Nagle's algorithm; RFC 9293, section 3.7.4). A connection begins without that, as
// net.TCPConn's does. A [Device] has no such thing: nothing changes there.
func (c *conn) SetNoDelay(noDelay bool) error {
	return c.opError("set", c.set(func() { c.stream.noDelay(noDelay) }))
}

// SetKeepAlive has a silent peer asked for a sign of life, or not (RFC 9293, section 3.8.4). Unlike
// net.TCPConn's, a connection begins without that, so that a simulation can come to rest.
// The error of a [Device] is ENOPROTOOPT, as NetX Duo is built without it.
func (c *conn) SetKeepAlive(on bool) error {
	return c.setKeepAlive(func() error { return c.stream.keepAlive(on) })
}

// SetKeepAlivePeriod sets how long a connection is silent before it asks, in whole seconds, rounded
// up; 0 means 15 s. A connection begins with two hours.
func (c *conn) SetKeepAlivePeriod(idle time.Duration) error {
	return c.setKeepAlive(func() error { return c.stream.keepAliveTimes(keepAliveTime(idle), -1, -1) })
}

// SetKeepAliveConfig is SetKeepAlive with the time before the peer is asked, that between two
// questions, and the number of questions without an answer behind which the connection ends with
// ETIMEDOUT. Zero means 15 s, 15 s and 9; what is negative stays as it is.
func (c *conn) SetKeepAliveConfig(config net.KeepAliveConfig) error {
	if config.Count == 0 {
		config.Count = keepAliveCount
	}
	return c.setKeepAlive(func() error {
		if err := c.stream.keepAlive(config.Enable); err != nil {
			return err
		}
		return c.stream.keepAliveTimes(keepAliveTime(config.Idle), keepAliveTime(config.Interval), config.Count)
	})
}

// The values of package net.
const (
	keepAliveSilence = 15 * time.Second
	keepAliveCount   = 9
)

// keepAliveTime is a time as package net gives it to the system.
func keepAliveTime(d time.Duration) time.Duration {
	if d == 0 {
		return keepAliveSilence
	}
	return (d + time.Second - 1).Truncate(time.Second)
}

// SetReadBuffer limits how many bytes the connection of a [Host] takes that the program has not read: its receive window.
// That of a [Device] is part of its configuration: nothing changes there.
func (c *conn) SetReadBuffer(bytes int) error {
	return c.setBuffer(bytes, (*tcpip.SocketOptions).SetReceiveBufferSize)
}

// SetWriteBuffer limits how many bytes the connection of a [Host] keeps that the
// peer has not acknowledged; Write waits when there are more. A [Device] has its
// transmit queue for that: nothing changes there.
func (c *conn) SetWriteBuffer(bytes int) error {
	return c.setBuffer(bytes, (*tcpip.SocketOptions).SetSendBufferSize)
}

// SetReadBuffer limits how many bytes of datagrams wait at a port of a [Host]. A [Device] counts
// datagrams instead: nothing changes there.
func (c *packetConn) SetReadBuffer(bytes int) error {
	return c.setBuffer(bytes, (*tcpip.SocketOptions).SetReceiveBufferSize)
}

// SetWriteBuffer limits how many bytes of datagrams a [Host] sends at a time, of which there
// is never more than one: nothing changes but the option.
func (c *packetConn) SetWriteBuffer(bytes int) error {
	return c.setBuffer(bytes, (*tcpip.SocketOptions).SetSendBufferSize)
}

// setBuffer sets the size of a host's buffer.
func (e *endpoint) setBuffer(bytes int, set func(o *tcpip.SocketOptions, size int64, notify bool)) error {
	err := e.set(func() {
		if s, ok := e.socket.(interface{ options() *tcpip.SocketOptions }); ok {
			set(s.options(), int64(bytes), true)
		}
	})
	if err != nil {
		return e.settingError(err)
	}
	return nil
}

func (s *hostSocket) options() *tcpip.SocketOptions { return s.ep.SocketOptions() }

func (s *hostStream) abort(on bool) { s.options().SetLinger(tcpip.LingerOption{Enabled: on}) }

func (s *hostStream) noDelay(on bool) {
	s.options().SetDelayOption(!on)
	s.host.stack.Settle() // what has waited is sent
}

func (s *hostStream) keepAlive(on bool) error {
	s.options().SetKeepAlive(on)
	s.host.stack.Settle()
	return nil
}

func (s *hostStream) keepAliveTimes(idle, interval time.Duration, count int) error {
	defer s.host.stack.Settle()
	if option := tcpip.KeepaliveIdleOption(idle); idle > 0 {
		if err := s.ep.SetSockOpt(&option); err != nil {
			return goError(err)
		}
	}
	if option := tcpip.KeepaliveIntervalOption(interval); interval > 0 {
		if err := s.ep.SetSockOpt(&option); err != nil {
			return goError(err)
		}
	}
	if count > 0 {
		return goError(s.ep.SetSockOptInt(tcpip.KeepaliveCountOption, count))
	}
	return nil
}

func (s *deviceStream) abort(on bool) { s.resetting = on }

func (s *deviceStream) noDelay(bool) {}

// keepAlive is what NX_ENABLE_TCP_KEEPALIVE would be needed for. The number is that of NetX Duo's BSD layer.
func (s *deviceStream) keepAlive(on bool) error {
	if on {
		return syscall.ENOPROTOOPT
	}
	return nil
}

func (s *deviceStream) keepAliveTimes(time.Duration, time.Duration, int) error {
	return syscall.ENOPROTOOPT
}
