package netx

import "netxsim/netx/status"

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
	*routerLifetime, *prefixLength = lifetime, 64
	if address.IsLinkLocalUnicast() {
		*prefixLength = 10
	}
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
