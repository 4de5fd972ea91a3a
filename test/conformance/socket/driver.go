package socket

import (
	"fmt"
	"strings"

	"netxsim/ipstack"
	"netxsim/netx"
	"netxsim/sim/link"
)

// newDriver returns the driver of an interface on the case's wire. Hardware addresses are handed out when an interface
// comes to life, the lowest first that nobody has.
func (r *run) newDriver(mtu uint32) func(*netx.NX_IP_DRIVER) {
	var ethernet ipstack.Driver
	number := 0
	return func(request *netx.NX_IP_DRIVER) {
		if ethernet == nil {
			number = r.takeHardware()
			ethernet = ipstack.Ethernet(r.wire, ipstack.HardwareAddressFrom(hardwareMSW, firstHardLSW+uint32(number)))
		}
		r.room = request.Room
		ethernet(request)
		switch request.Command {
		case netx.NX_LINK_INITIALIZE:
			request.Interface.IpMtuSize = mtu
			r.links[hardwareOf(request.Interface)] = request.Interface
		case netx.NX_LINK_UNINITIALIZE, netx.NX_LINK_INTERFACE_DETACH:
			r.attached[number], ethernet = false, nil
		}
	}
}

func hardwareOf(i *netx.NX_INTERFACE) ipstack.HardwareAddress {
	return ipstack.HardwareAddressFrom(i.PhysicalAddressMsw, i.PhysicalAddressLsw)
}

// observe gives a frame that arrives as much room as it had at its sender: the driver of the recorded runs copied
// packets whole.
func (r *run) observe(e link.FrameEvent) {
	switch e.Kind {
	case link.Sent:
		r.rooms[e.Number] = max(r.room, 0)
	case link.Delivered:
		if i := r.links[e.To.MAC()]; i != nil {
			i.ReceiveRoom = r.rooms[e.Number]
		}
	}
}

// takeHardware returns the number of the lowest hardware address that nobody has.
func (n *network) takeHardware() int {
	for number, taken := range n.attached {
		if !taken {
			n.attached[number] = true
			return number
		}
	}
	n.attached = append(n.attached, true)
	return len(n.attached) - 1
}

// written is an address as the vectors write it: IPv6 in eight groups without compression.
func written(address *netx.NXD_ADDRESS) string {
	if address.IpVersion != netx.NX_IP_VERSION_V6 {
		return dotted(address.IpAddress.V4)
	}
	var parts []string
	for _, w := range address.IpAddress.V6 {
		parts = append(parts, fmt.Sprintf("%x:%x", w>>16, w&0xffff))
	}
	return strings.Join(parts, ":")
}
