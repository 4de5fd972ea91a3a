package host

import (
	"net/netip"

	"gvisor.dev/gvisor/pkg/tcpip"
)

// zone is the zone of a host's link-local IPv6 addresses: the name of its only interface.
const zone = "eth0"

// fromFull is an address of netstack's; none is the one for all. Addresses of IPv4 in IPv6's clothes lose them.
func fromFull(a tcpip.FullAddress) netip.AddrPort {
	addr := netip.IPv4Unspecified()
	if a.Addr.Len() > 0 {
		addr, _ = netip.AddrFromSlice(a.Addr.AsSlice()) // of 4 or 16 bytes
		addr = addr.Unmap()
	}
	if addr.Is6() && addr.IsLinkLocalUnicast() {
		addr = addr.WithZone(zone)
	}
	return netip.AddrPortFrom(addr, a.Port)
}

// toFull is an address for netstack. A link-local one is on the only interface, whatever its zone.
func toFull(a netip.AddrPort) tcpip.FullAddress {
	full := tcpip.FullAddress{Port: a.Port()}
	addr := a.Addr()
	if !addr.IsValid() || addr.IsUnspecified() {
		return full
	}
	full.Addr = toTCPIP(addr)
	if addr.Is6() && addr.IsLinkLocalUnicast() {
		full.NIC = nicID
	}
	return full
}

func toTCPIP(addr netip.Addr) tcpip.Address { return tcpip.AddrFromSlice(addr.AsSlice()) }
