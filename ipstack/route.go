package ipstack

import (
	"net/netip"

	"netxsim/netx/status"
)

// maxStaticRoutes is NX_IP_ROUTING_TABLE_SIZE.
const maxStaticRoutes = 8

// staticRoute is the way to a network.
type staticRoute struct {
	network, mask, hop uint32
	via                *Interface
}

// route returns the interface and the neighbour through which an address is
// reached. A via that is not nil leaves only the neighbour to be found. Without
// a route, ok is false.
func (ip *IP) route(to uint32, via *Interface) (out *Interface, hop uint32, ok bool) {
	if isMulticast(to) || to == limitedBroadcast {
		return ip.routeToAll(to, via)
	}
	if isStandIn(to) {
		return ip.ipv6.routeStandIn(to)
	}
	if i := ip.ownInterface(to, via); i != nil {
		return i, to, true
	}
	if i, hop := ip.staticRouteTo(to, via); i != nil {
		return i, hop, true
	}
	if i := ip.onLinkInterface(to, via); i != nil {
		return i, to, true
	}
	if isLinkLocal(to) {
		if i := ip.anyUp(via, func(*Interface) bool { return true }); i != nil {
			return i, to, true
		}
	}
	if g := ip.gatewayInterface; ip.gateway != 0 && g != nil && g.up() {
		if !g.onLink(ip.gateway) || via != nil && via != g {
			return via, 0, false
		}
		return g, ip.gateway, true
	}
	if i := ip.anyUp(via, func(i *Interface) bool { return isLinkLocal(i.address) }); i != nil {
		return i, to, true
	}
	return via, 0, false
}

func isLinkLocal(address uint32) bool { return address>>16 == 0xA9FE }

// routeToAll is the route to a group or to everybody: the first interface that
// is up, or via.
func (ip *IP) routeToAll(to uint32, via *Interface) (*Interface, uint32, bool) {
	if via != nil {
		return via, to, via.up()
	}
	for n := range ip.physical() {
		if ip.interfaces[n].up() {
			return &ip.interfaces[n], to, true
		}
	}
	return nil, to, false
}

// ownInterface returns the interface that has an address.
func (ip *IP) ownInterface(address uint32, via *Interface) *Interface {
	for n := range ip.physical() {
		i := &ip.interfaces[n]
		if i.valid && i.up() && i.address == address && (via == nil || via == i) {
			return i
		}
	}
	return nil
}

func (ip *IP) staticRouteTo(to uint32, via *Interface) (*Interface, uint32) {
	for _, r := range ip.routes {
		if r.via.up() && r.network == to&r.mask && r.via.onLink(r.hop) && (via == nil || via == r.via) {
			return r.via, r.hop
		}
	}
	return nil, 0
}

// onLinkInterface returns the interface on whose network an address is. The
// loopback interface does not ask for via.
func (ip *IP) onLinkInterface(to uint32, via *Interface) *Interface {
	for n := range ip.interfaces {
		i := &ip.interfaces[n]
		if i.valid && i.up() && i.onLink(to) && (via == nil || via == i || i == ip.loopback()) {
			return i
		}
	}
	return nil
}

// anyUp returns via, or the first interface, that is up and fits.
func (ip *IP) anyUp(via *Interface, fits func(*Interface) bool) *Interface {
	for n := range ip.interfaces {
		i := &ip.interfaces[n]
		if i.valid && i.up() && (via == nil || via == i) && fits(i) {
			return i
		}
	}
	return nil
}

// AddRoute adds a way to a network, or changes the one there is, as
// nx_ip_static_route_add does. network and mask are in host byte order.
//
// Errors: status.NotSupported without Target.StaticRoutes,
// status.IpAddressError for a next hop on no interface's network,
// status.Overflow when there are too many.
func (ip *IP) AddRoute(network, mask uint32, hop netip.Addr) error {
	if !ip.target.StaticRoutes {
		return status.NotSupported
	}
	via := ip.interfaceTo(ip.interfaces, toWord(hop))
	if via == nil {
		return status.IpAddressError
	}
	network &= mask
	at := 0
	for ; at < len(ip.routes); at++ {
		r := &ip.routes[at]
		if r.network == network && r.mask == mask {
			r.hop = toWord(hop)
			return nil
		}
		if r.mask <= mask {
			break
		}
	}
	if len(ip.routes) == maxStaticRoutes {
		return status.Overflow
	}
	ip.routes = append(ip.routes, staticRoute{})
	copy(ip.routes[at+1:], ip.routes[at:])
	ip.routes[at] = staticRoute{network, mask, toWord(hop), via}
	return nil
}

// DeleteRoute takes a way to a network out, as nx_ip_static_route_delete does.
//
// Errors: status.NotSupported without Target.StaticRoutes, status.NotSuccessful
// when there are others only.
func (ip *IP) DeleteRoute(network, mask uint32) error {
	if !ip.target.StaticRoutes {
		return status.NotSupported
	}
	if len(ip.routes) == 0 {
		return nil
	}
	for n, r := range ip.routes {
		if r.network == network&mask && r.mask == mask {
			ip.routes = append(ip.routes[:n], ip.routes[n+1:]...)
			return nil
		}
	}
	return status.NotSuccessful
}

// forgetRoutes takes out the routes through an interface.
func (ip *IP) forgetRoutes(i *Interface) {
	kept := ip.routes[:0]
	for _, r := range ip.routes {
		if r.via != i {
			kept = append(kept, r)
		}
	}
	ip.routes = kept
}
