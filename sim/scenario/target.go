package scenario

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"time"

	"netxsim/ipstack"
	"netxsim/netx/status"
	"netxsim/packetpool"
	"netxsim/sim"
)

// Header room in bytes that applications leave: NX_IPv4_TCP_PACKET and
// NX_IPv4_UDP_PACKET.
const (
	tcpRoom = 56
	udpRoom = 44
)

// target is a netx host while it runs.
type target struct {
	w       *world
	config  *Host
	ip      *ipstack.IP
	drivers []*ipstack.EthernetDriver
	pools   map[string]*packetpool.Pool // by use
}

func (t *target) host() *Host            { return t.config }
func (t *target) priority(asked int) int { return asked }

// pool returns the pool for a use, the default pool where there is none.
func (t *target) pool(use string) *packetpool.Pool {
	if p := t.pools[use]; p != nil {
		return p
	}
	return t.pools[UseDefault]
}

// newTarget makes a netx host with its pools.
func (w *world) newTarget(h *Host, index int) (*target, error) {
	t := &target{w: w, config: h, pools: map[string]*packetpool.Pool{}}
	for i := range h.Pools {
		watch, err := w.newPool(&h.Pools[i])
		if err != nil {
			return nil, err
		}
		for _, use := range h.Pools[i].Use {
			t.pools[use] = watch.pool
		}
		watch.target = t
		w.pools = append(w.pools, watch)
	}
	return t, t.open(index)
}

// open makes the IP instance and what it needs.
func (t *target) open(index int) (err error) {
	h := t.config
	t.ip, err = ipstack.New(t.w.kernel, ipstack.Config{
		Name:     h.Name,
		Address:  h.Address,
		Pool:     t.pools[UseDefault],
		Driver:   t.driver(h.Wire, hardware(index, 0)),
		Priority: uint32(h.Priority),
		Target: ipstack.Target{
			Interfaces:   1 + len(h.Interfaces),
			DualPool:     t.pools[UseAuxiliary] != nil,
			PeriodicRate: uint32(t.w.s.Target.TicksPerSecond),
		},
		Cost: ipstack.Cost{Frame: time.Duration(h.CPU.PerFrame), Byte: time.Duration(h.CPU.PerByte)},
		Log:  t.w.o.Log,
	})
	if err != nil {
		return err
	}
	for i, a := range h.Interfaces {
		driver := t.driver(a.Wire, hardware(index, i+1))
		if err := t.ip.AttachInterface(fmt.Sprintf("IF%d", i+1), a.Address.Addr(), mask(a.Address), driver); err != nil {
			return err
		}
	}
	return t.enable()
}

// mask returns a network's mask in host byte order.
func mask(p netip.Prefix) uint32 { return ^uint32(0) << (32 - p.Bits()) }

// driver makes the driver of one interface.
func (t *target) driver(wire string, address [6]byte) ipstack.Driver {
	d := ipstack.NewEthernet(ipstack.EthernetConfig{
		Wire:                t.w.wires[wire],
		Address:             address,
		TransmitDescriptors: t.config.Driver.Transmit,
		ReceiveDescriptors:  t.config.Driver.Receive,
		ReceivePool:         t.pool(UseDriver),
		RefillLater:         t.config.Driver.Refill == "later",
	})
	t.drivers = append(t.drivers, d)
	return d.Handle
}

// enable switches the protocols on.
func (t *target) enable() error {
	if pool := t.pools[UseAuxiliary]; pool != nil {
		t.ip.SetAuxiliaryPool(pool)
	}
	if t.config.Gateway.IsValid() {
		if err := t.ip.SetGateway(t.config.Gateway); err != nil {
			return fmt.Errorf("gateway %v: %w", t.config.Gateway, err)
		}
	}
	t.ip.EnableFragmentation()
	if t.config.Forward {
		t.ip.EnableForwarding()
	}
	return errors.Join(t.ip.EnableARP(t.config.ARP), t.ip.EnableICMP(), t.ip.EnableUDP(), t.ip.EnableTCP())
}

