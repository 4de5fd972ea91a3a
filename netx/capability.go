package netx

import "netxsim/netx/status"

// What the hardware of an interface can do for the stack.
const (
	NX_INTERFACE_CAPABILITY_IPV4_TX_CHECKSUM   = 0x00000001
	NX_INTERFACE_CAPABILITY_IPV4_RX_CHECKSUM   = 0x00000002
	NX_INTERFACE_CAPABILITY_TCP_TX_CHECKSUM    = 0x00000004
	NX_INTERFACE_CAPABILITY_TCP_RX_CHECKSUM    = 0x00000008
	NX_INTERFACE_CAPABILITY_UDP_TX_CHECKSUM    = 0x00000010
	NX_INTERFACE_CAPABILITY_UDP_RX_CHECKSUM    = 0x00000020
	NX_INTERFACE_CAPABILITY_ICMPV4_TX_CHECKSUM = 0x00000040
	NX_INTERFACE_CAPABILITY_ICMPV4_RX_CHECKSUM = 0x00000080
	NX_INTERFACE_CAPABILITY_ICMPV6_RX_CHECKSUM = 0x00000100
	NX_INTERFACE_CAPABILITY_ICMPV6_TX_CHECKSUM = 0x00000200
	NX_INTERFACE_CAPABILITY_IGMP_TX_CHECKSUM   = 0x00000400
	NX_INTERFACE_CAPABILITY_IGMP_RX_CHECKSUM   = 0x00000800
)

// NxIpInterfaceCapabilityGet stores what the hardware of an interface can do, a
// sum of NX_INTERFACE_CAPABILITY_*. It needs a target with
// EnableInterfaceCapability (NX_ENABLE_INTERFACE_CAPABILITY).
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_SUPPORTED,
// NX_INVALID_INTERFACE.
// Callers: initialization, threads.
func NxIpInterfaceCapabilityGet(ip *NX_IP, interfaceIndex UINT, interfaceCapabilityFlag *ULONG) UINT {
	switch {
	case !current().stackTarget().InterfaceCapability:
		return NX_NOT_SUPPORTED
	case noIP(ip):
		return NX_PTR_ERROR
	case interfaceIndex >= ip.InterfaceLimit():
		return NX_INVALID_INTERFACE
	case interfaceCapabilityFlag == nil:
		return NX_PTR_ERROR
	case !initAndThreads(ip.Kernel()):
		return NX_CALLER_ERROR
	}
	flag, err := ip.InterfaceCapability(interfaceIndex)
	*interfaceCapabilityFlag = flag
	return status.Of(err)
}

// NxIpInterfaceCapabilitySet says what the hardware of an interface can do, a
// sum of NX_INTERFACE_CAPABILITY_*; checksums that it verifies the stack does
// not. It needs a target with EnableInterfaceCapability
// (NX_ENABLE_INTERFACE_CAPABILITY).
//
// Unlike NetX Duo, the stack computes the checksums of what it sends even if the
// hardware can: the frame is as it leaves that hardware.
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_CALLER_ERROR, NX_NOT_SUPPORTED,
// NX_INVALID_INTERFACE.
// Callers: initialization, threads.
func NxIpInterfaceCapabilitySet(ip *NX_IP, interfaceIndex UINT, interfaceCapabilityFlag ULONG) UINT {
	if !current().stackTarget().InterfaceCapability {
		return NX_NOT_SUPPORTED
	}
	if s := checkIndex(ip, interfaceIndex); s != NX_SUCCESS {
		return s
	}
	return status.Of(ip.SetInterfaceCapability(interfaceIndex, interfaceCapabilityFlag))
}
