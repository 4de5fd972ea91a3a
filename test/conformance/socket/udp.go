package socket

import "netxsim/netx"

const defaultQueue = 5 // datagrams

func init() {
	register(map[string]op{
		"udp_enable":                  ipOp(netx.NxUdpEnable),
		"udp_free_port_find":          udpFreePortFind,
		"udp_info_get":                udpInfoGet,
		"udp_socket_create":           udpSocketCreate,
		"udp_socket_delete":           udpOp(netx.NxUdpSocketDelete),
		"udp_socket_bind":             udpSocketBind,
		"udp_socket_unbind":           udpOp(netx.NxUdpSocketUnbind),
		"udp_socket_port_get":         udpQuery("port", netx.NxUdpSocketPortGet),
		"udp_socket_bytes_available":  udpQuery("bytes", netx.NxUdpSocketBytesAvailable),
		"udp_socket_checksum_disable": udpOp(netx.NxUdpSocketChecksumDisable),
		"udp_socket_checksum_enable":  udpOp(netx.NxUdpSocketChecksumEnable),
		"udp_socket_receive_notify":   udpReceiveNotify,
		"udp_socket_info_get":         udpSocketInfoGet,
		"udp_socket_send":             udpSocketSend,
		"nxd_udp_socket_send":         nxdUDPSocketSend,
		"udp_socket_receive":          udpSocketReceive,
		"udp_source_extract":          udpSourceExtract,
		"nxd_udp_source_extract":      nxdUDPSourceExtract,
		"udp_packet_info_extract":     udpPacketInfoExtract,
	})
}

// udpSocket returns the UDP socket that an argument names: nil for null, one that was never created for "blank" and for
// a number that no step has created.
func (r *run) udpSocket(in input) *netx.NX_UDP_SOCKET {
	switch string(in["socket"]) {
	case "null":
		return nil
	case `"blank"`:
		return new(netx.NX_UDP_SOCKET)
	}
	number := in.number("socket", 0)
	if r.udp[number] == nil {
		r.udp[number] = new(netx.NX_UDP_SOCKET)
	}
	return r.udp[number]
}

// udpOp makes an op of a service whose only argument is a socket.
func udpOp(service func(*netx.NX_UDP_SOCKET) netx.UINT) op {
	return func(r *run, in input) result { return result{"status": service(r.udpSocket(in))} }
}

// udpQuery makes an op of a service that stores one number of a socket.
func udpQuery(name string, service func(*netx.NX_UDP_SOCKET, *netx.ULONG) netx.UINT) op {
	return func(r *run, in input) result {
		return r.query(name, in, func(to *netx.ULONG) netx.UINT { return service(r.udpSocket(in), to) })
	}
}

func udpFreePortFind(r *run, in input) result {
	return r.query("free_port", in, func(to *netx.ULONG) netx.UINT {
		return netx.NxUdpFreePortFind(r.ip(in), in.number("port", 0), to)
	})
}

var udpCounters = []string{"packets_sent", "bytes_sent", "packets_received", "bytes_received", "invalid_packets",
	"receive_dropped", "checksum_errors"}

func udpInfoGet(r *run, in input) result {
	v := make([]netx.ULONG, len(udpCounters))
	s := netx.NxUdpInfoGet(r.ip(in), &v[0], &v[1], &v[2], &v[3], &v[4], &v[5], &v[6])
	return counters(s, udpCounters, v)
}

var udpSocketCounters = []string{"packets_sent", "bytes_sent", "packets_received", "bytes_received", "packets_queued",
	"receive_dropped", "checksum_errors"}

func udpSocketInfoGet(r *run, in input) result {
	v := make([]netx.ULONG, len(udpSocketCounters))
	s := netx.NxUdpSocketInfoGet(r.udpSocket(in), &v[0], &v[1], &v[2], &v[3], &v[4], &v[5], &v[6])
	return counters(s, udpSocketCounters, v)
}

func udpSocketCreate(r *run, in input) result {
	return result{"status": netx.NxUdpSocketCreate(r.ip(in), r.udpSocket(in), "udp "+string(in["socket"]), in.number("tos", 0),
		in.number("fragment", 0), in.number("ttl", defaultTTL), in.number("queue", defaultQueue))}
}

func udpSocketBind(r *run, in input) result {
	return result{"status": netx.NxUdpSocketBind(r.udpSocket(in), in.number("port", 0), in.wait())}
}

func udpReceiveNotify(r *run, in input) result {
	var notify func(*netx.NX_UDP_SOCKET)
	if !in.isNull("notify") {
		number := in.number("socket", 0)
		notify = func(*netx.NX_UDP_SOCKET) { r.record("udp_receive socket=%d", number) }
	}
	return result{"status": netx.NxUdpSocketReceiveNotify(r.udpSocket(in), notify)}
}

// sent is the answer of an op that sends a packet.
func (r *run) sent(in input, call func(*netx.NX_PACKET) netx.UINT) result {
	s := r.give(in, call)
	return result{"status": s, "packet_cleared": r.packet(in) == nil}
}

func udpSocketSend(r *run, in input) result {
	return r.sent(in, func(p *netx.NX_PACKET) netx.UINT {
		return netx.NxUdpSocketSend(r.udpSocket(in), p, in.v4("address"), in.number("port", 0))
	})
}

func nxdUDPSocketSend(r *run, in input) result {
	return r.sent(in, func(p *netx.NX_PACKET) netx.UINT {
		return netx.NxdUdpSocketSend(r.udpSocket(in), p, in.duo("address"), in.number("port", 0))
	})
}

func udpSocketReceive(r *run, in input) result {
	return r.obtain(in, func(to **netx.NX_PACKET) netx.UINT {
		return netx.NxUdpSocketReceive(r.udpSocket(in), to, in.wait())
	})
}

// portPointer returns to, or nil if the argument for a port to be stored is null.
func portPointer(in input, to *netx.ULONG) *netx.ULONG {
	if in.isNull("out_port") {
		return nil
	}
	return pointer(in, "port", to)
}

func udpSourceExtract(r *run, in input) result {
	var address, port netx.ULONG
	s := netx.NxUdpSourceExtract(r.packet(in), pointer(in, "address", &address), portPointer(in, &port))
	out := result{"status": s}
	if s == netx.NX_SUCCESS {
		out["address"], out["port"] = dotted(address), port
	}
	return out
}

func nxdUDPSourceExtract(r *run, in input) result {
	var address netx.NXD_ADDRESS
	var port netx.ULONG
	to := &address
	if in.isNull("address") {
		to = nil
	}
	s := netx.NxdUdpSourceExtract(r.packet(in), to, portPointer(in, &port))
	out := result{"status": s}
	if s == netx.NX_SUCCESS {
		out["address"], out["port"] = written(&address), port
	}
	return out
}

func udpPacketInfoExtract(r *run, in input) result {
	var address, protocol, port, index netx.ULONG
	s := netx.NxUdpPacketInfoExtract(r.packet(in), pointer(in, "address", &address), pointer(in, "protocol", &protocol),
		pointer(in, "port", &port), pointer(in, "interface", &index))
	out := result{"status": s}
	if s == netx.NX_SUCCESS {
		out["address"], out["protocol"], out["port"], out["interface"] = dotted(address), protocol, port, index
	}
	return out
}
