package host_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"time"
)

// refused returns the address of a port that nobody listens at.
func (p *parity) refused() string {
	l, err := p.server.Listen("tcp", p.ip+":0")
	p.fatal(err)
	l.Close()
	return l.Addr().String()
}

// listening returns the address of a port where nobody accepts.
func (p *parity) listening() string {
	l, err := p.server.Listen("tcp", p.ip+":0")
	p.fatal(err)
	p.cleanup(func() { l.Close() })
	return l.Addr().String()
}

// dialled notes how a dial went.
func (p *parity) dialled(what string, c net.Conn, err error) {
	if c != nil {
		p.cleanup(func() { c.Close() })
	}
	p.saw(what, c != nil, err)
}

// timedOut notes how a dial ended that had waited.
func (p *parity) timedOut(what string, c net.Conn, err error) {
	p.sawOneOf(what, err, "package net has a deadline for the socket and one for the context, at one instant", os.ErrDeadlineExceeded, context.DeadlineExceeded)
	limited, ok := errors.AsType[net.Error](err)
	p.saw(what+", in words", c != nil, fmt.Sprint(err), p.chain(err), ok && limited.Timeout())
}

// dialCases are the ways to dial.
var dialCases = []parityCase{
	{"dial refused", func(p *parity) {
		address := p.refused()
		c, err := p.client.Dial("tcp", address)
		p.dialled("tcp", c, err)
		c, err = p.client.Dial("tcp4", address)
		p.dialled("tcp4", c, err)
		c, err = p.client.Dial("tcp", p.ip+":0")
		p.dialled("port 0", c, err)
	}},
	{"dial with a context that is over", func(p *parity) {
		canceled, cancel := context.WithCancel(context.Background())
		cancel()
		expired, stop := context.WithTimeout(context.Background(), -time.Second)
		defer stop()
		address := p.listening()
		for _, network := range []string{"tcp", "udp"} {
			c, err := p.client.DialContext(canceled, network, address)
			p.dialled(network+" canceled", c, err)
			c, err = p.client.DialContext(expired, network, address)
			p.dialled(network+" expired", c, err)
		}
		c, err := p.client.DialTimeout("tcp", address, -time.Second)
		p.dialled("DialTimeout of less", c, err)
		c, err = p.client.DialTimeout("tcp", address, time.Hour)
		p.dialled("DialTimeout of an hour", c, err)
		c, err = p.client.DialTimeout("udp", address, time.Hour)
		p.dialled("DialTimeout with UDP", c, err)
	}},
	{"dial while a context ends", func(p *parity) {
		address := p.silent()
		ctx, cancel := context.WithCancel(context.Background())
		p.later(cancel)
		c, err := p.client.DialContext(ctx, "tcp", address)
		p.dialled("canceled", c, err)
		ctx, cancel = context.WithTimeout(context.Background(), pause)
		defer cancel()
		c, err = p.client.DialContext(ctx, "tcp", address)
		p.timedOut("expired", c, err)
		begin := time.Now()
		c, err = p.client.DialTimeout("tcp", address, pause)
		p.timedOut("DialTimeout", c, err)
		p.saw("time", time.Since(begin) >= pause)
		why, end := context.WithCancelCause(context.Background())
		p.later(func() { end(net.ErrClosed) })
		c, err = p.client.DialContext(why, "tcp", address)
		p.dialled("canceled with a cause", c, err)
	}},
	{"dial addresses", func(p *parity) {
		for _, address := range []string{
			"", "127.0.0.1", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:99999999999999999999", "127.0.0.1:+x", "127.0.0.1:nothing",
			"127.0.0.1:1:2", "[127.0.0.1:1", "127.0.0.1]:1", "::1:7", "a b:",
		} {
			for _, network := range []string{"tcp", "udp"} {
				c, err := p.client.Dial(network, address)
				p.dialled(network+" "+address, c, err)
			}
		}
		for _, network := range []string{"", "tcp5", "http", "TCP", "tcp:", "udp4:x"} {
			c, err := p.client.Dial(network, "127.0.0.1:7")
			p.dialled("network "+network, c, err)
		}
	}},
	{"dial no host", func(p *parity) {
		l, err := p.client.Listen("tcp", "127.0.0.1:0")
		p.fatal(err)
		defer l.Close()
		_, port, _ := net.SplitHostPort(l.Addr().String())
		for _, host := range []string{"", "0.0.0.0", "localhost"} {
			c, err := p.client.Dial("tcp4", host+":"+port)
			p.dialled("tcp "+host, c, err)
			if err == nil {
				p.saw("tcp addresses "+host, c.LocalAddr(), c.RemoteAddr())
			}
			c, err = p.client.Dial("udp4", host+":"+port)
			p.dialled("udp "+host, c, err)
			if err == nil {
				p.saw("udp addresses "+host, c.LocalAddr(), c.RemoteAddr())
			}
		}
		l.Close()
		c, err := p.client.Dial("tcp4", ":"+port)
		p.dialled("refused", c, err)
		c, err = p.client.Dial("tcp4", "0.0.0.0:"+port)
		p.dialled("refused by 0.0.0.0", c, err)
	}},
	{"dial UDP", func(p *parity) {
		c, err := p.client.Dial("udp", p.ip+":9")
		p.dialled("udp", c, err)
		p.saw("addresses", c.LocalAddr(), c.RemoteAddr())
		c, err = p.client.Dial("udp", p.ip+":0")
		p.dialled("port 0", c, err)
		if err == nil {
			n, err := c.Write([]byte("a"))
			p.saw("write to port 0", n, err)
		}
	}},
	{"dial by many at a time", func(p *parity) {
		l, err := p.server.Listen("tcp", p.ip+":0")
		p.fatal(err)
		defer l.Close()
		const many = 20
		dialled := make(chan error)
		for range many {
			go func() {
				c, err := p.client.Dial("tcp", l.Addr().String())
				if err == nil {
					defer c.Close()
					_, err = c.Read(make([]byte, 1))
				}
				dialled <- err
			}()
		}
		ports := map[string]bool{}
		for range many {
			c, err := l.Accept()
			p.fatal(err)
			ports[c.RemoteAddr().String()] = true
			c.Close()
		}
		p.saw("ports", len(ports))
		for range many {
			if err := <-dialled; err.Error() != "EOF" {
				p.t.Error(err)
			}
		}
	}},
}
