package ipstack

import (
	"net/netip"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
	"gvisor.dev/gvisor/pkg/waiter"

	"netxsim/netx/status"
)

// TCPState is the state of a connection, numbered as in C.
type TCPState uint32

// The states of a TCP socket (RFC 9293, section 3.3.2).
const (
	TCPClosed TCPState = iota + 1
	TCPListen
	TCPSynSent
	TCPSynReceived
	TCPEstablished
	TCPCloseWait
	TCPFinWait1
	TCPFinWait2
	TCPClosing
	TCPTimedWait
	TCPLastAck
)

var tcpStateNames = [...]string{"", "closed", "listen", "SYN sent", "SYN received", "established",
	"close wait", "FIN wait 1", "FIN wait 2", "closing", "timed wait", "last ACK"}

// String returns the state's name in lower case.
func (s TCPState) String() string { return tcpStateNames[s] }

// TCPSocketConfig describes a [TCPSocket].
type TCPSocketConfig struct {
	// Name appears in reports and logs.
	Name string
	// Window is the receive window in bytes, 1 to 65535.
	Window uint32
	// TypeOfService is the IPv4 field; 0 is normal.
	TypeOfService uint8
	// TimeToLive is the IPv4 field; 0 means 128, NX_IP_TIME_TO_LIVE.
	TimeToLive uint8
	// DontFragment forbids routers to fragment the segments.
	DontFragment bool
	// TransmitQueue is the number of sent packets that may be unacknowledged;
	// 0 means 20, NX_TCP_MAXIMUM_TX_QUEUE.
	TransmitQueue int
	// Disconnected is called in the IP thread when the peer ends the
	// connection; nil means nothing.
	Disconnected func(*TCPSocket)
	// Received is called in the IP thread for each segment queued; nil means
	// nothing.
	Received func(*TCPSocket)
	// Urgent is called in the IP thread for a segment with the URG flag; nil
	// means nothing.
	Urgent func(*TCPSocket)
}

// A TCPSocket is an NX_TCP_SOCKET: a client's end of a connection, or the one
// connection at a time of a server. The zero TCPSocket is not yet created.
type TCPSocket struct {
	ip      *IP
	config  TCPSocketConfig
	on      callbacks
	resend  retransmission
	count   traffic
	state   TCPState
	client  bool
	deleted bool
	bound   bool
	binding *portRequest[*TCPSocket] // of the thread that waits for a port for it
	port    uint16
	noted   bool

	via    *Interface // the way to the peer
	hop    uint32     // and the neighbour on it
	local  netip.Addr // our address in the connection
	remote netip.AddrPort
	// portOverflow is the upper half of the peer's port, not 0 for one that no
	// segment can carry.
	portOverflow uint16
	inside       bool // the instance is its own peer

	// The addresses that netstack knows.
	innerLocal, innerRemote netip.Addr
	endpoint                tcpip.Endpoint
	queue                   *waiter.Queue
	entry                   waiter.Entry
	halfOpen                bool // netstack has answered the parked SYN
	wasReset                bool // the peer has reset the connection
	synSent                 bool // our SYN or SYN-ACK has left
	moved                   bool // netstack has been told something since its state was looked at

	parked  []byte // the SYN that waits for accept
	clock   dueSocket
	due     uint64 // beat at which something is sent again, 0 if nothing is
	retries uint32 // how often it has been

	vlan uint8 // priority for the driver, or noVLANPriority

	mss       uint32 // largest segment of the connection
	wantedMSS uint32 // what the application set, or 0
	peerMSS   uint32 // what the peer said

	rx receiver
	tx transmitter

	watcher func() // nil for none
	wait    struct{ connect, receive, send, disconnect waitList }
	held    struct{ receive, transmit holder }
}

// NewTCPSocket creates a socket, as nx_tcp_socket_create does.
//
// Errors: status.NotEnabled without TCP, status.OptionError for a window that
// is 0 or above 65535.
func (ip *IP) NewTCPSocket(config TCPSocketConfig) (*TCPSocket, error) {
	s := new(TCPSocket)
	return s, s.Create(ip, config)
}

// Create makes the zero or a deleted socket ready for use, like
// [IP.NewTCPSocket].
func (s *TCPSocket) Create(ip *IP, config TCPSocketConfig) error {
	if ip.tcp == nil {
		return status.NotEnabled
	}
	if config.Window == 0 || config.Window > 65535 {
		return status.OptionError
	}
	if config.TimeToLive == 0 {
		config.TimeToLive = 128
	}
	if config.TransmitQueue == 0 {
		config.TransmitQueue = 20
	}
	if s.Created() {
		s.ip.tcp.remove(s) // another instance's: C forgets that one too
	}
	*s = TCPSocket{ip: ip, config: config, state: TCPClosed, client: true, vlan: noVLANPriority}
	s.on = callbacks{disconnected: config.Disconnected, received: config.Received, urgent: config.Urgent}
	s.resend = retransmission{queue: config.TransmitQueue, timeout: ip.ticks(retryTicks), retries: maxRetries}
	s.rx.reset(s)
	s.rx.limit = maxReceiveQueue
	s.initWaiting()
	s.held.receive = holder{"socket " + config.Name + " receive queue", debugTCP}
	s.held.transmit.name = "socket " + config.Name + " transmit queue"
	s.entry = waiter.NewFunctionEntry(waiter.EventHUp|waiter.EventErr, func(waiter.EventMask) { ip.stack.Notify(s) })
	ip.tcp.created++
	s.clock.number = ip.tcp.created
	ip.tcp.sockets = append(ip.tcp.sockets, s)
	return nil
}

