package host_test

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestPacketConn is to UDP ports what nettest's TestConn is to connections.
func TestPacketConn(t *testing.T) {
	for _, test := range []struct {
		name string
		run  func(t *testing.T, c1, c2 net.PacketConn)
	}{
		{"BasicIO", testPacketIO},
		{"PingPong", testPacketPingPong},
		{"Truncated", testPacketTruncated},
		{"Empty", testPacketEmpty},
		{"TooLong", testPacketTooLong},
		{"PastTimeout", testPacketPastTimeout},
		{"PresentTimeout", testPacketPresentTimeout},
		{"FutureTimeout", testPacketFutureTimeout},
		{"Close", testPacketClose},
		{"ConcurrentMethods", testPacketConcurrent},
		{"Addresses", testPacketAddresses},
	} {
		t.Run(test.name, func(t *testing.T) {
			pairs(t, func(t *testing.T, server, client machine) {
				c1, c2 := listenPacket(t, server), listenPacket(t, client)
				defer c1.Close()
				defer c2.Close()
				test.run(t, c1, c2)
			})
		})
	}
}

func listenPacket(t *testing.T, on machine) net.PacketConn {
	t.Helper()
	c, err := on.ListenPacket("udp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// echoPackets sends back what arrives until the port is closed.
func echoPackets(c net.PacketConn) {
	b := make([]byte, 2048)
	for {
		n, from, err := c.ReadFrom(b)
		if err != nil {
			return
		}
		c.WriteTo(b[:n], from)
	}
}

func testPacketIO(t *testing.T, c1, c2 net.PacketConn) {
	go echoPackets(c2)
	for i := range 50 {
		sent := bytes.Repeat([]byte{byte(i)}, 29*i+1)
		exchange(t, c1, c2.LocalAddr(), sent)
	}
}

// exchange sends a datagram and wants it back.
func exchange(t *testing.T, c net.PacketConn, to net.Addr, sent []byte) {
	t.Helper()
	if n, err := c.WriteTo(sent, to); n != len(sent) || err != nil {
		t.Fatalf("WriteTo: %d of %d, %v", n, len(sent), err)
	}
	got := make([]byte, 2048)
	n, from, err := c.ReadFrom(got)
	if err != nil || !bytes.Equal(got[:n], sent) || from.String() != to.String() {
		t.Fatalf("ReadFrom: %d bytes from %v, %v; want %d from %v", n, from, err, len(sent), to)
	}
}

func testPacketPingPong(t *testing.T, c1, c2 net.PacketConn) {
	go echoPackets(c2)
	begin := time.Now()
	for i := range 500 {
		exchange(t, c1, c2.LocalAddr(), fmt.Append(nil, i))
	}
	// ARP takes one round more.
	took(t, "500 rounds", begin, 1002*time.Millisecond)
}

func testPacketTruncated(t *testing.T, c1, c2 net.PacketConn) {
	c1.WriteTo([]byte("0123456789"), c2.LocalAddr())
	c1.WriteTo([]byte("next"), c2.LocalAddr())
	b := make([]byte, 4)
	for _, want := range []string{"0123", "next"} {
		if n, _, err := c2.ReadFrom(b); string(b[:n]) != want || err != nil {
			t.Errorf("ReadFrom: %q, %v; want %q", b[:n], err, want)
		}
	}
}

func testPacketEmpty(t *testing.T, c1, c2 net.PacketConn) {
	go echoPackets(c2)
	exchange(t, c1, c2.LocalAddr(), nil)
}

func testPacketTooLong(t *testing.T, c1, c2 net.PacketConn) {
	n, err := c1.WriteTo(make([]byte, 65508), c2.LocalAddr())
	if n != 0 || !errors.Is(err, syscall.EMSGSIZE) {
		t.Errorf("WriteTo: %d, %v", n, err)
	}
}

// wantTimeout reports an error that is not a deadline's.
func wantTimeout(t *testing.T, what string, err error) {
	t.Helper()
	if timeout, ok := errors.AsType[net.Error](err); !ok || !timeout.Timeout() || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%s: %v, want a time-out", what, err)
	}
}

func testPacketPastTimeout(t *testing.T, c1, c2 net.PacketConn) {
	go echoPackets(c2)
	exchange(t, c1, c2.LocalAddr(), []byte("a"))
	c1.SetDeadline(time.Unix(1, 0))
	_, err := c1.WriteTo([]byte("b"), c2.LocalAddr())
	wantTimeout(t, "WriteTo", err)
	_, _, err = c1.ReadFrom(make([]byte, 1))
	wantTimeout(t, "ReadFrom", err)
	c1.SetDeadline(time.Time{})
	exchange(t, c1, c2.LocalAddr(), []byte("c"))
}

func testPacketPresentTimeout(t *testing.T, c1, c2 net.PacketConn) {
	begin := time.Now()
	time.AfterFunc(100*time.Millisecond, func() { c1.SetReadDeadline(time.Unix(1, 0)) })
	_, _, err := c1.ReadFrom(make([]byte, 1))
	wantTimeout(t, "ReadFrom", err)
	took(t, "ReadFrom", begin, 100*time.Millisecond)
}

func testPacketFutureTimeout(t *testing.T, c1, c2 net.PacketConn) {
	begin := time.Now()
	c1.SetDeadline(begin.Add(100 * time.Millisecond))
	_, _, err := c1.ReadFrom(make([]byte, 1))
	wantTimeout(t, "ReadFrom", err)
	took(t, "ReadFrom", begin, 100*time.Millisecond)
	_, err = c1.WriteTo([]byte("a"), c2.LocalAddr())
	wantTimeout(t, "WriteTo", err)
}

func testPacketClose(t *testing.T, c1, c2 net.PacketConn) {
	begin := time.Now()
	time.AfterFunc(100*time.Millisecond, func() { c1.Close() })
	_, _, err := c1.ReadFrom(make([]byte, 1))
	if !errors.Is(err, net.ErrClosed) {
		t.Errorf("ReadFrom: %v", err)
	}
	took(t, "ReadFrom", begin, 100*time.Millisecond)
	if _, err := c1.WriteTo([]byte("a"), c2.LocalAddr()); !errors.Is(err, net.ErrClosed) {
		t.Errorf("WriteTo: %v", err)
	}
	if err := c1.Close(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Close: %v", err)
	}
	if err := c1.SetDeadline(time.Now()); !errors.Is(err, net.ErrClosed) {
		t.Errorf("SetDeadline: %v", err)
	}
}

// testPacketConcurrent is for the race detector.
func testPacketConcurrent(t *testing.T, c1, c2 net.PacketConn) {
	go echoPackets(c2)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() { c1.ReadFrom(make([]byte, 1024)) })
		wg.Go(func() { c1.WriteTo(make([]byte, 1024), c2.LocalAddr()) })
		wg.Go(func() { c1.SetDeadline(time.Now().Add(10 * time.Millisecond)) })
		wg.Go(func() { c1.SetReadDeadline(time.Unix(1, 0)) })
		wg.Go(func() { c1.SetWriteDeadline(time.Unix(1, 0)) })
		wg.Go(func() { c1.LocalAddr() })
	}
	wg.Wait()
	// What is still on its way comes back first.
	c1.SetDeadline(time.Now().Add(time.Second))
	for b := make([]byte, 1024); ; {
		if _, _, err := c1.ReadFrom(b); err != nil {
			break
		}
	}
	c1.SetDeadline(time.Time{})
	exchange(t, c1, c2.LocalAddr(), []byte("still works"))
}

