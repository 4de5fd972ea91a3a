package netx

import "netxsim/netx/status"

// NxIgmpEnable lets the instance join multicast groups and tell routers.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_ALREADY_ENABLED,
// NX_NOT_SUPPORTED.
// Callers: initialization, threads.
func NxIgmpEnable(ip *NX_IP) UINT {
	switch {
	case noIP(ip):
		return NX_PTR_ERROR
	case ip.IGMPEnabled():
		return NX_ALREADY_ENABLED
	case !initAndThreads(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	return status.Of(ip.EnableIGMP())
}

// NxIgmpInfoGet stores the counters of IGMP: reports sent, queries received,
// messages with a wrong checksum, and groups joined now. A nil pointer skips
// its value.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED,
// NX_NOT_SUPPORTED.
// Callers: initialization, threads.
func NxIgmpInfoGet(ip *NX_IP, igmpReportsSent, igmpQueriesReceived, igmpChecksumErrors, currentGroupsJoined *ULONG) UINT {
	switch {
	case noIP(ip):
		return NX_PTR_ERROR
	case !ip.IGMPEnabled():
		return NX_NOT_ENABLED
	case !initAndThreads(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	info := ip.IGMPInfo()
	store(igmpReportsSent, info.ReportsSent)
	store(igmpQueriesReceived, info.QueriesReceived)
	store(igmpChecksumErrors, info.ChecksumErrors)
	store(currentGroupsJoined, info.GroupsJoined)
	return NX_SUCCESS
}

// NxIgmpLoopbackEnable has the instance receive what it sends itself to groups
// that it joins from now on.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED,
// NX_NOT_SUPPORTED.
// Callers: initialization, threads.
func NxIgmpLoopbackEnable(ip *NX_IP) UINT { return setIGMPLoopback(ip, true) }

// NxIgmpLoopbackDisable ends what NxIgmpLoopbackEnable began.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED,
// NX_NOT_SUPPORTED.
// Callers: initialization, threads.
func NxIgmpLoopbackDisable(ip *NX_IP) UINT { return setIGMPLoopback(ip, false) }

func setIGMPLoopback(ip *NX_IP, on bool) UINT {
	switch {
	case noIP(ip):
		return NX_PTR_ERROR
	case !ip.IGMPEnabled():
		return NX_NOT_ENABLED
	case !initAndThreads(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	ip.SetIGMPLoopback(on)
	return NX_SUCCESS
}

// NxIgmpMulticastJoin has the first interface receive what is sent to a group,
// an IPv4 address in host byte order, and routers told.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED,
// NX_NO_MORE_ENTRIES, NX_IP_ADDRESS_ERROR, NX_INVALID_INTERFACE,
// NX_NOT_SUPPORTED.
// Callers: threads.
func NxIgmpMulticastJoin(ip *NX_IP, groupAddress ULONG) UINT {
	return joinGroup(ip, groupAddress, 0, true)
}

// NxIgmpMulticastInterfaceJoin is NxIgmpMulticastJoin for any interface.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED,
// NX_NO_MORE_ENTRIES, NX_IP_ADDRESS_ERROR, NX_INVALID_INTERFACE,
// NX_NOT_SUPPORTED.
// Callers: threads.
func NxIgmpMulticastInterfaceJoin(ip *NX_IP, groupAddress ULONG, interfaceIndex UINT) UINT {
	return joinGroup(ip, groupAddress, interfaceIndex, true)
}

// NxIpv4MulticastInterfaceJoin is NxIgmpMulticastInterfaceJoin without a word
// to routers.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NO_MORE_ENTRIES,
// NX_IP_ADDRESS_ERROR, NX_INVALID_INTERFACE, NX_NOT_SUPPORTED.
// Callers: threads.
func NxIpv4MulticastInterfaceJoin(ip *NX_IP, groupAddress ULONG, interfaceIndex UINT) UINT {
	return joinGroup(ip, groupAddress, interfaceIndex, false)
}

// NxIgmpMulticastLeave ends what one NxIgmpMulticastJoin began.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED,
// NX_ENTRY_NOT_FOUND, NX_IP_ADDRESS_ERROR, NX_INVALID_INTERFACE,
// NX_NOT_SUPPORTED.
// Callers: threads.
func NxIgmpMulticastLeave(ip *NX_IP, groupAddress ULONG) UINT {
	return leaveGroup(ip, groupAddress, 0, true)
}

// NxIgmpMulticastInterfaceLeave ends what one NxIgmpMulticastInterfaceJoin
// began.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED,
// NX_ENTRY_NOT_FOUND, NX_IP_ADDRESS_ERROR, NX_INVALID_INTERFACE,
// NX_NOT_SUPPORTED.
// Callers: threads.
func NxIgmpMulticastInterfaceLeave(ip *NX_IP, groupAddress ULONG, interfaceIndex UINT) UINT {
	return leaveGroup(ip, groupAddress, interfaceIndex, true)
}

// NxIpv4MulticastInterfaceLeave ends what one NxIpv4MulticastInterfaceJoin
// began.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_ENTRY_NOT_FOUND,
// NX_IP_ADDRESS_ERROR, NX_INVALID_INTERFACE, NX_NOT_SUPPORTED.
// Callers: threads.
func NxIpv4MulticastInterfaceLeave(ip *NX_IP, groupAddress ULONG, interfaceIndex UINT) UINT {
	return leaveGroup(ip, groupAddress, interfaceIndex, false)
}

func joinGroup(ip *NX_IP, groupAddress ULONG, interfaceIndex UINT, igmp bool) UINT {
	if s := checkGroup(ip, groupAddress, interfaceIndex, igmp); s != NX_SUCCESS {
		return s
	}
	return status.Of(ip.JoinGroup(v4(groupAddress), interfaceIndex, !igmp))
}

func leaveGroup(ip *NX_IP, groupAddress ULONG, interfaceIndex UINT, igmp bool) UINT {
	if s := checkGroup(ip, groupAddress, interfaceIndex, igmp); s != NX_SUCCESS {
		return s
	}
	return status.Of(ip.LeaveGroup(v4(groupAddress), interfaceIndex))
}

// checkGroup makes the checks of a service about a group.
func checkGroup(ip *NX_IP, groupAddress ULONG, interfaceIndex UINT, igmp bool) UINT {
	switch {
	case noIP(ip):
		return NX_PTR_ERROR
	case groupAddress>>28 != 0xE:
		return NX_IP_ADDRESS_ERROR
	case igmp && !ip.IGMPEnabled():
		return NX_NOT_ENABLED
	case !ip.HasInterface(interfaceIndex):
		return NX_INVALID_INTERFACE
	case !threadsOnly(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	return NX_SUCCESS
}
