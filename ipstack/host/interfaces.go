package host

import (
	"net/netip"
	"slices"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv6"
	"gvisor.dev/gvisor/pkg/tcpip/stack"

	"netxsim/ipstack/internal/netstack"
)

// nicID is netstack's number of a host's interface.
const nicID tcpip.NICID = 1

// Loopback is an interface of its own, and what the host sends to its own address turns
// round in front of the wire. Both take a moment: with no round trip time at all
// netstack's TCP would stall.
const (
	loopbackID      tcpip.NICID = 2
	loopbackMTU                 = 65536
	loopbackLatency             = time.Microsecond
)

// The addresses of the loopback interface.
var (
	loopback4 = netip.MustParsePrefix("127.0.0.1/8")
	loopback6 = netip.MustParsePrefix("::1/128")
)

// configure gives a host's interfaces their addresses and routes.
func (h *Host) configure(config Config) {
	h.loopback = h.stack.AddNIC(netstack.NICConfig{
		ID: loopbackID, MTU: loopbackMTU, Loopback: true,
		Output: func(pkt *stack.PacketBuffer) { h.turnRound(h.loopback, pkt) },
	})
	h.address(nicID, config.Address)
	h.gateway(config.Gateway, header.IPv4EmptySubnet)
	h.address(loopbackID, loopback4)
	if h.addr6.IsValid() {
		h.address(nicID, config.Address6)
		local := netip.AddrFrom16(header.LinkLocalAddr(tcpip.LinkAddress(h.mac[:])).As16())
		h.address(nicID, netip.PrefixFrom(local, 64))
		h.gateway(config.Gateway6, header.IPv6EmptySubnet)
		h.address(loopbackID, loopback6)
	}
}

// address gives an interface an address, and the stack a route to its network. What the host sends to
// itself does not ask for a hardware address.
func (h *Host) address(nic tcpip.NICID, prefix netip.Prefix) {
	protocol := ipv4.ProtocolNumber
	if prefix.Addr().Is6() {
		protocol = ipv6.ProtocolNumber
	}
	network := tcpip.AddressWithPrefix{Address: toTCPIP(prefix.Addr()), PrefixLen: prefix.Bits()}
	h.stack.AddProtocolAddress(nic, tcpip.ProtocolAddress{Protocol: protocol, AddressWithPrefix: network}, stack.AddressProperties{})
	h.route(tcpip.Route{Destination: network.Subnet(), NIC: nic})
	if nic == nicID {
		h.stack.AddStaticNeighbor(nic, protocol, network.Address, tcpip.LinkAddress(h.mac[:]))
	}
}

// gateway has a router, if there is one, for everything else of a protocol.
func (h *Host) gateway(router netip.Addr, rest tcpip.Subnet) {
	if router.IsValid() {
		h.route(tcpip.Route{Destination: rest, Gateway: toTCPIP(router), NIC: nicID})
	}
}

// route adds a route. Those to longer prefixes come first, as the stack takes the first that fits.
func (h *Host) route(r tcpip.Route) {
	routes := append(h.stack.GetRouteTable(), r)
	slices.SortStableFunc(routes, func(a, b tcpip.Route) int { return b.Destination.Prefix() - a.Destination.Prefix() })
	h.stack.SetRouteTable(routes)
}
