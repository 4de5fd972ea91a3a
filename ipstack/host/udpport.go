package host

import (
	"bytes"
	"errors"
	"net/netip"

	"gvisor.dev/gvisor/pkg/tcpip"

	"netxsim/sim"
)

// A UDPPort is a UDP port of a host that no program reads: what arrives is handed to a function. It is for those who
// carry datagrams between the wire and something else. Its methods are for the holder of the kernel's baton, and do not wait.
type UDPPort struct {
	packets *hostPackets
	pump    *sim.Event
	receive func(payload []byte, err error)
	closed  bool
}

// OpenUDP opens a free UDP port for datagrams to and from one address, until the end of the run or Close. receive is called in
// event context with each datagram that comes from there, or with an error: ECONNREFUSED when a datagram that was sent found
// nobody. payload, which may be empty, is receive's to keep. receive may call Send and Close. An address that no machine of the network has is silent.
func (h *Host) OpenUDP(to netip.AddrPort, receive func(payload []byte, err error)) (*UDPPort, error) {
	d, err := (*hostBackend)(h).packets(anyPort(to.Addr().Is6()), to, to.Addr().Is6())
	if err != nil {
		return nil, err
	}
	p := &UDPPort{packets: d.(*hostPackets), receive: receive}
	p.pump = h.kernel.NewEvent(p.deliver)
	p.packets.watch(func() { p.pump.Reset(0) })
	return p, nil
}

// deliver hands on what has come.
func (p *UDPPort) deliver() {
	for !p.closed {
		var payload bytes.Buffer
		_, err := p.packets.ep.Read(&payload, tcpip.ReadOptions{})
		if errors.Is(goError(err), errWait) {
			return
		}
		p.receive(payload.Bytes(), goError(err))
	}
}

// Addr returns the port's own address.
func (p *UDPPort) Addr() netip.AddrPort { return p.packets.local() }

// Send sends a datagram, up to 65507 bytes, in fragments if need be. Errors: EMSGSIZE, EHOSTUNREACH or ENETUNREACH when there is no
// way, ECONNREFUSED when an earlier datagram found nobody; this one is not sent then.
func (p *UDPPort) Send(payload []byte) error { return p.packets.send(payload, netip.AddrPort{}) }

// Close gives the port up. Nothing is received from then on.
func (p *UDPPort) Close() {
	if !p.closed {
		p.closed = true
		p.pump.Stop()
		p.packets.close()
	}
}
