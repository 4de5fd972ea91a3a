package host

import (
	"net/netip"
	"slices"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/stack"

	"netxsim/ipstack/internal/netstack"
	"netxsim/sim"
	"netxsim/sim/link"
)

// minRTO is the least time after which a host sends again. NetX acknowledges a lone
// segment up to 200 ms after it came: with netstack's 200 ms both would happen at one
// instant, and whoever has had a time-out would have the next one at every segment.
// Linux adds the round trip to its 200 ms; netstack takes the larger of the two, so
// there must be room for the way there and back.
const minRTO = 300 * time.Millisecond

// nicID is netstack's number of a host's interface.
const nicID tcpip.NICID = 1

// Config describes a [Host].
type Config struct {
	// Name appears in reports, and is the host's in the host table; empty means
	// in none.
	Name string
	// Address is the host's IPv4 address and its network.
	Address netip.Prefix
	// Gateway is the router for other networks; the zero value means none.
	Gateway netip.Addr
	// Wire is what the host's interface is attached to.
	Wire *link.Wire
	// HardwareAddress is the interface's Ethernet address.
	HardwareAddress [6]byte
	// Callers says who uses the host.
	Callers Callers
}

// A Host is a simulated computer for ordinary Go programs, with as much memory as
// it wants.
type Host struct {
	Net
	kernel *sim.Kernel
	addr   netip.Addr
	stack  *netstack.Stack
	nic    *netstack.NIC
	mac    [6]byte
	port   *link.Port
	frame  []byte
	gate   gate

	loopback *netstack.NIC
}

// New attaches a host to a wire. It goes away with the kernel's run.
func New(kernel *sim.Kernel, config Config) *Host {
	h := &Host{kernel: kernel, addr: config.Address.Addr(), mac: config.HardwareAddress}
	h.Net = newNet(kernel, config.Name, config.Callers, (*hostBackend)(h))
	if config.Name != "" {
		NamesOf(kernel).Add(config.Name, h.addr)
	}
	h.stack = netstack.New(netstack.Config{Kernel: kernel, Name: "host " + config.Name})
	h.port = config.Wire.Attach(config.Name, config.HardwareAddress, h.receive)
	h.nic = h.stack.AddNIC(netstack.NICConfig{
		ID:       nicID,
		MTU:      uint32(config.Wire.MTU()),
		Ethernet: true,
		Address:  tcpip.LinkAddress(config.HardwareAddress[:]),
		Output:   h.output,
	})
	// Reno counts in integers; cubic's floating point differs between machines.
	reno, recovery := tcpip.CongestionControlOption("reno"), tcpip.TCPRecovery(0)
	timeout := tcpip.TCPMinRTOOption(minRTO)
	h.stack.SetTCP(&reno, &recovery, &timeout)
	h.configureAddress(config)
	h.configureLoopback(config)
	kernel.OnEnd(h.stack.Destroy)
	return h
}

func (h *Host) configureAddress(config Config) {
	network := tcpip.AddressWithPrefix{
		Address:   tcpip.AddrFrom4(config.Address.Addr().As4()),
		PrefixLen: config.Address.Bits(),
	}
	h.stack.AddProtocolAddress(nicID, tcpip.ProtocolAddress{
		Protocol: ipv4.ProtocolNumber, AddressWithPrefix: network,
	}, stack.AddressProperties{})
	routes := []tcpip.Route{{Destination: network.Subnet(), NIC: nicID}}
	if config.Gateway.IsValid() {
		routes = append(routes, tcpip.Route{
			Destination: header.IPv4EmptySubnet,
			Gateway:     tcpip.AddrFrom4(config.Gateway.As4()),
			NIC:         nicID,
		})
	}
	h.stack.SetRouteTable(routes)
}

// Loopback is an interface of its own, and what the host sends to its own address turns
// round in front of the wire. Both take a moment: with no round trip time at all
// netstack's TCP would stall.
const (
	loopbackID      tcpip.NICID = 2
	loopbackMTU                 = 65536
	loopbackLatency             = time.Microsecond
)

var loopbackNetwork = tcpip.AddressWithPrefix{Address: tcpip.AddrFrom4([4]byte{127, 0, 0, 1}), PrefixLen: 8}

func (h *Host) configureLoopback(config Config) {
	h.loopback = h.stack.AddNIC(netstack.NICConfig{
		ID: loopbackID, MTU: loopbackMTU, Loopback: true,
		Output: func(pkt *stack.PacketBuffer) { h.turnRound(h.loopback, pkt) },
	})
	h.stack.AddProtocolAddress(loopbackID, tcpip.ProtocolAddress{
		Protocol: ipv4.ProtocolNumber, AddressWithPrefix: loopbackNetwork,
	}, stack.AddressProperties{})
	routes := append(h.stack.GetRouteTable(), tcpip.Route{Destination: loopbackNetwork.Subnet(), NIC: loopbackID})
	h.stack.SetRouteTable(routes)
	h.stack.AddStaticNeighbor(nicID, ipv4.ProtocolNumber, tcpip.AddrFrom4(h.addr.As4()), tcpip.LinkAddress(config.HardwareAddress[:]))
}

// turnRound gives an interface what it has sent.
func (h *Host) turnRound(nic *netstack.NIC, pkt *stack.PacketBuffer) {
	frame := slices.Concat(pkt.AsSlices()...)
	h.kernel.After(loopbackLatency, func() {
		nic.Deliver(ipv4.ProtocolNumber, frame)
		h.stack.Settle()
	})
}

// Name returns the name given at creation.
func (h *Host) Name() string { return h.name }

// Addr returns the host's address.
func (h *Host) Addr() netip.Addr { return h.addr }

// receive takes a frame from the wire.
func (h *Host) receive(frame []byte) {
	if !h.holds(frame) {
		h.deliver(frame)
	}
}

// deliver hands a frame to the stack.
func (h *Host) deliver(frame []byte) {
	h.nic.Deliver(0, frame)
	h.stack.Settle()
}

// output puts a frame of the stack's on the wire, unless it is for the host itself.
func (h *Host) output(pkt *stack.PacketBuffer) {
	if pkt.EgressRoute.RemoteLinkAddress == tcpip.LinkAddress(h.mac[:]) {
		h.turnRound(h.nic, pkt)
		return
	}
	h.frame = h.frame[:0]
	for _, part := range pkt.AsSlices() {
		h.frame = append(h.frame, part...)
	}
	h.port.Send(h.frame)
}
