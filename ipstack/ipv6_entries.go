package ipstack

import (
	"net/netip"

	"netxsim/netx/status"
)

// SetNeighbour enters the hardware address of an IPv6 neighbour, which stays
// until it is deleted, or until a message of that neighbour tells another. The
// number is that of the instance's own address to reach it from: C takes the
// interface that this address is on, and none where the number is unused, in
// which case the entry only takes up room. It mirrors nxd_nd_cache_entry_set.
//
// Errors: status.NotSuccessful when the cache is full of others that must stay.
func (ip *IP) SetNeighbour(address netip.Addr, number uint32, hardware HardwareAddress) error {
	v := &ip.ipv6
	via := v.addresses[number].via
	n := v.find(address)
	if n == nil {
		if n = v.addNeighbour(address, via); n == nil {
			return status.NotSuccessful
		}
	}
	n.static, n.via = true, via
	n.msw, n.lsw = hardware.Words()
	n.state = neighbourIsReachable
	return nil
}

// DeleteNeighbour forgets an IPv6 neighbour, and what waits for it, as
// nxd_nd_cache_entry_delete does.
//
// Errors: status.EntryNotFound.
func (ip *IP) DeleteNeighbour(address netip.Addr) error {
	n := ip.ipv6.find(address)
	if n == nil {
		return status.EntryNotFound
	}
	ip.ipv6.forgetNeighbours(n)
	return nil
}

// InvalidateNeighbours forgets all IPv6 neighbours, also those that the
// application has entered, as nxd_nd_cache_invalidate does.
func (ip *IP) InvalidateNeighbours() { ip.ipv6.forgetNeighbours(nil) }

// Neighbour returns the hardware address of an IPv6 neighbour, the zero one
// while it is not known, and the number of its interface. It mirrors
// nxd_nd_cache_hardware_address_find.
//
// Errors: status.EntryNotFound.
func (ip *IP) Neighbour(address netip.Addr) (hardware HardwareAddress, index uint32, err error) {
	n := ip.ipv6.find(address)
	if n == nil {
		return HardwareAddress{}, 0, status.EntryNotFound
	}
	return HardwareAddressFrom(n.msw, n.lsw), uint32(n.via.index), nil
}

// NeighbourByHardware returns the first IPv6 neighbour in the cache that has a
// hardware address, and the number of its interface, as
// nxd_nd_cache_ip_address_find does.
//
// Errors: status.EntryNotFound.
func (ip *IP) NeighbourByHardware(hardware HardwareAddress) (address netip.Addr, index uint32, err error) {
	msw, lsw := hardware.Words()
	for k := range ip.ipv6.neighbours {
		n := &ip.ipv6.neighbours[k]
		if n.state != neighbourUnused && n.via != nil && n.msw == msw && n.lsw == lsw {
			return n.address, uint32(n.via.index), nil
		}
	}
	return netip.Addr{}, 0, status.EntryNotFound
}
