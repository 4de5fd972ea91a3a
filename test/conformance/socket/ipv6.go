package socket

import "netxsim/netx"

func init() {
	register(map[string]op{
		"ipv6_enable":         ipOp(netx.NxdIpv6Enable),
		"ipv6_disable":        ipOp(netx.NxdIpv6Disable),
		"ipv6_address_set":    ipv6AddressSet,
		"ipv6_address_get":    ipv6AddressGet,
		"ipv6_address_delete": ipv6AddressDelete,
	})
}

func ipv6AddressSet(r *run, in input) result {
	var index netx.ULONG
	s := netx.NxdIpv6AddressSet(r.ip(in), in.number("interface", 0), in.duo("address"), in.number("prefix", 64),
		pointer(in, "index", &index))
	return counters(s, []string{"index"}, []netx.ULONG{index})
}

func ipv6AddressGet(r *run, in input) result {
	var address netx.NXD_ADDRESS
	var prefix, index netx.ULONG
	s := netx.NxdIpv6AddressGet(r.ip(in), in.number("index", 0), &address, pointer(in, "prefix", &prefix), &index)
	out := counters(s, []string{"prefix", "interface"}, []netx.ULONG{prefix, index})
	if s == netx.NX_SUCCESS {
		out["address"] = written(&address)
	}
	return out
}

func ipv6AddressDelete(r *run, in input) result {
	return result{"status": netx.NxdIpv6AddressDelete(r.ip(in), in.number("index", 0))}
}
