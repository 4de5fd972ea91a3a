package host

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/waiter"
)

// endpoint is an endpoint of netstack on which programs of a host wait.
type endpoint struct {
	host   *Host
	ep     tcpip.Endpoint
	queue  *waiter.Queue
	entry  waiter.Entry
	closed bool
	read   side
	write  side
}

// side is one direction of an endpoint: the key its programs wait on, and until
// when.
type side struct {
	what     string
	deadline time.Time // zero: no limit
}

// WaitReason says in a report what a program waits for.
func (s *side) WaitReason() string { return s.what }

func (h *Host) newEndpoint(ep tcpip.Endpoint, queue *waiter.Queue, what string) *endpoint {
	e := &endpoint{host: h, ep: ep, queue: queue}
	e.read.what, e.write.what = "input of "+what, "room in "+what
	mask := waiter.EventIn | waiter.EventOut | waiter.EventErr | waiter.EventHUp
	e.entry = waiter.NewFunctionEntry(mask, func(waiter.EventMask) { h.stack.Notify(e) })
	queue.EventRegister(&e.entry)
	return e
}

// Ready wakes the programs that wait.
func (e *endpoint) Ready() {
	e.wake(&e.read)
	e.wake(&e.write)
}

func (e *endpoint) wake(s *side) {
	for e.host.kernel.Wake(s, nil) {
	}
}

// wait suspends the program until the endpoint is ready, closed, or past the
// deadline.
func (e *endpoint) wait(s *side) error {
	limit := time.Duration(-1)
	if !s.deadline.IsZero() {
		if limit = s.deadline.Sub(e.host.Now()); limit <= 0 {
			return os.ErrDeadlineExceeded
		}
	}
	if err := e.host.kernel.WaitDeadline(s, limit, os.ErrDeadlineExceeded); err != nil {
		return err
	}
	if e.closed {
		return net.ErrClosed
	}
	return nil
}

// check returns the error of a call that is made too late.
func (e *endpoint) check(s *side) error {
	switch {
	case e.closed:
		return net.ErrClosed
	case !s.deadline.IsZero() && !e.host.Now().Before(s.deadline):
		return os.ErrDeadlineExceeded
	}
	return nil
}

func (e *endpoint) close() error {
	if e.closed {
		return net.ErrClosed
	}
	e.closed = true
	e.queue.EventUnregister(&e.entry)
	e.ep.Close()
	e.host.stack.Settle()
	e.Ready()
	return nil
}

func (e *endpoint) localAddr() net.Addr {
	a, err := e.ep.GetLocalAddress()
	if err != nil {
		return nil
	}
	return tcpAddr(a)
}

func tcpAddr(a tcpip.FullAddress) *net.TCPAddr {
	return &net.TCPAddr{IP: net.IP(a.Addr.AsSlice()), Port: int(a.Port)}
}

// A conn is a TCP connection as a net.Conn.
type conn struct {
	*endpoint
	remote *net.TCPAddr
}

// opError wraps an error as package net does.
func (c *conn) opError(op string, err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return err
	}
	return &net.OpError{Op: op, Net: "tcp", Source: c.localAddr(), Addr: c.remote, Err: err}
}

// Read implements net.Conn.
func (c *conn) Read(p []byte) (int, error) {
	n, err := c.readSome(p)
	return n, c.opError("read", err)
}

func (c *conn) readSome(p []byte) (int, error) {
	if err := c.check(&c.read); err != nil || len(p) == 0 {
		return 0, err
	}
	for {
		w := tcpip.SliceWriter(p)
		result, err := c.ep.Read(&w, tcpip.ReadOptions{})
		switch err.(type) {
		case nil:
			c.host.stack.Settle()
			return result.Count, nil
		case *tcpip.ErrWouldBlock:
			if err := c.wait(&c.read); err != nil {
				return 0, err
			}
		case *tcpip.ErrClosedForReceive:
			return 0, io.EOF
		default:
			return 0, goError(err)
		}
	}
}

// Write implements net.Conn.
func (c *conn) Write(p []byte) (int, error) {
	n, err := c.writeAll(p)
	return n, c.opError("write", err)
}

func (c *conn) writeAll(p []byte) (int, error) {
	if err := c.check(&c.write); err != nil {
		return 0, err
	}
	done := 0
	for done < len(p) {
		n, err := c.ep.Write(bytes.NewReader(p[done:]), tcpip.WriteOptions{})
		done += int(n)
		c.host.stack.Settle()
		switch err.(type) {
		case nil:
		case *tcpip.ErrWouldBlock:
			if err := c.wait(&c.write); err != nil {
				return done, err
			}
		default:
			return done, goError(err)
		}
	}
	return done, nil
}

// Close implements net.Conn.
func (c *conn) Close() error { return c.opError("close", c.close()) }

// LocalAddr implements net.Conn.
func (c *conn) LocalAddr() net.Addr { return c.localAddr() }

// RemoteAddr implements net.Conn.
func (c *conn) RemoteAddr() net.Addr { return c.remote }

// SetDeadline implements net.Conn.
func (c *conn) SetDeadline(t time.Time) error {
	c.read.deadline, c.write.deadline = t, t
	c.Ready()
	return nil
}

// SetReadDeadline implements net.Conn.
func (c *conn) SetReadDeadline(t time.Time) error {
	c.read.deadline = t
	c.wake(&c.read)
	return nil
}

// SetWriteDeadline implements net.Conn.
func (c *conn) SetWriteDeadline(t time.Time) error {
	c.write.deadline = t
	c.wake(&c.write)
	return nil
}
