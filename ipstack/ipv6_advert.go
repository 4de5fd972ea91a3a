package ipstack

import (
	"encoding/binary"
	"net/netip"

	"gvisor.dev/gvisor/pkg/tcpip/header"

	"netxsim/netx/status"
	"netxsim/packetpool"
)

const (
	routerQuestions     = 3 // NX_ICMPV6_MAX_RTR_SOLICITATIONS
	routerQuestionDelay = 1 // seconds: NX_ICMPV6_RTR_SOLICITATION_DELAY
	routerQuestionEvery = 4 // seconds: NX_ICMPV6_RTR_SOLICITATION_INTERVAL

	routerQuestion      = 8  // bytes of a solicitation without options
	routerMessage       = 16 // bytes of an advertisement without options
	prefixOptionSize    = 32
	prefixOption        = byte(3)
	mtuOption           = byte(5)
	prefixIsOnLink      = 0x80
	prefixMakesAddress  = 0x40
	maxIPv6PrefixLength = 128
)

// solicitations are the questions for routers that an interface still asks.
type solicitations struct {
	left, seconds int
}

// solicitRouters lets a second pass: it asks for routers where it is time to,
// and reports whether anything waits for the next second. The first question
// waits for a link-local address to ask from.
func (v *ipv6Protocol) solicitRouters() bool {
	busy := false
	for n := range v.ip.physical() {
		i := &v.ip.interfaces[n]
		s := &i.solicitations
		if s.left == 0 {
			continue
		}
		if s.seconds--; s.seconds == 0 {
			if !v.solicitRouter(i) && s.left == routerQuestions {
				s.seconds = 1
			} else {
				s.left--
				s.seconds = routerQuestionEvery
			}
		}
		busy = busy || s.left > 0 && (s.left < routerQuestions || v.mayAsk(i))
	}
	return busy
}

// mayAsk reports whether an interface can ask for routers, or will be able to
// once its address is known to be unique.
func (v *ipv6Protocol) mayAsk(i *Interface) bool {
	for _, a := range v.addresses {
		if a.via == i && a.address.IsLinkLocalUnicast() {
			return v.icmp
		}
	}
	return false
}

// solicitRouter asks the routers on a link to make themselves known (RFC 4861,
// section 6.3.7), and reports whether it could.
func (v *ipv6Protocol) solicitRouter(i *Interface) bool {
	if !v.icmp || !i.up() {
		return false
	}
	for _, a := range v.addresses {
		if a.via == i && a.valid && a.address.IsLinkLocalUnicast() {
			var text [routerQuestion + linkOption]byte
			text[0] = byte(header.ICMPv6RouterSolicit)
			i.putHardware(text[routerQuestion:], sourceLinkOption)
			return v.sendMessage(i, a.address, netip.IPv6LinkLocalAllRouters(), text[:])
		}
	}
	return false
}

// receiveRouter handles the advertisement of a router (RFC 4861, section
// 6.3.4). The MTU that it may tell is looked at with Target.IPv6PathMTU, and
// counts for what is sent by way of that router.
func (v *ipv6Protocol) receiveRouter(packet *packetpool.Packet, from, to netip.Addr) {
	message := packet.Bytes()
	if len(message) < routerMessage || packet.Next != nil || message[1] != 0 ||
		!from.IsLinkLocalUnicast() || !to.IsLinkLocalUnicast() && to != allNodes ||
		ipv6HeaderOf(packet).HopLimit() != ipv6HopLimit || !areOptions(message[routerMessage:]) {
		return
	}
	if v.onAdvert != nil {
		v.onAdvert(v.ip, message[5])
	}
	i := v.ip.arrivedOn(packet)
	lifetime := uint32(binary.BigEndian.Uint16(message[6:]))
	if lifetime == 0 {
		_ = v.ip.DeleteIPv6Router(from) // or it is not known
	}
	v.takeTimes(binary.BigEndian.Uint32(message[8:]), binary.BigEndian.Uint32(message[12:]))
	mtuTold, ok := v.receiveRouterOptions(packet, i, from, message[routerMessage:])
	if !ok {
		return
	}
	if lifetime > 0 {
		info := IPv6RouterInfo{from, lifetime, IPv6RouterSolicited}
		if to == allNodes {
			info.How = IPv6RouterUnsolicited
		}
		if n := v.find(from); v.addRouter(i, info) == nil && n != nil {
			n.router = true
		}
		if limit := message[4]; limit != 0 {
			v.hopLimit = limit
		}
		if !mtuTold {
			v.receiveMTU(v.receiver(packet), from, i.IpMtuSize)
		}
	}
	i.solicitations.left = 0
}

