package socket

import "netxsim/netx"

func init() {
	register(map[string]op{
		"ip_create":                 ipCreate,
		"ip_delete":                 ipOp(netx.NxIpDelete),
		"ip_status_check":           ipStatusCheck,
		"ip_interface_status_check": ipInterfaceStatusCheck,
		"ip_info_get":               ipInfoGet,
		"ip_fragment_enable":        ipOp(netx.NxIpFragmentEnable),
		"ip_fragment_disable":       ipOp(netx.NxIpFragmentDisable),
		"ip_forwarding_enable":      ipOp(netx.NxIpForwardingEnable),
		"ip_forwarding_disable":     ipOp(netx.NxIpForwardingDisable),
		"ip_raw_packet_enable":      ipOp(netx.NxIpRawPacketEnable),
		"ip_raw_packet_disable":     ipOp(netx.NxIpRawPacketDisable),
		"ip_raw_packet_send":        ipRawPacketSend,
		"ip_raw_packet_receive":     ipRawPacketReceive,
		"ip_raw_receive_queue_max_set": func(r *run, in input) result {
			return result{"status": netx.NxIpRawReceiveQueueMaxSet(r.ip(in), in.number("queue", 0))}
		},
		"ip_max_payload_size_find": ipMaxPayloadSizeFind,
		"ip_auxiliary_packet_pool_set": func(r *run, in input) result {
			return result{"status": netx.NxIpAuxiliaryPacketPoolSet(r.ip(in), r.pool(in))}
		},
	})
}

// ipOp makes an op of a service whose only argument is an instance.
func ipOp(service func(*netx.NX_IP) netx.UINT) op {
	return func(r *run, in input) result { return result{"status": service(r.ip(in))} }
}

// failing is a driver that rejects every request.
func failing(request *netx.NX_IP_DRIVER) { request.Status = netx.NX_NOT_SUCCESSFUL }

func ipCreate(r *run, in input) result {
	name := in.text("ip", "A")
	var driver func(*netx.NX_IP_DRIVER)
	switch {
	case in.text("driver", "") == "failing":
		driver = failing
	case !in.isNull("driver"):
		driver = r.newDriver(ethernetMTU)
	}
	size := in.number("stack", stackBytes)
	memory := r.stack(in.text("memory", name), size)
	if in.isNull("memory") {
		memory = nil
	}
	return result{"status": netx.NxIpCreate(r.ip(in), name, in.v4("address"), in.v4("mask"), r.pool(in), driver, memory, size,
		in.number("priority", ipPriority))}
}

func ipStatusCheck(r *run, in input) result {
	var actual netx.ULONG
	s := netx.NxIpStatusCheck(r.ip(in), in.number("needed", 0), pointer(in, "actual", &actual), in.wait())
	return result{"status": s, "actual": actual}
}

func ipInterfaceStatusCheck(r *run, in input) result {
	var actual netx.ULONG
	s := netx.NxIpInterfaceStatusCheck(r.ip(in), in.number("interface", 0), in.number("needed", 0), pointer(in, "actual", &actual), in.wait())
	return result{"status": s, "actual": actual}
}

var ipCounters = []string{"packets_sent", "bytes_sent", "packets_received", "bytes_received", "invalid_packets",
	"receive_dropped", "checksum_errors", "send_dropped", "fragments_sent", "fragments_received"}

func ipInfoGet(r *run, in input) result {
	v := make([]netx.ULONG, len(ipCounters))
	s := netx.NxIpInfoGet(r.ip(in), &v[0], &v[1], &v[2], &v[3], &v[4], &v[5], &v[6], &v[7], &v[8], &v[9])
	return counters(s, ipCounters, v)
}

func ipRawPacketSend(r *run, in input) result {
	return r.sent(in, func(p *netx.NX_PACKET) netx.UINT {
		return netx.NxIpRawPacketSend(r.ip(in), p, in.v4("address"), in.number("tos", 0))
	})
}

func ipRawPacketReceive(r *run, in input) result {
	return r.obtain(in, func(to **netx.NX_PACKET) netx.UINT {
		return netx.NxIpRawPacketReceive(r.ip(in), to, in.wait())
	})
}

func ipMaxPayloadSizeFind(r *run, in input) result {
	var offset, length netx.ULONG
	s := netx.NxIpMaxPayloadSizeFind(r.ip(in), in.duo("address"), in.number("interface", 0), in.number("src_port", 0),
		in.number("dest_port", 0), in.number("protocol", 0), &offset, &length)
	return counters(s, []string{"start_offset", "payload_length"}, []netx.ULONG{offset, length})
}
