package netx

import (
	"netxsim/ipstack"
	"netxsim/netx/status"
)

// NxTcpClientSocketBind gives a client socket a local port; NX_ANY_PORT picks
// one from 49152 up.
//
// While the port is in use the caller waits up to waitOption ticks for it;
// NX_NO_WAIT returns at once, NX_WAIT_FOREVER never times out.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED,
// NX_WAIT_ABORTED, NX_ALREADY_BOUND, NX_PORT_UNAVAILABLE, NX_NO_FREE_PORTS,
// NX_INVALID_PORT.
// Callers: threads.
func NxTcpClientSocketBind(socket *NX_TCP_SOCKET, port UINT, waitOption ULONG) UINT {
	if socket == nil || !socket.Created() {
		return NX_PTR_ERROR
	}
	if s := checkTCP(socket.IP(), port, true); s != NX_SUCCESS {
		return s
	}
	return status.Of(socket.Bind(uint16(port), waitOption))
}

// NxTcpClientSocketUnbind frees the port of a client socket and releases the
// packets that it never received.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED,
// NX_NOT_BOUND, NX_NOT_CLOSED.
// Callers: threads.
func NxTcpClientSocketUnbind(socket *NX_TCP_SOCKET) UINT {
	if s := checkSocket(socket, threadsOnly); s != NX_SUCCESS {
		return s
	}
	return status.Of(socket.Unbind())
}

// NxTcpClientSocketPortGet stores the port that the socket is bound to.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED,
// NX_NOT_BOUND.
// Callers: threads.
func NxTcpClientSocketPortGet(socket *NX_TCP_SOCKET, port *UINT) UINT {
	if port == nil {
		return NX_PTR_ERROR
	}
	if s := checkSocket(socket, threadsOnly); s != NX_SUCCESS {
		return s
	}
	bound, err := socket.BoundPort()
	if err == nil {
		*port = uint32(bound)
	}
	return status.Of(err)
}

// NxTcpClientSocketConnect connects to a server, whose IPv4 address and port
// are in host byte order.
//
// The caller waits up to waitOption ticks, after which the attempt ends;
// NX_NO_WAIT starts it and returns NX_IN_PROGRESS, NX_WAIT_FOREVER waits until
// all retries are used up.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED,
// NX_WAIT_ABORTED, NX_IP_ADDRESS_ERROR, NX_NOT_BOUND, NX_NOT_CLOSED,
// NX_IN_PROGRESS, NX_INVALID_PORT, NX_INVALID_INTERFACE, NX_NOT_CONNECTED,
// NX_NOT_SUPPORTED.
// Callers: threads.
func NxTcpClientSocketConnect(socket *NX_TCP_SOCKET, serverIp ULONG, serverPort UINT, waitOption ULONG) UINT {
	if socket == nil || !socket.Created() {
		return NX_PTR_ERROR
	}
	if serverIp == 0 || !isUnicast(serverIp) {
		return NX_IP_ADDRESS_ERROR
	}
	if s := checkTCP(socket.IP(), serverPort, true); s != NX_SUCCESS {
		return s
	}
	return status.Of(socket.Connect(v4(serverIp), serverPort, waitOption))
}

// isUnicast reports whether an address is of class A, B or C.
func isUnicast(address ULONG) bool { return address < 0xE0000000 }

// NxdTcpClientSocketConnect is NxTcpClientSocketConnect for a server of either
// IP version.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED,
// NX_WAIT_ABORTED, NX_IP_ADDRESS_ERROR, NX_NOT_BOUND, NX_NOT_CLOSED,
// NX_IN_PROGRESS, NX_NOT_CONNECTED, NX_INVALID_PORT, NX_INVALID_INTERFACE,
// NX_NO_INTERFACE_ADDRESS.
// Callers: threads.
func NxdTcpClientSocketConnect(socket *NX_TCP_SOCKET, serverIp *NXD_ADDRESS, serverPort UINT, waitOption ULONG) UINT {
	switch {
	case socket == nil || !socket.Created():
		return NX_PTR_ERROR
	case serverIp == nil || !serverIp.addr().IsValid():
		return NX_IP_ADDRESS_ERROR
	case serverIp.IpVersion == NX_IP_VERSION_V4 && !isUnicast(serverIp.IpAddress.V4):
		return NX_IP_ADDRESS_ERROR
	}
	if s := checkTCP(socket.IP(), serverPort, true); s != NX_SUCCESS {
		return s
	}
	return status.Of(socket.Connect(serverIp.addr(), serverPort, waitOption))
}

