package ipstack

import (
	"cmp"
	"net/netip"
	"slices"

	"netxsim/netx/status"
)

const (
	ipv6Header         = 40
	addressesOfOne     = 3    // NX_MAX_IPV6_ADDRESSES for each interface
	duplicateProbes    = 3    // NX_IPV6_DAD_TRANSMITS
	ipv6HopLimit       = 0xFF // of what the application sends, and of neighbour discovery
	linkLocalPrefix    = 10
	ipv6LoopbackPrefix = 128
)

// ipv6Protocol is the IPv6 of an instance. The zero value is disabled;
// addresses can be set all the same.
type ipv6Protocol struct {
	ip           *IP
	enabled      bool
	icmp         bool
	addresses    []ipv6Address // those of the interfaces, then ::1
	neighbours   [neighbourLimit]neighbour
	destinations []ipv6Destination
	retransmit   uint32 // tenths of a second between questions to a neighbour, less one
	reachable    uint32 // seconds for which an answer counts
	routers      [maxRouters]ipv6Router
	turn         int // the router to take next when none is known to be there
	prefixes     []ipv6Prefix
	hopLimit     uint8
	groups       []ipv6Group
	standIns     standIns
	onChange     func(ip *IP, change IPv6Change)
	onAdvert     func(ip *IP, flags uint8)
}

// IPv6Change is what became of an IPv6 address.
type IPv6Change struct {
	// What is one of the IPv6 constants.
	What uint32
	// Index is the interface's number, Number the address's.
	Index, Number uint32
	Address       netip.Addr
}

// What can become of an IPv6 address, numbered as in C.
const (
	IPv6Configured     = 1 // NX_IPV6_ADDRESS_MANUAL_CONFIG
	IPv6AutoConfigured = 2 // NX_IPV6_ADDRESS_STATELESS_AUTO_CONFIG
	IPv6Deleted        = 5 // NX_IPV6_ADDRESS_MANUAL_DELETE
	IPv6Expired        = 6 // NX_IPV6_ADDRESS_LIFETIME_EXPIRED
	IPv6Unique         = 7 // NX_IPV6_ADDRESS_DAD_SUCCESSFUL
	IPv6Duplicate      = 8 // NX_IPV6_ADDRESS_DAD_FAILURE
)

// NotifyIPv6Change has f called when an IPv6 address changes; nil ends that. It
// mirrors nxd_ipv6_address_change_notify.
//
// Errors: status.NotEnabled without Target.IPv6AddressNotify.
func (ip *IP) NotifyIPv6Change(f func(ip *IP, change IPv6Change)) error {
	if !ip.target.IPv6AddressNotify {
		return status.NotEnabled
	}
	ip.ipv6.onChange = f
	return nil
}

// tell tells the application what became of an address.
func (v *ipv6Protocol) tell(what uint32, a ipv6Address) {
	if v.onChange == nil {
		return
	}
	for n := range v.addresses {
		if v.addresses[n].address == a.address {
			v.onChange(v.ip, IPv6Change{what, uint32(a.via.index), uint32(n), a.address})
		}
	}
}

// ipv6Address is an address of an interface.
type ipv6Address struct {
	address netip.Addr // the zero Addr: unused
	prefix  uint32
	via     *Interface
	valid   bool // nobody else has it, as far as was asked
	probes  int  // questions left to ask
	auto    bool // made from a prefix that a router advertised
}

func (v *ipv6Protocol) init(ip *IP) {
	v.ip = ip
	v.setDefaults()
	v.addresses = make([]ipv6Address, addressesOfOne*len(ip.physical())+1)
	v.destinations = make([]ipv6Destination, cmp.Or(ip.target.IPv6Destinations, destinationLimit))
}

// setDefaults forgets what routers have told about the link.
func (v *ipv6Protocol) setDefaults() {
	v.hopLimit, v.retransmit, v.reachable = ipv6HopLimit, neighbourBeats, neighbourReachable
}

// EnableIPv6 lets the instance use IPv6, as nxd_ipv6_enable does.
//
// Errors: status.AlreadyEnabled.
func (ip *IP) EnableIPv6() error {
	v := &ip.ipv6
	if v.enabled {
		return status.AlreadyEnabled
	}
	v.enabled = true
	v.setDefaults()
	v.addresses[len(v.addresses)-1] = ipv6Address{netip.IPv6Loopback(), ipv6LoopbackPrefix, ip.loopback(), true, 0, false}
	for n := range ip.physical() {
		if i := &ip.interfaces[n]; i.valid {
			i.solicitations = solicitations{left: routerQuestions, seconds: routerQuestionDelay}
			i.command6(LinkMulticastJoin, allNodes)
		}
	}
	ip.clock.need()
	return nil
}

