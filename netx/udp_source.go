package netx

import (
	"net/netip"

	"netxsim/ipstack"
	"netxsim/netx/status"
)

// NxUdpSocketSourceSend is NxUdpSocketSend by way of the interface with the
// number addressIndex, from 0.
//
// Status: NX_SUCCESS, NX_UNDERFLOW, NX_OVERFLOW, NX_PTR_ERROR,
// NX_CALLER_ERROR, NX_NOT_ENABLED, NX_IP_ADDRESS_ERROR, NX_NOT_BOUND,
// NX_INVALID_PORT, NX_INVALID_INTERFACE, NX_NOT_SUPPORTED.
// Callers: threads.
func NxUdpSocketSourceSend(socket *NX_UDP_SOCKET, packet *NX_PACKET, ipAddress ULONG, port, addressIndex UINT) UINT {
	switch {
	case noUDPSocket(socket) || !isSendable(packet):
		return NX_PTR_ERROR
	case ipAddress == 0:
		return NX_IP_ADDRESS_ERROR
	case port > maxPort:
		return NX_INVALID_PORT
	case !socket.IP().HasAnyInterface(addressIndex):
		return NX_INVALID_INTERFACE
	}
	if s := checkUDPRoom(socket, packet, v4(ipAddress)); s != NX_SUCCESS {
		return s
	}
	if !threadsOnly(socket.IP().Kernel()) {
		return NX_CALLER_ERROR
	}
	return status.Of(socket.SendFrom(addressIndex, packet, netip.AddrPortFrom(v4(ipAddress), uint16(port))))
}

// NxUdpSocketInterfaceSend is NxUdpSocketSourceSend under an older name.
//
// Status: NX_SUCCESS, NX_UNDERFLOW, NX_OVERFLOW, NX_PTR_ERROR,
// NX_CALLER_ERROR, NX_NOT_ENABLED, NX_IP_ADDRESS_ERROR, NX_NOT_BOUND,
// NX_INVALID_PORT, NX_INVALID_INTERFACE, NX_NOT_SUPPORTED.
// Callers: threads.
func NxUdpSocketInterfaceSend(socket *NX_UDP_SOCKET, packet *NX_PACKET, ipAddress ULONG, port, addressIndex UINT) UINT {
	return NxUdpSocketSourceSend(socket, packet, ipAddress, port, addressIndex)
}

// NxdUdpSocketSourceSend is NxUdpSocketSourceSend for an address of either IP
// version. For IPv6, addressIndex is the number of a local address.
//
// Status: NX_SUCCESS, NX_UNDERFLOW, NX_OVERFLOW, NX_PTR_ERROR,
// NX_CALLER_ERROR, NX_NOT_ENABLED, NX_IP_ADDRESS_ERROR, NX_NOT_BOUND,
// NX_INVALID_PORT, NX_INVALID_INTERFACE, NX_NO_INTERFACE_ADDRESS.
// Callers: threads.
func NxdUdpSocketSourceSend(socket *NX_UDP_SOCKET, packet *NX_PACKET, ipAddress *NXD_ADDRESS, port, addressIndex UINT) UINT {
	if noUDPSocket(socket) || isNull(packet) || ipAddress == nil {
		return NX_PTR_ERROR
	}
	to := ipAddress.addr()
	switch {
	case to.Is4() && !socket.IP().HasAnyInterface(addressIndex) || to.Is6() && addressIndex > socket.IP().IPv6AddressLimit():
		return NX_INVALID_INTERFACE
	case !to.IsValid() || to.IsUnspecified():
		return NX_IP_ADDRESS_ERROR
	}
	if s := checkUDPRoom(socket, packet, to); s != NX_SUCCESS {
		return s
	}
	if port > maxPort {
		return NX_INVALID_PORT
	}
	if !threadsOnly(socket.IP().Kernel()) {
		return NX_CALLER_ERROR
	}
	return status.Of(socket.SendFrom(addressIndex, packet, netip.AddrPortFrom(to, uint16(port))))
}

