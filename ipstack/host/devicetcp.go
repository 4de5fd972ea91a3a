package host

import (
	"errors"
	"io"
	"net/netip"
	"syscall"

	"netxsim/ipstack"
	"netxsim/netx/status"
	"netxsim/packetpool"
	"netxsim/sim"
)

// tcpRoom is the header room of a packet for TCP to an address: NX_IPv4_TCP_PACKET or NX_IPv6_TCP_PACKET.
func tcpRoom(to netip.Addr) uint32 {
	if to.Is6() {
		return 76
	}
	return 56
}

// A deviceStream is a connection on a socket of the instance. The socket lives
// until the connection has ended, which may be after the program has closed it.
type deviceStream struct {
	deviceSocket
	socket   *ipstack.TCPSocket
	listener *deviceListener // that opens it; nil once it is open
	server   bool            // the socket came from a listener
	peer     netip.AddrPort
	packet   *packetpool.Packet // being read
	offset   uint32             // and how far
	holder   readHolder
	linger   *sim.Event // nil until it is closed

	deaf      bool // closed for reading
	told      bool // the program knows why there is no connection
	mute      bool // closed for writing
	ended     bool // the peer has sent its last
	resetting bool // close will reset
	closed    bool // by the program
	gone      bool // the socket is deleted
}

// A readHolder is a connection as the holder of the packet that a program has
// read a part of.
type readHolder string

// HolderName implements packetpool.Holder.
func (h *readHolder) HolderName() string { return string(*h) }

func (d *Device) newTCPSocket() (*ipstack.TCPSocket, error) {
	s, err := d.ip.NewTCPSocket(ipstack.TCPSocketConfig{
		Name: d.ip.Name() + " program", Window: d.config.Window, TransmitQueue: d.config.TransmitQueue,
	})
	return s, deviceError(err)
}

// newStream makes a socket a stream.
func (d *Device) newStream(socket *ipstack.TCPSocket) *deviceStream {
	s := &deviceStream{socket: socket, holder: readHolder("socket " + socket.Name() + " read buffer")}
	s.deviceSocket = d.newSocket(s.news)
	socket.Watch(func() {
		s.note()
		s.event.Reset(0)
	})
	return s
}

// note remembers that the peer has sent its last, before the connection is gone.
func (s *deviceStream) note() {
	switch s.socket.State() {
	case ipstack.TCPCloseWait, ipstack.TCPLastAck, ipstack.TCPClosing, ipstack.TCPTimedWait:
		s.ended = true
	}
}

// news handles what has happened on the socket.
func (s *deviceStream) news() {
	switch {
	case s.closed:
		s.reap()
	case s.listener != nil:
		s.listener.opened(s)
	default:
		s.tell()
	}
}

func (b *deviceBackend) connect(to netip.AddrPort) (stream, error) {
	d := (*Device)(b)
	to = netip.AddrPortFrom(to.Addr().WithZone(""), to.Port())
	socket, err := d.newTCPSocket()
	if err != nil {
		return nil, err
	}
	s := d.newStream(socket)
	s.peer = to
	if err = socket.Bind(0, 0); err == nil {
		err = socket.Connect(to.Addr(), uint32(to.Port()), 0)
	}
	if err != nil && !errors.Is(err, status.InProgress) {
		s.close()
		return nil, deviceError(err)
	}
	return s, nil
}

func (s *deviceStream) local() netip.AddrPort { return s.socket.Local() }

func (s *deviceStream) remote() netip.AddrPort { return s.peer }

func (s *deviceStream) connected() error {
	switch s.socket.State() {
	case ipstack.TCPSynSent, ipstack.TCPSynReceived:
		return errWait
	case ipstack.TCPClosed:
		if s.socket.WasReset() {
			return syscall.ECONNREFUSED
		}
		return syscall.ETIMEDOUT
	}
	return nil
}

func (s *deviceStream) read(p []byte) (int, error) {
	switch {
	case s.packet == nil:
		packet, err := s.socket.Receive(0)
		if errors.Is(err, status.NoPacket) {
			if s.deaf {
				return 0, io.EOF
			}
			return 0, errWait
		}
		if err != nil {
			return 0, s.end()
		}
		packet.Hold(&s.holder)
		s.packet, s.offset = packet, 0
	}
	n, err := s.packet.Extract(s.offset, p)
	s.offset += uint32(n)
	if s.offset >= s.packet.Length || err != nil {
		s.drop()
	}
	return n, err
}

// drop gives back the packet at hand.
func (s *deviceStream) drop() {
	if s.packet != nil {
		s.packet.Release()
		s.packet = nil
	}
}

