package netx

import (
	"netxsim/netx/status"
)

const (
	ipv4HeaderSize = 20 // sizeof(NX_IPV4_HEADER)
	ipv6HeaderSize = 40 // sizeof(NX_IPV6_HEADER)
	tcpHeaderSize  = 20 // sizeof(NX_TCP_HEADER)
)

// NxTcpSocketSend sends a packet or chain to the peer: as one segment, or as
// several where it is longer than the peer's maximum. On NX_SUCCESS the packet
// is the stack's; on every other status it is still the caller's, without the
// data that were sent.
//
// While the window or the transmit queue is full the caller waits up to
// waitOption ticks; NX_NO_WAIT returns at once, NX_WAIT_FOREVER never times
// out.
//
// Status: NX_SUCCESS, NX_UNDERFLOW, NX_OVERFLOW, NX_PTR_ERROR, NX_CALLER_ERROR,
// NX_INVALID_PACKET, NX_NOT_ENABLED, NX_WAIT_ABORTED, NX_NOT_BOUND,
// NX_NOT_CONNECTED, NX_WINDOW_OVERFLOW, NX_TX_QUEUE_DEPTH,
// NX_NO_INTERFACE_ADDRESS, NX_NO_PACKET.
// Callers: threads.
func NxTcpSocketSend(socket *NX_TCP_SOCKET, packet *NX_PACKET, waitOption ULONG) UINT {
	switch {
	case socket == nil || !socket.Created():
		return NX_PTR_ERROR
	case isNull(packet) || packet.UnionNext.TcpQueueNext != NX_PACKET_ALLOCATED:
		return NX_INVALID_PACKET
	}
	headers, ok := sendHeaders(socket)
	switch {
	case !ok:
		return NX_NOT_CONNECTED
	case packet.PrependPtr-packet.DataStart < headers:
		socket.IP().CountInvalidTCP()
		return NX_UNDERFLOW
	case packet.AppendPtr > packet.DataEnd:
		socket.IP().CountInvalidTCP()
		return NX_OVERFLOW
	case !threadsOnly(socket.IP().Kernel()):
		return NX_CALLER_ERROR
	}
	return status.Of(socket.Send(packet, waitOption))
}

// sendHeaders is the header room that a packet for the socket's peer needs; ok
// is false without a peer.
func sendHeaders(socket *NX_TCP_SOCKET) (bytes int, ok bool) {
	peer := socket.Peer().Addr()
	switch {
	case peer.Is4():
		return ipv4HeaderSize + tcpHeaderSize, true
	case peer.Is6():
		return ipv6HeaderSize + tcpHeaderSize, true
	}
	return 0, false
}

// NxTcpSocketReceive stores the next segment's packet in *packet, nil if there
// is none. The caller owns the packet.
//
// The caller waits up to waitOption ticks for one; NX_NO_WAIT returns at once,
// NX_WAIT_FOREVER never times out.
//
// Status: NX_SUCCESS, NX_NO_PACKET, NX_PTR_ERROR, NX_CALLER_ERROR,
// NX_NOT_ENABLED, NX_WAIT_ABORTED, NX_NOT_BOUND, NX_NOT_CONNECTED.
// Callers: threads.
func NxTcpSocketReceive(socket *NX_TCP_SOCKET, packet **NX_PACKET, waitOption ULONG) UINT {
	if packet == nil {
		return NX_PTR_ERROR
	}
	if s := checkSocket(socket, threadsOnly); s != NX_SUCCESS {
		return s
	}
	*packet = nil
	p, err := socket.Receive(waitOption)
	*packet = p
	return status.Of(err)
}

// NxTcpSocketBytesAvailable stores the number of bytes that can be received.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED,
// NX_NOT_CONNECTED.
// Callers: threads.
func NxTcpSocketBytesAvailable(socket *NX_TCP_SOCKET, bytesAvailable *ULONG) UINT {
	if bytesAvailable == nil {
		return NX_PTR_ERROR
	}
	if s := checkSocket(socket, threadsOnly); s != NX_SUCCESS {
		return s
	}
	n, err := socket.BytesAvailable()
	*bytesAvailable = n
	return status.Of(err)
}

// NxTcpSocketInfoGet stores the counters and the situation of the socket's
// connection; windows are in bytes. A nil pointer skips its value.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED.
// Callers: initialization, threads.
func NxTcpSocketInfoGet(socket *NX_TCP_SOCKET, tcpPacketsSent, tcpBytesSent, tcpPacketsReceived, tcpBytesReceived,
	tcpRetransmitPackets, tcpPacketsQueued, tcpChecksumErrors, tcpSocketState, tcpTransmitQueueDepth,
	tcpTransmitWindow, tcpReceiveWindow *ULONG) UINT {
	if s := checkSocket(socket, initAndThreads); s != NX_SUCCESS {
		return s
	}
	info := socket.Info()
	store(tcpPacketsSent, info.PacketsSent)
	store(tcpBytesSent, info.BytesSent)
	store(tcpPacketsReceived, info.PacketsReceived)
	store(tcpBytesReceived, info.BytesReceived)
	store(tcpRetransmitPackets, info.RetransmitPackets)
	store(tcpPacketsQueued, info.PacketsQueued)
	store(tcpChecksumErrors, info.ChecksumErrors)
	store(tcpSocketState, uint32(info.State))
	store(tcpTransmitQueueDepth, info.TransmitQueueDepth)
	store(tcpTransmitWindow, info.TransmitWindow)
	store(tcpReceiveWindow, info.ReceiveWindow)
	return NX_SUCCESS
}

