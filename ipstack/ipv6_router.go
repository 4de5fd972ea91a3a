package ipstack

import (
	"net/netip"
	"slices"

	"netxsim/netx/status"
)

const (
	maxRouters = 8 // NX_IPV6_DEFAULT_ROUTER_TABLE_SIZE
	// lifetimeForever is the lifetime of a router that is never forgotten.
	lifetimeForever = 0xFFFF
)

// How a router came into the table, numbered as in C.
const (
	IPv6RouterSolicited   = 1 // NX_IPV6_ROUTE_TYPE_SOLICITATED
	IPv6RouterUnsolicited = 2 // NX_IPV6_ROUTE_TYPE_UNSOLICITATED
	IPv6RouterStatic      = 4 // NX_IPV6_ROUTE_TYPE_STATIC
)

// IPv6RouterInfo describes a router of an instance.
type IPv6RouterInfo struct {
	Address  netip.Addr
	Lifetime uint32 // seconds; 65535 is for ever
	How      uint32 // one of the IPv6Router constants
}

// ipv6Router is a neighbour through which other networks are reached.
type ipv6Router struct {
	IPv6RouterInfo
	via *Interface // nil: unused
}

// AddIPv6Router makes a neighbour on an interface a router for other networks,
// as nxd_ipv6_default_router_add does. It is forgotten lifetime seconds later
// (of which 16 bits count), unless that is 65535.
//
// Errors: status.InvalidInterface, status.IpAddressError for an address that no
// address of the interface reaches, status.NoMoreEntries.
func (ip *IP) AddIPv6Router(address netip.Addr, lifetime, index uint32) error {
	i, err := ip.physicalInterface(index)
	if err != nil {
		return err
	}
	return ip.ipv6.addRouter(i, IPv6RouterInfo{address, lifetime & lifetimeForever, IPv6RouterStatic})
}

func (v *ipv6Protocol) addRouter(i *Interface, info IPv6RouterInfo) error {
	if !v.mayRoute(i, info.Address) {
		return status.IpAddressError
	}
	v.ip.clock.need()
	for n := range v.routers {
		if r := &v.routers[n]; r.via == i && r.Address == info.Address {
			r.Lifetime = info.Lifetime
			return nil
		}
	}
	for n := range v.routers {
		if v.routers[n].via == nil {
			v.routers[n] = ipv6Router{info, i}
			return nil
		}
	}
	return status.NoMoreEntries
}

// mayRoute reports whether an address can be a router's on an interface.
func (v *ipv6Protocol) mayRoute(i *Interface, address netip.Addr) bool {
	if !address.IsValid() || address.IsMulticast() || address.IsUnspecified() {
		return false
	}
	if !address.IsGlobalUnicast() {
		return true
	}
	return slices.ContainsFunc(v.addresses, func(a ipv6Address) bool {
		return a.via == i && a.address.IsValid() && netip.PrefixFrom(a.address, int(a.prefix)).Contains(address)
	})
}

// DeleteIPv6Router forgets a router, as nxd_ipv6_default_router_delete does.
//
// Errors: status.NotFound when there are others only.
func (ip *IP) DeleteIPv6Router(address netip.Addr) error {
	v := &ip.ipv6
	empty := true
	for n := range v.routers {
		r := &v.routers[n]
		if r.via != nil && r.Address == address {
			v.forgetRouter(r)
			return nil
		}
		empty = empty && r.via == nil
	}
	if empty {
		return nil
	}
	return status.NotFound
}

func (v *ipv6Protocol) forgetRouter(r *ipv6Router) {
	if n := v.find(r.Address); n != nil {
		n.router = false
	}
	v.forgetPaths(r.Address)
	*r = ipv6Router{}
}

// IPv6Router returns the first router on an interface and its lifetime in
// seconds, as nxd_ipv6_default_router_get does.
//
// Errors: status.NotFound.
func (ip *IP) IPv6Router(index uint32) (address netip.Addr, lifetime uint32, err error) {
	info, err := ip.IPv6RouterEntry(index, 0)
	return info.Address, info.Lifetime, err
}

// IPv6RouterEntry returns a router of an interface by its number there, from 0,
// as nxd_ipv6_default_router_entry_get does.
//
// Errors: status.NotFound.
func (ip *IP) IPv6RouterEntry(index, number uint32) (IPv6RouterInfo, error) {
	for _, r := range ip.ipv6.routers {
		if r.via == nil || uint32(r.via.index) != index {
			continue
		}
		if number == 0 {
			return r.IPv6RouterInfo, nil
		}
		number--
	}
	return IPv6RouterInfo{}, status.NotFound
}

