package netx

import (
	"net/netip"

	"netxsim/ipstack"
	"netxsim/netx/status"
)

// NX_UDP_SOCKET is the control block of a UDP socket. The zero value is what
// NxUdpSocketCreate wants.
type NX_UDP_SOCKET = ipstack.UDPSocket

// noUDPSocket reports whether socket is no control block in use.
func noUDPSocket(socket *NX_UDP_SOCKET) bool { return socket == nil || socket.IP() == nil }

// NxUdpEnable lets the instance use UDP.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_ALREADY_ENABLED.
// Callers: initialization, threads, timers.
func NxUdpEnable(ip *NX_IP) UINT {
	switch {
	case noIP(ip):
		return NX_PTR_ERROR
	case ip.UDPEnabled():
		return NX_ALREADY_ENABLED
	case !notISR(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	return status.Of(ip.EnableUDP())
}

// NxUdpFreePortFind stores the first port from port up that no UDP socket of
// the instance is bound to.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED,
// NX_NO_FREE_PORTS, NX_INVALID_PORT.
// Callers: threads.
func NxUdpFreePortFind(ip *NX_IP, port UINT, freePort *UINT) UINT {
	switch {
	case noIP(ip) || freePort == nil:
		return NX_PTR_ERROR
	case !ip.UDPEnabled():
		return NX_NOT_ENABLED
	case port == 0 || port > maxPort:
		return NX_INVALID_PORT
	case !threadsOnly(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	found, err := ip.FindFreeUDPPort(uint16(port))
	if err == nil {
		*freePort = UINT(found)
	}
	return status.Of(err)
}

// NxUdpInfoGet stores the instance's counters: datagrams and bytes sent and
// received, malformed ones, ones dropped, and ones with a wrong checksum. A nil
// pointer skips its value.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED.
// Callers: initialization, threads, timers.
func NxUdpInfoGet(ip *NX_IP, packetsSent, bytesSent, packetsReceived, bytesReceived, invalidPackets,
	receivePacketsDropped, checksumErrors *ULONG) UINT {
	switch {
	case noIP(ip):
		return NX_PTR_ERROR
	case !ip.UDPEnabled():
		return NX_NOT_ENABLED
	case !notISR(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	info := ip.UDPInfo()
	store(packetsSent, info.PacketsSent)
	store(bytesSent, info.BytesSent)
	store(packetsReceived, info.PacketsReceived)
	store(bytesReceived, info.BytesReceived)
	store(invalidPackets, info.InvalidPackets)
	store(receivePacketsDropped, info.ReceiveDropped)
	store(checksumErrors, info.ChecksumErrors)
	return NX_SUCCESS
}

// NxUdpSocketCreate makes socket, a zero or deleted control block, a UDP socket
// of the instance. fragment is NX_FRAGMENT_OKAY or NX_DONT_FRAGMENT; at most
// queueMaximum datagrams wait to be received, the oldest goes when there are
// more.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_OPTION_ERROR, NX_CALLER_ERROR,
// NX_NOT_ENABLED.
// Callers: initialization, threads.
func NxUdpSocketCreate(ip *NX_IP, socket *NX_UDP_SOCKET, name string, typeOfService, fragment ULONG, timeToLive UINT,
	queueMaximum ULONG) UINT {
	switch {
	case noIP(ip) || socket == nil:
		return NX_PTR_ERROR
	case !initAndThreads(ip.Kernel()):
		return NX_CALLER_ERROR
	case socket.IP() == ip:
		return NX_PTR_ERROR
	case !ip.UDPEnabled():
		return NX_NOT_ENABLED
	case typeOfService&^NX_IP_TOS_MASK != 0 || fragment != NX_FRAGMENT_OKAY && fragment != NX_DONT_FRAGMENT || timeToLive > NX_IP_TIME_TO_LIVE_MASK:
		return NX_OPTION_ERROR
	}
	return status.Of(socket.Create(ip, ipstack.UDPSocketConfig{
		Name:          cString(name),
		TypeOfService: uint8(typeOfService >> 16),
		TimeToLive:    uint8(timeToLive),
		DontFragment:  fragment == NX_DONT_FRAGMENT,
		QueueLimit:    queueMaximum,
	}))
}

// NxUdpSocketDelete ends an unbound socket.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED,
// NX_STILL_BOUND.
// Callers: threads.
func NxUdpSocketDelete(socket *NX_UDP_SOCKET) UINT {
	if noUDPSocket(socket) {
		return NX_PTR_ERROR
	}
	if !threadsOnly(socket.IP().Kernel()) {
		return NX_CALLER_ERROR
	}
	return status.Of(socket.Delete())
}

// NxUdpSocketBind binds the socket to a local port; 0 (NX_ANY_PORT) picks a
// free one. While another socket has it the caller waits.
//
// waitOption is in ticks; NX_NO_WAIT returns at once, NX_WAIT_FOREVER never
// times out.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED,
// NX_WAIT_ABORTED, NX_ALREADY_BOUND, NX_PORT_UNAVAILABLE, NX_NO_FREE_PORTS,
// NX_INVALID_PORT.
// Callers: threads.
func NxUdpSocketBind(socket *NX_UDP_SOCKET, port UINT, waitOption ULONG) UINT {
	switch {
	case noUDPSocket(socket):
		return NX_PTR_ERROR
	case port > maxPort:
		return NX_INVALID_PORT
	case !threadsOnly(socket.IP().Kernel()):
		return NX_CALLER_ERROR
	}
	return status.Of(socket.Bind(uint16(port), waitOption))
}

// NxUdpSocketUnbind frees the socket's port and releases the datagrams that it
// did not receive. Threads that wait for one return NX_SOCKET_UNBOUND.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED,
// NX_NOT_BOUND.
// Callers: threads.
func NxUdpSocketUnbind(socket *NX_UDP_SOCKET) UINT {
	if noUDPSocket(socket) {
		return NX_PTR_ERROR
	}
	if !threadsOnly(socket.IP().Kernel()) {
		return NX_CALLER_ERROR
	}
	return status.Of(socket.Unbind())
}

// NxUdpSocketPortGet stores the socket's local port.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED,
// NX_NOT_BOUND.
// Callers: threads.
func NxUdpSocketPortGet(socket *NX_UDP_SOCKET, port *UINT) UINT {
	if noUDPSocket(socket) || port == nil {
		return NX_PTR_ERROR
	}
	if !threadsOnly(socket.IP().Kernel()) {
		return NX_CALLER_ERROR
	}
	p, err := socket.Port()
	if err == nil {
		*port = UINT(p)
	}
	return status.Of(err)
}

// NxUdpSocketBytesAvailable stores the number of bytes that wait to be
// received.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED,
// NX_NOT_SUCCESSFUL.
// Callers: threads.
func NxUdpSocketBytesAvailable(socket *NX_UDP_SOCKET, bytesAvailable *ULONG) UINT {
	if noUDPSocket(socket) || bytesAvailable == nil {
		return NX_PTR_ERROR
	}
	if !threadsOnly(socket.IP().Kernel()) {
		return NX_CALLER_ERROR
	}
	bytes, err := socket.BytesAvailable()
	*bytesAvailable = bytes
	return status.Of(err)
}

// NxUdpSocketChecksumDisable ends what NxUdpSocketChecksumEnable began.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED,
// NX_NOT_BOUND.
// Callers: initialization, threads, timers.
func NxUdpSocketChecksumDisable(socket *NX_UDP_SOCKET) UINT { return setUDPChecksum(socket, false) }

// NxUdpSocketChecksumEnable has the bound socket send datagrams with a checksum
// and drop those that arrive with a wrong one, as it does to begin with.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED,
// NX_NOT_BOUND.
// Callers: initialization, threads, timers.
func NxUdpSocketChecksumEnable(socket *NX_UDP_SOCKET) UINT { return setUDPChecksum(socket, true) }

func setUDPChecksum(socket *NX_UDP_SOCKET, on bool) UINT {
	if noUDPSocket(socket) {
		return NX_PTR_ERROR
	}
	if !notISR(socket.IP().Kernel()) {
		return NX_CALLER_ERROR
	}
	return status.Of(socket.SetChecksum(on))
}

// NxUdpSocketInfoGet stores the socket's counters: datagrams and bytes sent and
// received, datagrams that wait, ones dropped, and ones with a wrong checksum. A
// nil pointer skips its value.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED.
// Callers: initialization, threads, timers.
func NxUdpSocketInfoGet(socket *NX_UDP_SOCKET, packetsSent, bytesSent, packetsReceived, bytesReceived, packetsQueued,
	receivePacketsDropped, checksumErrors *ULONG) UINT {
	if noUDPSocket(socket) {
		return NX_PTR_ERROR
	}
	if !notISR(socket.IP().Kernel()) {
		return NX_CALLER_ERROR
	}
	info := socket.Info()
	store(packetsSent, info.PacketsSent)
	store(bytesSent, info.BytesSent)
	store(packetsReceived, info.PacketsReceived)
	store(bytesReceived, info.BytesReceived)
	store(packetsQueued, info.PacketsQueued)
	store(receivePacketsDropped, info.ReceiveDropped)
	store(checksumErrors, info.ChecksumErrors)
	return NX_SUCCESS
}

// NxUdpSocketReceiveNotify has notify called in the IP thread for every
// datagram that arrives; nil ends that.
//
// Status: NX_SUCCESS, NX_PTR_ERROR.
// Callers: initialization, threads, timers, ISRs.
func NxUdpSocketReceiveNotify(socket *NX_UDP_SOCKET, notify func(*NX_UDP_SOCKET)) UINT {
	if noUDPSocket(socket) {
		return NX_PTR_ERROR
	}
	socket.NotifyReceive(notify)
	return NX_SUCCESS
}

// NxUdpSocketReceive stores the next datagram in *packet, nil without one; the
// caller owns it.
//
// waitOption is in ticks; NX_NO_WAIT returns at once, NX_WAIT_FOREVER never
// times out.
//
// Status: NX_SUCCESS, NX_NO_PACKET, NX_PTR_ERROR, NX_CALLER_ERROR,
// NX_NOT_ENABLED, NX_WAIT_ABORTED, NX_NOT_BOUND, NX_SOCKET_UNBOUND.
// Callers: threads.
func NxUdpSocketReceive(socket *NX_UDP_SOCKET, packet **NX_PACKET, waitOption ULONG) UINT {
	if noUDPSocket(socket) || packet == nil {
		return NX_PTR_ERROR
	}
	if !threadsOnly(socket.IP().Kernel()) {
		return NX_CALLER_ERROR
	}
	*packet = nil
	p, err := socket.Receive(waitOption)
	*packet = p
	return status.Of(err)
}

// NxUdpSocketSend sends the packet's data to a port of ipAddress, an IPv4
// address in host byte order. After NX_SUCCESS the stack owns the packet.
//
// Status: NX_SUCCESS, NX_UNDERFLOW, NX_OVERFLOW, NX_PTR_ERROR,
// NX_CALLER_ERROR, NX_NOT_ENABLED, NX_IP_ADDRESS_ERROR, NX_NOT_BOUND,
// NX_INVALID_PORT, NX_NOT_SUPPORTED.
// Callers: threads.
func NxUdpSocketSend(socket *NX_UDP_SOCKET, packet *NX_PACKET, ipAddress ULONG, port UINT) UINT {
	if s := checkUDPSend(socket, packet, v4(ipAddress), port); s != NX_SUCCESS {
		return s
	}
	return status.Of(socket.Send(packet, netip.AddrPortFrom(v4(ipAddress), uint16(port))))
}

// NxdUdpSocketSend is NxUdpSocketSend for an address of either IP version.
//
// Status: NX_SUCCESS, NX_UNDERFLOW, NX_OVERFLOW, NX_PTR_ERROR,
// NX_CALLER_ERROR, NX_NOT_ENABLED, NX_IP_ADDRESS_ERROR, NX_NOT_BOUND,
// NX_INVALID_PORT, NX_NO_INTERFACE_ADDRESS.
// Callers: threads.
func NxdUdpSocketSend(socket *NX_UDP_SOCKET, packet *NX_PACKET, ipAddress *NXD_ADDRESS, port UINT) UINT {
	if noUDPSocket(socket) || ipAddress == nil {
		return NX_PTR_ERROR
	}
	to := ipAddress.addr()
	if s := checkUDPSend(socket, packet, to, port); s != NX_SUCCESS {
		return s
	}
	return status.Of(socket.Send(packet, netip.AddrPortFrom(to, uint16(port))))
}

// checkUDPSend makes the checks of a send.
func checkUDPSend(socket *NX_UDP_SOCKET, packet *NX_PACKET, to netip.Addr, port UINT) UINT {
	switch {
	case noUDPSocket(socket) || !isSendable(packet):
		return NX_PTR_ERROR
	case !to.IsValid() || to.IsUnspecified():
		return NX_IP_ADDRESS_ERROR
	case port > maxPort:
		return NX_INVALID_PORT
	}
	if s := checkUDPRoom(socket, packet, to); s != NX_SUCCESS {
		return s
	}
	if !threadsOnly(socket.IP().Kernel()) {
		return NX_CALLER_ERROR
	}
	return NX_SUCCESS
}

// checkUDPRoom tests the packet's pointers, and counts a packet without room
// for its headers.
func checkUDPRoom(socket *NX_UDP_SOCKET, packet *NX_PACKET, to netip.Addr) UINT {
	headers := 28
	if to.Is6() {
		headers = 48
	}
	s := room(packet, headers)
	if s != NX_SUCCESS {
		socket.CountInvalid()
	}
	return s
}

// room tests whether a packet has headers bytes in front, and its pointers.
func room(packet *NX_PACKET, headers int) UINT {
	switch {
	case packet.PrependPtr-packet.DataStart < headers:
		return NX_UNDERFLOW
	case packet.AppendPtr > packet.DataEnd:
		return NX_OVERFLOW
	}
	return NX_SUCCESS
}

// isSendable reports whether packet is allocated and in no queue.
func isSendable(packet *NX_PACKET) bool {
	return !isNull(packet) && packet.UnionNext.TcpQueueNext == NX_PACKET_ALLOCATED
}
