package netx

import (
	"encoding/binary"
	"net/netip"

	"netxsim/ipstack"
	"netxsim/netx/status"
)

// NxdNdCacheEntrySet stores the hardware address of an IPv6 neighbour, six
// bytes, for good. As in C, interfaceIndex is taken for the number of one of the
// instance's IPv6 addresses: the neighbour is on the interface of that one, and
// is not found if there is none.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_SUCCESSFUL,
// NX_NOT_SUPPORTED, NX_INVALID_INTERFACE.
// Callers: initialization, threads.
func NxdNdCacheEntrySet(ip *NX_IP, destIp *[4]ULONG, interfaceIndex UINT, mac []byte) UINT {
	switch {
	case noIP(ip) || destIp == nil || mac == nil:
		return NX_PTR_ERROR
	case interfaceIndex >= ip.InterfaceLimit():
		return NX_INVALID_INTERFACE
	case !initAndThreads(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	return status.Of(ip.SetNeighbour(addr6(destIp), interfaceIndex, ipstack.HardwareAddress(mac)))
}

// addr6 returns an IPv6 address given as four words.
func addr6(words *[4]ULONG) netip.Addr {
	var address [16]byte
	for n, word := range words {
		binary.BigEndian.PutUint32(address[4*n:], word)
	}
	return netip.AddrFrom16(address)
}

// NxdNdCacheEntryDelete forgets an IPv6 neighbour.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_ENTRY_NOT_FOUND,
// NX_NOT_SUPPORTED.
// Callers: initialization, threads.
func NxdNdCacheEntryDelete(ip *NX_IP, destIp *[4]ULONG) UINT {
	switch {
	case noIP(ip) || destIp == nil:
		return NX_PTR_ERROR
	case !initAndThreads(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	return status.Of(ip.DeleteNeighbour(addr6(destIp)))
}

// NxdNdCacheInvalidate forgets all IPv6 neighbours, those that
// NxdNdCacheEntrySet has stored too.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_SUPPORTED.
// Callers: threads.
func NxdNdCacheInvalidate(ip *NX_IP) UINT {
	switch {
	case noIP(ip):
		return NX_PTR_ERROR
	case !threadsOnly(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	ip.InvalidateNeighbours()
	return NX_SUCCESS
}

// NxdNdCacheHardwareAddressFind stores the hardware address of an IPv6
// neighbour, zero while it is being asked for, and the number of its interface.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_ENTRY_NOT_FOUND,
// NX_NOT_SUPPORTED, NX_INVALID_PARAMETERS.
// Callers: threads.
func NxdNdCacheHardwareAddressFind(ip *NX_IP, ipAddress *NXD_ADDRESS, physicalMsw, physicalLsw *ULONG, interfaceIndex *UINT) UINT {
	switch {
	case noIP(ip) || ipAddress == nil || physicalMsw == nil || physicalLsw == nil:
		return NX_PTR_ERROR
	case ipAddress.IpVersion != NX_IP_VERSION_V6:
		return NX_INVALID_PARAMETERS
	case interfaceIndex == nil:
		return NX_PTR_ERROR
	case !threadsOnly(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	hardware, index, err := ip.Neighbour(ipAddress.addr())
	if err != nil {
		return status.Of(err)
	}
	*physicalMsw, *physicalLsw = hardware.Words()
	*interfaceIndex = index
	return NX_SUCCESS
}

// NxdNdCacheIpAddressFind stores the address of the first IPv6 neighbour with a
// hardware address, and the number of its interface.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_ENTRY_NOT_FOUND,
// NX_NOT_SUPPORTED, NX_INVALID_PARAMETERS.
// Callers: threads.
func NxdNdCacheIpAddressFind(ip *NX_IP, ipAddress *NXD_ADDRESS, physicalMsw, physicalLsw ULONG, interfaceIndex *UINT) UINT {
	switch {
	case noIP(ip) || ipAddress == nil || interfaceIndex == nil:
		return NX_PTR_ERROR
	case physicalMsw|physicalLsw == 0:
		return NX_INVALID_PARAMETERS
	case !threadsOnly(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	address, index, err := ip.NeighbourByHardware(ipstack.HardwareAddressFrom(physicalMsw, physicalLsw))
	if err != nil {
		return status.Of(err)
	}
	ipAddress.set(address)
	*interfaceIndex = index
	return NX_SUCCESS
}
