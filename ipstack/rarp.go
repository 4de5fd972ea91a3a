package ipstack

import (
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"

	"netxsim/netx/status"
	"netxsim/packetpool"
)

// rarpProtocolNumber is the Ethernet type of RARP.
const rarpProtocolNumber tcpip.NetworkProtocolNumber = 0x8035

const (
	rarpRequest  header.ARPOp = 3
	rarpResponse header.ARPOp = 4
)

// RARPInfo has the counters of nx_rarp_info_get.
type RARPInfo struct {
	RequestsSent, ResponsesReceived, InvalidMessages uint32
}

// rarpProtocol asks the network for the instance's own addresses (RFC 903).
type rarpProtocol struct {
	ip      *IP
	enabled bool
	info    RARPInfo
}

// EnableRARP has the instance ask the network, every second, for the addresses
// of its interfaces that have none. It mirrors nx_rarp_enable.
//
// Errors: status.IpAddressError when all have one, status.AlreadyEnabled.
func (ip *IP) EnableRARP() error {
	if !ip.rarp.wanted() {
		return status.IpAddressError
	}
	if ip.rarp.enabled {
		return status.AlreadyEnabled
	}
	ip.rarp.enabled = true
	ip.clock.need()
	return nil
}

// DisableRARP ends that, as nx_rarp_disable does.
//
// Errors: status.NotEnabled.
func (ip *IP) DisableRARP() error {
	if !ip.rarp.enabled {
		return status.NotEnabled
	}
	ip.rarp.enabled = false
	return nil
}

// RARPEnabled reports whether the instance asks for addresses.
func (ip *IP) RARPEnabled() bool { return ip.rarp.enabled }

// RARPInfo returns the counters of RARP, as nx_rarp_info_get does.
func (ip *IP) RARPInfo() RARPInfo { return ip.rarp.info }

// wanted reports whether an interface that could be found by ARP has no
// address.
func (r *rarpProtocol) wanted() bool {
	for n := range r.ip.physical() {
		if r.lacks(&r.ip.interfaces[n]) {
			return true
		}
	}
	return false
}

func (r *rarpProtocol) lacks(i *Interface) bool {
	return i.valid && i.AddressMappingNeeded != 0 && i.address == 0
}

// second lets a second pass, and reports whether anything waits for the next.
func (r *rarpProtocol) second() bool {
	if !r.enabled {
		return false
	}
	for n := range r.ip.physical() {
		if i := &r.ip.interfaces[n]; r.lacks(i) {
			r.ask(i)
		}
	}
	return r.wanted()
}

// ask asks an interface's network for its address.
func (r *rarpProtocol) ask(i *Interface) {
	packet, err := r.ip.allocateSmall(arpPacketType)
	if err != nil {
		r.ip.stats.SendNoPacket++
		return
	}
	r.info.RequestsSent++
	r.ip.arp.send(i, rarpRequest, LinkRARPSend, i.hardware(), 0, packet)
}

// receive handles a RARP message: an answer gives an interface its address.
func (r *rarpProtocol) receive(packet *packetpool.Packet) {
	defer packet.Release()
	if !r.enabled {
		return
	}
	message := header.ARP(r.ip.contiguous(packet))
	if len(message) < arpSize || message.Op() != rarpResponse {
		r.info.InvalidMessages++
		return
	}
	r.info.ResponsesReceived++
	i := r.ip.arrivedOn(packet)
	if HardwareAddress(message.HardwareAddressTarget()) != i.hardware() || !r.lacks(i) {
		return
	}
	if address := wordAt(message.ProtocolAddressTarget()); address != 0 {
		r.ip.changeAddress(i, address, i.mask)
		r.enabled = r.wanted()
	}
}
