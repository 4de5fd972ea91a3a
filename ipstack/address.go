package ipstack

import (
	"net/netip"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
)

var addressProperties = stack.AddressProperties{}

func protocolAddress(prefix netip.Prefix) tcpip.ProtocolAddress {
	return tcpip.ProtocolAddress{
		Protocol: ipv4.ProtocolNumber,
		AddressWithPrefix: tcpip.AddressWithPrefix{
			Address:   toTCPIP(prefix.Addr()),
			PrefixLen: prefix.Bits(),
		},
	}
}

func toTCPIP(addr netip.Addr) tcpip.Address { return tcpip.AddrFrom4(addr.As4()) }

func fromTCPIP(addr tcpip.Address) netip.Addr { return netip.AddrFrom4(addr.As4()) }

// nextHop returns the neighbour through which addr is reached, and whether
// there is one: addr itself on the interface's network or when it is a
// broadcast, else the gateway.
func (ip *IP) nextHop(addr netip.Addr) (netip.Addr, bool) {
	if ip.address.Masked().Contains(addr) || ip.isBroadcast(addr) {
		return addr, true
	}
	return ip.gateway, ip.gateway.IsValid()
}

// isBroadcast reports whether addr is the limited broadcast address or that of
// the interface's network.
func (ip *IP) isBroadcast(addr netip.Addr) bool {
	if addr == netip.AddrFrom4([4]byte{255, 255, 255, 255}) {
		return true
	}
	if !ip.address.Masked().Contains(addr) {
		return false
	}
	a := addr.As4()
	for bit := ip.address.Bits(); bit < 32; bit++ {
		if a[bit/8]&(0x80>>(bit%8)) == 0 {
			return false
		}
	}
	return ip.address.Bits() < 31
}
