package netx

import (
	"netxsim/ipstack"
	"netxsim/sim/link"
)

// The hardware address of the first interface on the wire of NxRamNetworkDriver;
// the others count on from there.
const (
	ramAddressMsw = 0x0011
	ramAddressLsw = 0x22334456
)

// NxRamNetworkDriver is the driver that NetX Duo's samples use,
// _nx_ram_network_driver: all interfaces of a program that have it are on one
// wire, [Program.Wire], with hardware addresses from 00:11:22:33:44:56 up.
//
// Unlike in NetX Duo a frame takes time: a microsecond, and what 100 Mbit/s take
// for its bytes, so that a thread that sends in a loop comes to its end when the
// pool is empty. The number of interfaces has no limit.
//
// Callers: threads.
func NxRamNetworkDriver(driverReq *NX_IP_DRIVER) {
	p := current()
	driver := p.drivers[driverReq.Interface]
	if driver == nil {
		if p.Wire == nil {
			p.Wire = link.New(p.Kernel, link.Config{Name: "ram", Bandwidth: 100_000_000})
		}
		if p.drivers == nil {
			p.drivers = map[*NX_INTERFACE]ipstack.Driver{}
		}
		driver = ipstack.Ethernet(p.Wire, ipstack.HardwareAddressFrom(ramAddressMsw, ramAddressLsw+p.attached))
		p.attached++
		p.drivers[driverReq.Interface] = driver
	}
	driver(driverReq)
	if driverReq.Command == NX_LINK_INTERFACE_DETACH || driverReq.Command == NX_LINK_UNINITIALIZE {
		delete(p.drivers, driverReq.Interface)
	}
}

// NxIpPacketReceive leaves an IP packet without its link header to the instance,
// which owns it from then on. Unlike NetX Duo, which looks at it at once, it has
// the IP thread do so, as NxIpPacketDeferredReceive does.
//
// Callers: threads, ISRs.
func NxIpPacketReceive(ip *NX_IP, packet *NX_PACKET) { ip.ReceivePacket(packet) }

// NxIpPacketDeferredReceive leaves an IP packet without its link header to the
// IP thread, which owns it from then on.
//
// Callers: threads, ISRs.
func NxIpPacketDeferredReceive(ip *NX_IP, packet *NX_PACKET) { ip.ReceivePacket(packet) }

// NxArpPacketDeferredReceive leaves an ARP message without its link header to
// the IP thread, which owns it from then on.
//
// Callers: threads, ISRs.
func NxArpPacketDeferredReceive(ip *NX_IP, packet *NX_PACKET) { ip.ReceiveARP(packet) }

// NxRarpPacketDeferredReceive leaves a RARP message without its link header to
// the IP thread, which owns it from then on.
//
// Callers: threads, ISRs.
func NxRarpPacketDeferredReceive(ip *NX_IP, packet *NX_PACKET) { ip.ReceiveRARP(packet) }

// NxIpDriverDeferredProcessing has the IP thread call the driver of each
// interface with NX_LINK_DEFERRED_PROCESSING.
//
// Callers: threads, ISRs.
func NxIpDriverDeferredProcessing(ip *NX_IP) { ip.DeferDriver() }

// NxIpDriverDeferredEnable would set the function that gets the packets of
// NxIpDriverDeferredReceive. As in the default build of NetX Duo (without
// NX_DRIVER_DEFERRED_PROCESSING) it does nothing.
//
// Callers: threads, ISRs.
func NxIpDriverDeferredEnable(_ *NX_IP, driverDeferredPacketHandler func(ip *NX_IP, packet *NX_PACKET)) {
}

// NxIpDriverDeferredReceive releases the packet, as the default build of NetX
// Duo does (without NX_DRIVER_DEFERRED_PROCESSING).
//
// Callers: threads, ISRs.
func NxIpDriverDeferredReceive(_ *NX_IP, packet *NX_PACKET) { _ = packet.Release() }

// NxIpDriverLinkStatusEvent says that an interface's link went up or down: the
// IP thread tells the function of NxIpLinkStatusChangeNotifySet.
//
// Callers: threads, ISRs.
func NxIpDriverLinkStatusEvent(ip *NX_IP, interfaceIndex UINT) {
	if ip.HasInterface(interfaceIndex) {
		ip.LinkChanged(interfaceIndex)
	}
}

// NxTcpSocketDriverEstablish would mark a connection that the network hardware
// has made as established. Unlike NetX Duo, which has it in builds with
// NX_ENABLE_TCPIP_OFFLOAD only, it always returns NX_NOT_SUPPORTED.
//
// Status: NX_SUCCESS.
// Callers: threads, ISRs.
func NxTcpSocketDriverEstablish(socket *NX_TCP_SOCKET, _ *NX_INTERFACE, remotePort UINT) UINT {
	return NX_NOT_SUPPORTED
}

// NxTcpSocketDriverPacketReceive would take data of a connection that the network
// hardware keeps. It belongs to builds with NX_ENABLE_TCPIP_OFFLOAD, which is not
// modelled: the packet is released.
//
// Callers: threads, ISRs.
func NxTcpSocketDriverPacketReceive(_ *NX_TCP_SOCKET, packet *NX_PACKET) { _ = packet.Release() }

// NxUdpSocketDriverPacketReceive would take a datagram from network hardware that
// knows UDP. It belongs to builds with NX_ENABLE_TCPIP_OFFLOAD, which is not
// modelled: the packet is released.
//
// Callers: threads, ISRs.
func NxUdpSocketDriverPacketReceive(_ *NX_UDP_SOCKET, packet *NX_PACKET, localIp, remoteIp *NXD_ADDRESS, remotePort UINT) {
	_ = packet.Release()
}
