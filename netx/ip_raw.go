package netx

import (
	"netxsim/ipstack"
	"netxsim/netx/status"
)

// NxIpRawPacketEnable lets the application send and receive IP packets of other
// protocols.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR.
// Callers: initialization, threads.
func NxIpRawPacketEnable(ip *NX_IP) UINT { return call(ip, (*NX_IP).EnableRaw) }

// NxIpRawPacketDisable ends what NxIpRawPacketEnable began.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR.
// Callers: initialization, threads.
func NxIpRawPacketDisable(ip *NX_IP) UINT { return call(ip, (*NX_IP).DisableRaw) }

// NxIpRawReceiveQueueMaxSet sets how many raw packets may wait to be received.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR.
// Callers: initialization, threads.
func NxIpRawReceiveQueueMaxSet(ip *NX_IP, queueMax ULONG) UINT {
	return call(ip, func(ip *NX_IP) { ip.SetRawQueueLimit(queueMax) })
}

// NxIpRawPacketFilterSet has filter called in the IP thread with every packet
// of another protocol; it takes those over for which it returns NX_SUCCESS. Nil
// ends that. It needs a Program with Stack.RawFilter
// (NX_ENABLE_IP_RAW_PACKET_FILTER).
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_SUPPORTED.
// Callers: initialization, threads.
func NxIpRawPacketFilterSet(ip *NX_IP, filter func(ip *NX_IP, protocol ULONG, packet *NX_PACKET) UINT) UINT {
	if !current().Stack.RawFilter {
		return NX_NOT_SUPPORTED
	}
	if filter == nil {
		return call(ip, func(ip *NX_IP) { ip.SetRawFilter(nil) })
	}
	return call(ip, func(ip *NX_IP) {
		ip.SetRawFilter(func(ip *NX_IP, protocol uint8, packet *NX_PACKET) bool {
			return filter(ip, ULONG(protocol), packet) == NX_SUCCESS
		})
	})
}

