package packetconn

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strings"
	"testing"

	"netxsim/netx/status"
	"netxsim/packetpool"
)

var _ net.Conn = (*Conn)(nil)

// A loop is a socket that receives what it has sent.
type loop struct {
	packets []*packetpool.Packet
	wait    uint32 // of the last Receive
	err     error  // of Send, and of Receive when nothing is there
}

func (l *loop) Send(packet *packetpool.Packet, _ uint32) error {
	if l.err != nil {
		return l.err
	}
	l.packets = append(l.packets, packet)
	return nil
}

func (l *loop) Receive(wait uint32) (*packetpool.Packet, error) {
	l.wait = wait
	if len(l.packets) == 0 {
		return nil, l.err
	}
	packet := l.packets[0]
	l.packets = l.packets[1:]
	return packet, nil
}

// newLoop makes a connection with itself over packets that take 100 bytes.
func newLoop(t *testing.T, packets int) (*Conn, *loop, *packetpool.Pool) {
	t.Helper()
	pool, err := packetpool.New(nil, packetpool.Config{
		Payload: 156, Target: packetpool.LP64, Size: packetpool.SizeFor(packetpool.LP64, 156, packets),
	})
	if err != nil {
		t.Fatal(err)
	}
	socket := new(loop)
	t.Cleanup(func() {
		if pool.Available() != pool.Total() {
			t.Errorf("%d of %d packets free", pool.Available(), pool.Total())
		}
	})
	now := uint32(0xFFFFFFFA) // the tick count runs over soon
	return New(Config{Socket: socket, Pool: pool, Room: 56, Ticks: func() uint32 { return now }}), socket, pool
}

// TestConn writes more than a packet takes and reads it in other pieces.
func TestConn(t *testing.T) {
	c, socket, pool := newLoop(t, 4)
	text := strings.Repeat("0123456789", 25)
	if n, err := c.Write([]byte(text)); n != 250 || err != nil || len(socket.packets) != 3 {
		t.Fatalf("wrote %d in %d packets, %v", n, len(socket.packets), err)
	}
	var got bytes.Buffer
	for i, want := range []int{60, 40, 60, 40, 50} {
		n, err := c.Read(make([]byte, 60))
		if n != want || err != nil {
			t.Errorf("read %d: %d bytes, %v; want %d", i+1, n, err, want)
		}
		got.WriteString(text[got.Len() : got.Len()+n])
	}
	if pool.Available() != pool.Total() {
		t.Error("the last packet is still held")
	}
}

// TestConnText reads what was written, through chains with empty packets.
func TestConnText(t *testing.T) {
	c, socket, pool := newLoop(t, 6)
	packet, err := pool.Allocate(56, 0)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Repeat("abcdefg", 40)
	if err := packet.Append([]byte(text), pool, 0); err != nil {
		t.Fatal(err)
	}
	packet.Length -= uint32(packet.AppendPtr - packet.PrependPtr)
	text = text[packet.AppendPtr-packet.PrependPtr:]
	packet.PrependPtr = packet.AppendPtr
	socket.packets = append(socket.packets, packet)
	got, err := io.ReadAll(io.LimitReader(c, int64(len(text))))
	if string(got) != text || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

// TestConnErrors checks which errors pass, and how long reading waits.
func TestConnErrors(t *testing.T) {
	c, socket, _ := newLoop(t, 1)
	for err, passing := range map[error]bool{status.NoPacket: true, status.TxWaitAborted: true, status.NotBound: false} {
		socket.err = err
		_, got := c.Read(make([]byte, 1))
		temporary, ok := got.(net.Error)
		if !errors.Is(got, err) || ok != passing || ok && !temporary.Timeout() {
			t.Errorf("%v: %v, passing %v", err, got, ok)
		}
		if _, err := c.Write([]byte("x")); !errors.Is(err, socket.err) {
			t.Errorf("write: %v", err)
		}
	}
	socket.err = status.NotConnected
	if _, err := c.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("end of connection: %v", err)
	}
	c.Until(4) // 10 ticks from now, behind the overflow
	c.Read(make([]byte, 1))
	if socket.wait != 10 {
		t.Errorf("waited %d ticks, want 10", socket.wait)
	}
	c.Until(0xFFFFFFF0)
	c.Read(make([]byte, 1))
	if socket.wait != 0 {
		t.Errorf("waited %d ticks for what is past", socket.wait)
	}
}
