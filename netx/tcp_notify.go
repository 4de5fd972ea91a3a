package netx

import (
	"netxsim/netx/status"
)

// NxTcpSocketReceiveNotify sets the callback for each segment received; nil
// takes it away. It is called in the IP thread.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED.
// Callers: initialization, threads.
func NxTcpSocketReceiveNotify(socket *NX_TCP_SOCKET, tcpReceiveNotify func(socket *NX_TCP_SOCKET)) UINT {
	if s := checkSocket(socket, initAndThreads); s != NX_SUCCESS {
		return s
	}
	socket.NotifyReceive(tcpReceiveNotify)
	return NX_SUCCESS
}

// NxTcpSocketWindowUpdateNotifySet sets the callback for a window that opens
// while a thread waits to send. It is called in the IP thread.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED.
// Callers: initialization, threads.
func NxTcpSocketWindowUpdateNotifySet(socket *NX_TCP_SOCKET, tcpWindowUpdateNotify func(socket *NX_TCP_SOCKET)) UINT {
	if tcpWindowUpdateNotify == nil {
		return NX_PTR_ERROR
	}
	if s := checkSocket(socket, initAndThreads); s != NX_SUCCESS {
		return s
	}
	socket.NotifyWindowUpdate(tcpWindowUpdateNotify)
	return NX_SUCCESS
}

// NxTcpSocketQueueDepthNotifySet sets the callback for a full transmit queue
// that has room again, called in the IP thread. It needs a target with
// QueueDepthNotify (NX_ENABLE_TCP_QUEUE_DEPTH_UPDATE_NOTIFY).
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED,
// NX_NOT_SUPPORTED.
// Callers: threads.
func NxTcpSocketQueueDepthNotifySet(socket *NX_TCP_SOCKET, tcpSocketQueueDepthNotify func(socket *NX_TCP_SOCKET)) UINT {
	if !current().Stack.QueueDepthNotify {
		return NX_NOT_SUPPORTED
	}
	return setNotify(socket, threadsOnly, (*NX_TCP_SOCKET).NotifyQueueDepth, tcpSocketQueueDepthNotify)
}

// NxTcpSocketEstablishNotify sets the callback for a connection that is made,
// called in the IP thread. It needs a target with ExtendedNotify
// (NX_ENABLE_EXTENDED_NOTIFY_SUPPORT).
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED,
// NX_NOT_SUPPORTED.
// Callers: initialization, threads.
func NxTcpSocketEstablishNotify(socket *NX_TCP_SOCKET, tcpEstablishNotify func(socket *NX_TCP_SOCKET)) UINT {
	return setExtended(socket, (*NX_TCP_SOCKET).NotifyEstablished, tcpEstablishNotify)
}

// NxTcpSocketDisconnectCompleteNotify sets the callback for a connection that
// has ended on both sides, called in the IP thread. It needs a target with
// ExtendedNotify (NX_ENABLE_EXTENDED_NOTIFY_SUPPORT).
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED,
// NX_NOT_SUPPORTED.
// Callers: initialization, threads.
func NxTcpSocketDisconnectCompleteNotify(socket *NX_TCP_SOCKET, tcpDisconnectCompleteNotify func(socket *NX_TCP_SOCKET)) UINT {
	return setExtended(socket, (*NX_TCP_SOCKET).NotifyDisconnectComplete, tcpDisconnectCompleteNotify)
}

// NxTcpSocketTimedWaitCallback sets the callback for a connection that enters
// the timed wait, called in the IP thread. It needs a target with
// ExtendedNotify (NX_ENABLE_EXTENDED_NOTIFY_SUPPORT).
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED,
// NX_NOT_SUPPORTED.
// Callers: initialization, threads.
func NxTcpSocketTimedWaitCallback(socket *NX_TCP_SOCKET, tcpTimedWaitCallback func(socket *NX_TCP_SOCKET)) UINT {
	return setExtended(socket, (*NX_TCP_SOCKET).NotifyTimedWait, tcpTimedWaitCallback)
}

// setExtended sets a callback that only a build with extended notifications has.
func setExtended(socket *NX_TCP_SOCKET, set func(*NX_TCP_SOCKET, func(*NX_TCP_SOCKET)) error, notify func(*NX_TCP_SOCKET)) UINT {
	if !current().Stack.ExtendedNotify {
		return NX_NOT_SUPPORTED
	}
	return setNotify(socket, initAndThreads, set, notify)
}

// setNotify checks the arguments of a setter that refuses nil, and sets.
func setNotify(socket *NX_TCP_SOCKET, mayCall func(any) bool, set func(*NX_TCP_SOCKET, func(*NX_TCP_SOCKET)) error,
	notify func(*NX_TCP_SOCKET)) UINT {
	if notify == nil {
		return NX_PTR_ERROR
	}
	if s := checkSocket(socket, mayCall); s != NX_SUCCESS {
		return s
	}
	return status.Of(set(socket, notify))
}
