package packet

import "netxsim/netx"

// The ops of this file edit packet fields, as applications do.

// edited is the result of an edit of the packet in a variable.
func (r *replay) edited(in *input) result {
	out := result{"ok": true}
	r.addPacket(out, r.packet(in.Pkt))
	return out
}

// end returns the last packet of a chain.
func end(p *netx.NX_PACKET) *netx.NX_PACKET {
	for p.Next != nil {
		p = p.Next
	}
	return p
}

func (r *replay) prepend(in *input) result {
	p := r.packet(in.Pkt)
	p.PrependPtr -= int(in.Len)
	copy(p.At(p.PrependPtr), pattern(in))
	p.Length += in.Len
	return r.edited(in)
}

func (r *replay) trimFront(in *input) result {
	p := r.packet(in.Pkt)
	p.PrependPtr += int(in.Len)
	p.Length -= in.Len
	return r.edited(in)
}

func (r *replay) write(in *input) result {
	head := r.packet(in.Pkt)
	p := end(head)
	copy(p.At(p.AppendPtr), pattern(in))
	p.AppendPtr += int(in.Len)
	head.Length += in.Len
	return r.edited(in)
}

func (r *replay) trimBack(in *input) result {
	head := r.packet(in.Pkt)
	end(head).AppendPtr -= int(in.Len)
	head.Length -= in.Len
	return r.edited(in)
}

func (r *replay) link(in *input) result {
	head, tail := r.packet(in.Pkt), r.packet(in.Tail)
	if end(head) == end(tail) {
		panic("a chain linked to itself")
	}
	end(head).Next = tail
	head.Last = end(tail)
	head.Length += tail.Length
	r.handles[in.Tail] = nil
	return r.edited(in)
}

func (r *replay) alias(in *input) result {
	r.handles[in.New] = r.packet(in.Pkt)
	return result{"ok": true}
}

var states = map[string]*netx.NX_PACKET{
	"free": netx.NX_PACKET_FREE, "allocated": netx.NX_PACKET_ALLOCATED, "enqueued": netx.NX_PACKET_ENQUEUED,
}

func (r *replay) poke(in *input) result {
	packets := chain(r.packet(in.Pkt))
	p := packets[in.Index]
	p.PrependPtr += in.PrependDelta
	p.AppendPtr += in.AppendDelta
	if in.Length != nil {
		p.Length = *in.Length
	}
	if in.IPHeaderLength != nil {
		p.IpHeaderLength = *in.IPHeaderLength
	}
	if in.State != "" {
		p.UnionNext.TcpQueueNext = states[in.State]
	}
	if in.Owner != nil {
		p.PoolOwner = r.pool(*in.Owner)
	}
	if in.Last != nil {
		packets[0].Last = nil
		if *in.Last >= 0 {
			packets[0].Last = packets[*in.Last]
		}
	}
	return r.edited(in)
}