// DisableIPv6 ends that, as nxd_ipv6_disable does: all addresses, routers and
// neighbours are forgotten.
func (ip *IP) DisableIPv6() {
	v := &ip.ipv6
	if !v.enabled {
		return
	}
	for n := range v.addresses {
		_ = ip.DeleteIPv6Address(uint32(n)) // or it is unused
	}
	for n := range ip.physical() {
		if i := &ip.interfaces[n]; i.valid {
			i.solicitations.left = 0
			i.command6(LinkMulticastLeave, allNodes)
		}
	}
	v.forgetNeighbours(nil)
	v.enabled, v.icmp, v.routers, v.turn = false, false, [maxRouters]ipv6Router{}, 0
	v.addresses[len(v.addresses)-1] = ipv6Address{}
}

// EnableICMPv6 lets the instance answer pings by IPv6 and find neighbours, as
// nxd_icmp_enable does.
func (ip *IP) EnableICMPv6() {
	ip.ipv6.icmp = true
	ip.clock.need()
}

// IPv6PingEnabled reports whether the instance can ping by IPv6.
func (ip *IP) IPv6PingEnabled() bool { return ip.ipv6.enabled && ip.ipv6.icmp }

// IPv6AddressLimit returns the number of addresses an instance can have,
// NX_MAX_IPV6_ADDRESSES.
func (ip *IP) IPv6AddressLimit() uint32 { return uint32(len(ip.ipv6.addresses)) - 1 }

// SetIPv6Address gives an interface an address and returns its number in the
// instance. The zero address with a prefix of 10 is the link-local one that
// follows from the hardware address (RFC 4291, appendix A). The address is used
// once nobody has answered to it for a while (RFC 4862, section 5.4). It
// mirrors nxd_ipv6_address_set.
//
// Errors: status.DuplicatedEntry, status.NoMoreEntries, status.IpAddressError.
func (ip *IP) SetIPv6Address(index uint32, address netip.Addr, prefix uint32) (number uint32, err error) {
	i, err := ip.physicalInterface(index)
	if err != nil {
		return 0, err
	}
	v := &ip.ipv6
	if v.own(address) != nil {
		return 0, status.DuplicatedEntry
	}
	n := slices.IndexFunc(v.addresses[:ip.IPv6AddressLimit()], func(a ipv6Address) bool { return !a.address.IsValid() })
	if n < 0 {
		return 0, status.NoMoreEntries
	}
	if !address.IsValid() {
		if prefix != linkLocalPrefix {
			return 0, status.IpAddressError
		}
		if address = linkLocal(i.hardware()); v.own(address) != nil {
			return 0, status.DuplicatedEntry
		}
	}
	a := &v.addresses[n]
	v.assign(a, i, address, prefix)
	v.tell(IPv6Configured, *a)
	return uint32(n), nil
}

// assign gives an interface an address.
func (v *ipv6Protocol) assign(a *ipv6Address, i *Interface, address netip.Addr, prefix uint32) {
	*a = ipv6Address{address: address, prefix: prefix, via: i, valid: !v.icmp}
	i.command6(LinkMulticastJoin, solicitedNode(address))
	if v.icmp {
		a.probes = duplicateProbes
		v.ip.clock.need()
	}
}

// linkLocal is the link-local address with a hardware address in it.
func linkLocal(h HardwareAddress) netip.Addr {
	return netip.AddrFrom16([16]byte{0: 0xfe, 1: 0x80, 8: h[0] ^ 2, 9: h[1], 10: h[2], 11: 0xff, 12: 0xfe, 13: h[3], 14: h[4], 15: h[5]})
}

// IPv6Address returns the address with a number, its prefix length and its
// interface's number, as nxd_ipv6_address_get does.
//
// Errors: status.NoInterfaceAddress for one that is not set or not yet used.
func (ip *IP) IPv6Address(number uint32) (address netip.Addr, prefix, index uint32, err error) {
	if number >= uint32(len(ip.ipv6.addresses)) || !ip.ipv6.addresses[number].valid {
		return netip.Addr{}, 0, 0, status.NoInterfaceAddress
	}
	a := &ip.ipv6.addresses[number]
	return a.address, a.prefix, uint32(a.via.index), nil
}