// IPv6RouterCount returns the number of routers on an interface, as
// nxd_ipv6_default_router_number_of_entries_get does.
func (ip *IP) IPv6RouterCount(index uint32) (count uint32) {
	for _, r := range ip.ipv6.routers {
		if r.via != nil && uint32(r.via.index) == index {
			count++
		}
	}
	return count
}

// IPv6RouterLimit returns the number of routers an instance can have,
// NX_IPV6_DEFAULT_ROUTER_TABLE_SIZE.
func (ip *IP) IPv6RouterLimit() uint32 { return maxRouters }

// isRouter reports whether a neighbour is a router.
func (v *ipv6Protocol) isRouter(address netip.Addr) bool {
	return slices.ContainsFunc(v.routers[:], func(r ipv6Router) bool { return r.via != nil && r.Address == address })
}

// routerOn returns a router on an interface: the first one known to be there,
// otherwise each in turn (RFC 4861, section 6.3.6).
func (v *ipv6Protocol) routerOn(i *Interface) (netip.Addr, bool) {
	for _, r := range v.routers {
		if r.via == i {
			if n := v.find(r.Address); n != nil && n.usable() {
				return r.Address, true
			}
		}
	}
	for n := range v.routers {
		if r := &v.routers[(v.turn+n)%maxRouters]; r.via == i {
			v.turn = (v.turn + 1) % maxRouters
			return r.Address, true
		}
	}
	return netip.Addr{}, false
}

// age lets a second of the lifetimes of routers and prefixes pass, and reports
// whether there are any.
func (v *ipv6Protocol) age() bool {
	busy := false
	for n := range v.routers {
		r := &v.routers[n]
		switch {
		case r.via == nil || r.Lifetime == lifetimeForever:
			continue
		case r.Lifetime == 0:
			v.forgetRouter(r)
			continue
		}
		r.Lifetime--
		busy = true
	}
	return v.agePrefixes() || busy
}

// forgetInterface forgets everything about an interface.
func (v *ipv6Protocol) forgetInterface(i *Interface) {
	for n := range v.addresses {
		if a := &v.addresses[n]; a.via == i {
			*a = ipv6Address{}
		}
	}
	for n := range v.routers {
		if r := &v.routers[n]; r.via == i {
			v.forgetPaths(r.Address)
			*r = ipv6Router{}
		}
	}
	for k := range v.neighbours {
		if n := &v.neighbours[k]; n.via == i {
			v.forgetNeighbours(n)
		}
	}
	v.groups = slices.DeleteFunc(v.groups, func(g ipv6Group) bool { return g.via == i })
}

// ipv6Group is a multicast group, joined count times on an interface.
type ipv6Group struct {
	address netip.Addr
	via     *Interface
	count   int
}

// JoinIPv6Group lets an interface receive what is sent to a multicast group, as
// nxd_ipv6_multicast_interface_join does. Routers are not told.
//
// Errors: status.NotSupported without Target.IPv6Multicast,
// status.InvalidInterface, status.NoMoreEntries, status.Overflow when the
// driver refuses.
func (ip *IP) JoinIPv6Group(address netip.Addr, index uint32) error {
	if !ip.target.IPv6Multicast {
		return status.NotSupported
	}
	i, err := ip.physicalInterface(index)
	if err != nil {
		return err
	}
	v := &ip.ipv6
	if n := v.group(address, i); n >= 0 {
		v.groups[n].count++
		return nil
	}
	if len(v.groups) == maxGroups {
		return status.NoMoreEntries
	}
	v.groups = append(v.groups, ipv6Group{address, i, 1})
	msw, lsw := ipv6MulticastHardware(address)
	if i.command(LinkMulticastJoin, msw, lsw, nil) != 0 {
		return status.Overflow
	}
	return nil
}

// LeaveIPv6Group ends what one call of JoinIPv6Group did, as
// nxd_ipv6_multicast_interface_leave does.
//
// Errors: status.NotSupported without Target.IPv6Multicast,
// status.InvalidInterface, status.EntryNotFound.
func (ip *IP) LeaveIPv6Group(address netip.Addr, index uint32) error {
	if !ip.target.IPv6Multicast {
		return status.NotSupported
	}
	i, err := ip.physicalInterface(index)
	if err != nil {
		return err
	}
	v := &ip.ipv6
	n := v.group(address, i)
	if n < 0 {
		return status.EntryNotFound
	}
	if v.groups[n].count--; v.groups[n].count == 0 {
		v.groups = slices.Delete(v.groups, n, n+1)
		i.command6(LinkMulticastLeave, address)
	}
	return nil
}

func (v *ipv6Protocol) group(address netip.Addr, i *Interface) int {
	return slices.IndexFunc(v.groups, func(g ipv6Group) bool { return g.address == address && g.via == i })
}
