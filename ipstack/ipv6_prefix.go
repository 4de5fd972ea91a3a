package ipstack

import (
	"net/netip"
	"slices"
)

const (
	maxPrefixes = 8 // NX_IPV6_PREFIX_LIST_TABLE_SIZE
	// prefixForever is the lifetime of a prefix that is never forgotten.
	prefixForever = 0xFFFFFFFF
	// shortLifetime is the lifetime in seconds below which an advertisement
	// does not bring a prefix (RFC 4862, section 5.5.3).
	shortLifetime = 2 * 60 * 60
	// autoPrefix is the length of the prefixes that addresses are made from.
	autoPrefix = 64
)

// ipv6Prefix is a prefix of addresses that need no router.
type ipv6Prefix struct {
	prefix   netip.Prefix
	lifetime uint32 // seconds left
}

// addPrefix enters a prefix, the longest first, or changes the lifetime of one
// already there. It reports whether it is new.
func (v *ipv6Protocol) addPrefix(address netip.Addr, length int, lifetime uint32) bool {
	at := len(v.prefixes)
	for n := range v.prefixes {
		p := &v.prefixes[n]
		if length > p.prefix.Bits() {
			at = n
			break
		}
		if length == p.prefix.Bits() && p.prefix.Addr() == address {
			p.prolong(lifetime)
			return false
		}
	}
	if len(v.prefixes) == maxPrefixes {
		return false
	}
	v.prefixes = slices.Insert(v.prefixes, at, ipv6Prefix{netip.PrefixFrom(address, length).Masked(), lifetime})
	v.ip.clock.need()
	return true
}

// prolong gives a prefix the lifetime that was advertised anew; one much
// shorter than what is left counts two hours at least.
func (p *ipv6Prefix) prolong(lifetime uint32) {
	switch {
	case lifetime > shortLifetime || lifetime > p.lifetime:
		p.lifetime = lifetime
	case p.lifetime > shortLifetime:
		p.lifetime = shortLifetime
	}
}

// deletePrefix forgets a prefix and the addresses made from it.
func (v *ipv6Protocol) deletePrefix(which netip.Prefix) {
	n := slices.IndexFunc(v.prefixes, func(p ipv6Prefix) bool { return p.prefix == which })
	if n < 0 {
		return
	}
	v.prefixes = slices.Delete(v.prefixes, n, n+1)
	for k := range v.addresses {
		a := &v.addresses[k]
		if !a.auto || netip.PrefixFrom(a.address, autoPrefix).Masked().Addr() != which.Addr() {
			continue
		}
		a.via.command6(LinkMulticastLeave, solicitedNode(a.address))
		v.tell(IPv6Expired, *a)
		*a = ipv6Address{}
	}
}

// agePrefixes lets a second of their lifetimes pass, and reports whether any
// will end.
func (v *ipv6Protocol) agePrefixes() bool {
	busy := false
	for _, p := range slices.Clone(v.prefixes) {
		if p.lifetime == 0 {
			v.deletePrefix(p.prefix)
		}
	}
	for n := range v.prefixes {
		if p := &v.prefixes[n]; p.lifetime != prefixForever {
			p.lifetime--
			busy = true
		}
	}
	return busy
}

// configure gives an interface the address that a new prefix and its hardware
// address make (RFC 4862, section 5.5.3), if there is room for it.
func (v *ipv6Protocol) configure(i *Interface, prefix netip.Addr) {
	if i.manualAddresses {
		return
	}
	address := linkLocal(i.hardware()).As16()
	high := prefix.As16()
	copy(address[:8], high[:8])
	for n := range v.addresses[:v.ip.IPv6AddressLimit()] {
		a := &v.addresses[n]
		if a.address.IsValid() {
			continue
		}
		v.assign(a, i, netip.AddrFrom16(address), autoPrefix)
		a.auto, a.probes = true, duplicateProbes-1
		v.tell(IPv6AutoConfigured, *a)
		return
	}
}
