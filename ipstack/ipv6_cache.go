package ipstack

import (
	"encoding/binary"
	"net/netip"
	"slices"

	"gvisor.dev/gvisor/pkg/tcpip/header"

	"netxsim/packetpool"
)

const (
	neighbourLimit      = 16 // NX_IPV6_NEIGHBOR_CACHE_SIZE
	neighbourQueueDepth = 4  // NX_ND_MAX_QUEUE_DEPTH
	neighbourQuestions  = 3  // NX_MAX_MULTICAST_SOLICIT, NX_MAX_UNICAST_SOLICIT
	neighbourBeats      = 10 // tenths of a second between them, less one: NX_RETRANS_TIMER
	neighbourReachable  = 30 // seconds: NX_REACHABLE_TIME
	neighbourDelay      = 5  // seconds: NX_DELAY_FIRST_PROBE_TIME

	// Flags of an advertisement.
	isRouterFlag = 0x80
	isSolicited  = 0x40
	isOverride   = 0x20
)

// neighbourState is what is known about a neighbour (RFC 4861, section 7.3.2),
// numbered as in C.
type neighbourState uint8

const (
	neighbourUnused neighbourState = iota
	neighbourIncomplete
	neighbourIsReachable
	neighbourIsStale
	neighbourIsDelayed
	neighbourIsProbed
	neighbourCreated // nothing is known yet, and nobody has asked
)

// neighbour is somebody on a link, and what waits for its hardware address (RFC
// 4861).
type neighbour struct {
	address  netip.Addr
	via      *Interface
	from     netip.Addr // that it is asked from
	state    neighbourState
	msw, lsw uint32
	seconds  uint32 // left in the state; where it is stale, the second since when
	router   bool   // has said that it is one of the instance's routers
	static   bool   // entered by the application
	asks     int    // questions left
	beats    uint32 // left until the next
	waiting  []arpWaiting
}

// usable reports whether packets can be sent to a neighbour.
func (n *neighbour) usable() bool {
	return n.state >= neighbourIsReachable && n.state <= neighbourIsProbed
}

// find returns what is known about a neighbour, nil if nothing is.
func (v *ipv6Protocol) find(address netip.Addr) *neighbour {
	for k := range v.neighbours {
		if n := &v.neighbours[k]; n.state != neighbourUnused && n.via != nil && n.address == address {
			return n
		}
	}
	return nil
}

// beat is the number of the second that passes.
func (v *ipv6Protocol) beat() uint32 {
	return (v.ip.kernel.Ticks() - v.ip.clock.began) / v.ip.ticks(periodicTicks)
}

// enter puts a neighbour in a state for a number of seconds.
func (v *ipv6Protocol) enter(n *neighbour, state neighbourState, seconds uint32) {
	n.state, n.seconds = state, seconds
	if state == neighbourIsStale {
		n.seconds = v.beat()
		return
	}
	v.ip.clock.need()
}

// addNeighbour remembers somebody, in place of the neighbour stale for longest,
// or else the one reachable for longest, when there are too many. It returns
// nil when all are routers, static or being asked for.
func (v *ipv6Protocol) addNeighbour(address netip.Addr, i *Interface) *neighbour {
	free := v.freeNeighbour(address)
	if free == nil {
		return nil
	}
	v.forgetNeighbours(free)
	*free = neighbour{address: address, via: i, state: neighbourCreated}
	return free
}

func (v *ipv6Protocol) freeNeighbour(address netip.Addr) (free *neighbour) {
	stale, left := uint32(0), ^uint32(0)
	first := cachePlace(address)
	for k := range v.neighbours {
		n := &v.neighbours[(first+k)%neighbourLimit]
		switch {
		case n.state == neighbourUnused:
			return n
		case n.router || n.static:
		case n.state == neighbourIsStale && v.beat()-n.seconds > stale:
			free, stale = n, v.beat()-n.seconds
		case n.state == neighbourIsReachable && stale == 0 && n.seconds < left:
			free, left = n, n.seconds
		}
	}
	return free
}