// NxdUdpSocketInterfaceSend is NxdUdpSocketSourceSend under an older name.
//
// Status: NX_SUCCESS, NX_UNDERFLOW, NX_OVERFLOW, NX_PTR_ERROR,
// NX_CALLER_ERROR, NX_NOT_ENABLED, NX_IP_ADDRESS_ERROR, NX_NOT_BOUND,
// NX_INVALID_PORT, NX_INVALID_INTERFACE, NX_NO_INTERFACE_ADDRESS.
// Callers: threads.
func NxdUdpSocketInterfaceSend(socket *NX_UDP_SOCKET, packet *NX_PACKET, ipAddress *NXD_ADDRESS, port, addressIndex UINT) UINT {
	return NxdUdpSocketSourceSend(socket, packet, ipAddress, port, addressIndex)
}

// NxUdpSourceExtract stores where a received datagram came from: an IPv4
// address in host byte order, and a port.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_INVALID_PACKET, NX_NOT_SUPPORTED.
// Callers: initialization, threads, timers, ISRs.
func NxUdpSourceExtract(packet *NX_PACKET, ipAddress *ULONG, port *UINT) UINT {
	if isNull(packet) || ipAddress == nil || port == nil {
		return NX_PTR_ERROR
	}
	from, err := ipstack.Source(packet)
	if err != nil || !from.Addr().Is4() {
		return NX_INVALID_PACKET
	}
	*ipAddress, *port = word(from.Addr()), UINT(from.Port())
	return NX_SUCCESS
}

// NxdUdpSourceExtract is NxUdpSourceExtract for either IP version.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_INVALID_PACKET.
// Callers: threads.
func NxdUdpSourceExtract(packet *NX_PACKET, ipAddress *NXD_ADDRESS, port *UINT) UINT {
	if isNull(packet) || ipAddress == nil || port == nil {
		return NX_PTR_ERROR
	}
	from, err := ipstack.Source(packet)
	if err != nil {
		return NX_INVALID_PACKET
	}
	if !threadsOnly(packet.PoolOwner.Kernel()) {
		return NX_CALLER_ERROR
	}
	ipAddress.set(from.Addr())
	*port = UINT(from.Port())
	return NX_SUCCESS
}

// NxUdpPacketInfoExtract stores where a received datagram came from, and how:
// its IPv4 address in host byte order, its IP protocol, its port, and the
// number of the interface it arrived on. A nil pointer skips its value.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_INVALID_PACKET,
// NX_NOT_SUPPORTED.
// Callers: threads.
func NxUdpPacketInfoExtract(packet *NX_PACKET, ipAddress *ULONG, protocol, port, interfaceIndex *UINT) UINT {
	var from NXD_ADDRESS
	s := NxdUdpPacketInfoExtract(packet, &from, protocol, port, interfaceIndex)
	switch {
	case s != NX_SUCCESS || ipAddress == nil:
		return s
	case from.IpVersion != NX_IP_VERSION_V4:
		return NX_INVALID_PACKET
	}
	*ipAddress = from.IpAddress.V4
	return NX_SUCCESS
}

// NxdUdpPacketInfoExtract is NxUdpPacketInfoExtract for either IP version.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_INVALID_PACKET.
// Callers: threads.
func NxdUdpPacketInfoExtract(packet *NX_PACKET, ipAddress *NXD_ADDRESS, protocol, port, interfaceIndex *UINT) UINT {
	if isNull(packet) {
		return NX_PTR_ERROR
	}
	if !threadsOnly(packet.PoolOwner.Kernel()) {
		return NX_CALLER_ERROR
	}
	from, err := ipstack.Source(packet)
	if err != nil {
		return NX_INVALID_PACKET
	}
	if ipAddress != nil {
		ipAddress.set(from.Addr())
	}
	store(protocol, NX_PROTOCOL_UDP)
	store(port, UINT(from.Port()))
	store(interfaceIndex, UINT(packet.InterfaceIndex))
	return NX_SUCCESS
}
