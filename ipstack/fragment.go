package ipstack

import (
	"net/netip"
	"slices"

	"gvisor.dev/gvisor/pkg/tcpip/header"

	"netxsim/packetpool"
)

const (
	// fragmentPacketType is the header room of a fragment: NX_IPv4_PACKET.
	fragmentPacketType = physicalHeader + ipv4Header
	// reassemblySeconds is NX_IPV4_MAX_REASSEMBLY_TIME: how long fragments wait
	// for the others, if their time to live is not longer.
	reassemblySeconds = 15
)

// EnableFragmentation lets the instance send packets that are too long for an
// interface in pieces, and put received pieces together (RFC 791, section 3.2;
// RFC 8200, section 4.5). Packets of IPv6 are sent in pieces without it, too. It
// mirrors nx_ip_fragment_enable.
func (ip *IP) EnableFragmentation() { ip.fragmenting = true }

// Fragments reports whether EnableFragmentation holds.
func (ip *IP) Fragments() bool { return ip.fragmenting }

// DisableFragmentation ends that, as nx_ip_fragment_disable does. Fragments
// that wait for others are released.
func (ip *IP) DisableFragmentation() {
	ip.fragmenting = false
	ip.assembly.flush()
}

// sendFragments sends the datagram in the scratch frame in pieces, each in
// packets of the default pool. Without a packet for one, the rest is not sent.
func (ip *IP) sendFragments(i *Interface, command DriverCommand, msw, lsw uint32) {
	ip.pieces = append(ip.pieces[:0], ip.frame[ethernetHeader:]...)
	head := header.IPv4(ip.pieces[:ipv4Header])
	data := ip.pieces[ipv4Header:]
	size := int(i.IpMtuSize-ipv4Header) / 8 * 8
	for at := 0; at < len(data); at += size {
		piece := data[at:min(at+size, len(data))]
		packet := ip.fragmentPacket(head, piece, at, at+size < len(data))
		if packet == nil {
			ip.info.SendDropped++
			return
		}
		packet.InterfaceIndex = int32(i.index)
		ip.info.FragmentsSent++
		ip.countSent(len(piece))
		ip.frame = appendBytes(append(ip.frame[:0], frameRoom[:]...), packet)
		ip.transmit(i, command, ip.frame, msw, lsw, packet)
	}
}

// fragmentPacket makes a fragment with a header like head, or returns nil when
// there are no packets for it.
func (ip *IP) fragmentPacket(head header.IPv4, piece []byte, offset int, more bool) *packetpool.Packet {
	packet, err := ip.pool.Allocate(fragmentPacketType, noWait)
	if err != nil {
		return nil
	}
	if packet.Append(piece, ip.pool, noWait) != nil {
		packet.Release()
		return nil
	}
	packet.PrependPtr -= ipv4Header
	packet.Length += ipv4Header
	own := header.IPv4(packet.At(packet.PrependPtr)[:ipv4Header])
	copy(own, head)
	own.SetTotalLength(uint16(packet.Length))
	flags := head.Flags()
	if more {
		flags |= header.IPv4FlagMoreFragments
	}
	own.SetFlagsFragmentOffset(flags, uint16(offset))
	own.SetChecksum(0)
	own.SetChecksum(^own.CalculateChecksum())
	return packet
}

// reassembly is the fragments that wait for others, in the packets they
// arrived in, by datagram in the order of their first fragments.
type reassembly struct {
	ip        *IP
	datagrams []*partial
}

// partial is a datagram some of whose fragments have arrived, by offset.
type partial struct {
	key       fragmentKey
	fragments []fragment
	seconds   int // left for the others
}

// fragmentKey is what the fragments of a datagram have in common; those of IPv6
// may differ in protocol.
type fragmentKey struct {
	from, to netip.Addr
	id       uint32
	protocol uint8
}

// fragment is a piece of a datagram. Its packet begins with the header that
// says so: that of IPv4, or the extension header of IPv6.
type fragment struct {
	packet *packetpool.Packet
	header uint32 // bytes in front of the data
	offset uint32
	more   bool
	ttl    int         // of IPv4: the seconds it may wait
	chain  headerChain // of IPv6
}

// end returns the offset behind a fragment's data.
func (f fragment) end() uint32 { return f.offset + f.packet.Length - f.header }

// receive keeps a fragment of IPv4, and dispatches its datagram when that is
// complete.
func (r *reassembly) receive(packet *packetpool.Packet, head header.IPv4) {
	r.ip.info.FragmentsReceived++
	odd := head.More() && (packet.Length-ipv4Header)%8 != 0
	if !r.ip.fragmenting || odd || r.ip.scarce(packet) {
		r.ip.dropReceived(packet)
		return
	}
	r.add(
		fragmentKey{fromWord(wordAt(head[12:])), fromWord(wordAt(head[16:])), uint32(head.ID()), head.Protocol()},
		fragment{packet: packet, header: ipv4Header, offset: uint32(head.FragmentOffset()), more: head.More(), ttl: int(head.TTL())},
		reassemblySeconds, head.Protocol())
}

