package host

import (
	"context"
	"net"
	"net/netip"
)

// A place is where a program wants to listen or to go.
type place struct {
	addrs   []netip.Addr // one at least
	port    uint16
	any     bool // on every address of the machine
	nowhere bool // no host was given, which means the same
}

// loopbackAddr is where a program finds the machine that it runs on.
var loopbackAddr = netip.AddrFrom4([4]byte{127, 0, 0, 1})

// kindOf returns "tcp" or "udp" for a network that there is here.
func kindOf(network string) (string, error) {
	switch network {
	case "tcp", "tcp4":
		return "tcp", nil
	case "udp", "udp4":
		return "udp", nil
	}
	return "", net.UnknownNetworkError(network)
}

// parse returns the place that an address of package net names.
func (n *Net) parse(ctx context.Context, network, address string) (kind string, p place, err error) {
	if kind, err = kindOf(network); err != nil {
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
	p.port = uint16(port)
	p.addrs, err = n.resolve(ctx, host)
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

// resolve returns the IPv4 addresses of a host, 0.0.0.0 for none.
func (n *Net) resolve(ctx context.Context, host string) ([]netip.Addr, error) {
	if host == "" {
		return []netip.Addr{netip.IPv4Unspecified()}, nil
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		if addr = addr.Unmap(); addr == netip.IPv6Unspecified() {
			addr = netip.IPv4Unspecified()
		}
		if !addr.Is4() {
			return nil, &net.AddrError{Err: "no suitable address found", Addr: host}
		}
		return []netip.Addr{addr}, nil
	}
	return n.resolver.LookupNetIP(ctx, "ip4", host)
}

// tcpOrUDP makes an address one of package net's.
func tcpOrUDP(kind string, a netip.AddrPort) net.Addr {
	if kind == "udp" {
		return net.UDPAddrFromAddrPort(a)
	}
	return net.TCPAddrFromAddrPort(a)
}
