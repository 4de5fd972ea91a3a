package netx

import (
	"netxsim/ipstack"
	"netxsim/netx/status"
)

// NxIpInterfaceAttach gives the instance one more interface. The address and
// mask are in host byte order. It needs a Program with Stack.Interfaces above 1
// (NX_MAX_PHYSICAL_INTERFACES), or a detached interface.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NO_MORE_ENTRIES,
// NX_IP_ADDRESS_ERROR, NX_DUPLICATED_ENTRY.
// Callers: initialization, threads.
func NxIpInterfaceAttach(ip *NX_IP, interfaceName string, ipAddress, networkMask ULONG, ipLinkDriver func(*NX_IP_DRIVER)) UINT {
	switch {
	case noIP(ip) || ipLinkDriver == nil || isNullString(interfaceName):
		return NX_PTR_ERROR
	case !isHost(ipAddress):
		return NX_IP_ADDRESS_ERROR
	case !initAndThreads(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	return status.Of(ip.AttachInterface(cString(interfaceName), v4(ipAddress), networkMask, ipLinkDriver))
}

// NxIpInterfaceDetach takes an interface away; its connections end without a
// word to their peers.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_INVALID_INTERFACE, NX_CALLER_ERROR.
// Callers: initialization, threads.
func NxIpInterfaceDetach(ip *NX_IP, index UINT) UINT {
	if s := checkIndex(ip, index); s != NX_SUCCESS {
		return s
	}
	return status.Of(ip.DetachInterface(index))
}

// checkIndex makes the checks of a service about an interface that need not
// exist.
func checkIndex(ip *NX_IP, index UINT) UINT {
	switch {
	case noIP(ip):
		return NX_PTR_ERROR
	case index >= ip.InterfaceLimit():
		return NX_INVALID_INTERFACE
	case !initAndThreads(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	return NX_SUCCESS
}

// NxIpInterfaceInfoGet stores an interface's name, its address and mask in host
// byte order, the size of its largest IP packet in bytes and its hardware
// address. A nil pointer skips its value.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_INVALID_INTERFACE.
// Callers: initialization, threads.
func NxIpInterfaceInfoGet(ip *NX_IP, interfaceIndex UINT, interfaceName *string, ipAddress, networkMask, mtuSize,
	physicalAddressMsw, physicalAddressLsw *ULONG) UINT {
	if s := checkIndex(ip, interfaceIndex); s != NX_SUCCESS {
		return s
	}
	info, err := ip.InterfaceInfo(interfaceIndex)
	if err != nil {
		return status.Of(err)
	}
	if interfaceName != nil {
		*interfaceName = info.Name
	}
	msw, lsw := info.Hardware.Words()
	store(ipAddress, word(info.Address))
	store(networkMask, info.Mask)
	store(mtuSize, info.MTU)
	store(physicalAddressMsw, msw)
	store(physicalAddressLsw, lsw)
	return NX_SUCCESS
}

// NxIpInterfaceMtuSet sets the size of the largest IP packet on an interface,
// in bytes.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_INVALID_INTERFACE.
// Callers: initialization, threads.
func NxIpInterfaceMtuSet(ip *NX_IP, interfaceIndex UINT, mtuSize ULONG) UINT {
	if s := checkIndex(ip, interfaceIndex); s != NX_SUCCESS {
		return s
	}
	return status.Of(ip.SetInterfaceMTU(interfaceIndex, mtuSize))
}

// NxIpInterfacePhysicalAddressGet stores an interface's hardware address: its
// first 16 bits, and the other 32.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_INVALID_INTERFACE.
// Callers: initialization, threads.
func NxIpInterfacePhysicalAddressGet(ip *NX_IP, interfaceIndex UINT, physicalMsw, physicalLsw *ULONG) UINT {
	if noIP(ip) || physicalMsw == nil || physicalLsw == nil {
		return NX_PTR_ERROR
	}
	if s := checkIndex(ip, interfaceIndex); s != NX_SUCCESS {
		return s
	}
	info, err := ip.InterfaceInfo(interfaceIndex)
	if err == nil {
		*physicalMsw, *physicalLsw = info.Hardware.Words()
	}
	return status.Of(err)
}

// NxIpInterfacePhysicalAddressSet gives an interface another hardware address,
// and with updateDriver its driver too.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_UNHANDLED_COMMAND,
// NX_INVALID_INTERFACE.
// Callers: initialization, threads.
func NxIpInterfacePhysicalAddressSet(ip *NX_IP, interfaceIndex UINT, physicalMsw, physicalLsw ULONG, updateDriver UINT) UINT {
	if s := checkIndex(ip, interfaceIndex); s != NX_SUCCESS {
		return s
	}
	address := ipstack.HardwareAddressFrom(physicalMsw, physicalLsw)
	return status.Of(ip.SetInterfaceHardware(interfaceIndex, address, updateDriver == NX_TRUE))
}

// NxIpInterfaceAddressMappingConfigure says whether neighbours on an interface
// are found by ARP.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_INVALID_INTERFACE.
// Callers: initialization, threads.
func NxIpInterfaceAddressMappingConfigure(ip *NX_IP, interfaceIndex, mappingNeeded UINT) UINT {
	if s := checkIndex(ip, interfaceIndex); s != NX_SUCCESS {
		return s
	}
	return status.Of(ip.SetInterfaceMapping(interfaceIndex, mappingNeeded != NX_FALSE))
}

// NxIpDriverDirectCommand sends a command to the first interface's driver and
// stores the driver's answer.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_UNHANDLED_COMMAND.
// Callers: initialization, threads.
func NxIpDriverDirectCommand(ip *NX_IP, command UINT, returnValue *ULONG) UINT {
	return NxIpDriverInterfaceDirectCommand(ip, command, 0, returnValue)
}

// NxIpDriverInterfaceDirectCommand is NxIpDriverDirectCommand for any
// interface.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_UNHANDLED_COMMAND,
// NX_INVALID_INTERFACE.
// Callers: initialization, threads.
func NxIpDriverInterfaceDirectCommand(ip *NX_IP, command, interfaceIndex UINT, returnValue *ULONG) UINT {
	if noIP(ip) || returnValue == nil {
		return NX_PTR_ERROR
	}
	if s := checkIndex(ip, interfaceIndex); s != NX_SUCCESS {
		return s
	}
	answer, err := ip.DriverCommand(interfaceIndex, command)
	*returnValue = answer
	return status.Of(err)
}

// NxIpLinkStatusChangeNotifySet has notify called in the IP thread when a
// driver has reported that its link went up or down; nil ends that.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR.
// Callers: initialization, threads.
func NxIpLinkStatusChangeNotifySet(ip *NX_IP, notify func(ip *NX_IP, interfaceIndex, linkUp UINT)) UINT {
	if s := checkInitAndThreads(ip); s != NX_SUCCESS {
		return s
	}
	if notify == nil {
		ip.NotifyLinkChange(nil)
		return NX_SUCCESS
	}
	ip.NotifyLinkChange(func(ip *NX_IP, index uint32, up bool) {
		linkUp := UINT(NX_FALSE)
		if up {
			linkUp = NX_TRUE
		}
		notify(ip, index, linkUp)
	})
	return NX_SUCCESS
}

// NxIpMaxPayloadSizeFind stores how many bytes fit in one packet of TCP or UDP
// to an address by way of an interface, and how much header room they need.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_IP_ADDRESS_ERROR,
// NX_NOT_SUPPORTED, NX_INVALID_INTERFACE.
// Callers: initialization, threads.
func NxIpMaxPayloadSizeFind(ip *NX_IP, destAddress *NXD_ADDRESS, ifIndex, srcPort, destPort UINT, protocol ULONG,
	startOffset, payloadLength *ULONG) UINT {
	switch {
	case noIP(ip) || destAddress == nil:
		return NX_PTR_ERROR
	case !destAddress.addr().IsValid():
		return NX_IP_ADDRESS_ERROR
	case protocol != NX_PROTOCOL_UDP && protocol != NX_PROTOCOL_TCP:
		return NX_NOT_SUPPORTED
	case !initAndThreads(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	offset, length, err := ip.MaxPayload(destAddress.addr(), ifIndex, protocol == NX_PROTOCOL_TCP)
	if err == nil {
		store(startOffset, offset)
		store(payloadLength, length)
	}
	return status.Of(err)
}

// NxIpAuxiliaryPacketPoolSet gives the instance a second pool for small
// packets; the one with the larger payload is the default pool. It needs a
// Program with Stack.DualPool (NX_ENABLE_DUAL_PACKET_POOL).
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_SUPPORTED.
// Callers: initialization, threads.
func NxIpAuxiliaryPacketPoolSet(ip *NX_IP, auxiliaryPool *NX_PACKET_POOL) UINT {
	switch {
	case !current().Stack.DualPool:
		return NX_NOT_SUPPORTED
	case noIP(ip) || !auxiliaryPool.Created():
		return NX_PTR_ERROR
	case !initAndThreads(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	ip.SetAuxiliaryPool(auxiliaryPool)
	return NX_SUCCESS
}
