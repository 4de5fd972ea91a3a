package scenario

import (
	"net/netip"
)

// A machine is a host while it runs.
type machine interface {
	host() *Host
	// priority is that of a thread for which a workload asks.
	priority(asked int) int
	// dial connects to a server. It suspends the calling thread. known is
	// called with the local address before the server can see it.
	dial(w *work, to netip.AddrPort, known func(netip.AddrPort)) (stream, error)
	// serve has handle called with every connection to the workload's port,
	// from now on.
	serve(w *work, handle func(stream)) error
	// datagrams opens a UDP socket, on any port if port is 0.
	datagrams(w *work, port uint16) (datagrams, error)
}

// A stream is one end of a TCP connection.
type stream interface {
	// peer returns the address of the other end.
	peer() netip.AddrPort
	// write sends data. It suspends the calling thread.
	write(data []byte) error
	// read waits for data and has take called with it, once or several times;
	// what read took from a pool is given back when take has returned. At the
	// end it returns io.EOF.
	read(take func([]byte)) error
	// close ends the connection in good order; abort does so at once.
	close() error
	abort()
	// piece is the number of bytes that an application writes at a time, when
	// it leaves that to the network.
	piece() int
}

// datagrams is a UDP socket.
type datagrams interface {
	// send sends a datagram. The error is about this machine only.
	send(data []byte, to netip.AddrPort) error
	// receive waits for a datagram and has take called with its bytes.
	receive(take func([]byte)) error
}
