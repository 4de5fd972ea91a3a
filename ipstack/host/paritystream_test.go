package host_test

import (
	"bytes"
	"io"
	"net"
	"slices"
	"sync"
	"syscall"
	"time"
)

// fill writes until the peer's window and our buffers are full, and returns what ended it.
func fill(c net.Conn) (written int, err error) {
	b := make([]byte, 64<<10)
	for err == nil {
		var n int
		n, err = c.Write(b)
		written += n
	}
	return written, err
}

// readAll reads a text until the end.
func readAll(r io.Reader) (string, error) {
	b, err := io.ReadAll(r)
	return string(b), err
}

// writeUntilError writes until that fails, which is when the peer's reset has come.
func (p *parity) writeUntilError(c net.Conn) error {
	for range 1000 {
		if _, err := c.Write([]byte("a")); err != nil {
			return err
		}
		time.Sleep(time.Millisecond)
	}
	return nil
}

// streamCases are what happens on connections.
var streamCases = []parityCase{
	{"a closed connection", func(p *parity) {
		c, _ := p.pair()
		p.saw("close", c.Close())
		p.saw("close again", c.Close())
		b := make([]byte, 1)
		n, err := c.Read(b)
		p.saw("read", n, err)
		n, err = c.Read(nil)
		p.saw("read nothing", n, err)
		n, err = c.Write(b)
		p.saw("write", n, err)
		n, err = c.Write(nil)
		p.saw("write nothing", n, err)
		p.saw("SetDeadline", c.SetDeadline(time.Now()))
		p.saw("SetReadDeadline", c.SetReadDeadline(time.Time{}))
		p.saw("SetWriteDeadline", c.SetWriteDeadline(time.Now()))
		p.saw("CloseRead", c.closeRead())
		p.saw("CloseWrite", c.closeWrite())
		p.saw("SetLinger", c.setLinger(0))
		o := c.Conn.(tcpOptions)
		p.saw("SetWriteBuffer", o.SetWriteBuffer(1))
		p.saw("SetReadBuffer", o.SetReadBuffer(1))
		p.saw("SetNoDelay", o.SetNoDelay(true))
		p.saw("SetKeepAlive", o.SetKeepAlive(true))
		p.saw("SetKeepAlivePeriod", o.SetKeepAlivePeriod(time.Second))
		p.saw("SetKeepAliveConfig", o.SetKeepAliveConfig(net.KeepAliveConfig{Enable: true}))
	}},
	{"close while a call waits", func(p *parity) {
		c, s := p.pair()
		p.later(func() { c.Close() })
		n, err := c.Read(make([]byte, 1))
		p.saw("read", n, err)
		s.Close()
		c, s = p.pair()
		p.later(func() { c.Close() })
		_, err = fill(c)
		p.saw("write", err)
		s.Close()
	}},
	{"deadlines", func(p *parity) {
		c, s := p.pair()
		b := make([]byte, 10)
		p.saw("past", c.SetDeadline(time.Unix(1, 0)))
		n, err := c.Read(b)
		p.saw("past read", n, err)
		n, err = c.Read(nil)
		p.saw("past read of nothing", n, err)
		n, err = c.Write(b)
		p.saw("past write", n, err)
		n, err = c.Write(nil)
		p.saw("past write of nothing", n, err)
		s.Write([]byte("hello"))
		p.settle()
		n, err = c.Read(b)
		p.saw("past read though there is something", n, err)
		p.saw("cleared", c.SetDeadline(time.Time{}))
		n, err = c.Read(b)
		p.saw("cleared read", string(b[:n]), err)
		p.saw("near", c.SetReadDeadline(time.Now().Add(pause)))
		n, err = c.Read(b)
		p.saw("near read", n, err)
		n, err = c.Write([]byte("a"))
		p.saw("write behind the read deadline", n, err)
		c.SetReadDeadline(time.Time{})
		p.later(func() { c.SetReadDeadline(time.Now()) })
		n, err = c.Read(b)
		p.saw("set while it waits", n, err)
		begin := time.Now()
		c.SetReadDeadline(begin.Add(2 * pause))
		p.later(func() { c.SetReadDeadline(begin.Add(4 * pause)) })
		n, err = c.Read(b)
		p.saw("extended while it waits", n, err, time.Since(begin) >= 4*pause)
		c.SetReadDeadline(time.Now().Add(2 * pause))
		p.later(func() { c.SetReadDeadline(time.Time{}) })
		time.AfterFunc(4*pause, func() { s.Write([]byte("late")) })
		n, err = c.Read(b)
		p.saw("cleared while it waits", string(b[:n]), err)
		c.SetWriteDeadline(time.Now().Add(pause))
		n, err = fill(c)
		p.saw("write", n > 0, err)
	}},
	{"nothing read and written", func(p *parity) {
		c, s := p.pair()
		n, err := c.Read(nil)
		p.saw("read", n, err)
		n, err = c.Write(nil)
		p.saw("write", n, err)
		s.Close()
		p.settle()
		n, err = c.Read(nil)
		p.saw("read behind the end", n, err)
		n, err = c.Read(make([]byte, 1))
		p.saw("the end", n, err)
		n, err = c.Read(nil)
		p.saw("read behind it", n, err)
		c.closeWrite()
		n, err = c.Write(nil)
		p.saw("write behind our own", n, err)
		c.closeRead()
		n, err = c.Read(nil)
		p.saw("read of what is closed for reading", n, err)
	}},
	{"the peer has closed", func(p *parity) {
		c, s := p.pair()
		s.Write([]byte("bye"))
		s.Close()
		b := make([]byte, 10)
		n, err := io.ReadFull(c, b[:3])
		p.saw("read", string(b[:n]), err)
		for range 3 {
			n, err = c.Read(b)
			p.saw("end", n, err)
		}
		n, err = c.Write([]byte("a"))
		p.saw("first write", n, err)
		p.sawOneOf("next write", p.writeUntilError(c), "the reset may come behind the first write's return", syscall.EPIPE, syscall.ECONNRESET)
		n, err = c.Write([]byte("a"))
		p.saw("write behind it", n, err)
		n, err = c.Read(b)
		p.saw("read behind it", n, err)
		p.saw("close", c.Close())
	}},
	{"the peer has reset", func(p *parity) {
		c, s := p.pair()
		s.setLinger(0)
		p.later(func() { s.Close() })
		b := make([]byte, 10)
		n, err := c.Read(b)
		p.saw("read", n, err)
		n, err = c.Read(b)
		p.saw("read again", n, err)
		n, err = c.Write(b)
		p.saw("write", n, err)
		n, err = c.Write(b)
		p.saw("write again", n, err)
		p.saw("CloseWrite", c.closeWrite())
		p.saw("CloseRead", c.closeRead())
		p.saw("close", c.Close())

		c, s = p.pair()
		s.setLinger(0)
		p.later(func() { s.Close() })
		_, err = fill(c)
		p.saw("write that waits", err)
		n, err = c.Write(b)
		p.saw("write behind it", n, err)
		n, err = c.Read(b)
		p.saw("read behind it", n, err)

		c, s = p.pair()
		s.Write([]byte("unread"))
		p.settle()
		s.setLinger(0)
		s.Close()
		p.settle()
		n, err = c.Read(b)
		p.saw("read of what came before the reset", n, err)
		n, err = c.Read(b)
		p.saw("read once more", n, err)
	}},
	{"close with something unread", func(p *parity) {
		c, s := p.pair()
		c.Write([]byte("unread"))
		p.settle()
		s.Close()
		n, err := c.Read(make([]byte, 1))
		p.saw("read", n, err)
	}},
	{"half closed", func(p *parity) {
		c, s := p.pair()
		p.saw("CloseWrite", c.closeWrite())
		n, err := c.Write([]byte("a"))
		p.saw("write", n, err)
		p.saw("CloseWrite again", c.closeWrite())
		got, err := readAll(s)
		p.saw("the peer's read", got, err)
		s.Write([]byte("the other half"))
		p.saw("the peer's CloseWrite", s.closeWrite())
		got, err = readAll(c)
		p.saw("read", got, err)
		p.settle()
		n, err = c.Write([]byte("a"))
		p.saw("write with both closed", n, err)
		p.saw("CloseWrite with both closed", c.closeWrite())
		p.saw("the peer's CloseWrite with both closed", s.closeWrite())
		p.saw("CloseRead with both closed", c.closeRead())
		p.saw("SetLinger with both closed", c.setLinger(0))
		p.saw("close", c.Close())
		p.saw("the peer's close", s.Close())
	}},
	{"closed for reading", func(p *parity) {
		c, s := p.pair()
		p.later(func() { c.closeRead() })
		b := make([]byte, 10)
		n, err := c.Read(b)
		p.saw("read that waits", n, err)
		n, err = c.Read(b)
		p.saw("read", n, err)
		n, err = c.Write([]byte("a"))
		p.saw("write", n, err)
		n, err = s.Read(b)
		p.saw("the peer's read", string(b[:n]), err)
		p.saw("CloseRead again", c.closeRead())

		c, s = p.pair()
		s.Write([]byte("before"))
		p.settle()
		p.saw("CloseRead with something unread", c.closeRead())
		n, err = c.Read(b)
		p.saw("read of what came before", string(b[:n]), err)
		n, err = c.Read(b)
		p.saw("read behind it", n, err)
		n, err = s.Write([]byte("after"))
		p.saw("the peer's write", n, err)
		p.settle()
		n, err = c.Read(b)
		p.saw("read of what came after", string(b[:n]), err)
		n, err = c.Write([]byte("a"))
		p.saw("write after all", n, err)
	}},
	{"lingering", func(p *parity) {
		c, s := p.pair()
		p.saw("SetLinger", c.setLinger(0), c.setLinger(-1))
		c.Close()
		n, err := s.Read(make([]byte, 1))
		p.saw("changed one's mind", n, err)
		c, s = p.pair()
		p.saw("SetLinger for ten seconds", c.setLinger(0), c.setLinger(10))
		c.Write([]byte("a"))
		c.Close()
		got, err := readAll(s)
		p.saw("read", got, err)
	}},
	{"writers at a time", func(p *parity) {
		c, s := p.pair()
		const size, writers = 100_000, 3
		var wg sync.WaitGroup
		for i := range writers {
			wg.Go(func() {
				n, err := c.Write(bytes.Repeat([]byte{'a' + byte(i)}, size))
				if n != size || err != nil {
					p.t.Error(n, err)
				}
			})
		}
		got := make([]byte, size*writers)
		n, err := io.ReadFull(s, got)
		wg.Wait()
		runs := slices.Compact(slices.Clone(got))
		p.saw("read", n, err, len(runs))
	}},
	{"copying", func(p *parity) {
		c, s := p.pair()
		text := bytes.Repeat([]byte("0123456789"), 10_000)
		go func() {
			io.Copy(s, s)
			s.closeWrite()
		}()
		var n int64
		var err error
		done := make(chan struct{})
		go func() {
			defer close(done)
			n, err = io.Copy(c, bytes.NewReader(text))
			c.closeWrite()
		}()
		var got bytes.Buffer
		back, readErr := io.Copy(&got, c)
		<-done
		p.saw("sent", n, err)
		p.saw("came back", back, readErr, bytes.Equal(got.Bytes(), text))
		_, err = io.Copy(c, bytes.NewReader(text))
		p.saw("behind the end", err)
	}},
	{"buffers", func(p *parity) {
		c, s := p.pair()
		buffers := net.Buffers{[]byte("one "), nil, []byte("two "), []byte("three")}
		n, err := buffers.WriteTo(c)
		p.saw("written", n, err, len(buffers))
		c.closeWrite()
		got, err := readAll(s)
		p.saw("read", got, err)
		buffers = net.Buffers{[]byte("one "), []byte("two ")}
		n, err = buffers.WriteTo(c)
		p.saw("behind the end", n, err, len(buffers))
	}},
}
