package netx

import (
	"net/netip"

	"netxsim/netx/status"
)

// NxIcmpEnable lets the instance answer pings and report errors.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_ALREADY_ENABLED,
// NX_NOT_SUPPORTED.
// Callers: initialization, threads.
func NxIcmpEnable(ip *NX_IP) UINT {
	switch {
	case noIP(ip):
		return NX_PTR_ERROR
	case ip.ICMPEnabled():
		return NX_ALREADY_ENABLED
	case !initAndThreads(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	return status.Of(ip.EnableICMP())
}

// NxdIcmpEnable is NxIcmpEnable for both IP versions. It may be called again.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR.
// Callers: initialization, threads.
func NxdIcmpEnable(ip *NX_IP) UINT {
	switch {
	case noIP(ip):
		return NX_PTR_ERROR
	case !initAndThreads(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	_ = ip.EnableICMP() // or it was before
	ip.EnableICMPv6()
	return NX_SUCCESS
}

// NxIcmpPing sends dataSize bytes to the IPv4 address in host byte order and
// stores a packet with what came back in *response, nil if nothing did; the
// caller owns it.
//
// waitOption is in ticks and holds for the answer, and for each packet needed;
// NX_NO_WAIT returns at once, NX_WAIT_FOREVER never times out. Unlike NetX Duo,
// a dataSize beyond the end of data is NX_PTR_ERROR.
//
// Status: NX_SUCCESS, NX_NO_PACKET, NX_PTR_ERROR, NX_CALLER_ERROR,
// NX_NOT_ENABLED, NX_WAIT_ABORTED, NX_IP_ADDRESS_ERROR, NX_NO_RESPONSE,
// NX_NOT_SUPPORTED.
// Callers: threads.
func NxIcmpPing(ip *NX_IP, ipAddress ULONG, data []byte, dataSize ULONG, response **NX_PACKET, waitOption ULONG) UINT {
	switch {
	case noIP(ip) || response == nil || dataSize > 0 && isShort(data, dataSize):
		return NX_PTR_ERROR
	case ipAddress == 0:
		return NX_IP_ADDRESS_ERROR
	case !ip.ICMPEnabled():
		return NX_NOT_ENABLED
	case !threadsOnly(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	return ping(ip, v4(ipAddress), data[:dataSize], response, waitOption)
}

func ping(ip *NX_IP, to netip.Addr, data []byte, response **NX_PACKET, waitOption ULONG) UINT {
	*response = nil
	p, err := ip.Ping(to, data, waitOption)
	*response = p
	return status.Of(err)
}

// NxdIcmpPing is NxIcmpPing for an address of either IP version.
//
// Status: NX_SUCCESS, NX_OVERFLOW, NX_PTR_ERROR, NX_CALLER_ERROR,
// NX_NOT_ENABLED, NX_WAIT_ABORTED, NX_IP_ADDRESS_ERROR, NX_NO_RESPONSE,
// NX_NOT_SUPPORTED, NX_NO_INTERFACE_ADDRESS, NX_NO_PACKET.
// Callers: threads.
func NxdIcmpPing(ip *NX_IP, ipAddress *NXD_ADDRESS, data []byte, dataSize ULONG, response **NX_PACKET, waitOption ULONG) UINT {
	if s := checkPing(ip, ipAddress, data, dataSize, response, 0); s != NX_SUCCESS {
		return s
	}
	return ping(ip, ipAddress.addr(), data[:dataSize], response, waitOption)
}

// checkPing makes the checks of a ping to either IP version.
func checkPing(ip *NX_IP, ipAddress *NXD_ADDRESS, data []byte, dataSize ULONG, response **NX_PACKET, addressIndex UINT) UINT {
	switch {
	case noIP(ip) || response == nil || dataSize > 0 && isShort(data, dataSize):
		return NX_PTR_ERROR
	case ipAddress == nil || !ipAddress.addr().IsValid():
		return NX_IP_ADDRESS_ERROR
	case ipAddress.IpVersion == NX_IP_VERSION_V4 && !ip.HasAnyInterface(addressIndex):
		return NX_INVALID_INTERFACE
	case ipAddress.IpVersion == NX_IP_VERSION_V4 && !ip.ICMPEnabled() || ipAddress.IpVersion == NX_IP_VERSION_V6 && !ip.IPv6PingEnabled():
		return NX_NOT_ENABLED
	case !threadsOnly(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	return NX_SUCCESS
}

// NxdIcmpSourcePing is NxdIcmpPing by way of the interface with the number
// addressIndex; for IPv6, from the local address with that number.
//
// Status: NX_SUCCESS, NX_OVERFLOW, NX_PTR_ERROR, NX_CALLER_ERROR,
// NX_NOT_ENABLED, NX_WAIT_ABORTED, NX_IP_ADDRESS_ERROR, NX_NO_RESPONSE,
// NX_NOT_SUPPORTED, NX_NO_INTERFACE_ADDRESS, NX_NO_PACKET,
// NX_INVALID_INTERFACE.
// Callers: threads.
func NxdIcmpSourcePing(ip *NX_IP, ipAddress *NXD_ADDRESS, addressIndex UINT, data []byte, dataSize ULONG,
	response **NX_PACKET, waitOption ULONG) UINT {
	if s := checkPing(ip, ipAddress, data, dataSize, response, addressIndex); s != NX_SUCCESS {
		return s
	}
	if _, _, _, err := ip.IPv6Address(addressIndex); err != nil && ipAddress.IpVersion == NX_IP_VERSION_V6 {
		return NX_INVALID_INTERFACE
	}
	*response = nil
	p, err := ip.PingFrom(addressIndex, ipAddress.addr(), data[:dataSize], waitOption)
	*response = p
	return status.Of(err)
}

// NxdIcmpInterfacePing is NxdIcmpSourcePing under an older name.
//
// Status: NX_SUCCESS, NX_OVERFLOW, NX_PTR_ERROR, NX_CALLER_ERROR,
// NX_NOT_ENABLED, NX_WAIT_ABORTED, NX_IP_ADDRESS_ERROR, NX_NO_RESPONSE,
// NX_NOT_SUPPORTED, NX_NO_INTERFACE_ADDRESS, NX_NO_PACKET,
// NX_INVALID_INTERFACE.
// Callers: threads.
func NxdIcmpInterfacePing(ip *NX_IP, ipAddress *NXD_ADDRESS, addressIndex UINT, data []byte, dataSize ULONG,
	response **NX_PACKET, waitOption ULONG) UINT {
	return NxdIcmpSourcePing(ip, ipAddress, addressIndex, data, dataSize, response, waitOption)
}

// NxIcmpInfoGet stores the counters of the pinging side: pings sent, time-outs,
// threads that wait now, answers, and for all messages those with a wrong
// checksum and those not handled. A nil pointer skips its value.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED.
// Callers: initialization, threads.
func NxIcmpInfoGet(ip *NX_IP, pingsSent, pingTimeouts, pingThreadsSuspended, pingResponsesReceived, icmpChecksumErrors,
	icmpUnhandledMessages *ULONG) UINT {
	switch {
	case noIP(ip):
		return NX_PTR_ERROR
	case !ip.ICMPEnabled():
		return NX_NOT_ENABLED
	case !initAndThreads(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	info := ip.ICMPInfo()
	store(pingsSent, info.PingsSent)
	store(pingTimeouts, info.PingTimeouts)
	store(pingThreadsSuspended, info.PingThreads)
	store(pingResponsesReceived, info.PingResponses)
	store(icmpChecksumErrors, info.ChecksumErrors)
	store(icmpUnhandledMessages, info.Unhandled)
	return NX_SUCCESS
}
