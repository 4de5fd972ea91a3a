package netx

import "netxsim/netx/status"

// NxRarpEnable has the instance ask the network for the addresses of its
// interfaces that have none.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_ALREADY_ENABLED,
// NX_IP_ADDRESS_ERROR, NX_NOT_SUPPORTED.
// Callers: initialization, threads.
func NxRarpEnable(ip *NX_IP) UINT {
	if s := checkInitAndThreads(ip); s != NX_SUCCESS {
		return s
	}
	return status.Of(ip.EnableRARP())
}

// NxRarpDisable ends what NxRarpEnable began.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED,
// NX_NOT_SUPPORTED.
// Callers: initialization, threads.
func NxRarpDisable(ip *NX_IP) UINT {
	if s := checkInitAndThreads(ip); s != NX_SUCCESS {
		return s
	}
	return status.Of(ip.DisableRARP())
}

// NxRarpInfoGet stores the counters of RARP: requests sent, responses received
// and malformed messages. A nil pointer skips its value.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED,
// NX_NOT_SUPPORTED.
// Callers: initialization, threads.
func NxRarpInfoGet(ip *NX_IP, rarpRequestsSent, rarpResponsesReceived, rarpInvalidMessages *ULONG) UINT {
	switch {
	case noIP(ip):
		return NX_PTR_ERROR
	case !ip.RARPEnabled():
		return NX_NOT_ENABLED
	case !initAndThreads(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	info := ip.RARPInfo()
	store(rarpRequestsSent, info.RequestsSent)
	store(rarpResponsesReceived, info.ResponsesReceived)
	store(rarpInvalidMessages, info.InvalidMessages)
	return NX_SUCCESS
}
