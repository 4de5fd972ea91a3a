package host

import (
	"net"
	"net/netip"
	"syscall"
)

// A packetConn is a UDP port as a net.PacketConn and, with a peer, as a net.Conn.
type packetConn struct {
	endpoint
	packets datagrams
	peer    netip.AddrPort // of a connected one

	four, six bool // the protocols that it sends by
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

// Read implements net.Conn. With an empty p it leaves the datagram where it is, as net.UDPConn's does.
func (c *packetConn) Read(p []byte) (int, error) {
	if len(p) == 0 && !c.closed.Load() {
		return 0, nil
	}
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

// WriteTo implements net.PacketConn. to must be a *net.UDPAddr; without an IP it is the machine itself.
func (c *packetConn) WriteTo(p []byte, to net.Addr) (int, error) {
	udp, ok := to.(*net.UDPAddr)
	if !ok {
		return 0, c.sendError(to, syscall.EINVAL)
	}
	n, err := c.writeTo(p, udp)
	if err == nil {
		return n, nil
	}
	if udp == nil {
		return 0, c.sendError(nil, err)
	}
	return 0, c.sendError(udp, err)
}

func (c *packetConn) writeTo(p []byte, to *net.UDPAddr) (int, error) {
	switch {
	case c.peer.IsValid():
		return 0, net.ErrWriteToConnected
	case to == nil:
		return 0, errMissingAddress
	case len(to.IP) == 0:
		return c.sendTo(p, netip.AddrPortFrom(loopbackAddr(!c.four), uint16(to.Port)))
	}
	address := to.AddrPort()
	if err := c.reaches(address.Addr(), to.IP.String()); err != nil {
		return 0, err
	}
	return c.sendTo(p, address)
}

// WriteToUDPAddrPort is WriteTo with the address as net.UDPConn has it too.
func (c *packetConn) WriteToUDPAddrPort(p []byte, to netip.AddrPort) (int, error) {
	n, err := c.writeToAddrPort(p, to)
	if err != nil {
		return 0, c.sendError(udpAddrPort{to}, err)
	}
	return n, nil
}

func (c *packetConn) writeToAddrPort(p []byte, to netip.AddrPort) (int, error) {
	switch {
	case c.peer.IsValid():
		return 0, net.ErrWriteToConnected
	case !to.IsValid():
		return 0, errMissingAddress
	}
	if err := c.reaches(to.Addr(), to.Addr().String()); err != nil {
		return 0, err
	}
	return c.sendTo(p, to)
}

// reaches returns an error, with the address as text, for one of a protocol that the port does not send by, and for none.
func (c *packetConn) reaches(addr netip.Addr, text string) error {
	switch addr = addr.Unmap(); {
	case addr.Is4() && c.four, addr.Is6() && c.six:
		return nil
	case c.six:
		return &net.AddrError{Err: "non-IPv6 address", Addr: text}
	}
	return &net.AddrError{Err: "non-IPv4 address", Addr: text}
}

// sendTo sends to an address; one that stands for all is the machine itself.
func (c *packetConn) sendTo(p []byte, to netip.AddrPort) (int, error) {
	addr := to.Addr().Unmap()
	if addr.IsUnspecified() {
		addr = loopbackAddr(addr.Is6())
	}
	n, err := 0, error(syscall.EINVAL)
	if to.Port() != 0 || c.closed.Load() {
		n, err = c.send(p, netip.AddrPortFrom(addr, to.Port()))
	}
	return n, systemError("sendto", err)
}

// Write implements net.Conn. Without a peer there is no address to send to.
func (c *packetConn) Write(p []byte) (int, error) {
	n, err := 0, error(errNoDestination)
	if c.peer.IsValid() || c.closed.Load() {
		n, err = c.send(p, c.peer)
	}
	return n, c.opError("write", err)
}

func (c *packetConn) send(p []byte, to netip.AddrPort) (int, error) {
	if c.closed.Load() {
		return 0, net.ErrClosed
	}
	if err := c.write.do(func() error { return c.packets.send(p, to) }); err != nil {
		return 0, err
	}
	return len(p), nil
}

// sendError is an error of sending to an address.
func (c *packetConn) sendError(to net.Addr, err error) error {
	return &net.OpError{Op: "write", Net: c.network, Source: c.source, Addr: to, Err: err}
}

// A udpAddrPort is an address in an error, as package net has it there.
type udpAddrPort struct{ netip.AddrPort }

// Network implements net.Addr.
func (udpAddrPort) Network() string { return "udp" }

// RemoteAddr returns the peer; nil without one.
func (c *packetConn) RemoteAddr() net.Addr { return c.to }
