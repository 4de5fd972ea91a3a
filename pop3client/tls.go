package pop3client

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"

	"netxsim/netx/status"
	"netxsim/packetpool"
	"netxsim/pop3client/internal/packetconn"
)

// DefaultTLSPort is where servers listen for TLS from the first byte (RFC 8314,
// section 3.2).
const DefaultTLSPort = 995

// StartTLS secures the session with STLS (RFC 2595, section 4), for sessions
// that [Config.NoLogin] has left open; [Config.TLS] has Create do it. What the
// server has said before is worth nothing afterwards: ask for Capabilities
// again.
//
// config is as for crypto/tls, and is copied. Where it says nothing, the clock
// is that of the kernel, which starts on 1 January 2000, random numbers come from the kernel's
// seed, and the certificate has to be for the address of the server. See the
// package comment for what of that crypto/tls heeds.
//
// It suspends the thread, for at most the reply wait for the answer and as long
// for the handshake. Received packets are released as they are decrypted; each piece of plaintext
// takes a packet of the default pool of the instance, as if it had arrived. A command takes
// a second packet of the client's pool while it is encrypted.
//
// Errors: those of commands. A [ReplyError] with "-ERR" leaves the session as
// it was, in the clear. Behind any other error nothing can be sent or received
// any more (status.NotConnected); status.Pop3ServerErrorStatus is that of a
// failed handshake.
func (c *Client) StartTLS(config *tls.Config) error {
	do := c.newCall("STLS")
	if err := c.send(do); err != nil {
		return err
	}
	reply, err := c.reply(do)
	if err != nil {
		return err
	}
	accepted, injected := c.accepted(reply), len(firstLine(reply)) < len(reply)
	if !accepted {
		err = replyError(do.String(), reply)
	}
	c.replies.done()
	if err != nil {
		return err
	}
	if injected || c.replies.packet != nil {
		err = fmt.Errorf("pop3: STLS: text behind the reply: %w", status.Pop3ServerErrorStatus)
	}
	return c.secure(config, err)
}

// secure puts TLS between client and socket. With broken, the session is ended
// for good before the handshake.
func (c *Client) secure(config *tls.Config, broken error) error {
	c.replies.drop()
	t := &tlsTransport{transport: c.socket, plain: c.plainPool(), room: c.room, broken: broken}
	t.raw = packetconn.New(packetconn.Config{
		Socket: c.socket, Pool: c.config.Pool, Room: c.room,
		PacketWait: c.config.PacketWait, SendWait: c.config.SendWait, Ticks: c.socket.ticks,
	})
	t.conn = tls.Client(t.raw, c.tlsConfig(config))
	c.socket = t
	if broken != nil {
		return broken
	}
	t.raw.Until(c.replies.deadline())
	if err := t.conn.Handshake(); err != nil {
		t.broken = c.handshakeError(err)
	}
	return t.broken
}

// handshakeError says why there is no TLS.
func (c *Client) handshakeError(err error) error {
	var passing packetconn.PassingError
	switch {
	case errors.As(err, &passing):
		return c.noReply("TLS", passing.Unwrap())
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return failed("TLS", status.NotConnected)
	}
	return failed("TLS", withStatus(err, status.Pop3ServerErrorStatus))
}

// plainPool is the pool that pays for what arrives.
func (c *Client) plainPool() *packetpool.Pool {
	if c.config.IP == nil {
		return c.config.Pool
	}
	return c.config.IP.DefaultPool()
}

// tlsConfig returns config with the kernel's clock and chance.
func (c *Client) tlsConfig(config *tls.Config) *tls.Config {
	config = config.Clone()
	if config.ServerName == "" {
		config.ServerName = c.config.Server.String()
	}
	if c.config.IP == nil {
		return config
	}
	kernel := c.config.IP.Kernel()
	if config.Time == nil {
		config.Time = kernel.WallTime
	}
	if config.Rand == nil {
		config.Rand = randomBytes{kernel.Rand("pop3client tls")}
	}
	return config
}

// randomBytes are the numbers of a source as bytes. A read of one byte takes
// none: crypto packages make those by the toss of a coin, so that nobody relies
// on what they read.
type randomBytes struct{ *rand.Rand }

// Read implements io.Reader.
func (r randomBytes) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 0
		if len(p) > 1 {
			p[i] = byte(r.Uint32())
		}
	}
	return len(p), nil
}

// withStatus wraps err with code unless it has a status.
func withStatus(err error, code status.Code) error {
	var have status.Code
	var kernel status.KernelCode
	if errors.As(err, &have) || errors.As(err, &kernel) {
		return err
	}
	return fmt.Errorf("%w: %w", code, err)
}

// A tlsTransport is a transport through TLS.
type tlsTransport struct {
	transport // the connection underneath
	raw       *packetconn.Conn
	conn      *tls.Conn
	plain     *packetpool.Pool
	room      uint32
	text      [plainSize]byte
	unread    []byte // of text, that no packet was there for
	ended     bool   // the server has closed the session
	broken    error  // for ever
}

// plainSize is the most plaintext that one packet is made for, in bytes: that
// of a full segment.
const plainSize = 1460

// Send implements transport.
func (t *tlsTransport) Send(packet *packetpool.Packet, _ uint32) error {
	if t.broken != nil {
		return t.dead()
	}
	for p := packet; p != nil; p = p.Next {
		if _, err := t.conn.Write(p.Bytes()); err != nil {
			return withStatus(err, status.NotConnected)
		}
	}
	packet.Release()
	return nil
}

// Receive implements transport.
func (t *tlsTransport) Receive(wait uint32) (*packetpool.Packet, error) {
	if t.broken != nil {
		return nil, t.dead()
	}
	until := t.ticks() + wait
	if len(t.unread) == 0 {
		if err := t.read(until); err != nil {
			return nil, err
		}
	}
	packet, err := t.plain.Allocate(t.room, uint32(max(int32(until-t.ticks()), 0)))
	if err != nil {
		return nil, err
	}
	at := packet.PrependPtr - packet.DataStart
	n := copy(packet.Area()[at:], t.unread)
	packet.AppendPtr, packet.Length = packet.PrependPtr+n, uint32(n)
	t.unread = nil
	return packet, nil
}

// dead is the error of a session that TLS could not secure.
func (t *tlsTransport) dead() error { return fmt.Errorf("%w (%v)", status.NotConnected, t.broken) }

// read decrypts as much as one packet takes.
func (t *tlsTransport) read(until uint32) error {
	room := int(t.plain.Payload()) - int(t.room)
	if room <= 0 {
		return status.Pop3InsufficientPacketPayload
	}
	t.raw.Until(until)
	n, err := t.conn.Read(t.text[:min(len(t.text), room)])
	if n == 0 {
		return t.readError(err)
	}
	t.unread = t.text[:n]
	return nil
}

// readError says why there is no plaintext. The end of the session, with or
// without close_notify, is the end of the connection: in POP3 it cuts nothing
// short that has no end mark of its own.
func (t *tlsTransport) readError(err error) error {
	var passing packetconn.PassingError
	switch {
	case errors.As(err, &passing):
		return passing.Unwrap()
	case errors.Is(err, io.EOF):
		t.ended = true
		return status.NotConnected
	}
	return withStatus(err, status.NotConnected)
}

// peerClosed implements transport.
func (t *tlsTransport) peerClosed() bool { return t.ended || t.transport.peerClosed() }

// Disconnect implements transport: close_notify first.
func (t *tlsTransport) Disconnect(wait uint32) error {
	t.conn.Close()
	t.raw.Drop()
	return t.transport.Disconnect(wait)
}
