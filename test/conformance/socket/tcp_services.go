package socket

import (
	"net/netip"

	"netxsim/netx"
)

func init() {
	register(map[string]op{
		"tcp_socket_state": func(r *run, in input) result {
			return r.query("state", in, func(to *netx.ULONG) netx.UINT {
				return netx.NxTcpSocketInfoGet(r.socket(in), nil, nil, nil, nil, nil, nil, nil, to, nil, nil, nil)
			})
		},
		"tcp_socket_info_get":          tcpSocketInfoGet,
		"tcp_info_get":                 tcpInfoGet,
		"tcp_socket_bytes_available":   socketQuery("bytes", netx.NxTcpSocketBytesAvailable),
		"tcp_socket_mss_get":           socketQuery("mss", netx.NxTcpSocketMssGet),
		"tcp_socket_mss_peer_get":      socketQuery("mss", netx.NxTcpSocketMssPeerGet),
		"tcp_socket_mss_set":           tcpMSSSet,
		"tcp_socket_peer_info_get":     tcpPeerInfoGet,
		"nxd_tcp_socket_peer_info_get": nxdTCPPeerInfoGet,
		"tcp_socket_state_wait": func(r *run, in input) result {
			return result{"status": netx.NxTcpSocketStateWait(r.socket(in), in.number("state", 0), in.wait())}
		},
		"tcp_socket_transmit_configure": func(r *run, in input) result {
			return result{"status": netx.NxTcpSocketTransmitConfigure(r.socket(in), in.number("max_queue_depth", 0),
				in.number("timeout", 0), in.number("max_retries", 0), in.number("timeout_shift", 0))}
		},
		"tcp_socket_receive_queue_max_set": func(r *run, in input) result {
			return result{"status": netx.NxTcpSocketReceiveQueueMaxSet(r.socket(in), in.number("queue", 0))}
		},

		"tcp_socket_receive_notify":             notifyOp("tcp_receive", netx.NxTcpSocketReceiveNotify),
		"tcp_socket_queue_depth_notify_set":     notifyOp("queue_depth", netx.NxTcpSocketQueueDepthNotifySet),
		"tcp_socket_window_update_notify_set":   notifyOp("window_update", netx.NxTcpSocketWindowUpdateNotifySet),
		"tcp_socket_establish_notify":           notifyOp("establish", netx.NxTcpSocketEstablishNotify),
		"tcp_socket_disconnect_complete_notify": notifyOp("disconnect_complete", netx.NxTcpSocketDisconnectCompleteNotify),
		"tcp_socket_timed_wait_callback":        notifyOp("timed_wait", netx.NxTcpSocketTimedWaitCallback),
	})
}

// notifyOp makes an op of a service that sets a callback.
func notifyOp(event string, service func(*netx.NX_TCP_SOCKET, func(*netx.NX_TCP_SOCKET)) netx.UINT) op {
	return func(r *run, in input) result {
		return result{"status": service(r.socket(in), r.recorder(in, "notify", event))}
	}
}

func tcpMSSSet(r *run, in input) result {
	return result{"status": netx.NxTcpSocketMssSet(r.socket(in), in.number("mss", 0))}
}

// counters answers a status and numbers by their names, the numbers only if it is a success.
func counters(s netx.UINT, names []string, values []netx.ULONG) result {
	out := result{"status": s}
	if s == netx.NX_SUCCESS {
		for i, name := range names {
			out[name] = values[i]
		}
	}
	return out
}

var tcpSocketCounters = []string{"packets_sent", "bytes_sent", "packets_received", "bytes_received", "retransmit_packets",
	"packets_queued", "checksum_errors", "state", "transmit_queue_depth", "transmit_window", "receive_window"}

func tcpSocketInfoGet(r *run, in input) result {
	v := make([]netx.ULONG, len(tcpSocketCounters))
	s := netx.NxTcpSocketInfoGet(r.socket(in), &v[0], &v[1], &v[2], &v[3], &v[4], &v[5], &v[6], &v[7], &v[8], &v[9], &v[10])
	return counters(s, tcpSocketCounters, v)
}

var tcpCounters = []string{"packets_sent", "bytes_sent", "packets_received", "bytes_received", "invalid_packets",
	"receive_dropped", "checksum_errors", "connections", "disconnections", "connections_dropped", "retransmit_packets"}

func tcpInfoGet(r *run, in input) result {
	v := make([]netx.ULONG, len(tcpCounters))
	s := netx.NxTcpInfoGet(r.ip(in), &v[0], &v[1], &v[2], &v[3], &v[4], &v[5], &v[6], &v[7], &v[8], &v[9], &v[10])
	return counters(s, tcpCounters, v)
}

// dotted is an IPv4 address in host byte order as the vectors write it.
func dotted(address netx.ULONG) string {
	return netip.AddrFrom4([4]byte{byte(address >> 24), byte(address >> 16), byte(address >> 8), byte(address)}).String()
}

// pointer returns to, or nil if the argument is null.
func pointer(in input, name string, to *netx.ULONG) *netx.ULONG {
	if in.isNull(name) {
		return nil
	}
	return to
}

func tcpPeerInfoGet(r *run, in input) result {
	var address, port netx.ULONG
	s := netx.NxTcpSocketPeerInfoGet(r.socket(in), pointer(in, "address", &address), pointer(in, "port", &port))
	out := result{"status": s}
	if s == netx.NX_SUCCESS {
		out["address"], out["port"] = dotted(address), port
	}
	return out
}

func nxdTCPPeerInfoGet(r *run, in input) result {
	var address netx.NXD_ADDRESS
	var port netx.ULONG
	s := netx.NxdTcpSocketPeerInfoGet(r.socket(in), &address, &port)
	out := result{"status": s}
	if s == netx.NX_SUCCESS {
		out["address"], out["port"] = written(&address), port
	}
	return out
}
