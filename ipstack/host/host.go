package host

import (
	"net/netip"
	"slices"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
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

// Config describes a [Host].
type Config struct {
	// Name appears in reports, and is the host's in the host table; empty means
	// in none.
	Name string
	// Address is the host's IPv4 address and its network.
	Address netip.Prefix
	// Gateway is the router for other networks; the zero value means none.
	Gateway netip.Addr
	// Address6 is the host's IPv6 address and its network; the zero value means
	// that the host has no IPv6. The address is the host's from the beginning,
	// without asking whether somebody else has it, and so is the link-local one that
	// follows from HardwareAddress (RFC 4291, appendix A), with the zone eth0.
	Address6 netip.Prefix
	// Gateway6 is the router for other IPv6 networks; the zero value means none,
	// and router advertisements are not heeded.
	Gateway6 netip.Addr
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
	addr6  netip.Addr // invalid without IPv6
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
	h := &Host{kernel: kernel, addr: config.Address.Addr(), addr6: config.Address6.Addr(), mac: config.HardwareAddress}
	h.Net = newNet(kernel, config.Name, config.Callers, (*hostBackend)(h))
	if config.Name != "" {
		NamesOf(kernel).Add(config.Name, h.addrs()...)
	}
	h.stack = netstack.New(netstack.Config{Kernel: kernel, Name: "host " + config.Name, IPv6: h.addr6.IsValid()})
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
	h.configure(config)
	kernel.OnEnd(h.stack.Destroy)
	return h
}

// turnRound gives an interface what it has sent.
func (h *Host) turnRound(nic *netstack.NIC, pkt *stack.PacketBuffer) {
	frame, protocol := slices.Concat(pkt.AsSlices()...), pkt.NetworkProtocolNumber
	h.kernel.After(loopbackLatency, func() {
		nic.Deliver(protocol, frame)
		h.stack.Settle()
	})
}

// Name returns the name given at creation.
func (h *Host) Name() string { return h.name }

// Addr returns the host's IPv4 address.
func (h *Host) Addr() netip.Addr { return h.addr }

// Addr6 returns the host's IPv6 address, the zero Addr if it has no IPv6.
func (h *Host) Addr6() netip.Addr { return h.addr6 }

// addrs returns the host's addresses, without those that only its link knows.
func (h *Host) addrs() []netip.Addr {
	if h.addr6.IsValid() {
		return []netip.Addr{h.addr, h.addr6}
	}
	return []netip.Addr{h.addr}
}

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
