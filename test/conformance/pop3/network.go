package pop3

import (
	"net/netip"

	"netxsim/ipstack"
	"netxsim/packetpool"
	"netxsim/sim"
	"netxsim/sim/link"
)

// A network is the client's and the server's instance on one wire.
type network struct {
	kernel *sim.Kernel
	pool   *packetpool.Pool // given to create
	ipPool *packetpool.Pool // the default pool of the client's instance
	client *ipstack.IP
	server *ipstack.IP
}

var (
	clientAddress = netip.MustParsePrefix("192.2.2.61/24")
	serverAddress = netip.MustParsePrefix("192.2.2.89/24")
	clientIPv6    = netip.MustParsePrefix("2001:db8:0:f101::61/64")
	serverIPv6    = netip.MustParsePrefix("2001:db8:0:f101::89/64")
)

// serverPool is larger than any script.
var serverPool = poolConfig{Payload: 1600, Packets: 400}

// newNetwork builds the network of a case.
func newNetwork(k *sim.Kernel, v *vector) (*network, error) {
	target := packetpool.LP64
	if v.Profile == "ilp32" {
		target = packetpool.ILP32
	}
	b := builder{kernel: k, target: target, wire: link.New(k, link.Config{Name: "wire"})}
	n := &network{kernel: k, pool: b.pool("client", v.Client.Pool)}
	n.ipPool = n.pool
	if v.Client.IPPool != nil {
		n.ipPool = b.pool("client ip", *v.Client.IPPool)
	}
	n.client = b.ip("client", clientAddress, 0x61, n.ipPool, isTrue(v.Client.TCPEnabled))
	n.server = b.ip("server", serverAddress, 0x89, b.pool("server", serverPool), true)
	if v.Client.IPVersion == 6 && b.err == nil {
		b.ipv6(n.client, clientIPv6)
		b.ipv6(n.server, serverIPv6)
	}
	return n, b.err
}

// probing is how long, in ticks, an IPv6 address is asked for before it is used.
const probing = 500

// ipv6 gives an instance IPv6, a link-local and a global address.
func (b *builder) ipv6(ip *ipstack.IP, address netip.Prefix) {
	const linkLocalBits = 10
	b.note(ip.EnableIPv6())
	ip.EnableICMPv6()
	_, err := ip.SetIPv6Address(0, netip.Addr{}, linkLocalBits) // from the hardware address
	b.note(err)
	_, err = ip.SetIPv6Address(0, address.Addr(), uint32(address.Bits()))
	b.note(err)
}

// isTrue gives an absent member its default.
func isTrue(b *bool) bool { return b == nil || *b }

// A builder keeps the first error.
type builder struct {
	kernel *sim.Kernel
	target packetpool.Target
	wire   *link.Wire
	err    error
}

func (b *builder) note(err error) {
	if b.err == nil {
		b.err = err
	}
}

func (b *builder) pool(name string, config poolConfig) *packetpool.Pool {
	pool, err := packetpool.New(b.kernel, packetpool.Config{
		Name:    name,
		Payload: config.Payload,
		Target:  b.target,
		Size:    packetpool.SizeFor(b.target, config.Payload, config.Packets),
	})
	b.note(err)
	return pool
}

func (b *builder) ip(name string, address netip.Prefix, mac byte, pool *packetpool.Pool, tcp bool) *ipstack.IP {
	ip, err := ipstack.New(b.kernel, ipstack.Config{
		Name:     name,
		Address:  address,
		Pool:     pool,
		Priority: 1,
		Driver:   ipstack.Ethernet(b.wire, ipstack.HardwareAddress{0x00, 0x11, 0x22, 0x33, 0x44, mac}),
	})
	b.note(err)
	if err != nil {
		return nil
	}
	b.note(ip.EnableARP(arpEntries))
	b.note(ip.EnableICMP())
	if tcp {
		b.note(ip.EnableTCP())
	}
	return ip
}

const arpEntries = 16