// add keeps a fragment for so many seconds at least, and dispatches its datagram
// when that is complete.
func (r *reassembly) add(key fragmentKey, f fragment, seconds int, protocol uint8) {
	f.packet.Hold(&r.ip.holders.assembly)
	d := r.datagram(key, seconds)
	d.seconds = max(d.seconds, f.ttl)
	d.insert(f)
	if d.complete() {
		r.finish(d, protocol)
		return
	}
	r.ip.clock.need()
}

// datagram returns the datagram that a fragment belongs to; a new one waits so
// many seconds.
func (r *reassembly) datagram(key fragmentKey, seconds int) *partial {
	for _, d := range r.datagrams {
		if d.key == key {
			return d
		}
	}
	d := &partial{key: key, seconds: seconds}
	r.datagrams = append(r.datagrams, d)
	return d
}

// insert puts a fragment in its place, instead of one with the same offset.
func (d *partial) insert(f fragment) {
	at := 0
	for at < len(d.fragments) && d.fragments[at].offset < f.offset {
		at++
	}
	if at < len(d.fragments) && d.fragments[at].offset == f.offset {
		d.fragments[at].packet.Release()
		d.fragments[at] = f
		return
	}
	d.fragments = slices.Insert(d.fragments, at, f)
}

// complete reports whether the fragments follow one another up to the last.
func (d *partial) complete() bool {
	next := uint32(0)
	for _, f := range d.fragments {
		if f.offset != next {
			return false
		}
		next = f.end()
	}
	return !d.fragments[len(d.fragments)-1].more
}

// finish chains the fragments of a datagram and dispatches it. For IPv6 its
// protocol is what the last fragment to come says.
func (r *reassembly) finish(d *partial, protocol uint8) {
	r.drop(d)
	first := d.fragments[0]
	whole := first.packet
	for _, f := range d.fragments[1:] {
		trimFront(f.packet, f.header)
		join(whole, f.packet)
	}
	r.ip.info.BytesReceived += whole.Length
	if d.key.to.Is6() {
		trimFront(whole, first.header)
		first.chain.next = ipv6Header
		r.ip.dispatch6(whole, protocol, first.chain)
		return
	}
	head := header.IPv4(whole.Bytes()[:ipv4Header])
	head.SetTotalLength(uint16(whole.Length))
	head.SetFlagsFragmentOffset(0, 0)
	head.SetChecksum(0)
	head.SetChecksum(^head.CalculateChecksum())
	r.ip.dispatch(whole, head)
}

// join appends a packet or chain to another.
func join(whole, p *packetpool.Packet) {
	last := whole
	if whole.Last != nil {
		last = whole.Last
	}
	last.Next = p
	whole.Last = p
	if p.Last != nil {
		whole.Last = p.Last
	}
	whole.Length += p.Length
}

func (r *reassembly) drop(d *partial) {
	r.datagrams = slices.DeleteFunc(r.datagrams, func(other *partial) bool { return other == d })
}

// second lets a second pass, and gives up datagrams whose time is over. It
// reports whether any are left.
func (r *reassembly) second() bool {
	for n := 0; n < len(r.datagrams); {
		d := r.datagrams[n]
		if d.seconds > 0 {
			d.seconds--
			n++
			continue
		}
		r.drop(d)
		r.expire(d)
	}
	return len(r.datagrams) > 0
}

// expire releases the fragments of a datagram that never became complete, and
// tells its sender if the first one is there.
func (r *reassembly) expire(d *partial) {
	if first := d.fragments[0]; first.offset == 0 {
		r.report(first.packet, d.key.to)
	}
	for _, f := range d.fragments {
		r.ip.dropReceived(f.packet)
	}
}

// report tells the sender of the first fragment that time is over.
func (r *reassembly) report(first *packetpool.Packet, to netip.Addr) {
	switch {
	case to.Is4():
		r.ip.sendICMPError(first, header.ICMPv4TimeExceeded, header.ICMPv4ReassemblyTimeout)
	case !to.IsMulticast():
		r.ip.sendICMPv6Error(first, header.ICMPv6TimeExceeded, header.ICMPv6ReassemblyTimeout, 0)
	}
}

// flush releases all fragments.
func (r *reassembly) flush() {
	for _, d := range r.datagrams {
		for _, f := range d.fragments {
			f.packet.Release()
		}
	}
	r.datagrams = nil
}
