package netx

import "netxsim/netx/status"

// NxdIpv6StatelessAddressAutoconfigEnable lets an interface have addresses made
// from what routers advertise, as it does to begin with. It needs a Program with
// Stack.IPv6AutoconfigControl (NX_IPV6_STATELESS_AUTOCONFIG_CONTROL).
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_ALREADY_ENABLED,
// NX_NOT_SUPPORTED, NX_INVALID_INTERFACE.
// Callers: initialization, threads.
func NxdIpv6StatelessAddressAutoconfigEnable(ip *NX_IP, interfaceIndex UINT) UINT {
	if s := checkAutoconfig(ip, interfaceIndex); s != NX_SUCCESS {
		return s
	}
	return status.Of(ip.EnableAutoconfiguration(interfaceIndex))
}

// NxdIpv6StatelessAddressAutoconfigDisable ends what
// NxdIpv6StatelessAddressAutoconfigEnable began.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_SUPPORTED,
// NX_INVALID_INTERFACE.
// Callers: initialization, threads.
func NxdIpv6StatelessAddressAutoconfigDisable(ip *NX_IP, interfaceIndex UINT) UINT {
	if s := checkAutoconfig(ip, interfaceIndex); s != NX_SUCCESS {
		return s
	}
	return status.Of(ip.DisableAutoconfiguration(interfaceIndex))
}

// checkAutoconfig makes the checks of the two.
func checkAutoconfig(ip *NX_IP, interfaceIndex UINT) UINT {
	switch {
	case !current().Stack.IPv6AutoconfigControl:
		return NX_NOT_SUPPORTED
	case noIP(ip):
		return NX_PTR_ERROR
	case interfaceIndex >= ip.InterfaceLimit():
		return NX_INVALID_INTERFACE
	case !initAndThreads(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	return NX_SUCCESS
}

// NxdIcmpv6RaFlagCallbackSet has icmpv6RaFlagCallback called with the flags of
// every router advertisement; nil ends that.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_SUPPORTED.
// Callers: initialization, threads.
func NxdIcmpv6RaFlagCallbackSet(ip *NX_IP, icmpv6RaFlagCallback func(ip *NX_IP, raFlag UINT)) UINT {
	if s := checkInitAndThreads(ip); s != NX_SUCCESS {
		return s
	}
	if icmpv6RaFlagCallback == nil {
		ip.NotifyRouterAdvert(nil)
		return NX_SUCCESS
	}
	ip.NotifyRouterAdvert(func(ip *NX_IP, flags uint8) { icmpv6RaFlagCallback(ip, UINT(flags)) })
	return NX_SUCCESS
}
