package ipstack

import (
	"net/netip"

	"gvisor.dev/gvisor/pkg/tcpip/checksum"
	"gvisor.dev/gvisor/pkg/tcpip/header"

	"netxsim/netx/status"
	"netxsim/packetpool"
	"netxsim/sim"
)

const (
	maxGroups      = 7          // NX_MAX_MULTICAST_GROUPS
	allHosts       = 0xE0000001 // the group that everybody is in
	allRouters     = 0xE0000002
	igmpHeader     = 8
	igmpMaxSeconds = 10 // NX_IGMP_MAX_UPDATE_TIME
	// igmpPacketType is the header room of a report: NX_IGMP_PACKET.
	igmpPacketType = physicalHeader + ipv4Header
	// silentGroup is the time to the next report of a group that is not told.
	silentGroup = sim.WaitForever
)

// IGMPInfo has the counters of nx_igmp_info_get.
type IGMPInfo struct {
	ReportsSent, QueriesReceived, ChecksumErrors uint32
	GroupsJoined                                 uint32 // now
}

// igmpProtocol is the multicast groups of an instance (RFC 2236). The zero
// value is disabled; groups can be joined all the same.
type igmpProtocol struct {
	ip       *IP
	enabled  bool
	version2 bool // the last query was one of IGMPv2
	loopback bool // for groups to be joined
	groups   [maxGroups]group
	info     IGMPInfo
}

// group is a multicast group, joined count times on an interface.
type group struct {
	address uint32 // 0: unused
	via     *Interface
	count   int
	seconds uint32 // to the next report: 0 for none, silentGroup for never
	loops   bool   // what is sent to it is also received
}

// EnableIGMP lets the instance tell routers about its groups, as
// nx_igmp_enable does.
//
// Errors: status.AlreadyEnabled.
func (ip *IP) EnableIGMP() error {
	if ip.igmp.enabled {
		return status.AlreadyEnabled
	}
	ip.igmp.enabled, ip.igmp.version2 = true, true
	ip.post(work{run: ip.igmp.joinAllHosts}) // when the interfaces live
	return nil
}

// joinAllHosts has the drivers receive what is sent to all hosts.
func (g *igmpProtocol) joinAllHosts() {
	msw, lsw := multicastHardware(allHosts)
	for n := range g.ip.physical() {
		if i := &g.ip.interfaces[n]; i.valid {
			i.command(LinkMulticastJoin, msw, lsw, nil)
		}
	}
}

// IGMPEnabled reports whether EnableIGMP was called.
func (ip *IP) IGMPEnabled() bool { return ip.igmp.enabled }

// IGMPInfo returns the counters of IGMP, as nx_igmp_info_get does.
func (ip *IP) IGMPInfo() IGMPInfo { return ip.igmp.info }

// SetIGMPLoopback says whether what the instance sends to groups joined from
// now on is also received by itself, as nx_igmp_loopback_enable and
// nx_igmp_loopback_disable do.
func (ip *IP) SetIGMPLoopback(on bool) { ip.igmp.loopback = on }

// JoinGroup lets an interface receive what is sent to a multicast group, and
// has routers told unless silent is set. It mirrors
// nx_igmp_multicast_interface_join, and with silent
// nx_ipv4_multicast_interface_join.
//
// Errors: status.InvalidInterface, status.NoMoreEntries when there are too many
// groups or the driver refuses.
func (ip *IP) JoinGroup(address netip.Addr, index uint32, silent bool) error {
	i, err := ip.physicalInterface(index)
	if err != nil {
		return err
	}
	word := toWord(address)
	if e := ip.igmp.find(word, i); e != nil {
		e.count++
		return nil
	}
	e := ip.igmp.find(0, nil)
	if e == nil {
		return status.NoMoreEntries
	}
	msw, lsw := multicastHardware(word)
	if i.command(LinkMulticastJoin, msw, lsw, nil) != 0 {
		return status.NoMoreEntries
	}
	*e = group{address: word, via: i, count: 1, seconds: 1, loops: ip.igmp.loopback}
	if silent {
		e.seconds = silentGroup
	} else {
		ip.clock.need()
	}
	ip.igmp.info.GroupsJoined++
	return nil
}

// LeaveGroup ends what one call of JoinGroup did, as
// nx_igmp_multicast_interface_leave and nx_ipv4_multicast_interface_leave do.
//
// Errors: status.InvalidInterface, status.EntryNotFound.
func (ip *IP) LeaveGroup(address netip.Addr, index uint32) error {
	i, err := ip.physicalInterface(index)
	if err != nil {
		return err
	}
	e := ip.igmp.find(toWord(address), i)
	if e == nil || e.address == 0 {
		return status.EntryNotFound
	}
	if e.count--; e.count == 0 {
		ip.igmp.leave(e)
	}
	return nil
}