// NxIpRawPacketReceive stores the next raw packet in *packet; the caller owns
// it.
//
// waitOption is in ticks; NX_NO_WAIT returns at once, NX_WAIT_FOREVER never
// times out.
//
// Status: NX_SUCCESS, NX_NO_PACKET, NX_PTR_ERROR, NX_CALLER_ERROR,
// NX_NOT_ENABLED, NX_WAIT_ABORTED.
// Callers: threads.
func NxIpRawPacketReceive(ip *NX_IP, packet **NX_PACKET, waitOption ULONG) UINT {
	switch {
	case noIP(ip) || packet == nil:
		return NX_PTR_ERROR
	case !ip.RawEnabled():
		return NX_NOT_ENABLED
	case !threadsOnly(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	p, err := ip.ReceiveRaw(waitOption)
	if err == nil {
		*packet = p
	}
	return status.Of(err)
}

// NxIpRawPacketSend sends the packet's data in an IP packet of protocol 255 to
// an IPv4 address in host byte order. After NX_SUCCESS the stack owns the
// packet.
//
// Status: NX_SUCCESS, NX_UNDERFLOW, NX_OVERFLOW, NX_PTR_ERROR,
// NX_OPTION_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED, NX_IP_ADDRESS_ERROR,
// NX_NOT_SUPPORTED.
// Callers: threads.
func NxIpRawPacketSend(ip *NX_IP, packet *NX_PACKET, destinationIp, typeOfService ULONG) UINT {
	if s := checkRawSend(ip, packet, destinationIp, typeOfService); s != NX_SUCCESS {
		return s
	}
	if !threadsOnly(ip.Kernel()) {
		return NX_CALLER_ERROR
	}
	return status.Of(ip.SendRaw(packet, v4(destinationIp), ipstack.RawHeader{TypeOfService: uint8(typeOfService >> 16)}))
}

// checkRawSend makes most checks of a send by IPv4.
func checkRawSend(ip *NX_IP, packet *NX_PACKET, destinationIp, typeOfService ULONG) UINT {
	switch {
	case noIP(ip) || !isSendable(packet):
		return NX_PTR_ERROR
	case !ip.RawEnabled():
		return NX_NOT_ENABLED
	case destinationIp == 0:
		return NX_IP_ADDRESS_ERROR
	case typeOfService&^NX_IP_TOS_MASK != 0:
		return NX_OPTION_ERROR
	}
	return room(packet, 20)
}

// NxIpRawPacketSourceSend is NxIpRawPacketSend by way of the interface with the
// number addressIndex, from 0.
//
// Status: NX_SUCCESS, NX_UNDERFLOW, NX_OVERFLOW, NX_PTR_ERROR,
// NX_OPTION_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED, NX_IP_ADDRESS_ERROR,
// NX_INVALID_INTERFACE, NX_NOT_SUPPORTED.
// Callers: threads.
func NxIpRawPacketSourceSend(ip *NX_IP, packet *NX_PACKET, destinationIp ULONG, addressIndex UINT, typeOfService ULONG) UINT {
	switch s := checkRawSend(ip, packet, destinationIp, typeOfService); {
	case s != NX_SUCCESS:
		return s
	case !ip.HasAnyInterface(addressIndex):
		return NX_INVALID_INTERFACE
	case !threadsOnly(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	head := ipstack.RawHeader{TypeOfService: uint8(typeOfService >> 16)}
	return status.Of(ip.SendRawFrom(addressIndex, packet, v4(destinationIp), head))
}

// NxIpRawPacketInterfaceSend is NxIpRawPacketSourceSend under an older name.
//
// Status: NX_SUCCESS, NX_UNDERFLOW, NX_OVERFLOW, NX_PTR_ERROR,
// NX_OPTION_ERROR, NX_CALLER_ERROR, NX_NOT_ENABLED, NX_IP_ADDRESS_ERROR,
// NX_INVALID_INTERFACE, NX_NOT_SUPPORTED.
// Callers: threads.
func NxIpRawPacketInterfaceSend(ip *NX_IP, packet *NX_PACKET, destinationIp ULONG, addressIndex UINT, typeOfService ULONG) UINT {
	return NxIpRawPacketSourceSend(ip, packet, destinationIp, addressIndex, typeOfService)
}

// NxdIpRawPacketSend sends the packet's data in an IP packet of any protocol,
// time to live and type of service to an address of either IP version. After
// NX_SUCCESS the stack owns the packet.
//
// Status: NX_SUCCESS, NX_UNDERFLOW, NX_OVERFLOW, NX_PTR_ERROR,
// NX_CALLER_ERROR, NX_NOT_ENABLED, NX_IP_ADDRESS_ERROR, NX_INVALID_PARAMETERS,
// NX_NO_INTERFACE_ADDRESS.
// Callers: threads.
func NxdIpRawPacketSend(ip *NX_IP, packet *NX_PACKET, destinationIp *NXD_ADDRESS, protocol ULONG, ttl UINT, tos ULONG) UINT {
	switch {
	case noIP(ip) || !isSendable(packet):
		return NX_PTR_ERROR
	case !ip.RawEnabled():
		return NX_NOT_ENABLED
	case destinationIp == nil || !destinationIp.addr().IsValid():
		return NX_IP_ADDRESS_ERROR
	case protocol > 255:
		return NX_INVALID_PARAMETERS
	}
	return sendRaw(ip, packet, destinationIp, 0, ipstack.RawHeader{Protocol: uint8(protocol), TimeToLive: uint8(ttl), TypeOfService: uint8(tos)})
}

// sendRaw makes the last checks of a send by either IP version, and sends.
func sendRaw(ip *NX_IP, packet *NX_PACKET, to *NXD_ADDRESS, index UINT, head ipstack.RawHeader) UINT {
	headers := 20
	if to.addr().Is6() {
		headers = 40
	}
	s := room(packet, headers)
	switch {
	case s == NX_UNDERFLOW:
		return s
	case to.addr().IsUnspecified():
		return NX_IP_ADDRESS_ERROR
	case s != NX_SUCCESS:
		return s
	case !threadsOnly(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	return status.Of(ip.SendRawFrom(index, packet, to.addr(), head))
}

// NxdIpRawPacketSourceSend is NxdIpRawPacketSend by way of the interface with
// the number addressIndex; for IPv6, from the local address with that number.
//
// Status: NX_SUCCESS, NX_UNDERFLOW, NX_OVERFLOW, NX_PTR_ERROR,
// NX_CALLER_ERROR, NX_NOT_ENABLED, NX_IP_ADDRESS_ERROR, NX_INVALID_INTERFACE.
// Callers: threads.
func NxdIpRawPacketSourceSend(ip *NX_IP, packet *NX_PACKET, destinationIp *NXD_ADDRESS, addressIndex UINT, protocol ULONG,
	ttl UINT, tos ULONG) UINT {
	switch {
	case ip == nil || isNull(packet) || destinationIp == nil:
		return NX_PTR_ERROR
	case !ip.RawEnabled():
		return NX_NOT_ENABLED
	case !destinationIp.addr().IsValid() || destinationIp.addr().IsUnspecified():
		return NX_IP_ADDRESS_ERROR
	case destinationIp.addr().Is4() && !ip.HasAnyInterface(addressIndex):
		return NX_INVALID_INTERFACE
	case destinationIp.addr().Is6() && addressIndex > ip.IPv6AddressLimit():
		return NX_IP_ADDRESS_ERROR
	}
	return sendRaw(ip, packet, destinationIp, addressIndex,
		ipstack.RawHeader{Protocol: uint8(protocol), TimeToLive: uint8(ttl), TypeOfService: uint8(tos)})
}

// NxdIpRawPacketInterfaceSend is NxdIpRawPacketSourceSend under an older name.
//
// Status: NX_SUCCESS, NX_UNDERFLOW, NX_OVERFLOW, NX_PTR_ERROR,
// NX_CALLER_ERROR, NX_NOT_ENABLED, NX_IP_ADDRESS_ERROR, NX_INVALID_INTERFACE.
// Callers: threads.
func NxdIpRawPacketInterfaceSend(ip *NX_IP, packet *NX_PACKET, destinationIp *NXD_ADDRESS, addressIndex UINT, protocol ULONG,
	ttl UINT, tos ULONG) UINT {
	return NxdIpRawPacketSourceSend(ip, packet, destinationIp, addressIndex, protocol, ttl, tos)
}