func testPacketAddresses(t *testing.T, c1, c2 net.PacketConn) {
	local, ok := c1.LocalAddr().(*net.UDPAddr)
	if !ok || local.Port == 0 || local.IP.IsUnspecified() {
		t.Errorf("LocalAddr %v", c1.LocalAddr())
	}
	if _, err := c1.WriteTo([]byte("a"), &net.TCPAddr{IP: local.IP, Port: 1}); err == nil {
		t.Error("WriteTo a TCP address: no error")
	}
}

// TestConnectedUDP dials a UDP port, whose Conn hears its peer only.
func TestConnectedUDP(t *testing.T) {
	pairs(t, func(t *testing.T, server, client machine) {
		c := listenPacket(t, server)
		defer c.Close()
		go echoPackets(c)
		conn, err := client.Dial("udp", c.LocalAddr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		stranger := listenPacket(t, server)
		defer stranger.Close()
		to := &net.UDPAddr{IP: net.ParseIP(conn.LocalAddr().(*net.UDPAddr).IP.String()), Port: conn.LocalAddr().(*net.UDPAddr).Port}
		if _, err := stranger.WriteTo([]byte("not for you"), to); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		if _, err := conn.Write([]byte("hello")); err != nil {
			t.Fatal(err)
		}
		b := make([]byte, 100)
		if n, err := conn.Read(b); err != nil || string(b[:n]) != "hello" {
			t.Errorf("Read: %q, %v", b[:n], err)
		}
		if got, want := conn.RemoteAddr().String(), c.LocalAddr().String(); got != want {
			t.Errorf("RemoteAddr %s, want %s", got, want)
		}
	})
}
