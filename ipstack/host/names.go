package host

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"netxsim/sim"
)

// Names is the host table of a network: what its machines are called. One
// table serves all hosts of a simulation. Its methods may be called from any goroutine.
type Names struct {
	mu      sync.Mutex
	entries []nameEntry // in the order they were added
}

type nameEntry struct {
	name string // in lower case, without a dot at the end
	addr netip.Addr
}

// namesKey is the key of the table in its kernel.
type namesKey struct{}

// NamesOf returns the table of a simulation. The hosts of [New] are in it; an RTOS
// instance has to be added.
func NamesOf(kernel *sim.Kernel) *Names {
	return kernel.Shared(namesKey{}, func() any { return new(Names) }).(*Names)
}

// Add adds addresses of a name, unless it has them. Case, and a dot at the end, make no difference.
func (n *Names) Add(name string, addrs ...netip.Addr) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, addr := range addrs {
		if e := (nameEntry{canonical(name), addr.Unmap()}); !slices.Contains(n.entries, e) {
			n.entries = append(n.entries, e)
		}
	}
}

// Remove forgets a name.
func (n *Names) Remove(name string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.entries = slices.DeleteFunc(n.entries, func(e nameEntry) bool { return e.name == canonical(name) })
}

// Lookup returns the addresses of a name in the order they were added.
func (n *Names) Lookup(name string) (addrs []netip.Addr) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, e := range n.entries {
		if e.name == canonical(name) {
			addrs = append(addrs, e.addr)
		}
	}
	return addrs
}

// Reverse returns the names of an address in the order they were added.
func (n *Names) Reverse(addr netip.Addr) (names []string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, e := range n.entries {
		if e.addr == addr.Unmap() {
			names = append(names, e.name)
		}
	}
	return names
}

func canonical(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }

// A Resolver looks names up as a net.Resolver does, in the host table of the
// simulation. It sends nothing and does not wait. Errors are *net.DNSError.
type Resolver struct{ names *Names }

// LookupNetIP returns the addresses of a host; network is "ip", "ip4" or "ip6".
func (r *Resolver) LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error) {
	if err := ctx.Err(); err != nil {
		return nil, &net.DNSError{Err: dialError(err).Error(), Name: host, IsTimeout: err == context.DeadlineExceeded}
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{addr}, nil
	}
	addrs := r.names.Lookup(host)
	if len(addrs) == 0 && canonical(host) == "localhost" {
		addrs = []netip.Addr{loopback4.Addr(), loopback6.Addr()}
	}
	switch network {
	case "ip4":
		addrs = slices.DeleteFunc(addrs, netip.Addr.Is6)
	case "ip6":
		addrs = slices.DeleteFunc(addrs, netip.Addr.Is4)
	case "ip":
	default:
		return nil, net.UnknownNetworkError(network)
	}
	if len(addrs) == 0 {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	return addrs, nil
}

// LookupHost returns the addresses of a host as text.
func (r *Resolver) LookupHost(ctx context.Context, host string) ([]string, error) {
	addrs, err := r.LookupNetIP(ctx, "ip", host)
	texts := make([]string, len(addrs))
	for i, addr := range addrs {
		texts[i] = addr.String()
	}
	return slices.Clip(texts), err
}

// LookupIPAddr returns the addresses of a host.
func (r *Resolver) LookupIPAddr(ctx context.Context, host string) ([]net.IPAddr, error) {
	ips, err := r.LookupIP(ctx, "ip", host)
	addrs := make([]net.IPAddr, len(ips))
	for i, ip := range ips {
		addrs[i] = net.IPAddr{IP: ip}
	}
	return addrs, err
}

// LookupIP returns the addresses of a host; network is "ip", "ip4" or "ip6".
func (r *Resolver) LookupIP(ctx context.Context, network, host string) ([]net.IP, error) {
	addrs, err := r.LookupNetIP(ctx, network, host)
	ips := make([]net.IP, len(addrs))
	for i, addr := range addrs {
		ips[i] = addr.AsSlice()
	}
	return ips, err
}

// LookupAddr returns the names of an address, with a dot at the end as net.Resolver's have.
func (r *Resolver) LookupAddr(ctx context.Context, addr string) ([]string, error) {
	ip, err := netip.ParseAddr(addr)
	if err != nil {
		return nil, &net.DNSError{Err: "unrecognized address", Name: addr}
	}
	names := r.names.Reverse(ip)
	if len(names) == 0 {
		return nil, &net.DNSError{Err: "no such host", Name: addr, IsNotFound: true}
	}
	for i := range names {
		names[i] += "."
	}
	return names, nil
}

// LookupPort returns the port of a service, such as "pop3" or "110", of a network, such as "tcp".
// It knows the services that are common.
func (r *Resolver) LookupPort(_ context.Context, network, service string) (int, error) {
	kind, _, err := kindOf(network)
	if err != nil {
		return 0, err
	}
	return lookupPort(kind, network, service)
}
