package ipstack

import (
	"slices"

	"gvisor.dev/gvisor/pkg/tcpip/header"

	"netxsim/netx/status"
	"netxsim/packetpool"
)

// ARP's limits and rates, with their NetX names.
const (
	arpQueueDepth    = 4  // NX_ARP_MAX_QUEUE_DEPTH: packets that wait for one address
	arpRetrySeconds  = 10 // NX_ARP_UPDATE_RATE
	arpRetries       = 18 // NX_ARP_MAXIMUM_RETRIES
	arpDefendSeconds = 10 // NX_ARP_DEFEND_INTERVAL
	arpSize          = 28 // bytes of an ARP message for IPv4 on Ethernet
	arpPacketType    = physicalHeader + arpSize
)

// ARPInfo has the counters of nx_arp_info_get.
type ARPInfo struct {
	RequestsSent, RequestsReceived   uint32
	ResponsesSent, ResponsesReceived uint32
	DynamicEntries, StaticEntries    uint32 // in use now
	AgedEntries, InvalidMessages     uint32
}

// arpCache is the table of neighbours and their hardware addresses (RFC 826).
// Like C's, it has a fixed number of entries, in two lists: the dynamic ones,
// those never used included, latest allocated first; and the static ones. The
// zero arpCache is disabled.
type arpCache struct {
	ip       *IP
	total    int
	dynamic  []*arpEntry
	static   []*arpEntry
	inUse    int                  // dynamic entries that are active
	byHop    map[uint32]*arpEntry // the active entries
	info     ARPInfo
	conflict func(*IP, *packetpool.Packet)  // hears of others with our address
	frame    [ethernetHeader + arpSize]byte // scratch: the message being sent
}

// arpEntry is one neighbour. Packets for it wait while it is unresolved. An
// entry that is no longer active keeps what it had until it is used again.
type arpEntry struct {
	isActive bool
	isStatic bool
	address  uint32
	msw, lsw uint32
	via      *Interface
	retries  int
	update   int // seconds until the next request, 0 for none
	waiting  []arpWaiting
}

// arpWaiting is a frame for an unresolved neighbour and what it costs.
type arpWaiting struct {
	frame  []byte
	packet *packetpool.Packet
	vlan   uint8 // priority, without a packet
}

func (e *arpEntry) resolved() bool { return e.msw|e.lsw != 0 }

// EnableARP gives the instance an ARP cache of the given number of entries, as
// nx_arp_enable does with the memory for them.
//
// Errors: status.AlreadyEnabled, status.SizeError for less than one entry.
func (ip *IP) EnableARP(entries int) error {
	if ip.arp.enabled() {
		return status.AlreadyEnabled
	}
	if entries < 1 {
		return status.SizeError
	}
	c := &ip.arp
	c.total = entries
	c.byHop = make(map[uint32]*arpEntry)
	unused := make([]arpEntry, entries)
	for n := range unused {
		c.dynamic = append(c.dynamic, &unused[n])
	}
	return nil
}

func (c *arpCache) enabled() bool { return c.total > 0 }

// ARPInfo returns the counters of ARP, as nx_arp_info_get does.
func (ip *IP) ARPInfo() ARPInfo {
	info := ip.arp.info
	info.DynamicEntries = uint32(ip.arp.inUse)
	info.StaticEntries = uint32(len(ip.arp.static))
	return info
}

// ARPEnabled reports whether the instance has an ARP cache.
func (ip *IP) ARPEnabled() bool { return ip.arp.enabled() }

// active returns the entry of a neighbour, nil if there is none.
func (c *arpCache) active(hop uint32) *arpEntry { return c.byHop[hop] }

// allocate takes the dynamic entry allocated longest ago for a neighbour, whose
// packets are then lost. It returns nil when all entries are static.
func (c *arpCache) allocate(hop uint32, via *Interface, static bool) *arpEntry {
	if len(c.dynamic) == 0 {
		return nil
	}
	last := len(c.dynamic) - 1
	e := c.dynamic[last]
	c.deactivate(e)
	if static {
		c.dynamic = c.dynamic[:last]
		c.static = append(c.static, e)
	} else {
		copy(c.dynamic[1:], c.dynamic[:last])
		c.dynamic[0] = e
		c.inUse++
	}
	*e = arpEntry{isActive: true, isStatic: static, address: hop, via: via, waiting: e.waiting[:0]}
	c.byHop[hop] = e
	return e
}

// deactivate takes a dynamic entry out of use.
func (c *arpCache) deactivate(e *arpEntry) {
	if !e.isActive {
		return
	}
	e.isActive = false
	delete(c.byHop, e.address)
	c.inUse--
	c.dropWaiting(e)
}

// dropWaiting releases what waits for a neighbour.
func (c *arpCache) dropWaiting(e *arpEntry) {
	for n := range e.waiting {
		c.ip.dropUnsent(e.waiting[n].packet)
		e.waiting[n] = arpWaiting{}
	}
	e.waiting = e.waiting[:0]
}

// park keeps the datagram in the scratch frame, and the packet that pays for
// it, until a neighbour's address is known; the oldest goes when there are too
// many. An entry that is nil is made, and the neighbour asked for.
func (c *arpCache) park(via *Interface, hop uint32, e *arpEntry, packet *packetpool.Packet) {
	known := e != nil
	if !known {
		if e = c.allocate(hop, via, false); e == nil {
			c.ip.dropUnsent(packet)
			return
		}
	}
	if len(e.waiting) == arpQueueDepth {
		c.ip.dropUnsent(e.waiting[0].packet)
		e.waiting = slices.Delete(e.waiting, 0, 1)
	}
	if packet != nil {
		packet.Hold(&c.ip.holders.arp)
	}
	e.waiting = append(e.waiting, arpWaiting{slices.Clone(c.ip.frame), packet, c.ip.vlan})
	if !known {
		c.ask(e)
	}
}

