package scenario

import (
	"encoding/binary"
	"net/netip"

	"netxsim/sim/link"
)

// plot collects the TCP segments of all connections.
type plot struct {
	connections []*connection
	known       map[[2]netip.AddrPort]*connection // by client and server
	last        map[frameID]*Segment
}

// frameID is a frame of a wire.
type frameID struct {
	from   *link.Port
	number uint64
}

// connection is a TCP connection whose segments are collected.
type connection struct {
	ends  [2]netip.AddrPort // client, server
	first [2]uint32         // sequence numbers of their SYNs
	begun [2]bool
	all   []*Segment
}

func newPlot() *plot {
	return &plot{known: map[[2]netip.AddrPort]*connection{}, last: map[frameID]*Segment{}}
}

// maxSegments is how many segments of a connection are kept.
const maxSegments = 100_000

// observe takes what happened to a frame.
func (p *plot) observe(e link.FrameEvent) {
	switch e.Kind {
	case link.Sent:
		if s := p.add(e.Frame); s != nil {
			s.At = e.Time
			p.last[frameID{e.From, e.Number}] = s
		}
	case link.Lost:
		if s := p.last[frameID{e.From, e.Number}]; s != nil {
			s.Lost = true
		}
		delete(p.last, frameID{e.From, e.Number})
	case link.Delivered:
		delete(p.last, frameID{e.From, e.Number})
	}
}

// Offsets in an Ethernet frame and the headers in it.
const (
	etherType   = 12
	ipHeaderAt  = 14
	protocolAt  = 9
	tcpProtocol = 6
	minimumIP   = 20
	minimumTCP  = 20
)

// add collects a frame's segment; nil if there is none in it.
func (p *plot) add(frame []byte) *Segment {
	if len(frame) < ipHeaderAt+minimumIP || binary.BigEndian.Uint16(frame[etherType:]) != 0x0800 {
		return nil
	}
	ip := frame[ipHeaderAt:]
	head, total := int(ip[0]&15)*4, int(binary.BigEndian.Uint16(ip[2:]))
	fragment := binary.BigEndian.Uint16(ip[6:]) & 0x3fff
	if ip[protocolAt] != tcpProtocol || fragment != 0 || total > len(ip) || head+minimumTCP > total {
		return nil
	}
	tcp := ip[head:total]
	from := netip.AddrPortFrom(netip.AddrFrom4([4]byte(ip[12:])), binary.BigEndian.Uint16(tcp))
	to := netip.AddrPortFrom(netip.AddrFrom4([4]byte(ip[16:])), binary.BigEndian.Uint16(tcp[2:]))
	if int(tcp[12]>>4)*4 > len(tcp) {
		return nil
	}
	return p.segment(from, to, tcp)
}

// Flags of a TCP header (RFC 9293, section 3.1).
const (
	flagFIN = 1 << iota
	flagSYN
	flagRST
	flagPSH
	flagACK
)

// segment collects a segment.
func (p *plot) segment(from, to netip.AddrPort, tcp []byte) *Segment {
	flags := tcp[13]
	c, side := p.connection(from, to, flags&(flagSYN|flagACK) == flagSYN)
	if c == nil || len(c.all) >= maxSegments {
		return nil
	}
	seq, ack := binary.BigEndian.Uint32(tcp[4:]), binary.BigEndian.Uint32(tcp[8:])
	if flags&flagSYN != 0 && !c.begun[side] {
		c.begun[side], c.first[side] = true, seq
	}
	s := &Segment{
		FromClient: side == 0,
		Sequence:   seq - c.first[side],
		Length:     uint32(len(tcp) - int(tcp[12]>>4)*4),
		Window:     uint32(binary.BigEndian.Uint16(tcp[14:])),
		Flags:      flagNames(flags),
	}
	if flags&flagACK != 0 {
		s.Acknowledge = ack - c.first[1-side]
	}
	c.all = append(c.all, s)
	return s
}

// connection returns the connection of a segment and the side that sent it. A
// SYN alone begins one; another between the same ends, when the first one has
// had segments besides, a new one.
func (p *plot) connection(from, to netip.AddrPort, begins bool) (c *connection, side int) {
	if c = p.known[[2]netip.AddrPort{to, from}]; c != nil && !begins {
		return c, 1
	}
	c = p.known[[2]netip.AddrPort{from, to}]
	if begins && (c == nil || c.begun[1]) {
		c = &connection{ends: [2]netip.AddrPort{from, to}}
		p.known[c.ends] = c
		p.connections = append(p.connections, c)
	}
	return c, 0
}

func flagNames(flags byte) string {
	names := ""
	for _, f := range []struct {
		bit  byte
		name string
	}{{flagSYN, "S"}, {flagFIN, "F"}, {flagRST, "R"}, {flagPSH, "P"}, {flagACK, "A"}} {
		if flags&f.bit != 0 {
			names += f.name
		}
	}
	return names
}

// report returns the connections.
func (p *plot) report() []Connection {
	var all []Connection
	for _, c := range p.connections {
		made := Connection{From: c.ends[0].String(), To: c.ends[1].String()}
		for _, s := range c.all {
			made.Segments = append(made.Segments, *s)
		}
		all = append(all, made)
	}
	return all
}