// leave forgets a group and tells the routers.
func (g *igmpProtocol) leave(e *group) {
	left := *e
	*e = group{}
	msw, lsw := multicastHardware(left.address)
	left.via.command(LinkMulticastLeave, msw, lsw, nil)
	g.info.GroupsJoined--
	if left.seconds != silentGroup && g.version2 {
		g.report(left.address, left.via, false)
	}
}

// leaveGroups leaves all groups of an interface.
func (ip *IP) leaveGroups(i *Interface) {
	for n := range ip.igmp.groups {
		if e := &ip.igmp.groups[n]; e.address != 0 && e.via == i {
			ip.igmp.leave(e)
		}
	}
}

// find returns the entry of a group on an interface; of group 0 on none, one
// that is unused. It returns nil if there is none.
func (g *igmpProtocol) find(address uint32, i *Interface) *group {
	for n := range g.groups {
		if g.groups[n].address == address && g.groups[n].via == i {
			return &g.groups[n]
		}
	}
	return nil
}

// joined reports whether an interface receives what is sent to a group.
func (g *igmpProtocol) joined(address uint32, i *Interface) bool {
	return address == allHosts || isMulticast(address) && g.find(address, i) != nil
}

// loops reports whether what is sent to a group is also received.
func (g *igmpProtocol) loops(address uint32) bool {
	for n := range g.groups {
		if g.groups[n].address == address {
			return g.groups[n].loops
		}
	}
	return false
}

// second lets a second pass: at most one report is sent, the others wait. It
// reports whether any do.
func (g *igmpProtocol) second() bool {
	busy, sent := false, false
	for n := range g.groups {
		e := &g.groups[n]
		if e.address == 0 || e.seconds == 0 || e.seconds == silentGroup {
			continue
		}
		e.seconds--
		if e.seconds == 0 && sent {
			e.seconds = 1
		}
		if e.seconds == 0 {
			sent = g.report(e.address, e.via, true)
		}
		busy = busy || e.seconds > 0
	}
	return busy
}

// report tells routers that a group was joined or left, and reports whether
// there was a packet for that.
func (g *igmpProtocol) report(address uint32, i *Interface, joined bool) bool {
	room := uint32(igmpPacketType + igmpHeader)
	if g.version2 {
		room += uint32(len(routerAlert))
	}
	packet, err := g.ip.allocateSmall(room)
	if err != nil {
		g.ip.stats.SendNoPacket++
		return false
	}
	packet.PrependPtr -= igmpHeader
	packet.Length = igmpHeader
	message := header.IGMP(packet.At(packet.PrependPtr)[:igmpHeader])
	to := address
	message.SetType(header.IGMPv1MembershipReport)
	if g.version2 {
		message.SetType(header.IGMPv2MembershipReport)
	}
	if joined {
		g.info.ReportsSent++
	} else {
		message.SetType(header.IGMPLeaveGroup)
		to = allRouters
	}
	message[1] = 0
	putWord(message[4:], address)
	message.SetChecksum(0)
	message.SetChecksum(^checksum.Checksum(message, 0))
	g.ip.sendPacket(packet, i, to, headerFields{to: to, protocol: uint8(header.IGMPProtocolNumber), ttl: 1, routerAlert: g.version2})
	return true
}

// receive handles an IGMP message, its IP header taken off.
func (g *igmpProtocol) receive(packet *packetpool.Packet) {
	defer packet.Release()
	if len(packet.Bytes()) < igmpHeader {
		return
	}
	message := header.IGMP(packet.Bytes())
	if checksumOf(packet, 0) != 0xffff && !g.ip.verified(packet, CapabilityIGMPRxChecksum) {
		g.info.ChecksumErrors++
		return
	}
	switch about := wordAt(message[4:]); message.Type() {
	case header.IGMPMembershipQuery:
		g.receiveQuery(uint32(message[1]), about)
	case header.IGMPv1MembershipReport, header.IGMPv2MembershipReport:
		g.receiveReport(about)
	}
}

// receiveQuery has reports sent about one group, or all for 0, spread over the
// time that the query allows, in tenths of a second; 0 is a query of IGMPv1.
func (g *igmpProtocol) receiveQuery(tenths, about uint32) {
	g.info.QueriesReceived++
	limit := uint32(igmpMaxSeconds)
	if g.version2 = tenths != 0; g.version2 {
		limit = tenths / 10
	}
	next := g.ip.kernel.Ticks() & 0xf
	if next > limit || next == 0 {
		next = 1
	}
	for n := range g.groups {
		e := &g.groups[n]
		soon := e.seconds != 0 && e.seconds < limit
		if e.address == 0 || about != 0 && e.address != about || soon || e.seconds == silentGroup {
			continue
		}
		e.seconds = next
		g.ip.clock.need()
		if next++; next > limit {
			next = 1
		}
	}
}

// receiveReport spares the routers a second report about a group.
func (g *igmpProtocol) receiveReport(about uint32) {
	for n := range g.groups {
		if e := &g.groups[n]; e.address == about && e.address != 0 && e.seconds != silentGroup {
			e.seconds = 0
			return
		}
	}
}