// ask asks the network for a neighbour's address, and again after a while.
func (c *arpCache) ask(e *arpEntry) {
	e.update = arpRetrySeconds
	c.ip.clock.need()
	c.request(e.via, e.address)
}

// second lets a second pass and reports whether anything waits for the next. As
// in C, it looks at as many entries as are active, from the front of the list.
func (c *arpCache) second() bool {
	busy := false
	for n := 0; n < c.inUse; n++ {
		e := c.dynamic[n]
		if e.update == 0 {
			continue
		}
		if e.update--; e.update == 0 {
			c.retry(e)
		}
		busy = busy || e.update > 0
	}
	for n := range c.ip.physical() {
		if i := &c.ip.interfaces[n]; i.defending > 0 {
			i.defending--
			busy = true
		}
	}
	return busy
}

// retry asks again, or gives up after the last time.
func (c *arpCache) retry(e *arpEntry) {
	if e.retries < arpRetries {
		e.retries++
		e.update = arpRetrySeconds
		c.request(e.via, e.address)
		return
	}
	c.deactivate(e)
	n := slices.Index(c.dynamic, e)
	c.dynamic = append(slices.Delete(c.dynamic, n, n+1), e)
}

// learn stores a neighbour's hardware address and sends what waited for it.
func (c *arpCache) learn(e *arpEntry, via *Interface, msw, lsw uint32) {
	e.msw, e.lsw, e.via = msw, lsw, via
	e.update, e.retries = 0, 0
	c.sendWaiting(e)
}

// sendWaiting sends what waited for a neighbour.
func (c *arpCache) sendWaiting(e *arpEntry) {
	waiting := e.waiting
	e.waiting = nil
	for _, w := range waiting {
		c.ip.frame, c.ip.vlan = append(c.ip.frame[:0], w.frame...), w.vlan
		c.ip.sendTo(e.via, LinkPacketSend, e.msw, e.lsw, w.packet)
	}
}

// receiveARP handles an ARP message: answer for our address, learn the sender.
// The answer takes over the packet of the question.
func (ip *IP) receiveARP(packet *packetpool.Packet) {
	message := header.ARP(ip.contiguous(packet))
	op := header.ARPOp(0)
	if len(message) >= arpSize {
		op = message.Op()
	}
	if op != header.ARPRequest && op != header.ARPReply {
		ip.arp.info.InvalidMessages++
		packet.Release()
		return
	}
	i := ip.arrivedOn(packet)
	sender, target := wordAt(message.ProtocolAddressSender()), wordAt(message.ProtocolAddressTarget())
	msw, lsw := HardwareAddress(message.HardwareAddressSender()).Words()
	switch {
	case sender != 0 && sender == i.address:
		ip.arp.meetDouble(i, msw, lsw, packet)
		return
	case op == header.ARPRequest && target == i.address:
		ip.arp.info.RequestsReceived++
		ip.arp.info.ResponsesSent++
		ip.arp.send(i, header.ARPReply, LinkARPResponseSend, HardwareAddressFrom(msw, lsw), sender, packet)
	case op == header.ARPRequest:
		ip.arp.info.RequestsReceived++
		packet.Release()
	default:
		ip.arp.info.ResponsesReceived++
		packet.Release()
	}
	if sender != 0 && ip.arp.enabled() {
		ip.arp.meet(sender, i, msw, lsw)
	}
}

// meetDouble handles a message of somebody who has our address, maybe
// ourselves: the address is defended (RFC 5227, section 2.4).
func (c *arpCache) meetDouble(i *Interface, msw, lsw uint32, packet *packetpool.Packet) {
	if msw == i.PhysicalAddressMsw && lsw == i.PhysicalAddressLsw {
		packet.Release()
		return
	}
	if i.defending == 0 {
		i.defending = arpDefendSeconds
		c.ip.clock.need()
		c.request(i, i.address)
	}
	if c.conflict != nil {
		c.conflict(c.ip, packet) // which has the packet now
		return
	}
	packet.Release()
}

// meet stores the address that a neighbour said is its own.
func (c *arpCache) meet(sender uint32, i *Interface, msw, lsw uint32) {
	e := c.active(sender)
	if e == nil {
		e = c.allocate(sender, i, false)
	}
	if e != nil && !e.isStatic {
		c.learn(e, i, msw, lsw)
	}
}

// request asks an interface's network for a neighbour's address.
func (c *arpCache) request(i *Interface, address uint32) {
	packet, err := c.ip.allocateSmall(arpPacketType)
	if err != nil {
		c.ip.stats.SendNoPacket++
		return
	}
	c.info.RequestsSent++
	c.send(i, header.ARPRequest, LinkARPSend, HardwareAddress{}, address, packet)
}

// send makes and sends an ARP or RARP message, paid for with packet: a request
// to everybody, anything else to target.
func (c *arpCache) send(i *Interface, op header.ARPOp, command DriverCommand, target HardwareAddress, address uint32,
	packet *packetpool.Packet) {
	message := header.ARP(c.frame[ethernetHeader:])
	message.SetIPv4OverEthernet()
	message.SetOp(op)
	own := i.hardware()
	copy(message.HardwareAddressSender(), own[:])
	putWord(message.ProtocolAddressSender(), i.address)
	copy(message.HardwareAddressTarget(), target[:])
	putWord(message.ProtocolAddressTarget(), address)
	to := target
	if op == header.ARPRequest || op == rarpRequest {
		to = broadcastHardware
	}
	msw, lsw := to.Words()
	c.ip.transmit(i, command, c.frame[:], msw, lsw, packet)
}
