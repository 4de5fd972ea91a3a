package scenario

import (
	"fmt"
	"net"
	"net/netip"
	"time"

	"netxsim/ipstack/host"
)

// plain is a plain host while it runs.
type plain struct {
	w       *world
	config  *Host
	machine *host.Host
}

// programPriority is that of threads on plain hosts.
const programPriority = 31

func (p *plain) host() *Host      { return p.config }
func (p *plain) priority(int) int { return programPriority }

func (w *world) newPlain(h *Host, index int) *plain {
	return &plain{w: w, config: h, machine: host.New(w.kernel, host.Config{
		Name:            h.Name,
		Address:         h.Address,
		Gateway:         h.Gateway,
		Wire:            w.wires[h.Wire],
		HardwareAddress: hardware(index, 0),
	})}
}

// dial implements machine.
func (p *plain) dial(w *work, to netip.AddrPort, known func(netip.AddrPort)) (stream, error) {
	conn, err := p.machine.DialTimeout("tcp", to.String(), w.limit())
	if err != nil {
		return nil, err
	}
	known(conn.LocalAddr().(*net.TCPAddr).AddrPort())
	return newPlainStream(w, conn), nil
}

// serve implements machine.
func (p *plain) serve(w *work, handle func(stream)) error {
	p.machine.Go(func() {
		l, err := p.machine.Listen("tcp", portOf(w.Port))
		for err == nil {
			var conn net.Conn
			if conn, err = l.Accept(); err == nil {
				p.machine.Go(func() {
					s := newPlainStream(w, conn)
					handle(s)
					s.conn.Close()
				})
			}
		}
		w.serverFailed(fmt.Errorf("listen: %w", err))
	})
	return nil
}

// portOf is a port of a host as an address.
func portOf(port int) string { return fmt.Sprintf(":%d", port) }

// datagrams implements machine.
func (p *plain) datagrams(w *work, port uint16) (datagrams, error) {
	conn, err := p.machine.ListenPacket("udp", portOf(int(port)))
	if err != nil {
		return nil, err
	}
	return &plainDatagrams{w, conn, make([]byte, maxDatagram)}, nil
}

// maxDatagram is the most bytes that a datagram carries.
const maxDatagram = 65507

// plainDatagrams is a UDP port of a plain host.
type plainDatagrams struct {
	work   *work
	conn   net.PacketConn
	buffer []byte
}

// send implements datagrams.
func (d *plainDatagrams) send(data []byte, to netip.AddrPort) error {
	_, err := d.conn.WriteTo(data, net.UDPAddrFromAddrPort(to))
	return err
}

// receive implements datagrams.
func (d *plainDatagrams) receive(take func([]byte)) error {
	n, _, err := d.conn.ReadFrom(d.buffer)
	if err != nil {
		return err
	}
	take(d.buffer[:n])
	d.work.w.sleep(time.Duration(d.work.ReadPause))
	return nil
}

// limit is the time after which a call of a plain host gives up; 0 is never.
func (k *work) limit() time.Duration {
	if k.Wait == Forever {
		return 0
	}
	return time.Duration(k.Wait)
}

// plainStream is a connection of a plain host.
type plainStream struct {
	work   *work
	conn   net.Conn
	buffer []byte
}

func newPlainStream(w *work, conn net.Conn) *plainStream {
	return &plainStream{work: w, conn: conn, buffer: make([]byte, 8192)}
}

func (s *plainStream) peer() netip.AddrPort { return s.conn.RemoteAddr().(*net.TCPAddr).AddrPort() }

// piece implements stream.
func (s *plainStream) piece() int { return 16 << 10 }

// deadline is when a call that begins now has waited too long.
func (s *plainStream) deadline() time.Time {
	if s.work.limit() == 0 {
		return time.Time{}
	}
	return s.work.w.kernel.WallTime().Add(s.work.limit())
}

// write implements stream.
func (s *plainStream) write(data []byte) error {
	if err := s.conn.SetWriteDeadline(s.deadline()); err != nil {
		return err
	}
	_, err := s.conn.Write(data)
	return err
}

// read implements stream.
func (s *plainStream) read(take func([]byte)) error {
	if err := s.conn.SetReadDeadline(s.deadline()); err != nil {
		return err
	}
	n, err := s.conn.Read(s.buffer)
	if n > 0 {
		take(s.buffer[:n])
		s.work.w.sleep(time.Duration(s.work.ReadPause))
		return nil
	}
	return err
}

// close implements stream.
func (s *plainStream) close() error { return s.conn.Close() }

// abort implements stream.
func (s *plainStream) abort() { s.conn.Close() }
