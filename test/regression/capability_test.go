package regression_test

import (
	"slices"
	"testing"

	"netxsim/ipstack"
	. "netxsim/netx"
)

// An interface's capability is what was set; without the option there is none. A checksum that the hardware verifies is not
// looked at by the stack.
func TestNetInterfaceCapability(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		var flag ULONG
		l.status("set without the option", NxIpInterfaceCapabilitySet(nil, 9, 0), NX_NOT_SUPPORTED)
		l.status("get without the option", NxIpInterfaceCapabilityGet(nil, 9, nil), NX_NOT_SUPPORTED)
		l.status("set without the option", NxIpInterfaceCapabilitySet(l.host(1).ip, 0, 0), NX_NOT_SUPPORTED)
		l.status("get without the option", NxIpInterfaceCapabilityGet(l.hosts[0].ip, 0, &flag), NX_NOT_SUPPORTED)
	})
	netRun(t, ipstack.Target{InterfaceCapability: true, Interfaces: 2}, func(l *netLab) {
		h, tap := l.host(1), l.tap(9)
		server := h.bound(89)
		l.thread("application", func() {
			var flag ULONG
			l.status("set of no instance", NxIpInterfaceCapabilitySet(nil, 0, 1), NX_PTR_ERROR)
			l.status("set of no interface", NxIpInterfaceCapabilitySet(h.ip, 2, 1), NX_INVALID_INTERFACE)
			l.status("get of no interface", NxIpInterfaceCapabilityGet(h.ip, 2, nil), NX_INVALID_INTERFACE)
			l.status("get into nothing", NxIpInterfaceCapabilityGet(h.ip, 0, nil), NX_PTR_ERROR)
			l.ok("get", NxIpInterfaceCapabilityGet(h.ip, 0, &flag))
			netEqual(t, "capability", flag, 0)

			damaged := func() {
				d := netUDP(tap.address, h.address, 88, 89, "datagram")
				d[9] ^= 1
				tap.send(1, netIPv4{From: tap.address, To: h.address, Protocol: netUDPProtocol, Data: d})
			}
			damaged()
			l.nothing(server)
			const capability = NX_INTERFACE_CAPABILITY_UDP_RX_CHECKSUM | NX_INTERFACE_CAPABILITY_IPV4_TX_CHECKSUM
			l.ok("set", NxIpInterfaceCapabilitySet(h.ip, 0, capability))
			l.ok("get", NxIpInterfaceCapabilityGet(h.ip, 0, &flag))
			netEqual(t, "capability", flag, capability)
			l.ok("get of the other one", NxIpInterfaceCapabilityGet(h.ip, 1, &flag))
			netEqual(t, "capability", flag, 0)
			damaged()
			l.receive(server, NX_NO_WAIT, "d`tagram")
			h.send(server, h.address, 89, "to itself")
			l.receive(server, netSecond, "to itself")
		})
	})
}