// Created reports whether the socket exists.
func (s *TCPSocket) Created() bool { return s.ip != nil && !s.deleted }

func (s *TCPSocket) initWaiting() {
	for _, l := range []struct {
		list *waitList
		what string
	}{
		{&s.wait.connect, "a connection of"},
		{&s.wait.receive, "data for"},
		{&s.wait.send, "the window of"},
		{&s.wait.disconnect, "the end of"},
	} {
		l.list.kernel = s.ip.kernel
		l.list.what = func() string { return l.what + " " + s.describe() }
	}
}

// describe names the socket and its situation for reports.
func (s *TCPSocket) describe() string {
	text := "socket " + s.config.Name + " (" + s.state.String()
	if s.remote.IsValid() {
		text += ", peer " + s.remote.String()
	}
	return text + ")"
}

// Name returns the name given at creation.
func (s *TCPSocket) Name() string { return s.config.Name }

// IP returns the instance that the socket belongs to.
func (s *TCPSocket) IP() *IP { return s.ip }

// State returns the connection's state.
func (s *TCPSocket) State() TCPState { return s.state }

// Port returns the local port, 0 while the socket has none.
func (s *TCPSocket) Port() uint16 { return s.port }

// Peer returns the other end of the connection; the zero value without one.
func (s *TCPSocket) Peer() netip.AddrPort {
	if !s.remote.IsValid() {
		return s.remote
	}
	return netip.AddrPortFrom(s.ip.ipv6.outer(s.remote.Addr()), s.remote.Port())
}

// Waiting reports whether a thread waits in Receive.
func (s *TCPSocket) Waiting() bool { return !s.wait.receive.empty() }

// ReceiveQueueLen returns the number of segments that wait to be received,
// those that arrived ahead of a missing one included.
func (s *TCPSocket) ReceiveQueueLen() int { return s.rx.queue.len() }

// TransmitQueueLen returns the number of sent packets that the peer has not
// acknowledged.
func (s *TCPSocket) TransmitQueueLen() int { return len(s.tx.queue) }

// ownMSS is the largest segment that the interface can receive.
func (s *TCPSocket) ownMSS() uint32 {
	if isStandIn(toWord(s.remote.Addr())) {
		return s.via.IpMtuSize - ipv6Header - tcpHeader
	}
	return s.via.IpMtuSize - ipv4Header - tcpHeader
}

// Delete removes the socket from its instance, as nx_tcp_socket_delete does.
//
// Errors: status.StillBound while it is bound, listens or is connected.
func (s *TCPSocket) Delete() error {
	if s.bound || s.binding.pending() || s.state != TCPClosed {
		return status.StillBound
	}
	s.deleted = true
	s.dropEndpoint()
	s.rx.flush()
	s.ip.tcp.remove(s)
	return nil
}

// newEndpoint creates an endpoint of netstack that behaves like NetX: no
// Nagle, no path MTU discovery.
func (ip *IP) newEndpoint(queue *waiter.Queue) (tcpip.Endpoint, error) {
	endpoint, err := ip.stack.NewEndpoint(tcp.ProtocolNumber, ipv4.ProtocolNumber, queue)
	if err != nil {
		return nil, ip.internal("create an endpoint", err)
	}
	endpoint.SocketOptions().SetReuseAddress(true)
	endpoint.SocketOptions().SetReusePort(true)
	return endpoint, nil
}

// adopt makes an endpoint the socket's own.
func (s *TCPSocket) adopt(endpoint tcpip.Endpoint, queue *waiter.Queue) error {
	s.endpoint, s.queue = endpoint, queue
	endpoint.SocketOptions().SetDelayOption(false)
	for _, option := range []struct {
		name  tcpip.SockOptInt
		value int
	}{
		{tcpip.MTUDiscoverOption, int(tcpip.PMTUDiscoveryDont)},
		{tcpip.IPv4TTLOption, int(s.config.TimeToLive)},
		{tcpip.IPv4TOSOption, int(s.config.TypeOfService)},
	} {
		if err := endpoint.SetSockOptInt(option.name, option.value); err != nil {
			return s.ip.internal("set a socket option", err)
		}
	}
	queue.EventRegister(&s.entry)
	return nil
}

func (s *TCPSocket) connection() connection { return connection{s.port, s.remote} }

// Ready has netstack's news looked at, once it has settled.
func (s *TCPSocket) Ready() {
	if !s.noted {
		s.noted = true
		s.ip.tcp.noted = append(s.ip.tcp.noted, s)
	}
}
