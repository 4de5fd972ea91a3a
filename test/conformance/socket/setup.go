package socket

import (
	"fmt"
	"net/netip"

	"netxsim/ipstack"
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
)

// network is the pools and the instances of a case, by name, on one wire.
type network struct {
	wire      *link.Wire
	pools     map[string]*netx.NX_PACKET_POOL
	poolNames []string
	ips       map[string]*netx.NX_IP
	losses    map[string]*loss // by instance
	attached  uint32           // interfaces so far
}

// enables switches services of an instance on, by their names in a setup.
var enables = map[string]func(*netx.NX_IP) error{
	"arp":  func(ip *netx.NX_IP) error { return ip.EnableARP(arpEntries) },
	"icmp": (*netx.NX_IP).EnableICMP,
	"tcp":  (*netx.NX_IP).EnableTCP,
	"udp":  func(*netx.NX_IP) error { return nil },
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
	r.ips = make(map[string]*netx.NX_IP)
	r.losses = make(map[string]*loss)
	r.threads = make(map[int]*thread)
	r.registers.init()
	r.wire.AddRule(r.lose)
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
	address, err := prefix(setup.Address, setup.Mask)
	if err != nil {
		return err
	}
	ip, err := ipstack.New(r.kernel, ipstack.Config{
		Name: name, Address: address, Pool: r.pools[setup.Pool], Priority: ipPriority,
		Driver: ipstack.Ethernet(r.wire, r.nextHardware()), Target: r.target.stack,
	})
	if err != nil {
		return err
	}
	r.ips[name] = ip
	for _, service := range setup.Enable {
		if err := enables[service](ip); err != nil {
			return fmt.Errorf("enable %s: %w", service, err)
		}
	}
	return nil
}

// nextHardware hands out the hardware address of the next interface.
func (n *network) nextHardware() ipstack.HardwareAddress {
	lsw := firstHardLSW + n.attached
	n.attached++
	return ipstack.HardwareAddress{hardwareMSW >> 8, hardwareMSW & 0xff, byte(lsw >> 24), byte(lsw >> 16), byte(lsw >> 8), byte(lsw)}
}

// prefix joins an address and its mask.
func prefix(address, mask string) (netip.Prefix, error) {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return netip.Prefix{}, err
	}
	m, err := netip.ParseAddr(mask)
	if err != nil {
		return netip.Prefix{}, err
	}
	bits := 0
	for _, b := range m.As4() {
		for ; b&0x80 != 0; b <<= 1 {
			bits++
		}
	}
	return netip.PrefixFrom(a, bits), nil
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