// cachePlace is where the search for room in the cache begins.
func cachePlace(address netip.Addr) int {
	a := address.As16()
	sum := uint32(0)
	for n := 0; n < len(a); n += 4 {
		sum += binary.BigEndian.Uint32(a[n:])
	}
	return int(sum % neighbourLimit)
}

// resolve sends the datagram in the scratch frame by way of a neighbour, or
// keeps it until the neighbour's hardware address is known.
func (v *ipv6Protocol) resolve(from *ipv6Address, to netip.Addr, packet *packetpool.Packet) {
	d := v.reach(from, to)
	if d == nil {
		release(packet)
		return
	}
	n := d.neighbour
	switch {
	case n.usable():
		if n.state == neighbourIsStale {
			v.enter(n, neighbourIsDelayed, neighbourDelay)
		}
		v.ip.sendTo6(from.via, n.msw, n.lsw, packet)
	case len(n.waiting) == 0 && !v.icmp:
		v.ip.dropUnsent(packet)
	default:
		v.park(n, from.via, packet)
	}
}

// park keeps the datagram in the scratch frame until a neighbour's hardware
// address is known; the oldest goes when there are too many.
func (v *ipv6Protocol) park(n *neighbour, i *Interface, packet *packetpool.Packet) {
	if len(n.waiting) == neighbourQueueDepth {
		v.ip.dropUnsent(n.waiting[0].packet)
		n.waiting = slices.Delete(n.waiting, 0, 1)
	}
	if packet != nil {
		packet.Hold(&v.ip.holders.neighbour)
	}
	n.waiting = append(n.waiting, arpWaiting{slices.Clone(v.ip.frame), packet, v.ip.vlan})
	if len(n.waiting) > 1 {
		return
	}
	n.via = i
	n.from = netip.AddrFrom16(header.IPv6(v.ip.frame[ethernetHeader:]).SourceAddress().As16())
	if n.state == neighbourCreated {
		n.state = neighbourIncomplete
	}
	n.asks = neighbourQuestions
	v.askFor(n)
}

// askFor asks a neighbour for its hardware address, or whether it is still
// there.
func (v *ipv6Protocol) askFor(n *neighbour) {
	v.ip.fastClock.need()
	n.asks--
	n.beats = v.retransmit
	from := v.own(n.from)
	if from == nil || !from.valid {
		var err error
		if from, err = v.source(n.address); err != nil {
			return
		}
	}
	to := solicitedNode(n.address)
	if n.state == neighbourIsProbed {
		to = n.address
	}
	v.sendNeighbourMessage(n.via, header.ICMPv6NeighborSolicit, 0, from.address, to, n.address, sourceLinkOption)
}

// retryNeighbours lets a tenth of a second pass: it asks again for neighbours
// that do not answer, or gives up, and reports whether there are any left.
func (v *ipv6Protocol) retryNeighbours() bool {
	busy := false
	for k := range v.neighbours {
		n := &v.neighbours[k]
		switch {
		case n.state != neighbourIncomplete && n.state != neighbourIsProbed:
			continue
		case n.beats > 0:
			n.beats--
		case n.asks > 0:
			v.askFor(n)
		default:
			v.forgetNeighbours(n)
			continue
		}
		busy = true
	}
	return busy
}

// ageNeighbours lets a second pass: who has not been heard of for long is
// stale, who was sent something since is probed. It reports whether anything
// waits for the next second.
func (v *ipv6Protocol) ageNeighbours() bool {
	busy := false
	for k := range v.neighbours {
		n := &v.neighbours[k]
		if n.static || n.state != neighbourIsReachable && n.state != neighbourIsDelayed {
			continue
		}
		if n.seconds--; n.seconds > 0 {
			busy = true
			continue
		}
		if n.state == neighbourIsReachable {
			v.enter(n, neighbourIsStale, 0)
			continue
		}
		n.state, n.asks, n.beats = neighbourIsProbed, neighbourQuestions, 0
		v.ip.fastClock.need()
	}
	return busy
}

