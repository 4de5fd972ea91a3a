package ipstack

import (
	"errors"
	"fmt"
	"net/netip"

	"gvisor.dev/gvisor/pkg/tcpip/checksum"
	"gvisor.dev/gvisor/pkg/tcpip/header"

	"netxsim/netx/status"
	"netxsim/packetpool"
)

const (
	icmpHeader = 8
	// pingPacketType is the header room of a ping: NX_IPv4_ICMP_PACKET and the
	// ICMP header.
	pingPacketType = physicalHeader + ipv4Header + icmpHeader
	// pingPacketType6 is that of a ping by IPv6.
	pingPacketType6 = physicalHeader + ipv6Header + icmpHeader
	// errorPacketType is the header room of an error message.
	errorPacketType = physicalHeader + ipv4Header
	// errorTTL is the time to live of an error message.
	errorTTL = 255
	// quoted is how much of a bad packet's data an error message repeats.
	quoted = 8
)

// ICMPInfo has the counters of nx_icmp_info_get.
type ICMPInfo struct {
	PingsSent, PingTimeouts, PingResponses uint32
	PingThreads                            uint32 // that wait now
	ChecksumErrors, Unhandled              uint32
}

// icmpProtocol is the ICMP of an instance (RFC 792).
type icmpProtocol struct {
	enabled  bool
	sequence uint16
	pings    []*ping // that wait, first come first
	info     ICMPInfo
}

// ping is a request whose answer a thread waits for, and the key it waits on.
type ping struct {
	ip       *IP
	to       netip.Addr
	sequence uint16
	answer   *packetpool.Packet
}

// WaitReason says in a report what the thread waits for.
func (p *ping) WaitReason() string {
	return fmt.Sprintf("the answer of %v to a ping of ip %s", p.to, p.ip.name)
}

// EnableICMP lets the instance answer pings and report errors, as
// nx_icmp_enable does.
//
// Errors: status.AlreadyEnabled.
func (ip *IP) EnableICMP() error {
	if ip.icmp.enabled {
		return status.AlreadyEnabled
	}
	ip.icmp.enabled = true
	return nil
}

// ICMPEnabled reports whether EnableICMP was called.
func (ip *IP) ICMPEnabled() bool { return ip.icmp.enabled }

// ICMPInfo returns the counters of ICMP, as nx_icmp_info_get does.
func (ip *IP) ICMPInfo() ICMPInfo {
	info := ip.icmp.info
	info.PingThreads = uint32(len(ip.icmp.pings))
	return info
}

// Ping sends data to a host, which sends it back, and returns a packet with
// what came back; it is the caller's. The calling thread waits up to wait ticks
// for it, and as long for each packet needed. It mirrors nx_icmp_ping.
//
// Errors: status.IpAddressError without a route, for IPv6
// status.NoInterfaceAddress, status.NoPacket, for IPv6 status.Overflow when there
// are too few for all the data, status.NoResponse, and the kernel's when the wait
// is aborted.
func (ip *IP) Ping(to netip.Addr, data []byte, wait uint32) (*packetpool.Packet, error) {
	if to.Is6() {
		from, err := ip.ipv6.source(to)
		return ip.pingFrom6(from, err, to, data, wait)
	}
	i, hop, ok := ip.route(toWord(to), nil)
	if !ok {
		return nil, status.IpAddressError
	}
	return ip.pingFrom(i, to, hop, data, wait)
}

// pingFrom6 is Ping from an IPv6 address, unless there is an error.
func (ip *IP) pingFrom6(from *ipv6Address, err error, to netip.Addr, data []byte, wait uint32) (*packetpool.Packet, error) {
	if err != nil {
		return nil, err
	}
	return ip.exchangePing(to, data, wait, pingPacketType6, func(packet *packetpool.Packet, sequence uint16) {
		ip.ping6(packet, from, to, sequence)
	})
}

// PingFrom is Ping by way of an interface, or for IPv6 from the local address
// with that number, as nxd_icmp_source_ping is.
//
// Errors: those of Ping, status.InvalidInterface.
func (ip *IP) PingFrom(index uint32, to netip.Addr, data []byte, wait uint32) (*packetpool.Packet, error) {
	if to.Is6() {
		from, err := ip.ipv6.numbered(index)
		return ip.pingFrom6(from, err, to, data, wait)
	}
	if !ip.HasAnyInterface(index) {
		return nil, status.InvalidInterface
	}
	i, hop, _ := ip.route(toWord(to), &ip.interfaces[index])
	return ip.pingFrom(i, to, hop, data, wait)
}

