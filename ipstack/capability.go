package ipstack

import (
	"netxsim/netx/status"
	"netxsim/packetpool"
)

// What the hardware of an interface can do for the stack, NX_INTERFACE_CAPABILITY_*:
// compute the checksums of what is sent, or verify those of what is received.
const (
	CapabilityIPv4TxChecksum   = 1 << iota // 0x1
	CapabilityIPv4RxChecksum               // 0x2
	CapabilityTCPTxChecksum                // 0x4
	CapabilityTCPRxChecksum                // 0x8
	CapabilityUDPTxChecksum                // 0x10
	CapabilityUDPRxChecksum                // 0x20
	CapabilityICMPv4TxChecksum             // 0x40
	CapabilityICMPv4RxChecksum             // 0x80
	CapabilityICMPv6RxChecksum             // 0x100
	CapabilityICMPv6TxChecksum             // 0x200
	CapabilityIGMPTxChecksum               // 0x400
	CapabilityIGMPRxChecksum               // 0x800
)

// InterfaceCapability returns what the hardware of a physical interface, which
// need not exist, can do, as nx_ip_interface_capability_get does.
//
// Errors: status.NotSupported unless the target has InterfaceCapability.
func (ip *IP) InterfaceCapability(index uint32) (uint32, error) {
	if !ip.target.InterfaceCapability {
		return 0, status.NotSupported
	}
	return ip.interfaces[index].Capability, nil
}

// SetInterfaceCapability says what the hardware of a physical interface, which
// need not exist, can do, as nx_ip_interface_capability_set does. It holds until
// the interface is attached anew.
//
// What is received is not verified by the stack then. What is sent has its
// checksums all the same, as it has behind the hardware that computes them.
//
// Errors: status.NotSupported unless the target has InterfaceCapability.
func (ip *IP) SetInterfaceCapability(index, capability uint32) error {
	if !ip.target.InterfaceCapability {
		return status.NotSupported
	}
	ip.interfaces[index].Capability = capability
	return nil
}

// verified reports whether the hardware has verified a checksum of a received
// packet.
func (ip *IP) verified(packet *packetpool.Packet, capability uint32) bool {
	return ip.target.InterfaceCapability && ip.arrivedOn(packet).Capability&capability != 0
}
