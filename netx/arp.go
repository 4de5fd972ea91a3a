package netx

import (
	"netxsim/ipstack"
	"netxsim/netx/status"
)

// NxArpEnable gives the instance an ARP cache in arpCacheMemory, of as many
// entries as would fit in arpCacheSize bytes on the target. Unlike NetX Duo, it
// does not use the memory.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_SIZE_ERROR, NX_CALLER_ERROR,
// NX_ALREADY_ENABLED, NX_NOT_SUPPORTED.
// Callers: initialization, threads.
func NxArpEnable(ip *NX_IP, arpCacheMemory []byte, arpCacheSize ULONG) UINT {
	switch {
	case noIP(ip) || arpCacheMemory == nil:
		return NX_PTR_ERROR
	case ip.ARPEnabled():
		return NX_ALREADY_ENABLED
	case arpCacheSize < arpEntrySize():
		return NX_SIZE_ERROR
	case !initAndThreads(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	return status.Of(ip.EnableARP(int(arpCacheSize / arpEntrySize())))
}

// arpEntrySize is the size of an NX_ARP on the target in bytes: seven pointers
// and six words, aligned.
func arpEntrySize() ULONG {
	if current().Target.PointerSize == 8 {
		return 88
	}
	return 52
}

// NxArpStaticEntryCreate stores a neighbour's hardware address for good. The
// IPv4 address is in host byte order, physicalMsw the first 16 bits of the
// hardware address, physicalLsw the other 32.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED,
// NX_NO_MORE_ENTRIES, NX_IP_ADDRESS_ERROR, NX_INVALID_PARAMETERS,
// NX_NOT_SUPPORTED.
// Callers: initialization, threads.
func NxArpStaticEntryCreate(ip *NX_IP, ipAddress, physicalMsw, physicalLsw ULONG) UINT {
	switch s := checkARP(ip, ipAddress); {
	case s != NX_SUCCESS:
		return s
	case physicalMsw|physicalLsw == 0:
		return NX_INVALID_PARAMETERS
	case !ip.ARPEnabled():
		return NX_NOT_ENABLED
	case !initAndThreads(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	return status.Of(ip.SetStaticARP(v4(ipAddress), ipstack.HardwareAddressFrom(physicalMsw, physicalLsw)))
}

// checkARP tests the instance, and that an address is one of a neighbour.
func checkARP(ip *NX_IP, ipAddress ULONG) UINT {
	switch {
	case noIP(ip):
		return NX_PTR_ERROR
	case ipAddress == 0 || ipAddress>>28 == 0xE || ipAddress == 0xFFFFFFFF:
		return NX_IP_ADDRESS_ERROR
	}
	return NX_SUCCESS
}

// NxArpStaticEntryDelete takes a static entry out of the cache, if it has this
// hardware address.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED,
// NX_ENTRY_NOT_FOUND, NX_IP_ADDRESS_ERROR, NX_INVALID_PARAMETERS,
// NX_NOT_SUPPORTED.
// Callers: threads.
func NxArpStaticEntryDelete(ip *NX_IP, ipAddress, physicalMsw, physicalLsw ULONG) UINT {
	switch {
	case noIP(ip):
		return NX_PTR_ERROR
	case ipAddress == 0:
		return NX_IP_ADDRESS_ERROR
	case physicalMsw|physicalLsw == 0:
		return NX_INVALID_PARAMETERS
	case !ip.ARPEnabled():
		return NX_NOT_ENABLED
	case !threadsOnly(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	return status.Of(ip.DeleteStaticARP(v4(ipAddress), ipstack.HardwareAddressFrom(physicalMsw, physicalLsw)))
}

// NxArpStaticEntriesDelete takes all static entries out of the cache.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED,
// NX_NOT_SUPPORTED.
// Callers: initialization, threads.
func NxArpStaticEntriesDelete(ip *NX_IP) UINT {
	switch {
	case noIP(ip):
		return NX_PTR_ERROR
	case !ip.ARPEnabled():
		return NX_NOT_ENABLED
	case !initAndThreads(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	ip.DeleteAllStaticARP()
	return NX_SUCCESS
}

// NxArpDynamicEntrySet stores a neighbour's hardware address until the network
// says another. Both words 0 ask the network for it.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED,
// NX_NO_MORE_ENTRIES, NX_IP_ADDRESS_ERROR, NX_NOT_SUPPORTED,
// NX_DUPLICATED_ENTRY.
// Callers: threads.
func NxArpDynamicEntrySet(ip *NX_IP, ipAddress, physicalMsw, physicalLsw ULONG) UINT {
	switch s := checkARP(ip, ipAddress); {
	case s != NX_SUCCESS:
		return s
	case !ip.ARPEnabled():
		return NX_NOT_ENABLED
	case !threadsOnly(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	return status.Of(ip.SetARP(v4(ipAddress), ipstack.HardwareAddressFrom(physicalMsw, physicalLsw)))
}

// NxArpDynamicEntriesInvalidate takes all dynamic entries out of the cache, and
// releases what waits for the neighbours.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED,
// NX_NOT_SUPPORTED.
// Callers: threads.
func NxArpDynamicEntriesInvalidate(ip *NX_IP) UINT {
	switch {
	case noIP(ip):
		return NX_PTR_ERROR
	case !ip.ARPEnabled():
		return NX_NOT_ENABLED
	case !threadsOnly(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	ip.InvalidateARP()
	return NX_SUCCESS
}

// NxArpEntryDelete takes an entry out of the cache, static or not.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_ENTRY_NOT_FOUND,
// NX_IP_ADDRESS_ERROR, NX_NOT_SUPPORTED.
// Callers: initialization, threads.
func NxArpEntryDelete(ip *NX_IP, ipAddress ULONG) UINT {
	switch {
	case noIP(ip):
		return NX_PTR_ERROR
	case ipAddress == 0:
		return NX_IP_ADDRESS_ERROR
	case !initAndThreads(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	return status.Of(ip.DeleteARP(v4(ipAddress)))
}

// NxArpHardwareAddressFind stores the hardware address of a neighbour if the
// cache has it. Nothing is sent.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED,
// NX_ENTRY_NOT_FOUND, NX_IP_ADDRESS_ERROR, NX_NOT_SUPPORTED.
// Callers: threads.
func NxArpHardwareAddressFind(ip *NX_IP, ipAddress ULONG, physicalMsw, physicalLsw *ULONG) UINT {
	switch {
	case noIP(ip) || physicalMsw == nil || physicalLsw == nil:
		return NX_PTR_ERROR
	case ipAddress == 0:
		return NX_IP_ADDRESS_ERROR
	case !ip.ARPEnabled():
		return NX_NOT_ENABLED
	case !threadsOnly(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	found, err := ip.FindARP(v4(ipAddress))
	if err == nil {
		*physicalMsw, *physicalLsw = found.Words()
	}
	return status.Of(err)
}

// NxArpIpAddressFind stores the IPv4 address, in host byte order, of the
// neighbour with a hardware address, if the cache has it.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED,
// NX_ENTRY_NOT_FOUND, NX_INVALID_PARAMETERS, NX_NOT_SUPPORTED.
// Callers: threads.
func NxArpIpAddressFind(ip *NX_IP, ipAddress *ULONG, physicalMsw, physicalLsw ULONG) UINT {
	switch {
	case noIP(ip) || ipAddress == nil:
		return NX_PTR_ERROR
	case physicalMsw|physicalLsw == 0:
		return NX_INVALID_PARAMETERS
	case !ip.ARPEnabled():
		return NX_NOT_ENABLED
	case !threadsOnly(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	found, err := ip.FindARPAddress(ipstack.HardwareAddressFrom(physicalMsw, physicalLsw))
	if err == nil {
		*ipAddress = word(found)
	}
	return status.Of(err)
}

// NxArpGratuitousSend announces the instance's addresses on its networks.
// responseHandler, unless it is nil, is called in the IP thread with every
// message of somebody else who has one of them, and owns its packet.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED,
// NX_IP_ADDRESS_ERROR, NX_NOT_SUPPORTED.
// Callers: threads.
func NxArpGratuitousSend(ip *NX_IP, responseHandler func(ip *NX_IP, packet *NX_PACKET)) UINT {
	switch {
	case noIP(ip):
		return NX_PTR_ERROR
	case !ip.HasAddress():
		return NX_IP_ADDRESS_ERROR
	case !ip.ARPEnabled():
		return NX_NOT_ENABLED
	case !threadsOnly(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	ip.AnnounceARP(responseHandler)
	return NX_SUCCESS
}

// NxArpInfoGet stores the counters of ARP: requests and responses sent and
// received, entries in use now, dynamic entries that aged, and malformed
// messages. A nil pointer skips its value.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED,
// NX_NOT_SUPPORTED.
// Callers: threads.
func NxArpInfoGet(ip *NX_IP, requestsSent, requestsReceived, responsesSent, responsesReceived, dynamicEntries,
	staticEntries, agedEntries, invalidMessages *ULONG) UINT {
	switch {
	case noIP(ip):
		return NX_PTR_ERROR
	case !ip.ARPEnabled():
		return NX_NOT_ENABLED
	case !threadsOnly(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	info := ip.ARPInfo()
	store(requestsSent, info.RequestsSent)
	store(requestsReceived, info.RequestsReceived)
	store(responsesSent, info.ResponsesSent)
	store(responsesReceived, info.ResponsesReceived)
	store(dynamicEntries, info.DynamicEntries)
	store(staticEntries, info.StaticEntries)
	store(agedEntries, info.AgedEntries)
	store(invalidMessages, info.InvalidMessages)
	return NX_SUCCESS
}