func (ip *IP) pingFrom(i *Interface, to netip.Addr, hop uint32, data []byte, wait uint32) (*packetpool.Packet, error) {
	return ip.exchangePing(to, data, wait, pingPacketType, func(packet *packetpool.Packet, sequence uint16) {
		ip.echoRequest(packet, i, sequence)
		ip.sendPing(packet, i, to, hop)
	})
}

// exchangePing has a request sent with data, and waits for the answer.
func (ip *IP) exchangePing(to netip.Addr, data []byte, wait, packetType uint32,
	send func(packet *packetpool.Packet, sequence uint16)) (*packetpool.Packet, error) {
	packet, err := ip.pool.Allocate(packetType, wait)
	if err != nil {
		return nil, err
	}
	if err := packet.Append(data, ip.pool, wait); err != nil {
		packet.Release()
		if to.Is6() {
			err = status.Overflow // whatever it was
		}
		return nil, err
	}
	sequence := ip.icmp.sequence
	ip.icmp.sequence++
	ip.icmp.info.PingsSent++
	if wait == noWait || ip.inIPThread() {
		send(packet, sequence)
		return nil, status.NoResponse
	}
	p := &ping{ip: ip, to: to, sequence: sequence}
	ip.icmp.pings = append(ip.icmp.pings, p)
	defer ip.icmp.drop(p) // also when the thread is terminated
	send(packet, sequence)
	return ip.awaitAnswer(p, wait)
}

// echoRequest puts the header of an echo request in front of its data.
func (ip *IP) echoRequest(packet *packetpool.Packet, i *Interface, sequence uint16) {
	packet.PrependPtr -= icmpHeader
	packet.Length += icmpHeader
	message := header.ICMPv4(packet.At(packet.PrependPtr)[:icmpHeader])
	*(*[icmpHeader]byte)(message) = [icmpHeader]byte{}
	message.SetType(header.ICMPv4Echo)
	message.SetIdent(uint16(i.address))
	message.SetSequence(sequence)
	message.SetChecksum(^checksumOf(packet, 0))
}

// sendPing sends a request. What it brings about in this very instance waits
// until it is on its way.
func (ip *IP) sendPing(packet *packetpool.Packet, i *Interface, to netip.Addr, hop uint32) {
	ip.kernel.HoldPreemption()
	defer ip.kernel.AllowPreemption()
	ip.sendPacket(packet, i, hop, headerFields{to: toWord(to), protocol: uint8(header.ICMPv4ProtocolNumber), ttl: timeToLive})
}

// awaitAnswer waits for the answer to a request that has been sent.
func (ip *IP) awaitAnswer(p *ping, wait uint32) (*packetpool.Packet, error) {
	if p.answer == nil {
		err := ip.kernel.Wait(p, wait, errExpired)
		if errors.Is(err, errExpired) {
			ip.icmp.info.PingTimeouts++
			err = status.NoResponse
		}
		if err != nil {
			return nil, err
		}
	}
	p.answer.Hold((*threadHolder)(ip.kernel.Current()))
	return p.answer, nil
}

func (c *icmpProtocol) drop(p *ping) {
	for n := range c.pings {
		if c.pings[n] == p {
			c.pings = append(c.pings[:n], c.pings[n+1:]...)
			return
		}
	}
}

// abandon ends the wait of all pings.
func (c *icmpProtocol) abandon() {
	for _, p := range c.pings {
		p.ip.kernel.Wake(p, status.NoResponse)
	}
	c.pings = nil
}

// receiveICMP handles an ICMP message, its IP header taken off.
func (ip *IP) receiveICMP(packet *packetpool.Packet) {
	if len(packet.Bytes()) < icmpHeader {
		packet.Release()
		return
	}
	if checksumOf(packet, 0) != 0xffff && !ip.verified(packet, CapabilityICMPv4RxChecksum) {
		ip.icmp.info.ChecksumErrors++
		packet.Release()
		return
	}
	switch message := header.ICMPv4(packet.Bytes()); message.Type() {
	case header.ICMPv4EchoReply:
		ip.receiveEchoReply(packet, message.Sequence())
	case header.ICMPv4Echo:
		ip.answerEcho(packet, message)
	default:
		ip.icmp.info.Unhandled++
		packet.Release()
	}
}

