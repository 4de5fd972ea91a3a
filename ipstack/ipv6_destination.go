package ipstack

import (
	"net/netip"

	"gvisor.dev/gvisor/pkg/tcpip/header"
)

const (
	destinationLimit = 8    // NX_IPV6_DESTINATION_TABLE_SIZE
	minimumIPv6MTU   = 1280 // of every link (RFC 8200, section 5)
	// pathMTUTicks is how long a path that was found to be narrower is taken for
	// that: NX_PATH_MTU_INCREASE_WAIT_INTERVAL_TICKS.
	pathMTUTicks = 600 * periodicTicks
	forever      = 0xFFFFFFFF // ticks: NX_WAIT_FOREVER
)

// ipv6Destination is how an address is reached that something was sent to. It
// stays known until its neighbour or its router is forgotten.
type ipv6Destination struct {
	to, hop   netip.Addr
	neighbour *neighbour // nil: unused
	mtu       uint32     // of the path; looked at with Target.IPv6PathMTU
	ticks     uint32     // until mtu is that of the interface again
}

// destination returns how an address is reached, nil if it is not known.
func (v *ipv6Protocol) destination(to netip.Addr) *ipv6Destination {
	for k := range v.destinations {
		if d := &v.destinations[k]; d.neighbour != nil && d.to == to {
			return d
		}
	}
	return nil
}

// addDestination enters how an address is reached from one of the instance's,
// or changes it, and returns nil when there is no room. An mtu other than 0 and
// ticks are what setMTU takes.
func (v *ipv6Protocol) addDestination(from *ipv6Address, to, hop netip.Addr, mtu, ticks uint32) *ipv6Destination {
	d := v.destination(to)
	if d != nil {
		if d.setMTU(mtu, ticks); d.hop == hop {
			return d
		}
		mtu, ticks = d.mtu, d.ticks
		*d = ipv6Destination{}
	}
	if d = v.freeDestination(); d == nil {
		return nil
	}
	n := v.find(hop)
	if n == nil {
		if n = v.addNeighbour(hop, from.via); n == nil {
			return nil
		}
	}
	*d = ipv6Destination{to: to, hop: hop, neighbour: n, mtu: mtu, ticks: ticks}
	if d.mtu == 0 {
		d.mtu = from.via.IpMtuSize
	}
	if d.ticks == 0 {
		d.ticks = pathMTUTicks
		if d.mtu == from.via.IpMtuSize {
			d.ticks = forever
		}
	}
	v.ip.clock.need()
	return d
}

func (v *ipv6Protocol) freeDestination() *ipv6Destination {
	for k := range v.destinations {
		if v.destinations[k].neighbour == nil {
			return &v.destinations[k]
		}
	}
	return nil
}

// setMTU changes the MTU of a path for a number of ticks; for 0 only a smaller
// one counts, and for pathMTUTicks.
func (d *ipv6Destination) setMTU(mtu, ticks uint32) {
	if mtu == 0 || ticks == 0 && mtu >= d.mtu {
		return
	}
	d.mtu, d.ticks = mtu, ticks
	if ticks == 0 {
		d.ticks = pathMTUTicks
	}
}

// reach returns how an address is reached from one of the instance's, finding
// it out where it is not known, or nil.
func (v *ipv6Protocol) reach(from *ipv6Address, to netip.Addr) *ipv6Destination {
	if d := v.destination(to); d != nil {
		return d
	}
	hop := to
	if !v.onLink(to) {
		router, ok := v.routerOn(from.via)
		if !ok {
			return nil
		}
		hop = router
	}
	return v.addDestination(from, to, hop, from.via.IpMtuSize, forever)
}

// forgetDestinations forgets what is reached through a neighbour.
func (v *ipv6Protocol) forgetDestinations(n *neighbour) {
	for k := range v.destinations {
		if v.destinations[k].neighbour == n {
			v.destinations[k] = ipv6Destination{}
		}
	}
}

// forgetPaths forgets what is reached through the neighbour with an address.
func (v *ipv6Protocol) forgetPaths(hop netip.Addr) {
	for k := range v.destinations {
		if v.destinations[k].hop == hop {
			v.destinations[k] = ipv6Destination{}
		}
	}
}

// mtuTo returns the largest packet to an address that need not be sent in
// pieces on an interface.
func (v *ipv6Protocol) mtuTo(i *Interface, to netip.Addr) uint32 {
	mtu := i.IpMtuSize
	if !v.ip.target.IPv6PathMTU {
		return mtu
	}
	if d := v.destination(to); d != nil {
		mtu = d.mtu
		if hop := v.destination(d.hop); hop != nil && !to.IsMulticast() {
			mtu = min(mtu, hop.mtu)
		}
	}
	return mtu
}

// agePaths lets a second pass, after which some paths are tried with the
// interface's MTU again, and reports whether any are left.
func (v *ipv6Protocol) agePaths() bool {
	if !v.ip.target.IPv6PathMTU {
		return false
	}
	busy := false
	for k := range v.destinations {
		d := &v.destinations[k]
		switch {
		case d.neighbour == nil || d.ticks == forever || d.mtu == d.neighbour.via.IpMtuSize:
		case d.ticks <= periodicTicks:
			d.mtu, d.ticks = d.neighbour.via.IpMtuSize, forever
		default:
			d.ticks -= periodicTicks
			busy = true
		}
	}
	return busy
}

// addressee returns the address that the datagram in the scratch frame goes to.
func (ip *IP) addressee() netip.Addr {
	return netip.AddrFrom16(header.IPv6(ip.frame[ethernetHeader:]).DestinationAddress().As16())
}
