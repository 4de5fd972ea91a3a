package pop3client

import (
	"crypto/tls"
	"math"
	"net/netip"

	"github.com/emersion/go-sasl"
	"go.uber.org/zap"

	"netxsim/ipstack"
	"netxsim/netx/status"
	"netxsim/packetpool"
)

// Limits and defaults of the C library. Ticks are those of the kernel, 100 a
// second by default.
const (
	// DefaultPort is where POP3 servers listen.
	DefaultPort = 110
	// DefaultWindow is the receive window in bytes,
	// NX_POP3_CLIENT_TCP_WINDOW_SIZE.
	DefaultWindow = 1460
	// DefaultPacketWait is how many ticks a command waits for a packet,
	// NX_POP3_CLIENT_PACKET_TIMEOUT.
	DefaultPacketWait = 100
	// DefaultSendWait is how many ticks a command waits to be sent,
	// NX_POP3_TCP_SOCKET_SEND_WAIT.
	DefaultSendWait = 1000
	// DefaultReplyWait is how many ticks a call waits for the server,
	// NX_POP3_SERVER_REPLY_TIMEOUT.
	DefaultReplyWait = 1000
	// DefaultConnectWait is how many ticks connecting may take,
	// NX_POP3_CLIENT_CONNECTION_TIMEOUT.
	DefaultConnectWait = 3000
	// DefaultDisconnectWait is how many ticks disconnecting may take,
	// NX_POP3_CLIENT_DISCONNECT_TIMEOUT.
	DefaultDisconnectWait = 1000
	// MaxUser is the longest user name in bytes, NX_POP3_MAX_USERNAME.
	MaxUser = 40
	// MaxPassword is the longest password in bytes, NX_POP3_MAX_PASSWORD.
	MaxPassword = 20

	bindWait = 100    // ticks
	maxPort  = 0xFFFF // NX_MAX_PORT
)

// Room for the headers in front of a command, in bytes: NX_IPv4_TCP_PACKET and
// NX_IPv6_TCP_PACKET.
const (
	ipv4CommandRoom = 56
	ipv6CommandRoom = 76
)

// Config describes a session.
type Config struct {
	// IP is the instance to connect from; TCP must be enabled. What the server
	// sends is paid for by its default pool. Required.
	IP *ipstack.IP
	// Pool gives the packets of the commands. Nil means the default pool of IP.
	Pool *packetpool.Pool
	// Server is the address of the server. Required.
	Server netip.Addr
	// Port of the server; 0 means 110, or 995 with ImplicitTLS.
	Port uint32

	// User and Password, at most 40 and 20 bytes.
	User, Password string
	// APOP asks for APOP if the greeting has a time stamp; USER and PASS follow
	// when the server refuses it. False means USER and PASS at once.
	APOP bool

	// SASL logs in with AUTH (RFC 5034) instead of APOP, USER and PASS. It
	// serves one session. Nil means none of that.
	SASL sasl.Client
	// NoLogin has Create stop behind the greeting, or TLS: Login or Authenticate
	// is for the caller then. False means that Create logs in.
	NoLogin bool
	// TLS secures the session before the login, with STLS (RFC 2595). Create
	// fails and closes the connection if the server has none. Nil means no TLS,
	// as in C. See [Client.StartTLS].
	TLS *tls.Config
	// ImplicitTLS has TLS begin with the first byte, without STLS (RFC 8314).
	// False means STLS. It says nothing if TLS is nil.
	ImplicitTLS bool

	// Fixes are the quirks to avoid. None by default.
	Fixes Fixes
	// Log gets each quirk once per session, at warn level. Nil means no log.
	Log *zap.Logger

	// Window is the receive window in bytes; 0 means 1460.
	Window uint32
	// PacketWait, SendWait, ReplyWait, ConnectWait and DisconnectWait are in
	// ticks; 0 means 100, 1000, 1000, 3000 and 1000. ReplyWait is at most
	// 2147483647.
	PacketWait, SendWait, ReplyWait, ConnectWait, DisconnectWait uint32
}

// withDefaults returns config with its zero values replaced.
func (config Config) withDefaults() Config {
	set := func(field *uint32, value uint32) {
		if *field == 0 {
			*field = value
		}
	}
	if config.TLS != nil && config.ImplicitTLS {
		set(&config.Port, DefaultTLSPort)
	}
	set(&config.Port, DefaultPort)
	set(&config.Window, DefaultWindow)
	set(&config.PacketWait, DefaultPacketWait)
	set(&config.SendWait, DefaultSendWait)
	set(&config.ReplyWait, DefaultReplyWait)
	config.ReplyWait = min(config.ReplyWait, math.MaxInt32) // deadlines are compared with a sign
	set(&config.ConnectWait, DefaultConnectWait)
	set(&config.DisconnectWait, DefaultDisconnectWait)
	if config.Pool == nil && config.IP != nil {
		config.Pool = config.IP.DefaultPool()
	}
	return config
}

