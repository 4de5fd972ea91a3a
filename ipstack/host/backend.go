package host

import "net/netip"

// A backend is the machine under a [Net]. Its functions, and those of what they
// return, are called with the baton and do not wait: they return errWait and call
// the function given to watch when it may be worth trying again, which may be at any
// time, also in the middle of other calls.
type backend interface {
	// listen opens a TCP port, any free one for port 0. The unspecified IPv6
	// address stands for all addresses, unless only6 is set for those of IPv6.
	listen(local netip.AddrPort, only6 bool) (acceptor, error)
	// connect begins a TCP connection.
	connect(to netip.AddrPort) (stream, error)
	// packets opens a UDP port, any free one for port 0, as listen does. If to is
	// valid only what comes from there is received.
	packets(local, to netip.AddrPort, only6 bool) (datagrams, error)
	// address is the machine's own, of IPv4 or, if it has one, of IPv6.
	address(six bool) netip.Addr
}

// A socket is what the back end's things have in common.
type socket interface {
	watch(changed func())
	local() netip.AddrPort
	close()
}

// A stream is a TCP connection.
type stream interface {
	socket
	remote() netip.AddrPort
	// connected returns nil once the connection is there.
	connected() error
	// read reads some bytes, or returns io.EOF.
	read(p []byte) (int, error)
	// write writes as much as it can now; less than p comes with an error.
	write(p []byte) (int, error)
	// closeRead has read return io.EOF where it would wait.
	closeRead() error
	closeWrite() error
	streamOptions
}

// An acceptor is a listening TCP port.
type acceptor interface {
	socket
	accept() (stream, error)
}

// Datagrams is a UDP port.
type datagrams interface {
	socket
	// receive returns one datagram, as much of it as p holds.
	receive(p []byte) (int, netip.AddrPort, error)
	// send sends one.
	send(p []byte, to netip.AddrPort) error
}