// NxTcpServerSocketListen has socket wait for a connection to port. While no
// socket waits up to listenQueueSize connections do, each in a packet of the
// default pool.
//
// The callback, which may be nil, is called in the IP thread when a client has
// asked for the connection, which NxTcpServerSocketAccept then makes.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED,
// NX_ALREADY_BOUND, NX_MAX_LISTEN, NX_DUPLICATE_LISTEN, NX_NOT_CLOSED,
// NX_INVALID_PORT, NX_TCPIP_OFFLOAD_ERROR.
// Callers: threads.
func NxTcpServerSocketListen(ip *NX_IP, port UINT, socket *NX_TCP_SOCKET, listenQueueSize UINT,
	tcpListenCallback func(socket *NX_TCP_SOCKET, port UINT)) UINT {
	if ip == nil || !isCreated(ip) || socket == nil || !socket.Created() {
		return NX_PTR_ERROR
	}
	if s := checkTCP(ip, port, false); s != NX_SUCCESS {
		return s
	}
	var callback func(*NX_TCP_SOCKET, uint16)
	if tcpListenCallback != nil {
		callback = func(socket *NX_TCP_SOCKET, port uint16) { tcpListenCallback(socket, uint32(port)) }
	}
	return status.Of(ip.Listen(uint16(port), socket, int(listenQueueSize), callback))
}

// NxTcpServerSocketRelisten has socket wait for the next connection to a port
// that the instance listens on. NX_CONNECTION_PENDING is a success: a client
// waits already and only needs to be accepted.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED,
// NX_ALREADY_BOUND, NX_NOT_CLOSED, NX_INVALID_PORT, NX_INVALID_RELISTEN,
// NX_CONNECTION_PENDING, NX_TCPIP_OFFLOAD_ERROR.
// Callers: threads.
func NxTcpServerSocketRelisten(ip *NX_IP, port UINT, socket *NX_TCP_SOCKET) UINT {
	if ip == nil || !isCreated(ip) || socket == nil || !socket.Created() {
		return NX_PTR_ERROR
	}
	if s := checkTCP(ip, port, false); s != NX_SUCCESS {
		return s
	}
	return status.Of(ip.Relisten(uint16(port), socket))
}

// NxTcpServerSocketUnlisten ends listening on a port. Connections stay; clients
// that were not accepted are forgotten.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED,
// NX_ENTRY_NOT_FOUND, NX_INVALID_PORT, NX_NOT_LISTEN_STATE.
// Callers: threads.
func NxTcpServerSocketUnlisten(ip *NX_IP, port UINT) UINT {
	if ip == nil || !isCreated(ip) {
		return NX_PTR_ERROR
	}
	if s := checkTCP(ip, port, false); s != NX_SUCCESS {
		return s
	}
	return status.Of(ip.Unlisten(uint16(port)))
}

// NxTcpServerSocketAccept makes the connection that a client has asked for, or
// the next one that a client asks for.
//
// The caller waits up to waitOption ticks for it, after which the socket
// listens again; NX_NO_WAIT lets it be made in the background and returns
// NX_IN_PROGRESS, NX_WAIT_FOREVER never times out.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED,
// NX_WAIT_ABORTED, NX_NOT_LISTEN_STATE, NX_IN_PROGRESS, NX_NOT_CONNECTED.
// Callers: threads.
func NxTcpServerSocketAccept(socket *NX_TCP_SOCKET, waitOption ULONG) UINT {
	if s := checkSocket(socket, threadsOnly); s != NX_SUCCESS {
		return s
	}
	return status.Of(socket.Accept(waitOption))
}

// NxTcpServerSocketUnaccept frees a server socket after its connection, for
// another NxTcpServerSocketRelisten. Packets that it never received are
// released.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED,
// NX_NOT_LISTEN_STATE.
// Callers: threads.
func NxTcpServerSocketUnaccept(socket *NX_TCP_SOCKET) UINT {
	if s := checkSocket(socket, threadsOnly); s != NX_SUCCESS {
		return s
	}
	return status.Of(socket.Unaccept())
}

// NxTcpSocketDisconnect ends the connection. With NX_NO_WAIT an open one is
// reset. Otherwise the caller waits up to waitOption ticks until both sides
// have closed; NX_WAIT_FOREVER waits until all retries are used up.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED,
// NX_WAIT_ABORTED, NX_IN_PROGRESS, NX_NOT_CONNECTED, NX_DISCONNECT_FAILED.
// Callers: threads.
func NxTcpSocketDisconnect(socket *NX_TCP_SOCKET, waitOption ULONG) UINT {
	if s := checkSocket(socket, threadsOnly); s != NX_SUCCESS {
		return s
	}
	return status.Of(socket.Disconnect(waitOption))
}

// NxTcpSocketStateWait waits up to waitOption ticks until the socket is in
// desiredState, NX_TCP_CLOSED to NX_TCP_LAST_ACK. NX_WAIT_FOREVER is no more
// than the largest number of ticks.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_OPTION_ERROR, NX_CALLER_ERROR,
// NX_NOT_ENABLED, NX_NOT_SUCCESSFUL.
// Callers: threads.
func NxTcpSocketStateWait(socket *NX_TCP_SOCKET, desiredState UINT, waitOption ULONG) UINT {
	switch {
	case socket == nil || !socket.Created():
		return NX_PTR_ERROR
	case desiredState < uint32(ipstack.TCPClosed) || desiredState > uint32(ipstack.TCPLastAck):
		return NX_OPTION_ERROR
	case !threadsOnly(socket.IP().Kernel()):
		return NX_CALLER_ERROR
	}
	return status.Of(socket.StateWait(ipstack.TCPState(desiredState), waitOption))
}
