package netx

import "netxsim/netx/status"

// NxIpAddressGet stores the address and mask of the first interface, in host
// byte order.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_SUPPORTED.
// Callers: initialization, threads.
func NxIpAddressGet(ip *NX_IP, ipAddress, networkMask *ULONG) UINT {
	if noIP(ip) || ipAddress == nil || networkMask == nil {
		return NX_PTR_ERROR
	}
	if !initAndThreads(ip.Kernel()) {
		return NX_CALLER_ERROR
	}
	address, mask := ip.InterfaceAddress(0)
	*ipAddress, *networkMask = word(address), mask
	return NX_SUCCESS
}

// NxIpAddressSet gives the first interface another address and mask, in host
// byte order. Connections keep the address they have.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_IP_ADDRESS_ERROR,
// NX_NOT_SUPPORTED.
// Callers: initialization, threads.
func NxIpAddressSet(ip *NX_IP, ipAddress, networkMask ULONG) UINT {
	switch {
	case noIP(ip):
		return NX_PTR_ERROR
	case !isHost(ipAddress):
		return NX_IP_ADDRESS_ERROR
	case !initAndThreads(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	return status.Of(ip.SetAddress(0, v4(ipAddress), networkMask))
}

// NxIpInterfaceAddressGet is NxIpAddressGet for any interface.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_INVALID_INTERFACE,
// NX_NOT_SUPPORTED.
// Callers: initialization, threads.
func NxIpInterfaceAddressGet(ip *NX_IP, interfaceIndex UINT, ipAddress, networkMask *ULONG) UINT {
	switch {
	case noIP(ip) || ipAddress == nil || networkMask == nil:
		return NX_PTR_ERROR
	case !ip.HasInterface(interfaceIndex):
		return NX_INVALID_INTERFACE
	case !initAndThreads(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	address, mask := ip.InterfaceAddress(interfaceIndex)
	*ipAddress, *networkMask = word(address), mask
	return NX_SUCCESS
}

// NxIpInterfaceAddressSet is NxIpAddressSet for any interface.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_IP_ADDRESS_ERROR,
// NX_INVALID_INTERFACE, NX_NOT_SUPPORTED.
// Callers: initialization, threads.
func NxIpInterfaceAddressSet(ip *NX_IP, interfaceIndex UINT, ipAddress, networkMask ULONG) UINT {
	switch {
	case noIP(ip):
		return NX_PTR_ERROR
	case !isHost(ipAddress):
		return NX_IP_ADDRESS_ERROR
	case !ip.HasInterface(interfaceIndex):
		return NX_INVALID_INTERFACE
	case !initAndThreads(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	return status.Of(ip.SetAddress(interfaceIndex, v4(ipAddress), networkMask))
}

// NxIpAddressChangeNotify has notify called, with additionalInfo, whenever an
// IPv4 address or mask has changed; nil ends that.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_SUPPORTED.
// Callers: initialization, threads.
func NxIpAddressChangeNotify(ip *NX_IP, notify func(ip *NX_IP, additionalInfo any), additionalInfo any) UINT {
	if s := checkInitAndThreads(ip); s != NX_SUCCESS {
		return s
	}
	if notify == nil {
		ip.NotifyAddressChange(nil)
		return NX_SUCCESS
	}
	ip.NotifyAddressChange(func(ip *NX_IP) { notify(ip, additionalInfo) })
	return NX_SUCCESS
}

// NxIpGatewayAddressSet makes a neighbour, an IPv4 address in host byte order,
// the router for all other networks.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_IP_ADDRESS_ERROR,
// NX_NOT_SUPPORTED.
// Callers: initialization, threads.
func NxIpGatewayAddressSet(ip *NX_IP, ipAddress ULONG) UINT {
	switch {
	case noIP(ip):
		return NX_PTR_ERROR
	case ipAddress == 0:
		return NX_IP_ADDRESS_ERROR
	case !initAndThreads(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	return status.Of(ip.SetGateway(v4(ipAddress)))
}

// NxIpGatewayAddressGet stores the router's address in host byte order.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_FOUND,
// NX_NOT_SUPPORTED.
// Callers: initialization, threads.
func NxIpGatewayAddressGet(ip *NX_IP, ipAddress *ULONG) UINT {
	if noIP(ip) || ipAddress == nil {
		return NX_PTR_ERROR
	}
	if !initAndThreads(ip.Kernel()) {
		return NX_CALLER_ERROR
	}
	address, err := ip.Gateway()
	if err == nil {
		*ipAddress = word(address)
	}
	return status.Of(err)
}

// NxIpGatewayAddressClear forgets the router.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_SUPPORTED.
// Callers: initialization, threads.
func NxIpGatewayAddressClear(ip *NX_IP) UINT { return call(ip, (*NX_IP).ClearGateway) }

// NxIpStaticRouteAdd adds the way to a network, or changes the one there is.
// Addresses are in host byte order. It needs a Program with
// Stack.StaticRoutes (NX_ENABLE_IP_STATIC_ROUTING).
//
// Status: NX_SUCCESS, NX_OVERFLOW, NX_PTR_ERROR, NX_CALLER_ERROR,
// NX_IP_ADDRESS_ERROR, NX_NOT_SUPPORTED.
// Callers: initialization, threads.
func NxIpStaticRouteAdd(ip *NX_IP, networkAddress, netMask, nextHop ULONG) UINT {
	if !current().Stack.StaticRoutes {
		return NX_NOT_SUPPORTED
	}
	if s := checkInitAndThreads(ip); s != NX_SUCCESS {
		return s
	}
	return status.Of(ip.AddRoute(networkAddress, netMask, v4(nextHop)))
}

// NxIpStaticRouteDelete takes the way to a network out. It needs a Program with
// Stack.StaticRoutes (NX_ENABLE_IP_STATIC_ROUTING).
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_SUCCESSFUL,
// NX_NOT_SUPPORTED.
// Callers: initialization, threads.
func NxIpStaticRouteDelete(ip *NX_IP, networkAddress, netMask ULONG) UINT {
	if !current().Stack.StaticRoutes {
		return NX_NOT_SUPPORTED
	}
	if s := checkInitAndThreads(ip); s != NX_SUCCESS {
		return s
	}
	return status.Of(ip.DeleteRoute(networkAddress, netMask))
}
