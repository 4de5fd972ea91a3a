package socket

import "netxsim/netx"

func init() {
	register(map[string]op{
		"igmp_enable":          ipOp(netx.NxIgmpEnable),
		"igmp_multicast_join":  groupOp(netx.NxIgmpMulticastJoin),
		"igmp_multicast_leave": groupOp(netx.NxIgmpMulticastLeave),
		"igmp_info_get":        igmpInfoGet,
	})
}

// groupOp makes an op of a service about a multicast group.
func groupOp(service func(*netx.NX_IP, netx.ULONG) netx.UINT) op {
	return func(r *run, in input) result { return result{"status": service(r.ip(in), in.v4("group"))} }
}

var igmpCounters = []string{"reports_sent", "queries_received", "checksum_errors", "groups_joined"}

func igmpInfoGet(r *run, in input) result {
	v := make([]netx.ULONG, len(igmpCounters))
	s := netx.NxIgmpInfoGet(r.ip(in), &v[0], &v[1], &v[2], &v[3])
	return counters(s, igmpCounters, v)
}