// The driver is told the VLAN priority of a socket, or else that of the packet.
func TestNetVLANPriority(t *testing.T) {
	netRun(t, ipstack.Target{}, func(l *netLab) {
		l.status("TCP without the option", NxTcpSocketVlanPrioritySet(nil, 9), NX_NOT_SUPPORTED)
		l.status("UDP without the option", NxUdpSocketVlanPrioritySet(nil, 9), NX_NOT_SUPPORTED)
	})
	netRun(t, ipstack.Target{VLAN: true}, func(l *netLab) {
		var told []uint8
		wire := ipstack.Ethernet(l.wire, netHardware(1))
		h := &netHost{lab: l, ip: new(NX_IP), pool: l.pool("host 1", netPayload, netPackets), address: netAddress(1)}
		h.create(func(r *ipstack.DriverRequest) {
			if r.Command == ipstack.LinkPacketSend {
				told = append(told, r.VlanPriority)
			}
			wire(r)
		}, "host 1")
		l.ok("enable ARP", NxArpEnable(h.ip, make([]byte, 1024), 1024))
		l.ok("enable UDP", NxUdpEnable(h.ip))
		l.ok("enable TCP", NxTcpEnable(h.ip))
		other := l.host(2)
		l.ok("enable TCP", NxTcpEnable(other.ip))

		server := new(NX_TCP_SOCKET)
		l.ok("create", NxTcpSocketCreate(other.ip, server, "server", NX_IP_NORMAL, NX_FRAGMENT_OKAY, 128, 200, nil, nil))
		l.thread("server", func() {
			l.ok("listen", NxTcpServerSocketListen(other.ip, 80, server, 5, nil))
			l.ok("accept", NxTcpServerSocketAccept(server, 2*netSecond))
			l.sleep(netSecond)
			l.ok("unaccept", NxTcpServerSocketUnaccept(server))
			l.ok("unlisten", NxTcpServerSocketUnlisten(other.ip, 80))
			l.ok("delete", NxTcpSocketDelete(server))
		})
		l.thread("client", func() {
			udp := h.bound(88)
			l.status("UDP priority too high", NxUdpSocketVlanPrioritySet(udp, 8), NX_INVALID_PARAMETERS)
			l.status("UDP priority of nothing", NxUdpSocketVlanPrioritySet(nil, 8), NX_PTR_ERROR)
			h.send(udp, other.address, 99, "none")
			l.sleep(2)
			l.ok("UDP priority", NxUdpSocketVlanPrioritySet(udp, 5))
			h.send(udp, other.address, 99, "five")
			l.settle()
			netEqual(t, "priorities of datagrams", told, []uint8{NX_VLAN_PRIORITY_INVALID, 5})
			told = nil

			s := new(NX_TCP_SOCKET)
			l.ok("create", NxTcpSocketCreate(h.ip, s, "client", NX_IP_NORMAL, NX_FRAGMENT_OKAY, 128, 200, nil, nil))
			l.status("TCP priority too high", NxTcpSocketVlanPrioritySet(s, 8), NX_INVALID_PARAMETERS)
			l.status("TCP priority of nothing", NxTcpSocketVlanPrioritySet(nil, 8), NX_PTR_ERROR)
			l.ok("TCP priority", NxTcpSocketVlanPrioritySet(s, 3))
			l.ok("bind", NxTcpClientSocketBind(s, 0, NX_NO_WAIT))
			l.ok("connect", NxTcpClientSocketConnect(s, other.address, 80, netSecond))
			l.ok("send", NxTcpSocketSend(s, h.packet(NX_TCP_PACKET, []byte("data")), NX_NO_WAIT))
			l.settle()
			netEqual(t, "priorities of SYN, ACK and data", slices.Clone(told), []uint8{3, 3, 3})
			l.status("disconnect", NxTcpSocketDisconnect(s, NX_NO_WAIT), NX_IN_PROGRESS)
			l.ok("unbind", NxTcpClientSocketUnbind(s))
			l.ok("delete", NxTcpSocketDelete(s))
		})
	})
}

// A program may limit a socket's receive queue in a build with the low watermark, and only there.
func TestNetReceiveQueueMax(t *testing.T) {
	for supported, want := range map[bool][2]UINT{false: {NX_NOT_SUPPORTED, NX_NOT_SUPPORTED}, true: {NX_PTR_ERROR, NX_SUCCESS}} {
		netRun(t, ipstack.Target{LowWatermark: supported}, func(l *netLab) {
			h := l.host(1)
			l.ok("enable TCP", NxTcpEnable(h.ip))
			s := new(NX_TCP_SOCKET)
			l.status("no socket", NxTcpSocketReceiveQueueMaxSet(s, 3), want[0])
			l.ok("create", NxTcpSocketCreate(h.ip, s, "socket", NX_IP_NORMAL, NX_FRAGMENT_OKAY, 128, 200, nil, nil))
			l.thread("application", func() {
				l.status("a socket", NxTcpSocketReceiveQueueMaxSet(s, 3), want[1])
				l.ok("delete", NxTcpSocketDelete(s))
			})
		})
	}
}
