package ipstack

import (
	"encoding/binary"
	"math/bits"
	"net/netip"

	"gvisor.dev/gvisor/pkg/tcpip"

	"netxsim/netx/status"
)

// limitedBroadcast is 255.255.255.255.
const limitedBroadcast = 0xFFFFFFFF

// toWord returns an IPv4 address in host byte order, 0 for any other.
func toWord(address netip.Addr) uint32 {
	if !address.Is4() {
		return 0
	}
	b := address.As4()
	return binary.BigEndian.Uint32(b[:])
}

// fromWord returns the IPv4 address that a number in host byte order stands
// for.
func fromWord(address uint32) netip.Addr {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], address)
	return netip.AddrFrom4(b)
}

// prefixMask returns the mask of a prefix of n bits.
func prefixMask(n int) uint32 { return ^uint32(0) << (32 - n) }

func isMulticast(address uint32) bool { return address>>28 == 0xE }

func isLoopback(address uint32) bool { return address>>24 == 127 }

// isHost reports whether an address is one of the classes A to C, or zero.
func isHost(address uint32) bool { return address>>29 != 7 }

// multicastHardware is the Ethernet address of an IPv4 group (RFC 1112, section
// 6.4).
func multicastHardware(group uint32) (msw, lsw uint32) { return 0x0100, 0x5E000000 | group&0x7FFFFF }

func toTCPIP(addr netip.Addr) tcpip.Address { return tcpip.AddrFrom4(addr.As4()) }

func fromTCPIP(addr tcpip.Address) netip.Addr { return netip.AddrFrom4(addr.As4()) }

// Address returns the IPv4 address of the first interface and its network.
func (ip *IP) Address() netip.Prefix {
	i := &ip.interfaces[0]
	return netip.PrefixFrom(fromWord(i.address), bits.OnesCount32(i.mask))
}

// SetAddress gives an interface another address and mask, the mask in host byte
// order, as nx_ip_interface_address_set does. Connections keep the address they
// have.
//
// Errors: status.InvalidInterface, status.IpAddressError for an address that is
// not a host's.
func (ip *IP) SetAddress(index uint32, address netip.Addr, mask uint32) error {
	i, err := ip.physicalInterface(index)
	if err != nil {
		return err
	}
	word := toWord(address)
	if !address.Is4() || !isHost(word) {
		return status.IpAddressError
	}
	ip.rarp.enabled = false
	ip.changeAddress(i, word, mask)
	return nil
}

// changeAddress gives an interface an address, and tells if it is another.
func (ip *IP) changeAddress(i *Interface, address, mask uint32) {
	changed := address != i.address || mask != i.mask
	i.address, i.mask, i.defending = address, mask, 0
	ip.addressesChanged()
	if changed && ip.onAddressChange != nil {
		ip.onAddressChange(ip)
	}
}

// NotifyAddressChange has f called whenever SetAddress changes something; nil
// ends that. It mirrors nx_ip_address_change_notify.
func (ip *IP) NotifyAddressChange(f func(*IP)) { ip.onAddressChange = f }

// addressesChanged tells netstack which addresses are the instance's. Addresses
// it once had stay, for their connections.
func (ip *IP) addressesChanged() {
	for n := range ip.physical() {
		i := &ip.interfaces[n]
		if i.valid && i.address != 0 {
			ip.tellStack(fromWord(i.address), bits.OnesCount32(i.mask))
		}
	}
}

// updateNIC tells netstack what its interface can carry.
func (ip *IP) updateNIC() {
	if mtu := ip.interfaces[0].IpMtuSize; mtu != 0 {
		ip.nic.SetMTU(mtu)
	}
}

// SetGateway makes a neighbour the router for all networks without a route, as
// nx_ip_gateway_address_set does.
//
// Errors: status.IpAddressError for one that is on no interface's network.
func (ip *IP) SetGateway(address netip.Addr) error {
	word := toWord(address)
	i := ip.interfaceTo(ip.physical(), word)
	if word == 0 || i == nil {
		return status.IpAddressError
	}
	ip.gateway, ip.gatewayInterface = word, i
	return nil
}

// interfaceTo returns the first interface in whose network an address is.
func (ip *IP) interfaceTo(list []Interface, address uint32) *Interface {
	for n := range list {
		if list[n].valid && list[n].onLink(address) {
			return &list[n]
		}
	}
	return nil
}

// ClearGateway forgets the router, as nx_ip_gateway_address_clear does.
func (ip *IP) ClearGateway() { ip.gateway, ip.gatewayInterface = 0, nil }

// Gateway returns the router, as nx_ip_gateway_address_get does.
//
// Errors: status.NotFound without one.
func (ip *IP) Gateway() (netip.Addr, error) {
	if ip.gateway == 0 {
		return netip.Addr{}, status.NotFound
	}
	return fromWord(ip.gateway), nil
}
