// Package packetconn makes a net.Conn of a socket that sends and receives
// packets, for crypto/tls.
//
// # Packets
//
// What is written goes out in packets of a pool, as many as it takes; the stack
// gives them back when the peer has acknowledged them. What is read comes out of the
// packet received last, which is given back as soon as it has been read. A Conn holds at
// most that one packet. The copies that crypto/tls keeps, a record of up to 16
// KiB in each direction, are no packets and are charged to nobody.
//
// # Time
//
// Limits are in ticks: [Conn.Until] for reading, [Config] for writing. The
// deadlines of net.Conn do nothing, because crypto/tls sets them by the wall
// clock.
package packetconn

import (
	"errors"
	"io"
	"net"
	"time"

	"netxsim/netx/status"
	"netxsim/packetpool"
)

// A Socket is the connection underneath, such as an ipstack.TCPSocket.
type Socket interface {
	// Send takes over a packet if it returns nil.
	Send(packet *packetpool.Packet, wait uint32) error
	// Receive hands a packet over. status.NoPacket means that none came in
	// time, status.NotConnected that none will come.
	Receive(wait uint32) (*packetpool.Packet, error)
}

// A Config describes a [Conn].
type Config struct {
	// Socket is connected. Required.
	Socket Socket
	// Pool gives the packets that are sent. Required.
	Pool *packetpool.Pool
	// Room is the header room in front of the data, in bytes.
	Room uint32
	// PacketWait is how many ticks to wait for a packet, SendWait for sending
	// it; 0 means not at all.
	PacketWait, SendWait uint32
	// Ticks is the tick count of the kernel. Required.
	Ticks func() uint32
}

// A Conn is a net.Conn on a [Socket]. It belongs to one thread, which reading
// and writing suspend.
type Conn struct {
	config Config
	packet *packetpool.Packet // being read
	part   *packetpool.Packet // of its chain
	until  uint32             // tick
}

// New returns a connection on a socket.
func New(config Config) *Conn { return &Conn{config: config} }

// Until sets the tick at which reading gives up. Without it reading does not
// wait.
func (c *Conn) Until(tick uint32) { c.until = tick }

// A PassingError is a failure that reading may be tried again after: nothing
// came in time, or the wait was aborted. It wraps the status.
type PassingError struct{ error }

// Timeout and Temporary are true: crypto/tls keeps the session then.
func (PassingError) Timeout() bool { return true }

// Temporary is true.
func (PassingError) Temporary() bool { return true }

// Unwrap returns the status.
func (e PassingError) Unwrap() error { return e.error }

// Read implements net.Conn. Errors: a [PassingError], io.EOF when the peer has
// closed, and what the socket says.
func (c *Conn) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for {
		for ; c.part != nil; c.part = c.part.Next {
			if text := c.part.Bytes(); len(text) > 0 {
				n := copy(p, text)
				c.skip(n)
				return n, nil
			}
		}
		c.Drop()
		if err := c.receive(); err != nil {
			return 0, err
		}
	}
}

// skip marks n bytes as read.
func (c *Conn) skip(n int) {
	c.part.PrependPtr += n
	c.packet.Length -= uint32(n)
	if c.packet.Length == 0 {
		c.Drop()
	}
}

// Drop gives back the packet at hand with what has not been read of it.
func (c *Conn) Drop() {
	if c.packet != nil {
		c.packet.Release()
		c.packet, c.part = nil, nil
	}
}

func (c *Conn) receive() error {
	left := max(int32(c.until-c.config.Ticks()), 0)
	packet, err := c.config.Socket.Receive(uint32(left))
	switch {
	case err == nil:
		c.packet, c.part = packet, packet
		return nil
	case errors.Is(err, status.NoPacket), errors.Is(err, status.TxWaitAborted):
		return PassingError{err}
	case errors.Is(err, status.NotConnected):
		return io.EOF
	}
	return err
}

// Write implements net.Conn. It sends p in as many packets as it takes. Errors
// are those of the pool and of the socket; n bytes are sent then.
func (c *Conn) Write(p []byte) (n int, err error) {
	for n < len(p) {
		sent, err := c.writeSome(p[n:])
		if err != nil {
			return n, err
		}
		n += sent
	}
	return n, nil
}

// writeSome sends a packet full of p.
func (c *Conn) writeSome(p []byte) (int, error) {
	packet, err := c.config.Pool.Allocate(c.config.Room, c.config.PacketWait)
	if err != nil {
		return 0, err
	}
	room := packet.DataEnd - packet.PrependPtr
	if room <= 0 {
		packet.Release()
		return 0, status.Pop3InsufficientPacketPayload
	}
	p = p[:min(len(p), room)]
	copy(packet.Area()[packet.PrependPtr-packet.DataStart:], p)
	packet.AppendPtr = packet.PrependPtr + len(p)
	packet.Length = uint32(len(p))
	if err := c.config.Socket.Send(packet, c.config.SendWait); err != nil {
		packet.Release()
		return 0, err
	}
	return len(p), nil
}

// Close does nothing: the socket is its owner's.
func (c *Conn) Close() error { return nil }

// LocalAddr returns an address without contents.
func (c *Conn) LocalAddr() net.Addr { return &net.TCPAddr{} }

// RemoteAddr returns an address without contents.
func (c *Conn) RemoteAddr() net.Addr { return &net.TCPAddr{} }

// SetDeadline does nothing.
func (c *Conn) SetDeadline(time.Time) error { return nil }

// SetReadDeadline does nothing.
func (c *Conn) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing.
func (c *Conn) SetWriteDeadline(time.Time) error { return nil }
