package netx

import (
	"net/netip"

	"netxsim/netx/status"
)

// NxdIpv6DefaultRouterAdd makes a neighbour on an interface a router for other
// networks. routerLifetime is in seconds.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NO_MORE_ENTRIES,
// NX_IP_ADDRESS_ERROR, NX_NOT_SUPPORTED, NX_INVALID_INTERFACE,
// NX_INVALID_PARAMETERS.
// Callers: initialization, threads.
func NxdIpv6DefaultRouterAdd(ip *NX_IP, routerAddr *NXD_ADDRESS, routerLifetime ULONG, interfaceIndex UINT) UINT {
	switch {
	case noIP(ip) || routerAddr == nil:
		return NX_PTR_ERROR
	case routerAddr.IpVersion != NX_IP_VERSION_V6:
		return NX_INVALID_PARAMETERS
	case !ip.HasInterface(interfaceIndex):
		return NX_INVALID_INTERFACE
	case !initAndThreads(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	return status.Of(ip.AddIPv6Router(routerAddr.addr(), routerLifetime, interfaceIndex))
}

// NxdIpv6DefaultRouterDelete forgets a router.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_SUPPORTED,
// NX_INVALID_PARAMETERS, NX_NOT_FOUND.
// Callers: initialization, threads.
func NxdIpv6DefaultRouterDelete(ip *NX_IP, routerAddr *NXD_ADDRESS) UINT {
	switch {
	case noIP(ip) || routerAddr == nil:
		return NX_PTR_ERROR
	case routerAddr.IpVersion != NX_IP_VERSION_V6:
		return NX_INVALID_PARAMETERS
	case !initAndThreads(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	return status.Of(ip.DeleteIPv6Router(routerAddr.addr()))
}

// NxdIpv6DefaultRouterGet stores the first router on an interface, its lifetime
// in seconds and the length of the prefix that its address has.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_NOT_SUPPORTED, NX_INVALID_INTERFACE,
// NX_NOT_FOUND.
// Callers: initialization, threads.
func NxdIpv6DefaultRouterGet(ip *NX_IP, interfaceIndex UINT, routerAddr *NXD_ADDRESS, routerLifetime, prefixLength *ULONG) UINT {
	switch {
	case noIP(ip) || routerAddr == nil || routerLifetime == nil || prefixLength == nil:
		return NX_PTR_ERROR
	case interfaceIndex >= ip.InterfaceLimit():
		return NX_INVALID_INTERFACE
	}
	address, lifetime, err := ip.IPv6Router(interfaceIndex)
	if err != nil {
		return status.Of(err)
	}
	routerAddr.set(address)
	*routerLifetime, *prefixLength = lifetime, routerPrefix(address)
	return NX_SUCCESS
}

// NxdIpv6DefaultRouterEntryGet stores a router of an interface, by its number
// there: its address, lifetime in seconds, the length of the prefix that its
// address has and how it became known. Any of the four may be nil.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_INVALID_INTERFACE,
// NX_NOT_FOUND, NX_NOT_SUPPORTED.
// Callers: initialization, threads.
func NxdIpv6DefaultRouterEntryGet(ip *NX_IP, interfaceIndex, entryIndex UINT, routerAddr *NXD_ADDRESS,
	routerLifetime, prefixLength, configurationMethod *ULONG) UINT {
	switch {
	case noIP(ip):
		return NX_PTR_ERROR
	case interfaceIndex >= ip.InterfaceLimit(), entryIndex >= ip.IPv6RouterLimit():
		return NX_INVALID_INTERFACE
	case !initAndThreads(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	router, err := ip.IPv6RouterEntry(interfaceIndex, entryIndex)
	if err != nil {
		return status.Of(err)
	}
	if routerAddr != nil {
		routerAddr.set(router.Address)
	}
	store(routerLifetime, router.Lifetime)
	store(prefixLength, routerPrefix(router.Address))
	store(configurationMethod, router.How)
	return NX_SUCCESS
}

// routerPrefix is the length of prefix that C reports for a router's address.
func routerPrefix(address netip.Addr) ULONG {
	if address.IsLinkLocalUnicast() {
		return 10
	}
	return 64
}

// NxdIpv6DefaultRouterNumberOfEntriesGet stores the number of routers on an
// interface.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_NOT_SUPPORTED, NX_INVALID_INTERFACE,
// NX_CALLER_ERROR.
// Callers: initialization, threads.
func NxdIpv6DefaultRouterNumberOfEntriesGet(ip *NX_IP, interfaceIndex UINT, numEntries *UINT) UINT {
	switch {
	case noIP(ip) || numEntries == nil:
		return NX_PTR_ERROR
	case interfaceIndex >= ip.InterfaceLimit():
		return NX_INVALID_INTERFACE
	case !initAndThreads(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	*numEntries = ip.IPv6RouterCount(interfaceIndex)
	return NX_SUCCESS
}

// NxdIpv6MulticastInterfaceJoin lets an interface receive what is sent to a
// group. It needs a Program with Stack.IPv6Multicast
// (NX_ENABLE_IPV6_MULTICAST).
//
// Status: NX_SUCCESS, NX_OVERFLOW, NX_PTR_ERROR, NX_CALLER_ERROR,
// NX_NO_MORE_ENTRIES, NX_IP_ADDRESS_ERROR, NX_NOT_SUPPORTED,
// NX_INVALID_INTERFACE.
// Callers: threads.
func NxdIpv6MulticastInterfaceJoin(ip *NX_IP, groupAddress *NXD_ADDRESS, interfaceIndex UINT) UINT {
	if s := checkGroup6(ip, groupAddress, interfaceIndex); s != NX_SUCCESS {
		return s
	}
	return status.Of(ip.JoinIPv6Group(groupAddress.v6(), interfaceIndex))
}

// NxdIpv6MulticastInterfaceLeave ends what one NxdIpv6MulticastInterfaceJoin
// began. It needs a Program with Stack.IPv6Multicast
// (NX_ENABLE_IPV6_MULTICAST).
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_ENTRY_NOT_FOUND,
// NX_IP_ADDRESS_ERROR, NX_NOT_SUPPORTED, NX_INVALID_INTERFACE.
// Callers: threads.
func NxdIpv6MulticastInterfaceLeave(ip *NX_IP, groupAddress *NXD_ADDRESS, interfaceIndex UINT) UINT {
	if s := checkGroup6(ip, groupAddress, interfaceIndex); s != NX_SUCCESS {
		return s
	}
	return status.Of(ip.LeaveIPv6Group(groupAddress.v6(), interfaceIndex))
}

// checkGroup6 makes the checks of a service about an IPv6 group.
func checkGroup6(ip *NX_IP, groupAddress *NXD_ADDRESS, interfaceIndex UINT) UINT {
	switch {
	case !current().Stack.IPv6Multicast:
		return NX_NOT_SUPPORTED
	case noIP(ip) || groupAddress == nil:
		return NX_PTR_ERROR
	case !groupAddress.v6().IsMulticast():
		return NX_IP_ADDRESS_ERROR
	case !ip.HasInterface(interfaceIndex):
		return NX_INVALID_INTERFACE
	case !threadsOnly(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	return NX_SUCCESS
}
