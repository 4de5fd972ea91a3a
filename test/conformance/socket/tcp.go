package socket

import (
	"encoding/binary"
	"hash/crc32"
	"net/netip"
	"slices"

	"netxsim/netx"
)

const (
	defaultWindow = 8192
	defaultTTL    = 128
)

func init() {
	register(map[string]op{
		"tcp_enable":        func(r *run, in input) result { return result{"status": netx.NxTcpEnable(r.ip(in))} },
		"tcp_socket_create": tcpSocketCreate,
		"tcp_socket_delete": socketOp(netx.NxTcpSocketDelete),

		"tcp_client_socket_bind": func(r *run, in input) result {
			return result{"status": netx.NxTcpClientSocketBind(r.socket(in), in.number("port", 0), in.wait())}
		},
		"tcp_client_socket_unbind":      socketOp(netx.NxTcpClientSocketUnbind),
		"tcp_client_socket_port_get":    socketQuery("port", netx.NxTcpClientSocketPortGet),
		"tcp_client_socket_connect":     tcpConnect,
		"nxd_tcp_client_socket_connect": nxdTCPConnect,
		"tcp_free_port_find":            tcpFreePortFind,

		"tcp_server_socket_listen": tcpListen,
		"tcp_server_socket_accept": waitingOp(netx.NxTcpServerSocketAccept),
		"tcp_server_socket_relisten": func(r *run, in input) result {
			return result{"status": netx.NxTcpServerSocketRelisten(r.ip(in), in.number("port", 0), r.socket(in))}
		},
		"tcp_server_socket_unaccept": socketOp(netx.NxTcpServerSocketUnaccept),
		"tcp_server_socket_unlisten": func(r *run, in input) result {
			return result{"status": netx.NxTcpServerSocketUnlisten(r.ip(in), in.number("port", 0))}
		},

		"tcp_socket_send": tcpSend,
		"tcp_socket_receive": func(r *run, in input) result {
			return r.obtain(in, func(to **netx.NX_PACKET) netx.UINT {
				return netx.NxTcpSocketReceive(r.socket(in), to, in.wait())
			})
		},
		"tcp_socket_disconnect": waitingOp(netx.NxTcpSocketDisconnect),
		"tcp_stream_send":       tcpStreamSend,
		"tcp_stream_receive":    tcpStreamReceive,
	})
}

// socket returns the TCP socket that an argument names: nil for null, one that was never created for "blank" and for a
// number that no step has created.
func (r *run) socket(in input) *netx.NX_TCP_SOCKET {
	switch string(in["socket"]) {
	case "null":
		return nil
	case `"blank"`:
		return new(netx.NX_TCP_SOCKET)
	}
	number := in.number("socket", 0)
	if r.tcp[number] == nil {
		r.tcp[number] = new(netx.NX_TCP_SOCKET)
	}
	return r.tcp[number]
}

// numberOf is the number of a TCP socket.
func (r *run) numberOf(socket *netx.NX_TCP_SOCKET) int {
	for number, s := range r.tcp {
		if s == socket {
			return int(number)
		}
	}
	return -1
}

// socketOp makes an op of a service whose only argument is a socket.
func socketOp(service func(*netx.NX_TCP_SOCKET) netx.UINT) op {
	return func(r *run, in input) result { return result{"status": service(r.socket(in))} }
}

// waitingOp makes an op of a service whose other argument is a wait option.
func waitingOp(service func(*netx.NX_TCP_SOCKET, netx.ULONG) netx.UINT) op {
	return func(r *run, in input) result { return result{"status": service(r.socket(in), in.wait())} }
}

// socketQuery makes an op of a service that stores one number, which is answered only if it succeeds.
func socketQuery(name string, service func(*netx.NX_TCP_SOCKET, *netx.ULONG) netx.UINT) op {
	return func(r *run, in input) result {
		return r.query(name, in, func(to *netx.ULONG) netx.UINT { return service(r.socket(in), to) })
	}
}

// query calls a service that stores one number. Any null argument but the socket stands for the pointer to it.
func (r *run) query(name string, in input, service func(to *netx.ULONG) netx.UINT) result {
	var value netx.ULONG
	to := &value
	for argument := range in {
		if argument != "socket" && argument != "ip" && in.isNull(argument) {
			to = nil
		}
	}
	s := service(to)
	out := result{"status": s}
	if s == netx.NX_SUCCESS && to != nil {
		out[name] = value
	}
	return out
}

// stateless are the events that are recorded without the socket's state.
var stateless = []string{"tcp_receive", "queue_depth", "window_update"}