// takeTimes takes how long a neighbour's answer counts and how long to wait for
// one, in milliseconds, from a router that tells; 0 is none told.
func (v *ipv6Protocol) takeTimes(reachable, retransmit uint32) {
	const second, tenth = 1000, 100
	if reachable != 0 {
		v.reachable = max(1, reachable/second)
	}
	if retransmit != 0 {
		v.retransmit = max(1, retransmit/tenth)
	}
}

// areOptions reports whether bytes are options of neighbour discovery.
func areOptions(options []byte) bool {
	for len(options) > 0 {
		if len(options) < linkOption || options[1] == 0 || int(options[1])*8 > len(options) {
			return false
		}
		options = options[int(options[1])*8:]
	}
	return true
}

// receiveRouterOptions handles the options of an advertisement, and reports
// whether none was malformed and one told the MTU.
func (v *ipv6Protocol) receiveRouterOptions(packet *packetpool.Packet, i *Interface, from netip.Addr, options []byte) (mtuTold, ok bool) {
	for len(options) > 0 {
		option := options[:int(options[1])*8]
		options = options[len(option):]
		switch option[0] {
		case sourceLinkOption:
			v.heardFrom(i, from, HardwareAddress(option[2:8]), true)
		case prefixOption:
			if len(option) < prefixOptionSize {
				return mtuTold, false
			}
			v.receivePrefix(i, option)
		case mtuOption:
			mtuTold = true
			v.receiveMTU(v.receiver(packet), from, min(wordAt(option[4:]), i.IpMtuSize))
		}
	}
	return mtuTold, true
}

// receiveMTU takes the MTU of what is sent by way of a router.
func (v *ipv6Protocol) receiveMTU(own *ipv6Address, router netip.Addr, mtu uint32) {
	if v.ip.target.IPv6PathMTU && own != nil {
		v.addDestination(own, router, router, mtu, forever)
	}
}

// NotifyRouterAdvert has f called in the IP thread with the flags of every
// router advertisement, before anything else becomes of it; nil ends that. It
// mirrors nxd_icmpv6_ra_flag_callback_set.
func (ip *IP) NotifyRouterAdvert(f func(ip *IP, flags uint8)) { ip.ipv6.onAdvert = f }

// EnableAutoconfiguration lets an interface have addresses made from the
// prefixes that routers advertise, as it does to begin with, and asks for
// routers. It mirrors nxd_ipv6_stateless_address_autoconfig_enable.
//
// Errors: status.NotSupported without Target.IPv6AutoconfigControl,
// status.InvalidInterface, status.AlreadyEnabled.
func (ip *IP) EnableAutoconfiguration(index uint32) error {
	i, err := ip.autoconfigured(index)
	switch {
	case err != nil:
		return err
	case !i.manualAddresses:
		return status.AlreadyEnabled
	}
	i.manualAddresses = false
	i.solicitations = solicitations{left: routerQuestions, seconds: routerQuestionDelay}
	ip.clock.need()
	return nil
}

// DisableAutoconfiguration ends that, as
// nxd_ipv6_stateless_address_autoconfig_disable does. Addresses already made
// stay.
//
// Errors: status.NotSupported without Target.IPv6AutoconfigControl,
// status.InvalidInterface.
func (ip *IP) DisableAutoconfiguration(index uint32) error {
	i, err := ip.autoconfigured(index)
	if err != nil || i.manualAddresses {
		return err
	}
	i.manualAddresses = true
	i.solicitations.left = 0
	return nil
}

// autoconfigured returns the interface of a service that needs
// Target.IPv6AutoconfigControl.
func (ip *IP) autoconfigured(index uint32) (*Interface, error) {
	if !ip.target.IPv6AutoconfigControl {
		return nil, status.NotSupported
	}
	if index >= uint32(len(ip.physical())) {
		return nil, status.InvalidInterface
	}
	return &ip.interfaces[index], nil
}

// receivePrefix handles the option with a prefix.
func (v *ipv6Protocol) receivePrefix(i *Interface, option []byte) {
	length, flags := int(option[2]), option[3]
	lifetime, preferred := binary.BigEndian.Uint32(option[4:]), binary.BigEndian.Uint32(option[8:])
	prefix := netip.AddrFrom16([16]byte(option[16:prefixOptionSize]))
	switch {
	case prefix.IsLinkLocalUnicast(), preferred > lifetime, flags&prefixIsOnLink == 0, length > maxIPv6PrefixLength:
	case lifetime == 0:
		v.deletePrefix(netip.PrefixFrom(prefix, length))
	case v.addPrefix(prefix, length, lifetime) && flags&prefixMakesAddress != 0 && length == autoPrefix:
		v.configure(i, prefix)
	}
}
