package ipstack

import "netxsim/netx/status"

// noVLANPriority is the priority of a packet that has none:
// NX_VLAN_PRIORITY_INVALID.
const noVLANPriority = 255

// SetVLANPriority sets the VLAN priority, 0 to 7, that the socket's packets have
// for the driver, as nx_tcp_socket_vlan_priority_set does.
//
// Errors: status.NotSupported unless the target has VLAN.
func (s *TCPSocket) SetVLANPriority(priority uint8) error {
	if !s.ip.target.VLAN {
		return status.NotSupported
	}
	s.vlan = priority
	return nil
}

// SetVLANPriority sets the VLAN priority, 0 to 7, that the socket's packets have
// for the driver, as nx_udp_socket_vlan_priority_set does. Without it they keep
// their own.
//
// Errors: status.NotSupported unless the target has VLAN.
func (s *UDPSocket) SetVLANPriority(priority uint8) error {
	if !s.ip.target.VLAN {
		return status.NotSupported
	}
	s.vlan = priority
	return nil
}
