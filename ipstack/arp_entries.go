package ipstack

import (
	"net/netip"
	"slices"

	"netxsim/netx/status"
	"netxsim/packetpool"
)

// neighbour returns the interface on whose network an address is, without a
// router in between.
func (c *arpCache) neighbour(address uint32) (*Interface, error) {
	i, hop, ok := c.ip.route(address, nil)
	if !ok || hop != address {
		return nil, status.IpAddressError
	}
	return i, nil
}

// SetARP stores a neighbour's hardware address in the cache, to be replaced by
// what the network says. The zero address asks the network for it. It mirrors
// nx_arp_dynamic_entry_set.
//
// Errors: status.IpAddressError for an address on no interface's network,
// status.DuplicatedEntry for one with a static entry, status.NoMoreEntries.
func (ip *IP) SetARP(address netip.Addr, hardware HardwareAddress) error {
	c, word := &ip.arp, toWord(address)
	i, err := c.neighbour(word)
	if err != nil {
		return err
	}
	e := c.active(word)
	if e != nil && e.isStatic {
		return status.DuplicatedEntry
	}
	if e == nil {
		e = c.allocate(word, i, false)
	}
	if e == nil {
		return status.NoMoreEntries
	}
	msw, lsw := hardware.Words()
	if msw|lsw == 0 {
		e.msw, e.lsw, e.retries, e.via = 0, 0, 0, i
		c.ask(e)
		return nil
	}
	c.learn(e, i, msw, lsw)
	return nil
}

// SetStaticARP stores a neighbour's hardware address for good, as
// nx_arp_static_entry_create does.
//
// Errors: status.IpAddressError for an address on no interface's network,
// status.NoMoreEntries when all entries are static.
func (ip *IP) SetStaticARP(address netip.Addr, hardware HardwareAddress) error {
	c, word := &ip.arp, toWord(address)
	i, err := c.neighbour(word)
	if err != nil {
		return err
	}
	e := c.active(word)
	switch {
	case e == nil:
		if e = c.allocate(word, i, true); e == nil {
			return status.NoMoreEntries
		}
	case !e.isStatic:
		c.makeStatic(e)
	}
	msw, lsw := hardware.Words()
	c.learn(e, i, msw, lsw)
	return nil
}

// makeStatic moves a dynamic entry to the static ones.
func (c *arpCache) makeStatic(e *arpEntry) {
	c.dynamic = slices.DeleteFunc(c.dynamic, func(other *arpEntry) bool { return other == e })
	c.inUse--
	e.isStatic = true
	c.static = append(c.static, e)
}

// forgetStatic makes a static entry an unused dynamic one.
func (c *arpCache) forgetStatic(e *arpEntry) {
	c.static = slices.DeleteFunc(c.static, func(other *arpEntry) bool { return other == e })
	delete(c.byHop, e.address)
	e.isActive, e.isStatic = false, false
	c.dynamic = append(c.dynamic, e)
}

// DeleteStaticARP takes a static entry out of the cache if it has that hardware
// address, as nx_arp_static_entry_delete does.
//
// Errors: status.EntryNotFound.
func (ip *IP) DeleteStaticARP(address netip.Addr, hardware HardwareAddress) error {
	c := &ip.arp
	msw, lsw := hardware.Words()
	for _, e := range c.static {
		if e.address == toWord(address) && e.msw == msw && e.lsw == lsw {
			c.forgetStatic(e)
			return nil
		}
	}
	return status.EntryNotFound
}

// DeleteAllStaticARP takes all static entries out of the cache, as
// nx_arp_static_entries_delete does.
func (ip *IP) DeleteAllStaticARP() {
	for len(ip.arp.static) > 0 {
		ip.arp.forgetStatic(ip.arp.static[0])
	}
}

// DeleteARP takes an entry out of the cache, as nx_arp_entry_delete does. What
// waited for the neighbour is released.
//
// Errors: status.EntryNotFound.
func (ip *IP) DeleteARP(address netip.Addr) error {
	e := ip.arp.active(toWord(address))
	if e == nil {
		return status.EntryNotFound
	}
	if e.isStatic {
		ip.arp.forgetStatic(e)
	} else {
		ip.arp.deactivate(e)
	}
	return nil
}

// InvalidateARP takes all dynamic entries out of the cache, as
// nx_arp_dynamic_entries_invalidate does. What waited for the neighbours is
// released.
func (ip *IP) InvalidateARP() { ip.arp.forgetDynamic() }

func (c *arpCache) forgetDynamic() {
	for _, e := range c.dynamic {
		c.deactivate(e)
	}
}

// forgetInterface takes all entries of an interface out of the cache.
func (c *arpCache) forgetInterface(i *Interface) {
	for _, e := range c.dynamic {
		if e.via == i {
			c.deactivate(e)
		}
	}
	for _, e := range slices.Clone(c.static) {
		if e.via == i {
			c.forgetStatic(e)
		}
	}
}

// find returns the first entry that fits: of the static ones, then of as many
// dynamic ones, from the front of the list, as are active, but at least one. As
// in C, an entry that is out of use may be found there.
func (c *arpCache) find(fits func(*arpEntry) bool) *arpEntry {
	if n := slices.IndexFunc(c.static, fits); n >= 0 {
		return c.static[n]
	}
	seen := c.dynamic[:min(len(c.dynamic), max(1, c.inUse))]
	if n := slices.IndexFunc(seen, fits); n >= 0 {
		return seen[n]
	}
	return nil
}

// FindARP returns the hardware address of a neighbour if the cache has it, as
// nx_arp_hardware_address_find does; nothing is sent.
//
// Errors: status.EntryNotFound.
func (ip *IP) FindARP(address netip.Addr) (HardwareAddress, error) {
	word := toWord(address)
	e := ip.arp.find(func(e *arpEntry) bool { return e.address == word && e.resolved() })
	if e == nil {
		return HardwareAddress{}, status.EntryNotFound
	}
	return HardwareAddressFrom(e.msw, e.lsw), nil
}

// FindARPAddress returns the address of the neighbour with a hardware address,
// as nx_arp_ip_address_find does.
//
// Errors: status.EntryNotFound.
func (ip *IP) FindARPAddress(hardware HardwareAddress) (netip.Addr, error) {
	msw, lsw := hardware.Words()
	e := ip.arp.find(func(e *arpEntry) bool { return e.msw == msw && e.lsw == lsw })
	if e == nil {
		return netip.Addr{}, status.EntryNotFound
	}
	return fromWord(e.address), nil
}

// AnnounceARP tells all networks the instance's addresses, as
// nx_arp_gratuitous_send does (RFC 5227, section 2.3). From then on conflict,
// unless it is nil, is called in the IP thread with every message of somebody
// else who has one of them; it owns the packet.
func (ip *IP) AnnounceARP(conflict func(*IP, *packetpool.Packet)) {
	ip.arp.conflict = conflict
	for n := range ip.physical() {
		if i := &ip.interfaces[n]; i.valid && i.address != 0 {
			ip.arp.request(i, i.address)
		}
	}
}