// dial implements machine.
func (t *target) dial(w *work, to netip.AddrPort, known func(netip.AddrPort)) (stream, error) {
	s, err := t.socket(w, w.Name, w.Window)
	if err != nil {
		return nil, err
	}
	if err := s.socket.Bind(0, sim.NoWait); err != nil {
		s.forget()
		return nil, fmt.Errorf("bind: %w", err)
	}
	known(netip.AddrPortFrom(t.w.addressOf(w.server.host(), t.config), s.socket.Port()))
	if err := s.socket.Connect(to.Addr(), uint32(to.Port()), s.wait); err != nil {
		s.abort()
		return nil, fmt.Errorf("connect: %w", err)
	}
	return s, nil
}

// socket creates a TCP socket for one end of a workload's connections.
func (t *target) socket(w *work, name string, window Bytes) (*targetStream, error) {
	socket, err := t.ip.NewTCPSocket(ipstack.TCPSocketConfig{
		Name: name, Window: uint32(window), TransmitQueue: w.TransmitQueue,
	})
	if err != nil {
		return nil, fmt.Errorf("create a socket: %w", err)
	}
	return &targetStream{target: t, work: w, socket: socket, pool: t.pool(UseApplication), wait: t.w.ticks(w.Wait)}, nil
}

// serve implements machine: one thread with one socket, as in NetX's examples.
func (t *target) serve(w *work, handle func(stream)) error {
	return t.w.thread(w.Name+" server", w.Priority, true, func() {
		s, err := t.socket(w, w.Name+" server", w.ServerWindow)
		if err == nil {
			err = t.ip.Listen(uint16(w.Port), s.socket, w.Listen, nil)
		}
		for err == nil {
			if s.socket.Accept(sim.WaitForever) == nil {
				handle(s)
			}
			err = s.relisten()
		}
		w.serverFailed(fmt.Errorf("listen: %w", err))
	})
}

// targetStream is a NetX socket.
type targetStream struct {
	target *target
	work   *work
	socket *ipstack.TCPSocket
	pool   *packetpool.Pool
	wait   uint32 // ticks

	keptFrom netip.AddrPort // the peer of whose packets some are kept
	kept     int            // how many
}

func (s *targetStream) peer() netip.AddrPort { return s.socket.Peer() }

// piece implements stream: what a segment carries.
func (s *targetStream) piece() int { return int(s.socket.MSS()) }

// write implements stream. The data go out in one packet, or a chain.
func (s *targetStream) write(data []byte) error {
	packet, err := s.pool.Allocate(tcpRoom, s.wait)
	if err != nil {
		return fmt.Errorf("allocate a packet: %w", err)
	}
	if err := packet.Append(data, s.pool, s.wait); err != nil {
		packet.Release()
		return fmt.Errorf("append: %w", err)
	}
	if err := s.socket.Send(packet, s.wait); err != nil {
		packet.Release()
		return fmt.Errorf("send: %w", err)
	}
	return nil
}

// read implements stream. The packet is the application's until take has
// returned.
func (s *targetStream) read(take func([]byte)) error {
	packet, err := s.socket.Receive(s.wait)
	if errors.Is(err, status.NotConnected) && s.socket.State() == ipstack.TCPCloseWait {
		return io.EOF
	}
	if err != nil {
		return fmt.Errorf("receive: %w", err)
	}
	takePacket(packet, take)
	s.target.w.sleep(time.Duration(s.work.ReadPause))
	if s.keeps() {
		return nil
	}
	packet.Release()
	return nil
}

// keeps reports whether the packet received is one of those that a faulty
// application never releases: see Workload.Keep.
func (s *targetStream) keeps() bool {
	if peer := s.peer(); peer != s.keptFrom {
		s.keptFrom, s.kept = peer, 0
	}
	if s.kept == s.work.Keep {
		return false
	}
	s.kept++
	return true
}

