package ipstack

import (
	"time"

	"netxsim/sim/link"
)

// A Driver is the hardware of a network interface together with the code that
// runs it, on an Ethernet.
type Driver interface {
	// Open connects the driver of the named interface to its wire. From then on
	// it calls receive for every frame that is for the interface, in the
	// context of an interrupt; receive does not keep frame.
	Open(name string, receive func(frame []byte)) error
	// HardwareAddress is the interface's Ethernet address.
	HardwareAddress() HardwareAddress
	// MTU is the largest IP packet in bytes.
	MTU() uint32
	// Send transmits a frame, without keeping it, and returns how long from now
	// its last bit leaves. Until then the driver needs the frame's packets.
	Send(frame []byte) time.Duration
	// Close takes the interface off its wire.
	Close()
}

// HardwareAddress is a 48-bit Ethernet address. The zero address belongs to
// nobody.
type HardwareAddress [6]byte

// broadcastHardware reaches every interface of a wire.
var broadcastHardware = HardwareAddress{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}

// Ethernet returns a driver for one interface on a simulated wire.
func Ethernet(wire *link.Wire, address HardwareAddress) Driver {
	return &ethernet{wire: wire, address: address}
}

type ethernet struct {
	wire    *link.Wire
	address HardwareAddress
	port    *link.Port
}

func (e *ethernet) Open(name string, receive func(frame []byte)) error {
	e.port = e.wire.Attach(name, e.address, receive)
	return nil
}

func (e *ethernet) HardwareAddress() HardwareAddress { return e.address }

func (e *ethernet) MTU() uint32 { return uint32(e.wire.MTU()) }

func (e *ethernet) Send(frame []byte) time.Duration { return e.port.Send(frame) }

func (e *ethernet) Close() { e.port.Detach() }
