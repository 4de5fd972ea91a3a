package socket

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"netxsim/netx"
	"netxsim/packetpool"
	"netxsim/sim/link"
)

const (
	ipPriority   = 1
	arpEntries   = 8
	ethernetMTU  = 1500
	hardwareMSW  = 0x0011
	firstHardLSW = 0x22334456
	stackBytes   = 65536
)

// network is the pools and the instances of a case, by name, on one wire.
type network struct {
	wire      *link.Wire
	pools     map[string]*netx.NX_PACKET_POOL
	poolNames []string
	ips       map[string]*netx.NX_IP
	losses    map[string]*loss // by instance
	attached  []bool           // hardware addresses in use, by number
	stacks    map[string][]byte

	links map[[6]byte]*netx.NX_INTERFACE // by hardware address
	rooms map[uint64]int                 // in front of each frame on the wire, in its sender's packet
	room  int                            // in front of the frame being sent
}

// enables switches services of an instance on, by their names in a setup.
var enables = map[string]func(*netx.NX_IP) error{
	"arp":  func(ip *netx.NX_IP) error { return ip.EnableARP(arpEntries) },
	"icmp": (*netx.NX_IP).EnableICMP,
	"tcp":  (*netx.NX_IP).EnableTCP,
	"udp":  (*netx.NX_IP).EnableUDP,
	"igmp": (*netx.NX_IP).EnableIGMP,
}

// mtu is the largest IP packet of the case's wire.
func (r *run) mtu() int {
	for _, ip := range r.c.Setup.IPs {
		if ip.value.MTU > 0 {
			return ip.value.MTU
		}
	}
	return ethernetMTU
}

// init makes the run ready for its setup.
func (r *run) init() {
	r.pools = make(map[string]*netx.NX_PACKET_POOL)
	r.stacks = make(map[string][]byte)
	r.ips = make(map[string]*netx.NX_IP)
	r.losses = make(map[string]*loss)
	r.threads = make(map[int]*thread)
	r.registers.init()
	r.links = make(map[[6]byte]*netx.NX_INTERFACE)
	r.rooms = make(map[uint64]int)
	r.wire.AddRule(r.lose)
	r.wire.Observe(r.observe)
}

// setUp makes the pools and the instances.
func (r *run) setUp() error {
	for _, pool := range r.c.Setup.Pools {
		if s := r.createPool(pool.name, pool.value); s != netx.NX_SUCCESS {
			return fmt.Errorf("pool %s: status %d", pool.name, s)
		}
	}
	for _, ip := range r.c.Setup.IPs {
		if err := r.createIP(ip.name, ip.value); err != nil {
			return fmt.Errorf("ip %s: %w", ip.name, err)
		}
	}
	return nil
}

// createPool creates a pool of exactly as many packets as it is to have.
func (r *run) createPool(name string, setup poolSetup) netx.UINT {
	size := packetpool.SizeFor(r.target.packets, setup.Payload, setup.Count)
	pool := new(netx.NX_PACKET_POOL)
	s := netx.NxPacketPoolCreate(pool, name, setup.Payload, make([]byte, size), size)
	if s == netx.NX_SUCCESS {
		r.pools[name] = pool
		r.poolNames = append(r.poolNames, name)
	}
	return s
}

// createIP creates an instance with one interface and enables its services.
func (r *run) createIP(name string, setup ipSetup) error {
	address, mask, err := setup.words()
	if err != nil {
		return err
	}
	ip := new(netx.NX_IP)
	s := netx.NxIpCreate(ip, name, address, mask, r.pools[setup.Pool], r.newDriver(uint32(setup.MTU)), r.stack(name, stackBytes),
		stackBytes, ipPriority)
	if s != netx.NX_SUCCESS {
		return fmt.Errorf("status %d", s)
	}
	r.ips[name] = ip
	for _, service := range setup.Enable {
		if err := enables[service](ip); err != nil {
			return fmt.Errorf("enable %s: %w", service, err)
		}
	}
	return nil
}

// words returns the address and the mask in host byte order.
func (setup ipSetup) words() (address, mask netx.ULONG, err error) {
	a, err := netip.ParseAddr(setup.Address)
	if err != nil {
		return 0, 0, err
	}
	m, err := netip.ParseAddr(setup.Mask)
	if err != nil {
		return 0, 0, err
	}
	return binary.BigEndian.Uint32(a.AsSlice()), binary.BigEndian.Uint32(m.AsSlice()), nil
}

// stack returns the stack memory of an instance.
func (n *network) stack(name string, size uint32) []byte {
	if n.stacks[name] == nil {
		n.stacks[name] = make([]byte, size)
	}
	return n.stacks[name]
}

// ip returns the instance that an argument names: nil for null, one that was never created for "blank".
func (r *run) ip(in input) *netx.NX_IP {
	if in.isNull("ip") {
		return nil
	}
	name := in.text("ip", "A")
	if r.ips[name] == nil {
		r.ips[name] = new(netx.NX_IP)
	}
	return r.ips[name]
}