// forgetNeighbours forgets one, or all for nil, and what waits for it.
func (v *ipv6Protocol) forgetNeighbours(which *neighbour) {
	for k := range v.neighbours {
		n := &v.neighbours[k]
		if which != nil && n != which {
			continue
		}
		for _, w := range n.waiting {
			release(w.packet)
		}
		v.forgetDestinations(n)
		*n = neighbour{}
	}
}

// heardFrom stores the hardware address that somebody told in a message of its
// own, which does not show that it hears us.
func (v *ipv6Protocol) heardFrom(i *Interface, address netip.Addr, hardware HardwareAddress, told bool) {
	n := v.find(address)
	msw, lsw := hardware.Words()
	switch {
	case address.IsUnspecified():
	case told && n == nil:
		if n = v.addNeighbour(address, i); n != nil {
			n.msw, n.lsw = msw, lsw
			v.enter(n, neighbourIsStale, 0)
		}
	case told && (!n.usable() || n.msw != msw || n.lsw != lsw):
		n.via, n.msw, n.lsw = i, msw, lsw
		v.enter(n, neighbourIsStale, 0)
	case n != nil && n.state == neighbourIsReachable:
		n.seconds = v.reachable
	}
	if told && n != nil {
		v.sendWaiting(n)
	}
}

// sendWaiting sends what waited for a neighbour's hardware address.
func (v *ipv6Protocol) sendWaiting(n *neighbour) {
	waiting := n.waiting
	if len(waiting) == 0 {
		return
	}
	n.waiting = nil
	for _, w := range waiting {
		v.ip.frame, v.ip.vlan = append(v.ip.frame[:0], w.frame...), w.vlan
		v.ip.sendTo6(n.via, n.msw, n.lsw, w.packet)
	}
	if n.state == neighbourIsStale {
		v.enter(n, neighbourIsDelayed, neighbourDelay)
	}
}

// advert is what a neighbour's advertisement says.
type advert struct {
	hardware HardwareAddress
	told     bool // hardware is known
	flags    byte
}

// receiveAdvertisement handles a neighbour's advertisement, which answers a
// solicitation or tells of a change (RFC 4861, section 7.2.5).
func (v *ipv6Protocol) receiveAdvertisement(i *Interface, own *ipv6Address, target netip.Addr, a advert, to netip.Addr) {
	if own != nil && !own.valid {
		v.giveUp(own) // somebody has it already
		return
	}
	n := v.find(target)
	if n == nil || to.IsMulticast() && !a.told {
		return
	}
	msw, lsw := a.hardware.Words()
	differs := a.told && (n.msw != msw || n.lsw != lsw)
	if a.flags&isRouterFlag != 0 {
		n.router = n.router || v.isRouter(target)
	} else if n.router && (!differs || a.flags&isOverride != 0) {
		_ = v.ip.DeleteIPv6Router(target) // it is one
	}
	isUnknown := n.state == neighbourIncomplete || n.state == neighbourCreated
	switch {
	case isUnknown && a.told:
		n.via = i
		v.accept(n, msw, lsw, a.flags, true)
		v.sendWaiting(n)
	case isUnknown:
	case differs && a.flags&isOverride == 0:
		if n.state == neighbourIsReachable {
			v.enter(n, neighbourIsStale, 0)
		}
	case differs:
		v.accept(n, msw, lsw, a.flags, true)
	default:
		v.accept(n, n.msw, n.lsw, a.flags, false)
	}
}

// accept takes a neighbour's hardware address. One that was asked for shows
// that the neighbour is there; any other that is new leaves it stale.
func (v *ipv6Protocol) accept(n *neighbour, msw, lsw uint32, flags byte, changed bool) {
	n.msw, n.lsw = msw, lsw
	switch {
	case flags&isSolicited != 0:
		v.enter(n, neighbourIsReachable, v.reachable)
	case changed:
		v.enter(n, neighbourIsStale, 0)
	}
}
