package ipstack

import (
	"gvisor.dev/gvisor/pkg/tcpip/header"

	"netxsim/packetpool"
)

// The extension headers of IPv6 (RFC 8200, section 4), by the numbers that
// stand for them where a protocol's would.
const (
	hopByHopHeader       = 0
	routingHeader        = 43
	fragmentHeader       = 44
	encryptedPayload     = 50
	authenticationHeader = 51
	noNextHeader         = 59
	destinationHeader    = 60
)

// The options that only fill a header up.
const (
	padOption     = 0
	padManyOption = 1
)

// headerOrder is how far along the extension headers of a packet are, in the
// order in which they may come.
type headerOrder uint8

const (
	baseCame headerOrder = iota
	hopByHopCame
	destinationCame
	routingCame
	fragmentCame
	lastDestinationCame
)

// headerChain is where a received packet's extension headers have been looked
// at up to. Offsets count from the start of the IPv6 header.
type headerChain struct {
	order        headerOrder
	destinations int
	field        uint32 // offset of the number of what comes next
	next         uint32 // offset of what comes next
}

// newHeaderChain is that of a packet of which the IPv6 header has been looked
// at.
func newHeaderChain() headerChain { return headerChain{field: nextHeaderField, next: ipv6Header} }

// verdict is what becomes of a packet after an extension header.
type verdict uint8

const (
	goOn   verdict = iota // with the next header
	drop                  // it is counted as dropped
	lose                  // it is not
	isKept                // somebody else has it
)

// dispatch6 gives a packet to its protocol, behind its extension headers, if
// there are any. The packet begins with the header that protocol stands for.
// It mirrors _nx_ip_dispatch_process.
func (ip *IP) dispatch6(packet *packetpool.Packet, protocol uint8, chain headerChain) {
	for {
		v := goOn
		switch protocol {
		case hopByHopHeader:
			v = ip.receiveHopByHop(packet, &chain)
		case destinationHeader:
			v = ip.receiveDestinationOptions(packet, &chain)
		case routingHeader:
			v = ip.receiveRouting(packet, &chain)
		case fragmentHeader:
			v = ip.receiveFragmentHeader(packet, &chain)
		case encryptedPayload:
			v = lose
		case authenticationHeader, noNextHeader:
			v = drop
		default:
			ip.dispatchTransport6(packet, protocol, chain)
			return
		}
		if v == goOn && !chain.advance(packet, &protocol) {
			v = drop
		}
		switch v {
		case drop:
			ip.undelivered(packet, packet.Length)
			return
		case lose:
			packet.Release()
			return
		case isKept:
			return
		}
	}
}

// advance takes an extension header off the packet, and reports whether
// anything follows it in the same memory.
func (c *headerChain) advance(packet *packetpool.Packet, protocol *uint8) bool {
	bytes := packet.Bytes()
	size := fragmentHeaderSize
	if *protocol != fragmentHeader {
		size = extensionSize(bytes)
	}
	*protocol = bytes[0]
	if size >= len(bytes) {
		return false
	}
	trimFront(packet, uint32(size))
	c.field, c.next = c.next, uint32(packet.PrependPtr-packet.IpHeader)
	return true
}

// extensionSize returns the length in bytes that an extension header says it
// has; it has two bytes at least.
func extensionSize(text []byte) int { return (int(text[1]) + 1) * 8 }

// dispatchTransport6 gives a packet to its protocol. What is for an address
// that may not be used yet goes to ICMP only.
func (ip *IP) dispatchTransport6(packet *packetpool.Packet, protocol uint8, chain headerChain) {
	own := ip.ipv6.receiver(packet)
	usable := own != nil && own.valid
	switch protocol {
	case uint8(header.TCPProtocolNumber):
		if usable && ip.tcp != nil {
			ip.receiveTCP6(packet)
			return
		}
	case uint8(header.UDPProtocolNumber):
		if usable && ip.udp != nil {
			ip.udp.receive(packet)
			return
		}
	case uint8(header.ICMPv6ProtocolNumber):
		if ip.ipv6.icmp {
			ip.receiveICMPv6(packet)
			return
		}
	default:
		if ip.offerRaw(packet, protocol) {
			return
		}
		ip.reportParameter(packet, unknownNextHeader, chain.field)
	}
	ip.undelivered(packet, packet.Length)
}

// refuseOrder tells the sender of a packet about a header that comes too late
// or too often.
func (ip *IP) refuseOrder(packet *packetpool.Packet, chain *headerChain) verdict {
	ip.reportParameter(packet, unknownNextHeader, chain.field)
	return drop
}

// receiveHopByHop handles the options that every router looks at, which may
// come first only.
func (ip *IP) receiveHopByHop(packet *packetpool.Packet, chain *headerChain) verdict {
	if chain.order >= hopByHopCame {
		return ip.refuseOrder(packet, chain)
	}
	chain.order = hopByHopCame
	return ip.receiveOptions(packet)
}

// receiveDestinationOptions handles the options for the packet's destination,
// which may come once before a routing header and once at the end.
func (ip *IP) receiveDestinationOptions(packet *packetpool.Packet, chain *headerChain) verdict {
	chain.destinations++
	switch {
	case chain.destinations == 1 && chain.order < routingCame:
		chain.order = destinationCame
	case chain.destinations > 2, chain.destinations == 2 && chain.order < destinationCame:
		return ip.refuseOrder(packet, chain)
	default:
		chain.order = lastDestinationCame
	}
	return ip.receiveOptions(packet)
}

// receiveOptions looks at the options of a header. None is known but those that
// fill it up.
func (ip *IP) receiveOptions(packet *packetpool.Packet) verdict {
	text := packet.Bytes()
	if len(text) < 2 {
		return drop
	}
	at := uint32(packet.PrependPtr - packet.IpHeader)
	size := extensionSize(text)
	if size > len(text) {
		if len(text) > 2 {
			ip.refuseOption(packet, text[2], at+2)
		}
		return drop
	}
	for n := 2; n < size; {
		kind := text[n]
		if kind == padOption {
			n++
			continue
		}
		if kind != padManyOption && ip.refuseOption(packet, kind, at+uint32(n)) {
			return drop
		}
		if n+1 == size {
			break
		}
		n += int(text[n+1]) + 2
	}
	return goOn
}

// refuseOption reports whether a packet is dropped for an option that nobody
// knows, which the option's first two bits say, and tells the packet's sender
// if they say that too (RFC 8200, section 4.2).
func (ip *IP) refuseOption(packet *packetpool.Packet, kind byte, at uint32) bool {
	const skip, silent, tell = 0, 1, 2
	switch kind >> 6 {
	case skip:
		return false
	case silent:
		return true
	}
	_, to := ipv6Ends(packet)
	if kind>>6 == tell || !to.IsMulticast() {
		ip.reportParameter(packet, unknownOption, at)
	}
	return true
}

// receiveRouting handles a routing header, with which a packet is sent by way
// of others. This instance is never one of those.
func (ip *IP) receiveRouting(packet *packetpool.Packet, chain *headerChain) verdict {
	if chain.order >= routingCame {
		return ip.refuseOrder(packet, chain)
	}
	chain.order = routingCame
	const leastRouting = 8
	text := packet.Bytes()
	if len(text) < leastRouting {
		return drop
	}
	if text[3] == 0 { // nobody is left to pass on the way
		return goOn
	}
	ip.reportParameter(packet, wrongField, uint32(packet.PrependPtr-packet.IpHeader)+2)
	return drop
}
