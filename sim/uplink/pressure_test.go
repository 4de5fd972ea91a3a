package uplink_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"netxsim/ipstack"
	"netxsim/packetpool"
	"netxsim/sim"
	"netxsim/sim/uplink"
)

// smallBuffers has the machine buffer little, so that what is measured is what
// the uplink lets through.
func smallBuffers(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if err == nil {
		err = errors.Join(conn.(*net.TCPConn).SetReadBuffer(64<<10), conn.(*net.TCPConn).SetWriteBuffer(64<<10))
	}
	return conn, err
}

// volume is more than all buffers on the way take together, in bytes.
const volume = 8 << 20

// connect opens a connection of the target to the echo port.
func (n *network) connect() (*ipstack.TCPSocket, error) {
	socket, err := n.target.NewTCPSocket(ipstack.TCPSocketConfig{Name: "client", Window: 8 * 1460})
	if err != nil {
		return nil, err
	}
	return socket, errors.Join(socket.Bind(0, sim.NoWait), socket.Connect(uplinkAddr, 7, 500))
}

func hangUp(socket *ipstack.TCPSocket) error {
	return errors.Join(socket.Disconnect(500), socket.Unbind(), socket.Delete())
}

// TestSlowReader has a target that does not read: the server of the machine
// must not get rid of its bytes until it does.
func TestSlowReader(t *testing.T) {
	stalled := make(chan error, 1)
	n := newNetwork(t, uplink.Config{Dial: smallBuffers})
	text := noise(volume)
	n.uplink.Forward(7, serve(t, func(c *net.TCPConn) {
		_ = c.SetWriteBuffer(64 << 10)
		_ = c.SetWriteDeadline(time.Now().Add(200 * time.Millisecond))
		sent, err := c.Write(text)
		t.Logf("%d bytes sent to a reader that does not read", sent)
		stalled <- err
		_ = c.SetWriteDeadline(time.Time{})
		_, _ = c.Write(text[sent:])
	}))
	n.runTarget(func() error {
		socket, err := n.connect()
		if err != nil {
			return err
		}
		if err := n.await(stalled, os.ErrDeadlineExceeded); err != nil {
			return err
		}
		began := n.kernel.Now()
		for at := 0; at < volume; {
			packet, err := socket.Receive(500)
			if err != nil {
				return fmt.Errorf("at byte %d: %w", at, err)
			}
			for p := packet; p != nil; p = p.Next {
				if string(p.Bytes()) != string(text[at:at+len(p.Bytes())]) {
					return fmt.Errorf("other bytes from %d on", at)
				}
				at += len(p.Bytes())
			}
			if err := packet.Release(); err != nil {
				return err
			}
		}
		t.Logf("then %.1f MB/s", volume/1e6/(n.kernel.Now()-began).Seconds())
		return hangUp(socket)
	})
}

// TestSlowServer has a server of the machine that does not read: the target
// must not get rid of its bytes until it does.
func TestSlowServer(t *testing.T) {
	read, got := make(chan struct{}), make(chan error, 1)
	n := newNetwork(t, uplink.Config{Dial: smallBuffers})
	n.uplink.Forward(7, serve(t, func(c *net.TCPConn) {
		_ = c.SetReadBuffer(64 << 10)
		<-read
		count, err := io.Copy(io.Discard, c)
		if count != volume {
			err = errors.Join(err, fmt.Errorf("%d bytes came, want %d", count, volume))
		}
		got <- err
	}))
	n.runTarget(func() error {
		socket, err := n.connect()
		if err != nil {
			return err
		}
		sent, err := send(socket, volume, 30)
		if err == nil {
			return errors.New("nothing stopped the sender")
		}
		t.Logf("%d bytes sent to a server that does not read", sent)
		close(read)
		if _, err := send(socket, volume-sent, 1000); err != nil {
			return err
		}
		return errors.Join(hangUp(socket), n.await(got, nil))
	})
}

// send sends so many bytes in packets, each within the given ticks.
func send(socket *ipstack.TCPSocket, bytes int, wait uint32) (sent int, err error) {
	pool := socket.IP().DefaultPool()
	for sent < bytes {
		packet, err := pool.Allocate(56, wait)
		if err != nil {
			return sent, err
		}
		size := min(1460, bytes-sent)
		if err := fillAndSend(socket, packet, make([]byte, size), wait); err != nil {
			sent += size - int(packet.Length) // NetX may have sent the front of it
			return sent, errors.Join(err, packet.Release())
		}
		sent += size
	}
	return sent, nil
}

func fillAndSend(socket *ipstack.TCPSocket, packet *packetpool.Packet, text []byte, wait uint32) error {
	if err := packet.Append(text, socket.IP().DefaultPool(), sim.NoWait); err != nil {
		return err
	}
	return socket.Send(packet, wait)
}
