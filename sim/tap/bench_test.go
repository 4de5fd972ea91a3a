//go:build linux

package tap_test

import (
	"io"
	"net"
	"testing"
	"time"

	"netxsim/sim"
)

const (
	bulkPort   = 5001
	bulkWindow = 65535
)

// BenchmarkReceive sends data from a socket of Linux to an NX_IP, every packet charged. Its peer is BenchmarkBareReceive.
func BenchmarkReceive(b *testing.B) {
	n := newNetwork(b, 200)
	n.thread("device", func() error {
		s, err := n.accept(bulkPort, bulkWindow)
		if err != nil {
			return err
		}
		if err := receive(s, func([]byte) {}, b.N*bulkBlock); err != nil {
			return err
		}
		return n.closeServer(s, bulkPort)
	})
	n.outside("sender", func() error { return sendBulk(b, nxAddress) })
	n.run()
}

// BenchmarkSend sends data from an NX_IP to a socket of Linux. Its peer is BenchmarkBareSend.
func BenchmarkSend(b *testing.B) {
	n := newNetwork(b, 200)
	listener := listenBulk(b)
	n.outside("receiver", func() error { return receiveBulk(b, listener) })
	n.thread("device", func() error {
		s, err := n.connect(bulkPort, bulkWindow)
		if err != nil {
			return err
		}
		data := make([]byte, bulkBlock)
		for range b.N {
			if err := n.send(s, data); err != nil {
				return err
			}
		}
		if err := s.Disconnect(sim.WaitForever); err != nil {
			return err
		}
		return s.Unbind()
	})
	n.run()
}

// bulkBlock is the number of bytes that one iteration moves.
const bulkBlock = 10 * 1460

// sendBulk is the sending program of Linux.
func sendBulk(b *testing.B, to string) error {
	conn, err := net.DialTimeout("tcp", net.JoinHostPort(to, "5001"), 10*time.Second)
	if err != nil {
		return err
	}
	defer conn.Close()
	block := make([]byte, bulkBlock)
	b.SetBytes(bulkBlock)
	b.ResetTimer()
	for range b.N {
		if _, err := conn.Write(block); err != nil {
			return err
		}
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, conn) // until the peer has read all and closes
	b.StopTimer()
	return err
}

func listenBulk(b *testing.B) net.Listener {
	listener, err := net.Listen("tcp", linuxAddress+":5001")
	check(b, err)
	b.Cleanup(func() { listener.Close() })
	return listener
}

// receiveBulk is the receiving program of Linux.
func receiveBulk(b *testing.B, listener net.Listener) error {
	conn, err := listener.Accept()
	if err != nil {
		return err
	}
	defer conn.Close()
	b.SetBytes(bulkBlock)
	b.ResetTimer()
	_, err = io.CopyN(io.Discard, conn, int64(b.N)*bulkBlock)
	b.StopTimer()
	return err
}