// NxTcpSocketMssGet stores the largest segment in bytes: that of the connection
// or, before there is one, what was set or the interface allows.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED.
// Callers: initialization, threads.
func NxTcpSocketMssGet(socket *NX_TCP_SOCKET, mss *ULONG) UINT {
	if mss == nil {
		return NX_PTR_ERROR
	}
	if s := checkSocket(socket, initAndThreads); s != NX_SUCCESS {
		return s
	}
	*mss = socket.MSS()
	return NX_SUCCESS
}

// NxTcpSocketMssPeerGet stores the largest segment in bytes that the peer takes.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED.
// Callers: threads.
func NxTcpSocketMssPeerGet(socket *NX_TCP_SOCKET, peerMss *ULONG) UINT {
	if peerMss == nil {
		return NX_PTR_ERROR
	}
	if s := checkSocket(socket, threadsOnly); s != NX_SUCCESS {
		return s
	}
	*peerMss = socket.PeerMSS()
	return NX_SUCCESS
}

// NxTcpSocketMssSet limits the segments of the next connection to mss bytes.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_SIZE_ERROR, NX_CALLER_ERROR,
// NX_NOT_ENABLED, NX_NOT_SUCCESSFUL.
// Callers: initialization, threads.
func NxTcpSocketMssSet(socket *NX_TCP_SOCKET, mss ULONG) UINT {
	if s := checkSocket(socket, initAndThreads); s != NX_SUCCESS {
		return s
	}
	return status.Of(socket.SetMSS(mss))
}

// NxTcpSocketPeerInfoGet stores the peer's IPv4 address and port in host byte
// order; of an IPv6 address, as in C, the first 32 bits.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED,
// NX_NOT_CONNECTED, NX_NOT_SUPPORTED.
// Callers: threads.
func NxTcpSocketPeerInfoGet(socket *NX_TCP_SOCKET, peerIpAddress, peerPort *ULONG) UINT {
	if peerIpAddress == nil || peerPort == nil {
		return NX_PTR_ERROR
	}
	var address NXD_ADDRESS
	s := NxdTcpSocketPeerInfoGet(socket, &address, peerPort)
	if s != NX_SUCCESS {
		return s
	}
	*peerIpAddress = address.IpAddress.V4
	if address.IpVersion == NX_IP_VERSION_V6 {
		*peerIpAddress = address.IpAddress.V6[0]
	}
	return NX_SUCCESS
}

// NxdTcpSocketPeerInfoGet stores the peer's address and port in host byte
// order.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED,
// NX_NOT_CONNECTED.
// Callers: threads.
func NxdTcpSocketPeerInfoGet(socket *NX_TCP_SOCKET, peerIpAddress *NXD_ADDRESS, peerPort *ULONG) UINT {
	if peerIpAddress == nil || peerPort == nil {
		return NX_PTR_ERROR
	}
	if s := checkSocket(socket, threadsOnly); s != NX_SUCCESS {
		return s
	}
	peer, err := socket.PeerInfo()
	if err == nil {
		peerIpAddress.set(peer.Addr())
		*peerPort = uint32(peer.Port())
	}
	return status.Of(err)
}

// NxTcpSocketTransmitConfigure sets how many packets may wait for their
// acknowledgement, the ticks until the first retransmission, how many there
// are, and by what power of two the time grows with each.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_OPTION_ERROR, NX_CALLER_ERROR,
// NX_NOT_ENABLED.
// Callers: initialization, threads.
func NxTcpSocketTransmitConfigure(socket *NX_TCP_SOCKET, maxQueueDepth, timeout, maxRetries, timeoutShift ULONG) UINT {
	switch {
	case socket == nil || !socket.Created():
		return NX_PTR_ERROR
	case maxQueueDepth == 0:
		return NX_OPTION_ERROR
	case !initAndThreads(socket.IP().Kernel()):
		return NX_CALLER_ERROR
	}
	socket.ConfigureTransmit(maxQueueDepth, timeout, maxRetries, timeoutShift)
	return NX_SUCCESS
}

// NxTcpSocketReceiveQueueMaxSet sets the number of segments that may wait in the
// socket, 20 by default (NX_TCP_MAXIMUM_RX_QUEUE). It needs a target with
// EnableLowWatermark (NX_ENABLE_LOW_WATERMARK).
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_SUPPORTED.
// Callers: initialization, threads, timers.
func NxTcpSocketReceiveQueueMaxSet(socket *NX_TCP_SOCKET, receiveQueueMaximum UINT) UINT {
	switch {
	case !current().stackTarget().LowWatermark:
		return NX_NOT_SUPPORTED
	case socket == nil || !socket.Created():
		return NX_PTR_ERROR
	case !notISR(socket.IP().Kernel()):
		return NX_CALLER_ERROR
	}
	return status.Of(socket.LimitReceiveQueue(receiveQueueMaximum))
}
