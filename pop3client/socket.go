package pop3client

import (
	"net/netip"

	"netxsim/ipstack"
	"netxsim/packetpool"
)

// socketName is the name under which the socket shows in reports, as in C.
const socketName = "POP3 Client socket"

// A transport is what the client needs of its connection: the methods of
// [ipstack.TCPSocket], the time, and how the server's end stands.
type transport interface {
	Bind(port uint16, wait uint32) error
	Connect(server netip.Addr, port, wait uint32) error
	Send(packet *packetpool.Packet, wait uint32) error
	Receive(wait uint32) (*packetpool.Packet, error)
	Disconnect(wait uint32) error
	Unbind() error
	Delete() error

	// ticks is the tick count of the kernel.
	ticks() uint32
	// peerClosed reports whether the server has closed its direction.
	peerClosed() bool
}

// tcpTransport is a transport on a socket of the simulated stack.
type tcpTransport struct {
	*ipstack.TCPSocket
	ip *ipstack.IP
}

func openSocket(config Config) (transport, error) {
	socket, err := config.IP.NewTCPSocket(ipstack.TCPSocketConfig{Name: socketName, Window: config.Window})
	if err != nil {
		return nil, err
	}
	return &tcpTransport{socket, config.IP}, nil
}

func (t *tcpTransport) ticks() uint32 { return t.ip.Kernel().Ticks() }

func (t *tcpTransport) peerClosed() bool { return t.State() == ipstack.TCPCloseWait }

// Socket returns the socket of the session, nil without one. It is for looking
// at: what is received or sent behind the client's back the client will miss.
func (c *Client) Socket() *ipstack.TCPSocket {
	under := c.socket
	if t, ok := under.(*tlsTransport); ok {
		under = t.transport
	}
	if t, ok := under.(*tcpTransport); ok {
		return t.TCPSocket
	}
	return nil
}
