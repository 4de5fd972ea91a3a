package host

import (
	"net"
	"net/netip"
)

// A packetConn is a UDP port as a net.PacketConn and, with a peer, as a net.Conn.
type packetConn struct {
	endpoint
	packets datagrams
	peer    netip.AddrPort // of a connected one
}

// newPacketConn makes datagrams a net.PacketConn. It is called with the baton.
func (n *Net) newPacketConn(d datagrams, network string, peer netip.AddrPort) *packetConn {
	c := &packetConn{packets: d, peer: peer}
	what := "UDP port " + d.local().String() + " of " + n.name
	c.open(n.world, d, network, "a datagram for "+what, "room in "+what)
	c.source = net.UDPAddrFromAddrPort(d.local())
	if peer.IsValid() {
		c.to = net.UDPAddrFromAddrPort(peer)
	}
	return c
}

// ReadFrom implements net.PacketConn. What p does not hold of the datagram is lost.
func (c *packetConn) ReadFrom(p []byte) (int, net.Addr, error) {
	n, from, err := c.receive(p)
	if err != nil {
		return n, nil, c.opError("read", err)
	}
	return n, net.UDPAddrFromAddrPort(from), nil
}

// ReadFromUDPAddrPort is ReadFrom with the address as net.UDPConn has it too.
func (c *packetConn) ReadFromUDPAddrPort(p []byte) (int, netip.AddrPort, error) {
	n, from, err := c.receive(p)
	return n, from, c.opError("read", err)
}

// Read implements net.Conn.
func (c *packetConn) Read(p []byte) (int, error) {
	n, _, err := c.receive(p)
	return n, c.opError("read", err)
}

func (c *packetConn) receive(p []byte) (n int, from netip.AddrPort, err error) {
	if c.closed.Load() {
		return 0, from, net.ErrClosed
	}
	err = c.read.do(func() (err error) {
		n, from, err = c.packets.receive(p)
		return err
	})
	return n, from, err
}

// WriteTo implements net.PacketConn. to must be a *net.UDPAddr.
func (c *packetConn) WriteTo(p []byte, to net.Addr) (int, error) {
	udp, ok := to.(*net.UDPAddr)
	if !ok || udp == nil {
		return 0, c.sendError(to, errNotUDP)
	}
	return c.WriteToUDPAddrPort(p, udp.AddrPort())
}

// WriteToUDPAddrPort is WriteTo with the address as net.UDPConn has it too.
func (c *packetConn) WriteToUDPAddrPort(p []byte, to netip.AddrPort) (int, error) {
	if c.peer.IsValid() {
		return 0, c.sendError(net.UDPAddrFromAddrPort(to), net.ErrWriteToConnected)
	}
	return c.send(p, netip.AddrPortFrom(to.Addr().Unmap(), to.Port()))
}

// Write implements net.Conn. Without a peer there is no address to send to.
func (c *packetConn) Write(p []byte) (int, error) {
	if !c.peer.IsValid() {
		return 0, c.opError("write", errNoDestination)
	}
	return c.send(p, c.peer)
}

func (c *packetConn) send(p []byte, to netip.AddrPort) (int, error) {
	addr := net.UDPAddrFromAddrPort(to)
	if c.closed.Load() {
		return 0, c.sendError(addr, net.ErrClosed)
	}
	if err := c.write.do(func() error { return c.packets.send(p, to) }); err != nil {
		return 0, c.sendError(addr, err)
	}
	return len(p), nil
}

// sendError is opError with the address that a datagram was for.
func (c *packetConn) sendError(to net.Addr, err error) error {
	return &net.OpError{Op: "write", Net: c.network, Source: c.source, Addr: to, Err: systemError("write", err)}
}

// RemoteAddr returns the peer; nil without one.
func (c *packetConn) RemoteAddr() net.Addr { return c.to }
