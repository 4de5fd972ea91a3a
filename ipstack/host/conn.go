package host

import (
	"errors"
	"io"
	"net"
	"sync/atomic"
	"time"
)

// An endpoint is a socket as a program has it: two sides with deadlines.
type endpoint struct {
	world       *world
	socket      socket
	network     string
	source, to  net.Addr // of errors; to is nil without a peer
	read, write side
	index       int // in world.open
	closed      atomic.Bool
}

// open prepares the endpoint of a socket. The names say in reports what is waited for.
func (e *endpoint) open(w *world, s socket, network, input, output string) {
	e.world, e.socket, e.network = w, s, network
	e.read.init(w, input)
	e.write.init(w, output)
	e.index = len(w.open)
	w.open = append(w.open, e)
	s.watch(func() {
		e.read.ready()
		e.write.ready()
	})
}

// opError wraps an error as package net does.
func (e *endpoint) opError(op string, err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return err
	}
	return &net.OpError{Op: op, Net: e.network, Source: e.source, Addr: e.to, Err: systemError(op, err)}
}

// settingError is opError for what is set, which package net gives no source.
func (e *endpoint) settingError(err error) error {
	return &net.OpError{Op: "set", Net: e.network, Addr: e.source, Err: systemError("set", err)}
}

// Close ends it; calls that wait return net.ErrClosed.
func (e *endpoint) Close() error {
	if e.closed.Swap(true) {
		return e.opError("close", net.ErrClosed)
	}
	e.world.enter(func() {
		e.world.forget(e)
		e.socket.close()
		e.read.close()
		e.write.close()
	})
	return nil
}

// LocalAddr returns the socket's own address.
func (e *endpoint) LocalAddr() net.Addr { return e.source }

// SetDeadline sets both deadlines, of calls that wait already too. They are points
// of the callers' time: [Net.Now]. The zero time is none.
func (e *endpoint) SetDeadline(t time.Time) error { return e.setDeadline(t, &e.read, &e.write) }

// SetReadDeadline is SetDeadline for reading.
func (e *endpoint) SetReadDeadline(t time.Time) error { return e.setDeadline(t, &e.read) }

// SetWriteDeadline is SetDeadline for writing.
func (e *endpoint) SetWriteDeadline(t time.Time) error { return e.setDeadline(t, &e.write) }

func (e *endpoint) setDeadline(t time.Time, sides ...*side) error {
	if e.closed.Load() {
		return e.settingError(net.ErrClosed)
	}
	limited, limit := !t.IsZero(), time.Duration(0)
	if limited {
		limit = e.world.limit(t)
	}
	e.world.enter(func() {
		for _, s := range sides {
			s.setLimit(limited, limit)
		}
	})
	return nil
}

// A conn is a TCP connection as a net.Conn.
type conn struct {
	endpoint
	stream stream
}

// newConn makes a stream a net.Conn. It is called with the baton.
func (n *Net) newConn(s stream, network string) *conn {
	c := &conn{stream: s}
	what := "connection " + n.name + " to " + s.remote().String()
	c.open(n.world, s, network, "input of "+what, "room in "+what)
	c.describe()
	return c
}

// describe notes the two ends.
func (c *conn) describe() {
	c.source, c.to = net.TCPAddrFromAddrPort(c.stream.local()), net.TCPAddrFromAddrPort(c.stream.remote())
}

// Read implements net.Conn.
func (c *conn) Read(p []byte) (n int, err error) {
	switch {
	case c.closed.Load():
		return 0, c.opError("read", net.ErrClosed)
	case len(p) == 0:
		return 0, nil
	}
	err = c.read.do(func() (err error) {
		n, err = c.stream.read(p)
		return err
	})
	return n, c.opError("read", err)
}

// Write implements net.Conn. It returns when the stack has taken all of p; what
// other goroutines write is not mixed with it.
func (c *conn) Write(p []byte) (done int, err error) {
	if c.closed.Load() {
		return 0, c.opError("write", net.ErrClosed)
	}
	err = c.write.do(func() error {
		n, err := c.stream.write(p[done:])
		done += n
		return err
	})
	return done, c.opError("write", err)
}

// RemoteAddr implements net.Conn.
func (c *conn) RemoteAddr() net.Addr { return c.to }

// CloseRead makes reading return io.EOF where it would wait, as net.TCPConn's does on Linux.
// What has come and what still comes can be read.
func (c *conn) CloseRead() error {
	return c.shutdown(func() error {
		c.read.ready()
		return c.stream.closeRead()
	})
}

// CloseWrite ends our half of the connection behind what was written, as net.TCPConn's
// does. The other half goes on.
func (c *conn) CloseWrite() error { return c.shutdown(c.stream.closeWrite) }

// shutdown closes one half with the baton. The error of a connection that has ended is ENOTCONN.
func (c *conn) shutdown(half func() error) error {
	err := net.ErrClosed
	if !c.closed.Load() {
		c.world.do(func() { err = half() })
	}
	return c.opError("close", err)
}

// A listener is a listening port as a net.Listener.
type listener struct {
	endpoint
	net      *Net
	acceptor acceptor
}

// Accept implements net.Listener.
func (l *listener) Accept() (net.Conn, error) {
	var c *conn
	if l.closed.Load() {
		return nil, l.opError("accept", net.ErrClosed)
	}
	err := l.read.do(func() error {
		s, err := l.acceptor.accept()
		if err == nil {
			c = l.net.newConn(s, l.network)
		}
		return err
	})
	if err != nil {
		return nil, l.opError("accept", err)
	}
	return c, nil
}

// Addr implements net.Listener.
func (l *listener) Addr() net.Addr { return l.to }

// SetDeadline limits Accept, as net.TCPListener's does, whose error is a bare one.
func (l *listener) SetDeadline(t time.Time) error {
	if l.closed.Load() {
		return net.ErrClosed
	}
	return l.SetReadDeadline(t)
}
