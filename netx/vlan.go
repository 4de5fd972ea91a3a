package netx

import "netxsim/netx/status"

// NxTcpSocketVlanPrioritySet sets the VLAN priority, 0 to 7, that the socket's
// packets are sent with. It needs a target with EnableVLAN (NX_ENABLE_VLAN).
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_NOT_SUPPORTED, NX_INVALID_PARAMETERS.
// Callers: initialization, threads, timers, ISRs.
func NxTcpSocketVlanPrioritySet(socket *NX_TCP_SOCKET, vlanPriority UINT) UINT {
	switch {
	case !current().stackTarget().VLAN:
		return NX_NOT_SUPPORTED
	case socket == nil || !socket.Created():
		return NX_PTR_ERROR
	case vlanPriority > NX_VLAN_PRIORITY_MAX:
		return NX_INVALID_PARAMETERS
	}
	return status.Of(socket.SetVLANPriority(uint8(vlanPriority)))
}

// NxUdpSocketVlanPrioritySet sets the VLAN priority, 0 to 7, that the socket's
// packets are sent with, whatever their own. It needs a target with EnableVLAN
// (NX_ENABLE_VLAN).
//
// Status: NX_SUCCESS, NX_PTR_ERROR, NX_NOT_SUPPORTED, NX_INVALID_PARAMETERS.
// Callers: initialization, threads, timers, ISRs.
func NxUdpSocketVlanPrioritySet(socket *NX_UDP_SOCKET, vlanPriority UINT) UINT {
	switch {
	case !current().stackTarget().VLAN:
		return NX_NOT_SUPPORTED
	case noUDPSocket(socket):
		return NX_PTR_ERROR
	case vlanPriority > NX_VLAN_PRIORITY_MAX:
		return NX_INVALID_PARAMETERS
	}
	return status.Of(socket.SetVLANPriority(uint8(vlanPriority)))
}