// receiveEchoReply gives an answer to the thread that waits for it.
func (ip *IP) receiveEchoReply(packet *packetpool.Packet, sequence uint16) {
	ip.icmp.info.PingResponses++
	for _, p := range ip.icmp.pings {
		if p.sequence == sequence && p.answer == nil {
			trimFront(packet, icmpHeader)
			p.answer = packet
			ip.icmp.drop(p)
			ip.kernel.Wake(p, nil)
			return
		}
	}
	packet.Release()
}

// answerEcho sends an echo request back. The packets it arrived in pay for it.
func (ip *IP) answerEcho(packet *packetpool.Packet, message header.ICMPv4) {
	from := wordAt(ipHeaderOf(packet)[12:])
	message.SetType(header.ICMPv4EchoReply)
	message.SetChecksum(0)
	message.SetChecksum(^checksumOf(packet, 0))
	i, hop, _ := ip.route(from, ip.arrivedOn(packet))
	ip.sendPacket(packet, i, hop, headerFields{to: from, protocol: uint8(header.ICMPv4ProtocolNumber), ttl: timeToLive})
}

// ipHeaderOf returns the IPv4 header that a received packet had.
func ipHeaderOf(packet *packetpool.Packet) header.IPv4 {
	return header.IPv4(packet.At(packet.IpHeader)[:ipv4Header])
}

// reportPort tells the sender of a datagram that its port is nobody's.
func (ip *IP) reportPort(packet *packetpool.Packet) {
	if packet.IpVersion == 4 {
		ip.sendICMPError(packet, header.ICMPv4DstUnreachable, header.ICMPv4PortUnreachable)
		return
	}
	if _, to := ipv6Ends(packet); !to.IsMulticast() {
		ip.sendICMPv6Error(packet, header.ICMPv6DstUnreachable, header.ICMPv6PortUnreachable, 0)
	}
}

// sendICMPError tells the sender of a received IPv4 packet what is wrong with it, in
// a packet of the default pool (RFC 1122, section 3.2.2).
func (ip *IP) sendICMPError(packet *packetpool.Packet, kind header.ICMPv4Type, code header.ICMPv4Code) {
	ip.sendICMPErrorAt(packet, kind, code, 0)
}

// sendICMPErrorAt is sendICMPError about a byte of the packet's IP header.
func (ip *IP) sendICMPErrorAt(packet *packetpool.Packet, kind header.ICMPv4Type, code header.ICMPv4Code, at uint8) {
	head := ipHeaderOf(packet)
	i := ip.arrivedOn(packet)
	if !ip.icmp.enabled || !mayReport(i, head) {
		return
	}
	report, err := ip.pool.Allocate(errorPacketType, noWait)
	if err != nil {
		ip.stats.SendNoPacket++
		return
	}
	var room [icmpHeader + header.IPv4MaximumHeaderSize + quoted]byte
	text := room[:icmpHeader+int(head.HeaderLength())+quoted]
	message := header.ICMPv4(text)
	message.SetType(kind)
	message.SetCode(code)
	message[4] = at
	copy(text[icmpHeader:], packet.At(packet.IpHeader))
	message.SetChecksum(^checksum.Checksum(text, 0))
	if report.Append(text, ip.pool, noWait) != nil {
		report.Release()
		return
	}
	to := wordAt(head[12:])
	out, hop, _ := ip.route(to, i)
	ip.sendPacket(report, out, hop, headerFields{to: to, protocol: uint8(header.ICMPv4ProtocolNumber), ttl: errorTTL})
}

// mayReport reports whether a packet with that header, arrived on an interface,
// is one that errors are reported about.
func mayReport(i *Interface, head header.IPv4) bool {
	from, to := wordAt(head[12:]), wordAt(head[16:])
	return !i.isBroadcast(to) && !isMulticast(to) && head.FragmentOffset() == 0 &&
		from != 0 && from != limitedBroadcast && !isLoopback(from) && !isMulticast(from)
}