// end says why nothing more can be read.
func (s *deviceStream) end() error {
	if s.ended { // even if a reset came behind: an instance that is read late tells its window to a peer that has gone
		return io.EOF
	}
	return s.broken(io.EOF)
}

func (s *deviceStream) write(p []byte) (done int, err error) {
	if s.mute {
		return 0, syscall.EPIPE
	}
	for done < len(p) {
		n, err := s.writePacket(p[done:])
		done += n
		if err != nil {
			return done, err
		}
	}
	return done, nil
}

// writePacket sends a packet full of p, or as much of it as the peer lets.
func (s *deviceStream) writePacket(p []byte) (int, error) {
	headers := tcpRoom(s.peer.Addr())
	room := int(s.device.config.Pool.Payload()) - int(headers)
	if room <= 0 {
		return 0, syscall.EMSGSIZE
	}
	p = p[:min(len(p), room, int(s.socket.MSS()))]
	packet, err := s.device.packetFor(&s.deviceSocket, headers, p)
	if err != nil {
		return 0, err
	}
	if err = s.socket.Send(packet, 0); err == nil {
		return len(p), nil
	}
	sent := len(p) - int(packet.Length)
	packet.Release()
	switch {
	case errors.Is(err, status.WindowOverflow), errors.Is(err, status.TxQueueDepth):
		return sent, errWait
	case errors.Is(err, status.NoPacket):
		s.device.starve(&s.deviceSocket, 2) // the packet and a part of it
		return sent, errWait
	case errors.Is(err, status.NotConnected) && s.ended:
		return sent, syscall.EPIPE
	case errors.Is(err, status.NotConnected):
		return sent, s.broken(syscall.EPIPE)
	}
	return sent, err
}

// broken is why a connection has ended without the peer's last word, for the first who asks, and for the others what
// reading or writing then comes to, as on Linux.
func (s *deviceStream) broken(later error) error {
	switch {
	case s.told:
		return later
	case s.socket.WasReset():
		s.told = true
		return syscall.ECONNRESET
	}
	s.told = true
	return syscall.ETIMEDOUT
}

// over reports whether there is no connection any more; a server's socket goes back to listening then.
func (s *deviceStream) over() bool {
	switch s.socket.State() {
	case ipstack.TCPClosed, ipstack.TCPTimedWait, ipstack.TCPListen:
		return true
	}
	return false
}

func (s *deviceStream) closeRead() error {
	if s.over() {
		return syscall.ENOTCONN
	}
	s.deaf = true
	return nil
}

func (s *deviceStream) closeWrite() error {
	switch {
	case s.over():
		return syscall.ENOTCONN
	case s.mute:
		return nil
	}
	s.mute = true
	return deviceError(s.socket.CloseSend())
}

// close ends the connection in the background: with FIN, or with a reset if
// something was not read.
func (s *deviceStream) close() {
	s.closed = true
	s.device.sate(&s.deviceSocket)
	s.resetting = s.resetting || s.packet != nil || s.socket.ReceiveQueueLen() > 0
	s.drop()
	switch {
	case s.resetting, s.socket.State() == ipstack.TCPSynSent, s.socket.State() == ipstack.TCPSynReceived:
		s.socket.Reset()
	case !s.mute:
		_ = s.socket.CloseSend() // of one that has ended there is nothing to close
	}
	s.reap()
	if !s.gone {
		s.linger = s.device.kernel.After(s.device.config.Linger, func() {
			s.socket.Reset()
			s.reap()
		})
	}
}

// reap deletes the socket of a closed connection once that has ended. A peer that
// goes on sending is told that nobody listens.
func (s *deviceStream) reap() {
	if s.gone {
		return
	}
	switch s.socket.State() {
	case ipstack.TCPClosed, ipstack.TCPListen, ipstack.TCPTimedWait:
	case ipstack.TCPFinWait1, ipstack.TCPFinWait2:
		if s.socket.ReceiveQueueLen() == 0 {
			return
		}
		s.socket.Reset()
	default:
		return
	}
	s.gone = true
	s.event.Stop()
	if s.linger != nil {
		s.linger.Stop()
	}
	s.socket.Watch(nil)
	s.device.deleteSocket(s.socket, s.server)
}

// deleteSocket gives back the port of a socket without a connection, and deletes it. What
// it refuses is a mistake in this package.
func (d *Device) deleteSocket(socket *ipstack.TCPSocket, server bool) {
	var err error
	if server {
		err = socket.Unaccept()
	} else if err = socket.Unbind(); errors.Is(err, status.NotBound) {
		err = nil
	}
	if err == nil {
		err = socket.Delete()
	}
	if err != nil {
		panic("host: a socket cannot be deleted: " + err.Error())
	}
}
