package ipstack

import (
	"encoding/binary"
	"slices"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip/header"

	"netxsim/netx/status"
	"netxsim/packetpool"
	"netxsim/sim/link"
)

// A Driver is the hardware of a network interface together with the code that
// runs it: a link driver entry function. It carries out one request and sets
// its Status. It must not wait.
//
// On LinkInitialize it sets IpMtuSize, AddressMappingNeeded and the physical
// address of the request's Interface, on LinkEnable and LinkDisable its LinkUp.
// Received frames it hands to [Interface.ReceiveFrame], or packets of its own
// to [IP.ReceivePacket] and [IP.ReceiveARP].
type Driver func(*DriverRequest)

// A DriverCommand says what a driver is asked to do, numbered as in C.
type DriverCommand = uint32

// The commands, NX_LINK_*. All others are the driver's own.
const (
	LinkPacketSend         DriverCommand = 0
	LinkInitialize         DriverCommand = 1
	LinkEnable             DriverCommand = 2
	LinkDisable            DriverCommand = 3
	LinkPacketBroadcast    DriverCommand = 4
	LinkARPSend            DriverCommand = 5
	LinkARPResponseSend    DriverCommand = 6
	LinkRARPSend           DriverCommand = 7
	LinkMulticastJoin      DriverCommand = 8
	LinkMulticastLeave     DriverCommand = 9
	LinkGetStatus          DriverCommand = 10
	LinkGetSpeed           DriverCommand = 11
	LinkGetDuplexType      DriverCommand = 12
	LinkGetErrorCount      DriverCommand = 13
	LinkGetRxCount         DriverCommand = 14
	LinkGetTxCount         DriverCommand = 15
	LinkGetAllocErrors     DriverCommand = 16
	LinkUninitialize       DriverCommand = 17
	LinkDeferredProcessing DriverCommand = 18
	LinkInterfaceAttach    DriverCommand = 19
	LinkSetPhysicalAddress DriverCommand = 20
	LinkInterfaceDetach    DriverCommand = 23
	LinkGetInterfaceType   DriverCommand = 28
)

// A DriverRequest is an NX_IP_DRIVER. It is valid until the driver returns.
type DriverRequest struct {
	Command DriverCommand // what to do
	Status  uint32        // the answer: 0, or an NX_* status
	Ptr     *IP           // the instance that asks
	// Interface is the interface the request is about.
	Interface *Interface
	// PhysicalAddressMsw and PhysicalAddressLsw are the hardware address that a
	// packet or multicast command is about.
	PhysicalAddressMsw, PhysicalAddressLsw uint32
	// ReturnPtr is where an inquiry stores its answer; nil for other commands.
	ReturnPtr *uint32

	// Frame is what a packet command sends: 14 bytes of room for a link header,
	// then the packet's bytes.
	Frame []byte
	// Room is the number of bytes in front of the frame in the packet in which
	// it begins on the device.
	Room int
	// Packet is what the frame costs; nil when the frame belongs to a packet
	// that TCP keeps. The instance gives it back, when Busy has passed.
	Packet *packetpool.Packet
	// VlanPriority is the packet's, 0 to 7, or 255 for none.
	VlanPriority uint8
	// Busy is how long from now the last bit leaves, set by the driver.
	Busy time.Duration
}

// HardwareAddress is a 48-bit Ethernet address. The zero address belongs to
// nobody.
type HardwareAddress [6]byte

// broadcastHardware reaches every interface of a wire.
var broadcastHardware = HardwareAddress{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}

// HardwareAddressFrom joins the two words in which C keeps an address.
func HardwareAddressFrom(msw, lsw uint32) (h HardwareAddress) {
	binary.BigEndian.PutUint16(h[:2], uint16(msw))
	binary.BigEndian.PutUint32(h[2:], lsw)
	return h
}

// Words returns the two words in which C keeps the address: its first 16 bits
// and the other 32.
func (h HardwareAddress) Words() (msw, lsw uint32) {
	return uint32(binary.BigEndian.Uint16(h[:2])), binary.BigEndian.Uint32(h[2:])
}

// Ethernet returns a driver for one interface on a simulated wire. It holds
// no packets itself: see [NewEthernet] for one that does.
func Ethernet(wire *link.Wire, address HardwareAddress) Driver {
	return NewEthernet(EthernetConfig{Wire: wire, Address: address}).Handle
}

// An EthernetDriver is the driver of an interface on a simulated wire. Its
// method Handle is the [Driver].
type EthernetDriver struct {
	wire    *link.Wire
	address HardwareAddress
	port    *link.Port
	groups  []HardwareAddress // multicast groups joined, some more than once

	receive  receiveRing
	transmit transmitRing
}

