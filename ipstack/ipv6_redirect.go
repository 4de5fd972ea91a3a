package ipstack

import (
	"net/netip"

	"netxsim/packetpool"
)

// redirectMessage is the size in bytes of a redirect without options.
const redirectMessage = 40

// receiveRedirect handles a router's message that there is a better way to an
// address: another router, or the neighbour itself (RFC 4861, section 8.3). It
// mirrors _nx_icmpv6_process_redirect.
func (v *ipv6Protocol) receiveRedirect(packet *packetpool.Packet, from netip.Addr) {
	message, own := packet.Bytes(), v.receiver(packet)
	if len(message) < redirectMessage || packet.Next != nil || own == nil ||
		message[1] != 0 || ipv6HeaderOf(packet).HopLimit() != ipv6HopLimit {
		return
	}
	target := netip.AddrFrom16([16]byte(message[8:24]))
	to := netip.AddrFrom16([16]byte(message[24:redirectMessage]))
	options := message[redirectMessage:]
	if !v.mayRedirect(own, from, to, target) || !areOptions(options) {
		return
	}
	v.takeRedirectOptions(own, target, to, options)
	mtu := own.via.IpMtuSize
	if v.find(target) == nil && v.addNeighbour(target, own.via) == nil {
		return
	}
	v.addDestination(own, to, target, mtu, forever)
}

// mayRedirect reports whether somebody is the router through which an address
// has been reached so far, and may hand over to a target.
func (v *ipv6Protocol) mayRedirect(own *ipv6Address, from, to, target netip.Addr) bool {
	if !from.IsLinkLocalUnicast() || to.IsMulticast() || target != to && !target.IsLinkLocalUnicast() {
		return false
	}
	if d := v.destination(to); d != nil {
		return d.hop == from
	}
	router, ok := v.routerOn(own.via)
	return ok && router == from
}

// takeRedirectOptions takes the target's hardware address where the message
// tells it. A target that nothing was known about, and is not the destination,
// is a router from then on.
func (v *ipv6Protocol) takeRedirectOptions(own *ipv6Address, target, to netip.Addr, options []byte) {
	hardware, told := hardwareOption(options, targetLinkOption)
	if !told {
		return
	}
	isNew := v.find(target) == nil
	v.heardFrom(own.via, target, hardware, true)
	if n := v.find(target); isNew && n != nil && target != to {
		info := IPv6RouterInfo{Address: target, How: IPv6RouterUnsolicited}
		n.router = v.addRouter(own.via, info) == nil
	}
}