// takePacket has take called with the bytes of every packet of a chain.
func takePacket(packet *packetpool.Packet, take func([]byte)) {
	for p := packet; p != nil; p = p.Next {
		if b := p.Bytes(); len(b) > 0 {
			take(b)
		}
	}
}

// close implements stream.
func (s *targetStream) close() error {
	err := s.socket.Disconnect(s.wait)
	s.forget()
	if err != nil {
		return fmt.Errorf("disconnect: %w", err)
	}
	return nil
}

// abort implements stream.
func (s *targetStream) abort() {
	s.socket.Disconnect(sim.NoWait)
	s.forget()
}

// forget gives a client's port and socket back.
func (s *targetStream) forget() {
	s.socket.Unbind()
	s.socket.Delete()
}

// relisten ends a server's connection and waits for the next.
func (s *targetStream) relisten() error {
	s.socket.Disconnect(s.wait)
	s.socket.Unaccept()
	err := s.target.ip.Relisten(uint16(s.work.Port), s.socket)
	if errors.Is(err, status.ConnectionPending) {
		return nil
	}
	return err
}

// targetDatagrams is a NetX UDP socket.
type targetDatagrams struct {
	target *target
	work   *work
	socket *ipstack.UDPSocket
	pool   *packetpool.Pool
	wait   uint32
}

// datagrams implements machine.
func (t *target) datagrams(w *work, port uint16) (datagrams, error) {
	socket, err := t.ip.NewUDPSocket(ipstack.UDPSocketConfig{
		Name: w.Name, TimeToLive: 128, QueueLimit: uint32(w.Queue),
	})
	if err == nil {
		err = socket.Bind(port, sim.NoWait)
	}
	if err != nil {
		return nil, fmt.Errorf("open a socket: %w", err)
	}
	return &targetDatagrams{t, w, socket, t.pool(UseApplication), t.w.ticks(w.Wait)}, nil
}

// send implements datagrams.
func (d *targetDatagrams) send(data []byte, to netip.AddrPort) error {
	packet, err := d.pool.Allocate(udpRoom, d.wait)
	if err != nil {
		return fmt.Errorf("allocate a packet: %w", err)
	}
	if err := packet.Append(data, d.pool, d.wait); err != nil {
		packet.Release()
		return fmt.Errorf("append: %w", err)
	}
	if err := d.socket.Send(packet, to); err != nil {
		packet.Release()
		return fmt.Errorf("send: %w", err)
	}
	return nil
}

// receive implements datagrams.
func (d *targetDatagrams) receive(take func([]byte)) error {
	packet, err := d.socket.Receive(sim.WaitForever)
	if err != nil {
		return err
	}
	takeWhole(packet, take)
	d.target.w.sleep(time.Duration(d.work.ReadPause))
	packet.Release()
	return nil
}

// takeWhole has take called once with all bytes of a packet.
func takeWhole(packet *packetpool.Packet, take func([]byte)) {
	if packet.Next == nil {
		take(packet.Bytes())
		return
	}
	var all []byte
	takePacket(packet, func(b []byte) { all = append(all, b...) })
	take(all)
}

// ping sends an echo request with so many bytes and reports whether they came
// back.
func (t *target) ping(to netip.Addr, data []byte, wait uint32) error {
	packet, err := t.ip.Ping(to, data, wait)
	if err != nil {
		return err
	}
	same := true
	takeWhole(packet, func(b []byte) { same = string(b) == string(data) })
	packet.Release()
	if !same {
		return errDiffers
	}
	return nil
}

// errDiffers is data that are not what was sent.
var errDiffers = errors.New("what arrived differs from what was sent")

// sequenceOf reads and putSequence writes the number at the beginning of a
// datagram that is long enough.
func sequenceOf(b []byte) uint64 { return binary.BigEndian.Uint64(b) }

func putSequence(b []byte, n uint64) { binary.BigEndian.PutUint64(b, n) }
