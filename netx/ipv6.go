package netx

import (
	"net/netip"

	"netxsim/netx/status"
)

// NxdIpv6Enable lets the instance use IPv6.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_ALREADY_ENABLED,
// NX_NOT_SUPPORTED.
// Callers: initialization, threads.
func NxdIpv6Enable(ip *NX_IP) UINT {
	if s := checkInitAndThreads(ip); s != NX_SUCCESS {
		return s
	}
	return status.Of(ip.EnableIPv6())
}

// NxdIpv6Disable ends what NxdIpv6Enable began. Addresses, routers and
// neighbours are forgotten.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_SUPPORTED.
// Callers: initialization, threads.
func NxdIpv6Disable(ip *NX_IP) UINT { return call(ip, (*NX_IP).DisableIPv6) }

// NxdIpv6AddressSet gives an interface an address and stores its number in the
// instance, unless addressIndex is nil. A nil address with a prefixLength of 10
// is the link-local one that follows from the hardware address.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NO_MORE_ENTRIES,
// NX_IP_ADDRESS_ERROR, NX_NOT_SUPPORTED, NX_INVALID_INTERFACE,
// NX_DUPLICATED_ENTRY.
// Callers: initialization, threads.
func NxdIpv6AddressSet(ip *NX_IP, interfaceIndex UINT, ipAddress *NXD_ADDRESS, prefixLength ULONG, addressIndex *UINT) UINT {
	var address netip.Addr
	if ipAddress != nil {
		address = ipAddress.v6()
	}
	switch {
	case noIP(ip):
		return NX_PTR_ERROR
	case ipAddress != nil && prefixLength != 10 && ipAddress.IpVersion != NX_IP_VERSION_V6:
		return NX_IP_ADDRESS_ERROR
	case !ip.HasInterface(interfaceIndex):
		return NX_INVALID_INTERFACE
	case ipAddress != nil && (address.IsMulticast() || address.IsUnspecified()):
		return NX_IP_ADDRESS_ERROR
	case !initAndThreads(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	number, err := ip.SetIPv6Address(interfaceIndex, address, prefixLength)
	if err == nil {
		store(addressIndex, number)
	}
	return status.Of(err)
}

// v6 returns the address as one of IPv6, whatever its version.
func (a *NXD_ADDRESS) v6() netip.Addr {
	six := *a
	six.IpVersion = NX_IP_VERSION_V6
	return six.addr()
}

// NxdIpv6GlobalAddressSet is NxdIpv6AddressSet for the first interface, under an
// older name.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NO_MORE_ENTRIES,
// NX_IP_ADDRESS_ERROR, NX_NOT_SUPPORTED, NX_INVALID_INTERFACE,
// NX_DUPLICATED_ENTRY.
// Callers: initialization, threads.
func NxdIpv6GlobalAddressSet(ip *NX_IP, ipAddress *NXD_ADDRESS, prefixLength ULONG) UINT {
	return NxdIpv6AddressSet(ip, 0, ipAddress, prefixLength, nil)
}

// NxdIpv6LinklocalAddressSet is NxdIpv6AddressSet for a link-local address of
// the first interface, under an older name.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NO_MORE_ENTRIES,
// NX_IP_ADDRESS_ERROR, NX_NOT_SUPPORTED, NX_INVALID_INTERFACE,
// NX_DUPLICATED_ENTRY.
// Callers: initialization, threads.
func NxdIpv6LinklocalAddressSet(ip *NX_IP, ipAddress *NXD_ADDRESS) UINT {
	return NxdIpv6AddressSet(ip, 0, ipAddress, 10, nil)
}

// NxdIpv6AddressGet stores the address with a number, the length of its prefix
// and its interface's number.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_SUPPORTED,
// NX_NO_INTERFACE_ADDRESS.
// Callers: initialization, threads.
func NxdIpv6AddressGet(ip *NX_IP, addressIndex UINT, ipAddress *NXD_ADDRESS, prefixLength *ULONG, interfaceIndex *UINT) UINT {
	switch {
	case noIP(ip) || ipAddress == nil || prefixLength == nil || interfaceIndex == nil:
		return NX_PTR_ERROR
	case addressIndex > ip.IPv6AddressLimit():
		return NX_NO_INTERFACE_ADDRESS
	case !initAndThreads(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	address, prefix, index, err := ip.IPv6Address(addressIndex)
	if err != nil {
		*prefixLength, ipAddress.IpAddress.V6 = 0, [4]ULONG{}
		return status.Of(err)
	}
	ipAddress.set(address)
	*prefixLength, *interfaceIndex = prefix, index
	return NX_SUCCESS
}

// NxdIpv6AddressDelete takes an address away.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_SUPPORTED,
// NX_NO_INTERFACE_ADDRESS.
// Callers: initialization, threads.
func NxdIpv6AddressDelete(ip *NX_IP, addressIndex UINT) UINT {
	switch {
	case noIP(ip):
		return NX_PTR_ERROR
	case addressIndex >= ip.IPv6AddressLimit():
		return NX_NO_INTERFACE_ADDRESS
	case !initAndThreads(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	return status.Of(ip.DeleteIPv6Address(addressIndex))
}
