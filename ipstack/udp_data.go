package ipstack

import (
	"errors"
	"net/netip"

	"gvisor.dev/gvisor/pkg/tcpip/header"

	"netxsim/netx/status"
	"netxsim/packetpool"
)

// Send sends a packet's data as one datagram, as nxd_udp_socket_send does. The
// packet needs 44 bytes of header room. Without an error it is the stack's,
// even if it cannot be sent after all: for being longer than the interface
// allows, or for want of an answer to ARP.
//
// Errors: status.NotBound, status.IpAddressError without a route; the packet
// is then still the caller's.
func (s *UDPSocket) Send(packet *packetpool.Packet, to netip.AddrPort) error {
	if !s.bound {
		return status.NotBound
	}
	if to.Addr().Is6() {
		from, err := s.ip.ipv6.source(to.Addr())
		return s.send6(packet, from, err, to)
	}
	i, hop, ok := s.ip.route(toWord(to.Addr()), s.ip.hinted(packet))
	if !ok {
		return status.IpAddressError
	}
	s.count(packet.Length)
	packet.IpVersion = 4
	s.addHeader(packet, fromWord(i.address), to)
	s.ip.kernel.HoldPreemption()
	defer s.ip.kernel.AllowPreemption()
	s.ip.sendPacket(packet, i, hop, headerFields{
		to: toWord(to.Addr()), protocol: uint8(header.UDPProtocolNumber),
		tos: s.config.TypeOfService, ttl: s.config.TimeToLive, dontFragment: s.config.DontFragment,
	})
	return nil
}

// SendFrom is Send by way of an interface, or for IPv6 from the local address
// with that number, as nxd_udp_socket_source_send is.
//
// Errors: those of Send, status.InvalidInterface.
func (s *UDPSocket) SendFrom(index uint32, packet *packetpool.Packet, to netip.AddrPort) error {
	if to.Addr().Is6() {
		if !s.bound {
			return status.NotBound
		}
		from, err := s.ip.ipv6.numbered(index)
		return s.send6(packet, from, err, to)
	}
	if !s.ip.HasAnyInterface(index) {
		return status.InvalidInterface
	}
	packet.InterfaceIndex = int32(index)
	return s.Send(packet, to)
}

// send6 sends a packet's data as one datagram of IPv6, unless there is an error.
func (s *UDPSocket) send6(packet *packetpool.Packet, from *ipv6Address, err error, to netip.AddrPort) error {
	if err != nil {
		return err
	}
	s.count(packet.Length)
	s.addHeader(packet, from.address, to)
	s.ip.kernel.HoldPreemption()
	defer s.ip.kernel.AllowPreemption()
	s.ip.sendPacket6(packet, from, to.Addr(), header.UDPProtocolNumber, s.ip.ipv6.hopLimit)
	return nil
}

// count counts a datagram that is sent.
func (s *UDPSocket) count(bytes uint32) {
	for _, info := range []*UDPInfo{&s.info, &s.ip.udp.info} {
		info.PacketsSent++
		info.BytesSent += bytes
	}
}

// addHeader puts the UDP header in front of a datagram.
func (s *UDPSocket) addHeader(packet *packetpool.Packet, from netip.Addr, to netip.AddrPort) {
	if s.vlan != noVLANPriority {
		packet.VlanPriority = s.vlan
	}
	packet.PrependPtr -= udpHeader
	packet.Length += udpHeader
	head := header.UDP(packet.At(packet.PrependPtr)[:udpHeader])
	head.Encode(&header.UDPFields{SrcPort: s.port, DstPort: to.Port(), Length: uint16(packet.Length)})
	if s.noSum && from.Is4() {
		return
	}
	sum := ^checksumOf(packet, udpPseudoHeader(from, to.Addr(), packet.Length))
	if sum == 0 {
		sum = 0xffff // 0 says that there is none
	}
	head.SetChecksum(sum)
}

