package packetpool

import "netxsim/netx/status"

// Copy returns a copy of the chain whose head p is, in packets of pool, each
// waited for like in [Pool.Allocate]. The copy has the same header room, its
// data in front and behind the pointers of p included; the caller owns it. If a
// packet cannot be had, none is kept. p remains the caller's.
//
// It mirrors nx_packet_copy. Errors: status.InvalidPacket if p is empty or its
// chain does not hold as many bytes as Length says, and those of Allocate.
func (p *Packet) Copy(pool *Pool, wait uint32) (*Packet, error) {
	if err := p.check("copy"); err != nil {
		return nil, err
	}
	if p.Length == 0 {
		return nil, status.InvalidPacket
	}
	dup, err := pool.Allocate(0, wait)
	if err != nil {
		return nil, err
	}
	dup.InterfaceIndex = p.InterfaceIndex
	if !pool.target.DisableIPv6 {
		dup.IpVersion = p.IpVersion
	}
	if err := dup.appendChain(p, pool, wait); err != nil {
		_ = dup.Release()
		return nil, err
	}
	room := p.PrependPtr - p.DataStart
	dup.PrependPtr = dup.DataStart + room
	dup.Length -= uint32(room)
	dup.IpHeader = dup.DataStart + p.IpHeader - p.DataStart
	if dup.Length != p.Length {
		_ = dup.Release()
		return nil, status.InvalidPacket
	}
	dup.used()
	return dup, nil
}

// appendChain appends the bytes of a chain: all of the head from its payload's
// start, and the data of the others.
func (p *Packet) appendChain(source *Packet, pool *Pool, wait uint32) error {
	from := source.DataStart
	for q := source; q != nil; q = q.Next {
		if q != source {
			from = q.PrependPtr
		}
		data, inOrder := q.span(from, q.AppendPtr)
		if !inOrder {
			return status.InvalidPacket
		}
		if err := p.Append(data, pool, wait); err != nil {
			return err
		}
	}
	return nil
}

// Adjust makes room for header bytes in front of the data, by moving the data
// back. What does not fit then goes into a packet of the owner pool, chained
// behind this one; there is no wait for it.
//
// It mirrors the internal _nx_packet_data_adjust. Errors: status.Underflow if
// the header is larger than the payload (or if it does not fit on a target
// with DisablePacketChain), status.NotSupported if a packet would be needed and
// header is odd, status.NoPacket if there is none.
func (p *Packet) Adjust(header uint32) error {
	if p == nil || p.free {
		return p.check("adjust")
	}
	p.used()
	payload, front := p.DataEnd-p.DataStart, p.PrependPtr-p.DataStart
	switch {
	case payload >= 0 && payload < int(header):
		return status.Underflow
	case front < 0 || front >= int(header): // in C a negative room is a huge one
		return nil
	}
	free := front + p.DataEnd - p.AppendPtr
	if free >= int(header) || free < 0 {
		return p.shift(int(header), p.AppendPtr)
	}
	return p.spill(header, header-uint32(free))
}

// shift moves the data up to end, so that they begin header bytes behind the
// payload's start.
func (p *Packet) shift(header, end int) error {
	data, inOrder := p.span(p.PrependPtr, end)
	start := p.DataStart + header
	target, fits := p.span(start, start+len(data))
	if !inOrder || !fits {
		return status.InvalidPacket
	}
	copy(target, data)
	p.PrependPtr, p.AppendPtr = start, start+len(data)
	return nil
}

// spill moves the last excess bytes of the data into a new packet behind p and
// shifts the rest.
func (p *Packet) spill(header, excess uint32) error {
	if p.home.target.DisablePacketChain {
		return status.Underflow
	}
	if header&1 != 0 {
		return status.NotSupported
	}
	end := p.AppendPtr - int(excess)
	data, inOrder := p.span(end, p.AppendPtr)
	if !inOrder || p.PoolOwner == nil {
		return status.InvalidPacket
	}
	extra, err := p.PoolOwner.Allocate(0, 0)
	if err != nil {
		return err
	}
	if err := extra.write(data); err != nil {
		_ = extra.Release()
		return err
	}
	if err := p.shift(int(header), end); err != nil {
		_ = extra.Release()
		return err
	}
	extra.Next = p.Next
	p.Next = extra
	if p.Last == nil {
		p.Last = extra
	}
	return nil
}