// NewEthernet returns a driver for one interface.
func NewEthernet(config EthernetConfig) *EthernetDriver {
	e := &EthernetDriver{wire: config.Wire, address: config.Address}
	e.receive.init(&config)
	e.transmit.size = config.TransmitDescriptors
	return e
}

// Handle carries out a request: it is the driver entry function.
func (e *EthernetDriver) Handle(r *DriverRequest) {
	r.Status = 0
	switch r.Command {
	case LinkPacketSend, LinkPacketBroadcast, LinkARPSend, LinkARPResponseSend, LinkRARPSend:
		e.send(r)
	case LinkInitialize:
		e.initialize(r)
	case LinkEnable:
		r.Interface.LinkUp = 1
	case LinkDisable:
		r.Interface.LinkUp = 0
	case LinkUninitialize, LinkInterfaceDetach:
		e.close()
	case LinkGetStatus:
		answer(r, uint32(r.Interface.LinkUp))
	case LinkMulticastJoin:
		e.groups = append(e.groups, HardwareAddressFrom(r.PhysicalAddressMsw, r.PhysicalAddressLsw))
	case LinkMulticastLeave:
		e.leave(HardwareAddressFrom(r.PhysicalAddressMsw, r.PhysicalAddressLsw))
	case LinkInterfaceAttach, LinkDeferredProcessing, LinkSetPhysicalAddress:
	case LinkGetSpeed, LinkGetDuplexType, LinkGetErrorCount, LinkGetRxCount, LinkGetTxCount, LinkGetAllocErrors, LinkGetInterfaceType:
		answer(r, 0)
	default:
		r.Status = uint32(status.UnhandledCommand)
	}
}

func answer(r *DriverRequest, value uint32) {
	if r.ReturnPtr != nil {
		*r.ReturnPtr = value
	}
}

func (e *EthernetDriver) initialize(r *DriverRequest) {
	r.Interface.IpMtuSize = uint32(e.wire.MTU())
	r.Interface.AddressMappingNeeded = 1
	r.Interface.ReceiveRoom = physicalHeader - ethernetHeader
	r.Interface.PhysicalAddressMsw, r.Interface.PhysicalAddressLsw = e.address.Words()
	if e.port == nil {
		e.port = e.wire.Attach(portName(r.Interface), e.address, e.filter(r.Interface))
		e.receive.open(r.Interface)
	}
}

// filter returns what an interface does with a frame of the wire: one for a
// group that it did not join is not for it.
func (e *EthernetDriver) filter(i *Interface) func(frame []byte) {
	return func(frame []byte) {
		to := HardwareAddress(frame[:6])
		if to[0]&1 == 0 || to == broadcastHardware || slices.Contains(e.groups, to) {
			e.arrive(i, frame)
		}
	}
}

// arrive takes a frame for the interface from the wire.
func (e *EthernetDriver) arrive(i *Interface, frame []byte) {
	if e.receive.size == 0 {
		i.ReceiveFrame(frame)
	} else if i.LinkUp != 0 && len(frame) >= ethernetHeader {
		e.receive.take(i, frame)
	}
}

func (e *EthernetDriver) leave(group HardwareAddress) {
	if n := slices.Index(e.groups, group); n >= 0 {
		e.groups = slices.Delete(e.groups, n, n+1)
	}
}

// portName names an interface on its wire: the first one as its instance.
func portName(iface *Interface) string {
	if iface.index == 0 {
		return iface.ip.name
	}
	return iface.ip.name + " " + iface.name
}

// send puts the link header in front of a packet and sends both.
func (e *EthernetDriver) send(r *DriverRequest) {
	if e.port == nil || r.Interface.LinkUp == 0 || !e.transmit.hasRoom(e.wire.Kernel()) {
		return
	}
	protocol := header.IPv4ProtocolNumber
	switch {
	case r.Command == LinkARPSend || r.Command == LinkARPResponseSend:
		protocol = header.ARPProtocolNumber
	case r.Command == LinkRARPSend:
		protocol = rarpProtocolNumber
	case r.Frame[ethernetHeader]>>4 == 6:
		protocol = header.IPv6ProtocolNumber
	}
	from := HardwareAddressFrom(r.Interface.PhysicalAddressMsw, r.Interface.PhysicalAddressLsw)
	putEthernet(r.Frame, HardwareAddressFrom(r.PhysicalAddressMsw, r.PhysicalAddressLsw), from, uint16(protocol))
	r.Busy = e.port.Send(r.Frame)
	e.transmit.add(e.wire.Kernel(), r.Busy)
}

// putEthernet writes a frame's link header.
func putEthernet(frame []byte, to, from HardwareAddress, protocol uint16) {
	copy(frame[0:6], to[:])
	copy(frame[6:12], from[:])
	binary.BigEndian.PutUint16(frame[12:14], protocol)
}

func (e *EthernetDriver) close() {
	if e.port != nil {
		e.port.Detach()
		e.port = nil
	}
	e.receive.close()
}
