package soak

import (
	"errors"
	"io"
	"net"
	"time"

	"netxsim/ipstack"
	"netxsim/netx/status"
	"netxsim/packetpool"
	"netxsim/sim"
)

// A stream is one end of a TCP connection, of whatever kind of program.
type stream interface {
	// send sends all of data.
	send(data []byte) error
	// receive returns some of what has arrived, valid until the next call. At the end of the stream the error is io.EOF.
	receive() ([]byte, error)
	// closeSend ends our direction behind what was sent.
	closeSend() error
	// close says goodbye, or ends the connection at once if it has failed.
	close(failed bool) error
}

// patience is how long a program waits for anything: longer than any outage that is to be survived.
const (
	patience      = 10 * time.Minute
	patienceTicks = 60_000 // the same in ticks
	stepTicks     = 1000   // of a wait that may have been forgotten
	tcpRoom       = 56     // NX_TCP_PACKET: the header room of a segment
)

// A netxStream is a stream on a NetX socket, used by an RTOS thread.
type netxStream struct {
	socket *ipstack.TCPSocket
	pool   *packetpool.Pool
	chunk  int  // bytes in a packet at most
	half   bool // has sent FIN
	buffer []byte
}

func (s *netxStream) send(data []byte) error {
	for len(data) > 0 {
		n := min(len(data), s.chunk)
		if err := s.sendPacket(data[:n]); err != nil {
			return err
		}
		data = data[n:]
	}
	return nil
}

func (s *netxStream) sendPacket(data []byte) error {
	packet, err := s.pool.Allocate(tcpRoom, patienceTicks)
	if err != nil {
		return err
	}
	if err := packet.Append(data, s.pool, patienceTicks); err != nil {
		return errors.Join(err, packet.Release())
	}
	if err := s.socket.Send(packet, patienceTicks); err != nil {
		return errors.Join(err, packet.Release())
	}
	return nil
}

func (s *netxStream) receive() ([]byte, error) {
	packet, err := s.wait()
	if err != nil {
		if errors.Is(err, status.NotConnected) && s.peerClosed() {
			return nil, io.EOF
		}
		// The timed wait is over, or the peer has not answered. Or it has reset the connection: a NetX socket that reads late
		// tells its window to a peer that has gone (nx_tcp_fast_periodic_processing). What was sent decides.
		if state := s.socket.State(); state < ipstack.TCPSynSent && (s.half || s.socket.WasReset()) {
			err = errors.Join(io.EOF, err)
		}
		return nil, err
	}
	if int(packet.Length) > cap(s.buffer) {
		s.buffer = make([]byte, packet.Length)
	}
	n, err := packet.Retrieve(s.buffer[:packet.Length])
	return s.buffer[:n], errors.Join(err, packet.Release())
}

// wait receives a packet, in steps: a NetX socket that was reset while a segment in its queue waits for one before it lets
// its thread wait on, as long as the thread likes (nx_tcp_socket_receive).
func (s *netxStream) wait() (*packetpool.Packet, error) {
	for range patienceTicks / stepTicks {
		packet, err := s.socket.Receive(stepTicks)
		state := s.socket.State()
		more := state == ipstack.TCPEstablished || s.half && (state == ipstack.TCPFinWait1 || state == ipstack.TCPFinWait2)
		if err == nil || !more {
			return packet, err
		}
	}
	return nil, status.NoPacket
}

// peerClosed reports whether the peer has sent FIN.
func (s *netxStream) peerClosed() bool {
	state := s.socket.State()
	return state == ipstack.TCPCloseWait || state == ipstack.TCPClosing || state == ipstack.TCPTimedWait
}

func (s *netxStream) closeSend() error {
	s.half = true
	return s.socket.CloseSend()
}

func (s *netxStream) close(failed bool) error {
	if failed {
		if s.half {
			s.socket.Reset() // what C has no half-closed connections for
		}
		_ = s.socket.Disconnect(0) // there may be nothing left to reset
		return nil
	}
	if s.half {
		return s.socket.StateWait(ipstack.TCPClosed, patienceTicks)
	}
	return s.socket.Disconnect(patienceTicks)
}

// A connStream is a stream on a net.Conn, used by an ordinary program.
type connStream struct {
	conn   net.Conn
	now    func() time.Time
	chunk  int
	buffer []byte
	spawn  func(f func())
	kernel *sim.Kernel
}

// beside has another program do something, whose error join waits for.
func (s *connStream) beside(f func() error) (join func() error) {
	done := s.kernel.NewSemaphore("join", 0)
	var result error
	s.spawn(func() {
		result = f()
		_ = done.Put() // it exists until it was joined
	})
	return func() error {
		err := done.Get(sim.WaitForever)
		return errors.Join(result, err, done.Delete())
	}
}

func (s *connStream) closeSend() error {
	return s.conn.(interface{ CloseWrite() error }).CloseWrite()
}

func (s *connStream) send(data []byte) error {
	for len(data) > 0 {
		n := min(len(data), s.chunk)
		if err := s.conn.SetWriteDeadline(s.now().Add(patience)); err != nil {
			return err
		}
		if _, err := s.conn.Write(data[:n]); err != nil {
			return err
		}
		data = data[n:]
	}
	return nil
}

func (s *connStream) receive() ([]byte, error) {
	if s.buffer == nil {
		s.buffer = make([]byte, 4096)
	}
	if err := s.conn.SetReadDeadline(s.now().Add(patience)); err != nil {
		return nil, err
	}
	n, err := s.conn.Read(s.buffer)
	return s.buffer[:n], err
}

func (s *connStream) close(failed bool) error {
	if l, ok := s.conn.(interface{ SetLinger(int) error }); ok && failed {
		_ = l.SetLinger(0) // it may be closed already
	}
	if err := s.conn.Close(); !failed {
		return err
	}
	return nil
}

// A lazyStream is one whose reader takes its time, but not so much of it in all that the peer loses its patience: a window that is opened
// bit by bit has a thousand short segments in it.
type lazyStream struct {
	stream
	nap   func(time.Duration)
	pause time.Duration // before each receive
	slept time.Duration
}

func (s *lazyStream) receive() ([]byte, error) {
	if s.slept += s.pause; s.slept < patience/2 {
		s.nap(s.pause)
	}
	return s.stream.receive()
}

func (s *lazyStream) beside(f func() error) (join func() error) {
	return s.stream.(interface {
		beside(f func() error) (join func() error)
	}).beside(f)
}
