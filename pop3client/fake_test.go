package pop3client

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"

	"netxsim/netx/status"
	"netxsim/packetpool"
)

// A fakeServer is a connection with a server on the other end, without a
// network: each segment it sends arrives as one packet, chained where it does
// not fit.
type fakeServer struct {
	pool *packetpool.Pool // of received packets

	answers []answer
	queue   []segment
	sent    []string // commands, in order
	partial string

	now       uint32
	closed    bool // by the server, behind the queue
	reset     bool // nothing can be sent or received
	connected bool
	deleted   bool
	refuse    error // of Connect
}

// An answer is what the server sends for the first command with that prefix.
type answer struct {
	on   string
	send []segment
}

// A segment is what arrives in one packet, so many ticks after the one before.
type segment struct {
	text  string
	delay uint32
	end   byte // 'F' closes, 'R' resets the connection, instead of a packet
}

// segments makes one segment of each text.
func segments(texts ...string) []segment {
	list := make([]segment, len(texts))
	for i, text := range texts {
		list[i].text = text
	}
	return list
}

// on makes an answer of segments without delay.
func on(command string, texts ...string) answer { return answer{command, segments(texts...)} }

func (f *fakeServer) Bind(uint16, uint32) error { return nil }

func (f *fakeServer) Connect(_ netip.Addr, port, _ uint32) error {
	if port > maxPort {
		return status.NotConnected
	}
	if f.refuse != nil {
		return f.refuse
	}
	f.connected = true
	f.answer("accept")
	return nil
}

func (f *fakeServer) Send(packet *packetpool.Packet, _ uint32) error {
	if f.reset || !f.connected {
		return status.NotConnected
	}
	f.partial += string(packet.Bytes())
	packet.Release()
	for {
		line, rest, ok := strings.Cut(f.partial, "\r\n")
		if !ok {
			return nil
		}
		f.partial = rest
		f.sent = append(f.sent, line)
		f.answer(line)
	}
}

// answer queues what the first answer to line says, and forgets that answer.
func (f *fakeServer) answer(line string) {
	for i, a := range f.answers {
		if strings.HasPrefix(line, a.on) {
			f.queue = append(f.queue, a.send...)
			f.answers = append(f.answers[:i:i], f.answers[i+1:]...)
			return
		}
	}
}

func (f *fakeServer) Receive(wait uint32) (*packetpool.Packet, error) {
	switch {
	case !f.connected || f.reset:
		return nil, status.NotConnected
	case len(f.queue) == 0 && f.closed:
		return nil, status.NotConnected
	case len(f.queue) == 0 || f.queue[0].delay > wait:
		f.pass(wait)
		return nil, status.NoPacket
	}
	f.pass(f.queue[0].delay)
	next := f.queue[0]
	f.queue = f.queue[1:]
	if next.end != 0 {
		f.queue, f.closed, f.reset = nil, true, next.end == 'R'
		return nil, status.NotConnected
	}
	return f.arrive(next.text), nil
}

// pass lets time go by.
func (f *fakeServer) pass(ticks uint32) {
	f.now += ticks
	if len(f.queue) > 0 {
		f.queue[0].delay -= min(ticks, f.queue[0].delay)
	}
}

// arrive puts text into packets as the receive path does: headers first.
func (f *fakeServer) arrive(text string) *packetpool.Packet {
	packet, err := f.pool.Allocate(ipv4CommandRoom, 0)
	if err != nil {
		panic(err)
	}
	if err := packet.Append([]byte(text), f.pool, 0); err != nil && text != "" {
		panic(err)
	}
	return packet
}

func (f *fakeServer) Disconnect(uint32) error {
	f.connected = false
	return nil
}

func (f *fakeServer) Unbind() error { return nil }

func (f *fakeServer) Delete() error {
	f.deleted = true
	return nil
}

func (f *fakeServer) ticks() uint32 { return f.now }

func (f *fakeServer) peerClosed() bool { return f.closed && len(f.queue) == 0 }

// A bench is a client and its server.
type bench struct {
	*Client
	t      testing.TB
	server *fakeServer
	pool   *packetpool.Pool // of commands and of what arrives
	lost   uint32           // packets that quirks have lost
}

// newBench makes a client that is not connected.
func newBench(t testing.TB, payload uint32, packets int, answers ...answer) *bench {
	t.Helper()
	target := packetpool.LP64
	pool, err := packetpool.New(nil, packetpool.Config{
		Name: "test", Payload: payload, Target: target, Size: packetpool.SizeFor(target, payload, packets),
	})
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{Client: new(Client), t: t, pool: pool, server: &fakeServer{pool: pool, answers: answers}}
	t.Cleanup(b.check)
	return b
}

// create connects with fixes.
func (b *bench) create(config Config) error {
	config.Pool = b.pool
	if !config.Server.IsValid() {
		config.Server = netip.MustParseAddr("192.2.2.89")
	}
	if err := b.prepare(config); err != nil {
		return err
	}
	return b.start(b.server)
}

// login are the answers of a server that lets everybody in.
func login(more ...answer) []answer {
	return append([]answer{
		on("accept", "+OK POP3 server ready\r\n"),
		on("USER", "+OK\r\n"),
		on("PASS", "+OK logged in\r\n"),
	}, more...)
}

// connected makes a client that is logged in, with pool and server as most
// tests need them.
func connected(t testing.TB, fixes Fixes, answers ...answer) *bench {
	t.Helper()
	b := newBench(t, 1536, 8, login(answers...)...)
	if err := b.create(Config{User: "mrose", Password: "tanstaaf", Fixes: fixes}); err != nil {
		t.Fatal(err)
	}
	return b
}

// check verifies that the session leaves nothing behind.
func (b *bench) check() {
	if b.socket != nil {
		b.Delete()
		if !b.server.deleted {
			b.t.Error("socket not deleted")
		}
	}
	if free := b.pool.Available(); free+b.lost != b.pool.Total() {
		b.t.Errorf("%d of %d packets free, %d lost by quirks", free, b.pool.Total(), b.lost)
	}
	if err := b.pool.Check(); err != nil {
		b.t.Error(err)
	}
}

// hits returns how often the client ran into q.
func (b *bench) hits(q Quirk) uint32 { return b.quirks.counts[q] }

// textOf returns the bytes of a chain.
func textOf(packet *packetpool.Packet) string {
	var text bytes.Buffer
	for p := packet; p != nil; p = p.Next {
		text.Write(p.Bytes())
	}
	return text.String()
}
