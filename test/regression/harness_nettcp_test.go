package regression_test

import (
	. "netxsim/netx"
)

// socketTCP makes a TCP socket, and enables TCP with the first one.
func (h *netHost) socketTCP(name string) *NX_TCP_SOCKET {
	h.lab.t.Helper()
	if got := NxTcpEnable(h.ip); got != NX_ALREADY_ENABLED {
		h.lab.ok("enable TCP", got)
	}
	s := new(NX_TCP_SOCKET)
	h.lab.ok("create socket", NxTcpSocketCreate(h.ip, s, name, NX_IP_NORMAL, NX_FRAGMENT_OKAY, NX_IP_TIME_TO_LIVE, 2048, nil, nil))
	return s
}

// acceptTCP accepts a connection at a port.
func (h *netHost) acceptTCP(port UINT) *NX_TCP_SOCKET {
	h.lab.t.Helper()
	s := h.socketTCP("server")
	h.lab.ok("listen", NxTcpServerSocketListen(h.ip, port, s, 5, nil))
	h.lab.ok("accept", NxTcpServerSocketAccept(s, 10*netSecond))
	return s
}

// closeTCP waits until the peer closes the connection that was accepted, and deletes the socket.
func (h *netHost) closeTCP(s *NX_TCP_SOCKET, port UINT) {
	h.lab.t.Helper()
	var p *NX_PACKET
	h.lab.status("receive after the session", NxTcpSocketReceive(s, &p, 60*netSecond), NX_NOT_CONNECTED)
	h.lab.ok("disconnect", NxTcpSocketDisconnect(s, netSecond))
	h.lab.ok("unaccept", NxTcpServerSocketUnaccept(s))
	h.lab.ok("unlisten", NxTcpServerSocketUnlisten(h.ip, port))
	h.lab.ok("delete socket", NxTcpSocketDelete(s))
}

// connectTCP connects to a port, from the same one.
func (h *netHost) connectTCP(to ULONG, port UINT) *NX_TCP_SOCKET {
	h.lab.t.Helper()
	s := h.socketTCP("client")
	h.lab.ok("bind", NxTcpClientSocketBind(s, port, NX_NO_WAIT))
	h.lab.ok("connect", NxTcpClientSocketConnect(s, to, port, 10*netSecond))
	return s
}

// disconnectTCP closes a connection of a client, and deletes the socket.
func (h *netHost) disconnectTCP(s *NX_TCP_SOCKET) {
	h.lab.t.Helper()
	h.lab.ok("disconnect", NxTcpSocketDisconnect(s, netSecond))
	h.lab.ok("unbind", NxTcpClientSocketUnbind(s))
	h.lab.ok("delete socket", NxTcpSocketDelete(s))
}

// takeTCP returns the data of the next packet of a TCP socket, empty if none comes.
func (l *netLab) takeTCP(s *NX_TCP_SOCKET) string {
	l.t.Helper()
	var p *NX_PACKET
	if got := NxTcpSocketReceive(s, &p, 10*netSecond); got != NX_SUCCESS {
		l.ok("receive", got)
		return ""
	}
	return l.take(p)
}
