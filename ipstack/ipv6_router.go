package ipstack

import (
	"net/netip"
	"slices"

	"netxsim/netx/status"
)

// maxRouters is NX_IPV6_DEFAULT_ROUTER_TABLE_SIZE.
const maxRouters = 8

// ipv6Router is a neighbour through which other networks are reached.
type ipv6Router struct {
	address  netip.Addr
	via      *Interface
	lifetime uint32
}

// AddIPv6Router makes a neighbour on an interface a router for other networks,
// as nxd_ipv6_default_router_add does. lifetime, in seconds, is only told to
// who asks: a router that was added is not forgotten.
//
// Errors: status.InvalidInterface, status.NoMoreEntries.
func (ip *IP) AddIPv6Router(address netip.Addr, lifetime, index uint32) error {
	i, err := ip.physicalInterface(index)
	if err != nil {
		return err
	}
	v := &ip.ipv6
	if n := v.router(address); n >= 0 {
		v.routers[n].lifetime = lifetime
		return nil
	}
	if len(v.routers) == maxRouters {
		return status.NoMoreEntries
	}
	v.routers = append(v.routers, ipv6Router{address, i, lifetime})
	return nil
}

// DeleteIPv6Router forgets a router, as nxd_ipv6_default_router_delete does.
//
// Errors: status.NotFound when there are others only.
func (ip *IP) DeleteIPv6Router(address netip.Addr) error {
	v := &ip.ipv6
	n := v.router(address)
	switch {
	case len(v.routers) == 0:
		return nil
	case n < 0:
		return status.NotFound
	}
	v.routers = slices.Delete(v.routers, n, n+1)
	return nil
}

// IPv6Router returns the first router on an interface and its lifetime in
// seconds, as nxd_ipv6_default_router_get does.
//
// Errors: status.NotFound.
func (ip *IP) IPv6Router(index uint32) (address netip.Addr, lifetime uint32, err error) {
	for _, r := range ip.ipv6.routers {
		if uint32(r.via.index) == index {
			return r.address, r.lifetime, nil
		}
	}
	return netip.Addr{}, 0, status.NotFound
}

func (v *ipv6Protocol) router(address netip.Addr) int {
	return slices.IndexFunc(v.routers, func(r ipv6Router) bool { return r.address == address })
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
