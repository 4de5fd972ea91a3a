package ipstack

import (
	"errors"
	"net/netip"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"

	"netxsim/netx/status"
	"netxsim/packetpool"
)

const (
	rawQueueDepth = 20  // NX_IP_RAW_MAX_QUEUE_DEPTH
	rawProtocol   = 255 // NX_IP_RAW: the IP protocol of raw packets that name none
)

// rawReceiver has the received packets whose protocol is none of the stack's.
type rawReceiver struct {
	enabled bool
	limit   uint32
	queue   []*packetpool.Packet
	waiting waitList
	filter  func(ip *IP, protocol uint8, packet *packetpool.Packet) bool
}

func (r *rawReceiver) init(ip *IP) {
	r.waiting.kernel = ip.kernel
	r.waiting.what = func() string { return "a raw packet for ip " + ip.name }
}

// EnableRaw lets the application send and receive packets of other protocols,
// as nx_ip_raw_packet_enable does.
func (ip *IP) EnableRaw() { ip.raw.enabled, ip.raw.limit = true, rawQueueDepth }

// DisableRaw ends that, as nx_ip_raw_packet_disable does. Packets not received
// are released, and threads that wait for one go on with status.NoPacket.
func (ip *IP) DisableRaw() {
	ip.kernel.HoldPreemption()
	defer ip.kernel.AllowPreemption()
	ip.raw.enabled = false
	ip.raw.flush()
	ip.raw.waiting.wakeAll(status.NoPacket)
}

// RawEnabled reports whether EnableRaw was called.
func (ip *IP) RawEnabled() bool { return ip.raw.enabled }

// SetRawQueueLimit sets how many raw packets may wait to be received; 20 by
// default. It mirrors nx_ip_raw_receive_queue_max_set.
func (ip *IP) SetRawQueueLimit(packets uint32) { ip.raw.limit = packets }

// SetRawFilter has f called in the IP thread with every packet of another
// protocol, its IP header taken off. Where it returns true, it owns the packet
// from then on. Nil ends that. It mirrors nx_ip_raw_packet_filter_set.
func (ip *IP) SetRawFilter(f func(ip *IP, protocol uint8, packet *packetpool.Packet) bool) {
	ip.raw.filter = f
}

func (r *rawReceiver) flush() {
	for _, p := range r.queue {
		p.Release()
	}
	r.queue = nil
}

// receiveRaw gives a packet of an unknown protocol to the application, its IP
// header taken off, or reports it to its sender.
func (ip *IP) receiveRaw(packet *packetpool.Packet) {
	protocol := ipHeaderOf(packet).Protocol()
	trimFront(packet, ipv4Header)
	if ip.offerRaw(packet, protocol) {
		return
	}
	ip.sendICMPError(packet, header.ICMPv4DstUnreachable, header.ICMPv4ProtoUnreachable)
	ip.undelivered(packet, packet.Length)
}

// offerRaw gives a packet of an unknown protocol, without its IP header, to the
// application, and reports whether that takes such packets.
func (ip *IP) offerRaw(packet *packetpool.Packet, protocol uint8) bool {
	switch {
	case !ip.raw.enabled:
		return false
	case ip.raw.filter != nil:
		return ip.raw.filter(ip, protocol, packet)
	case ip.raw.waiting.wake(packet, nil):
	case uint32(len(ip.raw.queue)) >= ip.raw.limit:
		packet.Release()
	default:
		packet.Hold(&ip.holders.raw)
		ip.raw.queue = append(ip.raw.queue, packet)
	}
	return true
}

// ReceiveRaw returns the next raw packet, which is then the caller's; its data
// are those behind the IP header. The calling thread waits up to wait ticks for
// one. It mirrors nx_ip_raw_packet_receive.
//
// Errors: status.NoPacket, and the kernel's when the wait is aborted.
func (ip *IP) ReceiveRaw(wait uint32) (*packetpool.Packet, error) {
	var packet *packetpool.Packet
	if len(ip.raw.queue) > 0 {
		packet = ip.raw.queue[0]
		ip.raw.queue = append(ip.raw.queue[:0], ip.raw.queue[1:]...)
	} else {
		if wait == noWait || ip.inIPThread() {
			return nil, status.NoPacket
		}
		var err error
		packet, err = ip.raw.waiting.wait(wait)
		if errors.Is(err, errExpired) {
			err = status.NoPacket
		}
		if err != nil {
			return nil, err
		}
	}
	packet.Hold((*threadHolder)(ip.kernel.Current()))
	return packet, nil
}

// RawHeader has the fields of the IP header of a raw packet.
type RawHeader struct {
	// Protocol is the IP protocol; 0 means 255.
	Protocol uint8
	// TypeOfService is the IPv4 field; 0 is normal.
	TypeOfService uint8
	// TimeToLive is the IPv4 field; 0 means 128.
	TimeToLive uint8
}

// SendRaw sends the packet's data in an IP packet of their own, as
// nx_ip_raw_packet_send does. The packet needs 36 bytes of header room. Without
// an error it is the stack's.
//
// Errors: status.IpAddressError without a route.
func (ip *IP) SendRaw(packet *packetpool.Packet, to netip.Addr, head RawHeader) error {
	i, hop, ok := ip.route(toWord(to), ip.hinted(packet))
	if !ok {
		return status.IpAddressError
	}
	ip.sendRaw(packet, i, hop, to, head)
	return nil
}

// SendRawFrom is SendRaw by way of an interface, or for IPv6 from the local
// address with that number, as nxd_ip_raw_packet_source_send is. Without a route
// the packet is lost.
//
// Errors: status.InvalidInterface, status.NoInterfaceAddress.
func (ip *IP) SendRawFrom(index uint32, packet *packetpool.Packet, to netip.Addr, head RawHeader) error {
	if to.Is6() {
		from, err := ip.ipv6.numbered(index)
		if err != nil {
			return err
		}
		ip.kernel.HoldPreemption()
		defer ip.kernel.AllowPreemption()
		ip.sendPacket6(packet, from, to, tcpip.TransportProtocolNumber(head.Protocol), ip.ipv6.hopLimit)
		return nil
	}
	if !ip.HasAnyInterface(index) {
		return status.InvalidInterface
	}
	i, hop, _ := ip.route(toWord(to), &ip.interfaces[index])
	ip.sendRaw(packet, i, hop, to, head)
	return nil
}

func (ip *IP) sendRaw(packet *packetpool.Packet, i *Interface, hop uint32, to netip.Addr, head RawHeader) {
	if head.Protocol == 0 {
		head.Protocol = rawProtocol
	}
	if head.TimeToLive == 0 {
		head.TimeToLive = timeToLive
	}
	ip.kernel.HoldPreemption()
	defer ip.kernel.AllowPreemption()
	ip.sendPacket(packet, i, hop,
		headerFields{to: toWord(to), protocol: head.Protocol, tos: head.TypeOfService, ttl: head.TimeToLive})
}

// hinted returns the interface that a packet to be sent came in on, nil for one
// of the application's own.
func (ip *IP) hinted(packet *packetpool.Packet) *Interface {
	if n := int(packet.InterfaceIndex); n >= 0 && n < len(ip.interfaces) {
		return &ip.interfaces[n]
	}
	return nil
}