// A Client is one session with a POP3 server, NX_POP3_CLIENT. The zero Client
// has no session: Create starts one.
//
// A Client belongs to one thread of the kernel at a time; its methods suspend
// that thread.
type Client struct {
	config Config // with defaults; zero without a session
	socket transport
	room   uint32 // header room of commands
	fixes  Fixes
	log    *zap.Logger
	quirks quirkLog

	stamp   timeStamp // of the greeting
	mailbox mailbox

	// The download.
	downloading bool
	reading     string             // what it is, for errors
	held        *packetpool.Packet // body bytes that came with the RETR reply
	scan        scanner

	replies replyReader
	command [commandSize]byte // scratch
}

// Create connects, waits for the greeting and logs in. It mirrors
// nxd_pop3_client_create. It suspends the thread.
//
// When it fails behind the connect it returns the client together with the
// error: the connection is still open and usable, until Delete
// ([QuirkCreateFailOpen]).
//
// Errors: status.Pop3ParamError for a name or password that is too long, or an
// address that is none; status.NotEnabled without TCP; those of connecting
// (status.NotConnected, status.IpAddressError) and of commands; and a
// [ReplyError] if the server refuses.
func Create(config Config) (*Client, error) {
	c := new(Client)
	err := c.Create(config)
	if c.socket == nil {
		return nil, err
	}
	return c, err
}

// Create starts a session on a client that has none, as the function of that
// name does. On a client with a session it is status.PtrError, where C would
// corrupt the socket list of the instance.
func (c *Client) Create(config Config) error {
	err := c.prepare(config)
	if err != nil {
		return failed("create", err)
	}
	socket, err := openSocket(c.config)
	if err != nil {
		return failed("create", c.countNotEnabled(err))
	}
	return c.start(socket)
}

// prepare checks config and clears what a former session has left.
func (c *Client) prepare(config Config) error {
	c.downloading = false
	if len(config.User) > MaxUser || len(config.Password) > MaxPassword {
		return status.Pop3ParamError
	}
	if c.socket != nil {
		return status.PtrError
	}
	config = config.withDefaults()
	*c = Client{config: config, fixes: config.Fixes.closed(), log: config.Log, quirks: c.quirks}
	c.quirks.logged = 0
	return c.checkServer()
}

// checkServer refuses addresses for which C hangs, or fails later.
func (c *Client) checkServer() error {
	c.room = ipv4CommandRoom
	switch server := c.config.Server; {
	case !server.IsValid():
		c.hit(QuirkNxdBadVersion)
		return status.Pop3ParamError
	case server.Is6():
		c.room = ipv6CommandRoom
	case server.IsUnspecified() && c.fixed(QuirkNxdAddress0):
		return status.Pop3ParamError
	}
	if c.config.Port > maxPort && c.fixed(QuirkNxdAddress0) {
		return status.InvalidPort
	}
	return nil
}

// countNotEnabled counts the quirk if err says that TCP is not enabled.
func (c *Client) countNotEnabled(err error) error {
	if status.Of(err) == uint32(status.NotEnabled) {
		c.hit(QuirkTcpNotEnabled)
	}
	return err
}

// start connects socket and logs in.
func (c *Client) start(socket transport) error {
	c.socket = socket
	c.replies.init(c)
	err := c.connect()
	open := err == nil
	if open && c.config.TLS != nil && c.config.ImplicitTLS {
		err = c.secure(c.config.TLS, nil)
	}
	if err == nil {
		err = c.greet()
	}
	if err == nil {
		return nil
	}
	if open && c.config.TLS == nil {
		c.fixed(QuirkCreateFailOpen)
	}
	if c.fixes.Has(QuirkCreateFailOpen) || c.config.TLS != nil {
		c.close()
	}
	return err
}

// connect opens the connection.
func (c *Client) connect() error {
	if err := c.socket.Bind(0, bindWait); err != nil {
		return failed("connect", err)
	}
	begin := c.socket.ticks()
	err := c.socket.Connect(c.config.Server, c.config.Port, c.config.ConnectWait)
	if err == nil {
		return nil
	}
	if passed := c.socket.ticks() - begin; passed > 100 && passed < c.config.ConnectWait {
		c.hit(QuirkConnectTimeout)
	}
	return failed("connect", err)
}

// Delete closes the connection and gives back what the client holds. The
// client has no session afterwards and may be created again. It mirrors
// nx_pop3_client_delete. It suspends the thread until the server has closed
// too, at most 1000 ticks.
//
// Errors: status.PtrError without a session, where C crashes
// ([QuirkUseAfterDelete]).
func (c *Client) Delete() error {
	if c.socket == nil {
		c.hit(QuirkUseAfterDelete)
		return failed("delete", status.PtrError)
	}
	c.close()
	return nil
}

// close ends the session, whatever the server does.
func (c *Client) close() {
	if c.held != nil {
		c.held.Release()
	}
	c.replies.drop()
	c.socket.Disconnect(c.config.DisconnectWait)
	c.socket.Unbind()
	c.socket.Delete()
	*c = Client{quirks: c.quirks, log: c.log}
}
