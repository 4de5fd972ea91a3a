package host_test

import (
	"net"
	"net/netip"
	"time"
)

// port opens a UDP port of a machine.
func (p *parity) port(on netFuncs, address string) net.PacketConn {
	p.t.Helper()
	c, err := on.ListenPacket("udp4", address)
	p.fatal(err)
	p.cleanup(func() { c.Close() })
	return c
}

// connected returns a UDP port with a peer, and the peer.
func (p *parity) connected() (net.Conn, net.PacketConn) {
	s := p.port(p.server, p.ip+":0")
	c, err := p.client.Dial("udp4", s.LocalAddr().String())
	p.fatal(err)
	p.cleanup(func() { c.Close() })
	return c, s
}

// packetCases are what happens at UDP ports.
var packetCases = []parityCase{
	{"UDP to nobody", func(p *parity) {
		c, s := p.connected()
		s.Close()
		n, err := c.Write([]byte("a"))
		p.saw("first write", n, err)
		c.SetReadDeadline(time.Now().Add(5 * pause))
		n, err = c.Read(make([]byte, 1))
		p.saw("read", n, err)
		n, err = c.Write([]byte("a"))
		p.saw("second write", n, err)
		p.settle()
		n, err = c.Write([]byte("a"))
		p.saw("write behind the refusal", n, err)
		loner := p.port(p.client, ":0")
		n, err = loner.WriteTo([]byte("a"), s.LocalAddr())
		p.saw("write without a peer", n, err)
		loner.SetReadDeadline(time.Now().Add(5 * pause))
		n, _, err = loner.ReadFrom(make([]byte, 1))
		p.saw("read without a peer", n, err == nil)
	}},
	{"a closed UDP port", func(p *parity) {
		c, s := p.connected()
		p.saw("close", s.Close())
		p.saw("close again", s.Close())
		b := make([]byte, 1)
		n, from, err := s.ReadFrom(b)
		p.saw("ReadFrom", n, from, err)
		n, err = s.WriteTo(b, c.LocalAddr())
		p.saw("WriteTo", n, err)
		p.saw("SetDeadline", s.SetDeadline(time.Now()))
		n, err = s.(net.Conn).Write(b)
		p.saw("Write without a peer", n, err)
		n, err = s.(net.Conn).Read(b)
		p.saw("Read", n, err)
		n, err = s.(net.Conn).Read(nil)
		p.saw("Read of nothing", n, err)
		p.saw("close the connected one", c.Close())
		p.saw("close the connected one again", c.Close())
		n, err = c.Read(b)
		p.saw("Read of the connected one", n, err)
		n, err = c.Write(b)
		p.saw("Write of the connected one", n, err)
		p.saw("SetReadDeadline of the connected one", c.SetReadDeadline(time.Now()))
		n, err = c.(net.PacketConn).WriteTo(b, s.LocalAddr())
		p.saw("WriteTo of the connected one", n, err)
		s = p.port(p.server, p.ip+":0")
		p.later(func() { s.Close() })
		n, from, err = s.ReadFrom(b)
		p.saw("close while it waits", n, from, err)
	}},
	{"UDP deadlines", func(p *parity) {
		c, s := p.connected()
		b := make([]byte, 10)
		s.SetDeadline(time.Unix(1, 0))
		n, from, err := s.ReadFrom(b)
		p.saw("past", n, from, err)
		n, err = s.WriteTo(b, c.LocalAddr())
		p.saw("past write", n, err)
		c.SetDeadline(time.Unix(1, 0))
		n, err = c.Read(b)
		p.saw("past, connected", n, err)
		n, err = c.Read(nil)
		p.saw("past, nothing", n, err)
		n, err = c.Write(b)
		p.saw("past write, connected", n, err)
		s.SetDeadline(time.Now().Add(pause))
		n, from, err = s.ReadFrom(b)
		p.saw("near", n, from, err)
		s.SetDeadline(time.Time{})
		p.later(func() { s.SetReadDeadline(time.Now()) })
		n, from, err = s.ReadFrom(b)
		p.saw("set while it waits", n, from, err)
	}},
	{"datagrams", func(p *parity) {
		c, s := p.connected()
		b := make([]byte, 10)
		n, err := c.Write([]byte("0123456789abcdef"))
		p.saw("write", n, err)
		n, err = c.Write(nil)
		p.saw("write nothing", n, err)
		n, err = c.Write([]byte("next"))
		p.saw("write next", n, err)
		n, from, err := s.ReadFrom(b)
		p.saw("too long for the buffer", string(b[:n]), from, err)
		n, from, err = s.ReadFrom(b)
		p.saw("nothing", n, from, err)
		n, from, err = s.ReadFrom(nil)
		p.saw("no buffer", n, from, err)
		n, err = s.WriteTo([]byte("back"), from)
		p.saw("WriteTo", n, err)
		n, err = s.WriteTo(nil, from)
		p.saw("WriteTo of nothing", n, err)
		n, err = s.WriteTo([]byte("last"), from)
		p.saw("WriteTo again", n, err)
		n, err = c.Read(nil)
		p.saw("Read of nothing", n, err)
		n, err = c.Read(b)
		p.saw("Read", string(b[:n]), err)
		n, err = c.Read(b)
		p.saw("Read of an empty one", n, err)
		n, from, err = c.(net.PacketConn).ReadFrom(b)
		p.saw("ReadFrom of a connected one", string(b[:n]), from, err)
	}},
	{"long datagrams", func(p *parity) {
		c, s := p.connected()
		for _, size := range []int{65508, 100_000} {
			n, err := c.Write(make([]byte, size))
			p.saw("write", n, err)
			n, err = s.WriteTo(make([]byte, size), c.LocalAddr())
			p.saw("WriteTo", n, err)
		}
		n, err := c.Write(make([]byte, 8000))
		p.saw("eight thousand", n, err)
		b := make([]byte, 10000)
		s.SetReadDeadline(time.Now().Add(20 * pause))
		n, _, err = s.ReadFrom(b)
		p.saw("received", n, err)
	}},
	{"addresses of datagrams", func(p *parity) {
		c, s := p.connected()
		b := []byte("a")
		at := s.LocalAddr().(*net.UDPAddr)
		n, err := c.(net.PacketConn).WriteTo(b, at)
		p.saw("WriteTo of a connected one", n, err)
		loner := p.port(p.client, ":0")
		p.saw("RemoteAddr", loner.(net.Conn).RemoteAddr())
		n, err = loner.(net.Conn).Write(b)
		p.saw("Write without a peer", n, p.withoutSource(err))
		n, err = loner.WriteTo(b, &net.TCPAddr{IP: at.IP, Port: at.Port})
		p.saw("WriteTo a TCP address", n, p.withoutSource(err))
		n, err = loner.WriteTo(b, nil)
		p.saw("WriteTo nil", n, p.withoutSource(err))
		n, err = loner.WriteTo(b, (*net.UDPAddr)(nil))
		p.saw("WriteTo a nil UDP address", n, p.withoutSource(err))
		n, err = loner.WriteTo(b, &net.UDPAddr{IP: at.IP})
		p.saw("WriteTo port 0", n, p.withoutSource(err))
		n, err = loner.WriteTo(b, &net.UDPAddr{IP: net.IP{1, 2, 3}, Port: 7})
		p.saw("WriteTo half an address", n, p.withoutSource(err))
		n, err = loner.WriteTo(b, &net.UDPAddr{IP: at.IP.To16(), Port: at.Port})
		p.saw("WriteTo an address of 16 bytes", n, err)
		got := make([]byte, 1)
		n, from, err := s.ReadFrom(got)
		p.saw("it comes", n, err, from.(*net.UDPAddr).Zone)
		port := at.AddrPort()
		writer, ok := loner.(interface {
			WriteToUDPAddrPort([]byte, netip.AddrPort) (int, error)
		})
		p.saw("WriteToUDPAddrPort", ok)
		n, err = writer.WriteToUDPAddrPort(b, netip.AddrPortFrom(port.Addr().Unmap(), port.Port()))
		p.saw("WriteToUDPAddrPort", n, err)
		n, err = writer.WriteToUDPAddrPort(b, netip.AddrPort{})
		p.saw("WriteToUDPAddrPort of none", n, p.withoutSource(err))
		n, err = writer.WriteToUDPAddrPort(b, netip.MustParseAddrPort("[2001:db8::1]:7"))
		p.saw("WriteToUDPAddrPort of IPv6", n, p.withoutSource(err))
	}},
	{"UDP to the machine itself", func(p *parity) {
		s := p.port(p.client, "127.0.0.1:0")
		to := &net.UDPAddr{Port: s.LocalAddr().(*net.UDPAddr).Port}
		c := p.port(p.client, "127.0.0.1:0")
		n, err := c.WriteTo([]byte("a"), to)
		p.saw("WriteTo no host", n, err)
		s.SetReadDeadline(time.Now().Add(20 * pause))
		n, from, err := s.ReadFrom(make([]byte, 1))
		p.saw("received", n, err, from)
		n, err = c.WriteTo([]byte("a"), &net.UDPAddr{IP: net.IPv4zero, Port: to.Port})
		p.saw("WriteTo 0.0.0.0", n, err)
		n, from, err = s.ReadFrom(make([]byte, 1))
		p.saw("received from 0.0.0.0", n, err, from)
	}},
	{"connected UDP", func(p *parity) {
		c, s := p.connected()
		p.saw("addresses", c.LocalAddr(), c.RemoteAddr())
		stranger := p.port(p.server, p.ip+":0")
		n, err := stranger.WriteTo([]byte("stranger"), c.LocalAddr())
		p.saw("a stranger's", n, err)
		n, err = s.WriteTo([]byte("peer"), c.LocalAddr())
		p.saw("the peer's", n, err)
		b := make([]byte, 10)
		n, err = c.Read(b)
		p.saw("read", string(b[:n]), err)
	}},
	{"broadcast", func(p *parity) {
		s := p.port(p.server, ":0")
		c := p.port(p.client, ":0")
		to := &net.UDPAddr{IP: net.ParseIP(p.broadcast), Port: s.LocalAddr().(*net.UDPAddr).Port}
		n, err := c.WriteTo([]byte("to all"), to)
		p.saw("WriteTo", n, err)
		b := make([]byte, 10)
		s.SetReadDeadline(time.Now().Add(20 * pause))
		n, _, err = s.ReadFrom(b)
		p.saw("received", string(b[:n]), err == nil)
	}},
}

// withoutSource is an error of a port at any address, whose address is no matter.
func (p *parity) withoutSource(err error) error {
	if e, ok := err.(*net.OpError); ok && e.Source != nil {
		e.Source = &net.UDPAddr{}
	}
	return err
}
