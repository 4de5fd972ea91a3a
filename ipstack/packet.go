package ipstack

import "netxsim/packetpool"

// trimFront takes n bytes, fewer than the packet has, off the front of a packet
// or chain. Packets of the chain that become empty stay in it.
func trimFront(packet *packetpool.Packet, n uint32) {
	packet.Length -= n
	for p := packet; n > 0 && p != nil; p = p.Next {
		take := min(int(n), p.AppendPtr-p.PrependPtr)
		p.PrependPtr += take
		n -= uint32(take)
	}
}

// trimBack takes n bytes, fewer than the packet has, off the end of a packet or
// chain, and releases what is left without data.
func trimBack(packet *packetpool.Packet, n uint32) {
	keep := int(packet.Length - n)
	packet.Length -= n
	for p := packet; p != nil; p = p.Next {
		size := p.AppendPtr - p.PrependPtr
		if size < keep {
			keep -= size
			continue
		}
		p.AppendPtr = p.PrependPtr + keep
		rest := p.Next
		p.Next = nil
		packet.Last = nil
		if p != packet {
			packet.Last = p
		}
		if rest != nil {
			rest.Release()
		}
		return
	}
}

// appendBytes appends the data of a packet or chain to dst.
func appendBytes(dst []byte, packet *packetpool.Packet) []byte {
	for p := packet; p != nil; p = p.Next {
		dst = append(dst, p.Bytes()...)
	}
	return dst
}