// recorder returns the callback that notes an event of a socket, nil unless the argument asks for it.
func (r *run) recorder(in input, argument, event string) func(*netx.NX_TCP_SOCKET) {
	if in.isNull(argument) || in.number(argument, 0) == 0 {
		return nil
	}
	return func(s *netx.NX_TCP_SOCKET) {
		if slices.Contains(stateless, event) {
			r.record("%s socket=%d", event, r.numberOf(s))
			return
		}
		r.record("%s socket=%d state=%d", event, r.numberOf(s), s.State())
	}
}

func tcpSocketCreate(r *run, in input) result {
	return result{"status": netx.NxTcpSocketCreate(r.ip(in), r.socket(in), "socket "+string(in["socket"]),
		in.number("tos", 0), in.number("fragment", 0), in.number("ttl", defaultTTL), in.number("window", defaultWindow),
		r.recorder(in, "urgent_cb", "urgent"), r.recorder(in, "disconnect_cb", "disconnect"))}
}

// v4 returns an IPv4 address in host byte order, 0 if there is none.
func (in input) v4(name string) netx.ULONG {
	address, err := netip.ParseAddr(in.text(name, "0.0.0.0"))
	if err != nil || !address.Is4() {
		return 0
	}
	b := address.As4()
	return binary.BigEndian.Uint32(b[:])
}

// duo returns an address of either version, nil if there is none.
func (in input) duo(name string) *netx.NXD_ADDRESS {
	address, err := netip.ParseAddr(in.text(name, ""))
	if err != nil {
		return nil
	}
	var duo netx.NXD_ADDRESS
	if address.Is4() {
		duo.IpVersion, duo.IpAddress.V4 = netx.NX_IP_VERSION_V4, in.v4(name)
		return &duo
	}
	b := address.As16()
	duo.IpVersion = netx.NX_IP_VERSION_V6
	for i := range duo.IpAddress.V6 {
		duo.IpAddress.V6[i] = binary.BigEndian.Uint32(b[4*i:])
	}
	return &duo
}

func tcpConnect(r *run, in input) result {
	return result{"status": netx.NxTcpClientSocketConnect(r.socket(in), in.v4("address"), in.number("port", 0), in.wait())}
}

func nxdTCPConnect(r *run, in input) result {
	return result{"status": netx.NxdTcpClientSocketConnect(r.socket(in), in.duo("address"), in.number("port", 0), in.wait())}
}

func tcpFreePortFind(r *run, in input) result {
	return r.query("free_port", in, func(to *netx.ULONG) netx.UINT {
		return netx.NxTcpFreePortFind(r.ip(in), in.number("port", 0), to)
	})
}

func tcpListen(r *run, in input) result {
	callback := func(s *netx.NX_TCP_SOCKET, port netx.UINT) {
		r.record("listen socket=%d port=%d state=%d", r.numberOf(s), port, s.State())
	}
	if in.isNull("callback") {
		callback = nil
	}
	return result{"status": netx.NxTcpServerSocketListen(r.ip(in), in.number("port", 0), r.socket(in), in.number("queue", 0), callback)}
}

func tcpSend(r *run, in input) result {
	s := r.give(in, func(p *netx.NX_PACKET) netx.UINT { return netx.NxTcpSocketSend(r.socket(in), p, in.wait()) })
	return result{"status": s, "packet_cleared": r.packet(in) == nil}
}

// tcpStreamSend sends a number of packets, until one cannot be sent.
func tcpStreamSend(r *run, in input) result {
	data, pool, count := in.pattern("data"), r.pool(in), in.number("count", 0)
	s, sent := netx.UINT(netx.NX_SUCCESS), netx.UINT(0)
	for sent < count {
		var p *netx.NX_PACKET
		if s = netx.NxPacketAllocate(pool, &p, netx.NX_TCP_PACKET, in.wait()); s != netx.NX_SUCCESS {
			break
		}
		if s = netx.NxPacketDataAppend(p, data, uint32(len(data)), pool, in.wait()); s == netx.NX_SUCCESS {
			s = netx.NxTcpSocketSend(r.socket(in), p, in.wait())
		}
		if s != netx.NX_SUCCESS {
			netx.NxPacketRelease(p)
			break
		}
		sent++
		r.settle()
		for i := range data {
			data[i] += byte(len(data)) // the fill goes on
		}
	}
	return result{"status": s, "sent": sent}
}

// tcpStreamReceive receives and releases packets until there are no more.
func tcpStreamReceive(r *run, in input) result {
	lengths, sum, total := []uint32{}, uint32(0), uint32(0)
	for {
		var p *netx.NX_PACKET
		if s := netx.NxTcpSocketReceive(r.socket(in), &p, in.wait()); s != netx.NX_SUCCESS {
			return result{"lengths": lengths, "total": total, "crc32": sum, "status": s}
		}
		for q := p; q != nil; q = q.Next {
			sum = crc32.Update(sum, crc32.IEEETable, q.Bytes())
		}
		lengths = append(lengths, p.Length)
		total += p.Length
		netx.NxPacketRelease(p)
		r.settle()
	}
}
