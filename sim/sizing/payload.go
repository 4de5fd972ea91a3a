package sizing

import (
	"slices"

	"netxsim/packetpool"
	"netxsim/sim/scenario"
)

// What stands in a packet in front of an IP packet, and what the stack's own segments need.
const (
	frameRoom   = 16 // an Ethernet header, and two bytes that align what follows: NX_PHYSICAL_HEADER
	segmentRoom = 56 // NX_PHYSICAL_HEADER and the headers of IPv4 and TCP
	tcpipHeader = 40 // the headers of IPv4 and TCP
	fullSegment = 1460
	arpDepth    = 4 // NX_ARP_MAX_QUEUE_DEPTH
)

// smallest is the least payload that is tried: room for the headers that the stack asks for, of IPv6 too.
const smallest = 128

// Payloads returns payload sizes worth trying for a pool of a target whose wire carries IP packets of mtu bytes, ascending:
// one that holds a frame, ones that hold it in 2, 3, 4 and 6 chained packets, small ones, and today's. On a target without
// chains only those that hold a frame remain.
func Payloads(t packetpool.Target, mtu int, today uint32) []uint32 {
	align := uint32(4)
	if t.Alignment > align {
		align = t.Alignment
	}
	frame := uint32(mtu + frameRoom)
	up := func(n uint32) uint32 { return (n + align - 1) / align * align }
	list := []uint32{up(frame)}
	if !t.DisablePacketChain {
		for _, parts := range []uint32{2, 3, 4, 6} {
			list = append(list, up((frame+parts-1)/parts))
		}
		list = append(list, up(256), up(smallest))
	}
	list = slices.DeleteFunc(list, func(n uint32) bool { return n < smallest })
	return ascending(append(list, today))
}

// fewerPayloads is Payloads for scenarios with many pools: one packet for a frame, two, a small one, and today's.
func fewerPayloads(t packetpool.Target, mtu int, today uint32) []uint32 {
	all := Payloads(t, mtu, today)
	frame := all[len(all)-1]
	for _, n := range all {
		if int(n) >= mtu+frameRoom {
			frame = n
			break
		}
	}
	return ascending(slices.DeleteFunc(all, func(n uint32) bool {
		return n != frame && n != today && n != all[0] && (n < frame/2 || n > frame/2+8)
	}))
}

func ascending(list []uint32) []uint32 {
	slices.Sort(list)
	return slices.Compact(list)
}

// manyShapes is how many combinations of payloads are searched before pools get fewer candidates.
const manyShapes = 72

// spaceOf is what may be changed about the pools of s.
func spaceOf(s *scenario.Scenario, payloads []uint32) Space {
	space := Space{Target: s.Target.Device()}
	for _, choice := range []func(packetpool.Target, int, uint32) []uint32{Payloads, fewerPayloads, nil} {
		space.Pools = nil
		shapes := 1
		for _, p := range s.Pools() {
			space.Pools = append(space.Pools, poolSpace(s, p, payloads, choice))
			shapes *= len(space.Pools[len(space.Pools)-1].Payloads)
		}
		if shapes <= manyShapes {
			break
		}
	}
	return space
}

// poolSpace is what may be changed about one pool; without a choice of payloads it keeps its own.
func poolSpace(s *scenario.Scenario, p *scenario.Pool, payloads []uint32, choice func(packetpool.Target, int, uint32) []uint32) PoolSpace {
	space := PoolSpace{Name: poolName(p), Min: p.MinPackets, Max: p.MaxPackets}
	today := uint32(p.Payload)
	switch {
	case p.Fixed:
		return PoolSpace{Name: space.Name, Payloads: []uint32{today}, Min: p.Packets, Max: p.Packets}
	case len(p.Payloads) > 0:
		for _, n := range p.Payloads {
			space.Payloads = append(space.Payloads, uint32(n))
		}
		space.Payloads = ascending(space.Payloads)
	case len(payloads) > 0:
		space.Payloads = ascending(slices.Clone(payloads))
	case choice == nil:
		space.Payloads = []uint32{today}
	default:
		space.Payloads = choice(s.Target.Device(), mtuOf(s, p.Host), today)
	}
	return space
}

// poolName names a pool in reports: host and pool, or the host alone if both are called the same.
func poolName(p *scenario.Pool) string {
	if p.Name == p.Host {
		return p.Host
	}
	return p.Host + " " + p.Name
}

// mtuOf is the largest MTU of the wires that a host is on.
func mtuOf(s *scenario.Scenario, name string) int {
	h := hostOf(s, name)
	mtu := scenario.Bytes(0)
	for _, w := range s.Wires {
		on := w.Name == h.Wire
		for _, i := range h.Interfaces {
			on = on || i.Wire == w.Name
		}
		if on {
			mtu = max(mtu, w.MTU)
		}
	}
	return int(mtu)
}

// hostOf is the host of that name.
func hostOf(s *scenario.Scenario, name string) *scenario.Host {
	for i := range s.Hosts {
		if s.Hosts[i].Name == name {
			return &s.Hosts[i]
		}
	}
	return &scenario.Host{Name: name}
}
