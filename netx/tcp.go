package netx

import (
	"netxsim/ipstack"
	"netxsim/netx/status"
)

// NX_TCP_SOCKET is the control block of a TCP socket. The zero value is what
// NxTcpSocketCreate wants.
type NX_TCP_SOCKET = ipstack.TCPSocket

// NxTcpEnable lets the instance use TCP.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_ALREADY_ENABLED.
// Callers: initialization, threads, timers.
func NxTcpEnable(ip *NX_IP) UINT {
	switch {
	case ip == nil || !isCreated(ip):
		return NX_PTR_ERROR
	case ip.TCPEnabled():
		return NX_ALREADY_ENABLED
	case !notISR(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	return status.Of(ip.EnableTCP())
}

// NxTcpSocketCreate makes socket, a zero or deleted control block, ready for
// use by an instance.
//
// timeToLive is in hops, windowSize, the receive window, in bytes up to 65535.
// The callbacks, which may be nil, are called in the IP thread: for a segment
// with urgent data, and when the peer ends the connection.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_OPTION_ERROR, NX_CALLER_ERROR,
// NX_NOT_ENABLED.
// Callers: initialization, threads.
func NxTcpSocketCreate(ip *NX_IP, socket *NX_TCP_SOCKET, name string, typeOfService, fragment ULONG, timeToLive UINT,
	windowSize ULONG, tcpUrgentDataCallback, tcpDisconnectCallback func(socket *NX_TCP_SOCKET)) UINT {
	switch {
	case ip == nil || !isCreated(ip) || socket == nil:
		return NX_PTR_ERROR
	case !initAndThreads(ip.Kernel()):
		return NX_CALLER_ERROR
	case socket.Created() && socket.IP() == ip:
		return NX_PTR_ERROR
	case !ip.TCPEnabled():
		return NX_NOT_ENABLED
	case typeOfService&^tosMask != 0 || fragment&^dontFragment != 0 || timeToLive > timeToLiveMask ||
		windowSize == 0 || windowSize > lower16Mask:
		return NX_OPTION_ERROR
	}
	return status.Of(socket.Create(ip, ipstack.TCPSocketConfig{
		Name:          cString(name),
		Window:        windowSize,
		TypeOfService: uint8(typeOfService >> tosShift),
		TimeToLive:    uint8(timeToLive),
		DontFragment:  fragment != 0,
		Urgent:        tcpUrgentDataCallback,
		Disconnected:  tcpDisconnectCallback,
	}))
}

const (
	tosMask        = 0x00FF0000 // NX_IP_TOS_MASK
	tosShift       = 16
	dontFragment   = 0x00004000 // NX_DONT_FRAGMENT
	timeToLiveMask = 0xFF000000 // NX_IP_TIME_TO_LIVE_MASK
	lower16Mask    = 0x0000FFFF // NX_LOWER_16_MASK
	maxPort        = 0x0000FFFF // NX_MAX_PORT
)

// NxTcpSocketDelete takes the socket from its instance.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED,
// NX_NOT_CREATED, NX_STILL_BOUND.
// Callers: threads.
func NxTcpSocketDelete(socket *NX_TCP_SOCKET) UINT {
	if s := checkSocket(socket, threadsOnly); s != NX_SUCCESS {
		return s
	}
	return status.Of(socket.Delete())
}

// checkSocket tests what most services test of a socket: that it exists, that
// its instance has TCP, and who calls.
func checkSocket(socket *NX_TCP_SOCKET, mayCall func(kernel any) bool) UINT {
	switch {
	case socket == nil || !socket.Created():
		return NX_PTR_ERROR
	case !mayCall(socket.IP().Kernel()):
		return NX_CALLER_ERROR
	}
	return NX_SUCCESS
}

// checkTCP tests an instance and a port of its TCP.
func checkTCP(ip *NX_IP, port UINT, mayBeZero bool) UINT {
	switch {
	case !ip.TCPEnabled():
		return NX_NOT_ENABLED
	case port > maxPort || port == 0 && !mayBeZero:
		return NX_INVALID_PORT
	case !threadsOnly(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	return NX_SUCCESS
}

// NxTcpFreePortFind stores the first port from port on that no TCP socket of
// the instance is bound to.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED,
// NX_NO_FREE_PORTS, NX_INVALID_PORT.
// Callers: threads.
func NxTcpFreePortFind(ip *NX_IP, port UINT, freePort *UINT) UINT {
	if ip == nil || !isCreated(ip) || freePort == nil {
		return NX_PTR_ERROR
	}
	if s := checkTCP(ip, port, true); s != NX_SUCCESS {
		return s
	}
	free, err := ip.FreeTCPPort(uint16(port))
	if err == nil {
		*freePort = uint32(free)
	}
	return status.Of(err)
}

// NxTcpInfoGet stores the counters of the instance's TCP. A nil pointer skips
// its value.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED.
// Callers: initialization, threads.
func NxTcpInfoGet(ip *NX_IP, tcpPacketsSent, tcpBytesSent, tcpPacketsReceived, tcpBytesReceived, tcpInvalidPackets,
	tcpReceivePacketsDropped, tcpChecksumErrors, tcpConnections, tcpDisconnections, tcpConnectionsDropped,
	tcpRetransmitPackets *ULONG) UINT {
	switch {
	case ip == nil || !isCreated(ip):
		return NX_PTR_ERROR
	case !ip.TCPEnabled():
		return NX_NOT_ENABLED
	case !initAndThreads(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	info := ip.TCPInfo()
	store(tcpPacketsSent, info.PacketsSent)
	store(tcpBytesSent, info.BytesSent)
	store(tcpPacketsReceived, info.PacketsReceived)
	store(tcpBytesReceived, info.BytesReceived)
	store(tcpInvalidPackets, info.InvalidPackets)
	store(tcpReceivePacketsDropped, info.ReceivePacketsDropped)
	store(tcpChecksumErrors, info.ChecksumErrors)
	store(tcpConnections, info.Connections)
	store(tcpDisconnections, info.Disconnections)
	store(tcpConnectionsDropped, info.ConnectionsDropped)
	store(tcpRetransmitPackets, info.RetransmitPackets)
	return NX_SUCCESS
}
