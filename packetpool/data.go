package packetpool

import (
	"fmt"

	"netxsim/netx/status"
)

// Append copies data behind the data of the chain whose head p is. Where the
// last packet has no room left, packets are taken from pool and chained, each
// waited for like in [Pool.Allocate]; if one cannot be had, none is kept and
// the chain is as it was. data remains the caller's.
//
// It mirrors nx_packet_data_append. Errors: those of Allocate, and
// status.SizeError on a target with DisablePacketChain when data does not fit.
// Unlike NetX Duo, which would write past the end of a packet whose pointers
// are out of order, it returns an error that wraps status.Overflow.
func (p *Packet) Append(data []byte, pool *Pool, wait uint32) error {
	if p == nil || p.free || p.Last != nil && p.Last.Next != nil {
		if err := p.check("append to"); err != nil {
			return err
		}
	}
	p.used()
	size := uint32(len(data))
	last, room := p.tail()
	if room < size {
		if pool.target.DisablePacketChain {
			return status.SizeError
		}
		more, err := pool.gather(size, room, wait)
		if err != nil {
			return err
		}
		last.Next = more
	}
	p.Length += size
	return p.fill(data)
}

// tail returns the packet that new ones are chained to, and the bytes that can
// still be written from p.Last on. As in C, a head without a last pointer
// counts alone, whatever is chained to it.
func (p *Packet) tail() (last *Packet, room uint32) {
	if p.Last == nil {
		return p, p.room()
	}
	for q := p.Last; q != nil; q = q.Next {
		room += q.room()
		last = q
	}
	return last, room
}

// gather allocates packets until room is at least size, and returns them as a
// chain without a last pointer.
func (pool *Pool) gather(size, room, wait uint32) (*Packet, error) {
	var head, end *Packet
	for room < size {
		p, err := pool.Allocate(0, wait)
		if err != nil {
			if head != nil {
				_ = head.Release()
			}
			return nil, err
		}
		if head == nil {
			head = p
		} else {
			end.Next = p
		}
		end = p
		room += p.room()
	}
	return head, nil
}

// fill writes data into the packets from the last one on.
func (p *Packet) fill(data []byte) error {
	q := p.Last
	if q == nil {
		q = p
	}
	for {
		n := min(uint32(len(data)), q.room())
		if err := q.write(data[:n]); err != nil {
			return err
		}
		data = data[n:]
		if len(data) == 0 {
			return nil
		}
		q = q.Next
		p.Last = q
		if q == nil {
			return p.misuse("append to", fmt.Sprintf("its chain ends %d bytes early", len(data)), status.Overflow)
		}
	}
}

// Retrieve copies the data of the whole chain into buf and returns the number
// of bytes.
//
// It mirrors nx_packet_data_retrieve. Errors: status.InvalidPacket if the
// chain does not hold as many bytes as Length says; those it holds have been
// copied. Unlike NetX Duo, which would write past the end of a buffer that is
// too small, it returns an error that wraps status.Overflow.
func (p *Packet) Retrieve(buf []byte) (int, error) {
	if err := p.check("retrieve from"); err != nil {
		return 0, err
	}
	n := 0
	for q := p; q != nil; q = q.Next {
		data, inOrder := q.span(q.PrependPtr, q.AppendPtr)
		if !inOrder {
			return n, status.InvalidPacket
		}
		if len(data) > len(buf)-n {
			return n, p.misuse("retrieve from", fmt.Sprintf("%d bytes into a buffer of %d", p.Length, len(buf)), status.Overflow)
		}
		n += copy(buf[n:], data)
	}
	if uint32(n) != p.Length {
		return n, status.InvalidPacket
	}
	return n, nil
}

// Extract copies data of the chain from offset on into buf, until either ends,
// and returns the number of bytes.
//
// It mirrors nx_packet_data_extract_offset: if the chain holds fewer bytes
// than Length says, the number is still what Length promises. Errors:
// status.PacketOffsetError if offset is at or behind the end of the data; 0 is
// fine in an empty packet.
func (p *Packet) Extract(offset uint32, buf []byte) (int, error) {
	if err := p.check("extract from"); err != nil {
		return 0, err
	}
	if offset >= p.Length && offset == 0 {
		return 0, nil
	}
	q, skip := p.seek(offset)
	if offset >= p.Length || q == nil {
		return 0, status.PacketOffsetError
	}
	want := int(min(uint64(p.Length-offset), uint64(len(buf))))
	for n := 0; q != nil && n < want; q = q.Next {
		data, _ := q.span(q.PrependPtr+skip, q.AppendPtr)
		n += copy(buf[n:want], data)
		skip = 0
	}
	return want, nil
}

// seek returns the packet of the chain that holds the byte at offset, and
// where in it.
func (p *Packet) seek(offset uint32) (*Packet, int) {
	for ; p != nil; p = p.Next {
		n := uint32(p.AppendPtr - p.PrependPtr)
		if n > offset {
			return p, int(offset)
		}
		offset -= n
	}
	return nil, 0
}
