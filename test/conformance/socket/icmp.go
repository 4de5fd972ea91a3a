package socket

import "netxsim/netx"

func init() {
	register(map[string]op{
		"icmp_enable":     ipOp(netx.NxIcmpEnable),
		"nxd_icmp_enable": ipOp(netx.NxdIcmpEnable),
		"icmp_ping":       icmpPing,
		"nxd_icmp_ping":   nxdICMPPing,
		"icmp_info_get":   icmpInfoGet,
	})
}

// bytes returns the data that an argument stands for, nil for null.
func (in input) bytes(name string) []byte {
	if !in.has(name) || in.isNull(name) {
		return nil
	}
	return in.pattern(name)
}

func icmpPing(r *run, in input) result {
	data := in.bytes("data")
	return r.obtain(in, func(to **netx.NX_PACKET) netx.UINT {
		return netx.NxIcmpPing(r.ip(in), in.v4("address"), data, uint32(len(data)), to, in.wait())
	})
}

func nxdICMPPing(r *run, in input) result {
	data := in.bytes("data")
	return r.obtain(in, func(to **netx.NX_PACKET) netx.UINT {
		return netx.NxdIcmpPing(r.ip(in), in.duo("address"), data, uint32(len(data)), to, in.wait())
	})
}

var icmpCounters = []string{"pings_sent", "ping_timeouts", "ping_threads_suspended", "ping_responses_received",
	"checksum_errors", "unhandled"}

func icmpInfoGet(r *run, in input) result {
	v := make([]netx.ULONG, len(icmpCounters))
	s := netx.NxIcmpInfoGet(r.ip(in), &v[0], &v[1], &v[2], &v[3], &v[4], &v[5])
	return counters(s, icmpCounters, v)
}