// enqueue gives a datagram to a thread that waits for it, or to the queue, whose
// oldest goes when it is full.
func (s *UDPSocket) enqueue(packet *packetpool.Packet) {
	s.info.PacketsReceived++
	s.info.BytesReceived += packet.Length - udpHeader
	if !s.waiting.wake(packet, nil) {
		if s.ip.scarce(packet) {
			s.countDropped()
			packet.Release()
			return
		}
		packet.Hold(&s.holder)
		s.queue = append(s.queue, packet)
		if n := len(s.queue); n > 1 && n > int(s.config.QueueLimit) {
			s.countDropped()
			s.take().Release()
		}
	}
	if s.received != nil {
		s.received(s)
	}
}

// countDropped counts a datagram that came and was lost for the queue.
func (s *UDPSocket) countDropped() {
	s.info.ReceiveDropped++
	s.ip.udp.info.ReceiveDropped++
}

// take removes the oldest datagram.
func (s *UDPSocket) take() *packetpool.Packet {
	packet := s.queue[0]
	n := copy(s.queue, s.queue[1:])
	s.queue[n] = nil
	s.queue = s.queue[:n]
	return packet
}

// Receive returns the next datagram's data as a packet or chain, which is then
// the caller's, as nx_udp_socket_receive does. Without one the calling thread
// waits up to wait ticks. Datagrams with a wrong checksum are dropped here.
//
// Errors: status.NotBound, status.NoPacket when nothing came in time,
// status.SocketUnbound when the socket was unbound meanwhile, and the kernel's
// when the wait is aborted.
func (s *UDPSocket) Receive(wait uint32) (*packetpool.Packet, error) {
	for {
		packet, err := s.next(wait)
		if err != nil {
			return nil, err
		}
		if s.intact(packet) || s.ip.verified(packet, CapabilityUDPRxChecksum) {
			trimFront(packet, udpHeader)
			return packet, nil
		}
		s.dropDamaged(packet)
	}
}

// next returns the next datagram, its header included.
func (s *UDPSocket) next(wait uint32) (packet *packetpool.Packet, err error) {
	switch {
	case !s.bound:
		return nil, status.NotBound
	case len(s.queue) > 0:
		packet = s.take()
	case wait == noWait || s.ip.inIPThread():
		return nil, status.NoPacket
	default:
		if packet, err = s.waiting.wait(wait); errors.Is(err, errExpired) {
			err = status.NoPacket
		}
		if err != nil {
			return nil, err
		}
	}
	packet.Hold((*threadHolder)(s.ip.kernel.Current()))
	return packet, nil
}

// intact reports whether a datagram has the right checksum, or none.
func (s *UDPSocket) intact(packet *packetpool.Packet) bool {
	if packet.IpVersion == 6 {
		from, to := ipv6Ends(packet)
		return checksumOf(packet, udpPseudoHeader(from, to, packet.Length)) == 0xffff
	}
	if s.noSum || header.UDP(packet.Bytes()).Checksum() == 0 {
		return true
	}
	head := ipHeaderOf(packet)
	sum := pseudoHeader(wordAt(head[12:]), wordAt(head[16:]), uint8(header.UDPProtocolNumber), packet.Length)
	return checksumOf(packet, sum) == 0xffff
}

// udpPseudoHeader is the checksum of what UDP counts of the IP header.
func udpPseudoHeader(from, to netip.Addr, length uint32) uint16 {
	if from.Is6() {
		return pseudoHeader6(from, to, header.UDPProtocolNumber, length)
	}
	return pseudoHeader(toWord(from), toWord(to), uint8(header.UDPProtocolNumber), length)
}

// dropDamaged releases a datagram with a wrong checksum, which then does not
// count as received.
func (s *UDPSocket) dropDamaged(packet *packetpool.Packet) {
	bytes := packet.Length - udpHeader
	for _, info := range []*UDPInfo{&s.info, &s.ip.udp.info} {
		info.ChecksumErrors++
		info.PacketsReceived--
		info.BytesReceived -= bytes
	}
	s.ip.udp.info.InvalidPackets++
	packet.Release()
}
