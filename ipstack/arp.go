package ipstack

import (
	"net/netip"

	"gvisor.dev/gvisor/pkg/tcpip/header"

	"netxsim/netx/status"
	"netxsim/packetpool"
	"netxsim/sim"
)

// ARP's limits and rates, with their NetX names.
const (
	arpQueueDepth = 4    // NX_ARP_MAX_QUEUE_DEPTH: packets that wait for one address
	arpRetryTicks = 1000 // NX_ARP_UPDATE_RATE: 10 seconds between requests
	arpRetries    = 18   // NX_ARP_MAXIMUM_RETRIES
	arpSize       = 28   // bytes of an ARP message for IPv4 on Ethernet
)

// arpCache is the table of neighbours and their hardware addresses (RFC 826).
type arpCache struct {
	ip      *IP
	limit   int
	entries []*arpEntry // least recently used last
}

// arpEntry is one neighbour. Packets for it wait while it is unresolved.
type arpEntry struct {
	address  netip.Addr
	hardware HardwareAddress
	resolved bool
	retries  int
	timer    *sim.Timer
	waiting  []arpWaiting
}

// arpWaiting is a frame for an unresolved neighbour and what it costs.
type arpWaiting struct {
	frame  []byte
	packet *packetpool.Packet
}

// EnableARP gives the instance an ARP cache of the given number of entries, as
// nx_arp_enable does with the memory for them.
//
// Errors: status.AlreadyEnabled, status.PtrError for less than one entry.
func (ip *IP) EnableARP(entries int) error {
	if ip.arp != nil {
		return status.AlreadyEnabled
	}
	if entries < 1 {
		return status.PtrError
	}
	ip.arp = &arpCache{ip: ip, limit: entries}
	return nil
}

// resolve returns the hardware address of a neighbour. If it is not known yet
// it keeps the datagram, and the packet that pays for it, until it is.
func (ip *IP) resolve(hop netip.Addr, datagram []byte, packet *packetpool.Packet) (HardwareAddress, bool) {
	if ip.arp == nil {
		release(packet)
		return HardwareAddress{}, false
	}
	entry := ip.arp.find(hop)
	if entry == nil {
		entry = ip.arp.add(hop)
	}
	if entry.resolved {
		return entry.hardware, true
	}
	ip.arp.park(entry, datagram, packet)
	return HardwareAddress{}, false
}

func (c *arpCache) find(address netip.Addr) *arpEntry {
	for i, e := range c.entries {
		if e.address == address {
			copy(c.entries[1:i+1], c.entries[:i])
			c.entries[0] = e
			return e
		}
	}
	return nil
}

// add makes an entry, in place of the least recently used one when the cache
// is full.
func (c *arpCache) add(address netip.Addr) *arpEntry {
	if len(c.entries) == c.limit {
		c.drop(c.entries[c.limit-1])
	}
	e := &arpEntry{address: address}
	c.entries = append([]*arpEntry{e}, c.entries...)
	return e
}

// drop forgets an entry and releases what waits for it.
func (c *arpCache) drop(e *arpEntry) {
	if e.timer != nil {
		e.timer.Delete()
	}
	for _, w := range e.waiting {
		release(w.packet)
	}
	for i := range c.entries {
		if c.entries[i] == e {
			c.entries = append(c.entries[:i], c.entries[i+1:]...)
			return
		}
	}
}

func (c *arpCache) flush() {
	for len(c.entries) > 0 {
		c.drop(c.entries[0])
	}
}

// park queues a datagram on an unresolved entry; the oldest goes when there are
// too many. The first one starts the requests.
func (c *arpCache) park(e *arpEntry, datagram []byte, packet *packetpool.Packet) {
	if len(e.waiting) == arpQueueDepth {
		release(e.waiting[0].packet)
		e.waiting = append(e.waiting[:0], e.waiting[1:]...)
	}
	if packet != nil {
		packet.Hold(&c.ip.holders.arp)
	}
	frame := append(make([]byte, ethernetHeader), datagram...)
	e.waiting = append(e.waiting, arpWaiting{frame, packet})
	if e.timer != nil {
		return
	}
	c.request(e.address)
	timer, err := c.ip.kernel.NewTimer(sim.TimerConfig{
		Name:       c.ip.name + " ARP retry",
		Initial:    arpRetryTicks,
		Reschedule: arpRetryTicks,
		Expired:    func() { c.ip.post(work{run: func() { c.retry(e) }}) },
	})
	if err != nil {
		panic(err) // the ticks are constants, the context can create
	}
	e.timer = timer
}

// retry asks again, or gives up after the last time.
func (c *arpCache) retry(e *arpEntry) {
	if e.resolved {
		return
	}
	if e.retries++; e.retries > arpRetries {
		c.drop(e)
		return
	}
	c.request(e.address)
}

// learn stores a neighbour's address, whatever message told it, and sends what
// waited for it.
func (c *arpCache) learn(address netip.Addr, hardware HardwareAddress) {
	e := c.find(address)
	if e == nil {
		e = c.add(address)
	}
	e.hardware, e.resolved = hardware, true
	if e.timer != nil {
		e.timer.Delete()
		e.timer = nil
	}
	waiting := e.waiting
	e.waiting = nil
	for _, w := range waiting {
		if w.packet != nil {
			w.packet.Hold(&c.ip.holders.driver)
		}
		c.ip.transmit(w.frame, hardware, uint16(header.IPv4ProtocolNumber), w.packet)
	}
}

// receiveARP handles an ARP message: learn the sender, answer for our address.
// The answer takes over the packet of the question.
func (ip *IP) receiveARP(packet *packetpool.Packet) {
	message := header.ARP(ip.contiguous(packet))
	if ip.arp == nil || !message.IsValid() {
		packet.Release()
		return
	}
	sender := netip.AddrFrom4([4]byte(message.ProtocolAddressSender()))
	target := netip.AddrFrom4([4]byte(message.ProtocolAddressTarget()))
	hardware := hardwareAt(message.HardwareAddressSender())
	question := message.Op() == header.ARPRequest && target == ip.address.Addr()
	if sender == ip.address.Addr() || sender.IsUnspecified() {
		packet.Release()
		return
	}
	ip.arp.learn(sender, hardware)
	if !question {
		packet.Release()
		return
	}
	packet.Hold(&ip.holders.driver)
	ip.arp.send(header.ARPReply, hardware, hardware, sender, packet)
}

// request asks the network for a neighbour's address.
func (c *arpCache) request(address netip.Addr) {
	if packet := c.ip.chargeControl(); packet != nil {
		c.send(header.ARPRequest, broadcastHardware, HardwareAddress{}, address, packet)
	}
}

// send makes and sends an ARP message, paid for with packet.
func (c *arpCache) send(op header.ARPOp, to, target HardwareAddress, address netip.Addr, packet *packetpool.Packet) {
	frame := make([]byte, ethernetHeader+arpSize)
	message := header.ARP(frame[ethernetHeader:])
	message.SetIPv4OverEthernet()
	message.SetOp(op)
	own, from, peer := c.ip.driver.HardwareAddress(), c.ip.address.Addr().As4(), address.As4()
	copy(message.HardwareAddressSender(), own[:])
	copy(message.ProtocolAddressSender(), from[:])
	copy(message.HardwareAddressTarget(), target[:])
	copy(message.ProtocolAddressTarget(), peer[:])
	c.ip.transmit(frame, to, uint16(header.ARPProtocolNumber), packet)
}