// DeleteIPv6Address takes an address away, as nxd_ipv6_address_delete does.
//
// Errors: status.NoInterfaceAddress.
func (ip *IP) DeleteIPv6Address(number uint32) error {
	if number >= ip.IPv6AddressLimit() || !ip.ipv6.addresses[number].address.IsValid() {
		return status.NoInterfaceAddress
	}
	a := &ip.ipv6.addresses[number]
	a.via.command6(LinkMulticastLeave, solicitedNode(a.address))
	ip.ipv6.tell(IPv6Deleted, *a)
	*a = ipv6Address{}
	return nil
}

// own returns the entry of one of the instance's own addresses, nil if it is
// none.
func (v *ipv6Protocol) own(address netip.Addr) *ipv6Address {
	for n := range v.addresses {
		if v.addresses[n].address == address && address.IsValid() {
			return &v.addresses[n]
		}
	}
	return nil
}

// source returns the address that packets to another are sent from.
//
// Errors: status.NoInterfaceAddress.
func (v *ipv6Protocol) source(to netip.Addr) (*ipv6Address, error) {
	if a := v.sourceOn(nil, to); a != nil {
		return a, nil
	}
	return nil, status.NoInterfaceAddress
}

// sourceOn is source on one interface, nil for any, unless the address is one of
// the instance's own. It returns nil without a source.
func (v *ipv6Protocol) sourceOn(i *Interface, to netip.Addr) *ipv6Address {
	if a := v.own(to); a != nil && !to.IsMulticast() {
		return a
	}
	for n := range v.addresses {
		if a := &v.addresses[n]; a.valid && (i == nil || a.via == i) && a.via.up() && a.reaches(to) {
			return a
		}
	}
	for _, r := range v.routers {
		if r.via == nil || i != nil && r.via != i || !r.via.up() {
			continue
		}
		for n := range v.addresses {
			if a := &v.addresses[n]; a.valid && a.via == r.via && !a.address.IsLinkLocalUnicast() {
				return a
			}
		}
	}
	return nil
}

// numbered returns the address with a number, if it may be used.
//
// Errors: status.NoInterfaceAddress.
func (v *ipv6Protocol) numbered(number uint32) (*ipv6Address, error) {
	if number >= uint32(len(v.addresses)) || !v.addresses[number].valid {
		return nil, status.NoInterfaceAddress
	}
	return &v.addresses[number], nil
}

// check reports an IPv6 address that there is no address to send to from.
func (v *ipv6Protocol) check(to netip.Addr) error {
	if !to.Is6() {
		return nil
	}
	_, err := v.source(to)
	return err
}

// reaches reports whether an address is the one to send from to another that
// needs no router.
func (a *ipv6Address) reaches(to netip.Addr) bool {
	switch {
	case a.address.IsLoopback():
		return false
	case to.IsMulticast():
		return a.address.IsLinkLocalUnicast() == to.IsLinkLocalMulticast()
	case to.IsLinkLocalUnicast():
		return a.address.IsLinkLocalUnicast()
	}
	return netip.PrefixFrom(a.address, int(a.prefix)).Contains(to)
}

// onLink reports whether an address needs no router: routers have advertised
// its prefix, or the application has set an address with it.
func (v *ipv6Protocol) onLink(to netip.Addr) bool {
	if to.IsLinkLocalUnicast() {
		return true
	}
	for _, p := range v.prefixes {
		if p.prefix.Contains(to) {
			return true
		}
	}
	for _, a := range v.addresses {
		if a.address.IsValid() && !a.auto && netip.PrefixFrom(a.address, int(a.prefix)).Contains(to) {
			return true
		}
	}
	return false
}

// second lets a second pass, and reports whether anything waits for the next.
func (v *ipv6Protocol) second() bool {
	busy := v.probe()
	busy = v.ageNeighbours() || busy
	busy = v.age() || busy
	busy = v.agePaths() || busy
	return v.solicitRouters() || busy
}

// probe asks whether somebody has one of the addresses not yet used.
func (v *ipv6Protocol) probe() bool {
	busy := false
	for n := range v.addresses {
		a := &v.addresses[n]
		switch {
		case !a.address.IsValid() || a.valid:
			continue
		case a.probes > 0:
			a.probes--
			v.solicit(a.via, netip.IPv6Unspecified(), a.address)
			busy = true
		default:
			a.valid = true
			if n := v.find(a.address); n != nil {
				v.forgetNeighbours(n)
			}
			v.tell(IPv6Unique, *a)
		}
	}
	return busy
}
