package host

import (
	"context"
	"net"
	"net/netip"
)

// A place is where a program wants to listen or to go.
type place struct {
	addrs []netip.Addr // one at least
	port  uint16
	only6 bool // the unspecified IPv6 address stands for IPv6 alone, not for both
	any   bool // on every address of the machine

	nowhere bool // no host was given, which means the same
}

// loopbackAddr is where a program finds the machine that it runs on.
func loopbackAddr(six bool) netip.Addr {
	if six {
		return loopback6.Addr()
	}
	return loopback4.Addr()
}

// A family says which addresses a network of package net is for.
type family int

const (
	anyFamily family = iota
	only4
	only6
)

// has reports whether an address is of the family.
func (f family) has(addr netip.Addr) bool {
	return f == anyFamily || (f == only6) == addr.Is6()
}

// network is the family as the resolver calls it.
func (f family) network() string {
	return [...]string{anyFamily: "ip", only4: "ip4", only6: "ip6"}[f]
}

// anyPort is any free port at every address of a protocol.
func anyPort(six bool) netip.AddrPort {
	if six {
		return netip.AddrPortFrom(netip.IPv6Unspecified(), 0)
	}
	return netip.AddrPortFrom(netip.IPv4Unspecified(), 0)
}

// kindOf returns "tcp" or "udp" for a network that there is here, and its addresses.
func kindOf(network string) (string, family, error) {
	switch network {
	case "tcp", "udp":
		return network, anyFamily, nil
	case "tcp4", "udp4":
		return network[:3], only4, nil
	case "tcp6", "udp6":
		return network[:3], only6, nil
	}
	return "", anyFamily, net.UnknownNetworkError(network)
}

// parse returns the place that an address of package net names.
func (n *Net) parse(ctx context.Context, network, address string) (kind string, p place, err error) {
	kind, f, err := kindOf(network)
	if err != nil {
		return "", p, err
	}
	if address == "" { // which listeners need not have
		address = ":0"
	}
	host, service, err := net.SplitHostPort(address)
	if err != nil {
		return "", p, err
	}
	port, err := lookupPort(kind, network, service)
	if err != nil {
		return "", p, err
	}
	p.port, p.only6 = uint16(port), f == only6
	p.addrs, err = n.resolve(ctx, f, host)
	p.any = host == "" || err == nil && p.addrs[0].IsUnspecified()
	p.nowhere = host == ""
	return kind, p, err
}

// name is the place in an error, as package net writes it.
func (p place) name(kind string) net.Addr {
	switch {
	case !p.nowhere:
		return tcpOrUDP(kind, netip.AddrPortFrom(p.addrs[0], p.port))
	case kind == "udp":
		return &net.UDPAddr{Port: int(p.port)}
	}
	return &net.TCPAddr{Port: int(p.port)}
}

// resolve returns the addresses of a host, the unspecified one for none. Of a name it returns those that the
// machine has a protocol for.
func (n *Net) resolve(ctx context.Context, f family, host string) ([]netip.Addr, error) {
	if host == "" {
		return []netip.Addr{n.unspecified(f)}, nil
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		addr = addr.Unmap()
		if addr == netip.IPv6Unspecified() {
			addr = n.unspecified(f)
		}
		if !f.has(addr) {
			return nil, &net.AddrError{Err: "no suitable address found", Addr: host}
		}
		return []netip.Addr{addr}, nil
	}
	if f == anyFamily && !n.has6() {
		f = only4
	}
	return n.resolver.LookupNetIP(ctx, f.network(), host)
}

// unspecified is the address that stands for all of the machine's of a family.
func (n *Net) unspecified(f family) netip.Addr {
	if f == only6 || f == anyFamily && n.has6() {
		return netip.IPv6Unspecified()
	}
	return netip.IPv4Unspecified()
}

// has6 reports whether the machine has IPv6.
func (n *Net) has6() bool { return n.own(true).IsValid() }

// own is the machine's own address, that of IPv4 or of IPv6. The caller need not have the baton.
func (n *Net) own(six bool) (addr netip.Addr) {
	n.world.do(func() { addr = n.back.address(six) })
	return addr
}

// tcpOrUDP makes an address one of package net's.
func tcpOrUDP(kind string, a netip.AddrPort) net.Addr {
	if kind == "udp" {
		return net.UDPAddrFromAddrPort(a)
	}
	return net.TCPAddrFromAddrPort(a)
}
