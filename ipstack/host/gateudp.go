package host

import (
	"net/netip"
	"syscall"

	"gvisor.dev/gvisor/pkg/buffer"
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/checksum"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/udp"
)

// quoteSize is how much of a datagram, with its headers, a refusal may have to quote, in bytes (RFC 1812, section 4.3.2.3).
const quoteSize = header.IPv4MinimumProcessableDatagramSize

// GateUDP has f decide about the UDP datagrams that come for the host, at any of its ports that no program has open. f is
// called in event context with each, whole also if it came in fragments, and must not wait. payload is f's to keep. f reports
// whether it takes the datagram: what it does not take is answered with port unreachable, as without a gate. Broadcasts and
// multicasts are not asked about. A nil f takes the gate away.
func (h *Host) GateUDP(f func(d *Datagram, payload []byte) bool) {
	if f == nil {
		h.stack.SetTransportProtocolHandler(udp.ProtocolNumber, nil)
		return
	}
	h.stack.SetTransportProtocolHandler(udp.ProtocolNumber, func(id stack.TransportEndpointID, pkt *stack.PacketBuffer) bool {
		if !takeable(pkt) {
			return false
		}
		return f(h.datagram(id, pkt), pkt.Data().AsRange().ToSlice())
	})
}

// takeable reports whether a packet is an undamaged datagram for the host alone.
func takeable(pkt *stack.PacketBuffer) bool {
	if pkt.NetworkProtocolNumber != ipv4.ProtocolNumber || pkt.PktType != tcpip.PacketHost || pkt.NetworkPacketInfo.LocalAddressBroadcast {
		return false
	}
	ip := pkt.Network()
	whole, undamaged := header.UDPValid(header.UDP(pkt.TransportHeader().Slice()),
		func() uint16 { return pkt.Data().Checksum() }, uint16(pkt.Data().Size()),
		pkt.NetworkProtocolNumber, ip.SourceAddress(), ip.DestinationAddress(), pkt.RXChecksumValidated)
	return whole && undamaged
}

// A Datagram is where a datagram came from, and how to answer it. It does not hold the payload, and stays good. Its methods are for the
// holder of the kernel's baton.
type Datagram struct {
	host     *Host
	from, to netip.AddrPort
	quote    []byte // the front of it, from the IP header on
	ipHeader int    // the length of that, in bytes
}

func (h *Host) datagram(id stack.TransportEndpointID, pkt *stack.PacketBuffer) *Datagram {
	ip, transport := pkt.NetworkHeader().Slice(), pkt.TransportHeader().Slice()
	quote := make([]byte, 0, min(quoteSize, len(ip)+len(transport)+pkt.Data().Size()))
	quote = append(append(quote, ip...), transport...)
	data, _ := pkt.Data().PullUp(cap(quote) - len(quote))
	return &Datagram{
		host:     h,
		from:     netip.AddrPortFrom(netip.AddrFrom4(id.RemoteAddress.As4()), id.RemotePort),
		to:       netip.AddrPortFrom(netip.AddrFrom4(id.LocalAddress.As4()), id.LocalPort),
		quote:    append(quote, data...),
		ipHeader: len(ip),
	}
}

// From returns the address of the sender.
func (d *Datagram) From() netip.AddrPort { return d.from }

// To returns the address that the sender sent it to.
func (d *Datagram) To() netip.AddrPort { return d.to }

// Reply sends the sender a datagram that comes from where it sent its own, up to 65507 bytes, in fragments if need be. It may be
// called any number of times. Errors: EMSGSIZE, and EHOSTUNREACH or ENETUNREACH when there is no way back.
func (d *Datagram) Reply(payload []byte) error {
	if len(payload) > maxDatagram {
		return syscall.EMSGSIZE
	}
	h := d.host
	route, err := h.stack.FindRoute(nicID, tcpip.AddrFrom4(d.to.Addr().As4()), tcpip.AddrFrom4(d.from.Addr().As4()), ipv4.ProtocolNumber, false)
	if err != nil {
		return goError(err)
	}
	defer route.Release()
	pkt := stack.NewPacketBuffer(stack.PacketBufferOptions{
		ReserveHeaderBytes: header.UDPMinimumSize + int(route.MaxHeaderLength()),
		Payload:            buffer.MakeWithData(payload),
	})
	defer pkt.DecRef()
	addUDPHeader(pkt, route, d.to.Port(), d.from.Port())
	err = route.WritePacket(stack.NetworkHeaderParams{Protocol: udp.ProtocolNumber, TTL: route.DefaultTTL()}, pkt)
	h.stack.Settle()
	return goError(err)
}

// addUDPHeader puts the UDP header in front of a packet's data.
func addUDPHeader(pkt *stack.PacketBuffer, route *stack.Route, from, to uint16) {
	data := pkt.Data().Checksum()
	u := header.UDP(pkt.TransportHeader().Push(header.UDPMinimumSize))
	length := uint16(pkt.Size())
	u.Encode(&header.UDPFields{SrcPort: from, DstPort: to, Length: length})
	sum := u.CalculateChecksum(checksum.Combine(route.PseudoHeaderChecksum(udp.ProtocolNumber, length), data))
	if sum != 0xffff { // 0 would say that there is none (RFC 768)
		sum = ^sum
	}
	u.SetChecksum(sum)
	pkt.TransportProtocolNumber = udp.ProtocolNumber
}

// Refuse tells the sender that nobody is there: ICMP port unreachable (RFC 1122, section 4.1.3.1), from where the datagram was sent to.
func (d *Datagram) Refuse() {
	h := d.host
	pkt := stack.NewPacketBuffer(stack.PacketBufferOptions{Payload: buffer.MakeWithData(d.quote)})
	defer pkt.DecRef()
	pkt.NICID, pkt.NetworkProtocolNumber, pkt.TransportProtocolNumber = nicID, ipv4.ProtocolNumber, udp.ProtocolNumber
	pkt.NetworkHeader().Consume(d.ipHeader)
	pkt.TransportHeader().Consume(header.UDPMinimumSize)
	ip, ok := h.stack.NetworkProtocolInstance(ipv4.ProtocolNumber).(stack.RejectIPv4WithHandler)
	if ok {
		_ = ip.SendRejectionError(pkt, stack.RejectIPv4WithICMPPortUnreachable, true) // without a way back nobody hears it
	}
	h.stack.Settle()
}
