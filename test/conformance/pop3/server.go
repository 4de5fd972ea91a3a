package pop3

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"netxsim/ipstack"
	"netxsim/netx/status"
	"netxsim/packetpool"
	"netxsim/sim"
)

const (
	serverPort     = 110
	serverWindow   = 8192
	serverPriority = 20
	listenQueue    = 5
	closeWait      = 1000 // ticks
	headerRoom     = 56   // bytes, NX_IPv4_TCP_PACKET
)

// A server plays the script of a case on a server socket.
type server struct {
	kernel *sim.Kernel
	ip     *ipstack.IP
	script []rule
	client func() *ipstack.TCPSocket // the client's socket, or nil

	current *connection
	wire    []string // segments received since the last step
	sees    string
}

func newServer(k *sim.Kernel, ip *ipstack.IP, config serverConfig, client func() *ipstack.TCPSocket) *server {
	s := &server{kernel: k, ip: ip, script: config.Script, client: client, sees: "none"}
	for i := range s.script {
		s.script[i].Times = max(s.script[i].Times, 1)
	}
	if config.Listen {
		s.start("server", s.serve)
	}
	return s
}

// start runs f in a thread that does not keep the case alive.
func (s *server) start(name string, f func() error) {
	_, err := s.kernel.NewThread(sim.ThreadConfig{Name: name, Priority: serverPriority, Daemon: true, Entry: func() {
		if err := f(); err != nil {
			panic(fmt.Errorf("pop3 vector: %s: %w", name, err))
		}
	}})
	if err != nil {
		panic(err)
	}
}

// serve accepts one connection after the other.
func (s *server) serve() error {
	socket, err := s.socket()
	if err != nil {
		return err
	}
	if err := s.ip.Listen(serverPort, socket, listenQueue, nil); err != nil {
		return err
	}
	for {
		if err := socket.Accept(sim.WaitForever); err != nil {
			return err
		}
		s.accept(socket)
		if socket, err = s.socket(); err != nil {
			return err
		}
		if err := s.ip.Relisten(serverPort, socket); err != nil && !errors.Is(err, status.ConnectionPending) {
			return err
		}
	}
}

func (s *server) socket() (*ipstack.TCPSocket, error) {
	return s.ip.NewTCPSocket(ipstack.TCPSocketConfig{Name: "server", Window: serverWindow})
}

// accept serves a new connection. What was queued for the one before will
// never be sent.
func (s *server) accept(socket *ipstack.TCPSocket) {
	if s.current != nil {
		s.current.queue = nil
	}
	c := &connection{server: s, socket: socket}
	s.current = c
	s.sees = "open"
	c.apply("accept", func(on string) bool { return on == "accept" })
	s.start("server reader", c.read)
	s.start("server sender", c.send)
}

// A connection is the server's end of one connection.
type connection struct {
	server *server
	socket *ipstack.TCPSocket
	line   []byte // the beginning of a line
	queue  []item
	ending bool // the server has begun to close
}

// apply queues what the first usable rule sends.
func (c *connection) apply(_ string, matches func(on string) bool) {
	for i := range c.server.script {
		if r := &c.server.script[i]; r.Times > 0 && matches(r.On) {
			r.Times--
			c.queue = append(c.queue, r.Send...)
			c.server.kernel.Wake(c, nil)
			return
		}
	}
}

// read takes what the client sends, one packet a segment.
func (c *connection) read() error {
	for {
		packet, err := c.socket.Receive(sim.WaitForever)
		if err != nil {
			break
		}
		text := textOf(packet)
		packet.Release()
		if c.server.current == c {
			c.server.wire = append(c.server.wire, fromLatin1(text))
		}
		c.take(text)
	}
	return c.finish()
}

// take applies a rule for each line that is complete.
func (c *connection) take(text []byte) {
	c.line = append(c.line, text...)
	for {
		line, rest, ok := bytes.Cut(c.line, []byte("\r\n"))
		if !ok {
			return
		}
		command := fromLatin1(line) + "\r\n"
		c.line = rest
		c.apply(command, func(on string) bool {
			return on != "accept" && len(on) <= len(command) && command[:len(on)] == on
		})
	}
}

// finish closes too when the client has closed.
func (c *connection) finish() error {
	if c.ending {
		return nil
	}
	c.ending = true
	if c.socket.State() != ipstack.TCPCloseWait {
		c.saw("reset")
		return nil
	}
	c.saw("fin")
	c.socket.Disconnect(closeWait)
	return nil
}

// saw notes what happened to the connection, if it is still the one that
// counts.
func (c *connection) saw(what string) {
	if c.server.current == c && c.server.sees != "reset" {
		c.server.sees = what
	}
}

// send works the queue off.
func (c *connection) send() error {
	for !c.ending {
		if len(c.queue) == 0 {
			if err := c.server.kernel.Wait(c, sim.WaitForever, nil); err != nil {
				return err
			}
			continue
		}
		if !c.ready(c.queue[0]) {
			c.server.kernel.Sleep(1)
			continue
		}
		next := c.queue[0]
		c.queue = c.queue[1:]
		if err := c.play(next); err != nil {
			return err
		}
	}
	return nil
}

// ready reports whether an item may leave.
func (c *connection) ready(next item) bool {
	if next.delay > 0 || next.now {
		return true
	}
	acknowledged := c.socket.TransmitQueueLen() == 0
	if next.close != "" && !next.blocked {
		return acknowledged
	}
	client := c.server.client()
	return acknowledged && client != nil && client.Waiting() && client.ReceiveQueueLen() == 0
}

// play carries an item out.
func (c *connection) play(next item) error {
	switch {
	case next.delay > 0:
		c.server.kernel.Sleep(next.delay)
	case next.close == "fin":
		c.ending = true
		c.saw("fin")
		c.socket.Disconnect(sim.WaitForever)
	case next.close == "rst":
		c.ending = true
		c.saw("reset")
		c.socket.Disconnect(0)
	default:
		return c.sendSegment(next.segment)
	}
	return nil
}

// travel is longer than a frame and its answer need.
const travel = 20 * time.Microsecond

// sendSegment sends one segment, and goes on when it has arrived and the client has run: a segment that follows finds the
// window that there is then. That the connection may be gone is no error.
func (c *connection) sendSegment(text []byte) error {
	pool := c.server.ip.DefaultPool()
	packet, err := pool.Allocate(headerRoom, 0)
	if err != nil {
		return err
	}
	if err := packet.Append(text, pool, 0); err != nil {
		return err
	}
	if c.socket.Send(packet, sim.WaitForever) != nil {
		packet.Release()
	}
	c.server.kernel.Busy(travel)
	return nil
}

// textOf returns the bytes of a chain.
func textOf(packet *packetpool.Packet) []byte {
	var text []byte
	for p := packet; p != nil; p = p.Next {
		text = append(text, p.Bytes()...)
	}
	return text
}
