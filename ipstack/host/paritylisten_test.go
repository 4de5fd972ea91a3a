package host_test

import (
	"net"
	"time"
)

// listened notes how a Listen went.
func (p *parity) listened(what string, l net.Listener, err error) {
	if err == nil {
		p.cleanup(func() { l.Close() })
	}
	p.saw(what, l != nil, err)
}

// opened notes how a ListenPacket went.
func (p *parity) opened(what string, c net.PacketConn, err error) {
	if err == nil {
		p.cleanup(func() { c.Close() })
	}
	p.saw(what, c != nil, err)
}

func setDeadline(l net.Listener, t time.Time) error {
	return l.(interface{ SetDeadline(time.Time) error }).SetDeadline(t)
}

// listenCases are listeners.
var listenCases = []parityCase{
	{"listen addresses", func(p *parity) {
		for _, address := range []string{
			"", ":", ":0", "127.0.0.1:0", "0.0.0.0:0", p.ip + ":0", "10.9.9.9:0", "10.9.9.9:70", "127.0.0.1", "127.0.0.1:65536", "127.0.0.1:-1",
			"127.0.0.1:nothing", "127.0.0.1:1:2",
		} {
			l, err := p.server.Listen("tcp4", address)
			p.listened("tcp "+address, l, err)
			c, err := p.server.ListenPacket("udp4", address)
			p.opened("udp "+address, c, err)
		}
		for _, network := range []string{"", "tcp5", "udp", "udp4", "TCP"} {
			l, err := p.server.Listen(network, ":0")
			p.listened("Listen "+network, l, err)
			l, err = p.server.Listen(network, "127.0.0.1:7070")
			p.listened("Listen 127.0.0.1:7070 "+network, l, err)
		}
		for _, network := range []string{"", "udp5", "tcp", "tcp4", "UDP"} {
			c, err := p.server.ListenPacket(network, ":0")
			p.opened("ListenPacket "+network, c, err)
			c, err = p.server.ListenPacket(network, "127.0.0.1:7070")
			p.opened("ListenPacket 127.0.0.1:7070 "+network, c, err)
		}
	}},
	{"listen twice", func(p *parity) {
		l, err := p.server.Listen("tcp4", p.ip+":0")
		p.fatal(err)
		defer l.Close()
		_, port, _ := net.SplitHostPort(l.Addr().String())
		again, err := p.server.Listen("tcp", l.Addr().String())
		p.listened("same address", again, err)
		again, err = p.server.Listen("tcp4", ":"+port)
		p.listened("any address", again, err)
		again, err = p.server.Listen("tcp4", "0.0.0.0:"+port)
		p.listened("0.0.0.0", again, err)
		c, err := p.server.ListenPacket("udp", l.Addr().String())
		p.opened("UDP", c, err)
		twice, err := p.server.ListenPacket("udp", l.Addr().String())
		p.opened("UDP twice", twice, err)
		twice, err = p.server.ListenPacket("udp4", ":"+port)
		p.opened("UDP at any address", twice, err)
		c.Close()
		c, err = p.server.ListenPacket("udp", l.Addr().String())
		p.opened("UDP again", c, err)
		l.Close()
		l, err = p.server.Listen("tcp", l.Addr().String())
		p.listened("again", l, err)
	}},
	{"listen on two addresses", func(p *parity) {
		l, err := p.client.Listen("tcp4", "127.0.0.1:0")
		p.fatal(err)
		defer l.Close()
		_, port, _ := net.SplitHostPort(l.Addr().String())
		other, err := p.client.Listen("tcp4", "127.0.0.2:"+port)
		p.listened("another address of loopback", other, err)
		c, err := p.client.Dial("tcp4", "127.0.0.2:"+port)
		p.dialled("dial another address of loopback", c, err)
	}},
	{"listener addresses", func(p *parity) {
		for _, address := range []string{":0", "0.0.0.0:0", p.ip + ":0"} {
			p.forget()
			l, err := p.server.Listen("tcp4", address)
			p.fatal(err)
			p.saw("listener "+address, l.Addr(), l.Addr().Network())
			l.Close()
			p.saw("closed listener "+address, l.Addr())
			c, err := p.server.ListenPacket("udp4", address)
			p.fatal(err)
			p.saw("port "+address, c.LocalAddr(), c.LocalAddr().Network())
			c.Close()
			p.saw("closed port "+address, c.LocalAddr())
		}
		client, server := p.pair()
		p.saw("client", client.LocalAddr(), client.RemoteAddr(), client.LocalAddr().Network())
		p.saw("server", server.LocalAddr(), server.RemoteAddr())
		client.Close()
		server.Close()
		p.saw("closed client", client.LocalAddr(), client.RemoteAddr())
		p.saw("closed server", server.LocalAddr(), server.RemoteAddr())
	}},
	{"accept", func(p *parity) {
		l, err := p.server.Listen("tcp", p.ip+":0")
		p.fatal(err)
		p.saw("past deadline", setDeadline(l, time.Unix(1, 0)))
		c, err := l.Accept()
		p.saw("accept behind it", c, err)
		c, err = l.Accept()
		p.saw("accept again", c, err)
		p.saw("near deadline", setDeadline(l, time.Now().Add(pause)))
		c, err = l.Accept()
		p.saw("accept until it", c, err)
		p.saw("no deadline", setDeadline(l, time.Time{}))
		p.later(func() { setDeadline(l, time.Now()) })
		c, err = l.Accept()
		p.saw("deadline while it waits", c, err)
		p.saw("no deadline again", setDeadline(l, time.Time{}))
		p.later(func() { l.Close() })
		c, err = l.Accept()
		p.saw("close while it waits", c, err)
		c, err = l.Accept()
		p.saw("accept when closed", c, err)
		p.saw("close again", l.Close())
		p.saw("deadline when closed", setDeadline(l, time.Now()))
	}},
	{"accept in the order of dialling", func(p *parity) {
		l, err := p.server.Listen("tcp", p.ip+":0")
		p.fatal(err)
		defer l.Close()
		for range 3 {
			c, err := p.client.Dial("tcp", l.Addr().String())
			p.fatal(err)
			p.cleanup(func() { c.Close() })
			p.saw("dialled", c.LocalAddr())
		}
		for range 3 {
			c, err := l.Accept()
			p.fatal(err)
			p.cleanup(func() { c.Close() })
			p.saw("accepted", c.RemoteAddr())
		}
	}},
	{"accept one that has gone", func(p *parity) {
		l, err := p.server.Listen("tcp", p.ip+":0")
		p.fatal(err)
		defer l.Close()
		c, err := p.client.Dial("tcp", l.Addr().String())
		p.fatal(err)
		c.Write([]byte("last words"))
		c.Close()
		p.settle()
		s := p.accept(l)
		b := make([]byte, 20)
		n, err := s.Read(b)
		p.saw("closed", string(b[:n]), err)
		n, err = s.Read(b)
		p.saw("closed, again", n, err)
		c, err = p.client.Dial("tcp", l.Addr().String())
		p.fatal(err)
		(&tcpConn{c}).setLinger(0)
		c.Close()
		p.settle()
		s = p.accept(l)
		n, err = s.Read(b)
		p.saw("reset", n, err)
	}},
	{"close a listener with clients", func(p *parity) {
		l, err := p.server.Listen("tcp", p.ip+":0")
		p.fatal(err)
		taken, err := p.client.Dial("tcp", l.Addr().String())
		p.fatal(err)
		defer taken.Close()
		s := p.accept(l)
		waiting, err := p.client.Dial("tcp", l.Addr().String())
		p.fatal(err)
		defer waiting.Close()
		p.settle()
		p.saw("close", l.Close())
		n, err := waiting.Read(make([]byte, 1))
		p.saw("one that was not accepted", n, err)
		again, err := p.server.Listen("tcp", l.Addr().String())
		p.listened("listening again with a connection open", again, err)
		s.Write([]byte("still here"))
		b := make([]byte, 10)
		n, err = taken.Read(b)
		p.saw("one that was accepted", string(b[:n]), err)
		s.Close()
		p.settle()
		again.Close()
		again, err = p.server.Listen("tcp", l.Addr().String())
		p.listened("listening again behind TIME_WAIT", again, err)
	}},
}

func (p *parity) accept(l net.Listener) net.Conn {
	p.t.Helper()
	c, err := l.Accept()
	p.fatal(err)
	p.cleanup(func() { c.Close() })
	return c
}
